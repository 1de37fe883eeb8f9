//! When this validator proposes, and what its block references.

use std::collections::BTreeMap;

use kaldrix_types::encoding::Bounded;
use kaldrix_types::{AuthorityIndex, BlockHeader, BlockRef, Round, VerifiedBlock};

use crate::dag::Dag;
use crate::event::Moment;
use crate::parameters::Parameters;

/// Rounds without progress after which the pace halves, and halves again.
const STALLED_ROUNDS: u64 = 16;

/// The state of an own block on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Idle,
    Signing(BlockHeader),
    Persisting { token: u64, block: VerifiedBlock },
}

#[derive(Debug)]
pub struct Proposer {
    pub own: AuthorityIndex,
    pub stage: Stage,
    /// The last round that was signed for.
    pub signed_round: Round,
    pub drafted_at: Option<Moment>,
    /// The last draft came after a pause and carried no transactions.
    pub warmed_up: bool,
    /// Transactions wait in the mempool.
    pub payload_pending: bool,
    /// A peer's transaction waits for this round.
    pub nudged_round: Round,
    pub nudge_sent: Round,
    /// The round when a transaction last came or a ledger block last became final.
    pub progress_round: Round,
    /// The highest round of each author that an own block references.
    referenced: BTreeMap<AuthorityIndex, Round>,
}

impl Proposer {
    pub fn new(own: AuthorityIndex, signed_round: Round) -> Self {
        Self {
            own,
            stage: Stage::Idle,
            signed_round,
            drafted_at: None,
            warmed_up: false,
            payload_pending: false,
            nudged_round: 0,
            nudge_sent: 0,
            progress_round: signed_round,
            referenced: BTreeMap::new(),
        }
    }

    /// The pace: rounds that finish nothing come ever more slowly.
    pub fn interval_ms(&self, round: Round, parameters: &Parameters) -> u64 {
        let stalled = round.saturating_sub(self.progress_round) / STALLED_ROUNDS;
        let factor = 1_u64.checked_shl(u32::try_from(stalled).unwrap_or(u32::MAX));
        let slowed = parameters.round_interval_ms_min.saturating_mul(factor.unwrap_or(u64::MAX));
        slowed.min(parameters.round_interval_ms_max).max(parameters.round_interval_ms_min)
    }

    /// When the next draft may be made.
    pub fn ready_at(&self, round: Round, parameters: &Parameters) -> Moment {
        self.drafted_at.map_or(0, |at| at.saturating_add(self.interval_ms(round, parameters)))
    }

    /// Notes what an own block references, once it is in the DAG.
    pub fn note_own(&mut self, block: &VerifiedBlock) {
        for parent in block.parents() {
            let round = self.referenced.entry(parent.author).or_default();
            *round = parent.round.max(*round);
        }
    }

    /// The own last block, then of every other author its latest block below `round` that no own
    /// block references yet. Blocks of the round before are among them, and form a quorum.
    pub fn parents(&self, dag: &Dag, round: Round) -> Option<Bounded<BlockRef, 128>> {
        let latest = |author, above: Round| dag.latest_between(author, above, round);
        let own = latest(self.own, 0).unwrap_or_else(|| dag.genesis(self.own));
        let mut parents = vec![own];
        for author in dag.committee().authorities().filter(|author| *author != self.own) {
            let referenced = self.referenced.get(&author).copied().unwrap_or(0);
            let above = referenced.max(dag.floor());
            let fresh = if round == 1 { Some(dag.genesis(author)) } else { latest(author, above) };
            parents.extend(fresh);
        }
        Bounded::new(parents).ok()
    }
}
