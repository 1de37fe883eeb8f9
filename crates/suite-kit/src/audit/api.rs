//! The audit trail as callers see it.

use serde::{Deserialize, Serialize};
use suite_contracts::AuditId;
use utoipa::{IntoParams, ToSchema};

use super::export::Format;
use super::search::{Filter, Found};
use super::trail::{LedgerState, TrailStatus};
use crate::clock::{parse_rfc3339, rfc3339};
use crate::problem::Problem;

/// How far a record has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecordState {
    /// Written with the change that it is of.
    Recorded,
    /// In the tenant's chain: nothing before it can change unnoticed.
    Sealed,
    /// On the ledger: it can be proved to anyone.
    Anchored,
}

impl RecordState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Sealed => "sealed",
            Self::Anchored => "anchored",
        }
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditActor)]
pub struct ActorView {
    /// `user`, `api-key`, `service`, `system` or `anonymous`.
    pub kind: String,
    pub id: String,
    pub name: String,
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditSubject)]
pub struct SubjectView {
    pub kind: String,
    pub id: String,
}

/// The stretch of the chain that is notarised with a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditAnchor)]
pub struct AnchorView {
    pub first_position: u64,
    pub last_position: u64,
    /// What is notarised, in hex.
    pub digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// Of the ledger block that holds it, once that is final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// That block's time: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_time: Option<String>,
}

/// A record of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditRecord {
    pub id: AuditId,
    /// RFC 3339, UTC.
    pub at: String,
    pub actor: ActorView,
    /// Where the request came from.
    pub address: String,
    pub request_id: String,
    /// `service.noun.past-participle`, such as `hub.user.created`.
    pub action: String,
    pub subject: SubjectView,
    /// What changed.
    pub detail: serde_json::Value,
    pub state: RecordState,
    /// Its place in the tenant's chain, from 1, once it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Of the chain up to this record, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<AnchorView>,
}

impl From<Found> for AuditRecord {
    fn from(found: Found) -> Self {
        let Found { record, sealed, anchor } = found;
        let is_anchored = anchor.as_ref().is_some_and(|anchor| anchor.block.is_some());
        let state = match (&sealed, is_anchored) {
            (None, _) => RecordState::Recorded,
            (Some(_), false) => RecordState::Sealed,
            (Some(_), true) => RecordState::Anchored,
        };
        let anchor = anchor.map(|anchor| AnchorView {
            first_position: anchor.first_position,
            last_position: anchor.last_position,
            digest: anchor.digest.to_string(),
            transaction_id: anchor.transaction_id,
            height: anchor.block.map(|(height, _)| height),
            block_time: anchor.block.map(|(_, time_ms)| rfc3339(time_ms)),
        });
        Self {
            id: record.id,
            at: rfc3339(record.at_ms),
            actor: ActorView {
                kind: record.actor_kind,
                id: record.actor_id,
                name: record.actor_name,
            },
            address: record.address,
            request_id: record.request_id,
            action: record.action,
            subject: SubjectView { kind: record.subject_kind, id: record.subject_id },
            // What was tampered with need not be JSON any more; it is shown as it is.
            detail: serde_json::from_str(&record.detail)
                .unwrap_or(serde_json::Value::String(record.detail)),
            state,
            position: sealed.map(|seal| seal.position),
            chain_hash: sealed.map(|seal| seal.chain_hash.to_string()),
            anchor,
        }
    }
}

/// Which records. Conditions that are left out let everything through.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// Somewhere in the actor's name, the action, the subject's id or the detail.
    #[param(max_length = 200)]
    pub text: Option<String>,
    /// What the action begins with, such as `hub.user.`.
    #[param(max_length = 200)]
    pub action: Option<String>,
    /// The actor's id or name.
    #[param(max_length = 200)]
    pub actor: Option<String>,
    /// The subject's id or kind.
    #[param(max_length = 200)]
    pub subject: Option<String>,
    /// Not before: RFC 3339.
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// Before: RFC 3339.
    #[param(format = DateTime)]
    pub to: Option<String>,
}

impl TryFrom<FilterQuery> for Filter {
    type Error = Problem;

    fn try_from(query: FilterQuery) -> Result<Self, Problem> {
        let time = |name: &'static str, text: Option<String>| {
            let read = text.map(|text| parse_rfc3339(&text).ok_or(()));
            read.transpose().map_err(|()| {
                let detail = "a time is RFC 3339, such as 2026-03-01T12:00:00Z";
                Problem::invalid("time", detail).at(name, detail)
            })
        };
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Self {
            text: some(query.text),
            action: some(query.action),
            actor: some(query.actor),
            subject: some(query.subject),
            from_ms: time("from", query.from)?,
            to_ms: time("to", query.to)?,
        })
    }
}

/// How an export is written.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    #[param(inline)]
    pub format: Format,
}

/// How anchoring goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnchoringState {
    /// No ledger is configured: records are chained, and not anchored.
    NotConfigured,
    Ok,
    /// The ledger does not take anchors right now. Nothing is lost.
    Waiting,
}

/// The ledger that records are anchored on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditLedger)]
pub struct LedgerView {
    pub state: AnchoringState,
    /// Whoever verifies a proof should know this account: it is what the suite notarises with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notary: Option<String>,
    /// Since when anchors wait: RFC 3339, UTC. Why, the log and the operator's commands say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<String>,
}

/// How far the tenant's trail has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditStatus {
    /// Records there are.
    pub recorded: u64,
    /// Records in the chain.
    pub sealed: u64,
    /// Up to this position everything is anchored.
    pub anchored: u64,
    /// Of the ledger block with the latest anchor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchored_height: Option<u64>,
    /// That block's time: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchored_at: Option<String>,
    /// When the first record that is not anchored yet was made: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<String>,
    pub ledger: LedgerView,
}

impl From<TrailStatus> for AuditStatus {
    fn from(status: TrailStatus) -> Self {
        let (state, notary, since_ms) = match status.ledger {
            LedgerState::NotConfigured => (AnchoringState::NotConfigured, None, None),
            LedgerState::Ok { notary } => (AnchoringState::Ok, Some(notary), None),
            LedgerState::Waiting { notary, since_ms, .. } => {
                (AnchoringState::Waiting, Some(notary), Some(since_ms))
            }
        };
        let ledger = LedgerView {
            state,
            notary: notary.map(|notary| notary.to_string()),
            waiting_since: since_ms.map(rfc3339),
        };
        Self {
            recorded: status.recorded,
            sealed: status.sealed,
            anchored: status.anchored,
            anchored_height: status.anchored_at.map(|(height, _)| height),
            anchored_at: status.anchored_at.map(|(_, time_ms)| rfc3339(time_ms)),
            waiting_since: status.waiting_since_ms.map(rfc3339),
            ledger,
        }
    }
}
