//! Events: from the outbox into every inbox that asked, handled once, on good days and bad ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, Statement};
use suite_contracts::{Event, EventName, ServiceName, TenantId};
use suite_kit::clock::Clock;
use suite_kit::config::{Config, Secret};
use suite_kit::db::Transaction;
use suite_kit::events::{self, Consumer, Failure, Handler, Heard, Retry};
use suite_kit::service::Foundation;
use suite_testkit::{Backend, Instance, on_every_backend};

use crate::process::{kill, process, processes, until};

const CREATED: EventName = EventName::new("hub.user.created");
const QUICK: Retry = Retry { attempts_max: 3, delay_ms_min: 1, delay_ms_max: 5 };
/// A consumer's rows are numbered: PostgreSQL puts rows wherever there is room.
const SEEN: &str = "CREATE TABLE IF NOT EXISTS seen \
                    (consumer TEXT NOT NULL, subject TEXT NOT NULL, place BIGINT NOT NULL)";

/// Writes down what it sees, in the transaction that it gets.
struct Recorder {
    name: &'static str,
    /// Whether events whose subject begins with `poison` are handled all the same.
    cured: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Handler for Recorder {
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), Failure> {
        let (name, subject) = (self.name, &event.subject);
        let place = format!("SELECT COUNT(*) FROM seen WHERE consumer = '{name}'");
        let insert = format!("INSERT INTO seen SELECT '{name}', '{subject}', ({place})");
        transaction.execute_unprepared(&insert).await?;
        if self.cured.load(Ordering::SeqCst) {
            return Ok(());
        }
        if event.subject == "poison panic" {
            panic!("as an event may make a handler do");
        }
        if event.subject.starts_with("poison") {
            return Err(format!("{} cannot be\nhandled", event.subject).into());
        }
        Ok(())
    }
}

fn recorder(name: &'static str, patterns: &'static [&'static str]) -> Consumer {
    let cured = Arc::default();
    Consumer { retry: QUICK, ..Consumer::new(name, patterns, Recorder { name, cured }) }
}

async fn consume(process: &Foundation, consumer: Consumer) {
    let transaction = process.database.begin().await.unwrap();
    transaction.execute_unprepared(SEEN).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    events::consume(process, consumer).await.unwrap();
}

async fn publish(process: &Foundation, tenant: TenantId, subjects: &[String]) {
    for subject in subjects {
        let transaction = process.database.begin().await.unwrap();
        let data = serde_json::json!({ "n": 1 });
        let published =
            events::publish(&transaction, &process.clock, tenant, CREATED, subject, data);
        published.await.unwrap();
        transaction.commit_unaudited("a test").await.unwrap();
    }
}

/// The subjects that a consumer has handled, in its order.
async fn seen(process: &Foundation, consumer: &str) -> Vec<String> {
    let connection = process.database.read();
    let query = format!("SELECT subject FROM seen WHERE consumer = '{consumer}' ORDER BY place");
    let query = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(query).await.unwrap();
    rows.iter().map(|row| row.try_get("", "subject").unwrap()).collect()
}

fn subjects(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number:03}")).collect()
}

async fn all_seen_once(process: &Foundation, consumer: &str, expected: &[String]) {
    until(&format!("{} events for {consumer}", expected.len()), async || {
        seen(process, consumer).await.len() >= expected.len()
    })
    .await;
    let mut seen = seen(process, consumer).await;
    seen.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(seen, expected);
}

