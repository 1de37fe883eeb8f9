//! The cache: the same on every backend, shared by processes through Redis, and without Redis when
//! that is gone.

use suite_contracts::ServiceName;
use suite_kit::cache::{Admission, Cache, Rate};
use suite_kit::clock::Clock;
use suite_kit::config::{Config, Secret};
use suite_kit::health::Status;
use suite_testkit::{Backend, Instance, on_every_backend};

use crate::process::until;

const HOUR_MS: u64 = 3_600_000;
const YEAR_MS: i64 = 365 * 24 * 3_600_000;
const NOW_MS: i64 = 1_774_747_800_000;

async fn values_and_counts_follow_the_clock(backend: Backend) {
    let place = backend.place().await;
    let clock = Clock::manual(NOW_MS);
    let cache = Cache::open(&place.config, ServiceName::Hub, clock.clone()).unwrap();
    cache.set_value("value", &vec!["a", "b"], HOUR_MS).await;
    assert_eq!(cache.get_value::<Vec<String>>("value").await.unwrap(), ["a", "b"]);
    assert_eq!(cache.get_value::<u64>("value").await, None);
    cache.set("empty", "", HOUR_MS).await;
    assert_eq!(cache.get("empty").await.as_deref(), Some(b"".as_slice()));
    assert_eq!(cache.count("failures", HOUR_MS).await, 1);
    assert_eq!(cache.count("failures", HOUR_MS).await, 2);
    // The clock jumps ahead, and back.
    clock.advance_ms(YEAR_MS);
    assert_eq!(cache.get("value").await, None);
    assert_eq!(cache.count("failures", HOUR_MS).await, 1);
    clock.set_ms(NOW_MS);
    assert_eq!(cache.count("failures", HOUR_MS).await, 1);
}

async fn rates_follow_the_clock(backend: Backend) {
    let place = backend.place().await;
    let clock = Clock::manual(NOW_MS);
    let cache = Cache::open(&place.config, ServiceName::Hub, clock.clone()).unwrap();
    let rate = Rate::new(10, 3_000);
    for _ in 0..10 {
        assert_eq!(cache.admit("address", rate).await, Admission::Admitted);
    }
    assert_eq!(cache.admit("address", rate).await, Admission::RetryAfterMs(300));
    clock.advance_ms(299);
    assert_eq!(cache.admit("address", rate).await, Admission::RetryAfterMs(1));
    clock.advance_ms(1);
    assert_eq!(cache.admit("address", rate).await, Admission::Admitted);
    assert_eq!(cache.admit("address", rate).await, Admission::RetryAfterMs(300));
    // A clock that jumps ahead and back shuts nobody out for long.
    clock.advance_ms(YEAR_MS);
    for _ in 0..10 {
        assert_eq!(cache.admit("address", rate).await, Admission::Admitted);
    }
    clock.set_ms(NOW_MS);
    assert_eq!(cache.admit("address", rate).await, Admission::RetryAfterMs(300));
}

async fn one_of_many_takes_a_value(backend: Backend) {
    let place = backend.place().await;
    let cache = Cache::open(&place.config, ServiceName::Hub, Clock::system()).unwrap();
    for round in 0..20 {
        cache.set("code", round.to_string(), HOUR_MS).await;
        let mut takers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let cache = cache.clone();
            takers.spawn(async move { cache.take("code").await });
        }
        let taken = takers.join_all().await.into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(taken, [bytes::Bytes::from(round.to_string())]);
    }
}

async fn a_rate_holds_for_all_at_once(backend: Backend) {
    let place = backend.place().await;
    let clock = Clock::manual(NOW_MS);
    let first = Cache::open(&place.config, ServiceName::Hub, clock.clone()).unwrap();
    let second = match backend {
        // One process has one cache.
        Backend::Embedded => first.clone(),
        Backend::Servers => Cache::open(&place.config, ServiceName::Hub, clock.clone()).unwrap(),
    };
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..200 {
        let cache = if number % 2 == 0 { first.clone() } else { second.clone() };
        asking.spawn(async move { cache.admit("address", Rate::new(37, 60_000)).await });
    }
    let answers = asking.join_all().await;
    let admitted = answers.iter().filter(|answer| **answer == Admission::Admitted).count();
    assert_eq!(admitted, 37);
}

on_every_backend!(
    values_and_counts_follow_the_clock,
    rates_follow_the_clock,
    one_of_many_takes_a_value,
    a_rate_holds_for_all_at_once,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_and_installations_do_not_meet_in_one_redis() {
    let place = Backend::Servers.place().await;
    let open = |prefix: &str, service| {
        let config = Config { redis_prefix: prefix.to_owned(), ..place.config.clone() };
        Cache::open(&config, service, Clock::system()).unwrap()
    };
    let hub = open("one", ServiceName::Hub);
    hub.set("key", "value", HOUR_MS).await;
    assert!(open("one", ServiceName::Hub).get("key").await.is_some());
    assert!(open("one", ServiceName::Compliance).get("key").await.is_none());
    assert!(open("two", ServiceName::Hub).get("key").await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_gone_and_comes_back() {
    let mut redis = tokio::task::spawn_blocking(|| Instance::redis().unwrap()).await.unwrap();
    let url = Secret::new(format!("redis://127.0.0.1:{}", redis.port));
    let config = Config { redis_url: Some(url), ..Config::default() };
    let cache = Cache::open(&config, ServiceName::Hub, Clock::system()).unwrap();
    let other = Cache::open(&config, ServiceName::Hub, Clock::system()).unwrap();
    cache.set("before", "1", HOUR_MS).await;
    assert!(other.get("before").await.is_some());
    assert_eq!(cache.check().check().await.status, Status::Ok);

    redis.kill().unwrap();
    let started = std::time::Instant::now();
    cache.set("meanwhile", "1", HOUR_MS).await;
    assert!(cache.get("meanwhile").await.is_some());
    for expected in 1..=20 {
        assert_eq!(cache.count("counted", HOUR_MS).await, expected);
    }
    let rate = Rate::new(2, 60_000);
    assert_eq!(cache.admit("address", rate).await, Admission::Admitted);
    assert_eq!(cache.admit("address", rate).await, Admission::Admitted);
    assert!(matches!(cache.admit("address", rate).await, Admission::RetryAfterMs(_)));
    assert!(started.elapsed().as_secs() < 10, "an outage makes nobody wait for each answer");
    let checked = cache.check().check().await;
    assert_eq!(checked.status, Status::Degraded, "{checked:?}");

    redis.restart().unwrap();
    until("redis is used again", async || cache.check().check().await.status == Status::Ok).await;
    cache.set("after", "1", HOUR_MS).await;
    until("the other one too", async || other.get("after").await.is_some()).await;
    redis.kill().unwrap();
    assert!(cache.take("meanwhile").await.is_none(), "what was kept meanwhile is dropped");
}
