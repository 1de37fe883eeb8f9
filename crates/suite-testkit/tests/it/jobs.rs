//! Jobs: done at least once, never by two processes at a time, given up in the end.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::json;
use suite_contracts::{JobId, ServiceName};
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::jobs::{self, Failure, Job, Retry, Running, Work, Worker};
use suite_kit::service::Foundation;
use suite_testkit::{Backend, on_every_backend};
use tokio::sync::Semaphore;

use crate::process::{kill, process, until};

const KIND: &str = "thing.do";
const QUICK: Retry = Retry { attempts_max: 3, delay_ms_min: 1, delay_ms_max: 5 };
const NOW_MS: i64 = 1_774_747_800_000;

/// What jobs have done, in all processes of a test.
#[derive(Default)]
struct Record {
    runs: Mutex<HashMap<JobId, u32>>,
    at_once: Mutex<HashMap<JobId, u32>>,
    doubled: AtomicUsize,
    started: AtomicUsize,
}

impl Record {
    fn started(&self) -> usize {
        self.started.load(Ordering::SeqCst)
    }
}

/// Does what the payload says, once the gate lets it; a permit is good for one run.
struct Doer(Arc<Record>, Arc<Semaphore>);

#[async_trait::async_trait]
impl Work for Doer {
    async fn run(&self, job: &Running) -> Result<(), Failure> {
        *self.0.runs.lock().entry(job.id).or_default() += 1;
        let at_once = {
            let mut at_once = self.0.at_once.lock();
            let at_once = at_once.entry(job.id).or_default();
            *at_once += 1;
            *at_once
        };
        if at_once > 1 {
            self.0.doubled.fetch_add(1, Ordering::SeqCst);
        }
        self.0.started.fetch_add(1, Ordering::SeqCst);
        self.1.acquire().await?.forget();
        *self.0.at_once.lock().entry(job.id).or_default() -= 1;
        match job.payload["do"].as_str() {
            Some("fail") => Err(Failure::Retry("not\ntoday".into())),
            Some("give up") => Err(Failure::GiveUp("never".into())),
            Some("panic") => panic!("as a job may"),
            _ => job.payload::<serde_json::Value>().map(|_| ()),
        }
    }
}

fn worker(record: &Arc<Record>, gate: &Arc<Semaphore>) -> Worker {
    Worker { retry: QUICK, ..Worker::new(KIND, Doer(record.clone(), gate.clone())) }
}

fn open_gate() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(Semaphore::MAX_PERMITS))
}

async fn enqueue(process: &Foundation, job: Job) -> Option<JobId> {
    let transaction = process.database.begin().await.unwrap();
    let job = jobs::enqueue(&transaction, &process.clock, job).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    job
}

fn job(what: &str) -> Job {
    Job { attempts_max: 3, ..Job::new(KIND, json!({ "do": what })) }
}

async fn many_processes_share_jobs_and_run_each_once(backend: Backend) {
    let place = backend.place().await;
    let (record, gate) = (Arc::new(Record::default()), open_gate());
    let mut running = Vec::new();
    for _ in 0..3 {
        let process = process(&place.config, ServiceName::Hub).await;
        jobs::start(&process, vec![worker(&record, &gate)]);
        running.push(process);
    }
    let mut expected = Vec::new();
    for number in 0..60 {
        expected.push(enqueue(&running[number % 3], job("well")).await.unwrap());
    }
    until("all jobs ran", async || record.runs.lock().len() == expected.len()).await;
    assert!(record.runs.lock().values().all(|runs| *runs == 1));
    assert_eq!(record.doubled.load(Ordering::SeqCst), 0);
    for process in running {
        kill(process).await;
    }
}

