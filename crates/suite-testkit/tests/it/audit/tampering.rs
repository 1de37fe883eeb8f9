//! Whoever changes the database afterwards is found, and where.

use sea_orm::{ConnectionTrait, Statement, Value};
use suite_contracts::TenantId;
use suite_kit::audit::{self, Actor, ChainFault, Entry, LedgerState, Trust, Witness, verify_chain};
use suite_kit::clock::Clock;
use suite_kit::db::Database;
use suite_testkit::{Backend, on_every_backend};

use super::fixture::{Localnet, SERVICE, act_often, anchorer, finish, prepared, trail};

async fn run(database: &Database, sql: &str, values: Vec<Value>) -> u64 {
    let transaction = database.begin().await.unwrap();
    let backend = transaction.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let changed = transaction.execute_raw(statement).await.unwrap().rows_affected();
    transaction.commit_unaudited("somebody at night").await.unwrap();
    changed
}

async fn fault(database: &Database, tenant: TenantId) -> Option<ChainFault> {
    verify_chain(database, SERVICE, tenant, None).await.unwrap().fault
}

async fn sealed(backend: Backend) -> (suite_testkit::Place, Database, TenantId) {
    let (place, database) = prepared(backend).await;
    let tenant = TenantId::new();
    act_often(&database, &Clock::system(), tenant, 9).await;
    audit::seal_all(&database, SERVICE).await.unwrap();
    assert_eq!(fault(&database, tenant).await, None);
    (place, database, tenant)
}

async fn a_changed_record_is_found(backend: Backend) {
    let (_place, database, tenant) = sealed(backend).await;
    let columns = ["actor_name", "actor_id", "action", "subject_id", "detail", "address"];
    for (place, column) in columns.into_iter().enumerate() {
        let position = 8 - place as u64;
        let sql = format!(
            "UPDATE audit_record SET {column} = 'other' WHERE tenant_id = $1 AND position = $2"
        );
        let values = vec![tenant.0.into(), position.cast_signed().into()];
        assert_eq!(run(&database, &sql, values).await, 1);
        assert_eq!(fault(&database, tenant).await, Some(ChainFault::Changed { position }));
    }
}

async fn a_removed_record_is_found(backend: Backend) {
    let (_place, database, tenant) = sealed(backend).await;
    let sql = "DELETE FROM audit_record WHERE tenant_id = $1 AND position = $2";
    for position in [9_i64, 4, 1] {
        assert_eq!(run(&database, sql, vec![tenant.0.into(), position.into()]).await, 1);
        let position = position.cast_unsigned();
        assert_eq!(fault(&database, tenant).await, Some(ChainFault::Missing { position }));
    }
}

async fn reordered_records_are_found(backend: Backend) {
    let (_place, database, tenant) = sealed(backend).await;
    let sql = "UPDATE audit_record SET position = $3 WHERE tenant_id = $1 AND position = $2";
    for (from, to) in [(3, -1), (5, 3), (-1, 5)] {
        assert_eq!(run(&database, sql, vec![tenant.0.into(), from.into(), to.into()]).await, 1);
    }
    assert_eq!(fault(&database, tenant).await, Some(ChainFault::Changed { position: 3 }));
}

async fn an_inserted_record_is_found(backend: Backend) {
    let (_place, database, tenant) = sealed(backend).await;
    let transaction = database.begin().await.unwrap();
    let entry = Entry::new("hub.thing.forged", "thing", 1);
    let actor = Actor::system(tenant, "somebody");
    let id = audit::insert(&transaction, &Clock::system(), &actor, entry).await.unwrap();
    transaction.commit_unaudited("somebody at night").await.unwrap();
    let sql = "UPDATE audit_record SET position = $2, chain_hash = $3 WHERE id = $1";
    let forged = |position: i64| vec![id.0.into(), position.into(), vec![7_u8; 32].into()];
    // Behind the end; then in the middle, with all later ones moved.
    assert_eq!(run(&database, sql, forged(10)).await, 1);
    assert_eq!(fault(&database, tenant).await, Some(ChainFault::Beyond { position: 10 }));
    for position in (5..=9_i64).rev() {
        let values = vec![tenant.0.into(), position.into(), (position + 100).into()];
        let sql = "UPDATE audit_record SET position = $3 WHERE tenant_id = $1 AND position = $2";
        assert_eq!(run(&database, sql, values).await, 1);
    }
    assert_eq!(run(&database, sql, forged(5)).await, 1);
    let sql =
        "UPDATE audit_record SET position = position - 99 WHERE tenant_id = $1 AND position > 100";
    assert_eq!(run(&database, sql, vec![tenant.0.into()]).await, 5);
    assert_eq!(fault(&database, tenant).await, Some(ChainFault::Changed { position: 5 }));
}

