//! Reading the knowledge base: lists, questions, suggestions, and what readers think.

use std::collections::BTreeMap;

use serde_json::json;
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::{ArticleDetail, ArticleVersionDetail, GivenFeedback};
use crate::api::articles::{ArticleContent, ArticleFilter, FeedbackRequest};
use crate::error::CatalogError;
use crate::permissions::{ALL_TICKETS_READ, ARTICLES_READ, ARTICLES_WRITE};
use crate::service::{Catalog, taken, text};
use crate::store::article_words::{self, Match};
use crate::store::articles::{self, Reader, Wanted};
use crate::store::entities::{article::Model, article_feedback, ticket_article};
use crate::store::{document, ticket_words};

const COMMENT_CHARS_MAX: usize = 2_000;
const SUGGESTIONS_MAX: u64 = 8;
/// Shorter words say nothing where any may do.
const WORD_CHARS_MIN: usize = 3;

/// An article that a ticket was answered with, as it is now.
#[derive(Debug, Clone)]
pub(crate) struct AnsweredWith {
    pub row: ticket_article::Model,
    pub article: Model,
}

impl Catalog {
    pub(in crate::service) async fn reader(&self, caller: &Caller) -> Result<Reader, CatalogError> {
        let is_editor = caller.may(ARTICLES_WRITE);
        let groups = if is_editor { Vec::new() } else { self.own_group_ids(caller).await? };
        Ok(Reader { is_editor, is_agent: caller.may(ALL_TICKETS_READ), groups })
    }

    async fn own_group_ids(&self, caller: &Caller) -> Result<Vec<Uuid>, CatalogError> {
        let groups = self.groups_of(caller).await?;
        Ok(groups.into_iter().map(|group| group.0).collect())
    }

    /// What the caller may read: the latest first, or what a text finds.
    pub(crate) async fn articles(
        &self,
        caller: &Caller,
        filter: ArticleFilter,
        (before, limit): (Option<i64>, u64),
    ) -> Result<Page<Model>, CatalogError> {
        caller.require(ARTICLES_READ)?;
        if filter.with_drafts {
            caller.require(ARTICLES_WRITE)?;
        }
        let (tenant, reader) = (caller.tenant(), self.reader(caller).await?);
        let ArticleFilter { text, category, with_drafts } = filter;
        let wanted = Wanted { reader, category, with_drafts };
        let Some(text) = text else {
            let connection = self.database().read();
            let mut rows = articles::list(connection, tenant, &wanted, (before, limit)).await?;
            if !wanted.reader.is_editor {
                rows.iter_mut().for_each(|row| row.draft_title = None);
            }
            return Ok(Page::cut(rows, limit, |row| row.number));
        };
        if with_drafts {
            let reason = "what is not published is not found by its words";
            return Err(CatalogError::invalid("with_drafts", reason));
        }
        let words = ticket_words::words(&text);
        if words.is_empty() {
            return Err(CatalogError::invalid("text", "there is no word in this"));
        }
        let items = self.found_articles(tenant, &wanted, (&words, Match::All), limit).await?;
        Ok(Page { items, next: None })
    }

