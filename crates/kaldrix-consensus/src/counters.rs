//! Counts for people and metrics; no rule depends on them.

/// Counts since the replica started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    pub blocks_proposed: u64,
    pub blocks_accepted: u64,
    pub blocks_refused: u64,
    pub equivocations: u64,
    pub leaders_committed_directly: u64,
    pub leaders_committed_indirectly: u64,
    pub leaders_skipped_directly: u64,
    pub leaders_skipped_indirectly: u64,
    pub leader_timeouts: u64,
    pub votes_cast: u64,
    pub votes_counted: u64,
    pub certificates: u64,
    pub fetches_sent: u64,
    pub catch_ups: u64,
    pub schedule_changes: u64,
}
