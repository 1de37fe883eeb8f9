//! The catalog over HTTP, beside a real Hub, on every backend.

mod access;
mod approvals;
mod articles;
mod calendars;
mod canned_answers;
mod clocks;
mod deadlines;
mod delegations;
mod desk;
mod escalations;
mod fixture;
mod fulfilment;
mod incidents;
mod items;
mod measures;
mod merging;
mod places;
mod problems;
mod queues;
mod ratings;
mod requests;
mod reviews;
mod tickets;
