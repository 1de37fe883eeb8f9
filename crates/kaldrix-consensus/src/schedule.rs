//! Who leads: leaders drawn by stake for each round, without those that history shows absent.
//!
//! Every [`Protocol::schedule_commits`](kaldrix_types::Protocol) commits the schedule is computed
//! anew from the blocks committed since the last time, so all replicas change it at the same slot.

use std::cell::Cell;
use std::collections::BTreeSet;

use kaldrix_types::{AuthorityIndex, Committee, Digest, Round, Stake, VerifiedBlock};

/// A leader's place: rounds are led by several authors, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub round: Round,
    pub offset: u16,
}

impl Slot {
    /// The first slot of all. Round 0 holds no proposals and is not led.
    pub const FIRST: Self = Self { round: 1, offset: 0 };
}

/// Slots whose leader is remembered.
const DRAWN_SLOTS: usize = 8;

/// The leaders of all slots until the next change.
#[derive(Debug, Clone)]
pub struct Schedule {
    stakes: Vec<Stake>,
    /// The most stake that may be left out: with quorums of the rest the DAG still moves.
    excluded_stake_max: Stake,
    epoch: u64,
    leaders_per_round: u16,
    excluded: BTreeSet<AuthorityIndex>,
    /// References to each author's blocks from the committed blocks of the next round.
    scores: Vec<u64>,
    /// Draws since the last change: the same few slots are asked for at every step.
    drawn: [Cell<Option<(Slot, AuthorityIndex)>>; DRAWN_SLOTS],
    #[cfg(test)]
    fixed: Option<fn(Slot) -> AuthorityIndex>,
}

impl Schedule {
    pub fn new(committee: &Committee, leaders_per_round: u16) -> Self {
        let stakes: Vec<Stake> = committee.members().map(|(_, member)| member.stake).collect();
        let size = u16::try_from(stakes.len()).unwrap_or(u16::MAX);
        Self {
            scores: vec![0; stakes.len()],
            stakes,
            excluded_stake_max: committee.total_stake().saturating_sub(committee.quorum_stake()),
            epoch: committee.epoch(),
            leaders_per_round: leaders_per_round.min(size),
            excluded: BTreeSet::new(),
            drawn: Default::default(),
            #[cfg(test)]
            fixed: None,
        }
    }

    /// Leaders as a worked example names them.
    #[cfg(test)]
    pub fn fixed(mut self, leader: fn(Slot) -> AuthorityIndex) -> Self {
        self.fixed = Some(leader);
        self
    }

    pub fn excluded(&self) -> &BTreeSet<AuthorityIndex> {
        &self.excluded
    }

    pub fn scores(&self) -> &[u64] {
        &self.scores
    }

    /// The slot after `slot`.
    pub fn next(&self, slot: Slot) -> Slot {
        let offset = slot.offset.saturating_add(1);
        if offset < self.leaders_per_round {
            Slot { offset, ..slot }
        } else {
            Slot { round: slot.round.saturating_add(1), offset: 0 }
        }
    }

    /// Who leads a slot.
    pub fn leader(&self, slot: Slot) -> AuthorityIndex {
        #[cfg(test)]
        if let Some(leader) = self.fixed {
            return leader(slot);
        }
        let place = slot.round.wrapping_add(slot.offset.into()).checked_rem(DRAWN_SLOTS as u64);
        let place = place.and_then(|place| self.drawn.get(usize::try_from(place).ok()?));
        let known = place.and_then(|place| place.get()).filter(|(drawn, _)| *drawn == slot);
        if let Some((_, leader)) = known {
            return leader;
        }
        let leader = self.draw_leader(slot);
        if let Some(place) = place {
            place.set(Some((slot, leader)));
        }
        leader
    }

    /// Draws without replacement, each draw by stake, from a digest of epoch, round and draw.
    fn draw_leader(&self, slot: Slot) -> AuthorityIndex {
        let mut drawn = AuthorityIndex(0);
        let mut taken = self.excluded.clone();
        for draw in 0..=slot.offset {
            // With more slots than included authors, the excluded ones lead the last slots.
            if taken.len() >= self.stakes.len() {
                taken.clear();
            }
            drawn = self.draw(slot.round, draw, &taken);
            taken.insert(drawn);
        }
        drawn
    }

    fn draw(&self, round: Round, draw: u16, taken: &BTreeSet<AuthorityIndex>) -> AuthorityIndex {
        let candidates = || {
            let all = (0..).map(AuthorityIndex).zip(self.stakes.iter().copied());
            all.filter(|(author, _)| !taken.contains(author))
        };
        let total = candidates().fold(0, |sum: Stake, (_, stake)| sum.saturating_add(stake));
        let parts = [&self.epoch.to_le_bytes()[..], &round.to_le_bytes(), &draw.to_le_bytes()];
        let digest = Digest::derive("kaldrix 2026 leader draw v1", &parts);
        let mut head = [0; 16];
        head.iter_mut().zip(digest.0).for_each(|(to, from)| *to = from);
        // 128 bits against a total below 2^62: the bias is below 2^-66.
        let point = u128::from_le_bytes(head).checked_rem(u128::from(total)).unwrap_or(0);
        let mut below: u128 = 0;
        for (author, stake) in candidates() {
            below = below.saturating_add(u128::from(stake));
            if point < below {
                return author;
            }
        }
        AuthorityIndex(0)
    }

    /// Counts a committed block's references to the round before it.
    pub fn score(&mut self, block: &VerifiedBlock) {
        for parent in block.parents() {
            if parent.round.saturating_add(1) == block.round()
                && let Some(score) = self.scores.get_mut(usize::from(parent.author.0))
            {
                *score = score.saturating_add(1);
            }
        }
    }

    /// Leaves out the authors with less than half of the best score, the lowest first, as far as
    /// the rest holds a quorum, and starts counting anew.
    pub fn change(&mut self) {
        let best = self.scores.iter().copied().max().unwrap_or(0);
        let mut ranked: Vec<(u64, AuthorityIndex, Stake)> = (0..)
            .map(AuthorityIndex)
            .zip(self.scores.iter().zip(&self.stakes))
            .map(|(author, (score, stake))| (*score, author, *stake))
            .filter(|(score, _, _)| score.saturating_mul(2) < best)
            .collect();
        ranked.sort_unstable();
        self.excluded.clear();
        let mut excluded_stake: Stake = 0;
        for (_, author, stake) in ranked {
            let sum = excluded_stake.saturating_add(stake);
            if sum <= self.excluded_stake_max {
                excluded_stake = sum;
                self.excluded.insert(author);
            }
        }
        self.scores.iter_mut().for_each(|score| *score = 0);
        self.drawn = Default::default();
    }

    /// Takes up the state of a checkpoint.
    pub fn restore(&mut self, excluded: &[AuthorityIndex], scores: &[u64]) {
        self.excluded = excluded.iter().copied().collect();
        self.scores = scores.to_vec();
        self.scores.resize(self.stakes.len(), 0);
        self.drawn = Default::default();
    }
}
