//! A KALDRIX node: performs what the replica asks for, keeps the mempool, serves the HTTP API.
//!
//! [`run`] runs one node from its configuration, [`localnet()`] a whole network in this process.
//! The API, the metrics and the command line see a running node through [`NodeHandle`] alone.
//!
//! This crate decides nothing that nodes must agree on: that is `kaldrix-consensus` and
//! `kaldrix-ledger`. It never acknowledges a transaction before it is durable, never serves a
//! result that it could not check, and never panics on input from outside.

pub mod api;
pub mod cli;
pub mod config;
pub mod error;
pub mod handle;
pub mod histogram;
pub mod http_server;
pub mod init;
pub mod localnet;
pub mod logging;
pub mod mempool;
pub mod metrics;
pub mod node;
pub mod open_files;
pub mod participation;
pub mod recovery;
pub mod runtime;
pub mod service;
pub mod wire;
pub mod witnesses;
pub mod workers;

pub use error::NodeError;
pub use handle::NodeHandle;
pub use localnet::localnet;
pub use service::run;
