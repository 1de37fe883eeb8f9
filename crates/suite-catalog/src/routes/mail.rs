//! E-mail for the desk: as it comes in, what is held of it, and how it is taken.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, Query, etag};
use uuid::Uuid;

use crate::api::mail::{
    AcceptMailRequest, MailFilter, MailMessage, MailReceipt, MailSettingsBody, MailSettingsView,
};
use crate::service::{Catalog, pieces};

/// How the desk takes e-mail.
#[utoipa::path(get, path = "/api/v1/service-catalog/mail/settings",
    operation_id = "get_mail_settings", tag = "mail",
    security(("bearer" = ["catalog.mail-settings.write"])),
    responses((status = 200, body = MailSettingsView)))]
pub(super) async fn settings(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Response, Problem> {
    let (version, settings) = catalog.mail_settings(&caller).await?;
    Ok(etag(version, Json(MailSettingsView { version, settings })))
}

/// Sets how the desk takes e-mail, as a whole. From then on its letters about tickets go out.
#[utoipa::path(put, path = "/api/v1/service-catalog/mail/settings",
    operation_id = "set_mail_settings", tag = "mail",
    security(("bearer" = ["catalog.mail-settings.write"])),
    params(("If-Match" = String, Header)), request_body = MailSettingsBody,
    responses((status = 200, body = MailSettingsView)))]
pub(super) async fn set(
    State(catalog): State<Catalog>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Json(body): Json<MailSettingsBody>,
) -> Result<Response, Problem> {
    let (version, body) = catalog.set_mail_settings(&caller, version, body).await?;
    Ok(etag(version, Json(MailSettingsView { version, settings: Some(body) })))
}

/// Messages in a state, the latest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/mail/messages",
    operation_id = "list_mail_messages", tag = "mail",
    security(("bearer" = ["catalog.all-tickets.read"])), params(MailFilter, PageQuery),
    responses((status = 200, body = Page<MailMessage>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<MailFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MailMessage>>, Problem> {
    let state = filter.state.unwrap_or_default();
    let page = (page.after()?, page.limit()?);
    let found = catalog.mail_messages(&caller, state, page).await?;
    Ok(Json(found.map(MailMessage::from)))
}

/// Brings a message in, as a mail server has received it (RFC 5322). It is taken, held or refused;
/// with any other answer but 413 the server keeps it and tries again. The same Message-ID comes in
/// once. 413 is for 40 MB and more, and for more than `FILE_BYTES_MAX`. An `Idempotency-Key` has no
/// effect here.
#[utoipa::path(post, path = "/api/v1/service-catalog/mail/messages",
    operation_id = "receive_mail_message", tag = "mail",
    security(("bearer" = ["catalog.mail.write"])),
    request_body(content = Vec<u8>, content_type = "message/rfc822"),
    responses((status = 200, body = MailReceipt)))]
pub(super) async fn receive(
    State(catalog): State<Catalog>,
    caller: Caller,
    body: Body,
) -> Result<Json<MailReceipt>, Problem> {
    Ok(Json(catalog.receive_mail(&caller, pieces(body)).await?.into()))
}

/// A message; one that is held with its text.
#[utoipa::path(get, path = "/api/v1/service-catalog/mail/messages/{id}",
    operation_id = "get_mail_message", tag = "mail",
    security(("bearer" = ["catalog.all-tickets.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = MailMessage)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<MailMessage>, Problem> {
    Ok(Json(catalog.mail_message(&caller, id).await?.into()))
}

/// Takes a message that is held, as somebody's.
#[utoipa::path(post, path = "/api/v1/service-catalog/mail/messages/{id}/accept",
    operation_id = "accept_mail_message", tag = "mail",
    security(("bearer" = ["catalog.all-tickets.write"])), params(("id" = Uuid, Path)),
    request_body = AcceptMailRequest, responses((status = 200, body = MailMessage)))]
pub(super) async fn accept(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(body): Json<AcceptMailRequest>,
) -> Result<Json<MailMessage>, Problem> {
    Ok(Json(catalog.accept_mail(&caller, id, body).await?.into()))
}

/// Throws a message away that is held.
#[utoipa::path(post, path = "/api/v1/service-catalog/mail/messages/{id}/discard",
    operation_id = "discard_mail_message", tag = "mail",
    security(("bearer" = ["catalog.all-tickets.write"])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn discard(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    catalog.discard_mail(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
