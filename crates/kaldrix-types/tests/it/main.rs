//! The vocabulary through its public face. Random tests use `proptest`: a failure prints its
//! smallest input and leaves its seed in `proptest-regressions`, which later runs try first.

mod encoding;
mod genesis;
mod limits;
mod merkle;
mod strategies;
