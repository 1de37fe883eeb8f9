//! The audit trail: sealed without a gap, anchored on a real ledger, provable offline.

mod anchoring;
mod fixture;
mod proving;
mod sealing;
mod tampering;
