//! Cost centres, to which requests are charged.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::PersonView;
use crate::service::Owned;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CostCentre {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub owner: PersonView,
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

impl From<Owned> for CostCentre {
    fn from(Owned { row, names }: Owned) -> Self {
        let owner = PersonView::of(UserId(row.owner_id), &names);
        Self { id: row.id, code: row.code, name: row.name, owner, version: row.version }
    }
}
