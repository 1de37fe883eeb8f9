//! What can go wrong in Hub, with what the caller may know of it.

use sea_orm::DbErr;
use suite_kit::auth::Denied;
use suite_kit::notify::NotifyError;
use suite_kit::problem::{Kind, Problem};

use crate::model::password::Weakness;
use crate::service::NotAPerson;

/// Why a use case was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error("{field}: {reason}")]
    Invalid { field: &'static str, reason: String },
    /// A password, in the field named.
    #[error("{1}")]
    Weak(&'static str, Weakness),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("this {0} was changed meanwhile")]
    Stale(&'static str),
    /// Nobody gives, changes or takes away what they do not hold.
    #[error("this needs the permission {permission} too, which none of your roles gives")]
    Exceeds { permission: String },
    #[error("{reason}")]
    Conflict { code: &'static str, reason: String },
    /// The same for a wrong address, a wrong password and somebody who may not sign in.
    #[error("the e-mail address or the password is wrong")]
    LoginRefused,
    #[error("too many failed logins: try again in {after_s} s")]
    LockedOut { after_s: u64 },
    #[error("the code is wrong")]
    SecondFactorRefused,
    #[error("this needs the code of your second factor")]
    SecondFactorNeeded,
    /// Of somebody who is signed in, in the field named.
    #[error("the password is wrong")]
    PasswordWrong(&'static str),
    /// Of somebody who is known already.
    #[error("the code is wrong, or was used before")]
    CodeWrong,
    #[error("this login took too long, or had too many wrong codes: begin anew")]
    ChallengeOver,
    #[error("send `X-Requested-With: itechsmart`, from a page of this installation")]
    ForeignPage,
    #[error("the link was used, or is too old: ask for a new one")]
    TokenUsed,
    #[error("the session has ended: sign in again")]
    SessionEnded,
    #[error("too many logins are being checked: try again")]
    Busy,
    #[error(transparent)]
    NotAPerson(#[from] NotAPerson),
    #[error("{0}")]
    Internal(String),
}

impl From<NotifyError> for HubError {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::Database(error) => Self::Database(error),
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<HubError> for Problem {
    fn from(error: HubError) -> Self {
        let text = error.to_string();
        match error {
            HubError::Denied(denied) => denied.into(),
            HubError::Database(error) => error.into(),
            HubError::Invalid { field, reason } => {
                Self::invalid("invalid", text).at(format!("/{field}"), reason)
            }
            HubError::Weak(field, weakness) => {
                Self::invalid("password_weak", text).at(format!("/{field}"), weakness.to_string())
            }
            HubError::NotFound(what) => Self::not_found(what),
            HubError::Stale(what) => Self::stale(what),
            HubError::Exceeds { .. } => Self::new(Kind::Forbidden, "permission_exceeded", text),
            HubError::Conflict { code, .. } => Self::conflict(code, text),
            HubError::LoginRefused => Self::unauthenticated("login_refused", text),
            HubError::LockedOut { after_s } => {
                Self::new(Kind::RateLimited, "locked_out", text).retry_after_s(after_s)
            }
            HubError::SecondFactorRefused => Self::unauthenticated("second_factor_refused", text),
            HubError::SecondFactorNeeded => Self::invalid("second_factor_needed", text),
            HubError::PasswordWrong(field) => {
                let problem = Self::invalid("password_wrong", text.clone());
                problem.at(format!("/{field}"), text)
            }
            HubError::CodeWrong => Self::invalid("code_wrong", text.clone()).at("/code", text),
            HubError::ChallengeOver => Self::unauthenticated("challenge_over", text),
            HubError::ForeignPage => Self::new(Kind::Forbidden, "foreign_page", text),
            HubError::TokenUsed => Self::invalid("token_used", text),
            HubError::SessionEnded => Self::unauthenticated("session_ended", text),
            HubError::Busy => Self::new(Kind::RateLimited, "busy", text).retry_after_s(1),
            HubError::NotAPerson(error) => error.into(),
            HubError::Internal(cause) => Self::internal(cause),
        }
    }
}
