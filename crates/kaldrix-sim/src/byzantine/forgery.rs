//! Ranges of the ledger that were never agreed on, as well made as one who cannot forge signatures
//! can make them: each has one thing wrong, and all the rest fits.

use kaldrix_consensus::LedgerReply;
use kaldrix_ledger::{Entry, LedgerBlock};
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::{
    AuthorityIndex, BlockHeader, BlockRef, Certificate, LedgerHeader, SignedVote, Vote,
};

use super::Byzantine;
use crate::signatures::nobodys;

/// The one thing that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Forgery {
    /// The right transactions, and others are paid for them.
    Authors,
    /// A block that the next one does not name.
    Unlinked,
    /// Blocks that end with another one than the certificate names.
    Uncertified,
    /// A certificate of the own vote alone.
    OwnVote,
    /// The own vote as often as there are members.
    RepeatedVote,
    /// Votes in the name of the others, who never signed them.
    UnsignedVotes,
    /// What a quorum signed for another block.
    OtherVotes,
}

const FORGERIES: [Forgery; 8] = [
    Forgery::Authors,
    Forgery::Unlinked,
    Forgery::Uncertified,
    Forgery::OwnVote,
    Forgery::RepeatedVote,
    Forgery::UnsignedVotes,
    Forgery::OtherVotes,
    Forgery::OtherVotes,
];

/// A range taken apart.
struct Chain {
    blocks: Vec<LedgerBlock>,
    headers: Vec<LedgerHeader>,
}

impl Chain {
    fn of(reply: &LedgerReply) -> Option<Self> {
        let blocks = reply.blocks.iter().map(|bytes| encoding::from_bytes(bytes));
        let headers = reply.headers.iter().map(|bytes| encoding::from_bytes(bytes));
        let blocks = blocks.collect::<Result<_, _>>().ok()?;
        Some(Self { blocks, headers: headers.collect::<Result<_, _>>().ok()? })
    }

    fn put_into(&self, reply: &mut LedgerReply) {
        let blocks = self.blocks.iter().map(encoding::to_bytes).collect();
        let headers = self.headers.iter().map(encoding::to_bytes).collect();
        reply.blocks = Bounded::new(blocks).unwrap_or_default();
        reply.headers = Bounded::new(headers).unwrap_or_default();
    }

    /// Lets every header name the one before it.
    fn link(&mut self) {
        let blocks = self.blocks.iter_mut().map(|block| &mut block.header);
        let mut before = None;
        for header in blocks.chain(&mut self.headers) {
            header.parent = before.unwrap_or(header.parent);
            before = Some(header.id());
        }
    }

    fn end(&self) -> Option<Vote> {
        let last = self.headers.last().or(self.blocks.last().map(|block| &block.header));
        last.map(LedgerHeader::vote)
    }
}

impl Byzantine {
    /// A block that executes as it says and was never agreed on, in one of the places of a range
    /// where it might be taken for certified.
    pub(super) fn forge_range(&mut self, reply: &mut LedgerReply) {
        let Some(mut chain) = Chain::of(reply) else { return };
        let count = chain.blocks.len();
        let forgery = FORGERIES[self.random.u32(0..8) as usize];
        // Not the last one, where there are more: what follows it is what shows a broken link.
        let at = if count > 1 { self.random.usize(0..count - 1) } else { 0 };
        let Some(block) = chain.blocks.get_mut(at) else { return };
        match forgery {
            Forgery::Authors => block.entries = self.other_authors(&block.entries),
            _ => block.header.timestamp_ms = block.header.timestamp_ms.saturating_add(1),
        }
        if !matches!(forgery, Forgery::Authors | Forgery::Unlinked) {
            chain.link();
        }
        chain.put_into(reply);
        if let Some(end) = chain.end()
            && let Some(votes) = self.forged_votes(forgery, end, &reply.certificate)
        {
            let votes = Bounded::new(votes).unwrap_or_default();
            reply.certificate = Certificate { vote: end, votes };
        }
    }

    fn other_authors<const MAX: usize>(
        &self,
        entries: &Bounded<Entry, MAX>,
    ) -> Bounded<Entry, MAX> {
        let size = u16::try_from(self.genesis.committee.size()).unwrap_or(1);
        let other = |entry: &Entry| {
            let author = AuthorityIndex((entry.author.0 + 1) % size);
            Entry { author, ..entry.clone() }
        };
        Bounded::new(entries.iter().map(other).collect()).unwrap_or_default()
    }

    /// Votes that are no quorum's for this one; `None` where the certificate stays as it is.
    fn forged_votes(
        &self,
        forgery: Forgery,
        vote: Vote,
        truth: &Certificate,
    ) -> Option<Vec<SignedVote>> {
        let own = |vote| self.cast(vote).into_iter();
        let size = self.genesis.committee.size();
        Some(match forgery {
            Forgery::Authors | Forgery::Unlinked | Forgery::Uncertified => return None,
            Forgery::OwnVote => own(vote).collect(),
            Forgery::RepeatedVote => own(vote).cycle().take(size).collect(),
            Forgery::UnsignedVotes => {
                let members = self.genesis.committee.authorities();
                let votes = members.zip(own(vote).cycle());
                votes.map(|(author, vote)| self.in_the_name_of(author, vote)).collect()
            }
            Forgery::OtherVotes => truth.votes.to_vec(),
        })
    }

    /// The own vote, in a block that is never sent.
    fn cast(&self, vote: Vote) -> Option<SignedVote> {
        let (chain_id, epoch) = (self.genesis.chain_id(), self.genesis.committee.epoch());
        let parents = vec![BlockRef::genesis(chain_id, epoch, self.own)];
        let header = BlockHeader {
            chain_id,
            epoch,
            round: u64::MAX,
            author: self.own,
            timestamp_ms: self.genesis.timestamp_ms,
            parents: Bounded::new(parents).unwrap_or_default(),
            votes: Bounded::new(vec![vote]).unwrap_or_default(),
        };
        SignedVote::of(&self.seal(header, Vec::new()), 0)
    }

    fn in_the_name_of(&self, author: AuthorityIndex, mut vote: SignedVote) -> SignedVote {
        if author != self.own {
            vote.root.author = author;
            vote.signature = nobodys(vote.signature.scheme());
        }
        vote
    }
}
