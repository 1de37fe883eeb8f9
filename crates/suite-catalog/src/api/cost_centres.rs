//! Cost centres, to which requests are charged.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::entities::cost_centre;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CostCentre {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub owner_id: UserId,
    pub version: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CostCentreRequest {
    /// Unique, such as `4711`.
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// An active member.
    pub owner_id: UserId,
}

impl From<cost_centre::Model> for CostCentre {
    fn from(row: cost_centre::Model) -> Self {
        let cost_centre::Model { id, code, name, owner_id, version, .. } = row;
        Self { id, code, name, owner_id: UserId(owner_id), version }
    }
}
