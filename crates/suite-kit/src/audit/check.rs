//! Recomputes a tenant's whole chain from the database and compares it with its anchors, so that a
//! record that was changed, removed, added or moved afterwards is found, and where.
//!
//! Without the ledger this shows that the database agrees with itself. Whoever can write to all of
//! it can make it agree; what they cannot make is a proof of the ledger, which a [`Witness`] checks.

use std::fmt;

use kaldrix_client::merkle::{Blake3, Frontier};
use kaldrix_client::proof::{Proof, Trust, verify};
use kaldrix_client::{Address, Digest};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use suite_contracts::{ServiceName, TenantId};

use super::chain::{self, Record, Stretch, TAG};
use super::proof::Notarised;
use super::prove::{NoProof, ledger_proof};
use super::sealer::digest;
use super::store::{anchor, head, record};
use crate::db::Database;

/// Records in memory at a time.
const PART_RECORDS_MAX: u64 = 1_000;

/// What the ledger's proofs are verified with, and the account that the suite notarises with.
#[derive(Debug, Clone, Copy)]
pub struct Witness<'a> {
    pub trust: Trust<'a>,
    pub notary: Address,
}

/// What a chain looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    /// Sealed records that are as they were, from the first.
    pub intact: u64,
    /// Sealed records.
    pub sealed: u64,
    /// Up to here the chain agrees with final anchors; with a witness, with the ledger.
    pub anchored: u64,
    /// What is wrong, and where; none if all is as it was.
    pub fault: Option<ChainFault>,
}

/// What is wrong with a chain, at the first place where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainFault {
    /// The record at this position was changed, exchanged for another, or put there.
    Changed { position: u64 },
    /// There is no record at this position any more.
    Missing { position: u64 },
    /// There is a record behind the end of the chain.
    Beyond { position: u64 },
    /// The end of the chain is not what was noted of it.
    Head { position: u64 },
    /// There is no anchor from this position on, and there is one behind it.
    AnchorMissing { position: u64 },
    /// The records of these positions are not those that were anchored: somebody who recomputed
    /// the chain has changed one, or the anchor.
    AnchorDiffers { first_position: u64, last_position: u64 },
    /// The ledger's proof of the anchor over these positions is not there or does not hold.
    AnchorUnproven { first_position: u64, last_position: u64, why: String },
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { position } => write!(
                f,
                "the record at position {position} was changed, moved or put there afterwards"
            ),
            Self::Missing { position } => {
                write!(f, "the record at position {position} was removed")
            }
            Self::Beyond { position } => {
                write!(f, "the record at position {position} was never sealed by the suite")
            }
            Self::Head { position } => {
                write!(f, "the end of the chain, position {position}, is not what was noted of it")
            }
            Self::AnchorMissing { position } => {
                write!(f, "the anchor over position {position} was removed")
            }
            Self::AnchorDiffers { first_position, last_position } => write!(
                f,
                "the records at positions {first_position} to {last_position} are not those that \
                 were anchored"
            ),
            Self::AnchorUnproven { first_position, last_position, why } => write!(
                f,
                "the anchor over positions {first_position} to {last_position} is not proved by \
                 the ledger: {why}"
            ),
        }
    }
}

/// Where the walk along a chain stands.
struct Walk<'a> {
    database: &'a Database,
    service: ServiceName,
    tenant: TenantId,
    witness: Option<Witness<'a>>,
    /// Of the last position that is as it was.
    position: i64,
    chain_hash: Digest,
    /// The last position that an anchor, final or not, was found over.
    covered: i64,
    /// The anchor that the walk is under, and the tree over what it has seen of it.
    anchor: Option<anchor::Model>,
    tree: Frontier,
    anchored: i64,
}

/// Walks a tenant's chain from its first record to the end that it has now.
pub async fn verify_chain(
    database: &Database,
    service: ServiceName,
    tenant: TenantId,
    witness: Option<Witness<'_>>,
) -> Result<ChainCheck, DbErr> {
    let head = head::Entity::find_by_id(tenant.0).one(database.read()).await?;
    let (end, noted, planned) = match &head {
        Some(head) => (head.position, digest(&head.chain_hash)?, head.anchored_position),
        None => (0, chain::START, 0),
    };
    let mut walk = Walk {
        database,
        service,
        tenant,
        witness,
        position: 0,
        chain_hash: chain::START,
        covered: 0,
        anchor: None,
        tree: Frontier::default(),
        anchored: 0,
    };
    let mut fault = walk.to(end).await?;
    if fault.is_none() && walk.chain_hash != noted {
        fault = Some(ChainFault::Head { position: end.cast_unsigned() });
    }
    if fault.is_none() {
        fault = walk.beyond(end, planned).await?;
    }
    Ok(ChainCheck {
        intact: walk.position.cast_unsigned(),
        sealed: end.cast_unsigned(),
        anchored: walk.anchored.cast_unsigned(),
        fault,
    })
}

