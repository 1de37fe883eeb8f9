//! Webhooks.

use serde::{Deserialize, Serialize};
use suite_contracts::{EventId, WebhookId};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::service::{Delivery, ShownWebhook, Webhook, WebhookChange};
use crate::store::webhooks::{self, Content};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct WebhookView {
    pub id: WebhookId,
    pub url: String,
    /// Of event names.
    pub patterns: Vec<String>,
    pub enabled: bool,
    /// Deliveries given up since the last good one.
    pub failures: i32,
    /// Why it was switched off by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    pub version: i64,
}

/// A webhook with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewWebhook)]
pub(crate) struct ShownWebhookView {
    #[serde(flatten)]
    pub about: WebhookView,
    pub secret: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewWebhookRequest {
    #[schema(max_length = 2048, example = "https://hooks.example.com/")]
    pub url: String,
    #[schema(min_items = 1, max_items = 50)]
    pub patterns: Vec<String>,
    #[serde(default = "on")]
    pub enabled: bool,
}

fn on() -> bool {
    true
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct WebhookChangeRequest {
    #[serde(default)]
    #[schema(max_length = 2048, example = "https://hooks.example.com/")]
    pub url: Option<String>,
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    pub patterns: Option<Vec<String>>,
    #[serde(default)]
    pub enabled: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryState {
    Waiting,
    Delivered,
    Failed,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(crate) struct DeliveryView {
    pub id: Uuid,
    pub event_id: EventId,
    pub event_name: String,
    pub state: DeliveryState,
    pub attempts: i32,
    /// What came back last: a status and the beginning of a text, or why nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub delivered_at: Option<String>,
}

impl From<Webhook> for WebhookView {
    fn from(row: Webhook) -> Self {
        Self {
            id: WebhookId(row.id),
            url: row.url,
            patterns: serde_json::from_str(&row.patterns).unwrap_or_default(),
            enabled: row.enabled,
            failures: row.failures,
            disabled_reason: row.disabled_reason,
            created_at: rfc3339(row.created_at_ms),
            version: row.version,
        }
    }
}

impl From<ShownWebhook> for ShownWebhookView {
    fn from(ShownWebhook { webhook, secret }: ShownWebhook) -> Self {
        Self { about: webhook.into(), secret: secret.to_string() }
    }
}

impl From<NewWebhookRequest> for Content {
    fn from(NewWebhookRequest { url, patterns, enabled }: NewWebhookRequest) -> Self {
        Self { url, patterns, enabled }
    }
}

impl From<WebhookChangeRequest> for WebhookChange {
    fn from(WebhookChangeRequest { url, patterns, enabled }: WebhookChangeRequest) -> Self {
        Self { url, patterns, enabled }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(row: Delivery) -> Self {
        let state = match row.state.as_str() {
            webhooks::WAITING => DeliveryState::Waiting,
            webhooks::DELIVERED => DeliveryState::Delivered,
            _ => DeliveryState::Failed,
        };
        Self {
            id: row.id,
            event_id: EventId(row.event_id),
            event_name: row.event_name,
            state,
            attempts: row.attempts,
            answer: row.answer,
            created_at: rfc3339(row.created_at_ms),
            delivered_at: row.delivered_at_ms.map(rfc3339),
        }
    }
}
