//! Files: taken in, shown and given to who may see what they belong to, and collected once they
//! belong to nothing.

mod using;

use std::collections::BTreeSet;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::Stream;
use serde_json::{Value, json};
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::files::{Received, download, media_type, safe_name};
use uuid::Uuid;

use super::{Catalog, Names};
use crate::error::CatalogError;
use crate::permissions::{
    ALL_TASKS_WRITE, ALL_TICKETS_READ, ALL_TICKETS_WRITE, FILES_READ, FILES_WRITE,
};
use crate::store::entities::file::Model;
use crate::store::files::{self, ARRIVING, HELD, Place};

pub(crate) use using::{is_unused, require_some, unknown};

/// How many of one person may wait for being used.
const UNUSED_MAX: u64 = 100;
/// After this an upload that did not end is taken for failed.
const ARRIVING_MS_MAX: i64 = 3_600_000;
/// For so long a file waits for being used, and its content for being dropped once it is removed: a
/// backup that began before has it all.
const UNUSED_MS_MAX: i64 = 24 * 3_600_000;
const REMOVED_MS: i64 = 24 * 3_600_000;
/// Of one look.
const COLLECTED_MAX: u64 = 200;

/// A file, with the name of who brought it.
#[derive(Debug, Clone)]
pub(crate) struct Filed {
    pub row: Model,
    pub names: Names,
}

impl Catalog {
    /// Takes a file in. It is the caller's alone until they use it.
    pub(crate) async fn upload<E: std::fmt::Display>(
        &self,
        caller: &Caller,
        name: &str,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Filed, CatalogError> {
        caller.require(FILES_WRITE)?;
        let own = (caller.tenant(), Self::person(caller)?);
        if files::unused(self.database().read(), own).await? >= UNUSED_MAX {
            let reason = format!(
                "{UNUSED_MAX} files of yours wait for being used: use them, or remove some"
            );
            return Err(CatalogError::conflict("too_many_unused_files", reason));
        }
        let received = self.files().receive(body).await?;
        let row = self.take_in(own, &Actor::from(caller), (name, received)).await?;
        self.filed(own.0, vec![row]).await?.pop().ok_or(CatalogError::NotFound("file"))
    }

    /// Its row first, then its content, so that there is no content without a row; and only then
    /// it is there.
    pub(super) async fn take_in(
        &self,
        (tenant, owner): (TenantId, UserId),
        actor: &Actor,
        (name, received): (&str, Received),
    ) -> Result<Model, CatalogError> {
        let (name, now_ms) = (safe_name(name), self.now_ms());
        let media_type = media_type(&name, &received.head);
        let media_type = media_type.map_err(|lie| CatalogError::invalid("name", lie))?;
        let bytes = i64::try_from(received.bytes).unwrap_or(i64::MAX);
        let mut row = Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            owner_id: owner.0,
            name,
            media_type: media_type.to_owned(),
            bytes,
            sha256: received.sha256.clone(),
            state: ARRIVING.to_owned(),
            request_id: None,
            ticket_id: None,
            note_id: None,
            is_internal: false,
            is_answer: false,
            created_at_ms: now_ms,
            due_at_ms: Some(now_ms + ARRIVING_MS_MAX),
        };
        let transaction = self.database().begin().await?;
        let bytes_max = self.0.tenant_file_bytes_max;
        if !files::reserve(&transaction, tenant, (bytes, bytes_max)).await? {
            let reason = "there is no room for more files: ask whoever runs this installation";
            return Err(CatalogError::conflict("files_full", reason));
        }
        files::insert(&transaction, row.clone()).await?;
        transaction.commit_unaudited("the file is not there yet").await?;
        let own = (tenant, row.id);
        self.files().keep(own, received).await?;
        let transaction = self.database().begin().await?;
        let due_at_ms = now_ms + UNUSED_MS_MAX;
        if !files::hold(&transaction, own, due_at_ms).await? {
            let reason = "the upload took too long: try again";
            return Err(CatalogError::conflict("upload_late", reason));
        }
        (row.state, row.due_at_ms) = (HELD.to_owned(), Some(due_at_ms));
        let entry = Entry::new("service-catalog.file.uploaded", "file", row.id);
        self.finish(transaction, actor.clone(), entry.with(about_file(&row))).await?;
        Ok(row)
    }

    pub(crate) async fn file(&self, caller: &Caller, id: Uuid) -> Result<Filed, CatalogError> {
        caller.require(FILES_READ)?;
        let row = self.seen_file(caller, id).await?;
        let filed = self.filed(caller.tenant(), vec![row]).await?.pop();
        filed.ok_or(CatalogError::NotFound("file"))
    }

