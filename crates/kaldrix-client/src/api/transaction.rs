//! Transactions: as they are sent, and what became of them.

use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Amount, ChainId, Digest, LedgerBlockId, Notarisation, PublicKey, Scheme, Signature,
    TransactionBody, TransactionId, Witness,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use super::text;
use super::timestamp::Timestamp;

/// A public key or a signature: bytes of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// `ml-dsa-44`, `ml-dsa-65` or `ml-dsa-87` (FIPS 204).
    pub scheme: String,
    #[serde(with = "text::bytes")]
    #[schema(value_type = text::Hex)]
    pub bytes: Vec<u8>,
}

/// What a transaction does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Payload {
    /// Moves an amount to another account.
    Transfer {
        #[serde(with = "text")]
        #[schema(value_type = text::AddressText)]
        to: Address,
        /// In base units.
        #[serde(with = "text")]
        #[schema(value_type = text::AmountText)]
        amount: Amount,
    },
    /// Gives digests a certified date.
    Notarise {
        /// A short mark of the owner's, at most 64 bytes, often text.
        #[serde(with = "text::bytes", default)]
        #[schema(value_type = text::Hex)]
        tag: Vec<u8>,
        /// At most 256.
        #[serde(with = "text::list")]
        #[schema(value_type = Vec<text::Id>)]
        digests: Vec<Digest>,
    },
}

/// What a sender signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnsignedBody {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub chain_id: ChainId,
    #[serde(with = "text")]
    #[schema(value_type = text::AddressText)]
    pub sender: Address,
    /// The sender's count of executed transactions before this one, from 0.
    pub sequence: u64,
    /// What the sender pays, in base units.
    #[serde(with = "text")]
    #[schema(value_type = text::AmountText)]
    pub fee: Amount,
    /// The last height at which this may execute.
    pub expiry_height: u64,
    /// The sender's key, in the account's first transaction and in no later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<Key>,
    pub payload: Payload,
}

/// A transaction as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedTransaction {
    pub body: UnsignedBody,
    /// The sender's signature over the transaction's id.
    pub signature: Key,
}

/// A field that parsed but cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    pub field: &'static str,
    pub reason: String,
}

fn at<E: ToString>(field: &'static str) -> impl Fn(E) -> FieldError {
    move |error| FieldError { field, reason: error.to_string() }
}

impl Key {
    fn scheme(&self, field: &'static str) -> Result<Scheme, FieldError> {
        let names = Scheme::ALL.map(Scheme::name).join(", ");
        Scheme::from_name(&self.scheme).ok_or_else(|| FieldError {
            field,
            reason: format!("unknown scheme {:?}, known are {names}", self.scheme),
        })
    }

    /// As a public key; errors name `field`.
    pub fn public_key(&self, field: &'static str) -> Result<PublicKey, FieldError> {
        PublicKey::new(self.scheme(field)?, &self.bytes).map_err(at(field))
    }
}

impl From<&PublicKey> for Key {
    fn from(key: &PublicKey) -> Self {
        Self { scheme: key.scheme().name().to_owned(), bytes: key.bytes().to_vec() }
    }
}

impl From<&Signature> for Key {
    fn from(signature: &Signature) -> Self {
        Self { scheme: signature.scheme().name().to_owned(), bytes: signature.bytes().to_vec() }
    }
}

impl From<&kaldrix_types::Payload> for Payload {
    fn from(payload: &kaldrix_types::Payload) -> Self {
        use kaldrix_types::Payload as P;
        match payload {
            P::Transfer { to, amount } => Self::Transfer { to: *to, amount: *amount },
            P::Notarise(Notarisation { tag, digests }) => {
                Self::Notarise { tag: tag.to_vec(), digests: digests.to_vec() }
            }
            P::RotateKey(never)
            | P::CreateMultisig(never)
            | P::RegisterValidator(never)
            | P::ChangeStake(never)
            | P::RotateValidatorKey(never)
            | P::ExitValidator(never) => match *never {},
        }
    }
}

impl TryFrom<Payload> for kaldrix_types::Payload {
    type Error = FieldError;

    fn try_from(payload: Payload) -> Result<Self, FieldError> {
        Ok(match payload {
            Payload::Transfer { to, amount } => Self::Transfer { to, amount },
            Payload::Notarise { tag, digests } => Self::Notarise(Notarisation {
                tag: Bounded::new(tag).map_err(at("body.payload.tag"))?,
                digests: Bounded::new(digests).map_err(at("body.payload.digests"))?,
            }),
        })
    }
}

impl From<&TransactionBody> for UnsignedBody {
    fn from(body: &TransactionBody) -> Self {
        Self {
            chain_id: body.chain_id,
            sender: body.sender,
            sequence: body.sequence,
            fee: body.fee,
            expiry_height: body.expiry_height,
            public_key: body.public_key.as_ref().map(Key::from),
            payload: (&body.payload).into(),
        }
    }
}

