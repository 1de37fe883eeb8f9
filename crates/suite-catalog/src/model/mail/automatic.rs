//! What nobody wrote by hand. It never causes a letter, so that two machines never go on writing
//! to each other (RFC 3834).

/// What says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    AutoSubmitted,
    Precedence,
    SuppressesResponses,
    NullReturnPath,
    List,
}

impl Automatic {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AutoSubmitted => "Auto-Submitted",
            Self::Precedence => "Precedence",
            Self::SuppressesResponses => "X-Auto-Response-Suppress",
            Self::NullReturnPath => "Return-Path",
            Self::List => "List-Id",
        }
    }

    /// By the values of its headers.
    pub fn of(headers: impl Fn(&str) -> Vec<String>) -> Option<Self> {
        let said = |name: &str, is_so: &dyn Fn(&str) -> bool| {
            headers(name).iter().any(|value| is_so(&value.trim().to_lowercase()))
        };
        let first = |value: &str| value.split([';', ' ', '(']).next().unwrap_or("").to_owned();
        let is_bulk = |value: &str| matches!(&*first(value), "bulk" | "junk" | "list");
        let suppresses = |value: &str| !value.is_empty() && value != "none";
        let is_null = |value: &str| value.replace(char::is_whitespace, "") == "<>";
        if said("Auto-Submitted", &|value| first(value) != "no") {
            Some(Self::AutoSubmitted)
        } else if said("Precedence", &is_bulk) {
            Some(Self::Precedence)
        } else if said("X-Auto-Response-Suppress", &suppresses) {
            Some(Self::SuppressesResponses)
        } else if said("Return-Path", &is_null) {
            Some(Self::NullReturnPath)
        } else if said("List-Id", &|_| true) {
            Some(Self::List)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, value: &str) -> Option<Automatic> {
        Automatic::of(|asked| {
            let is_it = asked.eq_ignore_ascii_case(name);
            is_it.then(|| value.to_owned()).into_iter().collect()
        })
    }

    #[test]
    fn machines_say_that_they_are_machines() {
        for (name, value, found) in [
            ("Auto-Submitted", "auto-replied", Automatic::AutoSubmitted),
            ("Auto-Submitted", "Auto-Generated; owner-email=\"a@b\"", Automatic::AutoSubmitted),
            ("Precedence", "BULK", Automatic::Precedence),
            ("Precedence", "list", Automatic::Precedence),
            ("X-Auto-Response-Suppress", "All", Automatic::SuppressesResponses),
            ("Return-Path", " < > ", Automatic::NullReturnPath),
            ("List-Id", "<all.example.com>", Automatic::List),
        ] {
            assert_eq!(of(name, value), Some(found), "{name}: {value}");
        }
        for (name, value) in [
            ("Auto-Submitted", "no"),
            ("Auto-Submitted", "No (a person)"),
            ("Precedence", "first-class"),
            ("X-Auto-Response-Suppress", "none"),
            ("Return-Path", "<ada@example.com>"),
            ("Subject", "bulk"),
        ] {
            assert_eq!(of(name, value), None, "{name}: {value}");
        }
    }
}
