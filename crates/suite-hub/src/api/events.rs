//! Events.

use serde::{Deserialize, Serialize};
use suite_contracts::{Event, EventId};
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};

/// Something that happened in the tenant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView {
    pub id: EventId,
    /// `service.noun.past-participle`.
    pub name: String,
    #[schema(format = DateTime)]
    pub at: String,
    /// The id of what it happened to.
    pub subject: String,
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventFilter {
    /// A name, its beginning up to a dot followed by `*`, or `*`.
    pub name: Option<String>,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self::from(&event)
    }
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        Self {
            id: event.id,
            name: event.name.to_string(),
            at: rfc3339(event.at_ms),
            subject: event.subject.clone(),
            data: event.data.clone(),
        }
    }
}
