//! Whole nodes over real sockets and real disks.

mod api;
mod cli;
mod crash;
mod damage;
mod damaged_records;
mod fixture;
mod full_disk;
mod hostile;
mod load;
mod network;
mod partition;
mod processes;
mod proxy;
mod startup;
mod stop;
