//! Ranges of the ledger that were never agreed on, as well made as one who cannot forge signatures
//! can make them: each has one thing wrong, and all the rest fits.

use kaldrix_consensus::LedgerReply;
use kaldrix_ledger::LedgerBlock;
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::{
    AuthorityIndex, BlockHeader, BlockRef, Certificate, LedgerHeader, SignedVote, Vote,
};

use super::Byzantine;
use crate::signatures::nobodys;

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
        let kind = self.random.u32(0..8);
        // A block in the middle breaks a link, unless all that follows is made anew.
        let at = if count > 1 { self.random.usize(0..count - 1) } else { 0 };
        let Some(block) = chain.blocks.get_mut(at) else { return };
        if kind == 0 {
            return self.forge_authors(reply, chain, at);
        }
        block.header.timestamp_ms = block.header.timestamp_ms.saturating_add(1);
        if kind > 1 {
            chain.link();
        }
        chain.put_into(reply);
        let Some(end) = chain.end().filter(|_| kind > 2) else { return };
        reply.certificate = self.forged_certificate(kind, end, &reply.certificate);
    }

    /// The right transactions, and others are paid for them.
    fn forge_authors(&mut self, reply: &mut LedgerReply, mut chain: Chain, at: usize) {
        let mut entries = chain.blocks[at].entries.to_vec();
        let size = u16::try_from(self.genesis.committee.size()).unwrap_or(1);
        for entry in &mut entries {
            entry.author = AuthorityIndex((entry.author.0 + 1) % size);
        }
        chain.blocks[at].entries = Bounded::new(entries).unwrap_or_default();
        chain.put_into(reply);
    }

    /// For a vote that no honest validator cast.
    fn forged_certificate(&self, kind: u32, vote: Vote, truth: &Certificate) -> Certificate {
        let own = self.cast(vote);
        let members = self.genesis.committee.size();
        let votes: Vec<SignedVote> = match kind {
            3 => own.into_iter().collect(),
            4 => own.into_iter().cycle().take(members).collect(),
            // Of the others, who never signed it.
            5 => (0..)
                .map(AuthorityIndex)
                .zip(own.into_iter().cycle().take(members))
                .map(|(author, vote)| self.in_the_name_of(author, vote))
                .collect(),
            // What a quorum signed for another block.
            _ => truth.votes.to_vec(),
        };
        Certificate { vote, votes: Bounded::new(votes).unwrap_or_default() }
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
