//! What is measured.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Query};

use crate::api::measures::{
    Backlog, BacklogFilter, FileFormat, FileQuery, RequestMeasuresFilter, RequestMeasuresView,
    TicketMeasuresFilter, TicketMeasuresView,
};
use crate::service::{Catalog, MeasuresTable};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What is measured of tickets, in all and one by one.
#[utoipa::path(get, path = "/api/v1/service-catalog/measures/tickets",
    operation_id = "measure_tickets", tag = "measures",
    security(("bearer" = ["catalog.measures.read"])), params(TicketMeasuresFilter),
    responses((status = 200, body = TicketMeasuresView)))]
pub(super) async fn tickets(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<TicketMeasuresFilter>,
) -> Result<Json<TicketMeasuresView>, Problem> {
    Ok(Json(catalog.ticket_measures(&caller, &filter).await?))
}

/// The same as a file, with times in hours.
#[utoipa::path(get, path = "/api/v1/service-catalog/measures/tickets/file",
    operation_id = "download_ticket_measures", tag = "measures",
    security(("bearer" = ["catalog.measures.read"])), params(TicketMeasuresFilter, FileQuery),
    responses((status = 200, content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn tickets_file(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<TicketMeasuresFilter>,
    Query(file): Query<FileQuery>,
) -> Result<Response, Problem> {
    let view = catalog.ticket_measures(&caller, &filter).await?;
    let name = format!("tickets-{}-{}", filter.from, filter.until);
    download(&MeasuresTable::of_tickets(&view), &name, file)
}

/// What is measured of requests, in all and one by one.
#[utoipa::path(get, path = "/api/v1/service-catalog/measures/requests",
    operation_id = "measure_requests", tag = "measures",
    security(("bearer" = ["catalog.measures.read"])), params(RequestMeasuresFilter),
    responses((status = 200, body = RequestMeasuresView)))]
pub(super) async fn requests(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<RequestMeasuresFilter>,
) -> Result<Json<RequestMeasuresView>, Problem> {
    Ok(Json(catalog.request_measures(&caller, &filter).await?))
}

/// The same as a file, with times in hours.
#[utoipa::path(get, path = "/api/v1/service-catalog/measures/requests/file",
    operation_id = "download_request_measures", tag = "measures",
    security(("bearer" = ["catalog.measures.read"])), params(RequestMeasuresFilter, FileQuery),
    responses((status = 200, content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn requests_file(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<RequestMeasuresFilter>,
    Query(file): Query<FileQuery>,
) -> Result<Response, Problem> {
    let view = catalog.request_measures(&caller, &filter).await?;
    let name = format!("requests-{}-{}", filter.from, filter.until);
    download(&MeasuresTable::of_requests(&view), &name, file)
}

/// What is open now, by its age.
#[utoipa::path(get, path = "/api/v1/service-catalog/measures/backlog",
    operation_id = "measure_backlog", tag = "measures",
    security(("bearer" = ["catalog.measures.read"])), params(BacklogFilter),
    responses((status = 200, body = Backlog)))]
pub(super) async fn backlog(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<BacklogFilter>,
) -> Result<Json<Backlog>, Problem> {
    Ok(Json(catalog.backlog(&caller, filter).await?))
}

/// The same as a file, with the mean of days at the end.
#[utoipa::path(get, path = "/api/v1/service-catalog/measures/backlog/file",
    operation_id = "download_backlog", tag = "measures",
    security(("bearer" = ["catalog.measures.read"])), params(BacklogFilter, FileQuery),
    responses((status = 200, content((String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn backlog_file(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<BacklogFilter>,
    Query(file): Query<FileQuery>,
) -> Result<Response, Problem> {
    let backlog = catalog.backlog(&caller, filter).await?;
    download(&MeasuresTable::of_backlog(&backlog), "backlog", file)
}

/// Days of a period are digits and dashes, so that its name needs no quoting.
fn download(table: &MeasuresTable, name: &str, file: FileQuery) -> Result<Response, Problem> {
    let format = file.format.unwrap_or_default();
    let bytes = table.write(format)?;
    let (media_type, ending) = match format {
        FileFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        FileFormat::Xlsx => (XLSX, "xlsx"),
    };
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let headers = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}
