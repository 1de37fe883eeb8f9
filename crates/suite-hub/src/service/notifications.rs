//! What people are told in their console: each in the tenant that they are at, about what happened
//! there and to their account.
//!
//! Notifications come of events, those of other services too, so that whatever happens is told once
//! and by whoever has it in its outbox. Whoever did something is not told of it. Having read one is
//! no change that anybody else could ask about: it leaves no audit record.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde_json::{Value, json};
use suite_contracts::notification::RECIPIENTS_MAX;
use suite_contracts::{
    Audience, Event, EventName, NotificationId, NotificationRequest, TenantId, UserId,
};
use suite_kit::auth::{Caller, RequestContext};
use suite_kit::db::Transaction;
use suite_kit::events::{self, Consumer, Failure, Handler};
use suite_kit::page::Page;
use uuid::Uuid;

use super::Hub;
use super::events::Following;
use crate::error::HubError;
use crate::model::{device, notification};
use crate::store::{self, entities, notifications as rows};

/// Says whom something new waits for; what it is, they read.
const CREATED: EventName = EventName::new("hub.notification.created");
const DEVICE_ADDED: EventName = EventName::new("hub.device.added");
/// Of one person in one tenant: older ones go.
pub(super) const KEPT_MAX: u64 = 200;
const READ: &str = "that somebody has read what is theirs changes nothing";
/// Consoles that a process tells at once.
pub(super) const LISTENERS_MAX: usize = 10_000;

pub(crate) type Notification = entities::user_notification::Model;

