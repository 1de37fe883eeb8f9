//! The tenant-aware centre of the suite: who may do what.
