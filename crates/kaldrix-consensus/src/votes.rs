//! Votes for ledger blocks: casting our own, gathering everyone's into certificates.

use std::collections::{BTreeMap, VecDeque};

use kaldrix_types::block::BLOCK_VOTES_MAX;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    AuthorityIndex, Certificate, Committee, Height, LedgerBlockId, SignedVote, Stake,
    VerifiedBlock, Vote,
};

use crate::event::Halt;

/// Votes count only up to this far above the last executed height.
pub const HEIGHTS_AHEAD_MAX: u64 = 1024;

type Gathered = BTreeMap<AuthorityIndex, SignedVote>;

#[derive(Debug)]
pub struct Votes {
    committee: Committee,
    executed: Height,
    /// What this node executed, above the certified height.
    results: BTreeMap<Height, LedgerBlockId>,
    /// Executed, and not yet voted for by an own block; the latest are kept.
    uncast: VecDeque<Vote>,
    gathered: BTreeMap<Height, BTreeMap<LedgerBlockId, Gathered>>,
    /// Certificates above the executed height.
    waiting: BTreeMap<Height, Certificate>,
    certified: Height,
    pub counted: u64,
}

impl Votes {
    pub fn new(committee: Committee) -> Self {
        Self {
            committee,
            executed: 0,
            results: BTreeMap::new(),
            uncast: VecDeque::new(),
            gathered: BTreeMap::new(),
            waiting: BTreeMap::new(),
            certified: 0,
            counted: 0,
        }
    }

    pub fn executed_height(&self) -> Height {
        self.executed
    }

    pub fn certified_height(&self) -> Height {
        self.certified
    }

    /// Votes for heights that are not certified.
    pub fn gathered_count(&self) -> usize {
        let results = self.gathered.values().flat_map(BTreeMap::values);
        results.map(BTreeMap::len).fold(0, usize::saturating_add)
    }

    /// Takes up a ledger that was read from the store or replayed.
    pub fn install(&mut self, tip: Option<Vote>, certified: Height) {
        self.certified = self.certified.max(certified);
        if let Some(vote) = tip {
            self.executed = self.executed.max(vote.height);
            self.results.insert(vote.height, vote.block);
            self.uncast = VecDeque::from([vote]);
        }
        self.forget_certified();
    }

    /// Votes for the next own block.
    pub fn cast(&mut self) -> Vec<Vote> {
        self.uncast.drain(..).collect()
    }

    /// Puts votes back whose block was not signed.
    pub fn uncast(&mut self, votes: &[Vote]) {
        votes.iter().rev().for_each(|vote| self.uncast.push_front(*vote));
        self.trim();
    }

    fn trim(&mut self) {
        while self.uncast.len() > BLOCK_VOTES_MAX {
            self.uncast.pop_front();
        }
    }

    /// Notes what this node executed, and returns the certificate that was waiting for it.
    pub fn executed(&mut self, vote: Vote) -> Result<Option<Certificate>, Halt> {
        self.executed = self.executed.max(vote.height);
        self.results.insert(vote.height, vote.block);
        self.uncast.push_back(vote);
        self.trim();
        match self.waiting.remove(&vote.height) {
            Some(certificate) => self.certify(certificate),
            None => Ok(None),
        }
    }

    /// Counts a block's votes and returns the certificates that they complete.
    pub fn count(&mut self, block: &VerifiedBlock) -> Result<Vec<Certificate>, Halt> {
        let mut certificates = Vec::new();
        let last = self.executed.saturating_add(HEIGHTS_AHEAD_MAX);
        for (index, vote) in block.votes().iter().enumerate() {
            if vote.height <= self.certified || vote.height > last {
                continue;
            }
            if let Some(certificate) = self.gather(block, index, *vote) {
                if vote.height > self.executed {
                    self.waiting.insert(vote.height, certificate);
                } else {
                    certificates.extend(self.certify(certificate)?);
                }
            }
        }
        Ok(certificates)
    }

    fn gather(&mut self, block: &VerifiedBlock, index: usize, vote: Vote) -> Option<Certificate> {
        let (author, results) = (block.author(), self.gathered.entry(vote.height).or_default());
        // An honest author votes for one result of a height. Whoever votes for more counts once:
        // its noise must neither grow nor take the place of others' votes.
        if results.values().any(|votes| votes.contains_key(&author)) {
            return None;
        }
        let votes = results.entry(vote.block).or_default();
        let stake_of = |votes: &Gathered, committee: &Committee| {
            votes.keys().fold(0, |sum: Stake, a| sum.saturating_add(committee.stake(*a)))
        };
        let complete = self.committee.is_quorum(stake_of(votes, &self.committee));
        votes.insert(author, SignedVote::of(block, index)?);
        self.counted = self.counted.saturating_add(1);
        if complete || !self.committee.is_quorum(stake_of(votes, &self.committee)) {
            return None;
        }
        let votes = Bounded::new(votes.values().cloned().collect()).ok()?;
        Some(Certificate { vote, votes })
    }

    fn certify(&mut self, certificate: Certificate) -> Result<Option<Certificate>, Halt> {
        let Vote { height, block: certified } = certificate.vote;
        if let Some(&executed) = self.results.get(&height)
            && executed != certified
        {
            return Err(Halt::Diverged { height, executed, certified });
        }
        if height <= self.certified {
            return Ok(None);
        }
        self.certified = height;
        self.forget_certified();
        Ok(Some(certificate))
    }

    /// A certificate covers all lower heights: nothing below it is needed.
    fn forget_certified(&mut self) {
        let above = self.certified.saturating_add(1);
        self.gathered = self.gathered.split_off(&above);
        self.results = self.results.split_off(&above);
        self.waiting = self.waiting.split_off(&self.executed.saturating_add(1));
    }
}
