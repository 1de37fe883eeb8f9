//! One flipped bit in each file of a closed store, at offsets from a seed.
//!
//! Whatever the bit, opening or reading ends in a named error or in right data; it never panics,
//! never aborts, and never serves what was not written. Losing the newest blocks is allowed: peers
//! have them. Losing one between others is not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kaldrix_ledger::{StateError, StateReader};
use kaldrix_storage::{
    DAG_TABLES, DagStore, DiskStore, Durability, ExecutedTransaction, LEDGER_TABLES, LedgerStore,
    StoreError,
};
use kaldrix_types::{Block, VerifiedBlock};
use tempfile::TempDir;

use crate::backend::{CACHE_BYTES, Random, copy_directory, files, seed};
use crate::chain::{
    History, NOTARISATION_INDEX, certificate, checkpoint, commit, dag_block, notarised,
};

const HEIGHTS: u64 = 24;
const FLIPS_PER_FILE: usize = 3;
/// The journal is one file, and holds the newest half of everything.
const FLIPS_PER_JOURNAL: usize = 32;

/// What came of one flip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Opening the store named the damage.
    Opening,
    /// A read named the damage.
    Reading,
    /// The newest batches are gone, as a whole.
    Shorter,
    Harmless,
}

/// A closed store on disk, half of it in tables and half in the journal.
struct Sound {
    directory: TempDir,
    files: Vec<PathBuf>,
}

impl Sound {
    fn new(write: impl FnOnce(&Path)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path());
        let mut files = files(directory.path());
        files.retain(|file| fs::metadata(directory.path().join(file)).unwrap().len() > 0);
        for journal in files.iter().filter(|file| is_journal(file)) {
            cut_preallocated(&directory.path().join(journal));
        }
        Self { directory, files }
    }

    /// Flips bits in every file, one at a time in a fresh copy, and has `judge` look at each.
    fn flip_each(&self, seed: u64, judge: impl Fn(&Path) -> Outcome) {
        let mut random = Random::new(seed);
        let mut outcomes = BTreeMap::new();
        for file in &self.files {
            let flips = if is_journal(file) { FLIPS_PER_JOURNAL } else { FLIPS_PER_FILE };
            for _ in 0..flips {
                let copy = tempfile::tempdir().unwrap();
                let target = copy.path().join("store");
                copy_directory(self.directory.path(), &target);
                let path = target.join(file);
                let mut bytes = fs::read(&path).unwrap();
                let (at, bit) = (random.below(bytes.len()), random.below(8));
                bytes[at] ^= 1 << bit;
                fs::write(&path, bytes).unwrap();
                println!("{} byte {at} bit {bit}", file.display());
                *outcomes.entry(judge(&target)).or_insert(0) += 1;
            }
        }
        println!("{} files: {outcomes:?}", self.files.len());
        assert!(outcomes.contains_key(&Outcome::Opening), "no flip was seen at opening");
        assert!(outcomes.contains_key(&Outcome::Reading), "no flip was seen at reading");
    }
}

fn is_journal(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "jnl")
}

/// A journal is allocated ahead; flips in its empty part would prove nothing.
fn cut_preallocated(journal: &Path) {
    let bytes = fs::read(journal).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let file = fs::OpenOptions::new().write(true).open(journal).unwrap();
    file.set_len(used as u64 + 512).unwrap();
}

pub fn is_damage(error: &StoreError) -> bool {
    matches!(error, StoreError::Damaged(damage) if !damage.store.is_empty())
}

/// Whether a read was right; a read that names damage is, and is counted.
fn right<T: PartialEq, E: std::fmt::Debug>(
    read: Result<T, E>,
    expected: &T,
    is_damage: impl Fn(&E) -> bool,
    damaged: &mut bool,
) -> bool {
    match read {
        Ok(found) => found == *expected,
        Err(error) => {
            assert!(is_damage(&error), "{error:?}");
            *damaged = true;
            true
        }
    }
}

fn judge_ledger(directory: &Path, history: &History) -> Outcome {
    let store = match DiskStore::open(directory, LEDGER_TABLES, CACHE_BYTES) {
        Ok(store) => Arc::new(store),
        Err(error) => {
            assert!(is_damage(&error), "{error}");
            return Outcome::Opening;
        }
    };
    let ledger = match LedgerStore::open(store, &history.genesis) {
        Ok(ledger) => ledger,
        Err(error) => {
            assert!(is_damage(&error), "{error}");
            return Outcome::Opening;
        }
    };
    let height = ledger.latest().height;
    let damaged = compare(&ledger, history, height);
    let audit = ledger.check();
    assert!(!damaged || !audit.is_sound(), "a read found damage that the check did not");
    match (!audit.is_sound(), height == HEIGHTS) {
        (true, _) => Outcome::Reading,
        (false, false) => Outcome::Shorter,
        (false, true) => Outcome::Harmless,
    }
}

