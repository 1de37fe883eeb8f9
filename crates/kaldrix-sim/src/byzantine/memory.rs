//! What a Byzantine node remembers of what it heard and said, to use it again.

use std::collections::{BTreeMap, VecDeque};

use kaldrix_consensus::{LedgerReply, Message};
use kaldrix_types::{
    Address, AuthorityIndex, Block, BlockRef, Certificate, Height, Round, Transaction,
};

const MESSAGES_MAX: usize = 256;
/// Of so many messages one is remembered, so that some are old.
const NOTED_EVERY: u64 = 4;
/// Transactions that one stolen payload holds.
const PAYLOAD_MAX: usize = 5;
/// Payloads that are stolen or forged: a thief that never ends keeps a network awake for hours of
/// virtual time, and each of its rounds is like the one before.
const PAYLOADS_MAX: u32 = 1_000;

#[derive(Debug, Default)]
pub struct Memory {
    messages: VecDeque<Message>,
    heard: u64,
    /// The highest height that anybody voted for with reason to believe it.
    height: Height,
    certificate: Option<Certificate>,
    payloads_stolen: u32,
    /// Of each author, a block of its highest round.
    latest: BTreeMap<AuthorityIndex, BlockRef>,
    /// Of each sender, the sequence number after the highest that was heard of.
    sequences: BTreeMap<Address, u64>,
}

impl Memory {
    pub fn note(&mut self, message: &Message) {
        match message {
            Message::Status(status) if status.executed_height < u64::MAX / 2 => {
                self.height = self.height.max(status.certified_height);
            }
            Message::Ledger(reply) => self.certificate = Some(reply.certificate.clone()),
            Message::Blocks(blocks) => blocks.iter().for_each(|block| self.note_block(block)),
            _ => {}
        }
        self.heard = self.heard.wrapping_add(1);
        if self.heard.is_multiple_of(NOTED_EVERY) {
            self.messages.push_back(message.clone());
            if self.messages.len() > MESSAGES_MAX {
                self.messages.pop_front();
            }
        }
    }

    fn note_block(&mut self, block: &Block) {
        let (round, author) = (block.header.round, block.header.author);
        if self.latest.get(&author).is_none_or(|latest| latest.round < round) {
            let id = block.signed_root().id();
            self.latest.insert(author, BlockRef { round, author, id });
        }
        for transaction in &block.transactions {
            let next = self.sequences.entry(transaction.body.sender).or_default();
            *next = transaction.body.sequence.saturating_add(1).max(*next);
        }
    }

    /// A block of `round` by another author than `own`.
    pub fn of_round(&self, round: Round, own: AuthorityIndex) -> Option<BlockRef> {
        let latest = self.latest.values();
        latest.copied().find(|block| block.round == round && block.author != own)
    }

    /// The sequence number that a client's next transaction has, as far as it is known.
    pub fn next_sequence(&self, client: &Address) -> u64 {
        self.sequences.get(client).copied().unwrap_or(0)
    }

    pub fn height(&self) -> Height {
        self.height
    }

    /// The certificate of a range that somebody was sent.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    pub fn message(&self, random: &mut fastrand::Rng) -> Option<Message> {
        random.choice(self.messages.iter()).cloned()
    }

    /// Some block that is remembered.
    pub fn block(&self, random: &mut fastrand::Rng) -> Option<&Block> {
        let blocks: Vec<&Block> = self.blocks().collect();
        random.choice(blocks)
    }

    fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.messages.iter().flat_map(|message| match message {
            Message::Blocks(blocks) => blocks.iter(),
            _ => [].iter(),
        })
    }

    /// Whether the thief has not had its fill, and steals once more.
    pub fn steals(&mut self) -> bool {
        self.payloads_stolen = self.payloads_stolen.saturating_add(1);
        self.payloads_stolen <= PAYLOADS_MAX
    }

    /// Transactions of any blocks.
    pub fn transactions(&self, random: &mut fastrand::Rng) -> Vec<Transaction> {
        let all: Vec<&Transaction> =
            self.blocks().flat_map(|block| block.transactions.iter()).collect();
        let count = PAYLOAD_MAX.min(all.len());
        (0..count).filter_map(|_| random.choice(&all).map(|chosen| (*chosen).clone())).collect()
    }

    pub fn ranges(&self) -> impl Iterator<Item = &LedgerReply> {
        self.messages.iter().filter_map(|message| match message {
            Message::Ledger(reply) => Some(reply.as_ref()),
            _ => None,
        })
    }
}
