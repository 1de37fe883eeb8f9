//! A process that writes is killed at any moment; what it was told is stored must be there.
//!
//! The writer is this test binary, started again with one test and a directory in its environment.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kaldrix_ledger::StateReader;
use kaldrix_storage::{DAG_TABLES, DagStore, DiskStore, Durability, LEDGER_TABLES, LedgerStore};
use kaldrix_types::{Block, VerifiedBlock};

use crate::backend::{CACHE_BYTES, Random, seed};
use crate::chain::{Chain, History, commit, dag_block};

const DIRECTORY: &str = "KALDRIX_TEST_WRITE_UNTIL_KILLED";
const KILLS: usize = 12;
/// Blocks after which a writer ends by itself.
const HEIGHTS_MAX: u64 = 400;

fn open_ledger(directory: &Path, history: &Chain) -> LedgerStore {
    let store = DiskStore::open(&directory.join("ledger"), LEDGER_TABLES, CACHE_BYTES).unwrap();
    LedgerStore::open(Arc::new(store), &history.genesis).expect("a kill damages no store")
}

fn open_dag(directory: &Path, chain: &Chain) -> DagStore {
    let store = DiskStore::open(&directory.join("dag"), DAG_TABLES, CACHE_BYTES).unwrap();
    let chain_id = chain.genesis.chain_id();
    DagStore::open(Arc::new(store), chain_id).expect("a kill damages no store")
}

fn dag_block_at(chain: &Chain, height: u64) -> VerifiedBlock {
    dag_block(chain.genesis.chain_id(), 1, height, Vec::new())
}

/// Goes on from where the directory is, and prints each height once it is stored.
fn write(directory: &Path, heights: u64) {
    let mut chain = Chain::new();
    let ledger = open_ledger(directory, &chain);
    let dag = open_dag(directory, &chain);
    let stored = ledger.latest().height;
    for height in 1..=heights {
        let execution = chain.next();
        if height > stored {
            dag.put(&[dag_block_at(&chain, height)], Durability::Buffered).unwrap();
            commit(&ledger, &execution, Durability::Synced).unwrap();
            println!("stored {height}");
            std::io::stdout().flush().unwrap();
        }
    }
}

/// Writes in the given directory until it is killed; by itself it writes a little and looks.
#[test]
fn writer() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        write(Path::new(&directory), HEIGHTS_MAX);
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), 3);
    write(directory.path(), 5);
    History::of(5).assert_holds(&open_ledger(directory.path(), &Chain::new()));
}

fn start_writer(directory: &Path) -> Child {
    let binary = std::env::current_exe().unwrap();
    let mut command = Command::new(binary);
    command.args(["--exact", "crash::writer", "--nocapture"]).env(DIRECTORY, directory);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Lets the writer store some blocks and a little more, kills it, and says what it stored last.
fn kill_after(mut writer: Child, blocks: usize, then: Duration) -> u64 {
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut last = 0;
    let mut heed = |line: std::io::Result<String>| {
        if let Some((_, height)) = line.unwrap().split_once("stored ") {
            last = height.parse().unwrap();
        }
    };
    lines.by_ref().take(blocks).for_each(&mut heed);
    let until = Instant::now() + then;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    lines.for_each(&mut heed);
    last
}

#[test]
fn a_killed_writer_loses_nothing_that_was_stored() {
    let mut random = Random::new(seed(13));
    let directory = tempfile::tempdir().unwrap();
    let history = History::of(HEIGHTS_MAX);
    let mut told = 0;
    for kill in 0..KILLS {
        let (blocks, then) = (random.below(25), random.below(8_000) as u64);
        let writer = start_writer(directory.path());
        told = kill_after(writer, blocks, Duration::from_micros(then)).max(told);
        let chain = Chain::new();
        let ledger = open_ledger(directory.path(), &chain);
        let height = ledger.latest().height;
        assert!(height >= told, "kill {kill}: {told} was stored, the tip is {height}");
        assert_eq!(ledger.tip().unwrap().height, height);
        history.assert_holds(&ledger);
        let dag = open_dag(directory.path(), &chain);
        for height in 1..=told {
            let block = dag_block_at(&chain, height);
            assert_eq!(dag.get(&block.reference()).unwrap(), Some(Block::clone(&block)));
        }
    }
    assert!(told > 0, "no writer stored anything");
}
