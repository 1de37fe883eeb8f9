//! People to choose from.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeopleFilter {
    /// Part of a name or an address.
    pub search: Option<String>,
}

/// An active member of the tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

impl From<(UserId, String, String)> for Person {
    fn from((id, name, email): (UserId, String, String)) -> Self {
        Self { id, name, email }
    }
}
