//! Whole nodes over real sockets and real disks.

mod fixture;
mod network;
