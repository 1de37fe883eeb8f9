//! Business calendars.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{IfMatch, Json, Path, etag};
use uuid::Uuid;

use crate::api::calendars::{
    CalendarBody, CalendarChange, CalendarRequest, CalendarSummary, CalendarVersionRequest,
    CalendarView, Calendars, HolidaysRequest, ImportRequest,
};
use crate::service::{CalendarDetail, Catalog};

/// The calendars of the tenant, by name.
#[utoipa::path(get, path = "/api/v1/service-catalog/calendars", operation_id = "list_calendars",
    tag = "calendars", security(("bearer" = ["catalog.calendars.read"])),
    responses((status = 200, body = Calendars)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
) -> Result<Json<Calendars>, Problem> {
    let (rows, default) = catalog.calendars(&caller).await?;
    let items = rows.into_iter().map(|row| CalendarSummary {
        id: row.id,
        name: row.name,
        is_default: default == Some(row.id),
        version: row.version,
    });
    Ok(Json(Calendars { items: items.collect() }))
}

/// Makes a calendar.
#[utoipa::path(post, path = "/api/v1/service-catalog/calendars", operation_id = "create_calendar",
    tag = "calendars", security(("bearer" = ["catalog.calendars.write"])),
    request_body = CalendarRequest, responses((status = 201, body = CalendarView)))]
pub(super) async fn create(
    State(catalog): State<Catalog>,
    caller: Caller,
    Json(body): Json<CalendarRequest>,
) -> Result<Response, Problem> {
    let detail = catalog.create_calendar(&caller, body).await?;
    Ok(etag(detail.row.version, (StatusCode::CREATED, Json(CalendarView::from(detail)))))
}

/// A calendar, as it is in force now, and its versions.
#[utoipa::path(get, path = "/api/v1/service-catalog/calendars/{id}",
    operation_id = "get_calendar", tag = "calendars",
    security(("bearer" = ["catalog.calendars.read"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = CalendarView)))]
pub(super) async fn show(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.calendar(&caller, id).await?))
}

/// Renames a calendar, or makes it the default for what is opened from now on.
#[utoipa::path(patch, path = "/api/v1/service-catalog/calendars/{id}",
    operation_id = "change_calendar", tag = "calendars",
    security(("bearer" = ["catalog.calendars.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = CalendarChange, responses((status = 200, body = CalendarView)))]
pub(super) async fn change(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<CalendarChange>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.change_calendar(&caller, (id, version), body).await?))
}

/// What a version says.
#[utoipa::path(get, path = "/api/v1/service-catalog/calendars/{id}/versions/{number}",
    operation_id = "get_calendar_version", tag = "calendars",
    security(("bearer" = ["catalog.calendars.read"])),
    params(("id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = CalendarBody)))]
pub(super) async fn version(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(version): Path<(Uuid, i32)>,
) -> Result<Json<CalendarBody>, Problem> {
    Ok(Json(catalog.calendar_version(&caller, version).await?))
}

/// Makes a version of hours and holidays, by which everything counts from its instant on, what is
/// open already too.
#[utoipa::path(post, path = "/api/v1/service-catalog/calendars/{id}/versions",
    operation_id = "revise_calendar", tag = "calendars",
    security(("bearer" = ["catalog.calendars.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = CalendarVersionRequest, responses((status = 200, body = CalendarView)))]
pub(super) async fn revise(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<CalendarVersionRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.revise_calendar(&caller, (id, version), body).await?))
}

/// Adds holidays, also in the past, to all versions that are in force at them or later. Those that
/// are there already change nothing.
#[utoipa::path(post, path = "/api/v1/service-catalog/calendars/{id}/holidays",
    operation_id = "add_holidays", tag = "calendars",
    security(("bearer" = ["catalog.calendars.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = HolidaysRequest, responses((status = 200, body = CalendarView)))]
pub(super) async fn add_holidays(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<HolidaysRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.add_holidays(&caller, (id, version), body).await?))
}

/// Adds the holidays of an iCalendar file.
#[utoipa::path(post, path = "/api/v1/service-catalog/calendars/{id}/import",
    operation_id = "import_holidays", tag = "calendars",
    security(("bearer" = ["catalog.calendars.write"])),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = ImportRequest, responses((status = 200, body = CalendarView)))]
pub(super) async fn import(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path(id): Path<Uuid>,
    IfMatch(version): IfMatch,
    Json(body): Json<ImportRequest>,
) -> Result<Response, Problem> {
    Ok(answer(catalog.import_holidays(&caller, (id, version), body).await?))
}

fn answer(detail: CalendarDetail) -> Response {
    etag(detail.row.version, Json(CalendarView::from(detail)))
}
