//! The binary, as an operator runs it.

mod backups;
mod process;
mod running;
mod verifying;
