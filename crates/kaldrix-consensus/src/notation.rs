//! A small text notation for DAGs in tests.
//!
//! ```text
//! 1: A B C D            four blocks that reference the genesis blocks
//! 2: A B(A B C) C'      A references all of round 1, B three blocks; C' is another block than C
//! 3: A(A B C' D1)       a name with a round is a block of that round
//! ```
//!
//! A letter is an author, `A` the first. Without a list, a block references the unmarked
//! block of every author of the round before. `'` marks further blocks of an author in a round. Nothing is
//! checked: a rule is tested on what the notation says.

use std::collections::BTreeMap;

use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, AuthorityIndex, BlockHeader, BlockRef, ChainId, Committee, Digest, Member, PublicKey,
    Round, Scheme, Signature, VerifiedBlock, Vote,
};

use crate::dag::Dag;

/// Blocks by name, such as `A3` or `C2'`, and the DAG that holds them.
pub struct Drawing {
    pub dag: Dag,
    pub blocks: BTreeMap<String, VerifiedBlock>,
}

pub const CHAIN: ChainId = ChainId(Digest([7; 32]));

/// A committee of equal stakes with keys that are merely distinct.
pub fn committee(size: u8) -> Committee {
    let key = |index: u8, purpose: u8| {
        let mut bytes = vec![0; Scheme::MlDsa65.public_key_bytes()];
        bytes[0] = index;
        bytes[1] = purpose;
        PublicKey::new(Scheme::MlDsa65, &bytes).unwrap()
    };
    let member = |index| Member {
        name: Bounded::new(vec![b'A' + index]).unwrap(),
        stake: 1,
        consensus_key: key(index, 1),
        network_key: key(index, 2),
        reward_address: Address(Digest([index; 32])),
    };
    Committee::new(0, (0..size).map(member).collect()).unwrap()
}

pub fn author(letter: char) -> AuthorityIndex {
    AuthorityIndex(u16::from(letter as u8 - b'A'))
}

pub fn block(
    round: Round,
    author: AuthorityIndex,
    parents: Vec<BlockRef>,
    timestamp_ms: u64,
    votes: Vec<Vote>,
) -> VerifiedBlock {
    let header = BlockHeader {
        chain_id: CHAIN,
        epoch: 0,
        round,
        author,
        timestamp_ms,
        parents: Bounded::new(parents).unwrap(),
        votes: Bounded::new(votes).unwrap(),
    };
    let signature = vec![0; Scheme::MlDsa44.signature_bytes()];
    let block = kaldrix_types::Block {
        header,
        transactions: Bounded::default(),
        signature: Signature::new(Scheme::MlDsa44, &signature).unwrap(),
    };
    let root = block.signed_root();
    VerifiedBlock::assume_verified(block, root)
}

impl Drawing {
    pub fn parse(size: u8, text: &str) -> Self {
        Self::on(CHAIN, committee(size), text)
    }

    /// Blocks that start from the genesis blocks of a chain.
    pub fn on(chain_id: ChainId, committee: Committee, text: &str) -> Self {
        let mut drawing = Self { dag: Dag::new(chain_id, committee), blocks: BTreeMap::new() };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (round, blocks) = line.split_once(':').unwrap();
            drawing.parse_round(round.trim().parse().unwrap(), blocks.trim());
        }
        drawing
    }

    fn parse_round(&mut self, round: Round, mut text: &str) {
        while !text.is_empty() {
            let end = text.find([' ', '(']).unwrap_or(text.len());
            let (name, rest) = text.split_at(end);
            let parents = if let Some(inner) = rest.strip_prefix('(') {
                let (list, after) = inner.split_once(')').unwrap();
                text = after;
                list.split_whitespace().map(|parent| self.find(round, parent)).collect()
            } else {
                text = rest;
                self.all_parents(round, author(name.chars().next().unwrap()))
            };
            text = text.trim_start();
            self.add(round, name, parents);
        }
    }

    /// The author's own first.
    fn all_parents(&self, round: Round, own: AuthorityIndex) -> Vec<BlockRef> {
        let others = self.dag.committee().authorities().filter(|other| *other != own);
        let authorities = std::iter::once(own).chain(others);
        if round == 1 {
            return authorities.map(|author| self.dag.genesis(author)).collect();
        }
        let unmarked = |index: AuthorityIndex| {
            let letter = char::from(b'A' + u8::try_from(index.0).unwrap());
            Some(self.blocks.get(&format!("{letter}{}", round - 1))?.reference())
        };
        authorities.filter_map(unmarked).collect()
    }

    /// `A` is of the round before, `A1` of round 1, `A0` a genesis block.
    fn find(&self, round: Round, parent: &str) -> BlockRef {
        let digits: String = parent.chars().filter(char::is_ascii_digit).collect();
        let marks = "'".repeat(parent.matches('\'').count());
        let letter = parent.chars().next().unwrap();
        let named = if digits.is_empty() { round - 1 } else { digits.parse().unwrap() };
        if named == 0 {
            return self.dag.genesis(author(letter));
        }
        self.reference(&format!("{letter}{named}{marks}"))
    }

    fn add(&mut self, round: Round, name: &str, parents: Vec<BlockRef>) {
        let letter = name.chars().next().unwrap();
        let marks = name.matches('\'').count();
        // Twins differ in their clock, and so in their id.
        let timestamp_ms = round * 1000 + marks as u64;
        let block = block(round, author(letter), parents, timestamp_ms, Vec::new());
        self.dag.insert(block.clone());
        self.blocks.insert(format!("{letter}{round}{}", "'".repeat(marks)), block);
    }

    pub fn reference(&self, name: &str) -> BlockRef {
        self.block(name).reference()
    }

    pub fn block(&self, name: &str) -> &VerifiedBlock {
        self.blocks.get(name).unwrap_or_else(|| panic!("no block {name} in the drawing"))
    }

    pub fn name(&self, reference: &BlockRef) -> String {
        let found = self.blocks.iter().find(|(_, block)| block.reference() == *reference);
        found.map_or_else(|| format!("{reference}"), |(name, _)| name.clone())
    }
}
