//! The sans-IO replica: DAG, commit rule, votes, sync
