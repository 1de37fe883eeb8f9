//! Something happens to a ticket: under its lock, as events that are added to its history, from
//! which its clocks are counted anew, each with its audit record, all or nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::clocks::{Counting, history, measure_text, with_told};
use crate::api::desk::{StateBody, Word};
use crate::error::CatalogError;
use crate::model::clock::{self, Alarm, AlarmKind, Change, History};
use crate::model::ticket::{self, Move, Refusal, Standing, State};
use crate::service::Catalog;
use crate::store::entities::{ticket::Model, ticket_event};
use crate::store::measures::{self, Measured};
use crate::store::{ticket_events, tickets};

/// Events of a ticket at most, from whoever writes; what ends it still has room then.
pub(super) const EVENTS_MAX: i32 = 10_000;

/// What kind of event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Created,
    Changed,
    Prioritised,
    Assigned,
    HandedOver,
    StateChanged,
    Replied,
    Noted,
    Warned,
    Breached,
    Escalated,
    Rated,
    Merged,
    TookIn,
    SplitOff,
    Linked,
    Unlinked,
    Attached,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Prioritised => "prioritised",
            Self::Assigned => "assigned",
            Self::HandedOver => "handed_over",
            Self::StateChanged => "state_changed",
            Self::Replied => "replied",
            Self::Noted => "noted",
            Self::Warned => "clock_warned",
            Self::Breached => "clock_breached",
            Self::Escalated => "escalated",
            Self::Rated => "rated",
            Self::Merged => "merged",
            Self::TookIn => "took_in",
            Self::SplitOff => "split_off",
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
            Self::Attached => "attached",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Created => "service-catalog.ticket.created",
            Self::Changed => "service-catalog.ticket.changed",
            Self::Prioritised => "service-catalog.ticket.prioritised",
            Self::Assigned => "service-catalog.ticket.assigned",
            Self::HandedOver => "service-catalog.ticket.handed-over",
            Self::StateChanged => "service-catalog.ticket.state-changed",
            Self::Replied => "service-catalog.ticket.replied",
            Self::Noted => "service-catalog.ticket.noted",
            Self::Warned => "service-catalog.ticket.clock-warned",
            Self::Breached => "service-catalog.ticket.clock-breached",
            Self::Escalated => "service-catalog.ticket.escalated",
            Self::Rated => "service-catalog.ticket.rated",
            Self::Merged => "service-catalog.ticket.merged",
            Self::TookIn => "service-catalog.ticket.took-in",
            Self::SplitOff => "service-catalog.ticket.split-off",
            Self::Linked => "service-catalog.ticket.linked",
            Self::Unlinked => "service-catalog.ticket.unlinked",
            Self::Attached => "service-catalog.ticket.attached",
        }
    }

    const fn is_alarm(self) -> bool {
        matches!(self, Self::Warned | Self::Breached)
    }

    /// Whether it makes another version of the ticket, which others have not seen.
    const fn changes(self) -> bool {
        use Kind::{Attached, Breached, Escalated, Rated, Warned};
        !self.is_talk() && !matches!(self, Warned | Breached | Escalated | Rated | Attached)
    }

    /// Whether somebody may do it without end.
    const fn is_talk(self) -> bool {
        use Kind::{Attached, Linked, Noted, Replied, Unlinked};
        matches!(self, Replied | Noted | Linked | Unlinked | Attached)
    }
}

/// An event that is to be recorded.
#[derive(Debug, Clone)]
pub(super) struct NewEvent {
    pub kind: Kind,
    pub at_ms: i64,
    pub is_public: bool,
    pub text: Option<String>,
    /// For the history and the trail. Never what somebody wrote.
    pub detail: Value,
    pub counts: Vec<Change>,
    /// Who else is to hear of it.
    pub tells: BTreeSet<UserId>,
}

impl NewEvent {
    pub(super) fn new(kind: Kind, at_ms: i64, detail: Value) -> Self {
        let (counts, tells) = (Vec::new(), BTreeSet::new());
        Self { kind, at_ms, is_public: false, text: None, detail, counts, tells }
    }

    pub(super) fn public(self) -> Self {
        Self { is_public: true, ..self }
    }

    pub(super) fn saying(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    pub(super) fn telling(self, tells: BTreeSet<UserId>) -> Self {
        Self { tells, ..self }
    }

    pub(super) fn counting(mut self, change: Change) -> Self {
        self.counts.push(change);
        self
    }
}

/// A ticket in somebody's hands.
pub(super) struct Work {
    pub row: Model,
    pub history: History,
    pub counting: Counting,
    pub events: Vec<NewEvent>,
    /// Whether its row says anew what the clocks show, though nothing happened.
    pub is_counted: bool,
    /// What was measured of it before.
    pub measured: Measured,
    pub now_ms: i64,
}

impl Work {
    pub(super) fn standing(&self) -> Result<Standing, CatalogError> {
        let unknown = || CatalogError::Internal(format!("a ticket is {:?}", self.row.state));
        let state = State::from_row(&self.row.state).ok_or_else(unknown)?;
        let (resolved_at_ms, reopen_ms) = (self.row.resolved_at_ms, self.counting.levels.reopen_ms);
        Ok(Standing { state, resolved_at_ms, reopen_ms })
    }

