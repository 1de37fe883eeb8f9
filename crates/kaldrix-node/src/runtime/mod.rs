//! The running parts of a node: the driver with its replica, and the threads and tasks that
//! perform what it asks for.

pub mod answers;
pub mod board;
pub mod clocks;
pub mod driver;
pub mod executor;
pub mod finality;
pub mod forward;
pub mod ingest;
pub mod persister;
pub mod serve;
