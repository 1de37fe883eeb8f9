//! The knowledge base.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::articles::{
    Article, ArticleCategories, ArticleCategory, ArticleContent, ArticleFilter, ArticleSuggestion,
    ArticleSuggestions, ArticleSummary, ArticleVersion, FeedbackRequest, FeedbackView,
    SuggestionQuery, TicketArticle, TicketArticleRequest, TicketArticles,
};
use crate::service::{AnsweredWith, ArticleDetail, Catalog};

/// Articles that the caller may read: the latest first, or what a text finds.
#[utoipa::path(get, path = "/api/v1/service-catalog/articles", operation_id = "list_articles",
    tag = "articles", security(("bearer" = ["catalog.articles.read"])),
    params(ArticleFilter, PageQuery), responses((status = 200, body = Page<ArticleSummary>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<ArticleFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ArticleSummary>>, Problem> {
    let rows = catalog.articles(&caller, filter, (page.after()?, page.limit()?)).await?;
    Ok(Json(rows.map(ArticleSummary::from)))
}

/// Up to eight articles for what somebody has typed so far, what says more first.
#[utoipa::path(get, path = "/api/v1/service-catalog/article-suggestions",
    operation_id = "suggest_articles", tag = "articles",
    security(("bearer" = ["catalog.articles.read"])), params(SuggestionQuery),
    responses((status = 200, body = ArticleSuggestions)))]
pub(super) async fn suggest(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(query): Query<SuggestionQuery>,
) -> Result<Json<ArticleSuggestions>, Problem> {
    let rows = catalog.suggested_articles(&caller, &query.text).await?;
    Ok(Json(ArticleSuggestions { items: rows.into_iter().map(ArticleSuggestion::from).collect() }))
}

/// The categories of what the caller may read, by name.
#[utoipa::path(get, path = "/api/v1/service-catalog/article-categories",
    operation_id = "list_article_categories", tag = "articles",
    security(("bearer" = ["catalog.articles.read"])),
    responses((status = 200, body = ArticleCategories)))]
pub(super) async fn categories(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<ArticleCategories>, Problem> {
    let found = catalog.article_categories(&caller).await?.into_iter();
    let items = found.map(|(name, articles)| ArticleCategory { name, articles });
    Ok(Json(ArticleCategories { items: items.collect() }))
}

/// Makes an article, which is a draft until it is published.
#[utoipa::path(post, path = "/api/v1/service-catalog/articles", operation_id = "write_article",
    tag = "articles", security(("bearer" = ["catalog.articles.write"])),
    request_body = ArticleContent, responses((status = 201, body = Article)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<ArticleContent>,
) -> Result<Response, Problem> {
    let detail = catalog.write_article(&caller, body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(Article::from(detail)))))
}

/// An article that the caller may read.
#[utoipa::path(get, path = "/api/v1/service-catalog/articles/{id}", operation_id = "get_article",
    tag = "articles", security(("bearer" = ["catalog.articles.read"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = Article)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.article(&caller, id).await?))
}

