//! The commit rule of Mysticeti-C (arXiv 2310.14821, section 3 and algorithms 2 and 3).
//!
//! A leader's block of round `r` is *supported* by blocks of round `r + 1` that reference it, and
//! *certified* by blocks of round `r + 2` that reference a quorum of its supporters. The direct
//! rule commits on a quorum of certifiers and skips on a quorum of round `r + 1` without support.
//! What it leaves open the indirect rule decides through a later committed leader, the anchor.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_types::{AuthorityIndex, BlockRef, Round, Stake, VerifiedBlock};

use crate::dag::Dag;
use crate::schedule::{Schedule, Slot};

/// What became of a leader slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Commit(BlockRef),
    Skip,
    Undecided,
}

/// A verdict and how it was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    pub slot: Slot,
    pub verdict: Verdict,
    pub direct: bool,
}

/// Decides slots from `next` upward and returns them up to the first undecided one.
pub fn decide(dag: &Dag, schedule: &Schedule, next: Slot) -> Vec<Decision> {
    if is_out_of_reach(dag, schedule, next) {
        return Vec::new();
    }
    let mut decisions = decide_all(dag, schedule, next);
    let open = decisions.iter().position(|decision| decision.verdict == Verdict::Undecided);
    decisions.truncate(open.unwrap_or(decisions.len()));
    decisions
}

/// Whether the direct rule leaves `slot` open and no later slot can be its anchor yet: so it is after
/// most blocks, and then all slots above need no look.
fn is_out_of_reach(dag: &Dag, schedule: &Schedule, slot: Slot) -> bool {
    let first_anchor = slot.round.saturating_add(3);
    dag.highest_round() <= first_anchor
        && decide_directly(dag, slot.round, schedule.leader(slot)) == Verdict::Undecided
}

/// Decides all slots from `next` upward that have a later round, in order.
pub fn decide_all(dag: &Dag, schedule: &Schedule, next: Slot) -> Vec<Decision> {
    let mut slots = Vec::new();
    let mut slot = next;
    while slot.round < dag.highest_round() {
        slots.push(slot);
        slot = schedule.next(slot);
    }
    // From the highest down: an anchor is decided before what it decides.
    let mut later: BTreeMap<Slot, Decision> = BTreeMap::new();
    for slot in slots.into_iter().rev() {
        let leader = schedule.leader(slot);
        let direct = decide_directly(dag, slot.round, leader);
        let decision = if direct == Verdict::Undecided {
            let verdict = decide_indirectly(dag, slot.round, leader, &later);
            Decision { slot, verdict, direct: false }
        } else {
            Decision { slot, verdict: direct, direct: true }
        };
        later.insert(slot, decision);
    }
    later.into_values().collect()
}

fn decide_directly(dag: &Dag, round: Round, leader: AuthorityIndex) -> Verdict {
    let voting = round.saturating_add(1);
    let against: BTreeSet<AuthorityIndex> = dag
        .round(voting)
        .filter(|block| supported_by(block, round, leader).is_none())
        .map(VerifiedBlock::author)
        .collect();
    if dag.is_quorum(&against) {
        return Verdict::Skip;
    }
    for candidate in dag.slot(round, leader) {
        let supporters = supporters_of(dag, &candidate.reference());
        let certifiers: BTreeSet<AuthorityIndex> = dag
            .round(round.saturating_add(2))
            .filter(|block| certifies(dag, block, &supporters))
            .map(VerifiedBlock::author)
            .collect();
        if dag.is_quorum(&certifiers) {
            return Verdict::Commit(candidate.reference());
        }
    }
    Verdict::Undecided
}

fn decide_indirectly(
    dag: &Dag,
    round: Round,
    leader: AuthorityIndex,
    later: &BTreeMap<Slot, Decision>,
) -> Verdict {
    let first = Slot { round: round.saturating_add(3), offset: 0 };
    let anchor = later.range(first..).find(|(_, decision)| decision.verdict != Verdict::Skip);
    let Some((_, Decision { verdict: Verdict::Commit(anchor), .. })) = anchor else {
        return Verdict::Undecided;
    };
    let certifying = history_at(dag, anchor, round.saturating_add(2));
    for candidate in dag.slot(round, leader) {
        let supporters = supporters_of(dag, &candidate.reference());
        let certifier = certifying.iter().filter_map(|reference| dag.get(reference));
        if certifier.into_iter().any(|block| certifies(dag, block, &supporters)) {
            return Verdict::Commit(candidate.reference());
        }
    }
    Verdict::Skip
}

/// The block of `leader` in `round` that a block of the next round supports. Acceptance allows
/// one parent an author, so equivocating leaders split their supporters.
fn supported_by(block: &VerifiedBlock, round: Round, leader: AuthorityIndex) -> Option<&BlockRef> {
    block.parents().iter().find(|parent| parent.round == round && parent.author == leader)
}

fn supporters_of(dag: &Dag, leader: &BlockRef) -> BTreeSet<BlockRef> {
    dag.round(leader.round.saturating_add(1))
        .filter(|block| supported_by(block, leader.round, leader.author) == Some(leader))
        .map(VerifiedBlock::reference)
        .collect()
}

fn certifies(dag: &Dag, block: &VerifiedBlock, supporters: &BTreeSet<BlockRef>) -> bool {
    let stake = block
        .parents()
        .iter()
        .filter(|parent| supporters.contains(parent))
        .fold(0, |sum: Stake, parent| sum.saturating_add(dag.committee().stake(parent.author)));
    dag.committee().is_quorum(stake)
}

/// The blocks of `round` in the causal history of `from`.
fn history_at(dag: &Dag, from: &BlockRef, round: Round) -> BTreeSet<BlockRef> {
    let mut open = BTreeSet::from([*from]);
    let mut found = BTreeSet::new();
    while let Some(reference) = open.pop_last() {
        if reference.round == round {
            found.insert(reference);
        } else if let Some(block) = dag.get(&reference) {
            open.extend(block.parents().iter().filter(|parent| parent.round >= round));
        }
    }
    found
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
