//! Delegations: one person decides for another, for a while.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use super::instant_ms;
use super::requests::PersonView;
use crate::error::Fault;
use crate::service::{Delegated, NewDelegation};

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DelegationRequest {
    /// An active member, who decides for the caller.
    pub to_id: UserId,
    #[schema(format = DateTime)]
    pub from: String,
    /// Not in it any more.
    #[schema(format = DateTime)]
    pub until: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delegation)]
pub(crate) struct DelegationView {
    pub id: Uuid,
    /// For whom is decided.
    pub of: PersonView,
    pub to: PersonView,
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub until: String,
}

/// Those that the caller has given and received, and that are not over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delegations {
    pub items: Vec<DelegationView>,
}

impl TryFrom<DelegationRequest> for NewDelegation {
    type Error = Fault;

    fn try_from(body: DelegationRequest) -> Result<Self, Fault> {
        let from_ms = instant_ms("/from", &body.from)?;
        Ok(Self { to: body.to_id, from_ms, to_ms: instant_ms("/until", &body.until)? })
    }
}

impl From<Delegated> for DelegationView {
    fn from(Delegated { row, names }: Delegated) -> Self {
        Self {
            id: row.id,
            of: PersonView::of(UserId(row.from_id), &names),
            to: PersonView::of(UserId(row.to_id), &names),
            from: rfc3339(row.from_ms),
            until: rfc3339(row.to_ms),
        }
    }
}