/// Writes what is to be published next.
#[utoipa::path(put, path = "/api/v1/service-catalog/articles/{id}/draft",
    operation_id = "draft_article", tag = "articles",
    security(("bearer" = ["catalog.articles.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = ArticleContent, responses((status = 200, body = Article)))]
pub(super) async fn draft(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<ArticleContent>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.draft_article(&caller, (id, version), body).await?))
}

/// Publishes the draft as a version, which never changes, or anew what was withdrawn.
#[utoipa::path(post, path = "/api/v1/service-catalog/articles/{id}/publish",
    operation_id = "publish_article", tag = "articles",
    security(("bearer" = ["catalog.articles.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Article)))]
pub(super) async fn publish(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<Response, Problem> {
    Ok(answer(catalog.publish_article(&caller, (id, version)).await?))
}

/// Takes an article from its readers.
#[utoipa::path(post, path = "/api/v1/service-catalog/articles/{id}/withdraw",
    operation_id = "withdraw_article", tag = "articles",
    security(("bearer" = ["catalog.articles.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Article)))]
pub(super) async fn withdraw(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
) -> Result<Response, Problem> {
    Ok(answer(catalog.withdraw_article(&caller, (id, version)).await?))
}

/// A version as it was published: from 1 to the one that was published last.
#[utoipa::path(get, path = "/api/v1/service-catalog/articles/{id}/versions/{number}",
    operation_id = "get_article_version", tag = "articles",
    security(("bearer" = ["catalog.articles.write"])),
    params(("id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = ArticleVersion)))]
pub(super) async fn version(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, number)): Path<(Uuid, i32)>,
) -> Result<Json<ArticleVersion>, Problem> {
    Ok(Json(ArticleVersion::from(catalog.article_version(&caller, (id, number)).await?)))
}

/// Says whether the version that is published helped: once.
#[utoipa::path(post, path = "/api/v1/service-catalog/articles/{id}/feedback",
    operation_id = "give_article_feedback", tag = "articles",
    security(("bearer" = ["catalog.articles.read"])), params(("id" = Uuid, Path)),
    request_body = FeedbackRequest, responses((status = 204)))]
pub(super) async fn give_feedback(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<FeedbackRequest>,
) -> Result<StatusCode, Problem> {
    catalog.give_feedback(&caller, id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What readers thought of the version that was published last.
#[utoipa::path(get, path = "/api/v1/service-catalog/articles/{id}/feedback",
    operation_id = "list_article_feedback", tag = "articles",
    security(("bearer" = ["catalog.articles.write"])), params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<FeedbackView>)))]
pub(super) async fn feedback(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FeedbackView>>, Problem> {
    let rows = catalog.article_feedback(&caller, id, (page.after()?, page.limit()?)).await?;
    Ok(Json(rows.map(FeedbackView::from)))
}

/// What a ticket was answered with.
#[utoipa::path(get, path = "/api/v1/service-catalog/tickets/{id}/articles",
    operation_id = "list_ticket_articles", tag = "articles",
    security(("bearer" = ["catalog.all-tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = TicketArticles)))]
pub(super) async fn of_ticket(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<TicketArticles>, Problem> {
    Ok(Json(answered(catalog.ticket_articles(&caller, id).await?)))
}

/// Notes that a ticket was answered with an article, in the version that is published.
#[utoipa::path(post, path = "/api/v1/service-catalog/tickets/{id}/articles",
    operation_id = "answer_ticket_with_article", tag = "articles",
    security(("bearer" = ["catalog.all-tickets.write"])), params(("id" = Uuid, Path)),
    request_body = TicketArticleRequest, responses((status = 201, body = TicketArticles)))]
pub(super) async fn answer_with(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<TicketArticleRequest>,
) -> Result<(StatusCode, Json<TicketArticles>), Problem> {
    let all = catalog.answer_with_article(&caller, (id, body.article_id)).await?;
    Ok((StatusCode::CREATED, Json(answered(all))))
}

/// Takes an article from a ticket again.
#[utoipa::path(delete, path = "/api/v1/service-catalog/tickets/{id}/articles/{article_id}",
    operation_id = "take_article_from_ticket", tag = "articles",
    security(("bearer" = ["catalog.all-tickets.write"])),
    params(("id" = Uuid, Path), ("article_id" = String, Path)), responses((status = 204)))]
pub(super) async fn take_back(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, article)): Path<(Uuid, String)>,
) -> Result<StatusCode, Problem> {
    catalog.take_article_back(&caller, (id, &article)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answered(all: Vec<AnsweredWith>) -> TicketArticles {
    TicketArticles { items: all.into_iter().map(TicketArticle::from).collect() }
}

fn answer(detail: ArticleDetail) -> Response {
    etag(detail.row.version, Json(Article::from(detail)))
}
