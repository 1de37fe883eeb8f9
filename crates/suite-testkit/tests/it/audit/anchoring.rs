//! Anchoring on bad days: the ledger gone and back, processes that die, two at once.

use kaldrix_client::Digest;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use suite_contracts::TenantId;
use suite_kit::audit::{self, LedgerCheck, LedgerState, TAG};
use suite_kit::clock::Clock;
use suite_kit::db::Database;
use suite_kit::health::{Check, Status};
use suite_kit::service::Tasks;
use suite_testkit::{Backend, on_every_backend};

use super::fixture::{
    Localnet, PATIENCE, SERVICE, act_often, anchorer, finish, open, prepared, quick, trail, until,
};

#[derive(Debug, FromQueryResult)]
struct Anchor {
    first_position: i64,
    last_position: i64,
    digest: Vec<u8>,
    state: String,
    transaction_id: Option<String>,
    attempts: i32,
}

async fn anchors(database: &Database, tenant: TenantId) -> Vec<Anchor> {
    let sql = "SELECT * FROM audit_anchor WHERE tenant_id = $1 ORDER BY first_position";
    let backend = database.read().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [tenant.0.into()]);
    Anchor::find_by_statement(statement).all(database.read()).await.unwrap()
}

/// Every anchor is final and they follow each other without a gap up to `last`.
async fn assert_whole(database: &Database, tenant: TenantId, last: i64) -> Vec<Anchor> {
    let anchors = anchors(database, tenant).await;
    let mut expected = 1;
    for anchor in &anchors {
        assert_eq!((anchor.first_position, anchor.state.as_str()), (expected, "final"));
        expected = anchor.last_position + 1;
    }
    assert_eq!(expected, last + 1, "{anchors:?}");
    anchors
}

fn digest(anchor: &Anchor) -> Digest {
    Digest(anchor.digest.as_slice().try_into().unwrap())
}

/// How often the ledger holds an anchor.
async fn notarised(net: &Localnet, anchor: &Anchor) -> usize {
    let page = net.client().notarisations(&digest(anchor), None, 100).await.unwrap();
    page.map_or(0, |page| page.notarisations.len())
}