async fn every_group_that_asked_handles_each_event_once_and_in_order(backend: Backend) {
    let place = backend.place().await;
    let services = [ServiceName::Hub, ServiceName::Compliance];
    let [hub, compliance] = processes(&place.config, services).await;
    consume(&hub, recorder("own", &["hub.user.created"])).await;
    consume(&compliance, recorder("part", &["hub.*"])).await;
    consume(&compliance, recorder("all", &["*"])).await;
    consume(&compliance, recorder("others", &["catalog.*"])).await;
    let twice = events::consume(&compliance, recorder("all", &["*"])).await;
    assert!(twice.unwrap_err().to_string().contains("another name"));
    events::start(&hub.bus, &[hub.clone(), compliance.clone()]);
    let expected = subjects("user ", 30);
    let rolled_back = hub.database.begin().await.unwrap();
    let data = serde_json::Value::Null;
    let published =
        events::publish(&rolled_back, &hub.clock, TenantId::new(), CREATED, "never", data);
    published.await.unwrap();
    rolled_back.roll_back().await.unwrap();
    publish(&hub, TenantId::new(), &expected).await;
    for (process, consumer) in [(&hub, "own"), (&compliance, "part"), (&compliance, "all")] {
        until(consumer, async || seen(process, consumer).await.len() >= expected.len()).await;
        assert_eq!(seen(process, consumer).await, expected, "{consumer}");
    }
    assert!(seen(&compliance, "others").await.is_empty());
    kill(hub).await;
}

async fn many_that_wait_and_few_that_follow_are_handled_in_order(backend: Backend) {
    let at_once = in_order_after(backend, 0).await;
    // A bus may carry fewer at a time.
    assert!(backend != Backend::Embedded || at_once == 200, "{at_once}");
}

/// They go through the inbox, and what follows goes behind them.
async fn many_that_are_late_and_few_that_follow_are_handled_in_order(backend: Backend) {
    let at_once = in_order_after(backend, 60_000).await;
    // What an inbox gives at a time.
    assert!(backend != Backend::Embedded || at_once <= 64, "{at_once}");
}

/// How many were handled at once, at the most.
async fn in_order_after(backend: Backend, late_ms: i64) -> usize {
    let place = backend.place().await;
    let mut hub = process(&place.config, ServiceName::Hub).await;
    hub.clock = Clock::manual(hub.clock.now_ms());
    let at_once = Arc::new(AtomicUsize::new(0));
    let handler = Counting(Recorder { name: "group", cured: Arc::default() }, at_once.clone());
    consume(&hub, Consumer { retry: QUICK, ..Consumer::new("group", &["hub.*"], handler) }).await;
    // More than are carried at once.
    let mut expected = subjects("user 0", 450);
    publish(&hub, TenantId::new(), &expected).await;
    hub.clock.advance_ms(late_ms);
    events::start(&hub.bus, std::slice::from_ref(&hub));
    for round in 1..=3 {
        let few = subjects(&format!("user {round}"), 5);
        publish(&hub, TenantId::new(), &few).await;
        expected.extend(few);
        // Some rounds come while others wait, and some when nothing does.
        until("all", async || round < 2 || seen(&hub, "group").await.len() >= expected.len()).await;
    }
    assert_eq!(seen(&hub, "group").await, expected);
    kill(hub).await;
    at_once.load(Ordering::SeqCst)
}

async fn a_kill_between_commit_and_delivery_loses_nothing(backend: Backend) {
    let place = backend.place().await;
    let expected = subjects("user ", 10);
    // The first process knows its consumers, commits, and dies before anything is delivered.
    let first = process(&place.config, ServiceName::Hub).await;
    consume(&first, recorder("group", &["hub.*"])).await;
    publish(&first, TenantId::new(), &expected).await;
    kill(first).await;
    let second = process(&place.config, ServiceName::Hub).await;
    consume(&second, recorder("group", &["hub.*"])).await;
    events::start(&second.bus, std::slice::from_ref(&second));
    all_seen_once(&second, "group", &expected).await;
    kill(second).await;
    // And one dies after the delivery, before that is on record: it is delivered again.
    let third = process(&place.config, ServiceName::Hub).await;
    let transaction = third.database.begin().await.unwrap();
    let forget = "UPDATE event_outbox SET delivered_at_ms = NULL";
    transaction.execute_unprepared(forget).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    consume(&third, recorder("group", &["hub.*"])).await;
    events::start(&third.bus, std::slice::from_ref(&third));
    let last = subjects("last ", 1);
    publish(&third, TenantId::new(), &last).await;
    all_seen_once(&third, "group", &[expected, last].concat()).await;
    kill(third).await;
}

