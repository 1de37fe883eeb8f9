//! The way into a KALDRIX network for programs: a typed HTTP client, a wallet, and the types that
//! travel between them and a node's REST API.
//!
//! The node generates its OpenAPI document from [`api`], so client and server cannot disagree. This
//! is the only crate of KALDRIX that programs outside the ledger need: it re-exports the vocabulary
//! and the keys they meet. It never trusts a node with a private key, never returns a proof that it
//! has not verified, never sends anything that it was not asked to send, and repeats only requests
//! that do no harm when they arrive twice.

pub mod api;
pub mod binary;
pub mod client;
pub mod error;
mod proofs;
pub mod wallet;

pub use client::{Client, Options};
pub use error::ClientError;
pub use proofs::Proven;
pub use wallet::{Wallet, WalletError};

pub use kaldrix_crypto::keystore::{self, KeystoreError};
pub use kaldrix_crypto::{KeyError, KeyPair, SignError, Signer, sign_transaction};
pub use kaldrix_proof as proof;
pub use kaldrix_types::{
    Address, Amount, Certificate, ChainId, Digest, Genesis, Height, LedgerBlockId, LedgerHeader,
    Notarisation, Payload, Protocol, PublicKey, Scheme, Signature, Transaction, TransactionBody,
    TransactionId, Witness, amount, encoding, genesis_file, merkle, transaction,
};
