use super::*;

fn cache() -> (Cache, Clock) {
    let clock = Clock::manual(1_774_747_800_000);
    (Cache::in_process(clock.clone()), clock)
}

#[tokio::test]
async fn a_value_lives_as_long_as_it_was_told() {
    let (cache, clock) = cache();
    cache.set("one", "1", 60_000).await;
    clock.advance_ms(59_999);
    assert_eq!(cache.get("one").await.as_deref(), Some(b"1".as_slice()));
    clock.advance_ms(1);
    assert_eq!(cache.get("one").await, None);
    cache.set("one", "2", 60_000).await;
    cache.remove("one").await;
    assert_eq!(cache.get("one").await, None);
}

#[tokio::test]
async fn one_of_many_takes_a_value() {
    let (cache, clock) = cache();
    cache.set_value("code", &("a", 1), 60_000).await;
    let takers: Vec<_> = (0..20)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.take_value::<(String, i32)>("code").await })
        })
        .collect();
    let mut taken = 0;
    for taker in takers {
        taken += usize::from(taker.await.unwrap().is_some());
    }
    assert_eq!(taken, 1);
    cache.set("late", "x", 10).await;
    clock.advance_ms(10);
    assert_eq!(cache.take("late").await, None);
}

#[tokio::test]
async fn counts_begin_again_after_their_time() {
    let (cache, clock) = cache();
    assert_eq!(cache.count("failures", 60_000).await, 1);
    clock.advance_ms(30_000);
    assert_eq!(cache.count("failures", 60_000).await, 2);
    clock.advance_ms(30_000);
    assert_eq!(cache.count("failures", 60_000).await, 1);
    cache.remove("failures").await;
    assert_eq!(cache.count("failures", 60_000).await, 1);
}

#[tokio::test]
async fn a_rate_is_kept_by_all_clones() {
    let (cache, clock) = cache();
    let (other, rate) = (cache.clone(), Rate::new(2, 1_000));
    assert_eq!(cache.admit("address", rate).await, Admission::Admitted);
    assert_eq!(other.admit("address", rate).await, Admission::Admitted);
    assert_eq!(other.admit("address", rate).await, Admission::RetryAfterMs(500));
    assert_eq!(other.admit("another", rate).await, Admission::Admitted);
    clock.advance_ms(500);
    assert_eq!(cache.admit("address", rate).await, Admission::Admitted);
}

#[tokio::test]
async fn size_is_bounded() {
    let (cache, _) = cache();
    let long = "k".repeat(10_000);
    cache.set(&long, "x", 60_000).await;
    assert!(cache.get(&long).await.is_some());
    assert!(cache.get(&format!("{long}k")).await.is_none());
    cache.set(&long, vec![0; VALUE_BYTES_MAX + 1], 60_000).await;
    assert!(cache.get(&long).await.is_none(), "what it replaces is gone as well");
    for number in 0..400 {
        cache.set(&number.to_string(), vec![0; VALUE_BYTES_MAX], 60_000).await;
    }
    let mut kept = 0;
    for number in 0..400 {
        kept += usize::from(cache.get(&number.to_string()).await.is_some());
    }
    assert!(cache.get("399").await.is_some(), "what is new is kept");
    assert!(kept < 200, "{kept} of 400 are kept");
}

#[tokio::test]
async fn a_process_without_redis_says_so() {
    let (cache, _) = cache();
    let checked = cache.check().check().await;
    assert_eq!(checked.status, crate::health::Status::NotConfigured);
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_done_without() {
    // Bound and closed: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    drop(listener);
    let config = Config { redis_url: Some(crate::config::Secret::new(url)), ..Config::default() };
    let cache = Cache::open(&config, ServiceName::Hub, Clock::system()).unwrap();
    cache.set("one", "1", 60_000).await;
    assert_eq!(cache.get("one").await.as_deref(), Some(b"1".as_slice()));
    let checked = cache.check().check().await;
    assert_eq!(checked.status, crate::health::Status::Degraded, "{checked:?}");
}

#[tokio::test]
async fn a_url_of_something_else_is_refused_without_its_password() {
    for url in ["http://:hunter2@example.com", "redis//", "", "rediss+x://:hunter2@h"] {
        let secret = crate::config::Secret::new(url);
        let config = Config { redis_url: Some(secret), ..Config::default() };
        let error = Cache::open(&config, ServiceName::Hub, Clock::system()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("REDIS_URL cannot be used") && !text.contains("hunter2"),
            "{text}"
        );
    }
    let config = Config {
        redis_url: Some(crate::config::Secret::new("rediss://example.com")),
        ..Config::default()
    };
    assert!(Cache::open(&config, ServiceName::Hub, Clock::system()).is_ok(), "TLS is compiled in");
}
