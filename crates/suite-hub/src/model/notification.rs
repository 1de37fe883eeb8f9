//! What people are told of, and in which words.

use serde::Deserialize;
use serde_json::Value;
use suite_contracts::notification::{BODY_CHARS_MAX, TITLE_CHARS_MAX};
use suite_contracts::{Audience, Event, NotificationRequest, ServiceName, UserId};

use crate::permissions::{API_KEYS_WRITE, WEBHOOKS_WRITE};

/// The events that lead to notifications.
pub const PATTERNS: &[&str] = &[
    "hub.user.roles-changed",
    "hub.group.members-changed",
    "hub.api-key.revoked",
    "hub.api-key.expiring",
    "hub.webhook.disabled",
    "hub.device.added",
    "hub.password.changed",
    "hub.email.changed",
    "hub.second-factor.enabled",
    "hub.second-factor.disabled",
    "hub.recovery-codes.replaced",
    "hub.recovery-code.used",
    "hub.refresh-token.reused",
    "hub.notification.requested",
    "service-catalog.notification.requested",
    "ai.notification.requested",
    "compliance.notification.requested",
    "automation.notification.requested",
    "observatory.notification.requested",
];

const PROFILE: &str = "/profile";
const NOT_YOU: &str = "If it was not you, change your password and tell an administrator.";

/// What an event has to say to people; an error if it asks for what cannot be read.
pub fn about(event: &Event) -> Result<Vec<NotificationRequest>, serde_json::Error> {
    if ServiceName::ALL.into_iter().any(|one| event.name == NotificationRequest::event(one)) {
        return Ok(vec![serde_json::from_value(event.data.clone())?]);
    }
    let data = &event.data;
    let told = match &*event.name.0 {
        "hub.user.roles-changed" => own(event, "Your roles or groups have changed", &differ(data)),
        "hub.group.members-changed" => return Ok(members(event)),
        "hub.api-key.revoked" => {
            let title = format!("The API key {} was revoked", text(data, "/before/name"));
            let body = format!("{}What still uses it is refused.", by(data));
            holders(event, API_KEYS_WRITE.name, (&title, &body), "/hub/api-keys")
        }
        "hub.api-key.expiring" => {
            let title = format!("The API key {} is about to expire", text(data, "/name"));
            let until = text(data, "/expires_at").split('T').next().unwrap_or_default().to_owned();
            let body = format!("It works until {until}. Make a new one before then.");
            holders(event, API_KEYS_WRITE.name, (&title, &body), "/hub/api-keys")
        }
        "hub.webhook.disabled" => {
            let body = format!("{}: {}.", text(data, "/url"), text(data, "/reason"));
            let link = format!("/hub/webhooks/{}", event.subject);
            holders(event, WEBHOOKS_WRITE.name, ("A webhook was switched off", &body), &link)
        }
        _ => account(event),
    };
    Ok(told.into_iter().collect())
}

/// What concerns a person's own account.
fn account(event: &Event) -> Option<NotificationRequest> {
    let data = &event.data;
    let (title, body) = match &*event.name.0 {
        "hub.device.added" => {
            let (device, address) = (text(data, "/device"), text(data, "/address"));
            ("You signed in from a new place", format!("{device}, from {address}. {NOT_YOU}"))
        }
        "hub.password.changed" => {
            let ended = data.get("sessions_ended").and_then(Value::as_u64).unwrap_or_default();
            let ended = if ended == 0 { "" } else { "Other sessions have ended. " };
            ("Your password was changed", format!("{ended}{NOT_YOU}"))
        }
        "hub.email.changed" => ("Your e-mail address was changed", NOT_YOU.to_owned()),
        "hub.second-factor.enabled" => {
            let body = "Signing in asks for a code from now on.";
            ("Your second factor is on", body.to_owned())
        }
        "hub.second-factor.disabled" => ("Your second factor was removed", NOT_YOU.to_owned()),
        "hub.recovery-codes.replaced" => {
            let body = format!("The old ones no longer work. {NOT_YOU}");
            ("You have new recovery codes", body)
        }
        "hub.recovery-code.used" => {
            let left = data.get("left").and_then(Value::as_u64).unwrap_or_default();
            let left = match left {
                0 => "It was the last one: make new ones.".to_owned(),
                1 => "One is left: make new ones soon.".to_owned(),
                left => format!("{left} are left."),
            };
            ("A recovery code was used", format!("{left} {NOT_YOU}"))
        }
        "hub.refresh-token.reused" => {
            let body = format!("Its cookie was used twice, as if it had been copied. {NOT_YOU}");
            ("One of your sessions was ended", body)
        }
        _ => return None,
    };
    own(event, title, &body)
}

