//! Databases: tables are made once however many processes start, and a transaction is whole.

use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_migration::MigrationTrait;
use serde_json::json;
use suite_contracts::{EventName, ServiceName, TenantId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::clock::Clock;
use suite_kit::db::{self, Database};
use suite_kit::events;
use suite_testkit::{Backend, on_every_backend};

const HUB: ServiceName = ServiceName::Hub;

fn none() -> Vec<Box<dyn MigrationTrait>> {
    Vec::new()
}

async fn processes_that_migrate_at_once_wait_for_each_other(backend: Backend) {
    let place = backend.place().await;
    let location = place.config.location();
    let mut processes = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let location = location.clone();
        processes.spawn(async move {
            let database = Database::open(&location, HUB).await?;
            assert!(!database.engine().eq(&db::Engine::Sqlite) || place_is_file(&location));
            db::migrate(&database, HUB, none).await?;
            assert!(db::is_current(&database, none).await?);
            database.close().await;
            Ok::<_, DbErr>(())
        });
    }
    while let Some(done) = processes.join_next().await {
        done.unwrap().unwrap();
    }
}

fn place_is_file(location: &db::Location) -> bool {
    matches!(location, db::Location::Folder(folder) if folder.join("hub.sqlite").is_file())
}

async fn what_is_not_committed_did_not_happen(backend: Backend) {
    let place = backend.place().await;
    let database = Database::open(&place.config.location(), HUB).await.unwrap();
    db::migrate(&database, HUB, none).await.unwrap();
    let make = "CREATE TABLE thing (id INTEGER PRIMARY KEY)";
    let transaction = database.begin().await.unwrap();
    transaction.execute_unprepared(make).await.unwrap();
    drop(transaction);
    // The same again: it was not made.
    let transaction = database.begin().await.unwrap();
    transaction.execute_unprepared(make).await.unwrap();
    transaction.execute_unprepared("INSERT INTO thing VALUES (1)").await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    let again = database.begin().await.unwrap();
    let error = again.execute_unprepared("INSERT INTO thing VALUES (1)").await.unwrap_err();
    assert!(db::is_duplicate(&error), "{error}");
    assert!(!db::is_unavailable(&error));
}

async fn what_a_transaction_records_is_there_once_it_commits(backend: Backend) {
    // More than go into one statement.
    const TIMES: i64 = 40;
    let place = backend.place().await;
    let database = Database::open(&place.config.location(), HUB).await.unwrap();
    db::migrate(&database, HUB, none).await.unwrap();
    let (clock, tenant) = (Clock::system(), TenantId::new());
    for (commits, expected) in [(false, 0), (true, TIMES)] {
        let transaction = database.begin().await.unwrap();
        for time in 0..TIMES {
            let (name, data) = (EventName::new("hub.thing.changed"), json!({ "time": time }));
            let published = events::publish(&transaction, &clock, tenant, name, time, data);
            published.await.unwrap();
            let entry = Entry::new("hub.thing.changed", "thing", time);
            let actor = Actor::system(tenant, "a test");
            audit::insert(&transaction, &clock, &actor, entry).await.unwrap();
        }
        if commits {
            transaction.commit_unaudited("its audit records were inserted").await.unwrap();
        } else {
            transaction.roll_back().await.unwrap();
        }
        for (table, subject) in [("event_outbox", "subject"), ("audit_record", "subject_id")] {
            let query = format!("SELECT COUNT(DISTINCT {subject}) AS n FROM {table}");
            let backend = database.read().get_database_backend();
            let query = Statement::from_string(backend, query);
            let row = database.read().query_one_raw(query).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "n").unwrap(), expected, "{table}");
        }
    }
}

on_every_backend!(
    processes_that_migrate_at_once_wait_for_each_other,
    what_is_not_committed_did_not_happen,
    what_a_transaction_records_is_there_once_it_commits,
);
