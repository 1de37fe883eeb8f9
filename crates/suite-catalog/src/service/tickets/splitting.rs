//! Splitting: a ticket of its own, of a message that is about something else.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::working::{Kind, NewEvent, Work};
use super::{TITLE_CHARS_MAX, TicketDetail, clocks};
use crate::api::desk::{StateBody, Word, priority_number, tier_number};
use crate::api::links::SplitRequest;
use crate::error::CatalogError;
use crate::model::clock::{Change, Entry};
use crate::model::id::CalendarId;
use crate::model::ticket::merge::{self, SplitOff, Ticket};
use crate::permissions::ALL_TICKETS_WRITE;
use crate::service::numbers::Numbered;
use crate::service::{Catalog, line};
use crate::store::entities::{ticket::Model, ticket_event};
use crate::store::{desks, files, measures, ticket_events, tickets};

impl Catalog {
    /// Makes a ticket of a message of another. It begins when the message came in.
    pub(crate) async fn split_ticket(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: SplitRequest,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let tenant = caller.tenant();
        let row = self.seen_ticket(caller, id).await?;
        let title = body.title.as_deref().unwrap_or(&row.title);
        let title = line("title", title, TITLE_CHARS_MAX)?;
        let own = (tenant, id);
        let message = ticket_events::by_number(self.database().read(), own, body.event).await?;
        let is_message = |event: &ticket_event::Model| {
            event.kind == Kind::Replied.as_str() || event.kind == Kind::Created.as_str()
        };
        let Some(message) = message.filter(is_message) else {
            let reason = "this is no message that the requester sees: split off one of those";
            return Err(CatalogError::invalid("event", reason));
        };
        let set_aside = self.number_set_aside(tenant, Numbered::Ticket).await?;
        let (transaction, mut work, entries) = self.hold((tenant, id, Some(expected))).await?;
        let rules = self.mergeable(&transaction, &work).await?;
        let from = author(&message, &rules);
        let split = merge::split(&rules, from, message.at_ms, work.now_ms);
        let own = work.row.number;
        let split = split.map_err(|refusal| super::merging::refused(refusal, (own, own)))?;
        let number = match set_aside {
            Some(number) => number,
            None => desks::next_numbers(&transaction, tenant, 1).await?,
        };
        let files = files_of(&message.detail)?;
        let description = message.text.unwrap_or_else(|| work.row.description.clone());
        let updated_at_ms = work.now_ms;
        let new = split_off(&work.row, split);
        let new = Model { number, title, description, updated_at_ms, ..new };
        let actor = Actor::from(caller);
        let new = self.begin_split(&transaction, &actor, (new, split), (&work, files)).await?;
        let detail = json!({ "ticket_id": new.id, "number": new.number, "event": body.event });
        work.events.push(NewEvent::new(Kind::SplitOff, work.now_ms, detail).public());
        self.keep(&transaction, &actor, work, entries).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        self.ticket_detail(caller, new).await
    }

    async fn begin_split(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        (mut new, split): (Model, SplitOff),
        (work, files): (&Work, Value),
    ) -> Result<Model, CatalogError> {
        let created = Change::Created {
            priority: split.priority,
            calendar: CalendarId(new.calendar_id.unwrap_or_default()),
            tier: split.tier,
            group: split.group,
        };
        let at_ms = split.created_ms;
        let history = clocks::history(vec![Entry { at_ms, change: created }])?;
        // Its clocks ran from the message on, by what the ticket is counted by.
        work.counting.count(&mut new, &history, work.now_ms)?;
        tickets::insert(transaction, new.clone()).await?;
        let tenant = TenantId(new.tenant_id);
        measures::mark(transaction, tenant, [new.created_day], work.now_ms).await?;
        // What came with the message goes with it.
        let given = files.as_array().into_iter().flatten();
        let ids = given.filter_map(|file| file["file_id"].as_str()?.parse().ok());
        let ids: Vec<Uuid> = ids.collect();
        files::move_on(transaction, tenant, (work.row.id, new.id), &ids).await?;
        let mut detail = json!({
            "impact": new.impact, "urgency": new.urgency,
            "split_from": { "ticket_id": work.row.id, "number": work.row.number },
        });
        if !ids.is_empty() {
            detail["files"] = files;
        }
        let event = NewEvent::new(Kind::Created, at_ms, detail).public().counting(created);
        self.record(transaction, actor, &new, (1, vec![event])).await?;
        let link = (tenant, actor.id.parse().ok());
        self.relate(transaction, link, (work.row.id, new.id)).await?;
        Ok(new)
    }
}

/// What a message says of its files.
fn files_of(detail: &str) -> Result<Value, CatalogError> {
    let mut detail: Value = serde_json::from_str(detail)
        .map_err(|error| CatalogError::Internal(format!("an event's detail: {error}")))?;
    Ok(detail.get_mut("files").map(Value::take).unwrap_or_default())
}

/// Whose the new ticket is: the author's, where the message is of the requester or a follower;
/// else the requester's, for whom an agent wrote.
fn author(message: &ticket_event::Model, ticket: &Ticket) -> UserId {
    let own: BTreeSet<UserId> = &ticket.followers | &BTreeSet::from([ticket.requester]);
    let author = message.actor_id.filter(|_| message.actor_kind == "user").map(UserId);
    author.filter(|author| own.contains(author)).unwrap_or(ticket.requester)
}

fn split_off(row: &Model, split: SplitOff) -> Model {
    Model {
        id: Uuid::now_v7(),
        state: StateBody::from(split.state).as_str().to_owned(),
        is_open: true,
        requester_id: split.requester.0,
        group_id: split.group.map(|group: GroupId| group.0),
        assignee_id: None,
        priority: priority_number(split.priority),
        tier: i32::from(tier_number(split.tier)),
        solution: None,
        created_at_ms: split.created_ms,
        resolved_at_ms: None,
        closed_at_ms: None,
        events: 1,
        told: "[]".to_owned(),
        version: 1,
        created_day: measures::day_of(split.created_ms),
        is_escalated: false,
        score: None,
        ..row.clone()
    }
}
