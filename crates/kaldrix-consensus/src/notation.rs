//! A small text notation for DAGs in tests.
