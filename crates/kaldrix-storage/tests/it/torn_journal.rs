//! The power fails while the engine writes its journal: torn at the end of every record of it and
//! within, with every kind of tail that a disk leaves.
//!
//! What was synced before the tear is there. Of what was being written all is there or nothing,
//! whole batches in their order. Nothing else is ever read, and the store goes on from there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use kaldrix_storage::{
    DAG_TABLES, DagStore, DiskStore, Durability, LEDGER_TABLES, LedgerStore, StoreError, Table,
};
use kaldrix_types::{Block, ChainId, VerifiedBlock};
use tempfile::TempDir;

use crate::backend::{CACHE_BYTES, Random, copy_directory, seed};
use crate::chain::{History, commit, dag_block};

const HEIGHTS: u64 = 4;
/// The only journal of a store that never wrote out a table.
const JOURNAL: &str = "0.jnl";
/// What a disk writes whole.
const SECTOR_BYTES: usize = 512;

/// What lies behind the tear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tail {
    /// Nothing: the file ends.
    End,
    /// The zeros of a file that was allocated ahead.
    Zeros,
    /// What the disk held before.
    Garbage,
    /// One sector still holds what it held before, those behind it were written: disks write in
    /// any order.
    Hole,
}

const TAILS: [Tail; 4] = [Tail::End, Tail::Zeros, Tail::Garbage, Tail::Hole];

/// A store that was closed with all that was written to it in its journal.
struct Written {
    directory: TempDir,
    bytes: Vec<u8>,
    /// Where the records end, batch by batch; a batch is durable with its last record.
    batches: Vec<Vec<usize>>,
}

impl Written {
    fn new(write: impl FnOnce(&Path)) -> Self {
        let directory = fast_directory();
        write(directory.path());
        let journal = directory.path().join(JOURNAL);
        let bytes = fs::read(&journal).unwrap();
        // It was allocated ahead, and every copy gets one of its own.
        fs::remove_file(&journal).unwrap();
        let batches = batches(&bytes);
        let used = *batches.last().and_then(|records| records.last()).unwrap();
        assert!(bytes[used..].iter().all(|byte| *byte == 0), "a journal of another format");
        Self { directory, bytes: bytes[..used].to_vec(), batches }
    }

    /// How many batches are whole before `cut`.
    fn whole_before(&self, cut: usize) -> usize {
        self.batches.iter().filter(|records| *records.last().unwrap() <= cut).count()
    }

    /// A copy of the store whose journal was torn at `cut`.
    fn torn(&self, cut: usize, tail: Tail, random: &mut Random) -> TempDir {
        let copy = fast_directory();
        copy_directory(self.directory.path(), copy.path());
        let mut bytes = self.bytes[..cut].to_vec();
        match tail {
            Tail::End => {}
            Tail::Zeros => bytes.resize(self.bytes.len() + SECTOR_BYTES, 0),
            Tail::Garbage => bytes.extend((0..512).flat_map(|_| random.next().to_le_bytes())),
            Tail::Hole => {
                bytes.resize(cut + SECTOR_BYTES, 0xff);
                bytes.extend(self.bytes.iter().skip(cut + SECTOR_BYTES));
            }
        }
        fs::write(copy.path().join(JOURNAL), bytes).unwrap();
        copy
    }

    /// Tears at the end of every record with one kind of tail, and within every record with
    /// another, the kinds taking turns. `judge` gets the torn store and what is whole in it, and
    /// says how many batches the store shows, `None` if it named damage.
    fn tear_everywhere(&self, seed: u64, judge: impl Fn(&Path, usize) -> Option<usize>) {
        let mut random = Random::new(seed);
        let ends: Vec<usize> = self.batches.iter().flatten().copied().collect();
        let mut outcomes = BTreeMap::new();
        let mut start = 0;
        for (number, end) in ends.into_iter().enumerate() {
            let within = start + 1 + random.below(end - start - 1);
            for (cut, tail) in [(end, TAILS[number % 4]), (within, TAILS[(number / 4) % 4])] {
                let torn = self.torn(cut, tail, &mut random);
                let whole = self.whole_before(cut);
                println!("torn at {cut} of {}, then {tail:?}", self.bytes.len());
                let shown = judge(torn.path(), whole);
                *outcomes.entry((tail, shown.is_some())).or_insert(0) += 1;
                match shown {
                    Some(shown) => assert_eq!(shown, whole),
                    None => assert!(matches!(tail, Tail::Garbage | Tail::Hole), "a plain tear"),
                }
            }
            start = end;
        }
        println!("by tail, and whether the store opened: {outcomes:?}");
    }
}