/// Tells the person whom the event is about.
fn own(event: &Event, title: &str, body: &str) -> Option<NotificationRequest> {
    let user = event.subject.parse().ok()?;
    Some(request(event, Audience::Users(vec![user]), (title, body), PROFILE))
}

fn holders(
    event: &Event,
    permission: &str,
    texts: (&str, &str),
    link: &str,
) -> Option<NotificationRequest> {
    Some(request(event, Audience::HoldersOf(permission.to_owned()), texts, link))
}

fn members(event: &Event) -> Vec<NotificationRequest> {
    let (data, mut told) = (&event.data, Vec::new());
    let group = text(data, "/group");
    for (field, title, body) in [
        ("added_ids", format!("You are in the group {group} now"), "You have the roles it gives."),
        ("removed_ids", format!("You are no longer in the group {group}"), "Its roles are gone."),
    ] {
        let ids = data.get(field).and_then(|ids| Vec::<UserId>::deserialize(ids).ok());
        let ids = ids.unwrap_or_default();
        if !ids.is_empty() {
            let (to, body) = (Audience::Users(ids), format!("{}{body}", by(data)));
            told.push(request(event, to, (&title, &body), PROFILE));
        }
    }
    told
}

fn request(
    event: &Event,
    to: Audience,
    (title, body): (&str, &str),
    link: &str,
) -> NotificationRequest {
    let (title, body) = (shown(title, TITLE_CHARS_MAX), shown(body, BODY_CHARS_MAX));
    let (kind, link) = (event.name.to_string(), Some(link.to_owned()));
    NotificationRequest { to, kind, title, body, link }
}

/// Who did it, if it was a person: they know already.
pub fn author(event: &Event) -> Option<UserId> {
    let by = event.data.get("by")?;
    if by.get("kind")?.as_str()? != "user" {
        return None;
    }
    by.get("id")?.as_str()?.parse().ok()
}

/// A sentence about who did it, if that is known.
fn by(data: &Value) -> String {
    match text(data, "/by/name").as_str() {
        "" => String::new(),
        name => format!("By {name}. "),
    }
}

