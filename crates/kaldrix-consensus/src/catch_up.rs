//! Following the network by certified ranges of the ledger where its DAG is no longer served.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kaldrix_types::{Height, PeerId, Round};

use crate::event::Moment;
use crate::message::PeerStatus;

/// What is asked of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Idle,
    /// A range above a height was asked for at this moment.
    Asked {
        peer: PeerId,
        after: Height,
        at: Moment,
    },
    /// The host replays a range.
    Replaying,
}

/// Peers that failed and are remembered.
const AVOIDED_PEERS_MAX: usize = 1_024;

#[derive(Debug)]
pub struct CatchUp {
    pub progress: Progress,
    /// The ledger in the store has no checkpoint: nothing is decided before one is taken up.
    pub required: bool,
    /// Peers whose last range was refused or never came, and until when they are passed over. After
    /// that they still come last, or liars who claim most and send nothing would be asked for ever.
    avoided: BTreeMap<PeerId, Moment>,
}

impl CatchUp {
    pub fn new(required: bool) -> Self {
        Self { progress: Progress::Idle, required, avoided: BTreeMap::new() }
    }

    /// While this holds, the DAG decides nothing. A range that was merely asked for may never come:
    /// who waited for it would stand still for as long as there are liars.
    pub fn is_active(&self) -> bool {
        self.required || self.progress == Progress::Replaying
    }

    /// A peer that leaves stays here: a liar would connect anew, and be asked first again.
    pub fn avoid(&mut self, peer: PeerId, until: Moment) {
        self.avoided.insert(peer, until);
        if self.avoided.len() > AVOIDED_PEERS_MAX
            && let Some((longest_ago, _)) = self.avoided.iter().min_by_key(|(_, until)| **until)
        {
            let longest_ago = *longest_ago;
            self.avoided.remove(&longest_ago);
        }
    }

    /// A peer's range was taken up.
    pub fn trust(&mut self, peer: &PeerId) {
        self.avoided.remove(peer);
    }

    /// The peer to ask: of those that are out of the DAG's reach or, if a checkpoint is required,
    /// of all, one that did not fail, or failed longest ago, and whose certified ledger is highest.
    pub fn choose<'a>(
        &self,
        now: Moment,
        peers: impl Iterator<Item = (PeerId, &'a PeerStatus)>,
        executed: Height,
        reach: Round,
    ) -> Option<PeerId> {
        let useful = |status: &PeerStatus| {
            let behind = status.certified_height > executed;
            let out_of_reach = status.committed_round > reach;
            (self.required && status.certified_height >= executed && status.certified_height > 0)
                || (behind && out_of_reach)
        };
        peers
            .filter(|(_, status)| useful(status))
            .map(|(peer, status)| (peer, status, self.avoided.get(&peer).copied().unwrap_or(0)))
            .filter(|(_, _, avoided_until)| *avoided_until <= now)
            .max_by_key(|(_, status, until)| (Reverse(*until), status.certified_height))
            .map(|(peer, _, _)| peer)
    }
}
