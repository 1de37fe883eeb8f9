//! False words about what the node has, signed and executed, and messages out of their time.

use kaldrix_consensus::{LedgerReply, Message, PeerStatus};
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{BlockRef, Certificate, ChainId, LedgerBlockId, Round, Vote};

use super::{Byzantine, Said, messages};

/// References in one request of a flood.
const REQUEST_BLOCKS_MAX: usize = 16;
/// Of so many requests for a range one is answered with nothing but a claim.
const INVENTED_EVERY: u32 = 6;

impl Byzantine {
    pub(super) fn false_status(&mut self, status: &PeerStatus) -> PeerStatus {
        self.count();
        let random = &mut self.random;
        let by = [0, 1, 30, 900, u64::MAX][random.usize(0..5)];
        let ahead = random.u32(0..4) > 0;
        let lie = |truth: u64| {
            if ahead { truth.saturating_add(by) } else { truth.saturating_sub(by) }
        };
        PeerStatus {
            accepted: Bounded::new(status.accepted.iter().map(|round| lie(*round)).collect())
                .unwrap_or_default(),
            committed_round: lie(status.committed_round),
            executed_height: lie(status.executed_height),
            certified_height: lie(status.certified_height),
        }
    }

    pub(super) fn false_own_round(&mut self, truth: Round) -> Round {
        self.count();
        let lies = [0, truth.saturating_sub(3), truth + 3, truth + 900, u64::MAX - 1, u64::MAX];
        self.random.choice(lies).unwrap_or(truth)
    }

    /// Unasked, so that who starts to ask hears of a wrong round before any right one.
    pub(super) fn hasty_own_rounds(&mut self) -> Vec<Said> {
        self.count();
        let proposed = if self.random.bool() { self.random.u64(0..2) } else { Round::MAX - 1 };
        self.peers.iter().map(|to| (*to, Message::OwnRound { proposed })).collect()
    }

    /// A range with one thing wrong.
    pub(super) fn false_range(&mut self, mut reply: Box<LedgerReply>) -> Box<LedgerReply> {
        self.count();
        match self.random.u32(0..8) {
            4.. => self.forge_range(&mut reply),
            0 => self.spoil_blocks(&mut reply),
            1 => self.spoil_headers(&mut reply),
            2 => self.spoil_certificate(&mut reply.certificate),
            _ => match self.random.u32(0..3) {
                0 => self.flip_bit(Some(&mut reply.checkpoint)),
                1 => reply.checkpoint = self.stale_checkpoint(),
                _ => reply.after = reply.after.wrapping_add(1),
            },
        }
        reply
    }

    fn spoil_blocks(&mut self, reply: &mut LedgerReply) {
        let mut blocks = reply.blocks.to_vec();
        match self.random.u32(0..4) {
            0 => drop(blocks.pop()),
            1 => blocks.reverse(),
            2 => drop(blocks.drain(..blocks.len().min(1))),
            _ => self.flip_bit(blocks.last_mut()),
        }
        reply.blocks = Bounded::new(blocks).unwrap_or_default();
    }

    fn spoil_headers(&mut self, reply: &mut LedgerReply) {
        let mut headers = reply.headers.to_vec();
        match self.random.u32(0..4) {
            0 => drop(headers.pop()),
            1 => headers.reverse(),
            2 => headers.extend(headers.first().cloned()),
            _ => self.flip_bit(headers.first_mut()),
        }
        reply.headers = Bounded::new(headers).unwrap_or_default();
    }

    fn spoil_certificate(&mut self, certificate: &mut Certificate) {
        let mut votes = certificate.votes.to_vec();
        match self.random.u32(0..6) {
            0 => votes.truncate(votes.len() / 2),
            1 => votes.reverse(),
            2 => votes.extend(votes.last().cloned()),
            3 => {
                if let Some(first) = votes.first().cloned() {
                    votes.fill(first);
                }
            }
            4 => {
                for vote in &mut votes {
                    vote.root.epoch = vote.root.epoch.wrapping_add(1);
                }
            }
            _ => return *certificate = self.foreign_certificate(certificate),
        }
        certificate.votes = Bounded::new(votes).unwrap_or_default();
    }

    fn flip_bit(&mut self, bytes: Option<&mut Vec<u8>>) {
        let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return };
        let (index, bit) = (self.random.usize(0..bytes.len()), self.random.u32(0..8));
        bytes[index] ^= 1 << bit;
    }

    /// Of another height.
    fn foreign_certificate(&self, truth: &Certificate) -> Certificate {
        let other = self.memory.certificate().filter(|other| other.vote != truth.vote);
        other.unwrap_or(truth).clone()
    }

    fn stale_checkpoint(&self) -> Vec<u8> {
        self.memory.ranges().next().map(|range| range.checkpoint.clone()).unwrap_or_default()
    }

    /// A range of nothing, ahead of the one that the host may send.
    pub(super) fn invent_range(&mut self, after: u64) -> Vec<Message> {
        // It is refused at once, and its sender passed over for a while.
        if self.random.u32(0..INVENTED_EVERY) > 0 {
            return Vec::new();
        }
        self.count();
        let vote = Vote { height: after + 5, block: LedgerBlockId::from([5; 32]) };
        let mut certificate = Certificate { vote, votes: Bounded::default() };
        if let Some(known) = self.memory.certificate() {
            certificate.votes = known.votes.clone();
        }
        let (blocks, headers) = (Bounded::default(), Bounded::default());
        let checkpoint = self.stale_checkpoint();
        let reply = LedgerReply { after, blocks, headers, certificate, checkpoint };
        vec![Message::Ledger(Box::new(reply))]
    }

    /// An old message, or an old own block as if of another epoch or chain.
    pub(super) fn repeat(&mut self) -> Option<Message> {
        if self.random.u32(0..3) > 0 {
            return self.memory.message(&mut self.random);
        }
        let block = self.memory.block(&mut self.random)?.clone();
        let mut header = block.header;
        header.author = self.own;
        match self.random.u32(0..3) {
            0 => header.epoch = header.epoch.wrapping_sub(1),
            1 => header.epoch = header.epoch.wrapping_add(1),
            _ => header.chain_id = ChainId::from([9; 32]),
        }
        let block = self.seal(header, block.transactions.to_vec());
        messages(vec![(*block).clone()]).pop()
    }

    /// A request that costs its recipient more than its sender.
    pub(super) fn request(&mut self) -> Message {
        let blocks: Vec<BlockRef> = (0..REQUEST_BLOCKS_MAX)
            .filter_map(|_| Some(self.memory.block(&mut self.random)?.signed_root()))
            .map(|root| BlockRef { round: root.round, author: root.author, id: root.id() })
            .collect();
        match self.random.u32(0..5) {
            0 => Message::FetchBlocks(Bounded::new(blocks).unwrap_or_default()),
            1 => {
                let rounds = vec![0; self.genesis.committee.size()];
                Message::FetchAbove(Bounded::new(rounds).unwrap_or_default())
            }
            2 => Message::FetchLedger { after: self.random.u64(0..4) },
            3 => Message::Nudge { round: u64::MAX },
            _ => Message::OwnRoundQuery,
        }
    }
}