async fn a_poison_event_is_given_up_and_the_others_go_on(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let cured = Arc::new(AtomicBool::new(false));
    let handler = Recorder { name: "weak", cured: cured.clone() };
    let weak = Consumer { retry: QUICK, ..Consumer::new("weak", &["hub.*"], handler) };
    consume(&hub, weak).await;
    let handler = Recorder { name: "strong", cured: Arc::new(AtomicBool::new(true)) };
    consume(&hub, Consumer::new("strong", &["hub.*"], handler)).await;
    events::start(&hub.bus, std::slice::from_ref(&hub));
    let poison: Vec<String> = ["poison error", "poison panic"].map(str::to_owned).into();
    let good = subjects("user ", 5);
    let all = [poison.clone(), good.clone()].concat();
    publish(&hub, TenantId::new(), &all).await;
    all_seen_once(&hub, "strong", &all).await;
    let dead = async || events::dead_letters(&hub.database, 10).await.unwrap();
    until("two dead letters", async || dead().await.len() == 2).await;
    // What the handler wrote before it failed is gone.
    all_seen_once(&hub, "weak", &good).await;
    let letters = dead().await;
    assert!(letters.iter().all(|letter| letter.attempts == 3 && letter.group == "weak"));
    let error = |subject: &str| {
        letters.iter().find(|letter| letter.event.subject == subject).unwrap().error.clone()
    };
    assert_eq!(error("poison error"), "poison error cannot be handled");
    assert_eq!(error("poison panic"), "the handler panicked");
    // Mended, it handles them.
    cured.store(true, Ordering::SeqCst);
    for letter in &letters {
        let transaction = hub.database.begin().await.unwrap();
        let revive = events::revive(&transaction, &hub.clock, "weak", letter.event.id);
        assert!(revive.await.unwrap());
        transaction.commit_unaudited("a test").await.unwrap();
    }
    all_seen_once(&hub, "weak", &all).await;
    assert!(dead().await.is_empty());
    kill(hub).await;
}

/// A recorder that notes how many events it gets at once, at the most.
struct Counting(Recorder, Arc<AtomicUsize>);

#[async_trait::async_trait]
impl Handler for Counting {
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), Failure> {
        self.0.handle(transaction, event).await
    }

    async fn handle_all(&self, transaction: &Transaction, events: &[Event]) -> Result<(), Failure> {
        self.1.fetch_max(events.len(), Ordering::SeqCst);
        for event in events {
            self.handle(transaction, event).await?;
        }
        Ok(())
    }
}

async fn one_bad_event_of_many_at_once_costs_the_others_nothing(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let at_once = Arc::new(AtomicUsize::new(0));
    let recorder = Recorder { name: "group", cured: Arc::default() };
    let handler = Counting(recorder, at_once.clone());
    consume(&hub, Consumer { retry: QUICK, ..Consumer::new("group", &["hub.*"], handler) }).await;
    let (before, after) = (subjects("before ", 20), subjects("later ", 20));
    let poison = ["poison error".to_owned()];
    publish(&hub, TenantId::new(), &[&before[..], &poison, &after].concat()).await;
    // All of them wait when the first is delivered.
    events::start(&hub.bus, std::slice::from_ref(&hub));
    let good = [before, after].concat();
    until("the good events", async || seen(&hub, "group").await.len() >= good.len()).await;
    assert_eq!(seen(&hub, "group").await, good, "each once, in their order");
    let dead = async || events::dead_letters(&hub.database, 10).await.unwrap();
    until("a dead letter", async || dead().await.len() == 1).await;
    assert_eq!(dead().await[0].attempts, 3);
    assert!(at_once.load(Ordering::SeqCst) > 1);
    kill(hub).await;
}

async fn two_processes_share_the_work_and_handle_each_event_once(backend: Backend) {
    let place = backend.place().await;
    let (first, second) = (
        process(&place.config, ServiceName::Hub).await,
        process(&place.config, ServiceName::Hub).await,
    );
    for process in [&first, &second] {
        consume(process, recorder("group", &["hub.*"])).await;
        events::start(&process.bus, std::slice::from_ref(process));
    }
    let (odd, even) = (subjects("odd ", 40), subjects("even ", 40));
    let tenant = TenantId::new();
    tokio::join!(publish(&first, tenant, &odd), publish(&second, tenant, &even));
    all_seen_once(&first, "group", &[odd, even].concat()).await;
    kill(first).await;
    kill(second).await;
}

