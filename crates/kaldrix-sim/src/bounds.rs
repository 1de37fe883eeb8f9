//! How long a network may take, and how much may wait in it, from its parameters.
//!
//! Each bound is the slowest honest path, step by step; `docs/spec/simulation.md` derives them.

use crate::scenario::Scenario;

/// Rounds from a transaction to its finality: one without transactions after a pause, its own, two
/// that support and certify a leader of a later round, one with the votes and one that shows them,
/// and two for a validator that has just missed a round.
const ROUNDS_TO_FINAL: u64 = 8;
/// Rounds in a row whose first leader is faulty: with less than a third of stake, by chance, more
/// come once in 40 million times.
const FAULTY_LEADERS_MAX: u64 = 16;
/// Signing and writing a block.
const WORK_MS: u64 = 10;
/// A ledger range that answers one request holds this many blocks at least.
const RANGE_BLOCKS: u64 = 8;
/// Ledger blocks that a second of faults makes at most.
const BLOCKS_A_SECOND: u64 = 8;
/// No bound is above these: networks have always kept them.
const RECOVERY_MS_MAX: u64 = 60_000;
const QUIET_MS_MAX: u64 = 10_000;
const WAKE_MS_MAX: u64 = 10_000;
/// Messages, and blocks in them, that may be under way on one link.
const QUEUED_PER_LINK_MAX: usize = 4_000;

/// The bounds of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// From the end of all faults to everything final on every honest node.
    pub recovery_ms: u64,
    /// From then on until nobody makes rounds any more.
    pub quiet_ms: u64,
    /// From a transaction in a quiet network to its finality on every honest node.
    pub wake_ms: u64,
    /// What waits to happen, a message of many blocks counted as many.
    pub queued: usize,
}

impl Bounds {
    pub fn of(scenario: &Scenario) -> Self {
        let parameters = &scenario.parameters;
        let trip_ms = 2 * scenario.delay_ms_max + WORK_MS;
        // A round at the full pace with a leader that stays silent, and one at the lowest pace.
        let brisk_ms = parameters.leader_timeout_ms + parameters.round_interval_ms_min + trip_ms;
        let slow_ms = parameters.leader_timeout_ms + parameters.round_interval_ms_max + trip_ms;
        let rounds = ROUNDS_TO_FINAL + FAULTY_LEADERS_MAX;
        // A chain that a node has missed is fetched from its top down, one block a trip.
        let chain_ms = scenario.protocol.gc_depth_rounds * (parameters.fetch_delay_ms + trip_ms);
        // What a peer has is known after its status; a status that came too early is followed by
        // another one.
        let told_ms = 2 * parameters.status_interval_ms;
        let liars = scenario.byzantine().len() as u64;
        let ranges = 1 + scenario.end_ms * BLOCKS_A_SECOND / 1_000 / RANGE_BLOCKS;
        // Twice told: of the own last round first, then of what is missing.
        let caught_up_ms = 2 * told_ms
            + parameters.stall_ms
            + liars * parameters.ledger_timeout_ms
            + ranges * trip_ms;
        let slowness = 1 + parameters.status_interval_ms / 10_000;
        let recovery_ms = caught_up_ms + chain_ms + rounds * slow_ms;
        let quiet_ms = parameters.fetch_timeout_ms + chain_ms + 2 * ROUNDS_TO_FINAL * brisk_ms;
        let nodes = scenario.nodes();
        Self {
            recovery_ms: recovery_ms.min(RECOVERY_MS_MAX * slowness),
            quiet_ms: told_ms + quiet_ms.min(QUIET_MS_MAX),
            wake_ms: (rounds * brisk_ms).min(WAKE_MS_MAX),
            queued: nodes * nodes * QUEUED_PER_LINK_MAX,
        }
    }
}
