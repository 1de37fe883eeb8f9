//! What callers send, read with bounds: bodies in either form, parameters.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, Query, RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use bytes::BytesMut;
use http_body_util::BodyExt;
use kaldrix_client::api::{
    BATCH_REQUEST_BYTES_MAX, BATCH_TRANSACTIONS_MAX, BatchRequest, FieldError, ProblemKind,
    SignedTransaction, TRANSACTION_REQUEST_BYTES_MAX,
};
use kaldrix_client::binary::{BATCH_MEDIA_TYPE, TRANSACTION_MEDIA_TYPE, TransactionBatch};
use kaldrix_types::Transaction;
use kaldrix_types::encoding::{self, DecodeError};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// For a body to arrive.
const BODY_MS_MAX: u64 = 10_000;
/// Of a body that is too large, so many times its limit are read before the connection is closed.
const DRAINED_FACTOR: usize = 4;
const JSON: &str = "application/json";

/// The two forms of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Compact,
}

/// One transaction, in either form.
pub(super) async fn transaction(request: Request) -> Result<Transaction, ApiError> {
    let form = form(request.headers(), TRANSACTION_MEDIA_TYPE);
    let bytes = read(request, TRANSACTION_REQUEST_BYTES_MAX).await?;
    match form? {
        Form::Compact => compact(&bytes),
        Form::Json => {
            let signed: SignedTransaction = json(&bytes)?;
            signed.try_into().map_err(|error| unfit("", &error))
        }
    }
}

/// A batch of transactions, in either form.
pub(super) async fn batch(request: Request) -> Result<Vec<Transaction>, ApiError> {
    let form = form(request.headers(), BATCH_MEDIA_TYPE);
    let bytes = read(request, BATCH_REQUEST_BYTES_MAX).await?;
    let form = form?;
    // Decoding may take tens of milliseconds, in which this thread serves nobody else.
    let decoded = tokio::task::spawn_blocking(move || decode_batch(form, &bytes)).await;
    decoded.map_err(|_| ApiError::new(ProblemKind::Internal, "the batch could not be decoded"))?
}

fn decode_batch(form: Form, bytes: &[u8]) -> Result<Vec<Transaction>, ApiError> {
    match form {
        Form::Compact => {
            let batch: TransactionBatch = compact(bytes)?;
            Ok(batch.transactions.into_inner())
        }
        Form::Json => {
            let batch: BatchRequest = json(bytes)?;
            let found = batch.transactions.len();
            if found > BATCH_TRANSACTIONS_MAX {
                let detail = format!("{found} exceed the limit of {BATCH_TRANSACTIONS_MAX}");
                return Err(ApiError::at(ProblemKind::BodyTooLarge, "transactions", detail));
            }
            let read = |(index, signed): (usize, SignedTransaction)| {
                signed.try_into().map_err(|error| unfit(&format!("transactions[{index}]."), &error))
            };
            batch.transactions.into_iter().enumerate().map(read).collect()
        }
    }
}

fn unfit(path: &str, error: &FieldError) -> ApiError {
    let field = format!("{path}{}", error.field);
    ApiError::at(ProblemKind::InvalidBody, &field, error.reason.clone())
}

fn form(headers: &HeaderMap, compact: &str) -> Result<Form, ApiError> {
    let value = headers.get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap_or("?"));
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(JSON) {
        Ok(Form::Json)
    } else if essence.eq_ignore_ascii_case(compact) {
        Ok(Form::Compact)
    } else {
        let found: String = essence.chars().take(80).collect();
        let detail = format!("the Content-Type is {found:?}, expected {JSON} or {compact}");
        Err(ApiError::new(ProblemKind::UnsupportedMediaType, detail))
    }
}

