//! Where errors become problems; the only place that knows which is which.

use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use kaldrix_client::api::{Problem, ProblemKind};
use kaldrix_ledger::{Exclusion, StateError};
use kaldrix_storage::StoreError;

use crate::error::NodeError;
use crate::handle::{NodeHandle, SubmitError};

/// When to try again what is refused for now.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("1");

/// A problem on its way out; the frame around all handlers writes it.
#[derive(Debug)]
pub(super) struct ApiError(Box<Problem>);

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl ApiError {
    pub(super) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Problem::new(kind, detail).into()
    }

    pub(super) fn at(kind: ProblemKind, field: &str, detail: impl Into<String>) -> Self {
        Problem::new(kind, detail).at(field).into()
    }

    pub(super) fn not_found(what: impl Into<String>) -> Self {
        Self::new(ProblemKind::NotFound, what)
    }
}

/// Travels from [`ApiError`] to the frame.
#[derive(Debug, Clone)]
pub(super) struct Raised(Box<Problem>);

impl Raised {
    pub(super) fn take(extensions: &mut Extensions) -> Option<Problem> {
        extensions.remove::<Self>().map(|raised| *raised.0)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or_default();
        let mut response = status.into_response();
        if self.0.kind.is_temporary() {
            response.headers_mut().insert(RETRY_AFTER, RETRY_AFTER_S);
        }
        response.extensions_mut().insert(Raised(self.0));
        response
    }
}

/// A failure of this node: the cause goes to the log, not to the caller.
pub(super) fn failure(node: &NodeHandle, error: &NodeError) -> ApiError {
    match error {
        NodeError::Store(error) => store_failure(node, error),
        NodeError::State(error @ StateError::Damaged { .. }) => {
            tracing::error!(%error, "a read met damage");
            node.report_damaged_state(error);
            rebuilding()
        }
        _ => internal(error),
    }
}

/// A failure of this node's store. Damage is passed on, so that the node rebuilds what it lost.
pub(super) fn store_failure(node: &NodeHandle, error: &StoreError) -> ApiError {
    if error.damage().is_none() {
        return internal(error);
    }
    tracing::error!(%error, "a read met damage");
    node.report_damage(error);
    rebuilding()
}

fn rebuilding() -> ApiError {
    let detail = "this node's store is damaged and is being rebuilt from its peers";
    ApiError::new(ProblemKind::Unavailable, detail)
}

pub(super) fn internal(error: &dyn std::error::Error) -> ApiError {
    tracing::error!(%error, "a request failed");
    ApiError::new(ProblemKind::Internal, "the node failed; its log says why")
}

/// Why a transaction was not accepted.
pub(super) fn refusal(error: &SubmitError) -> Problem {
    let problem = |kind| Problem::new(kind, error.to_string());
    match error {
        SubmitError::Invalid(exclusion) => invalid(*exclusion),
        SubmitError::Unaffordable { .. } => problem(ProblemKind::Unaffordable),
        SubmitError::SequenceTaken { .. } => {
            problem(ProblemKind::SequenceTaken).at("body.sequence")
        }
        SubmitError::SequenceTooFar { .. } => {
            problem(ProblemKind::SequenceTooFar).at("body.sequence")
        }
        SubmitError::TooLarge { .. } | SubmitError::TooMany { .. } => {
            problem(ProblemKind::BodyTooLarge)
        }
        SubmitError::SenderFull { .. } => problem(ProblemKind::RateLimited),
        SubmitError::Full => problem(ProblemKind::MempoolFull),
        SubmitError::Unavailable { .. } => problem(ProblemKind::Unavailable),
    }
}

fn invalid(exclusion: Exclusion) -> Problem {
    use ProblemKind as Kind;
    let (kind, field) = match exclusion {
        Exclusion::WrongChain => (Kind::WrongChain, "body.chain_id"),
        Exclusion::Expired { .. } => (Kind::Expired, "body.expiry_height"),
        Exclusion::ExpiryTooFar { .. } => (Kind::ExpiryTooFar, "body.expiry_height"),
        Exclusion::BlockFull => (Kind::MempoolFull, "body"),
        Exclusion::UnknownSender => (Kind::Unaffordable, "body.sender"),
        Exclusion::SequenceTooLow { .. } => (Kind::SequenceUsed, "body.sequence"),
        Exclusion::SequenceTooHigh { .. } => (Kind::SequenceTooFar, "body.sequence"),
        Exclusion::KeyMissing | Exclusion::KeyRegistered | Exclusion::KeyNotSenders => {
            (Kind::InvalidKey, "body.public_key")
        }
        Exclusion::FeeTooLow { .. } => (Kind::FeeTooLow, "body.fee"),
        Exclusion::FeeAboveBalance { .. } => (Kind::Unaffordable, "body.fee"),
        Exclusion::BadWitness => (Kind::BadWitness, "signature"),
    };
    Problem::new(kind, exclusion.to_string()).at(field)
}

#[cfg(test)]
mod tests {
    use kaldrix_client::api::ProblemKind;
    use kaldrix_ledger::Exclusion;

    use super::refusal;
    use crate::handle::SubmitError;

    #[test]
    fn refusals_name_their_kind_and_field() {
        let problem =
            refusal(&SubmitError::Invalid(Exclusion::Expired { expiry_height: 3, height: 9 }));
        assert_eq!(problem.kind, ProblemKind::Expired);
        assert_eq!(problem.field.as_deref(), Some("body.expiry_height"));
        assert_eq!(problem.detail, "it expired at height 3, this is height 9");
        assert_eq!(refusal(&SubmitError::Full).status, 503);
        assert_eq!(refusal(&SubmitError::SenderFull { pending: 9 }).status, 429);
    }

    #[test]
    fn what_may_pass_later_is_temporary_and_nothing_final_is() {
        let full = refusal(&SubmitError::Full);
        let bad = refusal(&SubmitError::Invalid(Exclusion::BadWitness));
        assert!(full.kind.is_temporary() && !bad.kind.is_temporary());
    }
}
