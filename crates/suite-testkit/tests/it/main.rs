//! The kit's conformance suite: what holds of its modules on every backend.

mod audit;
mod cache;
mod databases;
mod events;
mod files;
mod jobs;
mod metrics;
mod notify;
mod process;
mod sinks;
