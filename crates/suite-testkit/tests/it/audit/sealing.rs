//! Sealing: gapless, once each, whoever writes and however many seal.

use std::collections::BTreeSet;

use suite_contracts::TenantId;
use suite_kit::audit::{self, AnchorOptions, Filter, Found, LedgerState, verify_chain};
use suite_kit::clock::Clock;
use suite_kit::db::Database;
use suite_kit::page::PageQuery;
use suite_kit::service::Tasks;
use suite_testkit::{Backend, on_every_backend};

use super::fixture::{PATIENCE, SERVICE, act, act_often, open, prepared, trail, until};

/// All records of a tenant, the newest first.
pub async fn all(database: &Database, tenant: TenantId) -> Vec<Found> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = PageQuery { limit: Some(200), cursor };
        let page = audit::search(database, tenant, &Filter::default(), &page).await.unwrap();
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}

async fn concurrent_writers_are_sealed_once_each_by_two_sealers(backend: Backend) {
    const WRITERS: usize = 6;
    const RECORDS: usize = 40;
    let (place, database) = prepared(backend).await;
    let tenants: Vec<TenantId> = (0..3).map(|_| TenantId::new()).collect();
    let tasks = Tasks::default();
    // Two processes: they share nothing but the database.
    let other = open(&place).await;
    trail(&database, None).start(&tasks, AnchorOptions::default());
    trail(&other, None).start(&tasks, AnchorOptions::default());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let database = if writer % 2 == 0 { database.clone() } else { other.clone() };
        let tenant = tenants[writer % tenants.len()];
        writers.spawn(async move {
            act_often(&database, &Clock::system(), tenant, RECORDS).await;
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    let trail = trail(&database, None);
    for tenant in &tenants {
        let expected = (WRITERS / tenants.len() * RECORDS) as u64;
        until(&trail, *tenant, |status| status.sealed == expected).await;
        let found = all(&database, *tenant).await;
        let positions: BTreeSet<u64> =
            found.iter().map(|found| found.sealed.unwrap().position).collect();
        assert_eq!(found.len() as u64, expected);
        assert_eq!(positions, (1..=expected).collect());
        let check = verify_chain(&database, SERVICE, *tenant, None).await.unwrap();
        assert_eq!((check.intact, check.sealed, check.fault), (expected, expected, None));
    }
    tasks.stop(PATIENCE).await;
}

async fn a_commit_is_sealed_within_a_second_and_without_a_ledger(backend: Backend) {
    let (_place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    let tasks = Tasks::default();
    let trail = trail(&database, None);
    trail.start(&tasks, AnchorOptions::default());
    for count in 1..=3 {
        act(&database, &Clock::system(), tenant, "thing").await;
        let sealed = until(&trail, tenant, |status| status.sealed == count);
        tokio::time::timeout(std::time::Duration::from_secs(1), sealed).await.unwrap();
    }
    let status = trail.status_of(tenant).await.unwrap();
    assert_eq!(status.ledger, LedgerState::NotConfigured);
    assert_eq!((status.recorded, status.anchored, status.anchored_at), (3, 0, None));
    tasks.stop(PATIENCE).await;
}

async fn what_another_process_committed_is_sealed_too(backend: Backend) {
    let (place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    let tasks = Tasks::default();
    let trail = trail(&database, None);
    trail.start(&tasks, AnchorOptions::default());
    act(&open(&place).await, &Clock::system(), tenant, "thing").await;
    let sealed = until(&trail, tenant, |status| status.sealed == 1);
    tokio::time::timeout(std::time::Duration::from_secs(1), sealed).await.unwrap();
    tasks.stop(PATIENCE).await;
}

async fn a_clock_that_jumps_back_breaks_no_chain(backend: Backend) {
    let (_place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    let clock = Clock::manual(1_800_000_000_000);
    for _ in 0..5 {
        act_often(&database, &clock, tenant, 3).await;
        assert_eq!(audit::seal_all(&database, SERVICE).await.unwrap(), 3);
        clock.advance_ms(-3_600_000);
    }
    let check = verify_chain(&database, SERVICE, tenant, None).await.unwrap();
    assert_eq!((check.intact, check.fault), (15, None));
}

async fn a_sealer_that_dies_halfway_leaves_nothing_half_done(backend: Backend) {
    let (_place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    let clock = Clock::system();
    act_often(&database, &clock, tenant, 100).await;
    // Dropped at ever later points of its work.
    for point_us in (0..40).map(|step| step * 250) {
        let limit = std::time::Duration::from_micros(point_us);
        let _ = tokio::time::timeout(limit, audit::seal_all(&database, SERVICE)).await;
        act(&database, &clock, tenant, "one more").await;
    }
    audit::seal_all(&database, SERVICE).await.unwrap();
    let check = verify_chain(&database, SERVICE, tenant, None).await.unwrap();
    assert_eq!((check.intact, check.sealed, check.fault), (140, 140, None));
}

async fn more_than_a_batch_is_sealed_in_one_go(backend: Backend) {
    let (_place, database) = prepared(backend).await;
    let tenants = [TenantId::new(), TenantId::new()];
    let clock = Clock::system();
    let count = audit::BATCH_RECORDS_MAX + 100;
    let transaction = database.begin().await.unwrap();
    for record in 0..count {
        let actor = audit::Actor::system(tenants[record % 2], "a test");
        let entry = audit::Entry::new("hub.thing.changed", "thing", record);
        audit::insert(&transaction, &clock, &actor, entry).await.unwrap();
    }
    transaction.commit_unaudited("its records were inserted").await.unwrap();
    assert_eq!(audit::seal_all(&database, SERVICE).await.unwrap(), count);
    assert_eq!(audit::seal_all(&database, SERVICE).await.unwrap(), 0);
    for tenant in tenants {
        let check = verify_chain(&database, SERVICE, tenant, None).await.unwrap();
        assert_eq!((check.intact, check.fault), (count as u64 / 2, None));
    }
}

on_every_backend!(
    concurrent_writers_are_sealed_once_each_by_two_sealers,
    a_commit_is_sealed_within_a_second_and_without_a_ledger,
    what_another_process_committed_is_sealed_too,
    a_clock_that_jumps_back_breaks_no_chain,
    a_sealer_that_dies_halfway_leaves_nothing_half_done,
    more_than_a_batch_is_sealed_in_one_go,
);
