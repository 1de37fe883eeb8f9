//! What files are used for: each once, by whoever brought it, within the bounds of an object.

use serde_json::json;
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::{Filed, about_files};
use crate::api::files::AttachRequest;
use crate::error::{CatalogError, Fault};
use crate::permissions::{ALL_TICKETS_READ, REQUESTS_READ, REQUESTS_WRITE, TICKETS_READ};
use crate::service::Catalog;
use crate::service::running::about;
use crate::store::entities::file::Model;
use crate::store::files::{self, HELD, Place, Use};
use crate::store::requests;

/// Of one request or ticket.
const FILES_MAX: usize = 200;
const FILES_BYTES_MAX: i64 = 1024 * 1024 * 1024;
/// Of one use.
const USED_MAX: usize = 20;

impl Catalog {
    /// What is attached to a request, and what answers name.
    pub(crate) async fn request_files(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Vec<Filed>, CatalogError> {
        caller.require(REQUESTS_READ)?;
        self.seen_request(caller, id).await?;
        let internal = self.reads_internal(caller, id).await?;
        self.files_of(caller, Place::Request(id), internal).await
    }

    pub(crate) async fn ticket_files(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Vec<Filed>, CatalogError> {
        caller.require(TICKETS_READ)?;
        self.seen_ticket(caller, id).await?;
        self.files_of(caller, Place::Ticket(id), caller.may(ALL_TICKETS_READ)).await
    }

    async fn files_of(
        &self,
        caller: &Caller,
        place: Place,
        with_internal: bool,
    ) -> Result<Vec<Filed>, CatalogError> {
        let mut rows = files::of_place(self.database().read(), caller.tenant(), place).await?;
        rows.retain(|row| with_internal || !row.is_internal);
        self.filed(caller.tenant(), rows).await
    }

    pub(crate) async fn attach_to_request(
        &self,
        caller: &Caller,
        id: Uuid,
        AttachRequest { file_ids, is_internal }: AttachRequest,
    ) -> Result<Vec<Filed>, CatalogError> {
        caller.require(REQUESTS_WRITE)?;
        let (owner, tenant) = (Self::person(caller)?, caller.tenant());
        self.seen_request(caller, id).await?;
        self.may_be_internal(caller, id, is_internal).await?;
        let transaction = self.database().begin().await?;
        let row = requests::locked(&transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("request"))?;
        let place = Place::Request(id);
        let used = Use { place, note: None, is_internal, is_answer: false };
        let bound =
            self.use_files(&transaction, (tenant, owner), ("file_ids", &file_ids), used).await?;
        require_some(&bound)?;
        let mut detail = about(&row);
        detail["files"] = about_files(&bound);
        detail["is_internal"] = json!(is_internal);
        let entry = Entry::new("service-catalog.request.attached", "request", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.filed(tenant, bound).await
    }

    /// Gives files of somebody that nobody has used a place, in the order in which they are named.
    /// What they go to is locked, so that its bounds hold.
    pub(crate) async fn use_files(
        &self,
        transaction: &Transaction,
        (tenant, owner): (TenantId, UserId),
        (at, ids): (&str, &[Uuid]),
        used: Use,
    ) -> Result<Vec<Model>, CatalogError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids_max = if used.is_answer { FILES_MAX } else { USED_MAX };
        if ids.len() > ids_max {
            let reason = format!("at most {ids_max} files are used at once");
            return Err(CatalogError::invalid(at, reason));
        }
        let known = files::by_ids(&**transaction, tenant, ids).await?;
        let mut rows: Vec<Model> = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            let row = known.iter().find(|row| row.id == *id && is_unused(row, owner));
            match row.filter(|row| !rows.contains(row)) {
                Some(row) => rows.push(row.clone()),
                None => return Err(unknown(&format!("/{at}/{index}")).into()),
            }
        }
        let there = files::of_place(&**transaction, tenant, used.place).await?;
        let bytes: i64 = there.iter().chain(&rows).map(|row| row.bytes).sum();
        if there.len() + rows.len() > FILES_MAX || bytes > FILES_BYTES_MAX {
            let mib = FILES_BYTES_MAX / 1024 / 1024;
            let reason =
                format!("a request or a ticket has at most {FILES_MAX} files and {mib} MiB");
            return Err(CatalogError::conflict("too_many_files", reason));
        }
        let bound = files::bind(transaction, (tenant, owner), ids, used).await?;
        if bound != rows.len() as u64 {
            let reason = "one of the files was used or removed meanwhile";
            return Err(CatalogError::conflict("file_used", reason));
        }
        for row in &mut rows {
            (row.is_internal, row.is_answer, row.due_at_ms) =
                (used.is_internal, used.is_answer, None);
        }
        Ok(rows)
    }
}

/// Whether somebody may still use a file.
pub(crate) fn is_unused(row: &Model, owner: UserId) -> bool {
    let is_free = row.request_id.is_none() && row.ticket_id.is_none();
    row.owner_id == owner.0 && row.state == HELD && is_free
}

pub(crate) fn unknown(at: &str) -> Fault {
    Fault::new(at, "there is no such file of yours that is not used yet: upload it first")
}

pub(crate) fn require_some(bound: &[Model]) -> Result<(), CatalogError> {
    if bound.is_empty() {
        return Err(CatalogError::invalid("file_ids", "name at least one file"));
    }
    Ok(())
}
