//! The stores of the replica and the ledger
