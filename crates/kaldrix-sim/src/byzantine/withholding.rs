//! Own blocks that are sent late, to few, or only to who asks.

use std::collections::{BTreeMap, VecDeque};

use kaldrix_types::committee::Stake;
use kaldrix_types::{Block, BlockRef, PeerId, Round, VerifiedBlock};

use super::{Byzantine, Said, Strategy, messages};

/// Blocks of a chain that is released at once.
const BOMB_BLOCKS: usize = 8;
/// A bomb is released at the latest this long after its first block.
const BOMB_MS_MAX: u64 = 2_000;
/// Longer than others wait for a leader.
const LATE_MS_MIN: u64 = 250;
const LATE_MS_MAX: u64 = 1_500;
const UNSENT_KEPT_MAX: usize = 64;
/// Rounds in a row in which a liar about rounds sends its blocks, and then does not.
const SPELL_ROUNDS: Round = 16;

#[derive(Debug, Default)]
pub struct Withheld {
    /// Blocks for a peer, by when they are sent at the latest.
    held: Vec<(u64, PeerId, Vec<Block>)>,
    /// Who gets an own block of a round.
    recipients: BTreeMap<Round, Vec<PeerId>>,
    unsent: VecDeque<VerifiedBlock>,
}

impl Withheld {
    /// What is sent by now.
    pub fn due(&mut self, now_ms: u64) -> Vec<Said> {
        let (due, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|(at_ms, _, blocks)| *at_ms <= now_ms || blocks.len() >= BOMB_BLOCKS);
        self.held = held;
        let due: Vec<(u64, PeerId, Vec<Block>)> = due;
        due.into_iter()
            .flat_map(|(_, to, blocks)| messages(blocks).into_iter().map(move |m| (to, m)))
            .collect()
    }

    pub fn unsent(&self, reference: &BlockRef) -> Option<&VerifiedBlock> {
        self.unsent.iter().find(|block| block.reference() == *reference)
    }

    fn hold_for(&mut self, to: PeerId, until_ms: u64, block: Block) {
        match self.held.iter_mut().find(|(_, peer, _)| *peer == to) {
            Some((_, _, blocks)) => blocks.push(block),
            None => self.held.push((until_ms, to, vec![block])),
        }
    }
}

impl Byzantine {
    /// What is sent at once of these blocks; the rest is sent later or not at all.
    pub(super) fn held_back(
        &mut self,
        now_ms: u64,
        strategy: Strategy,
        to: PeerId,
        blocks: Vec<Block>,
    ) -> Vec<Block> {
        let (own, mut sent): (Vec<Block>, Vec<Block>) =
            blocks.into_iter().partition(|block| block.header.author == self.own);
        for block in own {
            let is_sent = match strategy {
                Strategy::ChainBomb | Strategy::ManyChainsBomb => {
                    self.withheld.hold_for(to, now_ms.saturating_add(BOMB_MS_MAX), block.clone());
                    false
                }
                Strategy::LateBlocks => {
                    let late_ms = self.random.u64(LATE_MS_MIN..LATE_MS_MAX);
                    self.withheld.held.push((now_ms + late_ms, to, vec![block.clone()]));
                    false
                }
                Strategy::FewRecipients => self.recipients(block.header.round).contains(&to),
                Strategy::UnsentBlocks if block.header.round % 2 == 1 => {
                    self.keep_unsent(&block);
                    false
                }
                // The others may wait for the block of who forgot that it made one.
                Strategy::FalseOwnRounds => (block.header.round / SPELL_ROUNDS).is_multiple_of(2),
                _ => true,
            };
            if is_sent {
                sent.push(block);
            } else {
                self.count();
            }
        }
        sent
    }

    /// Whether a peer is answered that asks for blocks.
    pub(super) fn answers(&self, peer: PeerId) -> bool {
        self.strategy != Strategy::UnsentBlocks || self.side(peer)
    }

    /// Validators that are too few, together with this one, for a quorum.
    fn recipients(&mut self, round: Round) -> &[PeerId] {
        if self.withheld.recipients.len() > UNSENT_KEPT_MAX {
            self.withheld.recipients.pop_first();
        }
        let committee = &self.genesis.committee;
        let (own, random) = (self.own, &mut self.random);
        let peers = &self.peers;
        self.withheld.recipients.entry(round).or_insert_with(|| {
            let mut shuffled = peers.clone();
            random.shuffle(&mut shuffled);
            let mut stake: Stake = committee.stake(own);
            shuffled.retain(|peer| {
                let held =
                    committee.authority_of_peer(peer).map_or(0, |peer| committee.stake(peer));
                let few = held > 0 && !committee.is_quorum(stake + held);
                stake += if few { held } else { 0 };
                few
            });
            shuffled
        })
    }

    fn keep_unsent(&mut self, block: &Block) {
        let sealed = self.seal(block.header.clone(), block.transactions.to_vec());
        if self.withheld.unsent(&sealed.reference()).is_none() {
            self.withheld.unsent.push_back(sealed);
        }
        if self.withheld.unsent.len() > UNSENT_KEPT_MAX {
            self.withheld.unsent.pop_front();
        }
    }
}
