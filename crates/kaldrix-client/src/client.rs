//! A typed client of a node's REST API.

use std::time::{Duration, Instant};

use kaldrix_types::encoding::{self, TooMany};
use kaldrix_types::{Address, Genesis, Height, LedgerBlockId, Transaction, TransactionId};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;

use crate::api::{
    Accepted, AccountView, BatchResponse, BlockDetail, BlockPage, DagWindow, Health, NetworkStatus,
    PeerList, Problem, ProblemKind, TransactionState, TransactionView, ValidatorList, WAIT_MS_MAX,
};
use crate::binary::{BATCH_MEDIA_TYPE, TRANSACTION_MEDIA_TYPE, TransactionBatch};
use crate::error::ClientError;

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Pauses before a request is repeated.
const RETRY_PAUSES_MS: [u64; 2] = [100, 400];
/// Below the time after which a node closes an idle connection, so that no request meets one that
/// is being closed.
const IDLE_CONNECTION_S: u64 = 15;

/// How patient a client is.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// For one request, its connection and answer included.
    pub request_timeout: Duration,
    pub connect_timeout: Duration,
    /// Whether requests that do no harm when they arrive twice are repeated when the connection
    /// fails: all that read, and those that submit, since a transaction executes once.
    pub retry: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            retry: true,
        }
    }
}

/// A node's REST API. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    options: Options,
}

/// A request that may be sent more than once.
#[derive(Clone)]
pub(crate) struct Request {
    method: Method,
    url: Url,
    body: Option<(&'static str, Vec<u8>)>,
    timeout: Duration,
}

/// What came back, read whole.
pub(crate) struct Answer {
    pub url: String,
    status: StatusCode,
    body: Vec<u8>,
}

impl Client {
    /// A client of the node at `url`, such as `http://127.0.0.1:8080`. Connects to nothing yet.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        Self::with_options(url, Options::default())
    }

