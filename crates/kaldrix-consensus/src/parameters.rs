//! What a node may choose for itself. None of it changes what is agreed on.

/// Times and limits of one replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Two own proposals are at least this far apart.
    pub round_interval_ms_min: u64,
    /// The interval grows to this while rounds pass and nothing becomes final.
    pub round_interval_ms_max: u64,
    /// After a pause of this long between rounds the next own block carries no transactions.
    pub pause_ms: u64,
    /// How long a round's first leader is waited for once a quorum of its round is here.
    pub leader_timeout_ms: u64,
    /// A missing ancestor may still be on its way: it is asked for after this long.
    pub fetch_delay_ms: u64,
    /// A request without an answer goes to the next peer after this long.
    pub fetch_timeout_ms: u64,
    /// With an ancestor missing and no commit for this long, peers that are ahead are followed by
    /// their ledger: nobody may have the ancestor any more.
    pub stall_ms: u64,
    /// A request for a range of the ledger goes to the next peer after this long.
    pub ledger_timeout_ms: u64,
    /// How often peers are told what is here.
    pub status_interval_ms: u64,
    /// Blocks in one request.
    pub fetch_blocks_max: usize,
    /// Bytes of blocks in one answer.
    pub answer_bytes_max: usize,
    /// Blocks of one author that wait for ancestors.
    pub pending_blocks_per_author_max: usize,
    /// How far above the highest accepted round a block may stand.
    pub rounds_ahead_max: u64,
    /// Commits that wait for execution. While so many do nothing more is decided, and own blocks go
    /// without transactions. See [`Parameters::executing_commits`].
    pub executing_commits_max: usize,
    /// Blocks, one of each author for a round, that are kept although no ledger block has come for
    /// so long.
    pub blocks_kept_max: u64,
    /// Peers whose state is held.
    pub peers_max: usize,
    /// A block's clock may differ from ours by this much before it is reported.
    pub clock_offset_ms_max: u64,
}

/// Rounds whose commits may wait for execution in any case.
const EXECUTING_ROUNDS: usize = 4;

impl Parameters {
    /// The commits that may wait for execution. With no room for those of a few rounds, there would
    /// be none whenever an own block is made.
    pub fn executing_commits(&self, leaders_per_round: u16) -> usize {
        let leaders = usize::from(leaders_per_round);
        self.executing_commits_max.max(leaders.saturating_mul(EXECUTING_ROUNDS))
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            round_interval_ms_min: 40,
            round_interval_ms_max: 1_000,
            pause_ms: 2_000,
            leader_timeout_ms: 250,
            fetch_delay_ms: 50,
            fetch_timeout_ms: 300,
            stall_ms: 3_000,
            ledger_timeout_ms: 5_000,
            status_interval_ms: 500,
            fetch_blocks_max: 64,
            answer_bytes_max: 2 * 1024 * 1024,
            pending_blocks_per_author_max: 256,
            rounds_ahead_max: 1_000,
            executing_commits_max: 64,
            blocks_kept_max: 80_000,
            peers_max: 256,
            clock_offset_ms_max: 5_000,
        }
    }
}