async fn what_fails_is_tried_again_and_given_up(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let (record, gate) = (Arc::new(Record::default()), open_gate());
    jobs::start(&hub, vec![worker(&record, &gate)]);
    let failing = enqueue(&hub, job("fail")).await.unwrap();
    let panicking = enqueue(&hub, job("panic")).await.unwrap();
    let hopeless = enqueue(&hub, job("give up")).await.unwrap();
    let late = Job { deadline_ms: Some(hub.clock.now_ms() - 1), ..job("well") };
    let late = enqueue(&hub, late).await.unwrap();
    let well = enqueue(&hub, job("well")).await.unwrap();
    let dead = async || jobs::dead(&hub.database, 10).await.unwrap();
    until("four dead jobs", async || dead().await.len() == 4).await;
    let letters = dead().await;
    let error = |id: JobId| {
        let job = letters.iter().find(|job| job.id == id).unwrap();
        (job.attempts, job.error.clone())
    };
    assert_eq!(error(failing), (3, "not today".to_owned()));
    assert_eq!(error(panicking), (3, "the worker panicked".to_owned()));
    assert_eq!(error(hopeless), (1, "never".to_owned()));
    assert!(error(late).1.starts_with("its deadline has passed"));
    until("the good one ran", async || record.runs.lock().contains_key(&well)).await;
    assert!(!record.runs.lock().contains_key(&late));
    let transaction = hub.database.begin().await.unwrap();
    assert!(jobs::revive(&transaction, &hub.clock, late).await.unwrap());
    assert!(!jobs::revive(&transaction, &hub.clock, well).await.unwrap());
    transaction.commit_unaudited("a test").await.unwrap();
    until("the revived one ran", async || record.runs.lock().contains_key(&late)).await;
    kill(hub).await;
}

async fn a_job_waits_for_its_commit_its_time_and_its_like(backend: Backend) {
    let place = backend.place().await;
    let mut hub = process(&place.config, ServiceName::Hub).await;
    hub.clock = Clock::manual(NOW_MS);
    let (record, gate) = (Arc::new(Record::default()), Arc::new(Semaphore::new(0)));
    jobs::start(&hub, vec![worker(&record, &gate)]);
    let transaction = hub.database.begin().await.unwrap();
    let never = jobs::enqueue(&transaction, &hub.clock, job("well")).await.unwrap().unwrap();
    transaction.roll_back().await.unwrap();
    let unique = || Job { unique: Some("one".into()), ..job("well") };
    let first = enqueue(&hub, unique()).await.unwrap();
    assert_eq!(enqueue(&hub, unique()).await, None, "one like it waits or runs");
    let later = Job { run_at_ms: Some(NOW_MS + 60_000), ..job("well") };
    let later = enqueue(&hub, later).await.unwrap();
    until("the first one runs", async || record.runs.lock().contains_key(&first)).await;
    gate.add_permits(100);
    until("another like it may be enqueued", async || enqueue(&hub, unique()).await.is_some())
        .await;
    until("two ran", async || record.runs.lock().len() == 2).await;
    assert!(!record.runs.lock().contains_key(&later));
    hub.clock.advance_ms(60_000);
    until("the later one ran", async || record.runs.lock().contains_key(&later)).await;
    assert!(!record.runs.lock().contains_key(&never));
    kill(hub).await;
}

async fn a_dead_process_is_succeeded_after_its_lease(backend: Backend) {
    let place = backend.place().await;
    let (record, gate) = (Arc::new(Record::default()), Arc::new(Semaphore::new(0)));
    let clock = Clock::manual(NOW_MS);
    let mut first = process(&place.config, ServiceName::Hub).await;
    first.clock = clock.clone();
    jobs::start(&first, vec![worker(&record, &gate)]);
    let id = enqueue(&first, job("well")).await.unwrap();
    until("it runs", async || record.started() == 1).await;
    let mut second = process(&place.config, ServiceName::Hub).await;
    second.clock = clock.clone();
    // The runner ends with its runtime's task, and nothing tells the database.
    kill(first).await;
    record.at_once.lock().clear();
    jobs::start(&second, vec![worker(&record, &gate)]);
    gate.add_permits(100);
    let other = enqueue(&second, job("well")).await.unwrap();
    until("the second one works", async || record.runs.lock().contains_key(&other)).await;
    assert_eq!(record.runs.lock()[&id], 1, "the lease holds");
    clock.advance_ms(61_000);
    until("it is taken over", async || record.runs.lock()[&id] == 2).await;
    kill(second).await;
}

