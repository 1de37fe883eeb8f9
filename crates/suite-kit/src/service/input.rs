//! Reading requests: what does not fit is answered with a problem that names the field.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A JSON body, in a request or an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_json = media_type.is_some_and(|media_type| {
            let essence = media_type.split(';').next().unwrap_or_default().trim();
            essence == "application/json" || essence.ends_with("+json")
        });
        if !is_json {
            let detail = "send JSON with `Content-Type: application/json`";
            let problem = Problem::invalid("media_type", detail);
            return Err(problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let status = rejection.status();
            let problem = Problem::invalid("body", rejection.body_text());
            if status == StatusCode::PAYLOAD_TOO_LARGE {
                return problem.with_status(status);
            }
            problem
        })?;
        let mut deserializer = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let pointer = pointer(error.path());
            let detail = error.inner().to_string();
            Problem::invalid("body", format!("the body does not fit: {detail}")).at(pointer, detail)
        })?;
        deserializer.end().map_err(|error| Problem::invalid("body", error.to_string()))?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// The parameters after the `?`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let read = axum::extract::Query::try_from_uri(&parts.uri);
        let read = read.map_err(|rejection| Problem::invalid("query", rejection.body_text()))?;
        Ok(Self(read.0))
    }
}

/// The parameters in the path. What is no id names nothing that there is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        read.map(|read| Self(read.0)).map_err(|_| Problem::not_found("object"))
    }
}

/// The version that a change is made to (RFC 9110, section 13.1.1). A change without one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if_match(&parts.headers)
    }
}

fn if_match(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let Some(value) = headers.get(IF_MATCH) else {
        let detail =
            "send `If-Match` with the `ETag` of what you read, so that nobody's change is lost";
        let problem = Problem::invalid("if_match_missing", detail);
        return Err(problem.with_status(StatusCode::PRECONDITION_REQUIRED));
    };
    let version = value.to_str().ok().and_then(|text| {
        let quoted = text.trim().strip_prefix('"')?.strip_suffix('"')?;
        quoted.parse().ok()
    });
    let detail = "`If-Match` is not an `ETag` of ours: read the object first";
    version.map(IfMatch).ok_or_else(|| Problem::invalid("if_match", detail))
}

/// An answer with its version as `ETag`.
pub fn etag(version: i64, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_the_version_that_it_changes() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_MATCH, value.parse().unwrap());
            if_match(&headers)
        };
        assert_eq!(read("\"12\"").unwrap(), IfMatch(12));
        for value in ["12", "*", "W/\"12\"", "\"x\"", "\"1\", \"2\""] {
            assert_eq!(read(value).unwrap_err().code(), "if_match", "{value}");
        }
        assert_eq!(if_match(&HeaderMap::new()).unwrap_err().code(), "if_match_missing");
    }
}
