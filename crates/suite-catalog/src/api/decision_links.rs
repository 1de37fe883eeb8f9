//! Links out of letters that approvers decide by.

use serde::{Deserialize, Serialize};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;

use super::requests::{RequestView, VerdictBody};
use crate::service::LinkedDecision;

#[derive(Deserialize, ToSchema)]
pub(crate) struct DecisionLinkToken {
    /// What follows `#token=` in the link.
    #[schema(max_length = 400)]
    pub token: String,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct DecideByLinkRequest {
    /// What follows `#token=` in the link.
    #[schema(max_length = 400)]
    pub token: String,
    /// A rejection has one.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub reason: String,
}

/// What a link asks, and what it is about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionLink {
    /// Whose decision it is.
    pub name: String,
    /// What using it means.
    pub verdict: VerdictBody,
    /// The stage that it is for, from 0.
    pub stage: u32,
    #[schema(format = DateTime)]
    pub expires_at: String,
    pub request: RequestView,
    /// What its price is in, by ISO 4217.
    pub currency: Option<String>,
}

impl From<LinkedDecision> for DecisionLink {
    fn from(LinkedDecision { link, name, detail, currency }: LinkedDecision) -> Self {
        Self {
            name,
            verdict: link.verdict.into(),
            stage: link.stage,
            expires_at: rfc3339(link.expires_at_ms),
            request: detail.into(),
            currency,
        }
    }
}
