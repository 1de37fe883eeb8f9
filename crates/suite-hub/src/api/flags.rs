//! Feature flags.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::Switch;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Flag)]
pub(crate) struct FlagView {
    pub name: &'static str,
    pub description: &'static str,
    pub enabled: bool,
    /// How it stands where nobody switches it.
    pub default: bool,
    pub version: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SwitchRequest {
    pub enabled: bool,
}

impl From<Switch> for FlagView {
    fn from(Switch { flag, enabled, version }: Switch) -> Self {
        let (name, description) = (flag.name(), flag.description());
        Self { name, description, enabled, default: flag.default(), version }
    }
}
