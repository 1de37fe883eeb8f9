//! What an operator reads under `/metrics`: that it is there, and that it is true.

use serde_json::json;
use suite_contracts::{EventName, ServiceName, TenantId};
use suite_kit::config::{Config, Secret};
use suite_kit::events::{self, Consumer, Failure, Handler, Retry};
use suite_kit::jobs::{self, Failure as JobFailure, Job, Running, Work, Worker};
use suite_kit::notify::{Notice, Notifier, Rendered, Target};
use suite_kit::service::Foundation;
use suite_testkit::{Backend, on_every_backend};

use crate::process::{kill, process, until};
use crate::sinks;

const ONCE: Retry = Retry { attempts_max: 1, delay_ms_min: 1, delay_ms_max: 5 };

async fn text(process: &Foundation) -> String {
    process.metrics.text(&process.database, process.clock.now_ms()).await
}

/// Waits until the metrics have these lines.
async fn shows(process: &Foundation, lines: &[&str]) {
    for line in lines {
        until(line, async || text(process).await.lines().any(|one| one == *line)).await;
    }
}

/// The value of a line that begins so.
async fn value(process: &Foundation, name: &str) -> f64 {
    let text = text(process).await;
    let line = text.lines().find(|line| line.starts_with(name));
    let line = line.unwrap_or_else(|| panic!("no {name}: {text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

struct Refusing;

#[async_trait::async_trait]
impl Handler for Refusing {
    async fn handle(
        &self,
        _: &suite_kit::db::Transaction,
        _: &suite_contracts::Event,
    ) -> Result<(), Failure> {
        Err("not this one".into())
    }
}

struct Picky;

#[async_trait::async_trait]
impl Work for Picky {
    async fn run(&self, job: &Running) -> Result<(), JobFailure> {
        match job.payload["do"].as_str() {
            Some("give up") => Err(JobFailure::GiveUp("never".into())),
            _ => Ok(()),
        }
    }
}

async fn publish(process: &Foundation) {
    let transaction = process.database.begin().await.unwrap();
    let name = EventName::new("hub.user.created");
    let published =
        events::publish(&transaction, &process.clock, TenantId::new(), name, "ada", json!({}));
    published.await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
}

async fn events_that_wait_are_counted_until_they_are_handled_or_given_up(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    shows(&hub, &[r#"itechsmart_outbox_events{service="hub"} 0"#]).await;
    publish(&hub).await;
    publish(&hub).await;
    shows(&hub, &[r#"itechsmart_outbox_events{service="hub"} 2"#]).await;
    until("they have waited", async || value(&hub, "itechsmart_outbox_lag_seconds").await > 0.02)
        .await;
    let consumer = Consumer { retry: ONCE, ..Consumer::new("letters", &["hub.*"], Refusing) };
    events::consume(&hub, consumer).await.unwrap();
    events::start(&hub.bus, std::slice::from_ref(&hub));
    shows(
        &hub,
        &[
            r#"itechsmart_outbox_events{service="hub"} 0"#,
            r#"itechsmart_outbox_lag_seconds{service="hub"} 0.0"#,
            r#"itechsmart_inbox_events{service="hub",group="letters",state="dead"} 2"#,
        ],
    )
    .await;
    kill(hub).await;
}

async fn jobs_are_counted_by_kind_and_how_they_ended(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let transaction = hub.database.begin().await.unwrap();
    for what in ["well", "give up"] {
        let job = Job::new("thing.do", json!({ "do": what }));
        jobs::enqueue(&transaction, &hub.clock, job).await.unwrap();
    }
    transaction.commit_unaudited("a test").await.unwrap();
    shows(&hub, &[r#"itechsmart_jobs{service="hub",kind="thing.do",state="waiting"} 2"#]).await;
    jobs::start(&hub, vec![Worker::new("thing.do", Picky)]);
    let runs = r#"itechsmart_job_duration_seconds_count{service="hub",kind="thing.do",outcome="#;
    shows(
        &hub,
        &[
            &format!(r#"{runs}"done"}} 1"#),
            &format!(r#"{runs}"dead"}} 1"#),
            r#"itechsmart_jobs{service="hub",kind="thing.do",state="dead"} 1"#,
        ],
    )
    .await;
    assert!(!text(&hub).await.contains(r#"state="waiting""#));
    kill(hub).await;
}

async fn deliveries_and_the_cache_are_counted(backend: Backend) {
    let place = backend.place().await;
    let sink = sinks::smtp().await;
    let url = Secret::new(format!("smtp://127.0.0.1:{}", sink.port));
    let config = Config { smtp_url: Some(url), ..place.config.clone() };
    let hub = process(&config, ServiceName::Hub).await;
    let notifier = Notifier::new(&config, hub.clock.clone()).unwrap();
    jobs::start(&hub, notifier.workers(&hub.database, &hub.metrics.deliveries));
    for to in ["ada@example.com", "refused@example.com"] {
        let message = Rendered { subject: "Hello".into(), text: "Hello".into(), html: None };
        let notice = Notice::new(None, Target::Email { to: to.to_owned() }, message);
        let transaction = hub.database.begin().await.unwrap();
        notifier.send(&transaction, notice).await.unwrap();
        transaction.commit_unaudited("a test").await.unwrap();
    }
    let tried = r#"itechsmart_deliveries_total{service="hub",channel="email",outcome="#;
    shows(&hub, &[&format!(r#"{tried}"sent"}} 1"#), &format!(r#"{tried}"failed"}} 1"#)]).await;

    hub.cache.set("one", "1", 60_000).await;
    assert!(hub.cache.get("one").await.is_some());
    assert!(hub.cache.get("two").await.is_none());
    assert!(hub.cache.get("three").await.is_none());
    let looked = r#"itechsmart_cache_lookups_total{service="hub",outcome="#;
    shows(&hub, &[&format!(r#"{looked}"hit"}} 1"#), &format!(r#"{looked}"miss"}} 2"#)]).await;
    kill(hub).await;
}

on_every_backend!(
    events_that_wait_are_counted_until_they_are_handled_or_given_up,
    jobs_are_counted_by_kind_and_how_they_ended,
    deliveries_and_the_cache_are_counted,
);
