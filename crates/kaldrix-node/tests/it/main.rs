//! Whole nodes over real sockets and real disks.

mod api;
mod cli;
mod crash;
mod damage;
mod fixture;
mod hostile;
mod network;
mod startup;