async fn what_is_recorded_while_the_ledger_is_down_is_anchored_later(backend: Backend) {
    let mut net = Localnet::start().await;
    net.stop().await;
    let ledger = net.ledger();
    let (_place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    let clock = Clock::system();
    let tasks = Tasks::default();
    let trail = trail(&database, Some(&ledger));
    trail.start(&tasks, quick());
    act_often(&database, &clock, tenant, 20).await;
    until(&trail, tenant, |status| {
        status.sealed == 20 && matches!(status.ledger, LedgerState::Waiting { .. })
    })
    .await;
    let check = LedgerCheck(Some(ledger.clone()));
    assert_eq!((check.check().await.status, check.is_vital()), (Status::Down, false));
    let status = trail.status_of(tenant).await.unwrap();
    // Nobody has seen this ledger yet.
    assert_eq!((status.anchored, status.ledger_height), (0, None));
    assert!(status.waiting_since_ms.is_some());
    net.go_on().await;
    until(&trail, tenant, |status| status.anchored == 20).await;
    until(&trail, tenant, |status| matches!(status.ledger, LedgerState::Ok { .. })).await;
    assert_eq!(check.check().await.status, Status::Ok);
    let status = trail.status_of(tenant).await.unwrap();
    assert_eq!(status.waiting_since_ms, None);
    let heights = status.anchored_at.zip(status.ledger_height);
    assert!(heights.is_some_and(|((at, _), (height, _))| at > 0 && height >= at), "{status:?}");
    // And once more, in the middle of the work.
    act_often(&database, &clock, tenant, 5).await;
    net.stop().await;
    act_often(&database, &clock, tenant, 5).await;
    until(&trail, tenant, |status| status.sealed == 30).await;
    net.go_on().await;
    until(&trail, tenant, |status| status.anchored == 30).await;
    tasks.stop(PATIENCE).await;
    assert_whole(&database, tenant, 30).await;
    let check = trail.check(tenant).await.unwrap();
    assert_eq!((check.anchored, check.fault), (30, None));
}

/// A ledger, and a tenant with three sealed records for which an anchor is planned.
async fn planned(backend: Backend) -> (Localnet, suite_testkit::Place, Database, TenantId) {
    let net = Localnet::start().await;
    let (place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    act_often(&database, &Clock::system(), tenant, 3).await;
    audit::seal_all(&database, SERVICE).await.unwrap();
    assert_eq!(anchorer(&database, &net.ledger()).plan().await.unwrap(), 1);
    (net, place, database, tenant)
}

/// The anchor of [`planned`], final after another process took over, and notarised once.
async fn taken_over(net: &Localnet, database: &Database, tenant: TenantId) -> Anchor {
    let ledger = net.ledger();
    finish(&anchorer(database, &ledger)).await;
    let anchor = assert_whole(database, tenant, 3).await.pop().unwrap();
    assert_eq!((anchor.attempts, notarised(net, &anchor).await), (1, 1));
    let check = trail(database, Some(&ledger)).check(tenant).await.unwrap();
    assert_eq!((check.anchored, check.fault), (3, None));
    anchor
}

async fn a_process_may_die_after_planning(backend: Backend) {
    let (net, _place, database, tenant) = planned(backend).await;
    taken_over(&net, &database, tenant).await;
}

async fn a_process_may_die_after_sending_and_before_it_says_so(backend: Backend) {
    let (net, _place, database, tenant) = planned(backend).await;
    let anchor = anchors(&database, tenant).await.pop().unwrap();
    let wallet = wallet(&net);
    let sent = wallet.notarise(TAG.as_bytes(), vec![digest(&anchor)]).await.unwrap();
    wallet.wait_final(&sent, PATIENCE).await.unwrap();
    let transaction = database.begin().await.unwrap();
    let sql = "UPDATE audit_anchor SET attempts = 1 WHERE state = 'pending'";
    transaction.execute_unprepared(sql).await.unwrap();
    transaction.commit_unaudited("as a process that died left it").await.unwrap();
    let anchor = taken_over(&net, &database, tenant).await;
    assert_eq!(anchor.transaction_id, Some(sent.to_string()));
}

async fn a_process_may_die_before_what_it_sent_is_final(backend: Backend) {
    let (net, _place, database, tenant) = planned(backend).await;
    assert_eq!(anchorer(&database, &net.ledger()).submit().await.unwrap(), 1);
    taken_over(&net, &database, tenant).await;
}

fn wallet(net: &Localnet) -> kaldrix_client::Wallet {
    let text = super::fixture::read(&net.genesis().with_file_name("faucet.json"));
    let key = kaldrix_client::keystore::open_unprotected(&text).unwrap();
    let genesis = net.ledger().genesis().clone();
    kaldrix_client::Wallet::for_genesis(net.client(), std::sync::Arc::new(key), &genesis)
}

/// Dropped wherever it happens to be, again and again.
async fn a_process_may_die_anywhere(backend: Backend) {
    let net = Localnet::start().await;
    let ledger = net.ledger();
    let (_place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    for round in 0..12_u64 {
        act_often(&database, &Clock::system(), tenant, 2).await;
        audit::seal_all(&database, SERVICE).await.unwrap();
        let limit = std::time::Duration::from_millis(round * 7);
        let dying = anchorer(&database, &ledger);
        let _ = tokio::time::timeout(limit, async {
            loop {
                dying.plan().await.unwrap();
                dying.submit().await.unwrap();
                dying.follow().await.unwrap();
            }
        })
        .await;
    }
    finish(&anchorer(&database, &ledger)).await;
    assert_whole(&database, tenant, 24).await;
    let check = trail(&database, Some(&ledger)).check(tenant).await.unwrap();
    assert_eq!((check.intact, check.anchored, check.fault), (24, 24, None));
}

async fn what_expired_or_was_lost_is_sent_again(backend: Backend) {
    let net = Localnet::start().await;
    let ledger = net.ledger();
    let (_place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    act_often(&database, &Clock::system(), tenant, 3).await;
    audit::seal_all(&database, SERVICE).await.unwrap();
    anchorer(&database, &ledger).plan().await.unwrap();
    let transaction = database.begin().await.unwrap();
    let lost = "ab".repeat(32);
    let sql = format!("UPDATE audit_anchor SET state = 'submitted', transaction_id = '{lost}'");
    transaction.execute_unprepared(&sql).await.unwrap();
    transaction.commit_unaudited("as if the ledger had lost it").await.unwrap();
    finish(&anchorer(&database, &ledger)).await;
    let anchor = assert_whole(&database, tenant, 3).await.pop().unwrap();
    assert_ne!(anchor.transaction_id, Some(lost));
}

async fn two_anchorers_do_not_anchor_twice(backend: Backend) {
    let net = Localnet::start().await;
    let ledger = net.ledger();
    let (place, database) = prepared(backend).await;
    let other = open(&place).await;
    let tenants = [TenantId::new(), TenantId::new()];
    let tasks = Tasks::default();
    for database in [&database, &other] {
        trail(database, Some(&ledger)).start(&tasks, quick());
    }
    let clock = Clock::system();
    for _ in 0..15 {
        act_often(&database, &clock, tenants[0], 2).await;
        act_often(&other, &clock, tenants[1], 2).await;
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    let trail = trail(&database, Some(&ledger));
    for tenant in tenants {
        until(&trail, tenant, |status| status.anchored == 30).await;
        for anchor in assert_whole(&database, tenant, 30).await {
            assert_eq!(notarised(&net, &anchor).await, 1, "{anchor:?}");
        }
    }
    tasks.stop(PATIENCE).await;
}

/// Without the lease, as when a clock jumps, two may work at once: nothing breaks.
async fn anchorers_without_a_lease_break_nothing(backend: Backend) {
    let net = Localnet::start().await;
    let ledger = net.ledger();
    let (place, database) = prepared(backend).await;
    let other = open(&place).await;
    let tenant = TenantId::new();
    act_often(&database, &Clock::system(), tenant, 40).await;
    audit::seal_all(&database, SERVICE).await.unwrap();
    let (one, two) = (anchorer(&database, &ledger), anchorer(&other, &ledger));
    let work = async |anchorer: &audit::Anchorer| {
        for _ in 0..5 {
            anchorer.plan().await.unwrap();
            anchorer.submit().await.unwrap();
            anchorer.follow().await.unwrap();
        }
    };
    tokio::join!(work(&one), work(&two));
    drop(one);
    finish(&two).await;
    assert_whole(&database, tenant, 40).await;
    let check = trail(&database, Some(&ledger)).check(tenant).await.unwrap();
    assert_eq!((check.anchored, check.fault), (40, None));
}

on_every_backend!(
    what_is_recorded_while_the_ledger_is_down_is_anchored_later,
    a_process_may_die_after_planning,
    a_process_may_die_after_sending_and_before_it_says_so,
    a_process_may_die_before_what_it_sent_is_final,
    a_process_may_die_anywhere,
    what_expired_or_was_lost_is_sent_again,
    two_anchorers_do_not_anchor_twice,
    anchorers_without_a_lease_break_nothing,
);
