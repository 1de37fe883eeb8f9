//! A status page, as everybody reads it: public, and for browsers and programs to keep for a moment.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use suite_kit::auth::RequestContext;
use suite_kit::problem::Problem;
use suite_kit::service::Path;

use crate::api::status::PublicStatus;
use crate::service::{Catalog, StatusForm};

const KEPT: &str = "public, max-age=30";

/// How everything stands, with what everybody is told. 404 where no status page is published.
#[utoipa::path(get, path = "/api/v1/service-catalog/status/{slug}",
    operation_id = "read_status", tag = "status", params(("slug" = String, Path)),
    responses((status = 200, body = PublicStatus), (status = 304, description = "As it was")))]
pub(super) async fn page(
    State(catalog): State<Catalog>,
    context: RequestContext,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = (&context, &headers);
    answer(&catalog, asked, (&slug, StatusForm::Page), "application/json").await
}

/// The same as a feed (Atom, RFC 4287).
#[utoipa::path(get, path = "/api/v1/service-catalog/status/{slug}/feed.atom",
    operation_id = "read_status_feed", tag = "status", params(("slug" = String, Path)),
    responses((status = 200, body = String, content_type = "application/atom+xml"),
        (status = 304, description = "As it was")))]
pub(super) async fn feed(
    State(catalog): State<Catalog>,
    context: RequestContext,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = (&context, &headers);
    answer(&catalog, asked, (&slug, StatusForm::Feed), "application/atom+xml; charset=utf-8").await
}

async fn answer(
    catalog: &Catalog,
    (context, headers): (&RequestContext, &HeaderMap),
    what: (&str, StatusForm),
    kind: &'static str,
) -> Result<Response, Problem> {
    catalog.visit(context).await.require()?;
    let written = catalog.public_status(what).await?;
    let head = [(ETAG, written.tag.as_str()), (CACHE_CONTROL, KEPT)];
    if written.tag.is_known(headers) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    Ok((head, [(CONTENT_TYPE, kind)], written.body).into_response())
}
