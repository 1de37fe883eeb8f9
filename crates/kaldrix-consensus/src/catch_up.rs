//! Following the network by certified ranges of the ledger where its DAG is no longer served.

use std::collections::BTreeMap;

use kaldrix_types::{Height, PeerId, Round};

use crate::event::Moment;
use crate::message::PeerStatus;

/// What is asked of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Idle,
    /// A range was asked for at this moment.
    Asked {
        peer: PeerId,
        at: Moment,
    },
    /// The host replays a range.
    Replaying,
}

#[derive(Debug)]
pub struct CatchUp {
    pub progress: Progress,
    /// The ledger in the store has no checkpoint: nothing is decided before one is taken up.
    pub required: bool,
    /// Peers whose last range was refused or never came, and until when they are passed over.
    avoided: BTreeMap<PeerId, Moment>,
}

impl CatchUp {
    pub fn new(required: bool) -> Self {
        Self { progress: Progress::Idle, required, avoided: BTreeMap::new() }
    }

    /// While this holds, the DAG decides nothing.
    pub fn is_active(&self) -> bool {
        self.required || self.progress != Progress::Idle
    }

    pub fn avoid(&mut self, peer: PeerId, until: Moment) {
        self.avoided.insert(peer, until);
    }

    pub fn forget(&mut self, peer: &PeerId) {
        self.avoided.remove(peer);
    }

    /// The peer to ask: of those that are out of the DAG's reach or, if a checkpoint is required,
    /// of all, the one whose certified ledger is highest.
    pub fn choose<'a>(
        &mut self,
        now: Moment,
        peers: impl Iterator<Item = (PeerId, &'a PeerStatus)>,
        executed: Height,
        reach: Round,
    ) -> Option<PeerId> {
        self.avoided.retain(|_, until| *until > now);
        let useful = |status: &PeerStatus| {
            let behind = status.certified_height > executed;
            let out_of_reach = status.committed_round > reach;
            (self.required && status.certified_height >= executed && status.certified_height > 0)
                || (behind && out_of_reach)
        };
        peers
            .filter(|(peer, status)| !self.avoided.contains_key(peer) && useful(status))
            .max_by_key(|(_, status)| status.certified_height)
            .map(|(peer, _)| peer)
    }
}
