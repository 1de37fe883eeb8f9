//! What Hub writes to people. Letters are plain and short, carry a link and no tracking, and never
//! a secret that is not meant for the owner of the address.

use minijinja::{Environment, UndefinedBehavior, context};
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;

use super::Hub;
use crate::error::HubError;
use crate::model::email::Email;

/// Letters that are kept until the kit can send them.
const POST_MAX: usize = 256;

/// A letter, and what it needs to say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Letter<'a> {
    Invitation { inviter: &'a str, tenant: &'a str, link: &'a str, days: i64 },
    PasswordReset { link: &'a str, minutes: i64 },
    PasswordChanged,
    EmailVerification { link: &'a str, hours: i64 },
    EmailChanged { new_address: &'a str },
    SecondFactorOn,
    SecondFactorOff,
    Locked,
}

/// A letter as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl Letter<'_> {
    const fn template(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => include_str!("../../templates/invitation.txt"),
            Self::PasswordReset { .. } => include_str!("../../templates/password-reset.txt"),
            Self::PasswordChanged => include_str!("../../templates/password-changed.txt"),
            Self::EmailVerification { .. } => {
                include_str!("../../templates/email-verification.txt")
            }
            Self::EmailChanged { .. } => include_str!("../../templates/email-changed.txt"),
            Self::SecondFactorOn => include_str!("../../templates/second-factor-on.txt"),
            Self::SecondFactorOff => include_str!("../../templates/second-factor-off.txt"),
            Self::Locked => include_str!("../../templates/locked.txt"),
        }
    }

    fn own(&self) -> minijinja::Value {
        match *self {
            Self::Invitation { inviter, tenant, link, days } => {
                context! { inviter, tenant, link, days }
            }
            Self::PasswordReset { link, minutes } => context! { link, minutes },
            Self::EmailVerification { link, hours } => context! { link, hours },
            Self::EmailChanged { new_address } => context! { new_address },
            Self::PasswordChanged | Self::SecondFactorOn | Self::SecondFactorOff | Self::Locked => {
                context! {}
            }
        }
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
        let all = context! {
            product => &config.app_name,
            public_url => config.public_url(),
            at => rfc3339(self.now_ms()),
        };
        let written = write(to, letter, all)?;
        let mut post = self.0.post.lock();
        if post.len() >= POST_MAX {
            post.remove(0);
        }
        post.push(written);
        let _ = transaction;
        Ok(())
    }

    pub(crate) fn letters(&self) -> Vec<(String, String, String)> {
        let post = self.0.post.lock();
        let each =
            |letter: &Written| (letter.to.clone(), letter.subject.clone(), letter.text.clone());
        post.iter().map(each).collect()
    }

    /// The texts of letters to an address, the newest last.
    #[cfg(test)]
    pub(super) async fn letters_to(&self, to: &str) -> Vec<String> {
        let letters = self.letters().into_iter().filter(|(address, ..)| address == to);
        letters.map(|(_, _, text)| text).collect()
    }

    /// `<public_url>/<page>#token=…`: what follows `#` reaches no server and no log.
    pub(super) fn link(&self, page: &str, token: &str) -> String {
        format!("{}/{page}#token={token}", self.0.config.public_url())
    }
}

fn write(to: &Email, letter: Letter<'_>, all: minijinja::Value) -> Result<Written, HubError> {
    let failed = |error: minijinja::Error| HubError::Internal(error.to_string());
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let values = context! { ..letter.own(), ..all };
    let text = environment.render_str(letter.template(), values).map_err(failed)?;
    let (subject, text) = text.split_once('\n').unwrap_or_default();
    let subject = subject.strip_prefix("Subject: ").unwrap_or_default();
    // Whatever a name holds, a subject is one line.
    let subject = subject.chars().filter(|character| !character.is_control()).collect();
    Ok(Written { to: to.as_str().to_owned(), subject, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(letter: Letter<'_>) -> Written {
        let to = Email::parse("ada@example.com").unwrap();
        let all = context! {
            product => "iTechSmart",
            public_url => "https://it.example.com",
            at => rfc3339(0),
        };
        write(&to, letter, all).unwrap()
    }

    #[test]
    fn every_letter_says_what_it_is_about() {
        let link = "https://it.example.com/x#token=abc";
        for letter in [
            Letter::Invitation { inviter: "Ada", tenant: "Example Works", link, days: 7 },
            Letter::PasswordReset { link, minutes: 60 },
            Letter::EmailVerification { link, hours: 24 },
        ] {
            let written = written(letter);
            assert!(!written.subject.is_empty(), "{letter:?}");
            assert!(written.text.lines().any(|line| line == link), "{letter:?}");
        }
        for letter in [
            Letter::PasswordChanged,
            Letter::EmailChanged { new_address: "eve@example.com" },
            Letter::SecondFactorOn,
            Letter::SecondFactorOff,
            Letter::Locked,
        ] {
            assert!(written(letter).subject.contains("iTechSmart"), "{letter:?}");
        }
    }

    #[test]
    fn names_are_text_and_neither_headers_nor_templates() {
        let inviter = "{{ link }}\r\nBcc: eve@example.com";
        let letter = Letter::Invitation { inviter, tenant: "<b>", link: "https://l", days: 7 };
        let written = written(letter);
        assert_eq!(written.subject.lines().count(), 1);
        assert!(written.text.contains("{{ link }}") || written.subject.contains("{{ link }}"));
    }
}
