//! A committee with real keys, and blocks that it signs.

use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Amount, AuthorityIndex, BlockHeader, BlockRef, ChainId, Committee, Digest,
    LedgerBlockId, Member, Payload, Scheme, Transaction, TransactionBody, VerifiedBlock, Vote,
};

use crate::block::seal_block;
use crate::key_pair::KeyPair;
use crate::signer::Signer;
use crate::transaction::sign_transaction;

pub(crate) const CHAIN: ChainId = ChainId(Digest([7; 32]));
pub(crate) const EPOCH: u64 = 3;

/// The key pair of a small number.
pub(crate) fn key(scheme: Scheme, number: u8) -> KeyPair {
    KeyPair::from_seed(scheme, &[number; 32]).unwrap()
}

/// The consensus key of a member.
pub(crate) fn author_key(author: u16) -> KeyPair {
    key(Scheme::MlDsa65, u8::try_from(author).unwrap())
}

/// Members of equal stake.
pub(crate) fn committee(size: u16) -> Committee {
    let member = |author: u16| {
        let network = key(Scheme::MlDsa65, 100 + u8::try_from(author).unwrap());
        let consensus_key = author_key(author).public_key().clone();
        Member {
            name: Bounded::default(),
            stake: 10,
            reward_address: Address::of(&consensus_key),
            consensus_key,
            network_key: network.public_key().clone(),
        }
    };
    Committee::new(EPOCH, (0..size).map(member).collect()).unwrap()
}

pub(crate) fn vote(height: u64) -> Vote {
    Vote { height, block: LedgerBlockId(Digest([u8::try_from(height).unwrap(); 32])) }
}

pub(crate) fn header(author: u16) -> BlockHeader {
    let author = AuthorityIndex(author);
    BlockHeader {
        chain_id: CHAIN,
        epoch: EPOCH,
        round: 1,
        author,
        timestamp_ms: 1_700_000_000_000,
        parents: Bounded::new(vec![BlockRef::genesis(CHAIN, EPOCH, author)]).unwrap(),
        votes: Bounded::new(vec![vote(4), vote(5), vote(6)]).unwrap(),
    }
}

pub(crate) fn body(sender: &KeyPair) -> TransactionBody {
    TransactionBody {
        chain_id: CHAIN,
        sender: Address::of(sender.public_key()),
        sequence: 0,
        fee: Amount(100_000),
        expiry_height: 50,
        public_key: Some(sender.public_key().clone()),
        payload: Payload::Transfer { to: Address(Digest([1; 32])), amount: Amount(5) },
    }
}

pub(crate) fn transaction() -> Transaction {
    let sender = key(Scheme::MlDsa44, 200);
    sign_transaction(body(&sender), &sender).unwrap()
}

/// A block of `author`, who votes for heights 4 to 6, with one transaction.
pub(crate) fn block(author: u16) -> VerifiedBlock {
    let transactions = Bounded::new(vec![transaction()]).unwrap();
    seal_block(header(author), transactions, &author_key(author)).unwrap()
}
