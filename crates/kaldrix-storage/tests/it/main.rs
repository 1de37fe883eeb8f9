//! The stores on every backend, through restarts, kills and flipped bits.

mod backend;
mod chain;
mod conformance;
mod crash;
mod dag;
mod faults;
mod flipped_bits;
mod flipped_records;
mod history;
mod ledger;
mod recovery;
mod torn_journal;
mod torn_signed_round;
