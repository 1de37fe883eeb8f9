//! The vocabulary of KALDRIX: ids, transactions, receipts, accounts, DAG and ledger blocks,
//! committees, genesis, their canonical encoding and Merkle trees.
//!
//! Everything here is a value. This crate does no IO, reads no clock, and names no signature
//! library: keys and signatures are bytes with a scheme, and `kaldrix-crypto` gives them meaning.

pub mod account;
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
pub mod receipt;
pub mod state_proof;
pub mod transaction;

pub use account::Account;
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
pub use receipt::{Failure, Outcome, Receipt};
pub use state_proof::StateProof;
pub use transaction::{Notarisation, Payload, Transaction, TransactionBody, Witness};