fn text(data: &Value, pointer: &str) -> String {
    data.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What somebody has got and lost, of the roles and groups before and after.
fn differ(data: &Value) -> String {
    let names = |side: &str, of: &str| -> Vec<String> {
        let found = data.pointer(&format!("/{side}/{of}"));
        found.and_then(|names| Vec::deserialize(names).ok()).unwrap_or_default()
    };
    let mut sentences = by(data);
    for (of, word) in [("roles", "role"), ("groups", "group")] {
        let (before, after) = (names("before", of), names("after", of));
        for (kind, from, to) in [("New", &before, &after), ("Lost", &after, &before)] {
            let fresh: Vec<&str> =
                to.iter().filter(|name| !from.contains(name)).map(String::as_str).collect();
            if !fresh.is_empty() {
                let plural = if fresh.len() == 1 { "" } else { "s" };
                sentences += &format!("{kind} {word}{plural}: {}. ", fresh.join(", "));
            }
        }
    }
    sentences.trim_end().to_owned()
}

/// At most so many characters, without what would not be shown.
fn shown(text: &str, chars_max: usize) -> String {
    let plain: String = text.chars().filter(|character| !character.is_control()).collect();
    if plain.chars().count() <= chars_max {
        return plain;
    }
    plain.chars().take(chars_max - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use suite_contracts::{EventId, EventName, TenantId};

    use super::*;

    fn event(name: &'static str, subject: &impl ToString, data: Value) -> Event {
        let (id, tenant_id, subject) = (EventId::new(), TenantId::new(), subject.to_string());
        Event { id, name: EventName::new(name), tenant_id, at_ms: 0, subject, data }
    }

    fn only(event: &Event) -> NotificationRequest {
        let told = about(event).unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].check(), Ok(()));
        told.into_iter().next().unwrap()
    }

    #[test]
    fn every_event_that_is_asked_for_says_something() {
        let data = json!({ "added_ids": [UserId::new()], "group": "Ops" });
        for pattern in PATTERNS.iter().filter(|name| !name.ends_with(".requested")) {
            only(&event(pattern, &UserId::new(), data.clone()));
        }
        for service in ServiceName::ALL {
            let name = NotificationRequest::event(service).to_string();
            assert!(PATTERNS.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn what_changed_is_told_in_names() {
        let data = json!({
            "before": { "roles": ["Member", "Auditor"], "groups": [] },
            "after": { "roles": ["Member", "Ops"], "groups": ["First", "Second"] },
            "by": { "kind": "user", "id": UserId::new(), "name": "Ada Example" },
        });
        let user = UserId::new();
        let told = only(&event("hub.user.roles-changed", &user, data));
        assert_eq!(told.to, Audience::Users(vec![user]));
        let body = "By Ada Example. New role: Ops. Lost role: Auditor. \
                    New groups: First, Second.";
        assert_eq!(told.body, body);
    }

    #[test]
    fn both_sides_of_a_change_of_members_are_told() {
        let (new, old) = (UserId::new(), UserId::new());
        let data = json!({ "group": "Ops", "added_ids": [new], "removed_ids": [old] });
        let told = about(&event("hub.group.members-changed", &"g", data)).unwrap();
        let to: Vec<&Audience> = told.iter().map(|told| &told.to).collect();
        assert_eq!(to, [&Audience::Users(vec![new]), &Audience::Users(vec![old])]);
        assert_eq!(told[0].title, "You are in the group Ops now");
        // Events from before the ids were told, and the demo's, reach nobody.
        let data = json!({ "added": ["a@example.com"] });
        assert_eq!(about(&event("hub.group.members-changed", &"g", data)).unwrap(), []);
    }

    #[test]
    fn the_author_is_a_person_or_nobody() {
        let (id, by) = (UserId::new(), |kind: &str, id: UserId| json!({ "kind": kind, "id": id }));
        let data = |by: Value| json!({ "by": by });
        assert_eq!(author(&event("a.b.c", &"", data(by("user", id)))), Some(id));
        assert_eq!(author(&event("a.b.c", &"", data(by("api-key", id)))), None);
        assert_eq!(author(&event("a.b.c", &"", json!({}))), None);
    }

    #[test]
    fn a_request_of_a_service_is_taken_as_it_is_or_refused() {
        let name = "service-catalog.notification.requested";
        let data = json!({ "to": { "users": [] }, "kind": "a.b.c", "title": "Hello" });
        assert_eq!(only(&event(name, &"", data)).title, "Hello");
        assert!(about(&event(name, &"", json!({ "title": "Hello" }))).is_err());
    }

    #[test]
    fn long_names_are_cut() {
        let data = json!({ "before": { "name": "ü".repeat(300) } });
        let told = only(&event("hub.api-key.revoked", &"k", data));
        assert_eq!(told.title.chars().count(), TITLE_CHARS_MAX);
        assert!(told.title.ends_with('…'));
    }
}
