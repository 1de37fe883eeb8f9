//! The hashes of the audit trail, as `docs/spec/audit.md` has them: of a record, of a tenant's chain
//! up to a record, and of a stretch of that chain. Pure, and never changed: what was anchored must
//! stay provable.

use kaldrix_client::Digest;
use suite_contracts::{AuditId, TenantId};

/// What is notarised carries this tag.
pub const TAG: &str = "itechsmart-audit-v1";
/// The chain before its first record.
pub const START: Digest = Digest::ZERO;

const RECORD_CONTEXT: &str = "itechsmart 2026 audit record v1";
const CHAIN_CONTEXT: &str = "itechsmart 2026 audit chain v1";
const ANCHOR_CONTEXT: &str = "itechsmart 2026 audit anchor v1";
/// The first byte of every encoding.
const VERSION: u8 = 1;

/// What was done, by whom, to what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: AuditId,
    pub tenant: TenantId,
    /// Milliseconds since 1970, by the clock of the process that did it.
    pub at_ms: i64,
    pub actor_kind: String,
    pub actor_id: String,
    pub actor_name: String,
    /// Where the request came from.
    pub address: String,
    pub request_id: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// JSON, as it was written.
    pub detail: String,
}

/// Fields one after the other: numbers in eight bytes, the lowest first; ids as their 16 bytes;
/// texts after their length in four.
struct Encoder(Vec<u8>);

impl Encoder {
    fn new() -> Self {
        Self(vec![VERSION])
    }

    fn text(mut self, text: &str) -> Self {
        // No text of ours has 4 GiB; one that had would differ from all others by its end.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn hash(&self, context: &'static str) -> Digest {
        Digest::derive(context, &[&self.0])
    }
}

impl Record {
    /// Of all fields.
    pub fn hash(&self) -> Digest {
        Encoder::new()
            .bytes(self.id.0.as_bytes())
            .bytes(self.tenant.0.as_bytes())
            .bytes(&self.at_ms.to_le_bytes())
            .text(&self.actor_kind)
            .text(&self.actor_id)
            .text(&self.actor_name)
            .text(&self.address)
            .text(&self.request_id)
            .text(&self.action)
            .text(&self.subject_kind)
            .text(&self.subject_id)
            .text(&self.detail)
            .hash(RECORD_CONTEXT)
    }
}

/// Of the chain of a service's tenant up to `record`, which stands at `position`.
pub fn link(
    service: &str,
    tenant: TenantId,
    position: u64,
    previous: &Digest,
    record: &Digest,
) -> Digest {
    Encoder::new()
        .text(service)
        .bytes(tenant.0.as_bytes())
        .bytes(&position.to_le_bytes())
        .bytes(&previous.0)
        .bytes(&record.0)
        .hash(CHAIN_CONTEXT)
}

/// A stretch of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub first_position: u64,
    pub last_position: u64,
    /// Over the chain hashes of all positions.
    pub merkle_root: Digest,
    /// Of the last position.
    pub chain_hash: Digest,
}

impl Stretch {
    /// What is notarised for it.
    pub fn digest(&self, service: &str, tenant: TenantId) -> Digest {
        Encoder::new()
            .text(service)
            .bytes(tenant.0.as_bytes())
            .bytes(&self.first_position.to_le_bytes())
            .bytes(&self.last_position.to_le_bytes())
            .bytes(&self.chain_hash.0)
            .bytes(&self.merkle_root.0)
            .hash(ANCHOR_CONTEXT)
    }
}

#[cfg(test)]
mod tests;
