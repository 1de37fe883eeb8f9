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
    charged: AuthorityIndex,
}

#[derive(Debug)]
struct Missing {
    children: BTreeSet<BlockRef>,
    /// Who sent a child last, and so likely has this block.
    source: PeerId,
    /// The source was not asked since it sent a child.
    offered: bool,
    since: Moment,
    asked: Option<Asked>,
    ask_at: Moment,
    /// Requests since somebody sent a new child.
    attempts: usize,
    /// Whose turn it was last. Nothing that a peer does sets it back.
    turn: Option<PeerId>,
    /// How often a peer was asked because it had sent a child.
    taken_up: BTreeMap<PeerId, usize>,
    /// Members of the committee who say that no commit has it.
    passed_by: BTreeSet<AuthorityIndex>,
}

/// The last request for a missing block.
#[derive(Debug, Clone, Copy)]
struct Asked {
    peer: PeerId,
    at: Moment,
    /// The peer had sent a child, and it was not its turn.
    out_of_turn: bool,
}

impl Missing {
    /// Whom to ask next: the source of a child, but only every other time. Peers who send children
    /// again and again, and never the block, would be asked for ever otherwise, and nobody else.
    fn next(&self, peers: &BTreeSet<PeerId>, now: Moment) -> Option<Asked> {
        let offered = self.is_offered(peers);
        let out_of_turn = offered && !self.asked.is_some_and(|asked| asked.out_of_turn);
        let peer = if out_of_turn { self.source } else { self.next_in_turn(peers)? };
        Some(Asked { peer, at: now, out_of_turn })
    }

    /// Whether a peer that is here sent a child since it was last asked.
    fn is_offered(&self, peers: &BTreeSet<PeerId>) -> bool {
        self.offered && peers.contains(&self.source)
    }

    /// The next of all in turn. Who was asked last has had its chance.
    fn next_in_turn(&self, peers: &BTreeSet<PeerId>) -> Option<PeerId> {
        let last = self.asked.map(|asked| asked.peer);
        let above = peers.iter().filter(|peer| self.turn.is_none_or(|turn| **peer > turn));
        let mut in_turn = above.chain(peers).copied();
        in_turn.find(|peer| Some(*peer) != last).or(peers.first().copied())
    }

    fn note(&mut self, asked: Asked, timeout_ms: u64) {
        self.attempts = self.attempts.saturating_add(1);
        self.ask_at = asked.at.saturating_add(timeout_ms);
        // An offer stands until it is taken up.
        self.offered &= !asked.out_of_turn && asked.peer != self.source;
        if asked.out_of_turn {
            let count = self.taken_up.entry(asked.peer).or_default();
            *count = count.saturating_add(1);
        } else {
            self.turn = Some(asked.peer);
        }
        self.asked = Some(asked);
    }
}

/// Once each peer was asked the time-out doubles, and so on up to this many times: what nobody
/// sends may not exist.
const TIMEOUT_DOUBLINGS_MAX: usize = 4;

fn timeout_ms(doublings: usize, parameters: &Parameters) -> u64 {
    let factor = 1_u64 << doublings.min(TIMEOUT_DOUBLINGS_MAX);
    parameters.fetch_timeout_ms.saturating_mul(factor)
}

/// A block that each peer was asked for this often is not asked for while nothing is urgent: only a
/// Byzantine author's block needs it, as far as can be seen.
const TURNS_MAX: usize = 4;

/// Who may be asked for missing blocks, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub peers: &'a BTreeSet<PeerId>,
    /// There is something to order, or a peer has more: every missing block may be needed.
    pub is_urgent: bool,
}

impl Asking<'_> {
    fn covers(&self, missing: &Missing) -> bool {
        let turns_max = self.peers.len().saturating_mul(TURNS_MAX);
        let offered = missing.is_offered(self.peers);
        let urgent = (self.is_urgent || offered) && !self.peers.is_empty();
        urgent || missing.attempts < turns_max
    }
}

/// Blocks whose ancestors are not all here.
///
/// Each is charged to an author, and an author is charged for a bounded number: for its own blocks,
/// and for the ancestors that its blocks need, whoever made them. So a Byzantine author can fill its
/// own share with blocks that will never be complete, and nobody else's.
#[derive(Debug, Default)]
pub struct Pending {
    waiting: BTreeMap<BlockRef, Waiting>,
    missing: BTreeMap<BlockRef, Missing>,
    /// The blocks of `waiting` by the author that each is charged to.
    shares: BTreeMap<AuthorityIndex, BTreeSet<BlockRef>>,
    /// Authors of whose share a block was given up for want of room, and who had sent the last one.
    given_up: BTreeMap<AuthorityIndex, PeerId>,
    /// Nothing at or below it is waited for.
    floor: Round,
}

