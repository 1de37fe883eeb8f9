//! Categories of items.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::entities::category;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Category {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Categories {
    pub items: Vec<Category>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CategoryRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CategoryOrder {
    /// Of all categories, each once.
    #[schema(max_items = 1000)]
    pub ids: Vec<Uuid>,
}

impl From<category::Model> for Category {
    fn from(row: category::Model) -> Self {
        let category::Model { id, name, description, version, .. } = row;
        Self { id, name, description, version }
    }
}
