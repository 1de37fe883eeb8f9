//! Webhooks: addresses of a tenant that get its events, signed with a secret that is shown once.
//!
//! A delivery is tried again for some hours. A webhook whose deliveries are given up again and again
//! is switched off. Addresses inside of the network are refused when something is sent, since only
//! then it is known where a name leads; where that is plain before, when the webhook is made.

use std::collections::BTreeSet;

use async_trait::async_trait;
use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use suite_contracts::{Event, EventId, EventName, TenantId, WebhookId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;
use suite_kit::jobs::{self, Failure, Job, Retry, Running, Work, Worker};
use suite_kit::notify::{Outbound, OutboundError, SIGNATURE_HEADER, sign};
use suite_kit::page::Page;
use suite_kit::seal;
use suite_kit::telemetry::{Delivered, DeliveryMetrics};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Hub;
use super::authority::changed;
use super::events::check_pattern;
use super::flags::Flag;
use crate::error::HubError;
use crate::permissions::{WEBHOOKS_READ, WEBHOOKS_WRITE};
use crate::store::webhooks::{self as rows, Content, DELIVERED, FAILED, WAITING};
use crate::store::{self, entities};

const DELIVER: &str = "webhook.deliver";
const WEBHOOKS_MAX: u64 = 50;
const PATTERNS_MAX: usize = 50;
/// Over about four hours.
const RETRY: Retry = Retry { attempts_max: 9, delay_ms_min: 5_000, delay_ms_max: 2 * 3_600_000 };
/// Deliveries that are given up one after the other until the webhook is switched off.
const FAILURES_MAX: i32 = 5;
const ANSWER_CHARS_MAX: usize = 200;

pub(crate) type Webhook = entities::webhook::Model;
pub(crate) type Delivery = entities::webhook_delivery::Model;

/// What to change of a webhook.
#[derive(Debug, Clone, Default)]
pub(crate) struct WebhookChange {
    pub url: Option<String>,
    pub patterns: Option<Vec<String>>,
    pub enabled: Option<bool>,
}

/// A webhook whose secret is shown this once.
#[derive(Debug)]
pub(crate) struct ShownWebhook {
    pub webhook: Webhook,
    pub secret: Zeroizing<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    tenant_id: TenantId,
    delivery_id: Uuid,
}

impl Hub {
    pub(crate) async fn webhooks(
        &self,
        caller: &Caller,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<Page<Webhook>, HubError> {
        caller.require(WEBHOOKS_READ)?;
        let found = rows::list(self.database(), caller.tenant(), after, limit).await?;
        Ok(Page::cut(found, limit, |row| row.id))
    }

    pub(crate) async fn webhook(
        &self,
        caller: &Caller,
        id: WebhookId,
    ) -> Result<Webhook, HubError> {
        caller.require(WEBHOOKS_READ)?;
        self.read_webhook(caller.tenant(), id).await
    }

    async fn read_webhook(&self, tenant: TenantId, id: WebhookId) -> Result<Webhook, HubError> {
        let found = rows::by_id(self.database().read(), tenant, id).await?;
        found.ok_or(HubError::NotFound("webhook"))
    }

    pub(crate) async fn webhook_deliveries(
        &self,
        caller: &Caller,
        id: WebhookId,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<Page<Delivery>, HubError> {
        caller.require(WEBHOOKS_READ)?;
        let tenant = caller.tenant();
        self.read_webhook(tenant, id).await?;
        let found = rows::deliveries(self.database(), (tenant, id), after, limit).await?;
        Ok(Page::cut(found, limit, |row| row.id))
    }

    pub(crate) async fn create_webhook(
        &self,
        caller: &Caller,
        content: Content,
    ) -> Result<ShownWebhook, HubError> {
        caller.require(WEBHOOKS_WRITE)?;
        self.check_webhook(&content).await?;
        let (tenant, id) = (caller.tenant(), WebhookId::new());
        let (secret, sealed) = self.new_webhook_secret(id);
        let (transaction, _) = self.begin_in(tenant).await?;
        if rows::count(&transaction, tenant).await? >= WEBHOOKS_MAX {
            let reason = format!("a tenant has at most {WEBHOOKS_MAX} webhooks: remove one");
            return Err(HubError::Conflict { code: "webhooks_full", reason });
        }
        let detail = as_audited(&content);
        let made = rows::insert(&transaction, (id, tenant), content, sealed, self.now_ms());
        let webhook = made.await?;
        let entry = Entry::new("hub.webhook.created", "webhook", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok(ShownWebhook { webhook, secret })
    }

    fn new_webhook_secret(&self, id: WebhookId) -> (Zeroizing<String>, Vec<u8>) {
        let secret = seal::random_token();
        let sealed = self.0.sealing.seal(id.0.as_bytes(), secret.as_bytes());
        (secret, sealed)
    }

    pub(crate) async fn change_webhook(
        &self,
        caller: &Caller,
        (id, expected): (WebhookId, i64),
        change: WebhookChange,
    ) -> Result<Webhook, HubError> {
        caller.require(WEBHOOKS_WRITE)?;
        let tenant = caller.tenant();
        // Read and checked before the transaction: a name may take its time.
        let old = content(&self.read_webhook(tenant, id).await?);
        let new = Content {
            url: change.url.unwrap_or_else(|| old.url.clone()),
            patterns: change.patterns.unwrap_or_else(|| old.patterns.clone()),
            enabled: change.enabled.unwrap_or(old.enabled),
        };
        // One that leads inside from before can be switched off.
        if new.enabled || new.url != old.url {
            self.check_webhook(&new).await?;
        } else {
            check(&new)?;
        }
        let (before, after) = (as_audited(&old), as_audited(&new));
        let transaction = self.database().begin().await?;
        if !rows::change(&transaction, (tenant, id, expected), new).await? {
            return Err(HubError::Stale("webhook"));
        }
        let entry = changed(Entry::new("hub.webhook.changed", "webhook", id), &before, &after);
        self.finish(transaction, caller, entry).await?;
        self.read_webhook(tenant, id).await
    }

    pub(crate) async fn remove_webhook(
        &self,
        caller: &Caller,
        (id, expected): (WebhookId, i64),
    ) -> Result<(), HubError> {
        caller.require(WEBHOOKS_WRITE)?;
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let row = rows::by_id(&*transaction, tenant, id).await?;
        let old = content(&row.ok_or(HubError::NotFound("webhook"))?);
        if !rows::remove(&transaction, (tenant, id, expected)).await? {
            return Err(HubError::Stale("webhook"));
        }
        let detail = json!({ "before": as_audited(&old) });
        let entry = Entry::new("hub.webhook.removed", "webhook", id).with(detail);
        self.finish(transaction, caller, entry).await
    }

    /// Gives a webhook a new secret; the old one signs nothing any more.
    pub(crate) async fn renew_webhook_secret(
        &self,
        caller: &Caller,
        id: WebhookId,
    ) -> Result<ShownWebhook, HubError> {
        caller.require(WEBHOOKS_WRITE)?;
        let tenant = caller.tenant();
        let (secret, sealed) = self.new_webhook_secret(id);
        let transaction = self.database().begin().await?;
        let row = rows::by_id(&*transaction, tenant, id).await?;
        row.ok_or(HubError::NotFound("webhook"))?;
        rows::set_secret(&transaction, (tenant, id), sealed).await?;
        let entry = Entry::new("hub.webhook.secret-renewed", "webhook", id);
        self.finish(transaction, caller, entry).await?;
        Ok(ShownWebhook { webhook: self.read_webhook(tenant, id).await?, secret })
    }

    /// Sends a webhook an event that means nothing.
    pub(crate) async fn test_webhook(
        &self,
        caller: &Caller,
        id: WebhookId,
    ) -> Result<Delivery, HubError> {
        caller.require(WEBHOOKS_WRITE)?;
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let row = rows::by_id(&*transaction, tenant, id).await?;
        let row = row.ok_or(HubError::NotFound("webhook"))?;
        if !row.enabled {
            let reason = "this webhook is switched off: switch it on first".to_owned();
            return Err(HubError::Conflict { code: "webhook_off", reason });
        }
        let event = Event {
            id: EventId::new(),
            name: EventName::new("hub.webhook.tested"),
            tenant_id: tenant,
            at_ms: self.now_ms(),
            subject: id.to_string(),
            data: json!({}),
        };
        let delivery = self.write_delivery(&transaction, &row, &event).await?;
        // No event of its own: a webhook that asks for all would get two for one test.
        let entry = Entry::new("hub.webhook.tested", "webhook", id);
        audit::commit(transaction, self.clock(), caller, entry).await?;
        Ok(delivery)
    }

    async fn check_webhook(&self, content: &Content) -> Result<(), HubError> {
        check(content)?;
        let checked = self.0.outbound.check(&content.url).await;
        checked.map_err(|error| HubError::Invalid { field: "url", reason: error.to_string() })
    }

    /// Writes down the deliveries of events.
    pub(super) async fn deliver_to_webhooks(
        &self,
        transaction: &Transaction,
        events: &[Event],
    ) -> Result<(), HubError> {
        let tenants: BTreeSet<Uuid> = events.iter().map(|event| event.tenant_id.0).collect();
        for tenant in tenants.into_iter().map(TenantId) {
            let webhooks = rows::enabled(transaction, tenant).await?;
            if webhooks.is_empty() || !self.delivers(transaction, tenant).await? {
                continue;
            }
            for event in events.iter().filter(|event| event.tenant_id == tenant) {
                let wants = |webhook: &&Webhook| {
                    let patterns = content(webhook).patterns;
                    patterns.iter().any(|pattern| event.name.matches(pattern))
                };
                for webhook in webhooks.iter().filter(wants) {
                    self.write_delivery(transaction, webhook, event).await?;
                }
            }
        }
        Ok(())
    }

    async fn delivers(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
    ) -> Result<bool, HubError> {
        let switched = store::flags::of_tenant(&**transaction, tenant).await?;
        let row = switched.iter().find(|row| row.name == Flag::Webhooks.name());
        Ok(row.map_or(Flag::Webhooks.default(), |row| row.enabled))
    }

    async fn write_delivery(
        &self,
        transaction: &Transaction,
        webhook: &Webhook,
        event: &Event,
    ) -> Result<Delivery, HubError> {
        let (tenant_id, delivery_id) = (event.tenant_id, Uuid::now_v7());
        let body = json!({
            "id": event.id,
            "name": event.name,
            "tenant_id": tenant_id,
            "at": rfc3339(event.at_ms),
            "subject": event.subject,
            "data": event.data,
        });
        let new = rows::NewDelivery {
            id: delivery_id,
            webhook: WebhookId(webhook.id),
            event: event.id.0,
            event_name: event.name.to_string(),
            body: body.to_string(),
        };
        let row = rows::insert_delivery(transaction, tenant_id, new, self.now_ms()).await?;
        let payload = json!(Payload { tenant_id, delivery_id });
        let attempts_max = RETRY.attempts_max;
        let job = Job { tenant: Some(tenant_id), attempts_max, ..Job::new(DELIVER, payload) };
        jobs::enqueue(transaction, self.clock(), job).await?;
        Ok(row)
    }

    /// Tries a delivery once.
    async fn deliver(&self, payload: &Payload, is_last: bool) -> Result<Outcome, HubError> {
        let Payload { tenant_id, delivery_id } = *payload;
        let delivery = rows::delivery(self.database(), tenant_id, delivery_id).await?;
        let Some(delivery) = delivery.filter(|row| row.state == WAITING) else {
            return Ok(Outcome::Done);
        };
        let id = WebhookId(delivery.webhook_id);
        let webhook = rows::by_id(self.database().read(), tenant_id, id).await?;
        let Some(webhook) = webhook else { return Ok(Outcome::Done) };
        let tried = if webhook.enabled {
            self.send_delivery(&webhook, &delivery).await?
        } else {
            Err((false, "the webhook is switched off".to_owned()))
        };
        let (now_ms, key) = (self.now_ms(), (tenant_id, delivery_id));
        let transaction = self.database().begin().await?;
        match tried {
            Ok(answer) => {
                rows::tried(&transaction, key, (DELIVERED, &answer), now_ms).await?;
                rows::forget_failures(&transaction, (tenant_id, id)).await?;
                transaction.commit_unaudited("a delivery changes nothing").await?;
                Ok(Outcome::Done)
            }
            Err((may_help, answer)) if may_help && !is_last => {
                rows::tried(&transaction, key, (WAITING, &answer), now_ms).await?;
                transaction.commit_unaudited("a delivery changes nothing").await?;
                Ok(Outcome::Again(answer))
            }
            Err((_, answer)) => {
                rows::tried(&transaction, key, (FAILED, &answer), now_ms).await?;
                self.count_given_up(transaction, &webhook, &answer).await?;
                Ok(Outcome::GivenUp(answer))
            }
        }
    }

    /// What came back, or whether trying again may help and why it was not taken.
    async fn send_delivery(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
    ) -> Result<Result<String, (bool, String)>, HubError> {
        let opened = self.0.sealing.open(webhook.id.as_bytes(), &webhook.secret);
        let opened = opened.map_err(|error| HubError::Internal(error.to_string()))?;
        let secret = String::from_utf8_lossy(&opened);
        let signature = sign(&secret, delivery.body.as_bytes(), self.now_ms());
        let header = |name: &'static str, value: &str| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value).ok()?))
        };
        let headers: Vec<_> = [
            header(SIGNATURE_HEADER, &signature),
            header("X-ITechSmart-Delivery", &delivery.id.to_string()),
            header("X-ITechSmart-Event", &delivery.event_name),
        ]
        .into_iter()
        .flatten()
        .collect();
        let body = delivery.body.clone().into();
        Ok(match self.0.outbound.post(&webhook.url, &headers, body).await {
            Ok(answered) if (200..300).contains(&answered.status) => {
                Ok(answered.status.to_string())
            }
            Ok(answered) => {
                let text: String = answered.body.chars().take(ANSWER_CHARS_MAX).collect();
                Err((true, format!("{} {text}", answered.status)))
            }
            Err(error @ OutboundError::Unreachable { .. }) => Err((true, error.to_string())),
            Err(error) => Err((false, error.to_string())),
        })
    }

    /// Counts a delivery that was given up, and switches the webhook off after too many.
    async fn count_given_up(
        &self,
        transaction: Transaction,
        webhook: &Webhook,
        answer: &str,
    ) -> Result<(), HubError> {
        let (tenant, id) = (TenantId(webhook.tenant_id), WebhookId(webhook.id));
        let counted = rows::count_failure(&transaction, (tenant, id)).await?;
        let counted = counted.filter(|row| row.enabled && row.failures >= FAILURES_MAX);
        let Some(webhook) = counted else {
            transaction.commit_unaudited("a delivery changes nothing").await?;
            return Ok(());
        };
        let failures = webhook.failures;
        let reason = format!("{failures} deliveries failed one after the other: {answer}");
        let reason: String = reason.chars().take(2 * ANSWER_CHARS_MAX).collect();
        rows::disable(&transaction, (tenant, id), &reason).await?;
        let entry = Entry::new("hub.webhook.disabled", "webhook", id);
        let url = as_audited(&content(&webhook))["url"].take();
        let entry = entry.with(json!({ "failures": failures, "url": url, "reason": reason }));
        self.finish(transaction, Actor::system(tenant, "webhook deliveries"), entry).await
    }
}

/// What came of a try.
enum Outcome {
    Done,
    Again(String),
    GivenUp(String),
}

struct Deliver(Hub, DeliveryMetrics);

#[async_trait]
impl Work for Deliver {
    async fn run(&self, job: &Running) -> Result<(), Failure> {
        let payload: Payload = job.payload()?;
        let tried = |ended| self.1.tried("webhook", ended);
        match self.0.deliver(&payload, job.is_last).await? {
            Outcome::Done => {
                tried(Delivered::Sent);
                Ok(())
            }
            Outcome::Again(why) => {
                tried(Delivered::Retry);
                Err(Failure::Retry(why))
            }
            Outcome::GivenUp(why) => {
                tried(Delivered::Failed);
                Err(Failure::GiveUp(why))
            }
        }
    }
}

/// What makes deliveries.
pub(crate) fn worker(hub: &Hub, metrics: &DeliveryMetrics) -> Worker {
    Worker { retry: RETRY, ..Worker::new(DELIVER, Deliver(hub.clone(), metrics.clone())) }
}

fn content(row: &Webhook) -> Content {
    let patterns = serde_json::from_str(&row.patterns).unwrap_or_default();
    Content { url: row.url.clone(), patterns, enabled: row.enabled }
}

fn check(content: &Content) -> Result<(), HubError> {
    Outbound::parse(&content.url)
        .map_err(|error| HubError::Invalid { field: "url", reason: error.to_string() })?;
    if !(1..=PATTERNS_MAX).contains(&content.patterns.len()) {
        let reason = format!("1 to {PATTERNS_MAX} patterns of event names");
        return Err(HubError::Invalid { field: "patterns", reason });
    }
    content.patterns.iter().try_for_each(|pattern| check_pattern("patterns", pattern))
}

/// Without what follows the `?`, which may hold a secret.
fn as_audited(content: &Content) -> Value {
    let url = content.url.split(['?', '#']).next().unwrap_or_default();
    json!({ "url": url, "patterns": content.patterns, "enabled": content.enabled })
}
