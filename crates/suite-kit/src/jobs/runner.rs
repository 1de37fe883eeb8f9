//! Claiming jobs, running them a few at a time, and recording how they ended.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sea_orm::DbErr;
use sea_orm::prelude::Uuid;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::table::{self, Claimed, End};
use super::{Failure, Job, LEASE_MS, Running, Worker};
use crate::clock::Clock;
use crate::db::{Database, Wake};
use crate::retry::{Retry, shown};
use crate::service::Foundation;
use crate::telemetry::JobMetrics;

/// How often to look for what other processes have enqueued, or left behind.
const LOOK_MS: u64 = 1_000;
const RENEW_MS: u64 = LEASE_MS / 4;
/// So long before its lease ends for others, a job is stopped here.
const LEASE_MARGIN_MS: u64 = LEASE_MS / 3;
/// What runs when the process stops may go on for so long.
const FAREWELL_MS_MAX: u64 = 8_000;
const HOUSEKEEPING_MS: i64 = 10 * 60_000;
const DONE_MS_KEPT: i64 = 24 * 3_600_000;
const DEAD_MS_KEPT: i64 = 90 * 24 * 3_600_000;
const UNAVAILABLE: Retry = Retry { attempts_max: u32::MAX, delay_ms_min: 200, delay_ms_max: 5_000 };

/// Jobs that run here: until when their lease surely holds.
type Held = Arc<Mutex<HashMap<Uuid, (Uuid, watch::Sender<Instant>)>>>;

pub(super) struct Runner {
    database: Database,
    clock: Clock,
    workers: HashMap<&'static str, Worker>,
    kinds: Vec<&'static str>,
    running_max: usize,
    held: Held,
    housekeeping_at_ms: i64,
    /// When to look for jobs of processes that are dead.
    orphans_at: Instant,
    /// Whether more jobs are due than were claimed.
    has_more: bool,
    metrics: JobMetrics,
}

