//! Requests and answers of the catalog's API, and how what they say becomes the model's.

pub(crate) mod answers;
pub(crate) mod approvals;
pub(crate) mod articles;
pub(crate) mod bundles;
pub(crate) mod calendars;
pub(crate) mod canned_answers;
pub(crate) mod categories;
pub(crate) mod conditions;
pub(crate) mod cost_centres;
pub(crate) mod decision_links;
pub(crate) mod delegations;
pub(crate) mod desk;
pub(crate) mod escalations;
pub(crate) mod files;
pub(crate) mod forms;
pub(crate) mod incidents;
pub(crate) mod items;
pub(crate) mod levels;
pub(crate) mod links;
pub(crate) mod mail;
pub(crate) mod measures;
pub(crate) mod notes;
pub(crate) mod option_lists;
pub(crate) mod problems;
pub(crate) mod requests;
pub(crate) mod reviews;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod status_pages;
pub(crate) mod tasks;
pub(crate) mod ticket_views;
pub(crate) mod tickets;

use suite_kit::clock::parse_rfc3339;

use crate::error::Fault;
use crate::model::decimal::Decimal;
use crate::model::form::Key;

/// Reads a key, or says where it is at fault.
fn key(at: &str, text: &str) -> Result<Key, Fault> {
    Key::parse(text).map_err(|error| Fault::new(at, error))
}

fn decimal(at: &str, text: &str) -> Result<Decimal, Fault> {
    text.trim().parse().map_err(|error| Fault::new(at, error))
}

/// An instant, in milliseconds since 1970.
pub(crate) fn instant_ms(at: &str, text: &str) -> Result<i64, Fault> {
    let reason = "this is no time, such as 2026-02-28T08:00:00Z";
    parse_rfc3339(text).ok_or_else(|| Fault::new(at, reason))
}

/// Minutes as milliseconds; what is too much stays too much.
fn minutes_ms(minutes: i64) -> i64 {
    minutes.saturating_mul(60_000)
}

/// Each of a list, with where it stands.
fn each<T, U>(
    at: &str,
    all: Vec<T>,
    one: impl Fn(&str, T) -> Result<U, Fault>,
) -> Result<Vec<U>, Fault> {
    let numbered = all.into_iter().enumerate();
    numbered.map(|(index, value)| one(&format!("{at}/{index}"), value)).collect()
}