    /// Moves it, if that is allowed.
    pub(super) fn move_to(
        &mut self,
        to: State,
        by: ticket::Actor,
        solution: Option<String>,
    ) -> Result<(), CatalogError> {
        let (standing, at_ms) = (self.standing()?, self.now_ms);
        let has_solution = solution.is_some();
        standing.check(Move { to, by, has_solution, at_ms }).map_err(refused)?;
        let text = StateBody::from(to).as_str();
        let mut detail = json!({ "before": self.row.state, "after": text });
        if to == State::Resolved && !self.history.was_done() {
            // The first time that it is, and no other.
            detail["asks_rating"] = json!(true);
        }
        let row = &mut self.row;
        row.state = text.to_owned();
        row.is_open = !to.is_done();
        match to {
            State::Resolved => {
                (row.resolved_at_ms, row.solution) = (Some(at_ms), solution.clone());
            }
            State::Closed => row.closed_at_ms = Some(at_ms),
            _ => (row.resolved_at_ms, row.solution) = (None, None),
        }
        let mut event = NewEvent::new(Kind::StateChanged, at_ms, detail).public();
        event.text = solution;
        self.events.push(event.counting(Change::State(to)));
        Ok(())
    }
}

pub(super) fn refused(refusal: Refusal) -> CatalogError {
    match refusal {
        Refusal::NoWay { from, to } => {
            let word = |state| StateBody::from(state).as_str();
            let reason = format!("a ticket that is {} does not become {}", word(from), word(to));
            CatalogError::conflict("no_such_move", reason)
        }
        Refusal::NotYours { to, .. } => {
            let to = StateBody::from(to).as_str();
            let reason = format!("as things stand it is for agents to make this ticket {to}");
            CatalogError::Forbidden { code: "agents_move", reason }
        }
        Refusal::NoSolution => CatalogError::invalid("solution", refusal),
        Refusal::TooLate => CatalogError::conflict("reopen_over", refusal.to_string()),
        Refusal::TooEarly { .. } => CatalogError::conflict("reopen_open", refusal.to_string()),
    }
}

impl Catalog {
    /// Does something to a ticket, at the version that was seen if it matters. Where it makes no
    /// event nothing is written.
    pub(super) async fn on_ticket(
        &self,
        actor: &Actor,
        (tenant, id, expected): (TenantId, Uuid, Option<i64>),
        act: impl FnOnce(&mut Work) -> Result<(), CatalogError>,
    ) -> Result<Model, CatalogError> {
        let (transaction, mut work, entries) = self.hold((tenant, id, expected)).await?;
        act(&mut work)?;
        if work.events.is_empty() {
            if work.is_counted {
                tickets::write_counted(&transaction, &work.row).await?;
                self.measure(&transaction, &work.row, &work.measured).await?;
                transaction.commit_unaudited("only what its clocks show was counted").await?;
            } else {
                transaction.roll_back().await?;
            }
            return Ok(work.row);
        }
        self.save(transaction, actor, work, entries).await
    }

    /// Takes a ticket into one's hands: others wait until the transaction ends.
    pub(super) async fn hold(
        &self,
        (tenant, id, expected): (TenantId, Uuid, Option<i64>),
    ) -> Result<(Transaction, Work, Vec<clock::Entry>), CatalogError> {
        let transaction = self.database().begin().await?;
        let (work, entries) = self.held(&transaction, (tenant, id, expected)).await?;
        Ok((transaction, work, entries))
    }

    /// The same within a transaction. Who takes several takes them in the order of their ids.
    pub(super) async fn held(
        &self,
        transaction: &Transaction,
        (tenant, id, expected): (TenantId, Uuid, Option<i64>),
    ) -> Result<(Work, Vec<clock::Entry>), CatalogError> {
        let row = tickets::locked(transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("ticket"))?;
        if expected.is_some_and(|version| version != row.version) {
            return Err(CatalogError::Stale("ticket"));
        }
        let counting = self.counting(&**transaction, &row).await?;
        let entries = self.entries(&**transaction, &row).await?;
        let (now_ms, events) = (self.now_ms(), Vec::new());
        let past = history(entries.clone())?;
        let measured = Measured::of(&row);
        let is_counted = false;
        let work = Work { row, history: past, counting, events, is_counted, measured, now_ms };
        Ok((work, entries))
    }

    pub(super) async fn save(
        &self,
        transaction: Transaction,
        actor: &Actor,
        work: Work,
        entries: Vec<clock::Entry>,
    ) -> Result<Model, CatalogError> {
        let row = self.keep(&transaction, actor, work, entries).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        Ok(row)
    }

