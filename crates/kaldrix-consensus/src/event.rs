//! What a replica is told, and what it wants done.

use std::sync::Arc;

use kaldrix_types::{
    AuthorityIndex, BlockHeader, BlockRef, Certificate, Commit, Height, LedgerBlockId, PeerId,
    Round, VerifiedBlock, Vote,
};

use crate::acceptance::Refusal;
use crate::checkpoint::Checkpoint;
use crate::message::{LedgerReply, Message};

/// Milliseconds on a clock that never goes back; its zero is the host's.
pub type Moment = u64;

/// The two clocks of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Drives every interval and time-out.
    pub monotonic_ms: Moment,
    /// Goes into the blocks that this replica proposes, and nowhere else.
    pub wall_ms: u64,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// Time passed; see [`crate::Replica::wake_at`].
    Tick,
    Connected(PeerId),
    Disconnected(PeerId),
    /// Any message but [`Message::Blocks`].
    Message {
        from: PeerId,
        message: Message,
    },
    /// Blocks of a [`Message::Blocks`] whose signatures the host verified.
    Blocks {
        from: PeerId,
        blocks: Vec<VerifiedBlock>,
    },
    /// The mempool has transactions for the next own block, or has none any more.
    Payload {
        pending: bool,
    },
    /// Answers [`Action::Sign`].
    OwnBlock(VerifiedBlock),
    /// Answers [`Action::Sign`] where the signer failed; the replica tries again later.
    SignFailed,
    /// Answers [`Action::Persist`] of the same token.
    Persisted {
        token: u64,
    },
    /// Answers [`Action::Execute`]: the commit is executed and durable; `vote` names its ledger
    /// block if it made one.
    Executed {
        commit_index: u64,
        vote: Option<Vote>,
    },
    /// Answers [`Action::Replay`].
    Replayed {
        from: PeerId,
        result: Option<Replayed>,
    },
}

/// The ledger after a range was replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    pub tip: Vote,
    pub certified_height: Height,
    /// The checkpoint of the tip, checked against the tip's header.
    pub checkpoint: Option<Checkpoint>,
}

/// Who a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipients {
    /// Every connected peer.
    All,
    /// Every connected member of the committee.
    Committee,
    One(PeerId),
}

/// A block without its transactions and signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub header: BlockHeader,
    /// False for the first block after a pause: the next one, whose parents are fresh, carries
    /// transactions, so that a ledger block's time is not that of the rounds before the pause.
    pub carries_transactions: bool,
}

/// A request for ledger blocks that the host answers from its store with [`Message::Ledger`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerRange {
    pub to: PeerId,
    pub after: Height,
}

/// Why a replica must stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// A quorum certified another result for the same height: this node's state is wrong.
    #[error(
        "ledger block {height}: executed as {executed}, but a quorum certified {certified}; \
         this node's software or state differs from the network's"
    )]
    Diverged { height: Height, executed: LedgerBlockId, certified: LedgerBlockId },
}

/// What to do next. The order within a step matters.
#[derive(Debug, Clone)]
pub enum Action {
    /// Add transactions to the draft if it carries any, sign it, answer with [`Event::OwnBlock`].
    Sign(Draft),
    /// Store these blocks. If `own` is set, also store it as the last signed round and sync both
    /// before the answer, [`Event::Persisted`]: the block leaves only then.
    Persist {
        token: u64,
        blocks: Vec<VerifiedBlock>,
        own: Option<BlockRef>,
    },
    Send {
        to: Recipients,
        message: Message,
    },
    /// Execute this commit after all earlier ones, store the result together with the encoded
    /// checkpoint, answer with [`Event::Executed`].
    Execute {
        commit: Commit,
        checkpoint: Arc<[u8]>,
    },
    /// A quorum voted for this ledger block: it and its ancestors are final.
    Certified(Certificate),
    /// No later commit will hold these own blocks: propose those of their transactions again that
    /// the ledger does not have.
    Reclaim(Vec<VerifiedBlock>),
    /// Answer a peer that catches up.
    ServeLedger(LedgerRange),
    /// Check the certificate, the blocks and the checkpoint of a range, execute the blocks, answer
    /// with [`Event::Replayed`].
    Replay {
        from: PeerId,
        reply: Box<LedgerReply>,
    },
    /// Blocks below this round are no longer needed.
    Prune {
        below: Round,
    },
    /// An author signed two blocks for a round.
    Equivocation {
        first: VerifiedBlock,
        second: VerifiedBlock,
    },
    /// A block was not accepted.
    Refused {
        from: PeerId,
        block: BlockRef,
        refusal: Refusal,
    },
    /// An author's clock is this far from ours, its value minus ours.
    ClockOffset {
        author: AuthorityIndex,
        offset_ms: i64,
    },
    /// Stop: going on would serve wrong results.
    Halt(Halt),
}

/// What is known of the last round that this validator signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedRound {
    /// From the last-signed-round file; 0 for a validator that never signed.
    Known(Round),
    /// The file is lost or damaged: a quorum is asked before anything is signed.
    Lost,
}

/// What a replica starts from.
#[derive(Debug, Clone)]
pub struct Recovered {
    /// Of the last ledger block in the store, or `None` at genesis.
    pub checkpoint: Option<Checkpoint>,
    /// The blocks in the store above `recovery_bound`, in rising round.
    pub blocks: Vec<VerifiedBlock>,
    /// The bound of the last certified ledger block: peers that have no later one may need what is
    /// above it.
    pub recovery_bound: Round,
    pub signed_round: SignedRound,
    /// The last ledger block in the store, if any.
    pub tip: Option<Vote>,
    pub certified_height: Height,
}
