//! The knowledge base.

use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, UserId};
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::requests::PersonView;
use crate::service::{AnsweredWith, ArticleDetail, ArticleVersionDetail, GivenFeedback};
use crate::store::entities::article;

/// Who reads an article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ArticleVisibility)]
pub(crate) enum Visibility {
    /// In the tenant.
    #[default]
    Everybody,
    /// Who sees everybody's tickets.
    Agents,
    /// Their members: 1 to 50 groups.
    Groups(Vec<GroupId>),
}

/// What an article says, as a draft and as a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ArticleContent {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Markdown. HTML in it is never interpreted.
    #[schema(min_length = 1, max_length = 100000)]
    pub body: String,
    #[schema(min_length = 1, max_length = 100)]
    pub category: String,
    #[serde(default)]
    pub visibility: Visibility,
}

/// Which articles.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ArticleFilter {
    /// Words, each of which a word of title or text begins with: what says more comes first, those
    /// in titles before the others, and there is one page.
    #[param(max_length = 500)]
    pub text: Option<String>,
    #[param(max_length = 100)]
    pub category: Option<String>,
    /// With those that are not published. For those who write; not with a text.
    pub with_drafts: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestionQuery {
    /// What somebody has typed so far, such as the title of a ticket.
    #[param(max_length = 500)]
    pub text: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FeedbackRequest {
    /// The version that was read.
    #[schema(minimum = 1)]
    pub number: i32,
    pub is_helpful: bool,
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub comment: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TicketArticleRequest {
    pub article_id: Uuid,
}

/// An article in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArticleSummary {
    pub id: Uuid,
    pub number: i64,
    /// As published; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    pub is_published: bool,
    /// The version that was published last; 0 before the first.
    pub published_number: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub published_at: Option<String>,
    /// For those who write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_title: Option<String>,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Article {
    #[serde(flatten)]
    pub summary: ArticleSummary,
    /// What is published, or was last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<ArticleContent>,
    /// What is to be published next. For those who write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<ArticleContent>,
    /// What the caller said of the version that is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_feedback: Option<FeedbackView>,
    /// Of the version that was published last. For those who write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helpful: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_helpful: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArticleVersion {
    pub number: i32,
    pub content: ArticleContent,
    #[schema(format = DateTime)]
    pub published_at: String,
    /// Absent for an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_by: Option<PersonView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArticleFeedback)]
pub(crate) struct FeedbackView {
    pub person: PersonView,
    pub number: i32,
    pub is_helpful: bool,
    pub comment: String,
    #[schema(format = DateTime)]
    pub at: String,
}

/// An article that may be what somebody looks for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArticleSuggestion {
    pub id: Uuid,
    pub number: i64,
    pub title: String,
    pub category: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArticleSuggestions {
    pub items: Vec<ArticleSuggestion>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArticleCategory {
    pub name: String,
    pub articles: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArticleCategories {
    pub items: Vec<ArticleCategory>,
}

/// An article that a ticket was answered with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketArticle {
    pub article_id: Uuid,
    pub article_number: i64,
    /// As it is now.
    pub title: String,
    /// The version that it was answered with.
    pub number: i32,
    #[schema(format = DateTime)]
    pub at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketArticles {
    pub items: Vec<TicketArticle>,
}

impl ArticleSummary {
    fn of(row: &article::Model, draft_title: Option<String>) -> Self {
        let was_published = row.published > 0;
        Self {
            id: row.id,
            number: row.number,
            title: was_published.then(|| row.title.clone()),
            category: was_published.then(|| row.category.clone()),
            is_published: row.is_published,
            published_number: row.published,
            published_at: row.published_at_ms.map(rfc3339),
            draft_title,
            version: row.version,
        }
    }
}

impl From<article::Model> for ArticleSummary {
    fn from(row: article::Model) -> Self {
        let draft_title = row.draft_title.clone();
        Self::of(&row, draft_title)
    }
}

impl From<ArticleDetail> for Article {
    fn from(detail: ArticleDetail) -> Self {
        let draft_title = detail.draft.as_ref().map(|draft| draft.title.clone());
        let summary = ArticleSummary::of(&detail.row, draft_title);
        Self {
            summary,
            content: detail.content,
            draft: detail.draft,
            own_feedback: detail.own_feedback.map(FeedbackView::from),
            helpful: detail.counts.map(|(helpful, _)| helpful),
            not_helpful: detail.counts.map(|(_, not)| not),
        }
    }
}

impl From<ArticleVersionDetail> for ArticleVersion {
    fn from(ArticleVersionDetail { row, content, names }: ArticleVersionDetail) -> Self {
        let by = row.published_by_id.map(|user| PersonView::of(UserId(user), &names));
        let published_at = rfc3339(row.published_at_ms);
        Self { number: row.number, content, published_at, published_by: by }
    }
}

impl From<GivenFeedback> for FeedbackView {
    fn from(GivenFeedback { row, names }: GivenFeedback) -> Self {
        Self {
            person: PersonView::of(UserId(row.user_id), &names),
            number: row.number,
            is_helpful: row.is_helpful,
            comment: row.comment,
            at: rfc3339(row.given_at_ms),
        }
    }
}

impl From<article::Model> for ArticleSuggestion {
    fn from(row: article::Model) -> Self {
        Self { id: row.id, number: row.number, title: row.title, category: row.category }
    }
}

impl From<AnsweredWith> for TicketArticle {
    fn from(AnsweredWith { row, article }: AnsweredWith) -> Self {
        Self {
            article_id: row.article_id,
            article_number: article.number,
            title: article.title,
            number: row.number,
            at: rfc3339(row.linked_at_ms),
        }
    }
}