impl TryFrom<UnsignedBody> for TransactionBody {
    type Error = FieldError;

    fn try_from(body: UnsignedBody) -> Result<Self, FieldError> {
        let public_key =
            body.public_key.map(|key| key.public_key("body.public_key")).transpose()?;
        Ok(Self {
            chain_id: body.chain_id,
            sender: body.sender,
            sequence: body.sequence,
            fee: body.fee,
            expiry_height: body.expiry_height,
            public_key,
            payload: body.payload.try_into()?,
        })
    }
}

impl From<&kaldrix_types::Transaction> for SignedTransaction {
    fn from(transaction: &kaldrix_types::Transaction) -> Self {
        let signature = match &transaction.witness {
            Witness::Signature(signature) => signature.into(),
            Witness::Multisig(never) => match *never {},
        };
        Self { body: (&transaction.body).into(), signature }
    }
}

impl TryFrom<SignedTransaction> for kaldrix_types::Transaction {
    type Error = FieldError;

    fn try_from(signed: SignedTransaction) -> Result<Self, FieldError> {
        let Key { bytes, .. } = &signed.signature;
        let scheme = signed.signature.scheme("signature")?;
        let signature = Signature::new(scheme, bytes).map_err(at("signature"))?;
        Ok(Self { body: signed.body.try_into()?, witness: Witness::Signature(signature) })
    }
}

/// The node holds the transaction durably and will see to its inclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub id: TransactionId,
}

/// Transactions to submit together, at most 512. Each stands alone: one that is refused stops no
/// other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    pub transactions: Vec<SignedTransaction>,
}

/// What became of each transaction of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchResponse {
    pub accepted: usize,
    pub refused: usize,
    /// One for each transaction, in the order of the request.
    pub results: Vec<BatchItem>,
}

/// What became of one transaction of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchItem {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub id: TransactionId,
    pub outcome: BatchOutcome,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchOutcome {
    Accepted,
    Refused,
}

/// Where a transaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionState {
    /// This node holds it; no block has it yet.
    Pending,
    /// In a block that this node executed and no quorum certified yet.
    Executed,
    /// In a block that a quorum certified: it cannot change any more.
    Final,
    /// It will not execute.
    Rejected,
}

impl TransactionState {
    /// Whether it will stay as it is.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Final | Self::Rejected)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Executed => "executed",
            Self::Final => "final",
            Self::Rejected => "rejected",
        }
    }
}

/// A transaction and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransactionView {
    #[serde(with = "text")]
    #[schema(value_type = text::Id)]
    pub id: TransactionId,
    pub status: TransactionState,
    /// Of the block that executed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// Its place in that block, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The id of that block.
    #[serde(with = "text::option", default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<text::Id>)]
    pub block: Option<LedgerBlockId>,
    /// The timestamp of that block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
    /// Since when this node holds it, while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptView>,
    /// What the sender signed, where this node has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<UnsignedBody>,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<String>,
}

/// What an executed transaction did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptView {
    pub outcome: Outcome,
    /// Why it changed nothing, for one that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What the sender paid, whatever the outcome, in base units.
    #[serde(with = "text")]
    #[schema(value_type = text::AmountText)]
    pub fee: Amount,
    /// The index of the validator that carried it and got the fee.
    pub validator: u16,
}

impl From<&kaldrix_types::Receipt> for ReceiptView {
    fn from(receipt: &kaldrix_types::Receipt) -> Self {
        use kaldrix_types::{Failure as F, Outcome as O};
        let failure = match receipt.outcome {
            O::Applied => None,
            O::Failed(F::InsufficientBalance) => Some(Failure::InsufficientBalance),
            O::Failed(F::ZeroAmount) => Some(Failure::ZeroAmount),
            O::Failed(F::NoDigests) => Some(Failure::NoDigests),
        };
        let outcome = if failure.is_none() { Outcome::Applied } else { Outcome::Failed };
        Self { outcome, failure, fee: receipt.fee, validator: receipt.author.0 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Applied,
    /// The payload changed nothing; the fee was charged and the sequence number used up.
    Failed,
}

/// Why an executed transaction changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The amount is above the balance that the fee left.
    InsufficientBalance,
    /// The amount is zero.
    ZeroAmount,
    /// A notarisation without a digest.
    NoDigests,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Failed => "failed",
        }
    }
}

impl Failure {
    pub fn name(self) -> &'static str {
        match self {
            Self::InsufficientBalance => "insufficient_balance",
            Self::ZeroAmount => "zero_amount",
            Self::NoDigests => "no_digests",
        }
    }

    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Self::InsufficientBalance => "the amount is above the balance that the fee left",
            Self::ZeroAmount => "the amount is zero",
            Self::NoDigests => "a notarisation needs at least one digest",
        }
    }
}
