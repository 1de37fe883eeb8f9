//! What a running node shows: the driver writes it now and then, anyone reads it at any time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use kaldrix_consensus::{Counters, Participation, Replica, Snapshot};
use kaldrix_types::{AuthorityIndex, VerifiedBlock};
use parking_lot::Mutex;

use crate::handle::ClockOffset;

/// Pairs of equivocating blocks that are kept as evidence.
const EVIDENCE_MAX: usize = 64;
/// Lines about damage that are kept.
const DAMAGES_MAX: usize = 64;

/// The replica as it was a moment ago.
#[derive(Debug, Clone)]
pub struct ReplicaView {
    pub snapshot: Snapshot,
    pub counters: Counters,
    pub participation: Vec<Participation>,
}

impl ReplicaView {
    pub fn of(replica: &Replica) -> Self {
        Self {
            snapshot: replica.snapshot(),
            counters: replica.counters().clone(),
            participation: replica.participation(),
        }
    }
}

/// The parts of a node's status that are no one else's to keep.
#[derive(Debug)]
pub struct Board {
    replica: Mutex<ReplicaView>,
    blocks_refused: Mutex<BTreeMap<&'static str, u64>>,
    frames_malformed: AtomicU64,
    evidence: Mutex<VecDeque<(VerifiedBlock, VerifiedBlock)>>,
    clock_offsets: Mutex<Vec<(AuthorityIndex, i64)>>,
    damages: Mutex<VecDeque<String>>,
}

impl Board {
    pub fn new(replica: ReplicaView, damages: Vec<String>) -> Self {
        Self {
            replica: Mutex::new(replica),
            blocks_refused: Mutex::default(),
            frames_malformed: AtomicU64::new(0),
            evidence: Mutex::default(),
            clock_offsets: Mutex::default(),
            damages: Mutex::new(damages.into_iter().take(DAMAGES_MAX).collect()),
        }
    }

    pub fn publish(&self, replica: ReplicaView) {
        *self.replica.lock() = replica;
    }

    pub fn replica(&self) -> ReplicaView {
        self.replica.lock().clone()
    }

    pub fn note_refused_block(&self, reason: &'static str) {
        *self.blocks_refused.lock().entry(reason).or_default() += 1;
    }

    pub fn blocks_refused(&self) -> Vec<(&'static str, u64)> {
        self.blocks_refused.lock().iter().map(|(reason, count)| (*reason, *count)).collect()
    }

    pub fn note_malformed_frame(&self) {
        self.frames_malformed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn frames_malformed(&self) -> u64 {
        self.frames_malformed.load(Ordering::Relaxed)
    }

    /// Keeps the latest pairs: each shows, by two signatures, that its author broke the protocol.
    pub fn keep_evidence(&self, first: VerifiedBlock, second: VerifiedBlock) {
        let mut evidence = self.evidence.lock();
        if evidence.len() == EVIDENCE_MAX {
            evidence.pop_front();
        }
        evidence.push_back((first, second));
    }

    pub fn evidence(&self) -> Vec<(VerifiedBlock, VerifiedBlock)> {
        self.evidence.lock().iter().cloned().collect()
    }

    pub fn publish_clock_offsets(&self, offsets: Vec<(AuthorityIndex, i64)>) {
        *self.clock_offsets.lock() = offsets;
    }

    pub fn clock_offsets(&self) -> Vec<ClockOffset> {
        let offsets = self.clock_offsets.lock();
        offsets.iter().map(|(author, ms)| ClockOffset { author: *author, offset_ms: *ms }).collect()
    }

    pub fn note_damage(&self, damage: String) {
        let mut damages = self.damages.lock();
        if damages.len() < DAMAGES_MAX {
            damages.push_back(damage);
        }
    }

    pub fn damages(&self) -> Vec<String> {
        self.damages.lock().iter().cloned().collect()
    }
}
