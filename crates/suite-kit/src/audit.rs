//! The audit trail: every mutation leaves a record, made in the mutation's own transaction.
//!
//! [`commit`] is how a use case ends: a [`Transaction`] of a service cannot be committed without
//! saying what was done. Records are never changed or removed. A [`Trail`] works in the background:
//! within a second it seals each record into its tenant's chain of hashes, and then anchors the chain
//! on a KALDRIX ledger, so that anyone can [`verify`] a record's [`AuditProof`] offline. What is
//! hashed, and how, is `docs/spec/audit.md`.
//!
//! No request waits for sealing or anchoring. Without a ledger records are chained all the same.

mod anchorer;
mod api;
mod chain;
mod check;
mod export;
mod ledger;
mod proof;
mod prove;
mod routes;
mod sealer;
mod search;
mod store;
mod trail;

use sea_orm::{DbErr, Value};
use suite_contracts::{AuditId, TenantId};

use crate::auth::{Caller, Principal, RequestContext};
use crate::clock::Clock;
use crate::db::{Row, Transaction, Wake};

pub use anchorer::{AnchorError, AnchorOptions, Anchorer, Progress};
pub use api::{
    ActorView, AnchorView, AnchoringState, AuditRecord, AuditStatus, ExportQuery, FilterQuery,
    LedgerView, RecordState, SubjectView,
};
pub use chain::{Record, Stretch, TAG};
pub use check::{ChainCheck, ChainFault, Witness, verify_chain};
pub use export::{Export, Format};
pub use ledger::{Ledger, LedgerCheck, LedgerError, read_genesis};
pub use proof::{AuditProof, Broken, Link, PROOF_TEXT_BYTES_MAX, Verified, Why, verify};
pub use prove::{NoProof, prove};
pub use routes::routes;
pub use sealer::{BATCH_RECORDS_MAX, seal_all};
pub use search::{AnchorState, Filter, Found, Seal, get, search};
pub(crate) use store::CreateTables;
pub use trail::{LedgerState, Trail, TrailStatus};

pub use kaldrix_client::proof::{Checkpoint, Trust};
pub use kaldrix_client::{Address, Genesis};

/// What was done, to what, in words for people and fields for programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `service.noun.past-participle`, such as `hub.user.created`.
    pub action: &'static str,
    /// The kind and id of what it was done to.
    pub subject_kind: &'static str,
    pub subject_id: String,
    /// What changed. Never a secret.
    pub detail: serde_json::Value,
}

impl Entry {
    #[expect(clippy::needless_pass_by_value, reason = "calls read better without `&`")]
    pub fn new(
        action: &'static str,
        subject_kind: &'static str,
        subject_id: impl ToString,
    ) -> Self {
        let (subject_id, detail) = (subject_id.to_string(), serde_json::Value::Null);
        Self { action, subject_kind, subject_id, detail }
    }

    #[must_use]
    pub fn with(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Who did it, in which tenant, on which request.
#[derive(Debug, Clone)]
pub struct Actor {
    pub tenant: TenantId,
    /// `user`, `api-key`, `service`, `system` or `anonymous`.
    pub kind: &'static str,
    pub id: String,
    pub name: String,
    pub request: RequestContext,
}

impl Actor {
    /// The process itself: a job, or an operator on the machine.
    pub fn system(tenant: TenantId, name: &str) -> Self {
        let request = RequestContext::default();
        Self { tenant, kind: "system", id: String::new(), name: name.to_owned(), request }
    }

    /// Somebody who is not signed in (yet), such as whoever resets a password.
    pub fn anonymous(tenant: TenantId, request: &RequestContext) -> Self {
        let (id, name) = (String::new(), String::new());
        Self { tenant, kind: "anonymous", id, name, request: request.clone() }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        let (kind, id) = match &caller.identity.principal {
            Principal::User { id, .. } => ("user", id.to_string()),
            Principal::ApiKey { id } => ("api-key", id.to_string()),
            Principal::Service { name } => ("service", name.to_string()),
        };
        let (name, request) = (caller.identity.name.to_string(), caller.request.clone());
        Self { tenant: caller.tenant(), kind, id, name, request }
    }
}

/// Records what was done and commits it, both or neither.
pub async fn commit(
    transaction: Transaction,
    clock: &Clock,
    actor: impl Into<Actor>,
    entry: Entry,
) -> Result<AuditId, DbErr> {
    let id = insert(&transaction, clock, &actor.into(), entry).await?;
    transaction.commit_unaudited("its audit record was inserted").await?;
    Ok(id)
}

/// A further record in a transaction that does several things. [`commit`] makes the last one.
pub async fn insert(
    transaction: &Transaction,
    clock: &Clock,
    actor: &Actor,
    entry: Entry,
) -> Result<AuditId, DbErr> {
    let id = AuditId::new();
    let values: [Value; 12] = [
        id.0.into(),
        actor.tenant.0.into(),
        clock.now_ms().into(),
        actor.kind.into(),
        actor.id.clone().into(),
        actor.name.clone().into(),
        actor.request.address.to_string().into(),
        actor.request.id.to_string().into(),
        entry.action.into(),
        entry.subject_kind.into(),
        entry.subject_id.into(),
        entry.detail.to_string().into(),
    ];
    let columns = "id, tenant_id, at_ms, actor_kind, actor_id, actor_name, address, request_id, \
                   action, subject_kind, subject_id, detail";
    let row = Row { table: "audit_record".into(), columns: columns.into(), values: values.into() };
    transaction.append(row).await?;
    transaction.wakes_on_commit(Wake::Audit);
    Ok(id)
}
