//! The proof of one audit record, and its verification with nothing but the ledger's genesis file:
//! `docs/spec/audit.md`, so that a stranger can do the same.
//!
//! No IO, and nothing of a proof is taken at its word. A proof shows that an account of the ledger
//! has certified the record and everything before it in the chain; whose account that is, the
//! verifier has to know. Anyone can notarise a record that they made up, from an account of theirs.

mod json;

use std::fmt;

use kaldrix_client::merkle::{Blake3, InclusionProof, MerkleHash, Path, Step};
use kaldrix_client::proof::{self, Claim, FormatError, Proof, ProofError, Trust};
use kaldrix_client::{Address, ChainId, Digest, Height, LedgerBlockId, Payload, TransactionId};

use super::chain::{self, Record, Stretch, TAG};

/// The longest text of a proof that is read.
pub const PROOF_TEXT_BYTES_MAX: usize = 20 * 1024 * 1024;
/// No service has a longer name.
const SERVICE_CHARS_MAX: usize = 64;

/// That a record was in a service's audit trail no later than a certain block of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditProof {
    pub record: Record,
    pub service: String,
    pub position: u64,
    /// Of the chain before the record.
    pub previous: Digest,
    /// The anchored stretch that the record is in.
    pub stretch: Stretch,
    /// From the chain hash of the record's position up to the stretch's Merkle root.
    pub path: Vec<Step>,
    /// That the stretch's digest was notarised.
    pub ledger: Proof,
}

/// A record that was anchored. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    pub service: String,
    pub record: Record,
    pub position: u64,
    /// Of the chain up to the record: it stands for all records before it.
    pub chain_hash: Digest,
    /// The account that notarised it.
    pub notary: Address,
    pub transaction: TransactionId,
    pub chain_id: ChainId,
    pub block: LedgerBlockId,
    pub height: Height,
    /// The block's, in milliseconds since 1970: the record existed no later.
    pub block_time_ms: u64,
    /// What the ledger's own proof shows.
    pub ledger: proof::Verified,
}

/// A link of the chain from the record to what is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The text is no such proof.
    Format,
    /// From the record, through the chain, to the root of its stretch.
    Record,
    /// From the stretch to the notarised digest.
    Anchor,
    /// From the transaction to the genesis file or the checkpoint.
    Ledger,
    /// The tag of the notarisation.
    Tag,
    /// From the account to the one that the verifier knows.
    Notary,
}

impl Link {
    /// A stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Record => "record",
            Self::Anchor => "anchor",
            Self::Ledger => "ledger",
            Self::Tag => "tag",
            Self::Notary => "notary",
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The first link that does not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{link}: {why}")]
pub struct Broken {
    pub link: Link,
    pub why: Why,
}

/// Why a link does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("not an audit proof: {0}")]
    Malformed(String),
    #[error("position {position} is not among {first_position} to {last_position}")]
    Outside { position: u64, first_position: u64, last_position: u64 },
    #[error("the path has not the sides of position {0} in its stretch")]
    Shape(u64),
    #[error(
        "the record does not lead to the Merkle root: it, its position, the hash before it or the \
         path was changed"
    )]
    Root,
    #[error("the record is the last of its stretch, whose chain hash is another one")]
    Last,
    #[error("what was notarised is not this stretch of the chain: {0}")]
    NotNotarised(ProofError),
    #[error("the ledger's proof does not hold: {0}")]
    Ledger(ProofError),
    #[error("the notarisation has another tag, so it is of something else")]
    Tag,
    #[error(
        "it was notarised by {found}, not by {expected}: anyone can notarise a record that they \
         made up"
    )]
    Notary { found: Address, expected: Address },
}

impl Why {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Outside { .. } => "outside",
            Self::Shape(_) => "shape",
            Self::Root => "root",
            Self::Last => "last",
            Self::NotNotarised(_) => "digest",
            Self::Ledger(error) => error.fault.code(),
            Self::Tag => "tag",
            Self::Notary { .. } => "notary",
        }
    }
}

impl AuditProof {
    /// Reads the JSON of `docs/spec/audit.md`, and refuses every other text.
    ///
    /// # Errors
    /// Says what is wrong, and where.
    pub fn from_json(text: &str) -> Result<Self, Broken> {
        json::read(text).map_err(|error| {
            let why = match error {
                json::Unreadable::Here(reason) => Why::Malformed(reason),
                json::Unreadable::Ledger(error) => Why::Malformed(ledger_text(&error)),
            };
            Broken { link: Link::Format, why }
        })
    }