impl Hub {
    /// The caller's notifications where they are, and how many they have not read.
    pub(crate) async fn my_notifications(
        &self,
        caller: &Caller,
        is_unread_only: bool,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<(Page<Notification>, u64), HubError> {
        let owner = (caller.tenant(), Self::person(caller)?);
        let found = rows::list(self.database(), owner, is_unread_only, after, limit).await?;
        let unread = rows::unread(self.database(), owner).await?;
        Ok((Page::cut(found, limit, |row| row.id), unread))
    }

    pub(crate) async fn read_notification(
        &self,
        caller: &Caller,
        id: NotificationId,
    ) -> Result<(), HubError> {
        let owner = (caller.tenant(), Self::person(caller)?);
        let transaction = self.database().begin().await?;
        if !rows::read(&transaction, owner, id, self.now_ms()).await? {
            return Err(HubError::NotFound("notification"));
        }
        Ok(transaction.commit_unaudited(READ).await?)
    }

    /// Marks all as read, or those up to one: what came since was not seen.
    pub(crate) async fn read_notifications(
        &self,
        caller: &Caller,
        up_to: Option<NotificationId>,
    ) -> Result<(), HubError> {
        let owner = (caller.tenant(), Self::person(caller)?);
        let transaction = self.database().begin().await?;
        rows::read_all(&transaction, owner, up_to, self.now_ms()).await?;
        Ok(transaction.commit_unaudited(READ).await?)
    }

    /// Hears of the caller's new notifications, with whose id [`is_for`] tells them from others.
    pub(crate) fn follow_notifications(
        &self,
        caller: &Caller,
    ) -> Result<(UserId, Following), HubError> {
        let person = Self::person(caller)?;
        Ok((person, self.follow_in(caller.tenant(), &self.0.listeners)?))
    }

    /// Tells somebody who signs in from where they never did.
    pub(super) async fn notice_device(
        &self,
        transaction: &Transaction,
        request: &RequestContext,
        (tenant, person): (TenantId, UserId),
    ) -> Result<(), HubError> {
        let device = device::known_as(request.address, &request.user_agent);
        if !store::devices::is_new(transaction, person, &device, self.now_ms()).await? {
            return Ok(());
        }
        let data = json!({
            "device": device::describe(&request.user_agent),
            "address": request.address,
        });
        events::publish(transaction, self.clock(), tenant, DEVICE_ADDED, person, data).await?;
        Ok(())
    }

    /// Tells what events are about, in a few questions for all of a tenant.
    async fn notify(
        &self,
        transaction: &Transaction,
        all: &[(&Event, NotificationRequest)],
    ) -> Result<(), HubError> {
        let tenants: BTreeSet<TenantId> = all.iter().map(|(event, _)| event.tenant_id).collect();
        for id in tenants {
            let Some(tenant) = store::tenants::by_id(&**transaction, id).await? else { continue };
            let here = || all.iter().filter(|(event, _)| event.tenant_id == id);
            let named = here().filter_map(|(_, told)| match &told.to {
                Audience::Users(users) => Some(users),
                Audience::HoldersOf(_) | Audience::MembersOf(_) => None,
            });
            let named: BTreeSet<UserId> = named.flatten().copied().collect();
            let active = store::members::active_among(transaction, id, &named).await?;
            let (mut told_to, mut reached) = (Vec::new(), BTreeSet::new());
            for (event, told) in here() {
                let mut people: BTreeSet<UserId> = match &told.to {
                    Audience::Users(users) => {
                        users.iter().filter(|user| active.contains(user)).copied().collect()
                    }
                    Audience::HoldersOf(permission) => {
                        self.holders(transaction, &tenant, permission).await?.into_iter().collect()
                    }
                    Audience::MembersOf(group) => {
                        let group = [group.0];
                        let members = store::groups::active_members(&**transaction, id, &group);
                        let people = members.await?.into_iter().map(|(_, person)| UserId(person));
                        people.take(RECIPIENTS_MAX).collect()
                    }
                };
                if let Some(author) = notification::author(event) {
                    people.remove(&author);
                }
                if people.is_empty() {
                    continue;
                }
                let data = json!({ "kind": told.kind, "user_ids": people });
                events::publish(transaction, self.clock(), id, CREATED, event.id, data).await?;
                reached.extend(people.iter().copied());
                told_to.extend(people.into_iter().map(|person| (person, told, event.at_ms)));
            }
            rows::insert(transaction, id, &told_to).await?;
            rows::keep_newest(transaction, id, &reached, KEPT_MAX).await?;
        }
        Ok(())
    }

    /// Who holds a permission in a tenant.
    async fn holders(
        &self,
        transaction: &Transaction,
        tenant: &entities::tenant::Model,
        permission: &str,
    ) -> Result<Vec<UserId>, HubError> {
        let id = TenantId(tenant.id);
        let roles = store::roles::all(&**transaction, id).await?;
        let gives = |role: &&entities::role::Model| {
            self.grants(role, tenant.is_platform).iter().any(|given| given == permission)
        };
        let giving: Vec<Uuid> = roles.iter().filter(gives).map(|role| role.id).collect();
        let limit = RECIPIENTS_MAX as u64;
        Ok(store::members::people_with_roles(transaction, id, &giving, limit).await?)
    }
}

/// Whether an event says that something new waits for this person.
pub(crate) fn is_for(event: &Event, person: UserId) -> bool {
    let person = person.to_string();
    let people = event.data.get("user_ids").and_then(Value::as_array);
    event.name == CREATED
        && people.is_some_and(|people| people.iter().any(|id| id.as_str() == Some(&person)))
}

/// Makes notifications of events.
struct Notify(Hub);

#[async_trait]
impl Handler for Notify {
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), Failure> {
        self.handle_all(transaction, std::slice::from_ref(event)).await
    }

    async fn handle_all(&self, transaction: &Transaction, events: &[Event]) -> Result<(), Failure> {
        let mut all = Vec::new();
        for event in events {
            for told in notification::about(event)? {
                told.check()?;
                all.push((event, told));
            }
        }
        Ok(self.0.notify(transaction, &all).await?)
    }
}

/// The consumer of what people are told of.
pub(crate) fn consumer(hub: &Hub) -> Consumer {
    Consumer::new("hub-notifications", notification::PATTERNS, Notify(hub.clone()))
}

#[cfg(test)]
mod tests;
