//! Merging: a ticket into the one that remains, under both tickets' locks.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use serde_json::json;
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::TicketDetail;
use super::working::{Kind, NewEvent, Work};
use crate::api::desk::{StateBody, Word, priority_number, priority_of, tier_of};
use crate::error::CatalogError;
use crate::model::clock::{Change, Entry};
use crate::model::id::TicketId;
use crate::model::ticket::State;
use crate::model::ticket::merge::{self, Merged, Refusal, Ticket};
use crate::permissions::{ALL_TICKETS_WRITE, TICKETS_READ};
use crate::service::Catalog;
use crate::store::entities::{ticket::Model, ticket_merge};
use crate::store::{incidents, merges, tickets};

/// Who hears of a ticket besides its requester at most.
const FOLLOWERS_MAX: usize = 400;

/// A ticket in somebody's hands, and what its clocks counted until then.
type Held = (Work, Vec<Entry>);

impl Catalog {
    /// Merges a ticket into another, or into the one that that one was merged into.
    pub(crate) async fn merge_ticket(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        into: Uuid,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let tenant = caller.tenant();
        self.seen_ticket(caller, id).await?;
        let target = tickets::by_id(self.database().read(), tenant, into).await?;
        let reason = "there is no such ticket to merge it into";
        let target = target.ok_or_else(|| CatalogError::invalid("into_id", reason))?;
        let remaining = self.remaining(&target).await?.unwrap_or(target);
        let transaction = self.database().begin().await?;
        let own = ((id, Some(expected)), (remaining.id, None));
        let (mut from, mut into) = self.held_both(&transaction, tenant, own).await?;
        let actor = Actor::from(caller);
        let rules = (
            self.mergeable(&transaction, &from.0).await?,
            self.mergeable(&transaction, &into.0).await?,
        );
        let merged = merge::merge(&rules.0, &rules.1)
            .map_err(|refusal| refused(refusal, (from.0.row.number, into.0.row.number)))?;
        if merged.followers.len() > FOLLOWERS_MAX {
            let reason = format!("more than {FOLLOWERS_MAX} people would follow the ticket");
            return Err(CatalogError::conflict("too_many_followers", reason));
        }
        let row = ticket_merge::Model {
            ticket_id: id,
            tenant_id: tenant.0,
            into_id: into.0.row.id,
            merged_at_ms: from.0.now_ms,
        };
        merges::insert(&transaction, row).await?;
        let own = (tenant, into.0.row.id);
        merges::follow(&transaction, own, &merged.followers).await?;
        take_in(&mut into.0, &from.0.row, &merged);
        close(&mut from.0, &into.0.row);
        self.keep(&transaction, &actor, from.0, from.1).await?;
        let row = self.keep(&transaction, &actor, into.0, into.1).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        self.ticket_detail(caller, row).await
    }

    /// Two tickets in one's hands, taken in the order of their ids, so that two who do the same the
    /// other way round wait for each other and not for ever.
    pub(super) async fn held_both(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
        (one, other): ((Uuid, Option<i64>), (Uuid, Option<i64>)),
    ) -> Result<(Held, Held), CatalogError> {
        let ((one, one_seen), (other, other_seen)) = (one, other);
        if one == other {
            return Err(CatalogError::conflict("same_ticket", "these are one and the same ticket"));
        }
        if one < other {
            let first = self.held(transaction, (tenant, one, one_seen)).await?;
            Ok((first, self.held(transaction, (tenant, other, other_seen)).await?))
        } else {
            let second = self.held(transaction, (tenant, other, other_seen)).await?;
            Ok((self.held(transaction, (tenant, one, one_seen)).await?, second))
        }
    }

    /// A ticket as the rules of merging and splitting see it.
    pub(super) async fn mergeable(
        &self,
        transaction: &Transaction,
        work: &Work,
    ) -> Result<Ticket, CatalogError> {
        let unknown = || CatalogError::Internal("a ticket's tier or priority is unknown".into());
        let row = &work.row;
        let own = (TenantId(row.tenant_id), row.id);
        Ok(Ticket {
            id: TicketId(row.id),
            state: work.standing()?.state,
            is_major: incidents::declared_from(&**transaction, own).await?.is_some(),
            created_ms: row.created_at_ms,
            priority: priority_of(row.priority).ok_or_else(unknown)?,
            tier: tier_of(row.tier).ok_or_else(unknown)?,
            group: row.group_id.map(GroupId),
            requester: UserId(row.requester_id),
            followers: merges::followers(&**transaction, own).await?,
        })
    }