    /// What a file holds, for who may see what it belongs to.
    pub(crate) async fn content(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Response, CatalogError> {
        caller.require(FILES_READ)?;
        let row = self.seen_file(caller, id).await?;
        let content = self.files().read((caller.tenant(), id), &row.sha256).await?;
        let bytes = u64::try_from(row.bytes).unwrap_or(0);
        Ok(download((&row.name, &row.media_type, bytes), content))
    }

    /// Removes a file: whoever brought it may, and who works on everything of its kind. What was
    /// decided on stays.
    pub(crate) async fn remove_file(&self, caller: &Caller, id: Uuid) -> Result<(), CatalogError> {
        caller.require(FILES_WRITE)?;
        let row = self.seen_file(caller, id).await?;
        let is_own = caller.user().is_some_and(|user| user.0 == row.owner_id);
        let oversees = match place_of(&row) {
            Some(Place::Request(_)) => caller.may(ALL_TASKS_WRITE),
            Some(Place::Ticket(_)) => caller.may(ALL_TICKETS_WRITE),
            None => false,
        };
        if !is_own && !oversees {
            let reason = "only who brought a file removes it".to_owned();
            return Err(CatalogError::Forbidden { code: "not_own_file", reason });
        }
        if row.is_answer {
            let reason = "the file is part of what was asked for: it stays with the request";
            return Err(CatalogError::conflict("file_in_answers", reason));
        }
        let (transaction, due_at_ms) = (self.database().begin().await?, self.now_ms() + REMOVED_MS);
        let own = (caller.tenant(), id);
        if !files::remove(&transaction, own, (due_at_ms, false)).await? {
            return Err(CatalogError::NotFound("file"));
        }
        let entry = Entry::new("service-catalog.file.removed", "file", id);
        self.finish(transaction, caller, entry.with(about_file(&row))).await
    }

    /// A file of the caller's, or of something that they see.
    async fn seen_file(&self, caller: &Caller, id: Uuid) -> Result<Model, CatalogError> {
        let row = files::by_id(self.database().read(), caller.tenant(), id).await?;
        let missing = CatalogError::NotFound("file");
        let Some(row) = row.filter(|row| row.state == HELD) else { return Err(missing) };
        let is_seen = match place_of(&row) {
            Some(Place::Request(request)) => {
                is_there(self.seen_request(caller, request).await)?
                    && (!row.is_internal || self.reads_internal(caller, request).await?)
            }
            Some(Place::Ticket(ticket)) => {
                is_there(self.seen_ticket(caller, ticket).await)?
                    && (!row.is_internal || caller.may(ALL_TICKETS_READ))
            }
            None => caller.user().is_some_and(|user| user.0 == row.owner_id),
        };
        if is_seen { Ok(row) } else { Err(missing) }
    }

    pub(super) async fn filed(
        &self,
        tenant: TenantId,
        rows: Vec<Model>,
    ) -> Result<Vec<Filed>, CatalogError> {
        let owners: BTreeSet<UserId> = rows.iter().map(|row| UserId(row.owner_id)).collect();
        let names = self.names(tenant, &owners).await?;
        Ok(rows.into_iter().map(|row| Filed { row, names: names.clone() }).collect())
    }

    /// Drops what did not arrive, what nobody used, and the content of what was removed.
    pub(crate) async fn collect_files(&self) -> Result<(), CatalogError> {
        self.files().tidy().await?;
        let rows = files::due(self.database().read(), self.now_ms(), COLLECTED_MAX).await?;
        let mut failed = None;
        for row in rows {
            // One that cannot be dropped now keeps no other one.
            if let Err(error) = self.collect_file(&row).await {
                tracing::warn!(file = %row.id, %error, "a file was not collected");
                failed = Some(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn collect_file(&self, row: &Model) -> Result<(), CatalogError> {
        let own = (TenantId(row.tenant_id), row.id);
        if row.state == HELD {
            let transaction = self.database().begin().await?;
            if !files::remove(&transaction, own, (self.now_ms(), true)).await? {
                return Ok(transaction.roll_back().await?);
            }
            let entry = Entry::new("service-catalog.file.expired", "file", row.id);
            let system = Actor::system(own.0, "files");
            return self.finish(transaction, system, entry.with(about_file(row))).await;
        }
        self.files().remove(own).await?;
        let transaction = self.database().begin().await?;
        if !files::forget(&transaction, row).await? {
            return Ok(transaction.roll_back().await?);
        }
        files::release(&transaction, own.0, row.bytes).await?;
        Ok(transaction.commit_unaudited("that it is gone was told before").await?)
    }
}

/// The pieces of a request's body.
pub(crate) fn pieces(body: Body) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send {
    body.into_data_stream()
}

fn place_of(row: &Model) -> Option<Place> {
    row.request_id.map(Place::Request).or(row.ticket_id.map(Place::Ticket))
}

/// What cannot be seen is not there.
fn is_there<T>(seen: Result<T, CatalogError>) -> Result<bool, CatalogError> {
    match seen {
        Ok(_) => Ok(true),
        Err(CatalogError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// For the trail: with its digest it is provable what was there.
fn about_file(row: &Model) -> Value {
    json!({
        "file_id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "bytes": row.bytes,
        "sha256": row.sha256,
        "owner_id": row.owner_id,
        "request_id": row.request_id,
        "ticket_id": row.ticket_id,
    })
}

/// The same of several, for the trail of what they belong to.
pub(crate) fn about_files(rows: &[Model]) -> Value {
    let one = |row: &Model| {
        json!({
            "file_id": row.id, "name": row.name, "media_type": row.media_type,
            "bytes": row.bytes, "sha256": row.sha256,
        })
    };
    rows.iter().map(one).collect()
}
