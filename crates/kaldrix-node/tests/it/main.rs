//! Whole nodes over real sockets and real disks.

mod api;
mod cli;
mod fixture;
mod network;
