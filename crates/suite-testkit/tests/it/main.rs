//! The kit's conformance suite: what holds of its modules on every backend.

mod cache;
mod databases;
mod events;
mod jobs;
mod process;
