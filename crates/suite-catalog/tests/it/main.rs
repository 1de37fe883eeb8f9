//! The catalog over HTTP, beside a real Hub, on every backend.

mod access;
mod approvals;
mod calendars;
mod clocks;
mod deadlines;
mod decision_links;
mod delegations;
mod desk;
mod escalations;
mod file_fields;
mod files;
mod fixture;
mod fulfilment;
mod items;
mod options;
mod places;
mod queues;
mod ratings;
mod requests;
mod tickets;
