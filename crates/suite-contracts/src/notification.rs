//! What a service asks Hub to tell people in their console, without knowing Hub: it publishes an
//! event of the name that [`NotificationRequest::event`] gives, with a request as its data.
//!
//! Like every event it is kept in the tenant's log and goes to its webhooks, so a request says
//! nothing that those who may follow events are not to read.

use serde::{Deserialize, Serialize};

use crate::event::EventName;
use crate::id::{GroupId, UserId};
use crate::service::ServiceName;

pub const KIND_CHARS_MAX: usize = 100;
pub const TITLE_CHARS_MAX: usize = 120;
pub const BODY_CHARS_MAX: usize = 1_000;
pub const LINK_CHARS_MAX: usize = 500;
/// People that one request reaches.
pub const RECIPIENTS_MAX: usize = 500;

/// Who is told: active members of the event's tenant, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Users(Vec<UserId>),
    /// Whoever holds this permission when the request arrives.
    HoldersOf(String),
    /// Whoever is in this group then.
    MembersOf(GroupId),
}

/// Something that people are to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationRequest {
    pub to: Audience,
    /// What has happened, as the name of an event: `service-catalog.approval.requested`.
    pub kind: String,
    /// One line.
    pub title: String,
    #[serde(default)]
    pub body: String,
    /// Where in the console there is more: a path, such as `/hub/webhooks`.
    #[serde(default)]
    pub link: Option<String>,
}

/// Why nobody can be told that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("the {field} of a notification has more than {chars_max} characters")]
    Long { field: &'static str, chars_max: usize },
    #[error("a notification needs a {0}")]
    Missing(&'static str),
    #[error("the {0} of a notification has control characters")]
    Control(&'static str),
    #[error("a notification's link is a path of the console, such as /hub/webhooks")]
    Link,
    #[error("a notification reaches at most {RECIPIENTS_MAX} people, not {0}")]
    Crowd(usize),
}

impl NotificationRequest {
    /// The name of the event that carries requests of a service.
    pub const fn event(service: ServiceName) -> EventName {
        EventName::new(match service {
            ServiceName::Hub => "hub.notification.requested",
            ServiceName::ServiceCatalog => "service-catalog.notification.requested",
            ServiceName::Ai => "ai.notification.requested",
            ServiceName::Compliance => "compliance.notification.requested",
            ServiceName::Automation => "automation.notification.requested",
            ServiceName::Observatory => "observatory.notification.requested",
        })
    }

    /// Whether it can be shown, and leads nowhere but into the console.
    pub fn check(&self) -> Result<(), Unfit> {
        let line = |field, text: &str, chars_max| {
            if text.trim().is_empty() {
                return Err(Unfit::Missing(field));
            }
            if text.chars().any(char::is_control) {
                return Err(Unfit::Control(field));
            }
            short(field, text, chars_max)
        };
        line("kind", &self.kind, KIND_CHARS_MAX)?;
        line("title", &self.title, TITLE_CHARS_MAX)?;
        short("body", &self.body, BODY_CHARS_MAX)?;
        if self.body.chars().any(|character| character.is_control() && character != '\n') {
            return Err(Unfit::Control("body"));
        }
        if let Some(link) = &self.link {
            line("link", link, LINK_CHARS_MAX)?;
            // Browsers read `//host` and `/\host` as another site's address.
            let is_path = link.starts_with('/') && !link.starts_with("//") && !link.contains('\\');
            if !is_path {
                return Err(Unfit::Link);
            }
        }
        match &self.to {
            Audience::Users(users) if users.len() > RECIPIENTS_MAX => {
                Err(Unfit::Crowd(users.len()))
            }
            _ => Ok(()),
        }
    }
}

fn short(field: &'static str, text: &str, chars_max: usize) -> Result<(), Unfit> {
    if text.chars().count() <= chars_max { Ok(()) } else { Err(Unfit::Long { field, chars_max }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> NotificationRequest {
        NotificationRequest {
            to: Audience::Users(vec![UserId::new()]),
            kind: "service-catalog.approval.requested".into(),
            title: "An approval waits for you".into(),
            body: "Laptop for Jonas Weber\nrequested today".into(),
            link: Some("/service-catalog/approvals?open=1".into()),
        }
    }

    #[test]
    fn a_request_reads_back() {
        let text = serde_json::to_string(&request()).unwrap();
        assert_eq!(
            serde_json::from_str::<NotificationRequest>(&text).unwrap().kind,
            request().kind
        );
        let least = r#"{"to":{"holders_of":"hub.users.write"},"kind":"a.b.c","title":"t"}"#;
        let least: NotificationRequest = serde_json::from_str(least).unwrap();
        assert_eq!(least.to, Audience::HoldersOf("hub.users.write".into()));
        assert_eq!(least.check(), Ok(()));
        for service in ServiceName::ALL {
            let name = NotificationRequest::event(service);
            assert_eq!(name.0, format!("{service}.notification.requested"));
        }
    }

    #[test]
    fn what_cannot_be_shown_is_named() {
        assert_eq!(request().check(), Ok(()));
        let long = |chars: usize| "ä".repeat(chars);
        let link = |link: &str| NotificationRequest { link: Some(link.into()), ..request() };
        let crowd = (0..=RECIPIENTS_MAX).map(|_| UserId::new()).collect();
        let chars_max = TITLE_CHARS_MAX;
        for (unfit, why) in [
            (NotificationRequest { title: " ".into(), ..request() }, Unfit::Missing("title")),
            (NotificationRequest { title: "a\nb".into(), ..request() }, Unfit::Control("title")),
            (
                NotificationRequest { title: long(chars_max + 1), ..request() },
                Unfit::Long { field: "title", chars_max },
            ),
            (NotificationRequest { body: "a\u{7}".into(), ..request() }, Unfit::Control("body")),
            (
                NotificationRequest { body: long(BODY_CHARS_MAX + 1), ..request() },
                Unfit::Long { field: "body", chars_max: BODY_CHARS_MAX },
            ),
            (link("https://example.com"), Unfit::Link),
            (link("//example.com"), Unfit::Link),
            (link("/\\example.com"), Unfit::Link),
            (link("javascript:alert(1)"), Unfit::Link),
            (
                NotificationRequest { to: Audience::Users(crowd), ..request() },
                Unfit::Crowd(RECIPIENTS_MAX + 1),
            ),
        ] {
            assert_eq!(unfit.check(), Err(why), "{unfit:?}");
        }
    }
}