async fn a_clock_that_jumps_runs_nothing_twice(backend: Backend) {
    let place = backend.place().await;
    let config = Config { max_workers: 8, ..place.config.clone() };
    let (record, gate) = (Arc::new(Record::default()), Arc::new(Semaphore::new(0)));
    let mut hub = process(&config, ServiceName::Hub).await;
    hub.clock = Clock::manual(NOW_MS);
    jobs::start(&hub, vec![worker(&record, &gate)]);
    let id = enqueue(&hub, job("well")).await.unwrap();
    until("it runs", async || record.started() == 1).await;
    hub.clock.advance_ms(24 * 3_600_000);
    let other = enqueue(&hub, job("well")).await.unwrap();
    until("another one runs", async || record.runs.lock().contains_key(&other)).await;
    assert_eq!(record.runs.lock()[&id], 1);
    gate.add_permits(100);
    kill(hub).await;
}

async fn a_periodic_job_is_done_again_and_again_by_one_at_a_time(backend: Backend) {
    let place = backend.place().await;
    let (record, gate) = (Arc::new(Record::default()), open_gate());
    let (first, second) = (
        process(&place.config, ServiceName::Hub).await,
        process(&place.config, ServiceName::Hub).await,
    );
    for process in [&first, &second] {
        let periodic = Worker::every("thing.clean", 20, Doer(record.clone(), gate.clone()));
        jobs::start(process, vec![periodic]);
    }
    until("it ran five times", async || record.started() >= 5).await;
    assert_eq!(record.runs.lock().len(), 1, "it is one job");
    assert_eq!(record.doubled.load(Ordering::SeqCst), 0);
    kill(first).await;
    kill(second).await;
}

async fn a_process_that_stops_lets_jobs_finish_or_hands_them_on(backend: Backend) {
    let place = backend.place().await;
    let (record, gate) = (Arc::new(Record::default()), Arc::new(Semaphore::new(0)));
    let first = process(&place.config, ServiceName::Hub).await;
    jobs::start(&first, vec![worker(&record, &gate)]);
    enqueue(&first, job("well")).await.unwrap();
    enqueue(&first, job("well")).await.unwrap();
    until("both run", async || record.started() == 2).await;
    let waiting = enqueue(&first, job("well")).await.unwrap();
    let stopping = tokio::spawn(async move { first.tasks.stop(Duration::from_secs(30)).await });
    // One ends during the farewell, the other does not.
    gate.add_permits(1);
    stopping.await.unwrap();
    assert!(!record.runs.lock().contains_key(&waiting), "nothing new is begun");
    record.at_once.lock().clear();
    gate.add_permits(100);
    let second = process(&place.config, ServiceName::Hub).await;
    jobs::start(&second, vec![worker(&record, &gate)]);
    until("the rest is done", async || record.runs.lock().values().sum::<u32>() == 4).await;
    assert!(record.runs.lock().contains_key(&waiting));
    assert!(jobs::dead(&second.database, 1).await.unwrap().is_empty());
    kill(second).await;
}

on_every_backend!(
    many_processes_share_jobs_and_run_each_once,
    what_fails_is_tried_again_and_given_up,
    a_job_waits_for_its_commit_its_time_and_its_like,
    a_dead_process_is_succeeded_after_its_lease,
    a_clock_that_jumps_runs_nothing_twice,
    a_periodic_job_is_done_again_and_again_by_one_at_a_time,
    a_process_that_stops_lets_jobs_finish_or_hands_them_on,
);