    /// Articles that may be what somebody is looking for who has typed this so far: those with all
    /// the words, and then those with any.
    pub(crate) async fn suggested_articles(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<Vec<Model>, CatalogError> {
        caller.require(ARTICLES_READ)?;
        let words = ticket_words::words(text);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let (tenant, limit) = (caller.tenant(), SUGGESTIONS_MAX);
        let wanted = Wanted { reader: self.reader(caller).await?, ..Wanted::default() };
        let mut found = self.found_articles(tenant, &wanted, (&words, Match::All), limit).await?;
        let telling = |word: &String| word.chars().count() >= WORD_CHARS_MIN;
        let telling: Vec<String> = words.iter().filter(|word| telling(word)).cloned().collect();
        if (found.len() as u64) < limit && words.len() > 1 && !telling.is_empty() {
            let any = (telling.as_slice(), Match::Any);
            for row in self.found_articles(tenant, &wanted, any, limit).await? {
                if !found.iter().any(|known| known.id == row.id) {
                    found.push(row);
                }
            }
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        Ok(found)
    }

    async fn found_articles(
        &self,
        tenant: TenantId,
        wanted: &Wanted,
        (words, how): (&[String], Match),
        limit: u64,
    ) -> Result<Vec<Model>, CatalogError> {
        let of = (&wanted.reader, wanted.category.as_deref());
        let ids = article_words::find(self.database(), tenant, (words, how), of, limit).await?;
        let rows = articles::seen(self.database().read(), tenant, wanted, ids.clone()).await?;
        let mut rows: BTreeMap<Uuid, Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
    }

    pub(crate) async fn article_categories(
        &self,
        caller: &Caller,
    ) -> Result<Vec<(String, i64)>, CatalogError> {
        caller.require(ARTICLES_READ)?;
        let reader = self.reader(caller).await?;
        Ok(articles::categories(self.database().read(), caller.tenant(), &reader).await?)
    }

    /// An article that the caller may read.
    pub(crate) async fn article(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<ArticleDetail, CatalogError> {
        caller.require(ARTICLES_READ)?;
        let row = self.seen_article(caller, id).await?;
        self.article_detail(caller, row).await
    }

    pub(in crate::service) async fn seen_article(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Model, CatalogError> {
        let (reader, tenant) = (self.reader(caller).await?, caller.tenant());
        let found = articles::read(self.database().read(), tenant, (&reader, id)).await?;
        found.ok_or(CatalogError::NotFound("article"))
    }

    pub(super) async fn article_detail(
        &self,
        caller: &Caller,
        row: Model,
    ) -> Result<ArticleDetail, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let content = match articles::version(connection, (tenant, row.id), row.published).await? {
            Some(version) => Some(document::read::<ArticleContent>(&version.content)?),
            None => None,
        };
        let is_editor = caller.may(ARTICLES_WRITE);
        let draft = row.draft.as_deref().filter(|_| is_editor);
        let draft = draft.map(document::read::<ArticleContent>).transpose()?;
        let own = (tenant, row.id, row.published);
        let counts = match is_editor && row.published > 0 {
            true => Some(articles::count_feedback(connection, own).await?),
            false => None,
        };
        let own_feedback = match caller.user() {
            None => None,
            Some(user) => match articles::feedback_of(connection, own, user.0).await? {
                Some(row) => {
                    let names = self.names(tenant, &[user].into()).await?;
                    Some(GivenFeedback { row, names })
                }
                None => None,
            },
        };
        Ok(ArticleDetail { row, content, draft, own_feedback, counts })
    }

    /// A version as it was published. For those who write.
    pub(crate) async fn article_version(
        &self,
        caller: &Caller,
        (id, number): (Uuid, i32),
    ) -> Result<ArticleVersionDetail, CatalogError> {
        caller.require(ARTICLES_WRITE)?;
        let (connection, tenant) = (self.database().read(), caller.tenant());
        self.article_of(tenant, id).await?;
        let row = articles::version(connection, (tenant, id), number).await?;
        let row = row.ok_or(CatalogError::NotFound("version"))?;
        let people = row.published_by_id.map(UserId).into_iter().collect();
        let names = self.names(tenant, &people).await?;
        Ok(ArticleVersionDetail { content: document::read(&row.content)?, row, names })
    }

    /// Says once of the version that is published whether it helped.
    pub(crate) async fn give_feedback(
        &self,
        caller: &Caller,
        id: Uuid,
        body: FeedbackRequest,
    ) -> Result<(), CatalogError> {
        caller.require(ARTICLES_READ)?;
        let (tenant, row) = (caller.tenant(), self.seen_article(caller, id).await?);
        let user = Self::person(caller)?;
        let comment = text("comment", &body.comment, COMMENT_CHARS_MAX)?;
        let transaction = self.database().begin().await?;
        let now = articles::locked(&transaction, tenant, id).await?;
        let now = now.ok_or(CatalogError::NotFound("article"))?;
        if !now.is_published || now.published != body.number {
            let reason = "another version is published by now: read that one";
            return Err(CatalogError::conflict("article_changed", reason));
        }
        let feedback = article_feedback::Model {
            article_id: id,
            number: body.number,
            user_id: user.0,
            tenant_id: tenant.0,
            is_helpful: body.is_helpful,
            comment,
            given_at_ms: self.now_ms(),
        };
        let once = "you have said already whether this version helped";
        let given = articles::add_feedback(&transaction, feedback).await;
        given.map_err(|error| taken(error, "feedback_given", once))?;
        let entry = Entry::new("service-catalog.article.feedback-given", "article", id);
        let entry = entry.with(json!({
            "number": row.number, "published": body.number, "is_helpful": body.is_helpful,
        }));
        self.finish(transaction, caller, entry).await
    }

    /// What readers thought of the version that was published last. For those who write.
    pub(crate) async fn article_feedback(
        &self,
        caller: &Caller,
        id: Uuid,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<Page<GivenFeedback>, CatalogError> {
        caller.require(ARTICLES_WRITE)?;
        let tenant = caller.tenant();
        let row = self.article_of(tenant, id).await?;
        let own = (tenant, id, row.published);
        let rows = articles::feedback(self.database().read(), own, (after, limit)).await?;
        let page = Page::cut(rows, limit, |row| row.user_id);
        let people = page.items.iter().map(|row| UserId(row.user_id)).collect();
        let names = self.names(tenant, &people).await?;
        Ok(page.map(|row| GivenFeedback { row, names: names.clone() }))
    }
}
