//! Durable jobs in the service's database: what is to be done later, or again until it works.
//!
//! [`enqueue`] writes a row in the transaction that makes the job necessary; a runner in one of the
//! service's processes claims it, under a lease that it renews while the job runs. Of a process that
//! dies the lease ends, and another one takes the job over: a job runs at least once, never in two
//! processes at a time, and its work is to bear being repeated. A process that cannot renew its
//! leases stops its jobs before they end. Clocks of processes may differ by [`LEASE_MS`] / 3.

mod runner;
mod table;

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbErr};
use serde::de::DeserializeOwned;
use suite_contracts::{JobId, TenantId};

use crate::clock::Clock;
use crate::db::{Database, Transaction, Wake};
use crate::retry::shown;
use crate::service::Foundation;

pub use crate::retry::Retry;
pub(crate) use table::CreateJobs;
pub use table::DeadJob;

/// After so long a silence a process counts as dead.
pub const LEASE_MS: u64 = 60_000;
/// A job that runs for longer has failed, unless its worker says otherwise.
pub const RUN_MS_MAX: u64 = 10 * 60_000;
pub const PAYLOAD_BYTES_MAX: usize = 256 * 1024;

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Which worker does it: `noun.verb`, such as `notification.deliver`.
    pub kind: &'static str,
    /// What the worker needs to know. No secrets: it is kept for a day after it is done.
    pub payload: serde_json::Value,
    pub tenant: Option<TenantId>,
    /// Not before; at once if there is none.
    pub run_at_ms: Option<i64>,
    /// Not after: it is given up then.
    pub deadline_ms: Option<i64>,
    pub attempts_max: u32,
    /// Of jobs with the same text only one waits or runs.
    pub unique: Option<String>,
}

impl Job {
    /// To be done at once, for no tenant, as often as [`Retry::DEFAULT`] says.
    pub fn new(kind: &'static str, payload: serde_json::Value) -> Self {
        let attempts_max = Retry::DEFAULT.attempts_max;
        let (tenant, run_at_ms, deadline_ms, unique) = (None, None, None, None);
        Self { kind, payload, tenant, run_at_ms, deadline_ms, attempts_max, unique }
    }
}

/// A job in the hands of its worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    pub id: JobId,
    pub kind: String,
    pub tenant: Option<TenantId>,
    pub payload: serde_json::Value,
    /// From 1.
    pub attempt: u32,
    /// Whether there is none after this one.
    pub is_last: bool,
}

impl Running {
    /// What it is about. A payload of another form will not get better: the job is given up.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_value(self.payload.clone())
            .map_err(|error| Failure::GiveUp(format!("the payload cannot be read: {error}")))
    }
}

/// Why a job was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Later it may work.
    Retry(String),
    /// It never will.
    GiveUp(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Retry(shown(&error))
    }
}

/// What does jobs of a kind.
#[async_trait]
pub trait Work: Send + Sync + 'static {
    /// Does the job. It may be dropped at any await, when its time is over or the process stops.
    async fn run(&self, job: &Running) -> Result<(), Failure>;
}

/// What does jobs of a kind, and how.
#[derive(Clone)]
pub struct Worker {
    pub kind: &'static str,
    pub work: Arc<dyn Work>,
    pub retry: Retry,
    pub run_ms_max: u64,
    /// Done again and again, with so long a pause, by one process of all.
    pub every_ms: Option<u64>,
}

impl Worker {
    pub fn new(kind: &'static str, work: impl Work) -> Self {
        let (retry, run_ms_max, every_ms) = (Retry::DEFAULT, RUN_MS_MAX, None);
        Self { kind, work: Arc::new(work), retry, run_ms_max, every_ms }
    }

    /// Does a job that nobody enqueues: at the first start, and again `every_ms` after each end.
    pub fn every(kind: &'static str, every_ms: u64, work: impl Work) -> Self {
        Self { every_ms: Some(every_ms), ..Self::new(kind, work) }
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Writes a job down. `None` if it is unique, and one like it waits or runs.
pub async fn enqueue(
    transaction: &Transaction,
    clock: &Clock,
    job: Job,
) -> Result<Option<JobId>, DbErr> {
    transaction.wakes_on_commit(Wake::Jobs);
    table::insert(transaction, job, clock.now_ms()).await
}

/// Starts doing a service's jobs: `MAX_WORKERS` of them at a time, of these kinds. Once for each
/// service of a process.
pub fn start(foundation: &Foundation, workers: Vec<Worker>) {
    let runner = runner::Runner::new(foundation, workers);
    foundation.tasks.spawn("jobs", |stop| runner.run(stop));
}

/// Forgets a tenant's jobs: of a tenant that is gone, or of a past that nobody is to hear of, such as
/// a demo's.
pub async fn forget(transaction: &Transaction, tenant: TenantId) -> Result<(), DbErr> {
    table::forget(transaction, tenant).await
}

/// How many are not done, by kind and state.
pub(crate) async fn depths(
    connection: &impl ConnectionTrait,
) -> Result<Vec<(String, String, i64)>, DbErr> {
    table::depths(connection).await
}

/// Jobs that were given up, latest first.
pub async fn dead(database: &Database, limit: u64) -> Result<Vec<DeadJob>, DbErr> {
    table::dead(database.read(), limit).await
}

/// Has a job that was given up done after all; says whether there was one.
pub async fn revive(transaction: &Transaction, clock: &Clock, job: JobId) -> Result<bool, DbErr> {
    transaction.wakes_on_commit(Wake::Jobs);
    table::revive(transaction, job, clock.now_ms()).await
}
