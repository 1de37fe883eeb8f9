//! The rules of acceptance once more, written from their specification alone: whatever an honest
//! node takes into its DAG must keep them.

use std::collections::BTreeSet;

use kaldrix_types::committee::Stake;
use kaldrix_types::{BlockRef, ChainId, Committee, VerifiedBlock};

/// The rule that a block breaks, if it breaks one.
pub fn broken_rule(
    chain_id: ChainId,
    committee: &Committee,
    block: &VerifiedBlock,
) -> Option<&'static str> {
    let header = &block.header;
    if (header.chain_id, header.epoch) != (chain_id, committee.epoch()) {
        return Some("is of another chain or epoch");
    }
    if committee.member(header.author).is_none() || header.round == 0 {
        return Some("is by a stranger, or of round 0");
    }
    let votes = header.votes.windows(2);
    if votes.into_iter().any(|pair| pair[0].height >= pair[1].height) {
        return Some("holds votes that do not rise");
    }
    let parents = header.parents.iter();
    let authors: BTreeSet<_> = parents.clone().map(|parent| parent.author).collect();
    let own = parents.clone().next().is_some_and(|parent| parent.author == header.author);
    if !own || authors.len() != header.parents.len() {
        return Some("does not begin with its own parent, or references an author twice");
    }
    let is_sound = |parent: &BlockRef| {
        let genesis = BlockRef::genesis(chain_id, committee.epoch(), parent.author);
        let placed = parent.round < header.round && (parent.round > 0 || *parent == genesis);
        placed && committee.member(parent.author).is_some()
    };
    if !parents.clone().all(is_sound) {
        return Some("references what is no block of an earlier round");
    }
    let before = parents.filter(|parent| parent.round + 1 == header.round);
    let stake: Stake = before.map(|parent| committee.stake(parent.author)).sum();
    if stake < committee.total_stake() * 2 / 3 + 1 {
        return Some("has no quorum of parents");
    }
    None
}
