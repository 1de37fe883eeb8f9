//! Blocks that wait for ancestors, and the search for those ancestors.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_types::{AuthorityIndex, BlockRef, PeerId, Round, VerifiedBlock};

use crate::dag::round_start;
use crate::event::Moment;
use crate::parameters::Parameters;

#[derive(Debug)]
struct Waiting {
    block: VerifiedBlock,
    missing: BTreeSet<BlockRef>,
}

#[derive(Debug)]
struct Missing {
    children: BTreeSet<BlockRef>,
    /// Who sent the first child, and so likely has this block.
    source: PeerId,
    since: Moment,
    ask_at: Moment,
    attempts: usize,
}

/// Blocks whose ancestors are not all here.
#[derive(Debug, Default)]
pub struct Pending {
    waiting: BTreeMap<BlockRef, Waiting>,
    missing: BTreeMap<BlockRef, Missing>,
}

impl Pending {
    pub fn contains(&self, reference: &BlockRef) -> bool {
        self.waiting.contains_key(reference)
    }

    /// Whether some block waits for this one.
    pub fn is_wanted(&self, reference: &BlockRef) -> bool {
        self.missing.contains_key(reference)
    }

    pub fn waiting_count(&self) -> usize {
        self.waiting.len()
    }

    pub fn missing_count(&self) -> usize {
        self.missing.keys().filter(|reference| !self.waiting.contains_key(reference)).count()
    }

    pub fn count_of(&self, author: AuthorityIndex) -> usize {
        self.waiting.keys().filter(|reference| reference.author == author).count()
    }

    /// Holds a block until `missing` are here.
    pub fn hold(
        &mut self,
        block: VerifiedBlock,
        missing: BTreeSet<BlockRef>,
        source: PeerId,
        now: Moment,
        delay_ms: u64,
    ) {
        let ask_at = now.saturating_add(delay_ms);
        let child = block.reference();
        for parent in &missing {
            let fresh =
                || Missing { children: BTreeSet::new(), source, since: now, ask_at, attempts: 0 };
            self.missing.entry(*parent).or_insert_with(fresh).children.insert(child);
        }
        self.waiting.insert(child, Waiting { block, missing });
    }

    /// Notes that a block is here, and releases those that waited for nothing else.
    pub fn release(&mut self, reference: &BlockRef) -> Vec<VerifiedBlock> {
        let Some(found) = self.missing.remove(reference) else { return Vec::new() };
        let mut ready = Vec::new();
        for child in found.children {
            if let Some(waiting) = self.waiting.get_mut(&child) {
                waiting.missing.remove(reference);
                if waiting.missing.is_empty() {
                    ready.extend(self.waiting.remove(&child).map(|waiting| waiting.block));
                }
            }
        }
        ready
    }

    /// Counts everything at or below `floor` as present, and drops blocks there.
    pub fn raise_floor(&mut self, floor: Round) -> Vec<VerifiedBlock> {
        let above = round_start(floor.saturating_add(1));
        self.waiting = self.waiting.split_off(&above);
        let present: Vec<BlockRef> = self.missing.range(..above).map(|(r, _)| *r).collect();
        present.iter().flat_map(|reference| self.release(reference)).collect()
    }

    /// The requests that are due: each to the peer that sent the child first, then to the others
    /// in turn.
    pub fn requests(
        &mut self,
        now: Moment,
        peers: &BTreeSet<PeerId>,
        parameters: &Parameters,
    ) -> BTreeMap<PeerId, Vec<BlockRef>> {
        let mut requests: BTreeMap<PeerId, Vec<BlockRef>> = BTreeMap::new();
        for (reference, missing) in &mut self.missing {
            if missing.ask_at > now || self.waiting.contains_key(reference) {
                continue;
            }
            let first = missing.attempts == 0 && peers.contains(&missing.source);
            let turn = missing.attempts.checked_rem(peers.len()).unwrap_or(0);
            let peer = if first { Some(&missing.source) } else { peers.iter().nth(turn) };
            let Some(peer) = peer else { return requests };
            let wanted = requests.entry(*peer).or_default();
            if wanted.len() < parameters.fetch_blocks_max {
                wanted.push(*reference);
                missing.attempts = missing.attempts.saturating_add(1);
                missing.ask_at = now.saturating_add(parameters.fetch_timeout_ms);
            }
        }
        requests
    }

    /// Since when the oldest missing block is.
    pub fn missing_since(&self) -> Option<Moment> {
        self.missing.values().map(|missing| missing.since).min()
    }

    /// When the next request is due.
    pub fn wake_at(&self) -> Option<Moment> {
        let open = self.missing.iter().filter(|(reference, _)| !self.contains(reference));
        open.map(|(_, missing)| missing.ask_at).min()
    }
}
