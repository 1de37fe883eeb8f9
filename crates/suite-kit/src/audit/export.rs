//! All records of a tenant as a stream, the newest first, in memory for a few hundred of them.

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use http_body_util::channel::{Channel, Sender};
use sea_orm::DbErr;
use serde::Deserialize;
use suite_contracts::TenantId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::api::AuditRecord;
use super::search::{Filter, newest_first, with_anchors};
use crate::db::Database;
use crate::problem::Problem;

/// Records in memory at a time.
const PART_RECORDS_MAX: u64 = 200;
/// Parts that wait for a slow reader.
const PARTS_WAITING_MAX: usize = 1;
/// What a spreadsheet takes for the beginning of a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RFC 4180, with a line of names. What a spreadsheet would run as a formula begins with `'`.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// An export that has not begun; as a response it streams.
#[derive(Debug)]
pub struct Export {
    database: Database,
    tenant: TenantId,
    filter: Filter,
    format: Format,
}

#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error("{0}")]
    Write(String),
    #[error("{0}")]
    Filter(String),
}

impl Export {
    pub(super) fn new(
        database: Database,
        tenant: TenantId,
        filter: Filter,
        format: Format,
    ) -> Result<Self, Problem> {
        // While it can still be said.
        filter.apply(tenant)?;
        Ok(Self { database, tenant, filter, format })
    }

    async fn send(self, mut to: Sender<Bytes, ExportError>) {
        let mut after: Option<(i64, Uuid)> = None;
        let mut is_first = true;
        loop {
            let part = match self.part(after, is_first).await {
                Ok(part) => part,
                Err(error) => {
                    tracing::warn!(%error, "an export of audit records broke off");
                    return to.abort(error);
                }
            };
            let (bytes, last) = part;
            // An error means that nobody reads any more.
            if !bytes.is_empty() && to.send_data(bytes).await.is_err() {
                return;
            }
            let Some(last) = last else { return };
            (after, is_first) = (Some(last), false);
        }
    }

    /// The next records as text, and the key of the last one unless it is the end.
    async fn part(
        &self,
        after: Option<(i64, Uuid)>,
        is_first: bool,
    ) -> Result<(Bytes, Option<(i64, Uuid)>), ExportError> {
        let query = self.filter.apply(self.tenant);
        let query = query.map_err(|problem| ExportError::Filter(problem.detail().to_owned()))?;
        let rows = newest_first(query, after, PART_RECORDS_MAX);
        let rows = rows.all(self.database.read()).await?;
        let is_full = rows.len() as u64 == PART_RECORDS_MAX;
        let last = rows.last().filter(|_| is_full).map(|row| (row.at_ms, row.id));
        let found = with_anchors(&self.database, self.tenant, rows).await?;
        let records = found.into_iter().map(AuditRecord::from);
        let bytes = match self.format {
            Format::Csv => csv(records, is_first),
            Format::Jsonl => jsonl(records),
        };
        Ok((bytes?.into(), last))
    }
}

impl IntoResponse for Export {
    fn into_response(self) -> Response {
        let (media_type, file) = match self.format {
            Format::Csv => ("text/csv; charset=utf-8; header=present", "audit.csv"),
            Format::Jsonl => ("application/jsonl", "audit.jsonl"),
        };
        let (sender, body) = Channel::<Bytes, ExportError>::new(PARTS_WAITING_MAX);
        // It ends with its reader.
        tokio::spawn(self.send(sender));
        let mut response = Body::new(body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
        headers.extend(disposition.ok().map(|value| (CONTENT_DISPOSITION, value)));
        response
    }
}

fn jsonl(records: impl Iterator<Item = AuditRecord>) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    for record in records {
        serde_json::to_writer(&mut bytes, &record)
            .map_err(|error| ExportError::Write(error.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

const COLUMNS: [&str; 17] = [
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "address",
    "request_id",
    "action",
    "subject_kind",
    "subject_id",
    "detail",
    "state",
    "position",
    "chain_hash",
    "height",
    "block_time",
    "transaction_id",
];

fn csv(records: impl Iterator<Item = AuditRecord>, is_first: bool) -> Result<Vec<u8>, ExportError> {
    let failed = |error: &dyn std::fmt::Display| ExportError::Write(error.to_string());
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if is_first {
        writer.write_record(COLUMNS).map_err(|error| failed(&error))?;
    }
    for record in records {
        let cells = cells(record);
        writer.write_record(cells.map(|cell| guarded(&cell))).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

fn cells(record: AuditRecord) -> [String; 17] {
    let anchor = record.anchor.unwrap_or_default();
    let number = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
    [
        record.id.to_string(),
        record.at,
        record.actor.kind,
        record.actor.id,
        record.actor.name,
        record.address,
        record.request_id,
        record.action,
        record.subject.kind,
        record.subject.id,
        record.detail.to_string(),
        record.state.as_str().to_owned(),
        number(record.position),
        record.chain_hash.unwrap_or_default(),
        number(anchor.height),
        anchor.block_time.unwrap_or_default(),
        anchor.transaction_id.unwrap_or_default(),
    ]
}

/// A cell that no spreadsheet runs as a formula.
fn guarded(cell: &str) -> String {
    if cell.starts_with(FORMULA_STARTS) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests;
