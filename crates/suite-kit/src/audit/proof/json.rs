//! Audit proofs as JSON, read strictly: what is read is what would be written, up to spaces, the
//! order of names and how characters are escaped.

use std::fmt::Display;
use std::str::FromStr;

use kaldrix_client::Digest;
use kaldrix_client::merkle::Step;
use kaldrix_client::proof::{FormatError, Proof};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use suite_contracts::{AuditId, TenantId};

use super::{AuditProof, PROOF_TEXT_BYTES_MAX, SERVICE_CHARS_MAX};
use crate::audit::chain::{Record, Stretch};

const FORMAT: &str = "itechsmart-audit-proof/1";

/// Why a text is no proof.
pub(super) enum Unreadable {
    Here(String),
    Ledger(FormatError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofText {
    format: String,
    service: String,
    record: RecordText,
    chain: ChainText,
    anchor: AnchorText,
    ledger: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordText {
    #[serde(with = "text")]
    id: AuditId,
    #[serde(with = "text")]
    tenant_id: TenantId,
    at_ms: i64,
    actor_kind: String,
    actor_id: String,
    actor_name: String,
    address: String,
    request_id: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    detail: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainText {
    position: u64,
    #[serde(with = "text")]
    previous: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnchorText {
    first_position: u64,
    last_position: u64,
    #[serde(with = "text")]
    chain_hash: Digest,
    #[serde(with = "text")]
    merkle_root: Digest,
    path: Vec<StepText>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StepText {
    Left(#[serde(with = "text")] Digest),
    Right(#[serde(with = "text")] Digest),
}

/// Values in their `Display` form.
mod text {
    use super::{Deserialize, Deserializer, Display, FromStr, Serializer};
    use serde::de::Error;
    use std::borrow::Cow;

    pub fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        Cow::<str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

pub(super) fn read(text: &str) -> Result<AuditProof, Unreadable> {
    let here = |error: serde_json::Error| Unreadable::Here(error.to_string());
    if text.len() > PROOF_TEXT_BYTES_MAX {
        let bytes = text.len();
        let reason = format!("{bytes} bytes exceed the limit of {PROOF_TEXT_BYTES_MAX}");
        return Err(Unreadable::Here(reason));
    }
    let read: ProofText = serde_json::from_str(text).map_err(here)?;
    if read.format != FORMAT {
        return Err(Unreadable::Here(format!("format: expected {FORMAT:?}")));
    }
    if read.service.len() > SERVICE_CHARS_MAX {
        return Err(Unreadable::Here("service: the name is too long".to_owned()));
    }
    let ledger = Proof::from_json(read.ledger.get()).map_err(Unreadable::Ledger)?;
    let audit = proof(read, ledger);
    // Lists in the place of objects, ids in other forms: whatever `serde` is generous with.
    let found: serde_json::Value = serde_json::from_str(text).map_err(here)?;
    let canonical: serde_json::Value = serde_json::from_str(&write(&audit)).map_err(here)?;
    if found != canonical {
        return Err(Unreadable::Here("a value is not in its canonical form".to_owned()));
    }
    Ok(audit)
}

fn proof(read: ProofText, ledger: Proof) -> AuditProof {
    let RecordText { id, tenant_id, at_ms, .. } = read.record;
    let path = read.anchor.path.into_iter().map(|step| match step {
        StepText::Left(sibling) => Step::Left(sibling),
        StepText::Right(sibling) => Step::Right(sibling),
    });
    AuditProof {
        record: Record {
            id,
            tenant: tenant_id,
            at_ms,
            actor_kind: read.record.actor_kind,
            actor_id: read.record.actor_id,
            actor_name: read.record.actor_name,
            address: read.record.address,
            request_id: read.record.request_id,
            action: read.record.action,
            subject_kind: read.record.subject_kind,
            subject_id: read.record.subject_id,
            detail: read.record.detail,
        },
        service: read.service,
        position: read.chain.position,
        previous: read.chain.previous,
        stretch: Stretch {
            first_position: read.anchor.first_position,
            last_position: read.anchor.last_position,
            merkle_root: read.anchor.merkle_root,
            chain_hash: read.anchor.chain_hash,
        },
        path: path.collect(),
        ledger,
    }
}

pub(super) fn write(audit: &AuditProof) -> String {
    let AuditProof { record, stretch, .. } = audit;
    let path = audit.path.iter().map(|step| match step {
        Step::Left(sibling) => StepText::Left(*sibling),
        Step::Right(sibling) => StepText::Right(*sibling),
    });
    let text = ProofText {
        format: FORMAT.to_owned(),
        service: audit.service.clone(),
        record: RecordText {
            id: record.id,
            tenant_id: record.tenant,
            at_ms: record.at_ms,
            actor_kind: record.actor_kind.clone(),
            actor_id: record.actor_id.clone(),
            actor_name: record.actor_name.clone(),
            address: record.address.clone(),
            request_id: record.request_id.clone(),
            action: record.action.clone(),
            subject_kind: record.subject_kind.clone(),
            subject_id: record.subject_id.clone(),
            detail: record.detail.clone(),
        },
        chain: ChainText { position: audit.position, previous: audit.previous },
        anchor: AnchorText {
            first_position: stretch.first_position,
            last_position: stretch.last_position,
            chain_hash: stretch.chain_hash,
            merkle_root: stretch.merkle_root,
            path: path.collect(),
        },
        ledger: RawValue::from_string(audit.ledger.to_json()).unwrap_or_default(),
    };
    // Structs of texts and numbers serialise.
    serde_json::to_string_pretty(&text).unwrap_or_default() + "\n"
}