impl Walk<'_> {
    async fn to(&mut self, end: i64) -> Result<Option<ChainFault>, DbErr> {
        self.anchor = self.anchor_after(0).await?;
        while self.position < end {
            let part = record::Entity::find()
                .filter(record::Column::TenantId.eq(self.tenant.0))
                .filter(record::Column::Position.gt(self.position))
                .filter(record::Column::Position.lte(end))
                .order_by_asc(record::Column::Position)
                .limit(PART_RECORDS_MAX)
                .all(self.database.read())
                .await?;
            if part.is_empty() {
                let position = self.position.cast_unsigned() + 1;
                return Ok(Some(ChainFault::Missing { position }));
            }
            for row in part {
                if let Some(fault) = self.pass(row).await? {
                    return Ok(Some(fault));
                }
            }
        }
        Ok(None)
    }

    /// One record further.
    async fn pass(&mut self, row: record::Model) -> Result<Option<ChainFault>, DbErr> {
        let expected = self.position + 1;
        let position = expected.cast_unsigned();
        if row.position != Some(expected) {
            return Ok(Some(ChainFault::Missing { position }));
        }
        let stored = row.chain_hash.clone().unwrap_or_default();
        let hash = Record::from(row).hash();
        let chain_hash =
            chain::link(self.service.as_str(), self.tenant, position, &self.chain_hash, &hash);
        if stored != chain_hash.0 {
            return Ok(Some(ChainFault::Changed { position }));
        }
        let Some(anchor) = &self.anchor else {
            (self.position, self.chain_hash) = (expected, chain_hash);
            return Ok(None);
        };
        if anchor.first_position > expected {
            return Ok(Some(ChainFault::AnchorMissing { position }));
        }
        self.tree.push::<Blake3>(&chain_hash.0);
        if anchor.last_position == expected {
            if let Some(fault) = self.compare(anchor, chain_hash).await? {
                return Ok(Some(fault));
            }
            if anchor.state == anchor::FINAL {
                self.anchored = expected;
            }
            self.covered = expected;
            self.tree = Frontier::default();
            self.anchor = self.anchor_after(expected).await?;
        }
        (self.position, self.chain_hash) = (expected, chain_hash);
        Ok(None)
    }

    /// Whether the anchor that ends here is over what the walk has seen.
    async fn compare(
        &self,
        anchor: &anchor::Model,
        chain_hash: Digest,
    ) -> Result<Option<ChainFault>, DbErr> {
        let first_position = anchor.first_position.cast_unsigned();
        let last_position = anchor.last_position.cast_unsigned();
        let merkle_root = self.tree.root::<Blake3>();
        let stretch = Stretch { first_position, last_position, merkle_root, chain_hash };
        let digest = stretch.digest(self.service.as_str(), self.tenant);
        let is_same = anchor.chain_hash == chain_hash.0
            && anchor.merkle_root == merkle_root.0
            && anchor.digest == digest.0;
        if !is_same {
            return Ok(Some(ChainFault::AnchorDiffers { first_position, last_position }));
        }
        let (Some(witness), anchor::FINAL) = (self.witness, anchor.state.as_str()) else {
            return Ok(None);
        };
        let proven = match ledger_proof(self.database, anchor).await {
            Err(NoProof::Database(error)) => return Err(error),
            Err(other) => Err(other.to_string()),
            Ok(proof) => witness.confirms(&proof, &digest),
        };
        let unproven = |why| ChainFault::AnchorUnproven { first_position, last_position, why };
        Ok(proven.err().map(unproven))
    }

    async fn anchor_after(&self, position: i64) -> Result<Option<anchor::Model>, DbErr> {
        anchor::Entity::find()
            .filter(anchor::Column::TenantId.eq(self.tenant.0))
            .filter(anchor::Column::LastPosition.gt(position))
            .order_by_asc(anchor::Column::LastPosition)
            .one(self.database.read())
            .await
    }

    /// Sealing may have gone on since the walk began, so what is behind the end is looked at
    /// against the end as it is now.
    async fn beyond(&self, end: i64, planned: i64) -> Result<Option<ChainFault>, DbErr> {
        if self.anchor.is_none() && self.covered < planned {
            let position = self.covered.cast_unsigned() + 1;
            return Ok(Some(ChainFault::AnchorMissing { position }));
        }
        let last = record::Entity::find()
            .filter(record::Column::TenantId.eq(self.tenant.0))
            .filter(record::Column::Position.gt(end))
            .order_by_desc(record::Column::Position)
            .one(self.database.read())
            .await?;
        let anchored = self.anchor_after(end).await?;
        let head = head::Entity::find_by_id(self.tenant.0).one(self.database.read()).await?;
        let end = head.map_or(0, |head| head.position);
        if anchored.is_some_and(|anchor| anchor.last_position > end) {
            let position = end.cast_unsigned() + 1;
            return Ok(Some(ChainFault::Missing { position }));
        }
        let last = last.and_then(|record| record.position).unwrap_or(0);
        let position = last.cast_unsigned();
        Ok((last > end).then_some(ChainFault::Beyond { position }))
    }
}

impl Witness<'_> {
    fn confirms(&self, proof: &Proof, digest: &Digest) -> Result<(), String> {
        let verified = verify(proof, self.trust).map_err(|error| error.to_string())?;
        verified.notarises(digest).map_err(|error| error.to_string())?;
        let Some(notarised) = Notarised::by(&verified) else {
            return Err("it is of no notarisation".to_owned());
        };
        if notarised.sender != self.notary {
            return Err(format!("it was notarised by {}", notarised.sender));
        }
        if notarised.tag != TAG.as_bytes() {
            return Err("it was notarised under another tag".to_owned());
        }
        Ok(())
    }
}
