//! What a Byzantine node remembers of what it heard and said, to use it again.

use std::collections::VecDeque;

use kaldrix_consensus::{LedgerReply, Message};
use kaldrix_types::{Block, Certificate, Height, Transaction};

const MESSAGES_MAX: usize = 256;
/// Of so many messages one is remembered, so that some are old.
const NOTED_EVERY: u64 = 4;
/// Transactions that one stolen payload holds.
const PAYLOAD_MAX: usize = 5;
/// Payloads that are stolen: a thief that never ends keeps a network awake for hours of virtual
/// time, and each of its rounds is like the one before.
const PAYLOADS_MAX: u32 = 1_000;

#[derive(Debug, Default)]
pub struct Memory {
    messages: VecDeque<Message>,
    heard: u64,
    /// The highest height that anybody voted for with reason to believe it.
    height: Height,
    certificate: Option<Certificate>,
    payloads_stolen: u32,
}

impl Memory {
    pub fn note(&mut self, message: &Message) {
        match message {
            Message::Status(status) if status.executed_height < u64::MAX / 2 => {
                self.height = self.height.max(status.certified_height);
            }
            Message::Ledger(reply) => self.certificate = Some(reply.certificate.clone()),
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

    /// Transactions of any blocks.
    pub fn transactions(&mut self, random: &mut fastrand::Rng) -> Vec<Transaction> {
        self.payloads_stolen = self.payloads_stolen.saturating_add(1);
        if self.payloads_stolen > PAYLOADS_MAX {
            return Vec::new();
        }
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