/// Where the records of a journal of fjall end, batch by batch (fjall 3.1, `journal/entry.rs`).
fn batches(journal: &[u8]) -> Vec<Vec<usize>> {
    let (mut batches, mut records, mut at) = (Vec::new(), Vec::new(), 0);
    loop {
        at += match journal.get(at) {
            Some(1) => 13,
            Some(2) => {
                let number = |at: usize, length: usize| {
                    let mut bytes = [0; 8];
                    bytes[..length].copy_from_slice(&journal[at..at + length]);
                    usize::try_from(u64::from_le_bytes(bytes)).unwrap()
                };
                21 + number(at + 11, 2) + number(at + 17, 4)
            }
            Some(3) => 13,
            _ => break,
        };
        records.push(at);
        if journal[..at].ends_with(b"FJL\x03") {
            batches.push(std::mem::take(&mut records));
        }
    }
    batches
}

/// A directory in memory where there is one: these tears need no disk, and an opening syncs much.
fn fast_directory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn open(directory: &Path, tables: &[Table]) -> Result<Arc<DiskStore>, StoreError> {
    DiskStore::open(directory, tables, CACHE_BYTES).map(Arc::new)
}

/// The opened store, or `None` if it named its damage.
fn unless_damaged<T>(opened: Result<T, StoreError>) -> Option<T> {
    match opened {
        Ok(store) => Some(store),
        Err(StoreError::Damaged(damage)) => {
            assert!(!damage.store.is_empty() && !damage.reason.is_empty());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn open_ledger(directory: &Path, history: &History) -> Result<LedgerStore, StoreError> {
    LedgerStore::open(open(directory, LEDGER_TABLES)?, &history.genesis)
}

#[test]
fn a_ledger_torn_anywhere_shows_whole_blocks_in_their_order() {
    let seed = seed(29);
    let history = History::of(HEIGHTS);
    let written = Written::new(|directory| {
        let ledger = open_ledger(directory, &history).unwrap();
        for execution in &history.executions {
            commit(&ledger, execution, Durability::Synced).unwrap();
        }
    });
    // The genesis state is a batch too.
    assert_eq!(written.batches.len() as u64, 1 + HEIGHTS);
    written.tear_everywhere(seed, |directory, whole| {
        let ledger = unless_damaged(open_ledger(directory, &history))?;
        let height = usize::try_from(ledger.latest().height).unwrap();
        history.assert_holds(&ledger);
        if whole == 0 {
            // An empty store made its genesis anew.
            assert_eq!(height, 0);
            return Some(0);
        }
        Some(1 + height)
    });
}

#[test]
fn a_torn_ledger_goes_on_and_survives_the_next_restart() {
    let history = History::of(HEIGHTS);
    let mut random = Random::new(seed(31));
    let written = Written::new(|directory| {
        let ledger = open_ledger(directory, &history).unwrap();
        for execution in &history.executions {
            commit(&ledger, execution, Durability::Synced).unwrap();
        }
    });
    for records in &written.batches {
        let within = records[random.below(records.len() - 1)];
        for tail in [Tail::End, Tail::Zeros] {
            let torn = written.torn(within, tail, &mut random);
            let ledger = open_ledger(torn.path(), &history).unwrap();
            let height = usize::try_from(ledger.latest().height).unwrap();
            for execution in &history.executions[height..] {
                commit(&ledger, execution, Durability::Synced).unwrap();
            }
            history.assert_holds(&ledger);
            drop(ledger);
            let ledger = open_ledger(torn.path(), &history).unwrap();
            assert_eq!(ledger.latest().height, HEIGHTS);
            history.assert_holds(&ledger);
        }
    }
}

fn open_dag(directory: &Path, chain_id: ChainId) -> Result<DagStore, StoreError> {
    DagStore::open(open(directory, DAG_TABLES)?, chain_id)
}

#[test]
fn a_dag_torn_anywhere_shows_whole_batches_in_their_order() {
    const ROUNDS: u64 = 24;
    const AUTHORS: u16 = 2;
    let seed = seed(37);
    let chain_id = History::of(0).genesis.chain_id();
    let of_round = |round| -> Vec<VerifiedBlock> {
        (0..AUTHORS).map(|author| dag_block(chain_id, author, round, Vec::new())).collect()
    };
    let written = Written::new(|directory| {
        let dag = open_dag(directory, chain_id).unwrap();
        for round in 1..=ROUNDS {
            dag.put(&of_round(round), Durability::Buffered).unwrap();
        }
        dag.sync().unwrap();
    });
    assert_eq!(written.batches.len() as u64, 1 + ROUNDS);
    written.tear_everywhere(seed, |directory, whole| {
        let dag = unless_damaged(open_dag(directory, chain_id))?;
        let found: Vec<Block> = dag.blocks_from(0).map(|block| block.unwrap().1).collect();
        let rounds = found.len() / usize::from(AUTHORS);
        let expected: Vec<Block> =
            (1..=rounds as u64).flat_map(of_round).map(|block| Block::clone(&block)).collect();
        assert_eq!(found, expected);
        assert!(dag.check().is_sound());
        if whole == 0 { Some(0) } else { Some(1 + rounds) }
    });
}