/// Reads all that the chain has up to `height`; whether any read named damage.
pub fn compare(ledger: &LedgerStore, history: &History, height: u64) -> bool {
    let mut damaged = false;
    let at = usize::try_from(height).unwrap();
    let state = &history.states[at];
    assert_eq!(ledger.latest(), state.tip().unwrap());
    for (execution, height) in history.executions[..at].iter().zip(1..) {
        let header = ledger.header(height);
        assert!(right(header, &Some(execution.header.clone()), is_damage, &mut damaged));
        let entries = ledger.block(height).map(|block| block.map(|block| block.entries.to_vec()));
        assert!(right(entries, &Some(execution.entries.clone()), is_damage, &mut damaged));
        let receipts = ledger.receipts(height);
        assert!(right(receipts, &Some(execution.receipts.clone()), is_damage, &mut damaged));
        let found = ledger.height_of(&execution.header.id());
        assert!(right(found, &Some(height), is_damage, &mut damaged));
        let place = ExecutedTransaction {
            height,
            index: 0,
            entry: execution.entries[0].clone(),
            receipt: execution.receipts[0],
        };
        let found = ledger.transaction(&execution.receipts[0].id);
        assert!(right(found, &Some(place), is_damage, &mut damaged));
        let place = ExecutedTransaction {
            height,
            index: NOTARISATION_INDEX,
            entry: execution.entries[NOTARISATION_INDEX as usize].clone(),
            receipt: execution.receipts[NOTARISATION_INDEX as usize],
        };
        let found = ledger.notarisations(&notarised(height), None, 2);
        assert!(right(found, &vec![place], is_damage, &mut damaged));
        let path = ledger.history_path(height - 1, height).map(|path| path.is_some());
        assert!(right(path, &true, is_damage, &mut damaged));
        let read = ledger.checkpoint(height);
        assert!(right(read, &Some(checkpoint(height)), is_damage, &mut damaged));
        let read = ledger.certificate(height);
        // Certificates come in batches of their own: the newest may be gone.
        if !matches!(read, Ok(None)) {
            assert!(right(read, &Some(certificate(execution)), is_damage, &mut damaged));
        }
    }
    let state_damage = |error: &StateError| matches!(error, StateError::Damaged { .. });
    for (address, account) in state.accounts() {
        let read = ledger.account(address);
        assert!(right(read, &Some(*account), state_damage, &mut damaged));
        let expected = state.public_key(address).unwrap();
        assert!(right(ledger.public_key(address), &expected, state_damage, &mut damaged));
    }
    for (key, node) in state.tree_nodes() {
        let read = ledger.tree_node(key);
        assert!(right(read, &Some(node.to_vec()), state_damage, &mut damaged));
    }
    damaged
}

fn write_ledger(directory: &Path, history: &History) {
    let store = Arc::new(DiskStore::open(directory, LEDGER_TABLES, CACHE_BYTES).unwrap());
    let ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
    for execution in &history.executions {
        commit(&ledger, execution, Durability::Synced).unwrap();
        ledger.put_certificate(&certificate(execution)).unwrap();
        if execution.header.height == HEIGHTS / 2 {
            store.flush().unwrap();
        }
    }
    ledger.sync().unwrap();
}

#[test]
fn a_ledger_never_serves_a_flipped_bit() {
    let seed = seed(17);
    let history = History::of(HEIGHTS);
    let sound = Sound::new(|directory| write_ledger(directory, &history));
    assert_eq!(
        {
            let copy = tempfile::tempdir().unwrap();
            copy_directory(sound.directory.path(), copy.path());
            judge_ledger(copy.path(), &history)
        },
        Outcome::Harmless
    );
    sound.flip_each(seed, |directory| judge_ledger(directory, &history));
}

fn judge_dag(directory: &Path, history: &History, blocks: &[VerifiedBlock]) -> Outcome {
    let opened = DiskStore::open(directory, DAG_TABLES, CACHE_BYTES)
        .and_then(|store| DagStore::open(Arc::new(store), history.genesis.chain_id()));
    let dag = match opened {
        Ok(dag) => dag,
        Err(error) => {
            assert!(is_damage(&error), "{error}");
            return Outcome::Opening;
        }
    };
    let (mut damaged, mut lost) = (false, false);
    for block in blocks {
        let read = dag.get(&block.reference());
        lost |= matches!(read, Ok(None));
        if !matches!(read, Ok(None)) {
            assert!(right(read, &Some(Block::clone(block)), is_damage, &mut damaged));
        }
    }
    let loaded = dag.blocks_from(0).filter_map(Result::ok).map(|(_, block)| block);
    let mut expected = blocks.iter().map(|block| Block::clone(block));
    loaded.for_each(|block| assert!(expected.any(|other| other == block), "not in order"));
    match (damaged, lost) {
        (true, _) => Outcome::Reading,
        (false, true) => Outcome::Shorter,
        (false, false) => Outcome::Harmless,
    }
}

#[test]
fn a_dag_never_serves_a_flipped_bit() {
    let seed = seed(19);
    let history = History::of(10);
    let chain_id = history.genesis.chain_id();
    let carried = |round: u64| {
        let entries = &history.executions[usize::try_from(round % 10).unwrap()].entries;
        entries.iter().map(|entry| entry.transaction.clone()).collect()
    };
    let blocks: Vec<_> =
        (1..=40).map(|round| dag_block(chain_id, 1, round, carried(round))).collect();
    let sound = Sound::new(|directory| {
        let store = Arc::new(DiskStore::open(directory, DAG_TABLES, CACHE_BYTES).unwrap());
        let dag = DagStore::open(store.clone(), chain_id).unwrap();
        for (block, number) in blocks.iter().zip(1..) {
            dag.put(std::slice::from_ref(block), Durability::Buffered).unwrap();
            if number == 20 {
                store.flush().unwrap();
            }
        }
    });
    sound.flip_each(seed, |directory| judge_dag(directory, &history, &blocks));
}
