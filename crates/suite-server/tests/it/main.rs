//! The binary, as an operator runs it.

mod process;
mod running;