/// One tenant's damage is not the others'.
async fn a_damaged_chain_keeps_no_other_from_being_sealed_and_anchored(backend: Backend) {
    let net = Localnet::start().await;
    let ledger = net.ledger();
    let (_place, database, tenant) = sealed(backend).await;
    let other = TenantId::new();
    // A record stands where the next one is to be.
    let transaction = database.begin().await.unwrap();
    let entry = Entry::new("hub.thing.forged", "thing", 1);
    let actor = Actor::system(tenant, "somebody");
    let id = audit::insert(&transaction, &Clock::system(), &actor, entry).await.unwrap();
    transaction.commit_unaudited("somebody at night").await.unwrap();
    let sql = "UPDATE audit_record SET position = 10, chain_hash = $2 WHERE id = $1";
    run(&database, sql, vec![id.0.into(), vec![7_u8; 32].into()]).await;
    for (tenant, count) in [(tenant, 3), (other, 600)] {
        act_often(&database, &Clock::system(), tenant, count).await;
    }
    audit::seal_all(&database, SERVICE).await.unwrap_err();
    let trail = trail(&database, Some(&ledger));
    let status = trail.status_of(tenant).await.unwrap();
    assert_eq!((status.recorded, status.sealed), (12, 9));
    assert_eq!(trail.status_of(other).await.unwrap().sealed, 600);
    assert_eq!(fault(&database, tenant).await, Some(ChainFault::Beyond { position: 10 }));
    // A record that was to be anchored is gone.
    let sql = "DELETE FROM audit_record WHERE tenant_id = $1 AND position = 4";
    run(&database, sql, vec![tenant.0.into()]).await;
    let anchorer = anchorer(&database, &ledger);
    finish(&anchorer).await;
    assert_eq!(trail.status_of(tenant).await.unwrap().anchored, 0);
    let status = trail.status_of(other).await.unwrap();
    assert_eq!(
        (status.anchored, status.ledger),
        (600, LedgerState::Ok { notary: ledger.notary() })
    );
}

/// Who rewrites everything that the database knows still cannot rewrite the ledger.
async fn a_rewritten_chain_is_found_by_its_anchors(backend: Backend) {
    let net = Localnet::start().await;
    let ledger = net.ledger();
    let (_place, database, tenant) = sealed(backend).await;
    finish(&anchorer(&database, &ledger)).await;
    let trail = trail(&database, Some(&ledger));
    let check = trail.check(tenant).await.unwrap();
    assert_eq!((check.intact, check.anchored, check.fault), (9, 9, None));
    // The record is changed, and the chain sealed anew by the suite's own code.
    let sql = "UPDATE audit_record SET actor_name = 'nobody' WHERE tenant_id = $1 AND position = 2";
    assert_eq!(run(&database, sql, vec![tenant.0.into()]).await, 1);
    let sql = "UPDATE audit_record SET position = NULL, chain_hash = NULL WHERE tenant_id = $1";
    assert_eq!(run(&database, sql, vec![tenant.0.into()]).await, 9);
    let sql = "UPDATE audit_head SET position = 0, chain_hash = $2 WHERE tenant_id = $1";
    run(&database, sql, vec![tenant.0.into(), vec![0_u8; 32].into()]).await;
    assert_eq!(audit::seal_all(&database, SERVICE).await.unwrap(), 9);
    let differs = ChainFault::AnchorDiffers { first_position: 1, last_position: 8 };
    assert_eq!(fault(&database, tenant).await, Some(differs));
    // The anchors are made anew too, and said to be final with the old transaction.
    let sql = "SELECT transaction_id, height, block_time_ms FROM audit_anchor LIMIT 1";
    let backend = database.read().get_database_backend();
    let old = database.read().query_one_raw(Statement::from_string(backend, sql)).await.unwrap();
    let old = old.unwrap();
    let transaction: String = old.try_get("", "transaction_id").unwrap();
    run(&database, "DELETE FROM audit_anchor", vec![]).await;
    run(&database, "UPDATE audit_head SET anchored_position = 0", vec![]).await;
    anchorer(&database, &ledger).plan().await.unwrap();
    let sql = "UPDATE audit_anchor SET state = 'final', transaction_id = $1, height = 1, \
               block_time_ms = 1";
    run(&database, sql, vec![transaction.into()]).await;
    assert_eq!(fault(&database, tenant).await, None, "the database agrees with itself");
    let found = trail.check(tenant).await.unwrap();
    assert!(matches!(
        found.fault,
        Some(ChainFault::AnchorUnproven { first_position: 1, last_position: 8, .. })
    ));
    let other = Witness { trust: Trust::Genesis(ledger.genesis()), notary: ledger.notary() };
    let found = verify_chain(&database, SERVICE, tenant, Some(other)).await.unwrap();
    assert_eq!((found.intact, found.anchored), (7, 0));
}

async fn removed_anchors_and_tails_are_found(backend: Backend) {
    let net = Localnet::start().await;
    let ledger = net.ledger();
    let (_place, database, tenant) = sealed(backend).await;
    finish(&anchorer(&database, &ledger)).await;
    // The last record, with the head set back as if it had never been there.
    let sql = "DELETE FROM audit_record WHERE tenant_id = $1 AND position = 9";
    run(&database, sql, vec![tenant.0.into()]).await;
    let sql = "UPDATE audit_head SET position = 8, chain_hash = \
               (SELECT chain_hash FROM audit_record WHERE tenant_id = $1 AND position = 8)";
    run(&database, sql, vec![tenant.0.into()]).await;
    assert_eq!(fault(&database, tenant).await, Some(ChainFault::Missing { position: 9 }));
    run(&database, "DELETE FROM audit_anchor WHERE first_position > 1", vec![]).await;
    assert_eq!(fault(&database, tenant).await, Some(ChainFault::AnchorMissing { position: 9 }));
    run(&database, "UPDATE audit_head SET anchored_position = 8", vec![]).await;
    assert_eq!(fault(&database, tenant).await, None, "as it was before the last record");
}

on_every_backend!(
    a_changed_record_is_found,
    a_removed_record_is_found,
    reordered_records_are_found,
    an_inserted_record_is_found,
    a_damaged_chain_keeps_no_other_from_being_sealed_and_anchored,
    a_rewritten_chain_is_found_by_its_anchors,
    removed_anchors_and_tails_are_found,
);
