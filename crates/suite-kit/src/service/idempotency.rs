//! Repeating a POST without doing it twice: a request that carries an `Idempotency-Key` is done
//! once, and whoever sends it again gets the answer of the first time.
//!
//! A key counts for its tenant, its caller and its route. The same key with another body is refused,
//! and so is a repetition while the first request still runs. Only what was done is kept: a request
//! that was refused, or failed, may be sent again with its key. Answers are kept sealed for a day,
//! since some of them show a secret. A request that has begun is finished even if its caller goes
//! away, so that the answer is there for the next try; one that a process took down with it may be
//! sent again after a minute. An upload takes no key: it is never read as a whole, and a file that
//! came twice is dropped once nobody has used it.

mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use tracing::Instrument;

use crate::auth::{Directory, Identity, Principal, credential};
use crate::clock::Clock;
use crate::db::Database;
use crate::files::is_upload;
use crate::problem::Problem;
use crate::seal::Sealing;

pub(crate) use table::CreateKeys;

pub const IDEMPOTENCY_KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// An answer that was given before says so.
const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY_CHARS_MAX: usize = 128;
const KEPT_MS: i64 = 24 * 3_600_000;
/// After so long without an answer its process is taken for dead.
const RUNNING_MS_MAX: i64 = 60_000;
const PRUNE_MS: i64 = 3_600_000;
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// What an answer says again; cookies are not among it.
const KEPT_HEADERS: [HeaderName; 3] = [CONTENT_TYPE, ETAG, LOCATION];

/// Keeps the answers of a service.
#[derive(Clone)]
pub(super) struct Idempotency(Arc<Inner>);

struct Inner {
    database: Database,
    clock: Clock,
    directory: Arc<dyn Directory>,
    sealing: Sealing,
    prune_at_ms: AtomicI64,
}

/// What is kept of an answer.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Whether a request is to be done.
enum Begun {
    Now,
    Before(Kept),
}

type Scope = [u8; 32];

impl Idempotency {
    pub(super) fn new(
        database: Database,
        clock: Clock,
        directory: Arc<dyn Directory>,
        secret: &str,
    ) -> Self {
        let sealing = Sealing::new(secret, "idempotent answer");
        let prune_at_ms = AtomicI64::new(0);
        Self(Arc::new(Inner { database, clock, directory, sealing, prune_at_ms }))
    }

    pub(super) fn around(self, routes: Router) -> Router {
        routes.layer(middleware::from_fn_with_state(self, once))
    }

    async fn run(self, key: HeaderValue, request: Request, next: Next) -> Response {
        // Whoever is refused by the handler is refused there; a public route takes no key.
        let Ok(credential) = credential(request.headers()) else { return next.run(request).await };
        let identified = self.0.directory.identify(&credential).await;
        let Ok(identity) = identified else { return next.run(request).await };
        let answered = self.run_as(&identity, &key, request, next).await;
        answered.unwrap_or_else(IntoResponse::into_response)
    }

    async fn run_as(
        self,
        identity: &Identity,
        key: &HeaderValue,
        request: Request,
        next: Next,
    ) -> Result<Response, Problem> {
        let key = key.to_str().ok().filter(|key| (1..=KEY_CHARS_MAX).contains(&key.len()));
        let key = key.ok_or_else(|| {
            let detail =
                format!("an `Idempotency-Key` has 1 to {KEY_CHARS_MAX} visible ASCII characters");
            Problem::invalid("idempotency_key", detail)
        })?;
        let (parts, body) = request.into_parts();
        let reading = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(reading, &()).await.map_err(|rejection| {
            let problem = Problem::invalid("body", rejection.body_text());
            problem.with_status(rejection.status())
        })?;
        let scope = scope(identity, parts.uri.path(), key);
        let fingerprint = fingerprint(parts.uri.query().unwrap_or_default(), &body);
        match self.begin(scope, fingerprint).await? {
            Begun::Before(kept) => Ok(kept.replay()),
            Begun::Now => {
                let request = Request::from_parts(parts, Body::from(body));
                let work = async move { self.end(scope, next.run(request).await).await };
                // Not to be dropped with the caller's connection.
                let done = tokio::spawn(work.in_current_span()).await;
                done.map_err(Problem::internal)
            }
        }
    }

    async fn begin(&self, scope: Scope, fingerprint: [u8; 32]) -> Result<Begun, Problem> {
        let Inner { database, clock, .. } = self.0.as_ref();
        let now_ms = clock.now_ms();
        if self.0.prune_at_ms.load(Ordering::Relaxed) <= now_ms {
            self.0.prune_at_ms.store(now_ms + PRUNE_MS, Ordering::Relaxed);
            table::prune(database.alone(), now_ms - KEPT_MS).await?;
        }
        // Most keys are new, and then this is all.
        if table::begin(database.alone(), scope, fingerprint, now_ms).await? {
            return Ok(Begun::Now);
        }
        self.begin_again(scope, fingerprint, now_ms).await
    }

