//! Measures the disk store under a validator's load, for `docs/adr/0001-storage-engine.md`.
//!
//! ```text
//! cargo run --release -p kaldrix-storage --example load -- DIRECTORY [SECONDS] [full-speed]
//! ```
//!
//! A second of the load: 20 synced commits of 150 transactions of 4 KiB with 500 small writes to
//! the state, and 80 buffered blocks of the DAG of 5 to 500 KB, pruned after 20 s.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kaldrix_storage::{
    Batch, DAG_TABLES, DiskStore, Durability, LEDGER_TABLES, Records, StoreError, Table,
};
use kaldrix_types::Digest;

const CACHE_BYTES: u64 = 64 * 1024 * 1024;
const COMMIT_INTERVAL: Duration = Duration::from_millis(50);
const DAG_BLOCK_INTERVAL: Duration = Duration::from_micros(12_500);
const DAG_BLOCKS_KEPT: u64 = 1600;
const TRANSACTIONS: u32 = 150;
const ACCOUNTS: u64 = 100_000;
const STATE_WRITES: u64 = 250;

/// How long each call of one kind took.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = call();
        self.0.push(start.elapsed());
        result
    }

    fn print(mut self, name: &str, elapsed: Duration) {
        self.0.sort();
        let at = |of_thousand: usize| self.0[(self.0.len() - 1) * of_thousand / 1000];
        let rate = self.0.len() as f64 / elapsed.as_secs_f64();
        println!(
            "{name:12} {rate:9.1}/s  p50 {:?}  p99 {:?}  max {:?}",
            at(500),
            at(990),
            at(1000)
        );
    }
}

fn random_bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 32);
    let mut block = seed.to_le_bytes().to_vec();
    while bytes.len() < length {
        block = Digest::derive("storage load", &[&block]).0.to_vec();
        bytes.extend_from_slice(&block);
    }
    bytes.truncate(length);
    bytes
}

fn ledger_batch(height: u64, transaction: &[u8]) -> Batch {
    let mut batch = Batch::default();
    batch.put(Table::Header, height.to_be_bytes(), random_bytes(height, 400));
    for index in 0..TRANSACTIONS {
        let place = [height.to_be_bytes().as_slice(), &index.to_be_bytes()].concat();
        let id = Digest::derive("storage load id", &[&place]);
        batch.put(Table::Entry, place.as_slice(), transaction);
        batch.put(Table::Place, id.0, place);
    }
    for number in 0..STATE_WRITES {
        let word = random_bytes(height * STATE_WRITES + number, 64);
        let account = u64::from_le_bytes(word[..8].try_into().expect("8 bytes")) % ACCOUNTS;
        batch.put(Table::Account, account.to_be_bytes(), word.as_slice());
        let node = |height: u64| [height.to_be_bytes(), number.to_be_bytes()].concat();
        batch.put(Table::TreeNode, node(height), word);
        batch.remove(Table::TreeNode, node(height - 1));
    }
    batch
}

fn wait_for(due: Instant) {
    if let Some(wait) = due.checked_duration_since(Instant::now()) {
        std::thread::sleep(wait);
    }
}

fn run_dag(directory: &Path, end: Instant) -> Result<Times, StoreError> {
    let store = Arc::new(DiskStore::open(directory, DAG_TABLES, CACHE_BYTES)?);
    let records = Records::open(store)?;
    let mut times = Times::default();
    let start = Instant::now();
    for number in 1_u64.. {
        let due = start + DAG_BLOCK_INTERVAL * u32::try_from(number).unwrap_or(u32::MAX);
        if due > end {
            break;
        }
        wait_for(due);
        // Powers of 100^(1/16): from 5,000 to 500,000 bytes.
        let length = (0..number % 17).fold(5_000_usize, |length, _| length * 4 / 3);
        let mut batch = Batch::default();
        batch.put(Table::DagBlock, number.to_be_bytes(), random_bytes(number, length));
        if let Some(old) = number.checked_sub(DAG_BLOCKS_KEPT) {
            batch.remove(Table::DagBlock, old.to_be_bytes());
        }
        times.add(|| records.write(batch, Durability::Buffered))?;
    }
    Ok(times)
}

fn run_ledger(
    directory: &Path,
    end: Instant,
    full_speed: bool,
) -> Result<(Times, Times), StoreError> {
    let store = Arc::new(DiskStore::open(directory, LEDGER_TABLES, CACHE_BYTES)?);
    let records = Records::open(store)?;
    let (mut commits, mut reads) = (Times::default(), Times::default());
    let (start, transaction) = (Instant::now(), random_bytes(0, 4096));
    for height in 1_u64.. {
        if Instant::now() > end {
            break;
        }
        let batch = ledger_batch(height, &transaction);
        commits.add(|| records.write(batch, Durability::Synced))?;
        for number in 0..50 {
            let account = (height * 7919 + number * 104_729) % ACCOUNTS;
            reads.add(|| records.get(Table::Account, &account.to_be_bytes()))?;
        }
        if !full_speed {
            wait_for(start + COMMIT_INTERVAL * u32::try_from(height).unwrap_or(u32::MAX));
        }
    }
    Ok((commits, reads))
}

fn main() -> Result<(), StoreError> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().unwrap_or_else(|| "storage-load".to_owned()));
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(30);
    let full_speed = arguments.next().is_some();
    let (ledger, dag) = (directory.join("ledger"), directory.join("dag"));
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let in_background = std::thread::spawn(move || run_dag(&dag, end));
    let (commits, reads) = run_ledger(&ledger, end, full_speed)?;
    let blocks = in_background.join().expect("the thread of the DAG does not panic")?;
    let elapsed = start.elapsed();
    commits.print("commit", elapsed);
    reads.print("read", elapsed);
    blocks.print("DAG block", elapsed);
    let opening = Instant::now();
    Records::open(Arc::new(DiskStore::open(&ledger, LEDGER_TABLES, CACHE_BYTES)?))?;
    println!("opened again in {:?}", opening.elapsed());
    Ok(())
}
