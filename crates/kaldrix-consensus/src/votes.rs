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

/// The vote of each author for one height.
type Gathered = BTreeMap<AuthorityIndex, (LedgerBlockId, SignedVote)>;

#[derive(Debug)]
pub struct Votes {
    committee: Committee,
    executed: Height,
    /// What this node executed, above the certified height.
    results: BTreeMap<Height, LedgerBlockId>,
    /// Executed, and not yet voted for by an own block; the latest are kept.
    uncast: VecDeque<Vote>,
    gathered: BTreeMap<Height, Gathered>,
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
        self.gathered.values().map(BTreeMap::len).fold(0, usize::saturating_add)
    }

    /// The highest height that votes are held for, 0 if none.
    pub fn gathered_height(&self) -> Height {
        self.gathered.keys().next_back().copied().unwrap_or(0)
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

    /// Notes a vote. The first one of an author for a height stands: were there room for a few
    /// results of each, one author could fill it before the right result is known.
    fn gather(&mut self, block: &VerifiedBlock, index: usize, vote: Vote) -> Option<Certificate> {
        let gathered = self.gathered.entry(vote.height).or_default();
        if gathered.contains_key(&block.author()) {
            return None;
        }
        gathered.insert(block.author(), (vote.block, SignedVote::of(block, index)?));
        self.counted = self.counted.saturating_add(1);
        let votes = || gathered.values().filter(|(result, _)| *result == vote.block);
        let stake_of = |signed: &SignedVote| self.committee.stake(signed.root.author);
        let stake = votes().fold(0, |sum: Stake, (_, s)| sum.saturating_add(stake_of(s)));
        let before = stake.saturating_sub(self.committee.stake(block.author()));
        if self.committee.is_quorum(before) || !self.committee.is_quorum(stake) {
            return None;
        }
        let votes = Bounded::new(votes().map(|(_, signed)| signed.clone()).collect()).ok()?;
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
