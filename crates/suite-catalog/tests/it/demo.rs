//! What `itechsmart run --demo` shows of the catalog, of fewer days.

use std::collections::BTreeSet;
use std::sync::Arc;

use sea_orm::{ConnectionTrait, Statement};
use suite_catalog::demo::{self, Company};
use suite_contracts::ServiceName;
use suite_hub::Administration;
use suite_kit::db::Database;
use suite_testkit::{Backend, on_every_backend};

/// So many that the major incident which is over is among them.
const DAYS: i64 = 30;

async fn count(database: &Database, from: &str) -> i64 {
    let backend = database.read().get_database_backend();
    let query = Statement::from_string(backend, format!("SELECT COUNT(*) AS rows FROM {from}"));
    let row = database.read().query_one_raw(query).await.expect("an answer").expect("a row");
    row.try_get("", "rows").expect("a number")
}

async fn a_company_lives_through_its_days(backend: Backend) {
    let place = backend.place().await;
    let config = Arc::new(place.config.clone());
    let hub = Administration::open(config.clone()).await.expect("Hub opens");
    let made = hub.demo().await.expect("a demo");
    hub.close().await;
    let ids: BTreeSet<_> = made.members.iter().map(|member| member.id).collect();
    assert!(ids.contains(&made.administrator) && ids.len() > 20);
    let company = Company {
        tenant: made.tenant_id,
        administrator: made.administrator,
        members: made.members,
        groups: made.groups,
    };
    demo::make(&config, company, DAYS).await.expect("it is lived through");

    let database = Database::open(&config.location(), ServiceName::ServiceCatalog).await;
    let database = database.expect("the catalog's database");
    for (from, least) in [
        ("ticket", 25),
        ("ticket WHERE is_open", 1),
        ("ticket WHERE state = 'closed'", 5),
        ("ticket WHERE score >= 4", 3),
        ("ticket_event WHERE kind = 'replied'", 20),
        ("request WHERE state = 'fulfilled'", 2),
        ("request WHERE bundle_name = 'New colleague' AND state = 'approving'", 3),
        ("major_incident WHERE state = 'reviewed'", 1),
        ("major_incident WHERE state = 'investigating'", 1),
        ("major_incident WHERE public_title IS NOT NULL", 2),
        ("status_component WHERE state = 'partial_outage'", 1),
        ("status_maintenance", 2),
        ("article", 5),
        ("ticket_day", 5),
        ("audit_record", 200),
    ] {
        let rows = count(&database, from).await;
        assert!(rows >= least, "{from}: {rows}");
    }
    // Nobody hears of what is past.
    assert_eq!(count(&database, "event_outbox").await, 0);
    assert_eq!(count(&database, "job").await, 0);
    database.close().await;
}

on_every_backend!(a_company_lives_through_its_days);
