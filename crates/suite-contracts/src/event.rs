//! What services tell each other. An event says what has happened, never what is to be done.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{EventId, TenantId};

/// Events of Hub after which a caller of their tenant may be somebody else, or may do less. Of those
/// about a tenant, the subject's callers too.
pub const AUTHORITY_CHANGED: [&str; 18] = [
    "hub.api-key.revoked",
    "hub.api-key.rotated",
    "hub.flag.switched",
    "hub.group.changed",
    "hub.group.members-changed",
    "hub.group.removed",
    "hub.password.changed",
    "hub.refresh-token.reused",
    "hub.role.changed",
    "hub.role.removed",
    "hub.session.ended",
    "hub.sessions.ended",
    "hub.tenant.deleted",
    "hub.tenant.suspended",
    "hub.user.disabled",
    "hub.user.removed",
    "hub.user.roles-changed",
    "hub.user.sessions-ended",
];

/// `service.noun.past-participle`, such as `hub.user.created`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct EventName(pub Cow<'static, str>);

impl EventName {
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Whether a subscription to `pattern` gets this event: the whole name, a part of it up to a
    /// dot followed by `*`, or `*` alone.
    pub fn matches(&self, pattern: &str) -> bool {
        match pattern.strip_suffix('*') {
            None => self.0 == pattern,
            Some("") => true,
            Some(part) => part.ends_with('.') && self.0.starts_with(part),
        }
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that happened in a tenant. It may arrive more than once, always with the same id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    pub id: EventId,
    pub name: EventName,
    pub tenant_id: TenantId,
    /// When it happened: milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What it happened to: the object's id.
    pub subject: String,
    /// What a consumer needs to know without asking back. Fields are only ever added.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_end_at_dots() {
        let name = EventName::new("hub.user.created");
        for pattern in ["*", "hub.*", "hub.user.*", "hub.user.created"] {
            assert!(name.matches(pattern), "{pattern}");
        }
        for pattern in ["", "hub", "hub.us*", "hub.users.*", "hub.user.created.*", "hub.user"] {
            assert!(!name.matches(pattern), "{pattern}");
        }
    }
}