impl Runner {
    pub(super) fn new(foundation: &Foundation, workers: Vec<Worker>) -> Self {
        let workers: HashMap<_, _> =
            workers.into_iter().map(|worker| (worker.kind, worker)).collect();
        Self {
            database: foundation.database.clone(),
            clock: foundation.clock.clone(),
            kinds: workers.keys().copied().collect(),
            workers,
            running_max: foundation.config.max_workers.max(1),
            held: Held::default(),
            housekeeping_at_ms: i64::MIN,
            orphans_at: Instant::now(),
            has_more: false,
            metrics: foundation.metrics.jobs.clone(),
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut woken = self.database.woken(Wake::Jobs);
        let mut tasks = JoinSet::new();
        let mut failures = 0;
        let mut renewals = tokio::time::interval(Duration::from_millis(RENEW_MS));
        while !stop.is_cancelled() {
            while tasks.try_join_next().is_some() {}
            woken.mark_unchanged();
            let pause_ms = match self.step(&mut tasks).await {
                Ok(pause_ms) => {
                    failures = 0;
                    pause_ms
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, "jobs wait for the database");
                    UNAVAILABLE.delay_ms(failures)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                _ = woken.changed(), if failures == 0 => {}
                Some(_) = tasks.join_next() => {}
                _ = renewals.tick() => self.renew().await,
                () = tokio::time::sleep(Duration::from_millis(pause_ms)) => {}
            }
        }
        self.stop(tasks).await;
    }

    /// Starts what is due and fits. Gives how long nothing is due.
    async fn step(&mut self, tasks: &mut JoinSet<()>) -> Result<u64, DbErr> {
        let now_ms = self.clock.now_ms();
        if now_ms >= self.housekeeping_at_ms {
            self.housekeep(now_ms).await?;
            self.housekeeping_at_ms = now_ms.saturating_add(HOUSEKEEPING_MS);
        }
        let free = self.running_max.saturating_sub(tasks.len());
        if free == 0 {
            return Ok(LOOK_MS);
        }
        let claimed = if Instant::now() >= self.orphans_at {
            self.orphans_at = Instant::now() + Duration::from_millis(LOOK_MS);
            self.claim_orphaned(now_ms, tasks).await?
        } else {
            0
        };
        if claimed == free {
            return Ok(LOOK_MS);
        }
        let had_more = std::mem::take(&mut self.has_more);
        if !had_more {
            let next_ms = table::next_ms(self.database.read(), &self.kinds).await?;
            let next_ms = next_ms.unwrap_or(i64::MAX);
            if next_ms > now_ms {
                return Ok(next_ms.saturating_sub(now_ms).max(1).cast_unsigned().min(LOOK_MS));
            }
        }
        let free = free.saturating_sub(claimed);
        self.has_more = self.claim(Claimed::Due, free, now_ms, tasks).await? == free;
        // Fewer than were expected: when the next one is due is not known.
        Ok(if had_more && !self.has_more { 0 } else { LOOK_MS })
    }

    /// Takes over what processes left behind that are dead; says how much.
    async fn claim_orphaned(
        &mut self,
        now_ms: i64,
        tasks: &mut JoinSet<()>,
    ) -> Result<usize, DbErr> {
        let own: Vec<Uuid> = self.held.lock().keys().copied().collect();
        let read = self.database.read();
        if !table::is_any_orphaned(read, &self.kinds, &own, now_ms).await? {
            return Ok(0);
        }
        let free = self.running_max.saturating_sub(tasks.len());
        self.claim(Claimed::Orphaned { own: &own }, free, now_ms, tasks).await
    }

    async fn claim(
        &self,
        claimed: Claimed<'_>,
        limit: usize,
        now_ms: i64,
        tasks: &mut JoinSet<()>,
    ) -> Result<usize, DbErr> {
        let (claimed_at, times) = (Instant::now(), (now_ms, after(now_ms, LEASE_MS)));
        let rows = table::claim(&self.database, &self.kinds, claimed, limit as u64, times).await?;
        let claimed = rows.len();
        for row in rows {
            self.spawn(row, claimed_at, tasks);
        }
        Ok(claimed)
    }

    fn spawn(&self, row: table::Model, claimed_at: Instant, tasks: &mut JoinSet<()>) {
        let (Some(worker), Some(lease)) = (self.workers.get(&*row.kind), row.lease) else { return };
        let (sender, held_until) = watch::channel(safe_until(claimed_at));
        self.held.lock().insert(row.id, (lease, sender));
        let one = One {
            database: self.database.clone(),
            clock: self.clock.clone(),
            worker: worker.clone(),
            key: (row.id, lease),
            held_until,
            metrics: self.metrics.clone(),
            _held: Release(self.held.clone(), row.id),
        };
        tasks.spawn(one.run(row));
    }

    async fn renew(&self) {
        let held: Vec<(Uuid, Uuid)> =
            self.held.lock().iter().map(|(id, (lease, _))| (*id, *lease)).collect();
        if held.is_empty() {
            return;
        }
        let asked_at = Instant::now();
        let renewed = async {
            let transaction = self.database.begin().await?;
            let until_ms = after(self.clock.now_ms(), LEASE_MS);
            table::renew(&transaction, &held, until_ms).await?;
            transaction.commit_unaudited("bookkeeping of jobs").await
        };
        match renewed.await {
            Ok(()) => {
                for (id, _) in held {
                    if let Some((_, until)) = self.held.lock().get(&id) {
                        until.send_replace(safe_until(asked_at));
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the leases of jobs could not be renewed"),
        }
    }

    async fn housekeep(&self, now_ms: i64) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        for worker in self.workers.values() {
            let Some(every_ms) = worker.every_ms else { continue };
            let unique = format!("every:{}", worker.kind);
            let job = Job {
                unique: Some(unique.clone()),
                ..Job::new(worker.kind, serde_json::json!({}))
            };
            table::insert(&transaction, job, now_ms).await?;
            table::bring_forward(&transaction, &unique, after(now_ms, every_ms)).await?;
        }
        let before = |kept_ms: i64| now_ms.saturating_sub(kept_ms);
        table::purge(&transaction, before(DONE_MS_KEPT), before(DEAD_MS_KEPT)).await?;
        transaction.commit_unaudited("bookkeeping of jobs").await
    }

    /// Lets what runs finish for a while, then leaves the rest to others.
    async fn stop(self, mut tasks: JoinSet<()>) {
        let farewell = Duration::from_millis(FAREWELL_MS_MAX);
        let all_ended = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(farewell, all_ended).await.is_ok() {
            return;
        }
        let left: Vec<(Uuid, Uuid)> =
            self.held.lock().iter().map(|(id, (lease, _))| (*id, *lease)).collect();
        tasks.shutdown().await;
        for key in left {
            let (database, clock) = (&self.database, &self.clock);
            if let Err(error) = record(database, clock, key, End::Released).await {
                tracing::warn!(job = %key.0, %error, "a job is taken over when its lease ends");
            }
        }
    }
}

/// Frees a job's place in the list of what runs here, however its task ends.
struct Release(Held, Uuid);

impl Drop for Release {
    fn drop(&mut self) {
        self.0.lock().remove(&self.1);
    }
}

/// One run of one job.
struct One {
    database: Database,
    clock: Clock,
    worker: Worker,
    key: (Uuid, Uuid),
    held_until: watch::Receiver<Instant>,
    metrics: JobMetrics,
    _held: Release,
}

impl One {
    async fn run(mut self, row: table::Model) {
        let (held_until, started) = (self.held_until.clone(), Instant::now());
        tokio::select! {
            end = self.work(row) => {
                self.metrics.ran(self.worker.kind, end.outcome(), started.elapsed());
                self.record(end).await;
            }
            () = lost(held_until) => {
                tracing::error!(job = %self.key.0, "a job is stopped: its lease was not renewed");
            }
        }
    }

    async fn work(&self, row: table::Model) -> End {
        let (attempt, last) = (row.attempts.cast_unsigned(), row.attempts_max.cast_unsigned());
        let is_over = |now_ms| row.deadline_ms.is_some_and(|deadline_ms| deadline_ms <= now_ms);
        let now_ms = self.clock.now_ms();
        if is_over(now_ms) {
            let error = row.last_error.as_deref().unwrap_or("it did not run in time");
            return End::Dead { error: format!("its deadline has passed: {error}") };
        }
        if attempt > last && self.worker.every_ms.is_none() {
            let error = "the process that ran it died, each time".to_owned();
            return End::Dead { error: row.last_error.unwrap_or(error) };
        }
        let job = Running {
            id: row.id.into(),
            kind: row.kind.clone(),
            tenant: row.tenant_id.map(Into::into),
            payload: serde_json::from_str(&row.payload).unwrap_or_default(),
            attempt,
            is_last: attempt >= last,
        };
        let left_ms = row
            .deadline_ms
            .map_or(u64::MAX, |deadline_ms| deadline_ms.saturating_sub(now_ms).cast_unsigned());
        let failure = self.attempt(job, self.worker.run_ms_max.min(left_ms)).await;
        let now_ms = self.clock.now_ms();
        let (error, again) = match failure {
            Ok(()) => (None, false),
            Err(Failure::Retry(error)) => (Some(error), attempt < last && !is_over(now_ms)),
            Err(Failure::GiveUp(error)) => (Some(error), false),
        };
        let error = error.map(|error| shown(&error));
        if let Some(error) = &error {
            let (kind, job) = (&row.kind, row.id);
            tracing::warn!(kind, %job, attempt, again, error, "a job failed");
        }
        match (error, self.worker.every_ms) {
            (error @ Some(_), _) if again => {
                End::Again { at_ms: after(now_ms, self.worker.retry.delay_ms(attempt)), error }
            }
            (error, Some(every_ms)) => End::Next { at_ms: after(now_ms, every_ms), error },
            (Some(error), None) => End::Dead { error },
            (None, None) => End::Done,
        }
    }

    /// In a task of its own, so that a panic is a failure like others.
    async fn attempt(&self, job: Running, limit_ms: u64) -> Result<(), Failure> {
        let work = self.worker.work.clone();
        let mut task = JoinSet::new();
        task.spawn(async move { work.run(&job).await });
        match tokio::time::timeout(Duration::from_millis(limit_ms), task.join_next()).await {
            Ok(Some(Ok(ended))) => ended,
            Ok(_) => Err(Failure::Retry("the worker panicked".to_owned())),
            Err(_) => Err(Failure::Retry("it took too long".to_owned())),
        }
    }

    /// Until it is on record, or the lease ends and the job is run again.
    async fn record(&mut self, end: End) {
        let mut failures = 0;
        loop {
            match record(&self.database, &self.clock, self.key, end.clone()).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(job = %self.key.0, "a job was taken over while it ran");
                    return;
                }
                Err(error) => {
                    tracing::warn!(job = %self.key.0, %error, "a job's end is not recorded yet");
                }
            }
            failures += 1;
            tokio::time::sleep(Duration::from_millis(UNAVAILABLE.delay_ms(failures))).await;
            if *self.held_until.borrow() <= Instant::now() {
                return;
            }
        }
    }
}

async fn record(
    database: &Database,
    clock: &Clock,
    key: (Uuid, Uuid),
    end: End,
) -> Result<bool, DbErr> {
    table::end(database.alone(), key, end, clock.now_ms()).await
}

/// Until when a lease that was written after `asked_at` holds for sure.
fn safe_until(asked_at: Instant) -> Instant {
    asked_at + Duration::from_millis(LEASE_MS - LEASE_MARGIN_MS)
}

/// Ends when the lease is not sure any more.
async fn lost(mut held_until: watch::Receiver<Instant>) {
    loop {
        let until = *held_until.borrow_and_update();
        tokio::select! {
            () = tokio::time::sleep_until(until) => return,
            renewed = held_until.changed() => {
                if renewed.is_err() {
                    // Nobody renews any more; it holds until then.
                    tokio::time::sleep_until(until).await;
                    return;
                }
            }
        }
    }
}

fn after(now_ms: i64, wait_ms: u64) -> i64 {
    now_ms.saturating_add(i64::try_from(wait_ms).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_lease_holds_as_long_as_it_is_renewed_and_ends_before_others_may_take_over() {
        let started = Instant::now();
        let (sender, held_until) = watch::channel(safe_until(started));
        let waiting = tokio::spawn(lost(held_until));
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(RENEW_MS)).await;
            sender.send_replace(safe_until(Instant::now()));
            assert!(!waiting.is_finished());
        }
        let renewed = Instant::now();
        waiting.await.unwrap();
        let held = renewed.elapsed();
        assert!(held < Duration::from_millis(LEASE_MS), "{held:?}");
        assert!(held > Duration::from_millis(2 * RENEW_MS), "one renewal may fail");
    }
}
