//! The vocabulary of KALDRIX: ids, transactions, DAG and ledger blocks, committees, genesis, their
//! canonical encoding and Merkle trees.
//!
//! Everything here is a value. This crate does no IO, reads no clock, and names no signature
//! library: keys and signatures are bytes with a scheme, and `kaldrix-crypto` gives them meaning.

pub mod address;
pub mod amount;
pub mod block;
pub mod committee;
pub mod encoding;
pub mod genesis;
pub mod genesis_file;
pub mod id;
pub mod key;
pub mod ledger_block;
pub mod merkle;
pub mod transaction;

pub use address::Address;
pub use amount::Amount;
pub use block::{Block, BlockHeader, BlockRef, SignedRoot, VerifiedBlock, Vote};
pub use committee::{Committee, Member, Stake};
pub use genesis::{Genesis, Protocol};
pub use id::{
    AuthorityIndex, BlockId, ChainId, CommitteeId, Digest, Epoch, Height, LedgerBlockId, PeerId,
    Round, TransactionId,
};
pub use key::{PublicKey, Scheme, Signature};
pub use ledger_block::{Certificate, Commit, LedgerHeader, SignedVote};
pub use transaction::{Notarisation, Payload, Transaction, TransactionBody, Witness};
