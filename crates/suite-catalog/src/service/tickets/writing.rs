//! Writing to a ticket: replies, which both sides see, and internal notes.

use serde_json::{Value, json};
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use uuid::Uuid;

use super::TicketDetail;
use super::working::{Kind, NewEvent, Work};
use crate::api::notes::NoteRequest;
use crate::error::CatalogError;
use crate::model::clock::Change;
use crate::model::ticket::{self, OnReply, State};
use crate::permissions::{ALL_TICKETS_WRITE, TICKETS_WRITE};
use crate::service::files::about_files;
use crate::service::{Catalog, text};
use crate::store::files::{Place, Use};

pub(super) const NOTE_CHARS_MAX: usize = 20_000;

impl Catalog {
    /// Adds a reply or a note. Neither is a change that others could have missed: two at once are
    /// both there.
    pub(crate) async fn write_to_ticket(
        &self,
        caller: &Caller,
        id: Uuid,
        body: NoteRequest,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(TICKETS_WRITE)?;
        let row = self.seen_ticket(caller, id).await?;
        // What is written to a ticket that was merged goes to the one that remained.
        let (row, id) = match self.remaining(&row).await? {
            Some(remaining) => (remaining.clone(), remaining.id),
            None => (row, id),
        };
        let is_requester = caller.user().is_some_and(|user| user.0 == row.requester_id);
        let is_agent = caller.may(ALL_TICKETS_WRITE);
        let is_own = is_requester || (!is_agent && self.follows(caller, id).await?);
        if !is_own || body.is_internal {
            caller.require(ALL_TICKETS_WRITE)?;
        }
        let said = text("text", &body.text, NOTE_CHARS_MAX)?;
        if said.is_empty() {
            return Err(CatalogError::invalid("text", "there is nothing in this"));
        }
        let tenant = caller.tenant();
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        let mut detail = Value::Null;
        if !body.file_ids.is_empty() {
            let owner = (tenant, Self::person(caller)?);
            let (place, is_internal) = (Place::Ticket(id), body.is_internal);
            let used = Use { place, note: None, is_internal, is_answer: false };
            let ids = ("file_ids", body.file_ids.as_slice());
            let bound = self.use_files(&transaction, owner, ids, used).await?;
            detail = json!({ "files": about_files(&bound) });
        }
        match (body.is_internal, is_own) {
            (true, _) => {
                let event = NewEvent::new(Kind::Noted, work.now_ms, detail);
                work.events.push(event.saying(said));
            }
            (false, true) => requester_replies(&mut work, (said, detail))?,
            (false, false) => agent_replies(&mut work, (said, detail))?,
        }
        let row = self.save(transaction, &Actor::from(caller), work, entries).await?;
        self.ticket_detail(caller, row).await
    }
}

/// It says no clock that it was answered: that is for somebody else to do.
pub(super) fn requester_replies(
    work: &mut Work,
    (said, detail): (String, Value),
) -> Result<(), CatalogError> {
    let standing = work.standing()?;
    let does = standing.on_reply(work.now_ms);
    if does == OnReply::FollowsUp {
        let reason = "the time to reply to this ticket is over: open one that follows it up";
        return Err(CatalogError::conflict("reopen_over", reason));
    }
    let event = NewEvent::new(Kind::Replied, work.now_ms, detail);
    work.events.push(event.public().saying(said));
    if does == OnReply::Opens {
        work.move_to(State::Open, ticket::Actor::Requester, None)?;
    }
    Ok(())
}

pub(super) fn agent_replies(
    work: &mut Work,
    (said, detail): (String, Value),
) -> Result<(), CatalogError> {
    let state = work.standing()?.state;
    if state == State::Closed {
        let reason = "the ticket is closed: write an internal note, or open one that follows it up";
        return Err(CatalogError::conflict("ticket_closed", reason));
    }
    let event = NewEvent::new(Kind::Replied, work.now_ms, detail);
    work.events.push(event.public().saying(said).counting(Change::Replied));
    if state == State::New {
        work.move_to(State::Open, ticket::Actor::Agent, None)?;
    }
    Ok(())
}