    /// Looks at a key that is known.
    async fn begin_again(
        &self,
        scope: Scope,
        fingerprint: [u8; 32],
        now_ms: i64,
    ) -> Result<Begun, Problem> {
        let transaction = self.0.database.begin().await?;
        let known = table::locked(&transaction, scope).await?;
        let replaces = known.is_some();
        if let Some(row) = known.filter(|row| row.created_at_ms > now_ms - KEPT_MS) {
            if row.fingerprint != fingerprint {
                let detail = "this `Idempotency-Key` was used for another request: make a new one";
                return Err(Problem::conflict("idempotency_key_reused", detail));
            }
            if let Some(answer) = &row.answer {
                let opened = self.0.sealing.open(&scope, answer).map_err(Problem::internal)?;
                let kept = serde_json::from_slice(&opened).map_err(Problem::internal)?;
                return Ok(Begun::Before(kept));
            }
            if row.created_at_ms > now_ms - RUNNING_MS_MAX {
                return Err(running());
            }
        }
        if replaces {
            // It is locked: nobody else begins in its place.
            table::forget(&*transaction, scope).await?;
        }
        if !table::begin(&*transaction, scope, fingerprint, now_ms).await? {
            return Err(running());
        }
        transaction.commit_unaudited("nothing is done yet").await?;
        Ok(Begun::Now)
    }

    /// Keeps an answer of what was done; forgets the key of what was not.
    async fn end(&self, scope: Scope, response: Response) -> Response {
        let is_small = response.body().size_hint().upper();
        let is_small = is_small.is_some_and(|bytes| bytes <= ANSWER_BYTES_MAX as u64);
        if !response.status().is_success() || !is_small {
            self.keep(scope, None).await;
            return response;
        }
        let (parts, body) = response.into_parts();
        // It is in memory already.
        let body = to_bytes(body, ANSWER_BYTES_MAX).await.unwrap_or_default();
        let header = |name: &HeaderName| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        };
        let kept = Kept {
            status: parts.status.as_u16(),
            headers: KEPT_HEADERS.iter().filter_map(header).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        self.keep(scope, serde_json::to_vec(&kept).ok()).await;
        Response::from_parts(parts, Body::from(body))
    }

    async fn keep(&self, scope: Scope, answer: Option<Vec<u8>>) {
        if let Err(error) = self.try_keep(scope, answer).await {
            tracing::error!(%error, "an answer was not kept for its idempotency key");
        }
    }

    async fn try_keep(&self, scope: Scope, answer: Option<Vec<u8>>) -> Result<(), DbErr> {
        let database = self.0.database.alone();
        match answer {
            Some(answer) => table::end(database, scope, self.0.sealing.seal(&scope, &answer)).await,
            None => table::forget(database, scope).await,
        }
    }
}

impl Kept {
    fn replay(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = (status, self.body).into_response();
        let headers = response.headers_mut();
        headers.remove(CONTENT_TYPE);
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        headers.insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
        response
    }
}

async fn once(State(kept): State<Idempotency>, request: Request, next: Next) -> Response {
    let key = request.headers().get(IDEMPOTENCY_KEY_HEADER);
    let (method, path) = (request.method(), request.uri().path());
    let takes_key = method == Method::POST && !is_upload(method, path);
    match key.filter(|_| takes_key).cloned() {
        Some(key) => kept.run(key, request, next).await,
        None => next.run(request).await,
    }
}

fn running() -> Problem {
    let detail = "the first request with this `Idempotency-Key` still runs: try again";
    Problem::conflict("idempotency_key_running", detail).retry_after_s(1)
}

fn scope(identity: &Identity, path: &str, key: &str) -> Scope {
    let principal = match &identity.principal {
        Principal::User { id, .. } => format!("user {id}"),
        Principal::ApiKey { id } => format!("api-key {id}"),
        Principal::Service { name } => format!("service {name}"),
    };
    let text = format!("{}\n{principal}\n{path}\n{key}", identity.tenant);
    blake3::derive_key("itechsmart 2026 idempotency scope v1", text.as_bytes())
}

fn fingerprint(query: &str, body: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("itechsmart 2026 idempotency body v1");
    hasher.update(query.as_bytes());
    hasher.update(b"\n");
    hasher.update(body);
    hasher.finalize().into()
}