async fn a_tenants_events_are_heard_as_they_happen(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    events::start(&hub.bus, std::slice::from_ref(&hub));
    let (tenant, other) = (TenantId::new(), TenantId::new());
    // Until the first one is heard, Redis may not be listened to yet.
    let mut early = hub.bus.subscribe(other);
    let heard_early = async {
        loop {
            publish(&hub, other, &subjects("early ", 1)).await;
            let wait = std::time::Duration::from_millis(100);
            if tokio::time::timeout(wait, early.next()).await.is_ok() {
                break;
            }
        }
    };
    heard_early.await;
    let mut subscription = hub.bus.subscribe(tenant);
    publish(&hub, other, &subjects("other ", 3)).await;
    let expected = subjects("user ", 3);
    publish(&hub, tenant, &expected).await;
    for subject in expected {
        let Some(Heard::Event(event)) = subscription.next().await else { panic!("an event") };
        assert_eq!((event.tenant_id, &event.subject), (tenant, &subject));
    }
    kill(hub).await;
}

async fn an_event_of_any_size_is_not_published(backend: Backend) {
    let place = backend.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let transaction = hub.database.begin().await.unwrap();
    let data = serde_json::json!("x".repeat(events::DATA_BYTES_MAX));
    let published = events::publish(&transaction, &hub.clock, TenantId::new(), CREATED, "", data);
    assert!(published.await.unwrap_err().to_string().contains("bytes"));
}

on_every_backend!(
    every_group_that_asked_handles_each_event_once_and_in_order,
    many_that_wait_and_few_that_follow_are_handled_in_order,
    many_that_are_late_and_few_that_follow_are_handled_in_order,
    a_kill_between_commit_and_delivery_loses_nothing,
    a_poison_event_is_given_up_and_the_others_go_on,
    one_bad_event_of_many_at_once_costs_the_others_nothing,
    two_processes_share_the_work_and_handle_each_event_once,
    a_tenants_events_are_heard_as_they_happen,
    an_event_of_any_size_is_not_published,
);

/// Publishes what PostgreSQL does not take: a text with a NUL.
struct Unwritable;

