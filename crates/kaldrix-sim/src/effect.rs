//! What a simulated node wants of the world, and what it does beside its replica.

use std::sync::Arc;

use kaldrix_consensus::{Event, LedgerReply, Message, Recipients};
use kaldrix_ledger::Execution;
use kaldrix_types::{BlockRef, Certificate, Commit, PeerId, Round, VerifiedBlock};

/// What a node wants of the world.
#[derive(Debug)]
pub enum Effect {
    Send {
        to: Recipients,
        message: Message,
    },
    /// Hand this event to the node after a delay that stands for signing.
    Later(Event),
    /// To be handed to [`crate::host::Host::work`] some time later, in the order of its lane.
    Work(Work),
    /// The own block and its round are durable: it may leave.
    Signed(BlockRef),
    /// A ledger block was executed and written; power may still take it.
    Written(Arc<Execution>),
    /// A ledger block was executed, or replayed, and is durable.
    Executed(Arc<Execution>),
    /// A certificate is stored; its block was executed before.
    Certified(Certificate),
    /// Damage was found while the node ran: the store was set aside, the node went down, and is to
    /// be started again.
    Stopped,
    Halted(String),
}

/// What a part of the node does beside its replica.
#[derive(Debug)]
pub enum Work {
    Persist {
        token: u64,
        blocks: Vec<VerifiedBlock>,
        own: Option<BlockRef>,
    },
    Prune {
        below: Round,
    },
    /// Written, and not synced: a block is durable only after [`Work::SyncLedger`].
    Execute {
        commit: Commit,
        checkpoint: Arc<[u8]>,
    },
    /// Ledger blocks that were executed meanwhile share this sync.
    SyncLedger,
    Certified(Certificate),
    Replay {
        from: PeerId,
        reply: Box<LedgerReply>,
    },
}

/// The parts of a node that work side by side, each in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    Persister,
    Executor,
}

impl Work {
    /// How many blocks it holds, at least one.
    pub fn weight(&self) -> usize {
        match self {
            Self::Persist { blocks, .. } => blocks.len().max(1),
            Self::Execute { commit, .. } => commit.blocks.len().max(1),
            Self::Replay { reply, .. } => reply.blocks.len().max(1),
            Self::Prune { .. } | Self::SyncLedger | Self::Certified(_) => 1,
        }
    }

    pub fn lane(&self) -> Lane {
        match self {
            Self::Persist { .. } | Self::Prune { .. } => Lane::Persister,
            Self::Execute { .. } | Self::SyncLedger | Self::Certified(_) | Self::Replay { .. } => {
                Lane::Executor
            }
        }
    }
}
