//! What can go wrong in the catalog, with what the caller may know of it.

use sea_orm::DbErr;
use suite_kit::auth::{Denied, PeopleError};
use suite_kit::files::FilesError;
use suite_kit::notify::NotifyError;
use suite_kit::problem::{Kind, Problem};

/// What is wrong with one part of a request: a JSON pointer into its body (RFC 6901), and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub at: String,
    pub reason: String,
}

impl Fault {
    #[expect(clippy::needless_pass_by_value, reason = "calls read better without `&`")]
    pub(crate) fn new(at: impl Into<String>, reason: impl ToString) -> Self {
        Self { at: at.into(), reason: reason.to_string() }
    }
}

/// Why a use case was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Notify(#[from] NotifyError),
    /// There is at least one.
    #[error("{}", first(.0))]
    Invalid(Vec<Fault>),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("this {0} was changed meanwhile")]
    Stale(&'static str),
    #[error("{reason}")]
    Conflict { code: &'static str, reason: String },
    #[error("{reason}")]
    Forbidden { code: &'static str, reason: String },
    #[error("this is for people who are signed in, not for API keys")]
    PersonNeeded,
    #[error("{0}")]
    Internal(String),
}

fn first(faults: &[Fault]) -> &str {
    faults.first().map_or("the request is at fault", |fault| fault.reason.as_str())
}

impl CatalogError {
    pub(crate) fn invalid(field: &str, reason: impl ToString) -> Self {
        Self::Invalid(vec![Fault::new(format!("/{field}"), reason)])
    }

    pub(crate) fn conflict(code: &'static str, reason: impl Into<String>) -> Self {
        Self::Conflict { code, reason: reason.into() }
    }
}

impl From<Fault> for CatalogError {
    fn from(fault: Fault) -> Self {
        Self::Invalid(vec![fault])
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        let text = error.to_string();
        match error {
            CatalogError::Denied(denied) => denied.into(),
            CatalogError::Database(error) => error.into(),
            CatalogError::People(error) => error.into(),
            CatalogError::Files(error) => error.into(),
            CatalogError::Notify(error) => error.into(),
            CatalogError::Invalid(faults) => {
                let problem = Self::invalid("invalid", text);
                faults
                    .into_iter()
                    .fold(problem, |problem, Fault { at, reason }| problem.at(at, reason))
            }
            CatalogError::NotFound(what) => Self::not_found(what),
            CatalogError::Stale(what) => Self::stale(what),
            CatalogError::Conflict { code, .. } => Self::conflict(code, text),
            CatalogError::Forbidden { code, .. } => Self::new(Kind::Forbidden, code, text),
            CatalogError::PersonNeeded => Self::new(Kind::Forbidden, "person_needed", text),
            CatalogError::Internal(cause) => Self::internal(cause),
        }
    }
}