#[async_trait::async_trait]
impl Handler for Unwritable {
    async fn handle(&self, transaction: &Transaction, event: &Event) -> Result<(), Failure> {
        let (clock, data) = (Clock::system(), serde_json::Value::Null);
        let subject = if event.subject == "user 000" { "\0" } else { "told" };
        let name = EventName::new("test.event.told");
        events::publish(transaction, &clock, event.tenant_id, name, subject, data).await?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_whose_handler_publishes_what_cannot_be_written_is_given_up() {
    let place = Backend::Servers.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let consumer = Consumer::new("group", &["hub.*"], Unwritable);
    consume(&hub, Consumer { retry: QUICK, ..consumer }).await;
    consume(&hub, recorder("told", &["test.*"])).await;
    publish(&hub, TenantId::new(), &subjects("user ", 2)).await;
    events::start(&hub.bus, std::slice::from_ref(&hub));
    let dead = async || events::dead_letters(&hub.database, 10).await.unwrap();
    until("a dead letter", async || dead().await.len() == 1).await;
    all_seen_once(&hub, "told", &["told".to_owned()]).await;
    kill(hub).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_forgets_everything_loses_no_event() {
    let place = Backend::Servers.place().await;
    let mut redis = tokio::task::spawn_blocking(|| Instance::redis().unwrap()).await.unwrap();
    let url = Secret::new(format!("redis://127.0.0.1:{}", redis.port));
    let config = Config { redis_url: Some(url), ..place.config.clone() };
    let services = [ServiceName::Hub, ServiceName::Compliance];
    let [hub, compliance] = processes(&config, services).await;
    consume(&compliance, recorder("group", &["hub.*"])).await;
    events::start(&hub.bus, &[hub.clone(), compliance.clone()]);
    let before = subjects("before ", 5);
    publish(&hub, TenantId::new(), &before).await;
    all_seen_once(&compliance, "group", &before).await;

    redis.kill().unwrap();
    let meanwhile = subjects("meanwhile ", 5);
    publish(&hub, TenantId::new(), &meanwhile).await;
    redis.restart().unwrap();
    all_seen_once(&compliance, "group", &[before.clone(), meanwhile.clone()].concat()).await;
    kill(hub).await;

    // Delivered to Redis and not read when Redis loses it: the only reader is away.
    let hub = process(&config, ServiceName::Hub).await;
    events::start(&hub.bus, std::slice::from_ref(&hub));
    let lost = subjects("lost ", 5);
    publish(&hub, TenantId::new(), &lost).await;
    let waiting = "SELECT id FROM event_outbox WHERE delivered_at_ms IS NULL";
    until("all are delivered to redis", async || {
        let connection = hub.database.read();
        let query = Statement::from_string(connection.get_database_backend(), waiting);
        connection.query_all_raw(query).await.unwrap().is_empty()
    })
    .await;
    redis.restart().unwrap();
    let compliance = process(&config, ServiceName::Compliance).await;
    consume(&compliance, recorder("group", &["hub.*"])).await;
    all_seen_once(&compliance, "group", &[before, meanwhile, lost].concat()).await;
    kill(hub).await;
    kill(compliance).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_reader_has_read_is_read_again() {
    let place = Backend::Servers.place().await;
    let hub = process(&place.config, ServiceName::Hub).await;
    let url = place.config.redis_url.as_ref().unwrap().expose();
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut create = redis::cmd("XGROUP");
    create.arg(&["CREATE", "itechsmart:events", "hub:group", "$", "MKSTREAM"]);
    create.exec_async(&mut connection).await.unwrap();
    events::start(&hub.bus, std::slice::from_ref(&hub));
    let expected = subjects("user ", 3);
    publish(&hub, TenantId::new(), &expected).await;
    // A reader that takes them and dies.
    let mut taken = 0;
    while taken < expected.len() {
        let mut read = redis::cmd("XREADGROUP");
        read.arg(&["GROUP", "hub:group", "another", "BLOCK", "5000"]);
        read.arg(&["STREAMS", "itechsmart:events", ">"]);
        let reply: redis::streams::StreamReadReply =
            read.query_async(&mut connection).await.unwrap();
        taken += reply.keys.iter().map(|key| key.ids.len()).sum::<usize>();
    }
    consume(&hub, recorder("group", &["hub.*"])).await;
    all_seen_once(&hub, "group", &expected).await;
    kill(hub).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_costs_no_event() {
    let place = Backend::Servers.place().await;
    let starting = tokio::task::spawn_blocking(|| Instance::postgres().unwrap());
    let mut postgres = starting.await.unwrap();
    let url = format!("postgres://test@127.0.0.1:{}/postgres", postgres.port);
    let config = Config { database_url: Some(Secret::new(url)), ..place.config.clone() };
    let hub = process(&config, ServiceName::Hub).await;
    consume(&hub, recorder("group", &["hub.*"])).await;
    events::start(&hub.bus, std::slice::from_ref(&hub));
    let before = subjects("before ", 20);
    publish(&hub, TenantId::new(), &before).await;
    // Most of them are on their way.
    let restarting = tokio::task::spawn_blocking(move || {
        postgres.restart().unwrap();
        postgres
    });
    let _postgres = restarting.await.unwrap();
    // Connections of before are found broken when they are used.
    until("the database begins transactions", async || {
        let Ok(transaction) = hub.database.begin().await else { return false };
        transaction.execute_unprepared("SELECT 1").await.is_ok()
    })
    .await;
    let after = subjects("after ", 5);
    publish(&hub, TenantId::new(), &after).await;
    all_seen_once(&hub, "group", &[before, after].concat()).await;
    kill(hub).await;
}