/// Reads a body whole. What is refused is read too, within bounds: a caller that is still sending
/// when the connection closes never sees the answer.
async fn read(request: Request, bytes_max: usize) -> Result<Bytes, ApiError> {
    let reading = read_bounded(request.into_body(), bytes_max);
    tokio::time::timeout(Duration::from_millis(BODY_MS_MAX), reading).await.unwrap_or_else(|_| {
        let detail = format!("the body did not arrive within {BODY_MS_MAX} ms");
        Err(ApiError::new(ProblemKind::RequestTimeout, detail))
    })
}

async fn read_bounded(mut body: Body, bytes_max: usize) -> Result<Bytes, ApiError> {
    let bytes_drained_max = bytes_max.saturating_mul(DRAINED_FACTOR);
    let (mut bytes, mut length) = (BytesMut::new(), 0usize);
    while let Some(frame) = body.frame().await {
        let broke_off =
            |error| ApiError::new(ProblemKind::InvalidBody, format!("the body broke off: {error}"));
        let Ok(data) = frame.map_err(broke_off)?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= bytes_max {
            bytes.extend_from_slice(&data);
        } else if length > bytes_drained_max {
            break;
        }
    }
    if length > bytes_max {
        let detail = format!("the body exceeds the limit of {bytes_max} bytes");
        return Err(ApiError::new(ProblemKind::BodyTooLarge, detail));
    }
    Ok(bytes.freeze())
}

fn compact<T: encoding::Canonical>(bytes: &[u8]) -> Result<T, ApiError> {
    encoding::from_bytes(bytes).map_err(|error| {
        let kind = match error {
            DecodeError::TooLong { .. } => ProblemKind::BodyTooLarge,
            _ => ProblemKind::InvalidBody,
        };
        ApiError::new(kind, error.to_string())
    })
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, detail) = (error.path().to_string(), error.inner().to_string());
        // The text broke off, or is not of this shape at all: there is no place to name.
        if path == "." || path.contains('?') {
            return ApiError::new(ProblemKind::InvalidBody, detail);
        }
        ApiError::at(ProblemKind::InvalidBody, &path, detail)
    })?;
    reader.end().map_err(|error| ApiError::new(ProblemKind::InvalidBody, error.to_string()))?;
    Ok(value)
}

/// The one parameter of a route's path.
#[derive(Debug)]
pub(super) struct Segment<T>(pub T);

impl<T, S> FromRequestParts<S> for Segment<T>
where
    T: FromStr<Err: Display>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let invalid = |field: &str, reason: String| {
            ApiError::at(ProblemKind::InvalidParameter, field, reason)
        };
        let named = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|error| invalid("path", error.body_text()))?;
        let name = named.iter().next().map_or("path", |(name, _)| name).to_owned();
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|error| invalid(&name, error.body_text()))?;
        text.parse().map(Self).map_err(|error| invalid(&name, error.to_string()))
    }
}

/// The parameters after the question mark. `T` refuses those it does not know, so that a misspelt
/// one does not go unseen.
#[derive(Debug)]
pub(super) struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(parameters) = Query::try_from_uri(&parts.uri).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            let detail = cause.unwrap_or_else(|| error.to_string());
            ApiError::at(ProblemKind::InvalidParameter, "query", detail)
        })?;
        Ok(Self(parameters))
    }
}

/// A parameter that must lie within bounds.
pub(super) fn within(name: &str, value: u64, min: u64, max: u64) -> Result<u64, ApiError> {
    if (min..=max).contains(&value) {
        return Ok(value);
    }
    let detail = format!("{value} is not from {min} to {max}");
    Err(ApiError::at(ProblemKind::InvalidParameter, name, detail))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::HttpBody;
    use axum::response::IntoResponse;

    use super::*;

    /// A body of which nothing ever arrives.
    struct Silence;

    impl HttpBody for Silence {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let start = tokio::time::Instant::now();
        let request = Request::builder().header(CONTENT_TYPE, JSON);
        let request = request.body(Body::new(Silence)).unwrap();
        let refused = transaction(request).await.unwrap_err().into_response();
        assert_eq!(refused.status(), 408);
        assert_eq!(start.elapsed(), Duration::from_millis(BODY_MS_MAX));
    }
}
