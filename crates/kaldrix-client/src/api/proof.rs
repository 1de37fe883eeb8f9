//! Proofs, as `docs/spec/proofs.md` writes them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A checkpoint, and the proof that its block is final.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProvenCheckpoint {
    /// To be pinned once the proof is verified. Format `kaldrix-checkpoint`.
    #[schema(value_type = Object)]
    pub checkpoint: Box<RawValue>,
    /// That a quorum certified the checkpoint's block. Format `kaldrix-proof`.
    #[schema(value_type = Object)]
    pub proof: Box<RawValue>,
}
