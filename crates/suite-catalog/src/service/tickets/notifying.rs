//! Whom Hub is asked to tell of what happened to a ticket: those who wait for it, never who did it.

use std::collections::BTreeSet;

use suite_contracts::notification::{RECIPIENTS_MAX, TITLE_CHARS_MAX};
use suite_contracts::{Audience, GroupId, NotificationRequest, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::db::Transaction;

use super::working::{Kind, NewEvent};
use crate::api::desk::priority_number;
use crate::error::CatalogError;
use crate::model::clock::Change;
use crate::model::priority::Priority;
use crate::permissions::DESK_LEAD;
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
        if let Some(request) = request(actor, row, event, &followers) {
            self.ask_to_tell(transaction, own, &request).await?;
        }
        if let Some(request) = request_to_team(row, event) {
            self.ask_to_tell(transaction, own, &request).await?;
        }
        Ok(())
    }
}

/// What nobody has, its group is told of when it cannot wait; or those who lead the desk.
fn request_to_team(row: &Model, event: &NewEvent) -> Option<NotificationRequest> {
    if row.assignee_id.is_some() {
        return None;
    }
    let is_first = row.priority == priority_number(Priority::P1);
    let (kind, what) = match event.kind {
        Kind::Warned => ("clock-warned", "is due soon, and nobody has it"),
        Kind::Breached => ("clock-breached", "is overdue, and nobody has it"),
        Kind::Created if is_first => ("opened", "is a new P1"),
        Kind::Prioritised if is_first => ("prioritised", "is a P1 now, and nobody has it"),
        Kind::HandedOver => ("handed-over", "was handed over to your group"),
        _ => return None,
    };
    let to = match row.group_id {
        Some(group) => Audience::MembersOf(GroupId(group)),
        None => Audience::HoldersOf(DESK_LEAD.name.to_owned()),
    };
    Some(told(row, (to, "desk"), (kind, what), ""))
}

fn told(
    row: &Model,
    (to, page): (Audience, &str),
    (kind, what): (&str, &str),
    body: &str,
) -> NotificationRequest {
    let mut title = format!("Ticket {} {what}: {}", row.number, row.title);
    if title.chars().count() > TITLE_CHARS_MAX {
        title = title.chars().take(TITLE_CHARS_MAX - 1).chain(['…']).collect();
    }
    NotificationRequest {
        to,
        kind: format!("service-catalog.ticket.{kind}"),
        title,
        body: body.to_owned(),
        link: Some(format!("/service-catalog/{page}/{}", row.id)),
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
    Some(self::told(row, (Audience::Users(told), page), (kind, what), body))
}
