//! Mutations with their event and their audit record, beside bare transactions through the same pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sea_orm::{ConnectionTrait, Statement, Value};
use suite_kit::db::Database;
use tokio::runtime::Runtime;

use crate::Arguments;
use crate::hub::Hub;
use crate::reads::{Side, side};
use suite_testkit::load::{Seen, drive};

/// As many as the pool has connections.
pub const CLIENTS: usize = 16;
/// Makes names that nobody has used.
static RUN: AtomicU64 = AtomicU64::new(0);
const SETTLED_S_MAX: u64 = 120;
/// The size of an audit record's texts.
const TEXT_BYTES: usize = 300;

pub struct Mutations {
    pub suite: Side,
    pub bare: Side,
    /// Until all records were sealed and all events delivered.
    pub settled_after: Duration,
}

pub fn measure(runtime: &Runtime, hub: &Hub, arguments: &Arguments) -> Result<Mutations> {
    let (database, duration) = (hub.database()?, arguments.slice() * 3);
    mutate(hub, CLIENTS, Duration::ZERO, arguments.slice())?;
    runtime.block_on(settle(&database))?;
    let mut settled_after = Duration::ZERO;
    // What is done behind a mutation belongs to what it costs.
    let suite = side(|| {
        let seen = mutate(hub, CLIENTS, Duration::ZERO, duration)?;
        let started = Instant::now();
        runtime.block_on(settle(&database))?;
        settled_after = started.elapsed();
        Ok(seen)
    })?;
    runtime.block_on(prepare(&database))?;
    let bare = side(|| runtime.block_on(bare(&database, duration)))?;
    Ok(Mutations { suite, bare, settled_after })
}

/// Roles are made: rows of their own, so that no two clients wait for each other. Each client pauses
/// before each request.
pub fn mutate(hub: &Hub, clients: usize, pause: Duration, duration: Duration) -> Result<Seen> {
    let run = RUN.fetch_add(1, Ordering::Relaxed);
    drive(hub.address, clients, duration, 201, |client, number| {
        std::thread::sleep(pause);
        hub.new_role(&format!("Role {run} {client} {number}"))
    })
}

/// Waits until the work behind mutations is done.
pub async fn settle(database: &Database) -> Result<()> {
    let started = Instant::now();
    loop {
        let unsealed = count(database, "audit_record WHERE position IS NULL").await?;
        let undelivered = count(database, "event_outbox WHERE delivered_at_ms IS NULL").await?;
        let unhandled = count(database, "event_inbox WHERE state = 'waiting'").await?;
        if unsealed + undelivered + unhandled == 0 {
            return Ok(());
        }
        let late = || {
            format!(
                "{unsealed} records not sealed, {undelivered} events not delivered and {unhandled} \
                 not handled"
            )
        };
        ensure!(started.elapsed() < Duration::from_secs(SETTLED_S_MAX), late());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn count(database: &Database, from: &str) -> Result<i64> {
    let backend = database.read().get_database_backend();
    let query = Statement::from_string(backend, format!("SELECT COUNT(*) AS rows FROM {from}"));
    let row = database.read().query_one_raw(query).await?.context("no count")?;
    Ok(row.try_get("", "rows")?)
}

async fn prepare(database: &Database) -> Result<()> {
    let transaction = database.begin().await?;
    for table in ["bench_row", "bench_record"] {
        let create =
            format!("CREATE TABLE {table} (id BIGINT PRIMARY KEY, at_ms BIGINT, body TEXT)");
        transaction.execute_unprepared(&create).await?;
    }
    transaction.commit_unaudited("of the bench").await?;
    Ok(())
}

/// BEGIN, two INSERTs, COMMIT, by as many tasks as there were clients.
async fn bare(database: &Database, duration: Duration) -> Result<Seen> {
    let (stop, ids) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let (database, stop, ids) = (database.clone(), stop.clone(), ids.clone());
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let begun = Instant::now();
                insert(&database, ids.fetch_add(1, Ordering::Relaxed)).await?;
                latencies.push(begun.elapsed());
            }
            Ok::<_, anyhow::Error>(latencies)
        });
    }
    tokio::time::sleep(duration).await;
    stop.store(true, Ordering::Relaxed);
    let mut all = Vec::new();
    while let Some(latencies) = tasks.join_next().await {
        all.extend(latencies??);
    }
    Ok(Seen::of(all, started.elapsed()))
}

async fn insert(database: &Database, id: u64) -> Result<()> {
    let transaction = database.begin().await?;
    let body = "x".repeat(TEXT_BYTES);
    for sql in [
        "INSERT INTO bench_row (id, at_ms, body) VALUES ($1, $2, $3)",
        "INSERT INTO bench_record (id, at_ms, body) VALUES ($1, $2, $3)",
    ] {
        let values: [Value; 3] = [id.cast_signed().into(), 0_i64.into(), body.as_str().into()];
        let backend = transaction.get_database_backend();
        transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    transaction.commit_unaudited("of the bench").await?;
    Ok(())
}
