//! E-mail addresses, as far as signing in and writing to them need.

use crate::error::HubError;

/// RFC 5321, section 4.5.3.1.3, without the angle brackets.
pub const EMAIL_CHARS_MAX: usize = 254;
const LOCAL_CHARS_MAX: usize = 64;

/// An address in the one form that is stored and compared: trimmed and in lowercase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    pub fn parse(text: &str) -> Result<Self, HubError> {
        let email = text.trim().to_lowercase();
        let is_sound = email.split_once('@').is_some_and(|(local, domain)| {
            let plain = |character: char| {
                !character.is_control()
                    && !character.is_whitespace()
                    && !"@<>,;:\"()[]\\".contains(character)
            };
            (1..=LOCAL_CHARS_MAX).contains(&local.len())
                && domain.contains('.')
                && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-'))
                && email.len() <= EMAIL_CHARS_MAX
                && local.chars().chain(domain.chars()).all(plain)
        });
        if is_sound {
            return Ok(Self(email));
        }
        let reason = "this is no e-mail address, such as ada@example.com".to_owned();
        Err(HubError::Invalid { field: "email", reason })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_one_form() {
        assert_eq!(Email::parse(" Ada@Example.COM ").unwrap().as_str(), "ada@example.com");
        assert!(Email::parse("ada+it@mail.example.com").is_ok());
    }

    #[test]
    fn what_could_break_a_header_or_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a@b@example.com",
            "ada@.com",
            "ada@example.com\r\nBcc: x@example.com",
            "ada@exa mple.com",
            "<ada@example.com>",
            "ada,eve@example.com",
            &long,
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }
}
