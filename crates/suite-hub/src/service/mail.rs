//! What Hub writes to people. Letters are plain and short, carry a link and no tracking, and never
//! a secret that is not meant for the owner of the address.

use suite_contracts::TenantId;
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;
use suite_kit::notify::{Notice, Rendered, Target, Template};

use super::Hub;
use crate::error::HubError;
use crate::model::email::Email;

macro_rules! letters {
    ($($name:ident = $file:literal, $subject:literal;)*) => {
        $(const $name: Template = Template {
            subject: $subject,
            text: include_str!(concat!("../../templates/", $file, ".txt")),
            html: None,
        };)*
    };
}

letters! {
    INVITATION = "invitation", "{{ inviter }} invites you to {{ tenant }}";
    PASSWORD_RESET = "password-reset", "Set a new password for {{ product }}";
    PASSWORD_CHANGED = "password-changed", "Your password for {{ product }} was changed";
    EMAIL_VERIFICATION = "email-verification", "Confirm your e-mail address for {{ product }}";
    EMAIL_CHANGED = "email-changed", "Your e-mail address for {{ product }} was changed";
    SECOND_FACTOR_ON = "second-factor-on", "{{ product }} now asks for a second factor";
    SECOND_FACTOR_OFF = "second-factor-off", "{{ product }} no longer asks for a second factor";
    LOCKED = "locked", "Too many failed logins to {{ product }}";
}

/// A letter, and what it needs to say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Letter<'a> {
    Invitation { tenant: (TenantId, &'a str), inviter: &'a str, link: &'a str, days: i64 },
    PasswordReset { link: &'a str, minutes: i64 },
    PasswordChanged,
    EmailVerification { link: &'a str, hours: i64 },
    EmailChanged { new_address: &'a str },
    SecondFactorOn,
    SecondFactorOff,
    Locked,
}

impl Letter<'_> {
    /// Its form, with what is said in this one.
    fn words(&self) -> (Template, serde_json::Value) {
        use serde_json::json;
        match *self {
            Self::Invitation { tenant: (_, tenant), inviter, link, days } => {
                let (tenant, inviter) = (one_line(tenant), one_line(inviter));
                let words =
                    json!({ "tenant": tenant, "inviter": inviter, "link": link, "days": days });
                (INVITATION, words)
            }
            Self::PasswordReset { link, minutes } => {
                (PASSWORD_RESET, json!({ "link": link, "minutes": minutes }))
            }
            Self::EmailVerification { link, hours } => {
                (EMAIL_VERIFICATION, json!({ "link": link, "hours": hours }))
            }
            Self::EmailChanged { new_address } => {
                (EMAIL_CHANGED, json!({ "new_address": new_address }))
            }
            Self::PasswordChanged => (PASSWORD_CHANGED, json!({})),
            Self::SecondFactorOn => (SECOND_FACTOR_ON, json!({})),
            Self::SecondFactorOff => (SECOND_FACTOR_OFF, json!({})),
            Self::Locked => (LOCKED, json!({})),
        }
    }

    /// In whose delivery log it stands: letters about a person are no tenant's.
    const fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Invitation { tenant: (id, _), .. } => Some(*id),
            _ => None,
        }
    }

    /// Whether it holds a link that works for whoever reads it.
    const fn is_sensitive(&self) -> bool {
        matches!(
            self,
            Self::Invitation { .. } | Self::PasswordReset { .. } | Self::EmailVerification { .. }
        )
    }
}

impl Hub {
    /// Writes a letter that goes out if the transaction commits.
    pub(super) async fn write_to(
        &self,
        transaction: &Transaction,
        to: &Email,
        letter: Letter<'_>,
    ) -> Result<(), HubError> {
        let config = &self.0.config;
        let all = serde_json::json!({
            "product": config.app_name,
            "public_url": config.public_url(),
            "at": rfc3339(self.now_ms()),
        });
        let message = write(letter, all)?;
        let target = Target::Email { to: to.as_str().to_owned() };
        let notice = Notice::new(letter.tenant(), target, message);
        let notice = Notice { sensitive: letter.is_sensitive(), ..notice };
        self.0.notifier.send(transaction, notice).await?;
        Ok(())
    }

    /// The texts of letters to an address, the newest last.
    #[cfg(test)]
    pub(super) async fn letters_to(&self, to: &str) -> Vec<String> {
        let unsent = suite_kit::notify::unsent_texts(self.database(), 100).await.unwrap();
        let theirs = unsent.into_iter().rev().filter(|letter| letter.recipient == to);
        theirs.filter_map(|letter| letter.text).collect()
    }

    /// `<public_url>/<page>#token=…`: what follows `#` reaches no server and no log.
    pub(super) fn link(&self, page: &str, token: &str) -> String {
        format!("{}/{page}#token={token}", self.0.config.public_url())
    }
}

fn write(letter: Letter<'_>, mut all: serde_json::Value) -> Result<Rendered, HubError> {
    let (template, own) = letter.words();
    if let (Some(all), serde_json::Value::Object(own)) = (all.as_object_mut(), own) {
        all.extend(own);
    }
    template.render(&all).map_err(|error| HubError::Internal(error.to_string()))
}

/// Whatever a name holds, a subject is one line.
fn one_line(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(letter: Letter<'_>) -> Rendered {
        let all = serde_json::json!({
            "product": "iTechSmart", "public_url": "https://it.example.com", "at": rfc3339(0),
        });
        write(letter, all).unwrap()
    }

    #[test]
    fn every_letter_says_what_it_is_about() {
        let (link, id) = ("https://it.example.com/x#token=abc", TenantId::new());
        for letter in [
            Letter::Invitation { inviter: "Ada", tenant: (id, "Example Works"), link, days: 7 },
            Letter::PasswordReset { link, minutes: 60 },
            Letter::EmailVerification { link, hours: 24 },
        ] {
            let written = written(letter);
            assert!(letter.is_sensitive() && !written.subject.is_empty(), "{letter:?}");
            assert!(written.text.lines().any(|line| line == link), "{letter:?}");
        }
        for letter in [
            Letter::PasswordChanged,
            Letter::EmailChanged { new_address: "eve@example.com" },
            Letter::SecondFactorOn,
            Letter::SecondFactorOff,
            Letter::Locked,
        ] {
            let written = written(letter);
            assert!(!letter.is_sensitive() && written.subject.contains("iTechSmart"), "{letter:?}");
        }
    }

    #[test]
    fn names_are_text_and_neither_headers_nor_templates() {
        let inviter = "{{ link }}\r\nBcc: eve@example.com";
        let tenant = (TenantId::new(), "<b>\n.\n");
        let letter = Letter::Invitation { inviter, tenant, link: "https://l", days: 7 };
        let written = written(letter);
        assert_eq!(written.subject, "{{ link }}Bcc: eve@example.com invites you to <b>.");
        assert!(written.text.starts_with(&written.subject), "{}", written.text);
    }
}
