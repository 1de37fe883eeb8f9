//! Whom Hub is asked to tell of what happened to a ticket: those who wait for it, never who did it.

use suite_contracts::notification::{RECIPIENTS_MAX, TITLE_CHARS_MAX};
use suite_contracts::{Audience, NotificationRequest, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::db::Transaction;

use super::working::{Kind, NewEvent};
use crate::error::CatalogError;
use crate::service::Catalog;
use crate::store::entities::ticket::Model;

impl Catalog {
    pub(super) async fn notify(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        row: &Model,
        event: &NewEvent,
    ) -> Result<(), CatalogError> {
        let Some(request) = request(actor, row, event) else { return Ok(()) };
        self.ask_to_tell(transaction, (TenantId(row.tenant_id), row.id), &request).await
    }
}

fn request(actor: &Actor, row: &Model, event: &NewEvent) -> Option<NotificationRequest> {
    let (requester, assignee) = (Some(row.requester_id), row.assignee_id);
    let by = actor.id.parse().ok();
    let (to, kind, what) = match event.kind {
        Kind::Replied if by == requester => (assignee, "replied", "has a reply of its requester"),
        Kind::Replied => (requester, "replied", "has a reply"),
        Kind::StateChanged if row.state == "resolved" => (requester, "resolved", "is resolved"),
        Kind::Assigned => (assignee, "assigned", "is yours"),
        Kind::Warned => (assignee, "clock-warned", "is due soon"),
        Kind::Breached => (assignee, "clock-breached", "is overdue"),
        Kind::Escalated => (None, "escalated", "is escalated to you"),
        _ => return None,
    };
    let to: Vec<UserId> = match event.kind {
        Kind::Escalated => event.tells.iter().copied().take(RECIPIENTS_MAX).collect(),
        _ => to.filter(|to| Some(*to) != by).map(UserId).into_iter().collect(),
    };
    if to.is_empty() {
        return None;
    }
    let asks = event.detail["asks_rating"] == true;
    let body = if asks { "Say how it was: 1 to 5, and why." } else { "" };
    let mut title = format!("Ticket {} {what}: {}", row.number, row.title);
    if title.chars().count() > TITLE_CHARS_MAX {
        title = title.chars().take(TITLE_CHARS_MAX - 1).chain(['…']).collect();
    }
    Some(NotificationRequest {
        to: Audience::Users(to),
        kind: format!("service-catalog.ticket.{kind}"),
        title,
        body: body.to_owned(),
        link: None,
    })
}
