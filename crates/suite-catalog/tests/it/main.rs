//! The catalog over HTTP, beside a real Hub, on every backend.

mod access;
mod approvals;
mod calendars;
mod deadlines;
mod delegations;
mod fixture;
mod items;
mod places;
mod requests;
