//! Whom Hub is asked to tell of what happened to a ticket: those who wait for it, never who did it.

use std::collections::BTreeSet;

use suite_contracts::notification::{RECIPIENTS_MAX, TITLE_CHARS_MAX};
use suite_contracts::{Audience, NotificationRequest, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::db::Transaction;

use super::working::{Kind, NewEvent};
use crate::error::CatalogError;
use crate::model::clock::Change;
use crate::service::Catalog;
use crate::store::entities::ticket::Model;
use crate::store::merges;

impl Catalog {
    pub(super) async fn notify(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        row: &Model,
        event: &NewEvent,
    ) -> Result<(), CatalogError> {
        let is_for_all = event.is_public
            && matches!(event.kind, Kind::Replied | Kind::StateChanged | Kind::Merged);
        let own = (TenantId(row.tenant_id), row.id);
        let followers = if is_for_all {
            merges::followers(&**transaction, own).await?
        } else {
            BTreeSet::new()
        };
        let Some(request) = request(actor, row, event, &followers) else { return Ok(()) };
        self.ask_to_tell(transaction, own, &request).await
    }
}

fn request(
    actor: &Actor,
    row: &Model,
    event: &NewEvent,
    followers: &BTreeSet<UserId>,
) -> Option<NotificationRequest> {
    let (requester, assignee) = (Some(row.requester_id), row.assignee_id);
    let by = actor.id.parse().ok();
    let is_agents = event.counts.contains(&Change::Replied);
    let (to, kind, what) = match event.kind {
        Kind::Replied if is_agents => (requester, "replied", "has a reply"),
        Kind::Replied => (assignee, "replied", "has a reply of its requester"),
        Kind::StateChanged if row.state == "resolved" => (requester, "resolved", "is resolved"),
        Kind::Merged => (requester, "merged", "was merged into another"),
        Kind::TookIn => (assignee, "took-in", "has taken in another"),
        Kind::Created if event.detail["split_from"].is_object() => {
            (requester, "split-off", "was made of what you wrote")
        }
        Kind::Assigned => (assignee, "assigned", "is yours"),
        Kind::Warned => (assignee, "clock-warned", "is due soon"),
        Kind::Breached => (assignee, "clock-breached", "is overdue"),
        Kind::Escalated => (None, "escalated", "is escalated to you"),
        _ => return None,
    };
    let also = match event.kind {
        Kind::Escalated => &event.tells,
        _ if to == requester => followers,
        _ => &BTreeSet::new(),
    };
    let all: BTreeSet<UserId> = to.map(UserId).into_iter().chain(also.iter().copied()).collect();
    // Who calls themselves hears of it.
    let others = all.into_iter().filter(|to| Some(to.0) != by || event.kind == Kind::Escalated);
    let told: Vec<UserId> = others.take(RECIPIENTS_MAX).collect();
    if told.is_empty() {
        return None;
    }
    // Who asked has a page of their own; the others work on it.
    let page = if to == requester { "tickets" } else { "desk" };
    let asks = event.detail["asks_rating"] == true;
    let body = if asks { "Say how it was: 1 to 5, and why." } else { "" };
    let mut title = format!("Ticket {} {what}: {}", row.number, row.title);
    if title.chars().count() > TITLE_CHARS_MAX {
        title = title.chars().take(TITLE_CHARS_MAX - 1).chain(['…']).collect();
    }
    Some(NotificationRequest {
        to: Audience::Users(told),
        kind: format!("service-catalog.ticket.{kind}"),
        title,
        body: body.to_owned(),
        link: Some(format!("/service-catalog/{page}/{}", row.id)),
    })
}
