//! Transactions: a body that is identified and signed, and a witness apart from it.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::address::Address;
use crate::amount::Amount;
use crate::encoding::{self, Bounded, Canonical, Reserved};
use crate::id::{ChainId, Digest, Height, TransactionId};
use crate::key::{PublicKey, Signature};

/// Digests in one notarisation.
pub const NOTARISE_DIGESTS_MAX: usize = 256;
/// Length of a notarisation's tag.
pub const NOTARISE_TAG_BYTES_MAX: usize = 64;

/// What a sender signs.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TransactionBody {
    pub chain_id: ChainId,
    pub sender: Address,
    /// The sender's count of executed transactions before this one, from 0.
    pub sequence: u64,
    /// What the sender pays: charged whole, and at least the minimum for the transaction's size.
    pub fee: Amount,
    /// The last height at which this may execute.
    pub expiry_height: Height,
    /// The sender's key, in the account's first transaction and in no later one.
    pub public_key: Option<PublicKey>,
    pub payload: Payload,
}

/// What a transaction does. The tag is the variant's place, so the order is part of the protocol.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Payload {
    Transfer { to: Address, amount: Amount },
    Notarise(Notarisation),
    RotateKey(Reserved),
    CreateMultisig(Reserved),
    RegisterValidator(Reserved),
    ChangeStake(Reserved),
    RotateValidatorKey(Reserved),
    ExitValidator(Reserved),
}

/// Digests that their owner wants a certified date for.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Notarisation {
    /// A short mark of the owner's, often text.
    pub tag: Bounded<u8, NOTARISE_TAG_BYTES_MAX>,
    pub digests: Bounded<Digest, NOTARISE_DIGESTS_MAX>,
}

/// What shows that the sender agreed.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Witness {
    Signature(Signature),
    Multisig(Reserved),
}

/// A transaction as it travels.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Transaction {
    pub body: TransactionBody,
    pub witness: Witness,
}

impl Canonical for TransactionBody {
    const NAME: &'static str = "transaction body";
    const ENCODED_BYTES_MAX: usize = 12 * 1024;
}

impl Canonical for Witness {
    const NAME: &'static str = "witness";
    const ENCODED_BYTES_MAX: usize = 5 * 1024;
}

impl Canonical for Transaction {
    const NAME: &'static str = "transaction";
    const ENCODED_BYTES_MAX: usize =
        TransactionBody::ENCODED_BYTES_MAX + Witness::ENCODED_BYTES_MAX;
}

impl TransactionBody {
    pub fn id(&self) -> TransactionId {
        let bytes = encoding::to_bytes(self);
        TransactionId(Digest::derive("kaldrix 2026 transaction id v1", &[&bytes]))
    }
}

impl Witness {
    pub fn digest(&self) -> Digest {
        Digest::derive("kaldrix 2026 witness digest v1", &[&encoding::to_bytes(self)])
    }
}

impl Transaction {
    pub fn id(&self) -> TransactionId {
        self.body.id()
    }

    /// The leaf of a DAG block's payload root. It binds the witness too: if one block could travel
    /// with two witnesses, nodes would execute it differently.
    pub fn payload_leaf(&self) -> [u8; 64] {
        let mut leaf = [0; 64];
        leaf[..32].copy_from_slice(self.id().as_bytes());
        leaf[32..].copy_from_slice(self.witness.digest().as_bytes());
        leaf
    }
}
