//! What holds for a whole catalog.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::entities::catalog;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CatalogSettings {
    /// What prices are in, by ISO 4217, such as `EUR`. None says nothing beside the numbers.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogSettingsView {
    #[serde(flatten)]
    pub settings: CatalogSettings,
    pub version: i64,
}

impl From<catalog::Model> for CatalogSettingsView {
    fn from(row: catalog::Model) -> Self {
        let settings = CatalogSettings { currency: row.currency };
        Self { settings, version: row.settings_version }
    }
}
