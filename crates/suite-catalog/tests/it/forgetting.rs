//! A tenant that Hub has removed: nothing of it is left in any table, and none of its files; what
//! others have stays.

use std::collections::BTreeMap;

use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use suite_kit::db::Engine;
use suite_testkit::{Backend, on_every_backend};
use uuid::Uuid;

use crate::fixture::{BASE, CatalogApp, Person, id_of};

const DAY_MS: i64 = 24 * 3_600_000;
/// What is in these is done with sooner or later, whoever it belongs to.
const PASSING: [&str; 4] = ["event_outbox", "job", "notification", "ticket_day_changed"];

fn passes(table: &str) -> bool {
    PASSING.contains(&table)
}

/// Texts that a query answers with, row by row.
async fn texts(app: &CatalogApp, query: String) -> Vec<Vec<String>> {
    let connection = app.database().read();
    let query = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(query).await.expect("an answer");
    let text = |row: &sea_orm::QueryResult, at| row.try_get_by_index(at).expect("a text");
    rows.iter().map(|row| (0..row.column_names().len()).map(|at| text(row, at)).collect()).collect()
}

/// Every table that says of its rows whose they are, as the database knows them; not the audit
/// trail's, which outlives its tenant.
async fn tables(app: &CatalogApp) -> Vec<String> {
    let query = match app.database().engine() {
        Engine::Postgres => {
            "SELECT CAST(table_name AS text) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND column_name = 'tenant_id' ORDER BY 1"
        }
        Engine::Sqlite => {
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             ON c.name = 'tenant_id' WHERE m.type = 'table' ORDER BY 1"
        }
    };
    let names = texts(app, query.to_owned()).await.into_iter().flatten();
    names.filter(|name| !name.starts_with("audit_")).collect()
}

/// How many rows of a tenant each table has.
async fn rows_of(app: &CatalogApp, tenant: &str) -> BTreeMap<String, i64> {
    let mut counted = BTreeMap::new();
    for table in tables(app).await {
        let rows = app.count(&format!("{table} WHERE tenant_id = '{tenant}'")).await;
        counted.insert(table, rows);
    }
    counted
}

/// Puts a row of a tenant into a table, with what has to be there and nothing else.
async fn fill(app: &CatalogApp, tenant: &str, table: &str) {
    let query = match app.database().engine() {
        Engine::Postgres => format!(
            "SELECT CAST(column_name AS text), CAST(data_type AS text) \
             FROM information_schema.columns WHERE table_schema = current_schema() \
             AND table_name = '{table}' AND is_nullable = 'NO' AND is_generated = 'NEVER'"
        ),
        Engine::Sqlite => format!(
            "SELECT name, lower(type) FROM pragma_table_info('{table}') \
             WHERE \"notnull\" = 1 OR pk > 0"
        ),
    };
    let columns = texts(app, query).await;
    let values: Vec<_> = columns.iter().map(|one| value(tenant, &one[0], &one[1])).collect();
    let names: Vec<&str> = columns.iter().map(|one| one[0].as_str()).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    app.execute(&format!("INSERT INTO {table} ({names}) VALUES ({values})")).await;
}

fn value(tenant: &str, column: &str, kind: &str) -> String {
    let parent = match column {
        "tenant_id" => return format!("'{tenant}'"),
        "request_id" => Some("request"),
        "ticket_id" | "from_id" => Some("ticket"),
        "item_id" | "bundle_id" => Some("item"),
        "category_id" => Some("category"),
        "article_id" => Some("article"),
        "calendar_id" | "default_calendar_id" => Some("calendar"),
        "incident_id" => Some("major_incident"),
        "component_id" => Some("status_component"),
        "maintenance_id" => Some("status_maintenance"),
        _ => None,
    };
    if let Some(parent) = parent {
        return format!("(SELECT id FROM {parent} WHERE tenant_id = '{tenant}' LIMIT 1)");
    }
    match kind {
        kind if kind.contains("uuid") || kind.contains("blob") => format!("'{}'", Uuid::now_v7()),
        // Of days, one in the future.
        kind if kind.contains("int") => "40000".to_owned(),
        kind if kind.contains("bool") => "FALSE".to_owned(),
        _ => "''".to_owned(),
    }
}