    /// The same within a transaction that does more.
    pub(super) async fn keep(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        work: Work,
        mut entries: Vec<clock::Entry>,
    ) -> Result<Model, CatalogError> {
        let Work { mut row, counting, events, measured, now_ms, .. } = work;
        if row.events >= EVENTS_MAX && events.iter().any(|event| event.kind.is_talk()) {
            let reason = format!(
                "a ticket has at most {EVENTS_MAX} events: open another one that follows it up"
            );
            return Err(CatalogError::conflict("ticket_full", reason));
        }
        for event in &events {
            let counted = event.counts.iter();
            let at_ms = event.at_ms;
            entries.extend(counted.map(|change| clock::Entry { at_ms, change: *change }));
        }
        counting.count(&mut row, &history(entries)?, now_ms)?;
        row.version += i64::from(events.iter().any(|event| event.kind.changes()));
        if events.iter().any(|event| !event.kind.is_alarm()) {
            row.updated_at_ms = now_ms.max(row.updated_at_ms);
        }
        let first = row.events + 1;
        row.events += i32::try_from(events.len()).unwrap_or(i32::MAX);
        tickets::write(transaction, &row).await?;
        self.measure(transaction, &row, &measured).await?;
        if !row.is_open {
            self.end_climbs(transaction, &row).await?;
        }
        self.record(transaction, actor, &row, (first, events)).await?;
        Ok(row)
    }

    /// Notes that what was summed up of the ticket's day is not true any more, if so.
    async fn measure(
        &self,
        transaction: &Transaction,
        row: &Model,
        before: &Measured,
    ) -> Result<(), CatalogError> {
        if Measured::of(row) != *before {
            let tenant = TenantId(row.tenant_id);
            measures::mark(transaction, tenant, [row.created_day], self.now_ms()).await?;
        }
        Ok(())
    }

    /// Adds events to a ticket's history, each with its audit record.
    pub(super) async fn record(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        row: &Model,
        (first, events): (i32, Vec<NewEvent>),
    ) -> Result<(), CatalogError> {
        let mut rows = Vec::new();
        for (number, event) in (first..).zip(events) {
            self.note(transaction, actor, told(row, &event)).await?;
            self.notify(transaction, actor, row, &event).await?;
            self.plan_ticket_letter(transaction, actor, row, (number, &event)).await?;
            let counts = match event.counts.as_slice() {
                [] => None,
                changes => Some(ticket_events::write_changes(changes)?),
            };
            rows.push(ticket_event::Model {
                ticket_id: row.id,
                number,
                tenant_id: row.tenant_id,
                at_ms: event.at_ms,
                kind: event.kind.as_str().to_owned(),
                is_public: event.is_public,
                actor_kind: actor.kind.to_owned(),
                actor_id: actor.id.parse().ok(),
                actor_name: actor.name.clone(),
                text: event.text,
                detail: event.detail.to_string(),
                counts,
            });
        }
        ticket_events::insert(transaction, rows).await?;
        Ok(())
    }

    /// Tells of what clocks show, as of now. Told before, it is told no more.
    pub(super) async fn tell_alarms(
        &self,
        (tenant, id): (TenantId, Uuid),
    ) -> Result<(), CatalogError> {
        let actor = Actor::system(tenant, "clocks");
        let act = |work: &mut Work| {
            let Work { row, history, counting, now_ms, .. } = work;
            let found = counting.count(row, history, *now_ms)?;
            row.told = with_told(&row.told, &found);
            work.events.extend(found.iter().map(alarm));
            work.is_counted = true;
            let standing = work.standing()?;
            let closes_ms = standing.reopens_until_ms();
            if closes_ms.is_some_and(|at_ms| at_ms <= work.now_ms) {
                work.move_to(State::Closed, ticket::Actor::Service, None)?;
            }
            Ok(())
        };
        self.on_ticket(&actor, (tenant, id, None), act).await?;
        Ok(())
    }
}

fn alarm(alarm: &Alarm) -> NewEvent {
    let kind = match alarm.kind {
        AlarmKind::Warned => Kind::Warned,
        AlarmKind::Breached => Kind::Breached,
    };
    NewEvent::new(kind, alarm.at_ms, json!({ "clock": measure_text(alarm.measure) }))
}

/// What the trail and whoever follows events are told.
fn told(row: &Model, event: &NewEvent) -> Entry {
    let mut detail = json!({
        "ticket_id": row.id,
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "state": row.state,
        "priority": format!("P{}", row.priority),
        "tier": row.tier,
        "group_id": row.group_id,
        "assignee_id": row.assignee_id,
        "requester_id": UserId(row.requester_id),
        "is_public": event.is_public,
    });
    if !event.detail.is_null() {
        detail["change"] = event.detail.clone();
    }
    Entry::new(event.kind.action(), "ticket", row.id).with(detail)
}