    /// The ticket that remained, of one that was merged.
    pub(super) async fn remaining(&self, row: &Model) -> Result<Option<Model>, CatalogError> {
        let connection = self.database().read();
        let Some((id, _)) = self.merged_into(connection, row).await? else { return Ok(None) };
        let remaining = tickets::by_id(connection, TenantId(row.tenant_id), id).await?;
        Ok(Some(remaining.ok_or(CatalogError::NotFound("ticket"))?))
    }

    /// The id and number of the ticket that remained, of one that was merged.
    pub(super) async fn merged_into(
        &self,
        connection: &impl ConnectionTrait,
        row: &Model,
    ) -> Result<Option<(Uuid, i64)>, CatalogError> {
        // What was merged is closed.
        if State::from_row(&row.state) != Some(State::Closed) {
            return Ok(None);
        }
        let tenant = TenantId(row.tenant_id);
        let chain = merges::from(connection, (tenant, row.id)).await?;
        if chain.is_empty() {
            return Ok(None);
        }
        let circle = || CatalogError::Internal(format!("merges of {} lead nowhere", row.id));
        let id = merge::remaining(TicketId(row.id), &chain).ok_or_else(circle)?;
        let remaining = tickets::by_id(connection, tenant, id.0).await?.ok_or_else(circle)?;
        Ok(Some((remaining.id, remaining.number)))
    }

    /// Whether the caller hears of a ticket because one of theirs was merged into it.
    pub(super) async fn follows(&self, caller: &Caller, id: Uuid) -> Result<bool, CatalogError> {
        let Some(user) = caller.user().filter(|_| caller.may(TICKETS_READ)) else {
            return Ok(false);
        };
        let own = (caller.tenant(), id);
        let followers: BTreeSet<UserId> = merges::followers(self.database().read(), own).await?;
        Ok(followers.contains(&user))
    }
}

/// The ticket that remains tells agents what was in the other, and is as urgent as that was.
fn take_in(work: &mut Work, from: &Model, merged: &Merged) {
    let detail = json!({ "ticket_id": from.id, "number": from.number });
    let event = NewEvent::new(Kind::TookIn, work.now_ms, detail);
    let said = format!("{}\n\n{}", from.title, from.description);
    work.events.push(event.saying(said.trim()));
    if priority_number(merged.priority) == work.row.priority {
        return;
    }
    let row = &mut work.row;
    let told = |row: &Model| {
        json!({
            "impact": row.impact, "urgency": row.urgency, "priority": format!("P{}", row.priority),
        })
    };
    let before = told(row);
    row.impact.clone_from(&from.impact);
    row.urgency.clone_from(&from.urgency);
    row.priority = priority_number(merged.priority);
    let detail = json!({ "before": before, "after": told(row) });
    let event = NewEvent::new(Kind::Prioritised, work.now_ms, detail).public();
    work.events.push(event.counting(Change::Priority(merged.priority)));
}

/// The other is closed for good, and leads to it.
fn close(work: &mut Work, into: &Model) {
    let row = &mut work.row;
    let before = std::mem::replace(&mut row.state, StateBody::Closed.as_str().to_owned());
    (row.is_open, row.closed_at_ms) = (false, Some(work.now_ms));
    row.is_merged = true;
    let detail = json!({
        "ticket_id": into.id, "number": into.number, "before": before, "after": row.state,
    });
    let event = NewEvent::new(Kind::Merged, work.now_ms, detail).public();
    work.events.push(event.counting(Change::State(State::Closed)));
}

/// What the rules refuse, with the numbers of the ticket and of the one that was to remain.
pub(super) fn refused(refusal: Refusal, (from, into): (i64, i64)) -> CatalogError {
    match refusal {
        Refusal::Itself => CatalogError::conflict("same_ticket", refusal.to_string()),
        Refusal::Done(_) => {
            let which = if from == into { String::new() } else { format!(", or ticket {into}") };
            let reason = format!("ticket {from}{which} is done: reopen it first, or link the two");
            CatalogError::conflict("ticket_done", reason)
        }
        Refusal::Major(_) => {
            let reason = format!("ticket {from} is a major incident: merge the other one into it");
            CatalogError::conflict("major_incident", reason)
        }
        Refusal::Time => CatalogError::invalid("event", refusal),
    }
}
