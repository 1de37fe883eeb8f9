//! Putting the proof of a record together. What does not hold is never given out.

use kaldrix_client::merkle::{self, Blake3};
use kaldrix_client::proof::{Proof, Trust};
use kaldrix_client::{Address, Digest};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use suite_contracts::{AuditId, ServiceName, TenantId};

use super::anchorer::{AnchorError, chain_hashes};
use super::chain::{self, Record, Stretch};
use super::proof::{AuditProof, Broken, Verified, verify};
use super::sealer::digest;
use super::store::{anchor, notarisation, record};
use crate::db::Database;
use crate::problem::{Kind, Problem};

/// Why there is no proof of a record.
#[derive(Debug, thiserror::Error)]
pub enum NoProof {
    #[error("there is no such audit record")]
    Unknown,
    #[error("the record is not anchored on the ledger yet: ask again in a moment")]
    NotAnchored,
    #[error(
        "the record, or what it is proved with, is not what was anchored: it was changed \
         afterwards; `itechsmart admin audit check` shows where"
    )]
    Tampered(String),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<NoProof> for Problem {
    fn from(error: NoProof) -> Self {
        let text = error.to_string();
        match error {
            NoProof::Unknown => Self::not_found("audit record"),
            NoProof::NotAnchored => Self::conflict("not_anchored", text).retry_after_s(1),
            NoProof::Tampered(cause) => {
                tracing::error!(cause, "an audit record is not what was anchored");
                Self::new(Kind::Conflict, "audit_tampered", text)
            }
            NoProof::Database(error) => error.into(),
        }
    }
}

impl From<Broken> for NoProof {
    fn from(broken: Broken) -> Self {
        Self::Tampered(broken.to_string())
    }
}

impl From<AnchorError> for NoProof {
    fn from(error: AnchorError) -> Self {
        match error {
            AnchorError::Database(error) => Self::Database(error),
            other => Self::Tampered(other.to_string()),
        }
    }
}

/// The proof of a tenant's record, verified against `trust` and, if it is given, `notary`.
pub async fn prove(
    database: &Database,
    service: ServiceName,
    (tenant, id): (TenantId, AuditId),
    trust: Trust<'_>,
    notary: Option<Address>,
) -> Result<(AuditProof, Verified), NoProof> {
    let found = record::Entity::find_by_id(id.0)
        .filter(record::Column::TenantId.eq(tenant.0))
        .one(database.read())
        .await?
        .ok_or(NoProof::Unknown)?;
    let position = found.position.ok_or(NoProof::NotAnchored)?;
    let anchor = anchor::Entity::find()
        .filter(anchor::Column::TenantId.eq(tenant.0))
        .filter(anchor::Column::LastPosition.gte(position))
        .order_by_asc(anchor::Column::LastPosition)
        .one(database.read())
        .await?
        .filter(|anchor| anchor.state == anchor::FINAL && anchor.first_position <= position)
        .ok_or(NoProof::NotAnchored)?;
    let ledger = ledger_proof(database, &anchor).await?;
    let (first, last) = (anchor.first_position, anchor.last_position);
    let leaves: Vec<[u8; 32]> =
        chain_hashes(database, tenant, first, last).await?.into_iter().map(|leaf| leaf.0).collect();
    let index = usize::try_from(position - first).unwrap_or(usize::MAX);
    let path = merkle::prove::<Blake3, _>(&leaves, index).and_then(|proof| proof.steps());
    let path = path.ok_or_else(|| NoProof::Tampered(format!("no path of {position}")))?;
    let previous = match index {
        0 => before(database, tenant, position).await?,
        _ => leaves.get(index - 1).copied().map_or(chain::START, Digest),
    };
    let audit = AuditProof {
        record: Record::from(found),
        service: service.as_str().to_owned(),
        position: position.cast_unsigned(),
        previous,
        stretch: Stretch {
            first_position: first.cast_unsigned(),
            last_position: last.cast_unsigned(),
            merkle_root: digest(&anchor.merkle_root)?,
            chain_hash: digest(&anchor.chain_hash)?,
        },
        path,
        ledger,
    };
    let verified = verify(&audit, trust, notary)?;
    Ok((audit, verified))
}

/// The hash of the chain before a position.
async fn before(database: &Database, tenant: TenantId, position: i64) -> Result<Digest, NoProof> {
    if position <= 1 {
        return Ok(chain::START);
    }
    let hashes = chain_hashes(database, tenant, position - 1, position - 1).await?;
    Ok(hashes.first().copied().unwrap_or(chain::START))
}

/// What the ledger proved when the anchor became final.
pub(super) async fn ledger_proof(
    database: &Database,
    anchor: &anchor::Model,
) -> Result<Proof, NoProof> {
    let id = anchor.transaction_id.clone().unwrap_or_default();
    let found = notarisation::Entity::find_by_id(id.clone()).one(database.read()).await?;
    let found = found.ok_or_else(|| NoProof::Tampered(format!("no proof of transaction {id}")))?;
    Proof::from_json(&found.proof).map_err(|error| NoProof::Tampered(error.to_string()))
}
