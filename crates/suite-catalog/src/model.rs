//! The nouns and pure rules of the catalog and the desk: no IO, no database, no HTTP, nothing
//! `Serialize`, and no clock. Every instant is an argument, in milliseconds since 1970 in UTC
//! (`*_ms`); every span of time is in milliseconds, too.
//!
//! What comes from outside (a file, a form, answers) is checked and bounded before it becomes one
//! of these types, and nothing here panics on it.

pub mod approval;
pub mod bundle;
pub mod calendar;
pub mod canned_answer;
pub mod clock;
pub mod condition;
pub mod decimal;
pub mod decision_link;
pub mod escalation;
pub mod form;
pub mod id;
pub mod incident;
pub mod levels;
pub mod mail;
pub mod plan;
pub mod priority;
pub mod problem;
pub mod status;
pub mod target;
pub mod ticket;
