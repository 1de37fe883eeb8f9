//! Whether anchoring costs a request anything: two Hubs under the same steady load, in turns. One of
//! them anchors its audit trail on four validators that run on this machine all the while.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use suite_kit::db::Database;
use suite_testkit::Backend;
use tokio::runtime::Runtime;

use crate::Arguments;
use crate::hub::Hub;
use crate::mutations::{count, mutate, settle};
use crate::network::Network;
use crate::reads::median;
use suite_testkit::load::Seen;

pub const CLIENTS: usize = 4;
/// Of a client before a request: the machine is not to be busy, so that waiting shows.
const PAUSE: Duration = Duration::from_millis(10);
const ROUNDS_MAX: usize = 5;
const FINAL_S_MAX: u64 = 120;

pub struct Anchoring {
    pub anchored: Seen,
    pub alone: Seen,
    /// Medians of what rounds compare.
    pub p50_ratio: f64,
    pub p99_ratio: f64,
    /// Of the hub that anchors, all final.
    pub records: i64,
    /// From the end of the load, the longest.
    pub final_after: Duration,
}

pub fn measure(runtime: &Runtime, backend: Backend, arguments: &Arguments) -> Result<Anchoring> {
    let network = Network::start()?;
    let mut place = runtime.block_on(backend.place());
    network.configure(&mut place.config);
    let anchored = runtime.block_on(Hub::start(place))?;
    let alone = runtime.block_on(async { Hub::start(backend.place().await).await })?;
    let mut seen = Anchoring {
        anchored: Seen::default(),
        alone: Seen::default(),
        p50_ratio: f64::NAN,
        p99_ratio: f64::NAN,
        records: 0,
        final_after: Duration::ZERO,
    };
    let duration = arguments.slice() * 2;
    let mut run = |anchors: bool| -> Result<Seen> {
        let hub = if anchors { &anchored } else { &alone };
        let measured = mutate(hub, CLIENTS, PAUSE, duration)?;
        let (database, started) = (hub.database()?, Instant::now());
        runtime.block_on(settle(&database))?;
        if anchors {
            runtime.block_on(until_final(&database))?;
            seen.final_after = seen.final_after.max(started.elapsed());
        }
        Ok(measured)
    };
    run(true)?;
    run(false)?;
    let mut rounds = Vec::new();
    for round in 0..arguments.rounds().min(ROUNDS_MAX) {
        let is_first = round % 2 == 0;
        let (first, second) = (run(is_first)?, run(!is_first)?);
        rounds.push(if is_first { (first, second) } else { (second, first) });
    }
    let ratio = |percent: usize| {
        let of = |(with, without): &(Seen, Seen)| {
            with.percentile_ms(percent) / without.percentile_ms(percent)
        };
        median(rounds.iter().map(of).collect())
    };
    (seen.p50_ratio, seen.p99_ratio) = (ratio(50), ratio(99));
    for (with, without) in rounds {
        (seen.anchored, seen.alone) = (seen.anchored.and(with), seen.alone.and(without));
    }
    seen.records = runtime.block_on(final_records(&anchored.database()?))?;
    runtime.block_on(async { tokio::join!(anchored.app.stop(), alone.app.stop()) });
    ensure!(seen.records > 0, "nothing was anchored");
    Ok(seen)
}

/// Waits until all sealed records are anchored.
async fn until_final(database: &Database) -> Result<()> {
    let started = Instant::now();
    loop {
        let due = count(database, "audit_head WHERE anchored_position < position").await?;
        let open = count(database, "audit_anchor WHERE state <> 'final'").await?;
        if due + open == 0 {
            return Ok(());
        }
        let late = format!("{open} anchors are not final, {due} chains are not anchored");
        ensure!(started.elapsed() < Duration::from_secs(FINAL_S_MAX), late);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn final_records(database: &Database) -> Result<i64> {
    let within = "audit_record AS r JOIN audit_anchor AS a ON a.tenant_id = r.tenant_id \
                  AND r.position BETWEEN a.first_position AND a.last_position \
                  WHERE a.state = 'final'";
    count(database, within).await
}
