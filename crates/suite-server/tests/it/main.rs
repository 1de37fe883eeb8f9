//! The binary, as an operator runs it.

mod backups;
mod consoles;
mod full_disk;
mod process;
mod running;
mod verifying;
