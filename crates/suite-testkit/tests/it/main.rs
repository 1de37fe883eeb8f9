//! The kit's conformance suite: what holds of its modules on every backend.

mod audit;
mod databases;
