//! The catalog's tables and the queries over them. Every query takes the tenant first, but the one
//! for what is due in all of them.

pub(crate) mod article_words;
pub(crate) mod articles;
pub(crate) mod calendars;
pub(crate) mod canned_answers;
pub(crate) mod catalogs;
pub(crate) mod categories;
pub(crate) mod cost_centres;
pub(crate) mod delegations;
pub(crate) mod desks;
pub(crate) mod document;
pub(crate) mod entities;
pub(crate) mod escalations;
pub(crate) mod incidents;
pub(crate) mod items;
pub(crate) mod levels;
pub(crate) mod measures;
pub(crate) mod merges;
pub(crate) mod notes;
pub(crate) mod problems;
pub(crate) mod queue;
pub(crate) mod ratings;
pub(crate) mod request_measures;
pub(crate) mod requests;
pub(crate) mod reviews;
pub(crate) mod run;
pub(crate) mod tasks;
pub(crate) mod ticket_events;
pub(crate) mod ticket_links;
pub(crate) mod ticket_views;
pub(crate) mod ticket_words;
pub(crate) mod tickets;
pub(crate) mod versions;
