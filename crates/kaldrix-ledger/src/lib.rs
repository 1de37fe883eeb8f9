//! Deterministic execution, state tree, receipts
