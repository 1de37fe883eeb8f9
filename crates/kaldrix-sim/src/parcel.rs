//! A message on its way. What all who get it would check alike is checked once.

use std::cell::OnceCell;
use std::rc::Rc;

use kaldrix_consensus::Message;
use kaldrix_types::VerifiedBlock;

/// Cheap to clone: one message to many recipients is one parcel.
#[derive(Debug, Clone)]
pub struct Parcel(Rc<Content>);

#[derive(Debug)]
struct Content {
    message: Message,
    verified: OnceCell<Vec<VerifiedBlock>>,
}

impl From<Message> for Parcel {
    fn from(message: Message) -> Self {
        Self(Rc::new(Content { message, verified: OnceCell::new() }))
    }
}

impl Parcel {
    pub fn message(&self) -> &Message {
        &self.0.message
    }

    /// How many blocks it holds, at least one.
    pub fn weight(&self) -> usize {
        match self.message() {
            Message::Blocks(blocks) => blocks.len().max(1),
            Message::Ledger(reply) => reply.blocks.len().max(1),
            _ => 1,
        }
    }

    /// Those of its blocks that pass `verify`, which must not depend on who asks.
    pub fn verified(&self, verify: impl FnOnce() -> Vec<VerifiedBlock>) -> Vec<VerifiedBlock> {
        self.0.verified.get_or_init(verify).clone()
    }
}
