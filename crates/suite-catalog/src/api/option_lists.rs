//! Lists that forms take options from, and the options of a field.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::forms::OptionBody;
use crate::service::KeptList;

/// An option of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ListOption {
    /// What is kept; none twice in a list.
    #[schema(max_length = 200)]
    pub value: String,
    #[schema(max_length = 200)]
    pub label: String,
    /// Offered only where another field is answered so, if a form says which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub of: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OptionListRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[schema(max_items = 1000)]
    pub options: Vec<ListOption>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OptionList {
    pub id: Uuid,
    pub name: String,
    pub options: Vec<ListOption>,
    pub version: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OptionsQuery {
    /// The version of the item that is answered; the published one if there is none.
    pub version: Option<i32>,
    /// The field's key, or `field.column`.
    #[param(max_length = 200)]
    pub field: String,
    /// What the field is answered with that the options follow, if they follow one.
    #[param(max_length = 200)]
    pub of: Option<String>,
    /// Part of a label.
    #[param(max_length = 200)]
    pub search: Option<String>,
}

/// Options of a field, as many as are shown at once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldOptions {
    pub items: Vec<OptionBody>,
    /// Whether these are all; if not, a longer search finds others.
    pub is_complete: bool,
}

impl From<KeptList> for OptionList {
    fn from(KeptList { row, options }: KeptList) -> Self {
        Self { id: row.id, name: row.name, options, version: row.version }
    }
}