    pub fn to_json(&self) -> String {
        json::write(self)
    }

    /// Of the chain up to the record.
    pub fn chain_hash(&self) -> Digest {
        let record = self.record.hash();
        chain::link(&self.service, self.record.tenant, self.position, &self.previous, &record)
    }
}

fn ledger_text(error: &FormatError) -> String {
    format!("ledger: {error}")
}

/// Checks every link of a proof, offline. With a `notary`, the account that the suite notarises
/// with, it also refuses what others have notarised: without one, look at who it was.
///
/// # Errors
/// Says exactly which link does not hold, and why.
pub fn verify(
    audit: &AuditProof,
    trust: Trust<'_>,
    notary: Option<Address>,
) -> Result<Verified, Broken> {
    let chain_hash = verify_record(audit).map_err(|why| Broken { link: Link::Record, why })?;
    let digest = audit.stretch.digest(&audit.service, audit.record.tenant);
    let ledger = proof::verify(&audit.ledger, trust)
        .map_err(|error| Broken { link: Link::Ledger, why: Why::Ledger(error) })?;
    let not_notarised = |error| Broken { link: Link::Anchor, why: Why::NotNotarised(error) };
    ledger.notarises(&digest).map_err(not_notarised)?;
    let Some(notarised) = Notarised::by(&ledger) else {
        let (link, fault) = (proof::Link::Claim, proof::Fault::NoNotarisation);
        return Err(not_notarised(ProofError { link, fault }));
    };
    if notarised.tag != TAG.as_bytes() {
        return Err(Broken { link: Link::Tag, why: Why::Tag });
    }
    let (found, transaction) = (notarised.sender, notarised.transaction);
    if let Some(expected) = notary
        && found != expected
    {
        return Err(Broken { link: Link::Notary, why: Why::Notary { found, expected } });
    }
    Ok(Verified {
        service: audit.service.clone(),
        record: audit.record.clone(),
        position: audit.position,
        chain_hash,
        notary: found,
        transaction,
        chain_id: ledger.chain_id,
        block: ledger.block,
        height: ledger.height,
        block_time_ms: ledger.timestamp_ms,
        ledger,
    })
}

/// What a proof of the ledger says of a notarisation.
pub(super) struct Notarised<'a> {
    pub sender: Address,
    pub tag: &'a [u8],
    pub transaction: TransactionId,
}

impl<'a> Notarised<'a> {
    pub fn by(verified: &'a proof::Verified) -> Option<Self> {
        let (Claim::Notarisation { transaction, .. } | Claim::Transaction(transaction)) =
            &verified.claim
        else {
            return None;
        };
        let Payload::Notarise(notarisation) = &transaction.body.payload else { return None };
        let (sender, id) = (transaction.body.sender, transaction.receipt.id);
        Some(Self { sender, tag: &notarisation.tag, transaction: id })
    }
}

/// From the record to the root of its stretch.
fn verify_record(audit: &AuditProof) -> Result<Digest, Why> {
    let AuditProof { position, stretch, .. } = audit;
    let Stretch { first_position, last_position, .. } = *stretch;
    if !(first_position.max(1)..=last_position).contains(position) {
        return Err(Why::Outside { position: *position, first_position, last_position });
    }
    // The digest binds where the stretch begins and ends, so there is one path of one shape.
    let siblings = audit.path.iter().map(|step| match step {
        Step::Left(sibling) | Step::Right(sibling) => *sibling,
    });
    let proof = Path::new(siblings.collect()).ok().map(|path| InclusionProof {
        index: position - first_position,
        leaf_count: (last_position - first_position).saturating_add(1),
        path,
    });
    if proof.and_then(|proof| proof.steps()).as_ref() != Some(&audit.path) {
        return Err(Why::Shape(*position));
    }
    let chain_hash = audit.chain_hash();
    let climb = |digest, step: &Step| match step {
        Step::Left(sibling) => Blake3::node(sibling, &digest),
        Step::Right(sibling) => Blake3::node(&digest, sibling),
    };
    let root = audit.path.iter().fold(Blake3::leaf(&chain_hash.0), climb);
    if root != stretch.merkle_root {
        return Err(Why::Root);
    }
    if *position == last_position && chain_hash != stretch.chain_hash {
        return Err(Why::Last);
    }
    Ok(chain_hash)
}

#[cfg(test)]
mod tests;