impl Pending {
    pub fn contains(&self, reference: &BlockRef) -> bool {
        self.waiting.contains_key(reference)
    }

    pub fn get(&self, reference: &BlockRef) -> Option<&VerifiedBlock> {
        self.waiting.get(reference).map(|waiting| &waiting.block)
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

    pub fn lowest_missing_round(&self) -> Option<Round> {
        self.missing.keys().next().map(|reference| reference.round)
    }

    /// Holds a block until `missing` are here, and says whether there was room. A full share
    /// gives up its highest block for a lower one, which is nearer to being complete.
    pub fn hold(
        &mut self,
        block: VerifiedBlock,
        missing: BTreeSet<BlockRef>,
        source: PeerId,
        now: Moment,
        parameters: &Parameters,
    ) -> bool {
        let child = block.reference();
        let charged = self.charge(&child);
        if self.charged_to(charged).count() >= parameters.pending_blocks_per_author_max {
            self.given_up.insert(charged, source);
            let highest = self.charged_to(charged).next_back().copied();
            let Some(highest) = highest.filter(|highest| *highest > child) else { return false };
            self.drop_waiting(&highest);
        }
        let ask_at = now.saturating_add(parameters.fetch_delay_ms);
        for parent in &missing {
            let found = self.missing.entry(*parent).or_insert_with(|| Missing {
                children: BTreeSet::new(),
                source,
                offered: true,
                since: now,
                asked: None,
                ask_at,
                attempts: 0,
                turn: None,
                taken_up: BTreeMap::new(),
                passed_by: BTreeSet::new(),
            });
            found.children.insert(child);
            (found.source, found.offered, found.attempts) = (source, true, 0);
        }
        self.shares.entry(charged).or_default().insert(child);
        self.waiting.insert(child, Waiting { block, missing, charged });
        true
    }

    /// Notes that a peer sends a waiting block again. Who accepted a block has its ancestors, and
    /// that is more than is known of those who are asked in turn: it is asked next, unless it was
    /// such a one that was asked last, and no later than a first time-out after the last request.
    /// That time-out doubles with every such request: a liar sends waiting blocks as often as it
    /// likes. Of two who send one, who was asked less often is believed.
    pub fn offer(&mut self, reference: &BlockRef, source: PeerId, parameters: &Parameters) {
        let Some(waiting) = self.waiting.get(reference) else { return };
        for parent in &waiting.missing {
            let Some(missing) = self.missing.get_mut(parent) else { continue };
            let taken_up = |peer| missing.taken_up.get(peer).copied().unwrap_or(0);
            if missing.offered && taken_up(&missing.source) < taken_up(&source) {
                continue;
            }
            if let Some(asked) = missing.asked {
                let pause_ms = timeout_ms(taken_up(&source), parameters);
                missing.ask_at = missing.ask_at.min(asked.at.saturating_add(pause_ms));
            }
            (missing.source, missing.offered) = (source, true);
        }
    }

    /// Notes that a peer which was asked for a block has it not. The first time round the next one
    /// is asked at once; after that what nobody sends is not asked for at the pace of the network.
    pub fn absent(&mut self, reference: &BlockRef, peer: PeerId, now: Moment, peers: usize) {
        if let Some(missing) = self.missing.get_mut(reference)
            && missing.asked.is_some_and(|asked| asked.peer == peer)
            && missing.attempts < peers
        {
            missing.ask_at = missing.ask_at.min(now);
        }
    }

    /// Who sent a block that was given up for want of room, and may send it again: half the share
    /// is free since. Each is named once.
    pub fn take_roomy(&mut self, parameters: &Parameters) -> BTreeSet<PeerId> {
        let room = parameters.pending_blocks_per_author_max / 2;
        let mut roomy = BTreeSet::new();
        let shares = &self.shares;
        self.given_up.retain(|author, source| {
            let is_full = shares.get(author).is_some_and(|share| share.len() > room);
            if !is_full {
                roomy.insert(*source);
            }
            is_full
        });
        roomy
    }

    /// Notes that a member of the committee says of a missing block that no commit has it; all who
    /// say so.
    pub fn passed(
        &mut self,
        reference: &BlockRef,
        by: AuthorityIndex,
    ) -> Option<&BTreeSet<AuthorityIndex>> {
        let missing = self.missing.get_mut(reference)?;
        missing.passed_by.insert(by);
        Some(&missing.passed_by)
    }

    /// Whom a block is charged to: of those whose blocks need it the one with the most room, its
    /// author if nobody does.
    fn charge(&self, reference: &BlockRef) -> AuthorityIndex {
        let children = self.missing.get(reference).into_iter().flat_map(|found| &found.children);
        let needing: BTreeSet<AuthorityIndex> =
            children.filter_map(|child| Some(self.waiting.get(child)?.charged)).collect();
        let roomiest = needing.into_iter().min_by_key(|author| self.charged_to(*author).count());
        roomiest.unwrap_or(reference.author)
    }

    fn charged_to(
        &self,
        author: AuthorityIndex,
    ) -> impl DoubleEndedIterator<Item = &BlockRef> + use<'_> {
        self.shares.get(&author).into_iter().flatten()
    }