/// What a tenant has: something asked for, a ticket with a file that is a major incident, an
/// article, a calendar, a component with maintenance, and a message that is held.
async fn live(app: &CatalogApp) {
    let by = &app.admin;
    let item = app.item("Laptop", "10", json!([])).await;
    app.ask(by, &item).await;
    let file = app.upload(by, "plan.txt", b"a plan").await.expect(201).json();
    let body = json!({
        "title": "Printer on fire", "impact": "high", "urgency": "high", "file_ids": [id_of(&file)],
    });
    let ticket = app.post(by, &format!("{BASE}/tickets"), body).await.expect(201).json();
    app.declare(by, &ticket).await;
    let body = json!({ "title": "Fires", "body": "Use water", "category": "Printing" });
    app.post(by, &format!("{BASE}/articles"), body).await.expect(201);
    let hours = json!([{ "weekday": "monday", "from": "09:00", "to": "17:00" }]);
    let content = json!({ "zone": "Europe/Berlin", "hours": hours });
    let body = json!({ "name": "Office", "content": content });
    app.post(by, &format!("{BASE}/calendars"), body).await.expect(201);
    let component = app.status_component(by, "Printing").await;
    app.plan_maintenance(by, &component, (1, 2)).await;
    hold_a_message(app).await;
}

async fn hold_a_message(app: &CatalogApp) {
    let body = json!({ "address": "it@example.com", "unknown_senders": "hold" });
    let path = format!("{BASE}/mail/settings");
    let headers = [("if-match", "\"0\"")];
    app.send(&app.admin, (Method::PUT, &path), Some(body), &headers).await.expect(200);
    let key = app.key(&["catalog.mail.write"]).await;
    let url = format!("{}{BASE}/mail/messages", app.app.url);
    let request = app.app.client.post(url).bearer_auth(&key.token);
    let message = "From: max@example.com\r\nSubject: Fire\r\n\r\nEverywhere";
    let answer = request.header("content-type", "message/rfc822").body(message).send().await;
    let receipt: Value = answer.expect("an answer").json().await.expect("a receipt");
    assert_eq!(receipt["state"], "held", "{receipt}");
}

/// Another tenant, in which there is something in every table.
async fn full_tenant(app: &mut CatalogApp) -> String {
    let (id, eve) = app.tenant("Other").await;
    let platform = std::mem::replace(&mut app.admin, eve);
    live(app).await;
    app.admin = platform;
    for (table, rows) in rows_of(app, &id).await {
        if rows == 0 && !passes(&table) {
            fill(app, &id, &table).await;
        }
    }
    let rows = rows_of(app, &id).await;
    let empty = rows.iter().find(|(table, rows)| **rows == 0 && !passes(table));
    assert_eq!(empty, None, "there is something in every table");
    id
}

async fn own_tenant(app: &CatalogApp, of: &Person) -> String {
    let me = app.get(of, "/api/v1/hub/me").await.expect(200).json();
    id_of(&me["tenant"]).to_owned()
}

/// Removes a tenant, and waits until it is forgotten.
async fn remove(app: &CatalogApp, tenant: &str) {
    let path = format!("/api/v1/hub/tenants/{tenant}/delete");
    app.send(&app.admin, (Method::POST, &path), None, &[]).await.expect(200);
    app.app.clock.advance_ms(29 * DAY_MS);
    assert!(app.count(&format!("ticket WHERE tenant_id = '{tenant}'")).await > 0);
    app.app.clock.advance_ms(DAY_MS);
    app.wait_for_rows("job WHERE kind = 'tenant.forget' AND state = 'done'").await;
}

async fn left_of(app: &CatalogApp, tenant: &str) -> Vec<(String, i64)> {
    rows_of(app, tenant).await.into_iter().filter(|(_, rows)| *rows > 0).collect()
}

async fn a_removed_tenant_is_forgotten(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    live(&app).await;
    let own = own_tenant(&app, &app.admin).await;
    let before = left_of(&app, &own).await;
    let other = full_tenant(&mut app).await;
    let of_other = app.app.place.config.data_dir.join("files/service_catalog").join(&other);
    assert!(of_other.exists());
    remove(&app, &other).await;
    assert_eq!(left_of(&app, &other).await, []);
    assert!(!of_other.exists());
    // The others keep what they have.
    let after = rows_of(&app, &own).await;
    for (table, _) in before.iter().filter(|(table, _)| !passes(table)) {
        assert!(after[table] > 0, "{table}");
    }
    assert!(app.kept_files().iter().any(|path| path.to_string_lossy().contains(&own)));
    if app.database().engine() == Engine::Sqlite {
        assert_eq!(app.count("ticket_words").await, app.count("ticket").await);
        assert_eq!(app.count("article_words_row").await, app.count("article").await);
    }
    let record = "audit_record WHERE action = 'service-catalog.tenant.removed'";
    assert_eq!(app.count(record).await, 1);
}

async fn what_was_left_behind_goes_the_next_time(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let other = full_tenant(&mut app).await;
    remove(&app, &other).await;
    fill(&app, &other, "canned_answer").await;
    app.execute("UPDATE job SET state = 'waiting' WHERE kind = 'tenant.forget'").await;
    app.wait_for_none(&format!("canned_answer WHERE tenant_id = '{other}'")).await;
    assert_eq!(left_of(&app, &other).await, []);
}

on_every_backend!(a_removed_tenant_is_forgotten, what_was_left_behind_goes_the_next_time);
