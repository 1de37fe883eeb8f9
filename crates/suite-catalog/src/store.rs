//! The catalog's tables and the queries over them. Every query takes the tenant first, but the one
//! for what is due in all of them.

pub(crate) mod calendars;
pub(crate) mod catalogs;
pub(crate) mod categories;
pub(crate) mod cost_centres;
pub(crate) mod decision_links;
pub(crate) mod delegations;
pub(crate) mod desks;
pub(crate) mod document;
pub(crate) mod entities;
pub(crate) mod escalations;
pub(crate) mod files;
pub(crate) mod items;
pub(crate) mod levels;
pub(crate) mod notes;
pub(crate) mod option_lists;
pub(crate) mod options;
pub(crate) mod queue;
pub(crate) mod ratings;
pub(crate) mod requests;
pub(crate) mod run;
pub(crate) mod tasks;
pub(crate) mod ticket_events;
pub(crate) mod ticket_views;
pub(crate) mod ticket_words;
pub(crate) mod tickets;
pub(crate) mod versions;