    /// Takes a block out, and gives its place in a share back.
    fn remove_waiting(&mut self, reference: &BlockRef) -> Option<Waiting> {
        let waiting = self.waiting.remove(reference)?;
        if let Some(share) = self.shares.get_mut(&waiting.charged) {
            share.remove(reference);
        }
        Some(waiting)
    }

    fn drop_waiting(&mut self, reference: &BlockRef) {
        let Some(dropped) = self.remove_waiting(reference) else { return };
        for parent in dropped.missing {
            if let Some(missing) = self.missing.get_mut(&parent) {
                missing.children.remove(reference);
                if missing.children.is_empty() {
                    self.missing.remove(&parent);
                }
            }
        }
    }

    /// Asks for everything anew: a peer came that may have it.
    pub fn ask_again(&mut self, now: Moment) {
        for missing in self.missing.values_mut() {
            missing.ask_at = missing.ask_at.min(now);
            missing.attempts = 0;
        }
    }

    /// Notes that a block is here, and releases those that waited for nothing else.
    pub fn release(&mut self, reference: &BlockRef) -> Vec<VerifiedBlock> {
        let Some(found) = self.missing.remove(reference) else { return Vec::new() };
        let mut ready = Vec::new();
        for child in found.children {
            if let Some(waiting) = self.waiting.get_mut(&child) {
                waiting.missing.remove(reference);
                if waiting.missing.is_empty() {
                    ready.extend(self.remove_waiting(&child).map(|waiting| waiting.block));
                }
            }
        }
        ready
    }

    /// Counts everything at or below `floor` as present, and drops blocks there.
    pub fn raise_floor(&mut self, floor: Round) -> Vec<VerifiedBlock> {
        if floor <= self.floor {
            return Vec::new();
        }
        self.floor = floor;
        let above = round_start(floor.saturating_add(1));
        self.waiting = self.waiting.split_off(&above);
        for share in self.shares.values_mut() {
            *share = share.split_off(&above);
        }
        let present: Vec<BlockRef> = self.missing.range(..above).map(|(r, _)| *r).collect();
        present.iter().flat_map(|reference| self.release(reference)).collect()
    }

    /// The requests that are due: each to the peer that sent a child last, then to all in turn.
    pub fn requests(
        &mut self,
        now: Moment,
        asking: Asking<'_>,
        parameters: &Parameters,
    ) -> BTreeMap<PeerId, Vec<BlockRef>> {
        let peers = asking.peers;
        let mut requests: BTreeMap<PeerId, Vec<BlockRef>> = BTreeMap::new();
        for (reference, missing) in &mut self.missing {
            let due = missing.ask_at <= now && asking.covers(missing);
            if !due || self.waiting.contains_key(reference) {
                continue;
            }
            let Some(asked) = missing.next(peers, now) else { return requests };
            let wanted = requests.entry(asked.peer).or_default();
            if wanted.len() < parameters.fetch_blocks_max {
                wanted.push(*reference);
                let turns = missing.attempts.checked_div(peers.len()).unwrap_or(0);
                missing.note(asked, timeout_ms(turns, parameters));
            }
        }
        requests
    }

    pub fn is_empty(&self) -> bool {
        self.missing.is_empty()
    }

    /// Since when the oldest missing block is.
    pub fn missing_since(&self) -> Option<Moment> {
        self.missing.values().map(|missing| missing.since).min()
    }

    /// When the next request is due.
    pub fn wake_at(&self, asking: Asking<'_>) -> Option<Moment> {
        let open = self.missing.iter().filter(|(reference, _)| !self.contains(reference));
        let open = open.filter(|(_, missing)| asking.covers(missing));
        open.map(|(_, missing)| missing.ask_at).min()
    }
}

#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