    pub fn with_options(url: &str, options: Options) -> Result<Self, ClientError> {
        let base = parse_base(url)?;
        let http = reqwest::Client::builder()
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(Duration::from_secs(IDLE_CONNECTION_S))
            .tcp_nodelay(true)
            .no_proxy()
            .user_agent(concat!("kaldrix-client/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ClientError::Setup(chain(&error)))?;
        Ok(Self { http, base, options })
    }

    /// The node's URL.
    pub fn url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Hands a transaction to the node. When this returns, the node holds it durably.
    pub async fn submit(&self, transaction: &Transaction) -> Result<TransactionId, ClientError> {
        let body = (TRANSACTION_MEDIA_TYPE, encoding::to_bytes(transaction));
        let request = self.request(Method::POST, &["transactions"], &[]).with_body(body);
        let accepted: Accepted = self.answer(request).await?.json()?;
        Ok(accepted.id)
    }

    /// Hands transactions to the node, each on its own terms: look at every result.
    ///
    /// At most [`BATCH_TRANSACTIONS_MAX`](crate::api::BATCH_TRANSACTIONS_MAX) at once.
    pub async fn submit_batch(
        &self,
        transactions: Vec<Transaction>,
    ) -> Result<BatchResponse, ClientError> {
        let too_many = |error: TooMany| {
            let problem = Problem::new(ProblemKind::BodyTooLarge, error.to_string());
            ClientError::Problem(Box::new(problem.at("transactions")))
        };
        let batch = TransactionBatch::new(transactions).map_err(too_many)?;
        let body = (BATCH_MEDIA_TYPE, encoding::to_bytes(&batch));
        let request = self.request(Method::POST, &["transactions", "batch"], &[]);
        self.answer(request.with_body(body)).await?.json()
    }

    /// A transaction and what became of it; `None` if the node does not know it.
    pub async fn transaction(
        &self,
        id: &TransactionId,
    ) -> Result<Option<TransactionView>, ClientError> {
        self.find(&["transactions", &id.to_string()], &[]).await
    }

    /// Waits until a transaction is final, at most `timeout`, and gives it. One that executed
    /// but failed is final too: its receipt says so.
    pub async fn wait_final(
        &self,
        id: &TransactionId,
        timeout: Duration,
    ) -> Result<TransactionView, ClientError> {
        let start = Instant::now();
        loop {
            let left = timeout.saturating_sub(start.elapsed());
            let wait_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX).min(WAIT_MS_MAX);
            let query = [("wait_ms", wait_ms.to_string())];
            let mut request = self.request(Method::GET, &["transactions", &id.to_string()], &query);
            request.timeout += Duration::from_millis(wait_ms);
            let view: Option<TransactionView> = self.answer(request).await?.found()?;
            match view {
                Some(view) if view.status == TransactionState::Final => return Ok(view),
                Some(TransactionView { rejection: Some(reason), .. }) => {
                    return Err(ClientError::Rejected { id: *id, reason });
                }
                _ if left.is_zero() => {
                    return Err(ClientError::NotFinal { id: *id, after: timeout });
                }
                _ => {}
            }
        }
    }

    /// An account; `None` if nothing was ever sent to it.
    pub async fn account(&self, address: &Address) -> Result<Option<AccountView>, ClientError> {
        self.find(&["accounts", &address.to_string()], &[]).await
    }

    /// Ledger blocks below `before`, or from the latest one, the highest first.
    pub async fn blocks(
        &self,
        before: Option<Height>,
        limit: u64,
    ) -> Result<BlockPage, ClientError> {
        let mut query = vec![("limit", limit.to_string())];
        query.extend(before.map(|height| ("before", height.to_string())));
        self.get(&["blocks"], &query).await
    }

    /// The ledger block at a height.
    pub async fn block(&self, height: Height) -> Result<Option<BlockDetail>, ClientError> {
        self.find(&["blocks", &height.to_string()], &[]).await
    }

    /// The ledger block at a height, with at most `limit` of its transactions from the one at
    /// `offset`.
    pub async fn block_part(
        &self,
        height: Height,
        offset: usize,
        limit: u64,
    ) -> Result<Option<BlockDetail>, ClientError> {
        let query = [
            ("transactions_offset", offset.to_string()),
            ("transactions_limit", limit.to_string()),
        ];
        self.find(&["blocks", &height.to_string()], &query).await
    }

    /// The ledger block of an id.
    pub async fn block_by_id(
        &self,
        id: &LedgerBlockId,
    ) -> Result<Option<BlockDetail>, ClientError> {
        self.find(&["blocks", &id.to_string()], &[]).await
    }

    /// `rounds` rounds of the DAG from `from`, or the latest ones.
    pub async fn dag(&self, from: Option<u64>, rounds: u64) -> Result<DagWindow, ClientError> {
        let mut query = vec![("rounds", rounds.to_string())];
        query.extend(from.map(|round| ("from", round.to_string())));
        self.get(&["dag"], &query).await
    }

    pub async fn status(&self) -> Result<NetworkStatus, ClientError> {
        self.get(&["status"], &[]).await
    }

    pub async fn validators(&self) -> Result<ValidatorList, ClientError> {
        self.get(&["validators"], &[]).await
    }

    pub async fn peers(&self) -> Result<PeerList, ClientError> {
        self.get(&["peers"], &[]).await
    }

    /// The network's genesis, checked against the chain id that it states. The node may lie about
    /// which network it is on: compare the chain id with one that you trust.
    pub async fn genesis(&self) -> Result<Genesis, ClientError> {
        let request = self.request(Method::GET, &["genesis"], &[]);
        let answer = self.answer(request).await?;
        let text = String::from_utf8_lossy(&answer.body);
        kaldrix_types::genesis_file::read(&text).map_err(|error| answer.unlike_a_node(&error))
    }

    /// How the node is; an ailing node's answer is no error.
    pub async fn health(&self) -> Result<Health, ClientError> {
        let mut request = self.request(Method::GET, &[], &[]);
        request.url.set_path("/health/ready");
        let answer = self.fetch(request).await?;
        serde_json::from_slice(&answer.body).map_err(|error| answer.unlike_a_node(&error))
    }

    pub(crate) fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Request {
        let mut url = self.base.clone();
        url.set_path(&format!("{}v1/{}", self.base.path(), path.join("/")));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Request { method, url, body: None, timeout: self.options.request_timeout }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<T, ClientError> {
        self.answer(self.request(Method::GET, path, query)).await?.json()
    }

    /// Like [`Self::get`], with none for what the node does not have.
    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Option<T>, ClientError> {
        self.answer(self.request(Method::GET, path, query)).await?.found()
    }

    /// An answer with a status of success, or "not found", which may be no error.
    pub(crate) async fn answer(&self, request: Request) -> Result<Answer, ClientError> {
        let answer = self.fetch(request).await?;
        if answer.status.is_success() { Ok(answer) } else { answer.into_problem() }
    }

    /// Sends a request, and again when the connection fails. Every request of this client may
    /// arrive twice without harm.
    async fn fetch(&self, request: Request) -> Result<Answer, ClientError> {
        let pauses: &[u64] = if self.options.retry { &RETRY_PAUSES_MS } else { &[] };
        for pause_ms in pauses {
            match self.fetch_once(request.clone()).await {
                Err(ClientError::Unreachable { .. } | ClientError::Lost { .. }) => {
                    tokio::time::sleep(Duration::from_millis(*pause_ms)).await;
                }
                other => return other,
            }
        }
        self.fetch_once(request).await
    }

    async fn fetch_once(&self, request: Request) -> Result<Answer, ClientError> {
        let Request { method, url, body, timeout } = request;
        let failed = |error: reqwest::Error| self.failed(&error, timeout);
        let mut builder = self.http.request(method, url.clone()).timeout(timeout);
        builder = builder.header(ACCEPT, "application/json, application/problem+json");
        if let Some((media_type, bytes)) = body {
            builder = builder.header(CONTENT_TYPE, media_type).body(bytes);
        }
        let mut response = builder.send().await.map_err(failed)?;
        let status = response.status();
        let mut answer = Answer { url: url.into(), status, body: Vec::new() };
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if answer.body.len() + chunk.len() > ANSWER_BYTES_MAX {
                let reason = format!("it is longer than {ANSWER_BYTES_MAX} bytes");
                return Err(answer.unlike_a_node(&reason));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn failed(&self, error: &reqwest::Error, after: Duration) -> ClientError {
        let url = self.url().to_owned();
        if error.is_connect() {
            ClientError::Unreachable { url, reason: chain(error) }
        } else if error.is_timeout() {
            ClientError::TimedOut { url, after }
        } else {
            ClientError::Lost { url, reason: chain(error) }
        }
    }
}

impl Request {
    fn with_body(self, body: (&'static str, Vec<u8>)) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Answer {
    pub(crate) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    /// Where what is not found is no answer.
    pub(crate) fn required(&self) -> Result<(), ClientError> {
        if self.is_not_found() {
            return Err(ClientError::Problem(Box::new(self.problem()?)));
        }
        Ok(())
    }

    pub(crate) fn text(&self) -> Result<&str, ClientError> {
        std::str::from_utf8(&self.body).map_err(|error| self.unlike_a_node(&error))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        self.required()?;
        serde_json::from_slice(&self.body).map_err(|error| self.unlike_a_node(&error))
    }

    fn found<T: DeserializeOwned>(&self) -> Result<Option<T>, ClientError> {
        if self.is_not_found() { Ok(None) } else { self.json().map(Some) }
    }

    fn problem(&self) -> Result<Problem, ClientError> {
        serde_json::from_slice(&self.body).map_err(|error| self.unlike_a_node(&error))
    }

    /// "Not found" is an answer where something was looked for.
    fn into_problem(self) -> Result<Self, ClientError> {
        let problem = self.problem()?;
        match problem.kind {
            ProblemKind::NotFound => Ok(self),
            _ => Err(ClientError::Problem(Box::new(problem))),
        }
    }

    pub(crate) fn unlike_a_node(&self, reason: &impl ToString) -> ClientError {
        let (url, status) = (self.url.clone(), self.status.as_u16());
        ClientError::NotANode { url, status, reason: reason.to_string() }
    }
}

fn parse_base(text: &str) -> Result<Url, ClientError> {
    let fail = |reason: String| ClientError::Url { url: text.to_owned(), reason };
    let mut url = Url::parse(text).map_err(|error| fail(error.to_string()))?;
    if url.scheme() != "http" {
        return Err(fail(format!("the scheme {:?} is not supported, use http", url.scheme())));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(fail("it has a query or a fragment".to_owned()));
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// An error with its causes: the outermost alone often says nothing.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.last().map_or_else(|| error.to_string(), ToString::to_string)
}
