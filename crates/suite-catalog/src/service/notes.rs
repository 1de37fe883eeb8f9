//! Notes on requests, public and internal, and how content requesters are.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::notification::RECIPIENTS_MAX;
use suite_contracts::{Audience, TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::{Transaction, is_duplicate};
use suite_kit::page::Page;
use uuid::Uuid;

use super::files::about_files;
use super::requests::Detail;
use super::running::about;
use super::{Catalog, Names, text};
use crate::api::notes::NoteRequest;
use crate::error::CatalogError;
use crate::model::approval::SeatState;
use crate::permissions::{ALL_REQUESTS_READ, REQUESTS_READ, REQUESTS_WRITE};
use crate::store::entities::{file, request, request_note, request_rating};
use crate::store::files::{self, Place, Use};
use crate::store::requests::{self, FULFILLED};
use crate::store::{notes, run, tasks};

pub(crate) const NOTE_CHARS_MAX: usize = 20_000;
/// Of one request.
const NOTES_MAX: u64 = 2_000;
const COMMENT_CHARS_MAX: usize = 4_000;

/// A note, with the name of its author.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub row: request_note::Model,
    pub names: Names,
    pub files: Vec<file::Model>,
}

impl Catalog {
    /// What was said about a request, as far as the caller may read it, the oldest first.
    pub(crate) async fn notes(
        &self,
        caller: &Caller,
        id: Uuid,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<Page<Noted>, CatalogError> {
        caller.require(REQUESTS_READ)?;
        self.seen_request(caller, id).await?;
        let (own, internal) = ((caller.tenant(), id), self.reads_internal(caller, id).await?);
        let rows = notes::list(self.database().read(), own, internal, (after, limit)).await?;
        let page = Page::cut(rows, limit, |row| row.id);
        let authors = page.items.iter().map(|row| UserId(row.author_id)).collect();
        let names = self.names(caller.tenant(), &authors).await?;
        let all = files::of_place(self.database().read(), own.0, Place::Request(id)).await?;
        let of_note = |row: &request_note::Model| {
            all.iter().filter(|file| file.note_id == Some(row.id)).cloned().collect()
        };
        Ok(page.map(|row| Noted { files: of_note(&row), row, names: names.clone() }))
    }

    /// Those who work on a request, or oversee all, read what is not for who asked.
    pub(super) async fn reads_internal(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<bool, CatalogError> {
        Ok(caller.may(ALL_REQUESTS_READ) || self.works_for(caller, id).await?)
    }

    pub(crate) async fn note_request(
        &self,
        caller: &Caller,
        id: Uuid,
        NoteRequest { text: said, is_internal, file_ids }: NoteRequest,
    ) -> Result<Noted, CatalogError> {
        caller.require(REQUESTS_WRITE)?;
        let author = Self::person(caller)?;
        self.seen_request(caller, id).await?;
        self.may_be_internal(caller, id, is_internal).await?;
        let said = text("text", &said, NOTE_CHARS_MAX)?;
        if said.is_empty() {
            return Err(CatalogError::invalid("text", "a note says something"));
        }
        let (transaction, tenant) = (self.database().begin().await?, caller.tenant());
        let row = requests::locked(&transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("request"))?;
        if notes::count(&*transaction, (tenant, id)).await? >= NOTES_MAX {
            let reason = format!("a request has at most {NOTES_MAX} notes");
            return Err(CatalogError::conflict("too_many_notes", reason));
        }
        let note = request_note::Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            request_id: id,
            author_id: author.0,
            is_internal,
            text: said,
            created_at_ms: self.now_ms(),
        };
        notes::insert(&transaction, note.clone()).await?;
        let (place, note_id) = (Place::Request(id), Some(note.id));
        let used = Use { place, note: note_id, is_internal, is_answer: false };
        let ids = ("file_ids", file_ids.as_slice());
        let files = self.use_files(&transaction, (tenant, author), ids, used).await?;
        let mut detail = about(&row);
        detail["note_id"] = json!(note.id);
        detail["is_internal"] = json!(is_internal);
        if !files.is_empty() {
            detail["files"] = about_files(&files);
        }
        let entry = Entry::new("service-catalog.request.noted", "request", id).with(detail);
        let names = self.names(tenant, &[author].into()).await?;
        self.tell_of_note(&transaction, &row, (&note, &names)).await?;
        self.finish(transaction, caller, entry).await?;
        Ok(Noted { row: note, names, files })
    }

    /// Tells those who wait for a request or work on it that there is something new to read: of what
    /// is internal, only who works on it.
    async fn tell_of_note(
        &self,
        transaction: &Transaction,
        row: &request::Model,
        (note, names): (&request_note::Model, &Names),
    ) -> Result<(), CatalogError> {
        let rows = tasks::of_request(&**transaction, (TenantId(row.tenant_id), row.id)).await?;
        let undone = rows.iter().filter(|task| tasks::UNDONE.contains(&task.state.as_str()));
        let mut people: BTreeSet<Uuid> = undone.filter_map(|task| task.assignee_id).collect();
        if !note.is_internal {
            people.extend([row.requester_id, row.requested_for_id]);
            let approval = run::read(&row.approval)?;
            let open = approval.open_stage().and_then(|stage| approval.stages.get(stage));
            let seats = open.into_iter().flat_map(|stage| &stage.seats);
            let open = seats.filter(|seat| seat.state == SeatState::Open);
            people.extend(open.map(|seat| seat.user.0));
        }
        people.remove(&note.author_id);
        if people.is_empty() {
            return Ok(());
        }
        let author = names.get(&UserId(note.author_id)).map_or("Somebody", String::as_str);
        let title = format!("{author} wrote about {}", row.item_name);
        let body = format!("On the page of request {}.", row.number);
        let people = people.into_iter().take(RECIPIENTS_MAX).map(UserId).collect();
        let to = (Audience::Users(people), "service-catalog.request.noted");
        self.tell_console(transaction, row, to, (&title, &body)).await
    }

    /// Refuses what is internal of whoever does not work on a request.
    pub(super) async fn may_be_internal(
        &self,
        caller: &Caller,
        id: Uuid,
        is_internal: bool,
    ) -> Result<(), CatalogError> {
        if is_internal && !self.reads_internal(caller, id).await? {
            let reason = "internal notes are for those who work on a request".to_owned();
            return Err(CatalogError::Forbidden { code: "not_a_worker", reason });
        }
        Ok(())
    }

    /// Says once how content whoever asked is, or whom it was for.
    pub(crate) async fn rate(
        &self,
        caller: &Caller,
        id: Uuid,
        (score, comment): (i32, &str),
    ) -> Result<Detail, CatalogError> {
        caller.require(REQUESTS_WRITE)?;
        let (rater, row) = (Self::person(caller)?, self.seen_request(caller, id).await?);
        if rater.0 != row.requester_id && rater.0 != row.requested_for_id {
            let reason = "only who made a request, or whom it is for, rates it".to_owned();
            return Err(CatalogError::Forbidden { code: "not_own_request", reason });
        }
        if row.state != FULFILLED {
            let reason = format!("a request is rated once it is fulfilled: it is {}", row.state);
            return Err(CatalogError::conflict("not_fulfilled", reason));
        }
        if !(1..=5).contains(&score) {
            return Err(CatalogError::invalid("score", "a score is from 1 to 5"));
        }
        let comment = text("comment", comment, COMMENT_CHARS_MAX)?;
        let transaction = self.database().begin().await?;
        let rating = request_rating::Model {
            request_id: id,
            tenant_id: caller.tenant().0,
            rater_id: rater.0,
            score,
            comment,
            created_at_ms: self.now_ms(),
        };
        match notes::rate(&transaction, rating).await {
            Err(error) if is_duplicate(&error) => {
                let reason = "the request has been rated already";
                return Err(CatalogError::conflict("already_rated", reason));
            }
            rated => rated?,
        }
        let mut detail = about(&row);
        detail["score"] = json!(score);
        let entry = Entry::new("service-catalog.request.rated", "request", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.detail(caller, row).await
    }
}
