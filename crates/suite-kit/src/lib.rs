//! What every service of the suite needs, as a closed list of modules.
//!
//! The kit knows no service's nouns. It never decides who may do what (services authorise, in their
//! use cases) and it never shows a cause to a caller (`problem` writes fixed text, the log has the
//! rest). Everything works on SQLite and in-process by default, and on PostgreSQL and Redis when
//! they are configured, with the same tests.

pub mod audit;
pub mod auth;
pub mod cache;
pub mod clock;
pub mod config;
pub mod db;
pub mod events;
pub mod files;
pub mod health;
pub mod jobs;
pub mod notify;
pub mod page;
pub mod problem;
mod retry;
pub mod seal;
pub mod service;
mod tables;
pub mod telemetry;
