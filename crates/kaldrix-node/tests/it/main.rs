//! Whole nodes over real sockets and real disks.

mod api;
mod fixture;
mod network;
