//! Errors as callers see them: RFC 9457 problem documents of nine closed kinds.
//!
//! A service's error enum becomes a [`Problem`]; only this module knows HTTP. An internal failure
//! has a fixed text, and its cause goes to the log under the request's id.

use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type of a problem.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, as far as a caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The request is at fault: mend it before sending it again.
    Invalid,
    /// Nobody is signed in, or no longer.
    Unauthenticated,
    /// The caller lacks a permission.
    Forbidden,
    /// There is nothing of that id in the caller's tenant.
    NotFound,
    /// The state of things does not allow it.
    Conflict,
    /// Somebody else has changed it since it was read.
    Stale,
    /// Too many requests.
    RateLimited,
    /// Something that this needs is down for now.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Invalid,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::Stale,
        Self::RateLimited,
        Self::Unavailable,
        Self::Internal,
    ];

    pub const fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Invalid => "The request is not valid",
            Self::Unauthenticated => "Sign in first",
            Self::Forbidden => "You may not do this",
            Self::NotFound => "There is no such thing",
            Self::Conflict => "This does not go with how things stand",
            Self::Stale => "It has changed since you read it",
            Self::RateLimited => "Too many requests",
            Self::Unavailable => "Not available right now",
            Self::Internal => "Something went wrong on our side",
        }
    }
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body (RFC 6901), or the name of a parameter.
    pub field: String,
    pub detail: String,
}

/// An error on its way to a caller; the frame around all handlers writes it.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: Kind,
    /// A stable word for programs, such as `email_taken`.
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    status: Option<StatusCode>,
    retry_after_s: Option<u64>,
    /// For the log alone.
    cause: Option<String>,
}

/// A problem as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `urn:itechsmart:problem:` and the code.
    #[serde(rename = "type")]
    pub kind_uri: String,
    pub title: String,
    pub status: u16,
    pub kind: Kind,
    /// A stable word for programs.
    pub code: String,
    pub detail: String,
    /// Under this id the log knows more.
    pub request_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let inner = Inner {
            kind,
            code,
            detail,
            errors: Vec::new(),
            status: None,
            retry_after_s: None,
            cause: None,
        };
        Self(Box::new(inner))
    }

    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, code, detail)
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    /// There is no `what` of that id, or it is another tenant's.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("there is no such {what}"))
    }

    /// `what` has changed since the `ETag` that the caller sent.
    pub fn stale(what: &str) -> Self {
        let detail = format!("this {what} was changed meanwhile: read it again, then repeat");
        Self::new(Kind::Stale, "stale", detail)
    }

    pub fn unauthenticated(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, code, detail)
    }

    /// A failure that only the log may know about.
    #[expect(clippy::needless_pass_by_value, reason = "calls read better without `&`")]
    pub fn internal(cause: impl ToString) -> Self {
        let detail = "we have logged the cause under this request id";
        let mut problem = Self::new(Kind::Internal, "internal", detail);
        problem.0.cause = Some(cause.to_string());
        problem
    }

    /// Something is down for now; the cause is for the log.
    #[expect(clippy::needless_pass_by_value, reason = "calls read better without `&`")]
    pub fn unavailable(detail: impl Into<String>, cause: impl ToString) -> Self {
        let mut problem = Self::new(Kind::Unavailable, "unavailable", detail);
        problem.0.cause = Some(cause.to_string());
        problem.retry_after_s(1)
    }

    /// Names the field that is at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>, detail: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { field: field.into(), detail: detail.into() });
        self
    }

    #[must_use]
    pub fn retry_after_s(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// For what programs tell apart within a kind.
    #[must_use]
    pub(crate) fn with_code(mut self, code: &'static str) -> Self {
        self.0.code = code;
        self
    }

    /// For the few answers whose status HTTP fixes more narrowly than their kind does.
    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    fn status(&self) -> StatusCode {
        self.0.status.unwrap_or(self.0.kind.status())
    }

    /// As it travels, under the id of the request that it answers.
    pub fn body(&self, request_id: &str) -> ProblemBody {
        let Inner { kind, code, detail, errors, .. } = self.0.as_ref();
        ProblemBody {
            kind_uri: format!("urn:itechsmart:problem:{code}"),
            title: kind.title().to_owned(),
            status: self.status().as_u16(),
            kind: *kind,
            code: (*code).to_owned(),
            detail: detail.clone(),
            request_id: request_id.to_owned(),
            errors: errors.clone(),
        }
    }

    /// The whole response.
    pub(crate) fn write(&self, request_id: &str) -> Response {
        let body = serde_json::to_vec(&self.body(request_id)).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.kind == Kind::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// Takes the problem out of a response that a handler has made.
    pub(crate) fn take(extensions: &mut Extensions) -> Option<Self> {
        extensions.remove::<Self>()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
