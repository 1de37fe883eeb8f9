//! The mempool's journal: what was promised to clients survives the process and the power.
//!
//! Transactions are appended to segments and synced, many at a time. Nothing is ever rewritten: a
//! segment whose transactions are all settled is removed; where an old one holds a few that wait
//! on, these are appended again to the latest. At start the ledger says which were executed.

mod segment;

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use kaldrix_types::{ChainId, Transaction, TransactionId, encoding};
use tokio::sync::{mpsc, oneshot};

/// Bounds of the files.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Length after which a new segment is begun.
    segment_bytes_max: u64,
    /// With more segments than this, what waits in the oldest one moves to the latest.
    segments_max: usize,
}

const LIMITS: Limits = Limits { segment_bytes_max: 16 * 1024 * 1024, segments_max: 8 };
/// Requests waiting for the writer.
const REQUESTS_MAX: usize = 4096;
/// Requests that share one sync.
const GROUP_REQUESTS_MAX: usize = 1024;

/// What was found at start.
#[derive(Debug, Default)]
pub struct Replayed {
    pub transactions: Vec<Transaction>,
    /// What is wrong with which file.
    pub damages: Vec<String>,
}

enum Request {
    Append { records: Vec<(TransactionId, Vec<u8>)>, durable: oneshot::Sender<Result<(), String>> },
    Settle(Vec<TransactionId>),
    Close,
}

/// The way to the writer's thread. Closing it, or dropping the last clone, ends it.
#[derive(Debug, Clone)]
pub struct Journal {
    requests: mpsc::Sender<Request>,
}

impl Journal {
    /// Reads what `directory` holds, and starts the writer on a new segment.
    pub fn open(
        directory: &Path,
        chain_id: ChainId,
    ) -> io::Result<(Self, Replayed, JoinHandle<()>)> {
        Self::open_with(directory, chain_id, LIMITS)
    }

    fn open_with(
        directory: &Path,
        chain_id: ChainId,
        limits: Limits,
    ) -> io::Result<(Self, Replayed, JoinHandle<()>)> {
        std::fs::create_dir_all(directory)?;
        let (mut writer, replayed) = Writer::open(directory, chain_id, limits)?;
        let (requests, receiver) = mpsc::channel(REQUESTS_MAX);
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer.run(receiver))?;
        Ok((Self { requests }, replayed, thread))
    }

    /// Returns once the transactions, and all before them, are durable.
    pub async fn append(&self, records: Vec<(TransactionId, Vec<u8>)>) -> Result<(), String> {
        let (durable, answer) = oneshot::channel();
        let stopped = "the journal is closed";
        let request = Request::Append { records, durable };
        self.requests.send(request).await.map_err(|_| stopped.to_owned())?;
        answer.await.map_err(|_| stopped.to_owned())?
    }

    /// These need not be kept any more. Called from threads that may wait.
    pub fn settle(&self, ids: Vec<TransactionId>) {
        // A closed journal forgets at the next start.
        let _ = self.requests.blocking_send(Request::Settle(ids));
    }

    /// As [`Self::settle`], from a task.
    pub async fn settle_late(&self, ids: Vec<TransactionId>) {
        let _ = self.requests.send(Request::Settle(ids)).await;
    }

    /// Ends the writer's thread once it has done what was asked before. Blocks.
    pub fn close(&self) {
        let _ = self.requests.blocking_send(Request::Close);
    }
}

#[derive(Debug)]
struct Writer {
    directory: PathBuf,
    chain_id: ChainId,
    limits: Limits,
    /// Unsettled transactions of each segment, the open one last.
    segments: BTreeMap<u64, usize>,
    /// The segment of each unsettled transaction.
    places: HashMap<TransactionId, u64>,
    number: u64,
    file: File,
    bytes: u64,
}

impl Writer {
    fn open(directory: &Path, chain_id: ChainId, limits: Limits) -> io::Result<(Self, Replayed)> {
        let mut numbers = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            numbers.extend(segment_number(&entry?.file_name().to_string_lossy()));
        }
        numbers.sort_unstable();
        let number = numbers.last().map_or(1, |last| last + 1);
        let mut writer = Self {
            directory: directory.to_owned(),
            chain_id,
            limits,
            segments: BTreeMap::new(),
            places: HashMap::new(),
            number,
            file: create(directory, number)?,
            bytes: 0,
        };
        let mut replayed = Replayed::default();
        for number in numbers {
            writer.replay(number, &mut replayed)?;
        }
        writer.segments.insert(number, 0);
        Ok((writer, replayed))
    }

    fn replay(&mut self, number: u64, replayed: &mut Replayed) -> io::Result<()> {
        let path = segment_path(&self.directory, number);
        let content = segment::read(&path, &self.chain_id)?;
        for (bytes, what) in [
            (content.bytes_damaged, "are damaged and were skipped"),
            (content.bytes_torn, "at its end hold no whole record: a write cut short, or damage"),
        ] {
            if bytes > 0 {
                replayed.damages.push(format!("{}: {bytes} bytes {what}", path.display()));
            }
        }
        self.segments.insert(number, 0);
        for transaction in content.transactions {
            self.place(transaction.id(), number);
            replayed.transactions.push(transaction);
        }
        Ok(())
    }

    fn place(&mut self, id: TransactionId, number: u64) {
        *self.segments.entry(number).or_default() += 1;
        if let Some(before) = self.places.insert(id, number) {
            self.leave(before);
        }
    }

    fn leave(&mut self, number: u64) {
        if let Some(count) = self.segments.get_mut(&number) {
            *count = count.saturating_sub(1);
        }
    }

    fn run(&mut self, mut requests: mpsc::Receiver<Request>) {
        while let Some(first) = requests.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP_REQUESTS_MAX
                && let Ok(next) = requests.try_recv()
            {
                group.push(next);
            }
            if self.serve(group) {
                return;
            }
        }
    }

    /// Serves requests with one sync, and says whether the last one closes the journal.
    fn serve(&mut self, group: Vec<Request>) -> bool {
        let (mut bytes, mut placed, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        let (mut settled, mut closes) = (Vec::new(), false);
        for request in group {
            match request {
                Request::Append { records, durable } => {
                    for (id, transaction) in records {
                        segment::append(&mut bytes, &self.chain_id, &transaction);
                        placed.push(id);
                    }
                    waiting.push(durable);
                }
                Request::Settle(ids) => settled.extend(ids),
                Request::Close => closes = true,
            }
        }
        let written = self.write(&bytes).map_err(|error| {
            let reason = format!("{}: {error}", self.directory.display());
            tracing::error!(%reason, "the mempool's journal cannot be written");
            reason
        });
        for id in placed {
            self.place(id, self.number);
        }
        for durable in waiting {
            // The client may be gone.
            let _ = durable.send(written.clone());
        }
        for id in settled {
            if let Some(number) = self.places.remove(&id) {
                self.leave(number);
            }
        }
        if let Err(error) = self.tidy() {
            tracing::warn!(%error, "the mempool's journal could not be tidied up");
        }
        closes
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.bytes > self.limits.segment_bytes_max {
            self.begin_segment()?;
        }
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        self.bytes += bytes.len() as u64;
        if written.is_err() {
            // What a failed write left behind must not be followed by anything.
            self.bytes = u64::MAX;
        }
        written
    }

    fn begin_segment(&mut self) -> io::Result<()> {
        self.file = create(&self.directory, self.number + 1)?;
        self.number += 1;
        self.bytes = 0;
        self.segments.insert(self.number, 0);
        Ok(())
    }

    /// Removes segments that nothing waits in, and empties the oldest if there are too many.
    fn tidy(&mut self) -> io::Result<()> {
        let open = self.number;
        let settled =
            self.segments.iter().filter(|(number, count)| **count == 0 && **number < open);
        for number in settled.map(|(number, _)| *number).collect::<Vec<_>>() {
            std::fs::remove_file(segment_path(&self.directory, number))?;
            self.segments.remove(&number);
        }
        if self.segments.len() > self.limits.segments_max
            && let Some((oldest, _)) = self.segments.first_key_value()
        {
            self.move_up(*oldest)?;
        }
        Ok(())
    }

    fn move_up(&mut self, number: u64) -> io::Result<()> {
        let content = segment::read(&segment_path(&self.directory, number), &self.chain_id)?;
        let (mut bytes, mut moved) = (Vec::new(), Vec::new());
        for transaction in content.transactions {
            let id = transaction.id();
            if self.places.get(&id) == Some(&number) {
                segment::append(&mut bytes, &self.chain_id, &encoding::to_bytes(&transaction));
                moved.push(id);
            }
        }
        self.write(&bytes)?;
        for id in moved {
            self.place(id, self.number);
        }
        Ok(())
    }
}

/// Makes a segment, or takes the empty one that an attempt left whose end failed.
fn create(directory: &Path, number: u64) -> io::Result<File> {
    let path = segment_path(directory, number);
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    segment::sync_directory(directory)?;
    Ok(file)
}

fn segment_path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("journal-{number:010}"))
}

fn segment_number(file_name: &str) -> Option<u64> {
    file_name.strip_prefix("journal-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use kaldrix_types::{ChainId, Transaction, encoding};

    use super::{Journal, Limits, Replayed, segment, segment_path};
    use crate::mempool::fixtures::transfer;

    const CHAIN: [u8; 32] = [7; 32];

    async fn append(journal: &Journal, transactions: &[Transaction]) {
        let record = |t: &Transaction| (t.id(), encoding::to_bytes(t));
        journal.append(transactions.iter().map(record).collect()).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_settled_comes_back() {
        let directory = tempfile::tempdir().unwrap();
        let transactions: Vec<_> = (0..4).map(|sequence| transfer(1, sequence)).collect();
        let (journal, replayed, thread) =
            Journal::open(directory.path(), ChainId::from(CHAIN)).unwrap();
        assert!(replayed.transactions.is_empty());
        append(&journal, &transactions[..2]).await;
        append(&journal, &transactions[2..3]).await;
        drop(journal);
        thread.join().unwrap();

        let (journal, replayed, thread) =
            Journal::open(directory.path(), ChainId::from(CHAIN)).unwrap();
        assert_eq!(replayed.transactions, transactions[..3]);
        assert_eq!(replayed.damages, Vec::<String>::new());
        append(&journal, &transactions[3..]).await;
        journal.settle_late(transactions[..3].iter().map(Transaction::id).collect()).await;
        let closed = journal.clone();
        tokio::task::spawn_blocking(move || closed.close()).await.unwrap();
        thread.join().unwrap();
        assert!(journal.append(Vec::new()).await.is_err());

        let (journal, replayed, thread) =
            Journal::open(directory.path(), ChainId::from(CHAIN)).unwrap();
        assert_eq!(replayed.transactions, transactions[3..]);
        drop(journal);
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn what_waits_for_long_does_not_keep_what_is_settled() {
        let directory = tempfile::tempdir().unwrap();
        let limits = Limits { segment_bytes_max: 1, segments_max: 4 };
        let (journal, _, thread) =
            Journal::open_with(directory.path(), ChainId::from(CHAIN), limits).unwrap();
        let waits = transfer(1, 0);
        append(&journal, std::slice::from_ref(&waits)).await;
        for sequence in 1..20 {
            let transaction = transfer(2, sequence);
            append(&journal, std::slice::from_ref(&transaction)).await;
            journal.settle_late(vec![transaction.id()]).await;
            let files = std::fs::read_dir(directory.path()).unwrap().count();
            assert!(files <= limits.segments_max + 2, "{files} segments");
        }
        drop(journal);
        thread.join().unwrap();
        let (_, replayed, _) = Journal::open(directory.path(), ChainId::from(CHAIN)).unwrap();
        assert!(replayed.transactions.contains(&waits));
        assert!(replayed.transactions.len() <= limits.segments_max + 1);
    }

    /// Opens the journal, appends what is given, and closes it; what it held before.
    async fn reopened(directory: &Path, appended: &[Transaction]) -> Replayed {
        let (journal, replayed, thread) = Journal::open(directory, ChainId::from(CHAIN)).unwrap();
        if !appended.is_empty() {
            append(&journal, appended).await;
        }
        drop(journal);
        thread.join().unwrap();
        replayed
    }

    #[tokio::test]
    async fn a_tear_at_any_record_is_named_and_nothing_before_it_or_after_is_lost() {
        let transactions: Vec<_> = (0..4).map(|sequence| transfer(1, sequence)).collect();
        let later = transfer(2, 0);
        let written = tempfile::tempdir().unwrap();
        reopened(written.path(), &transactions).await;
        let bytes = std::fs::read(segment_path(written.path(), 1)).unwrap();
        let mut end = 0;
        for whole in 0..transactions.len() {
            let start = end;
            let mut record = Vec::new();
            let encoded = encoding::to_bytes(&transactions[whole]);
            segment::append(&mut record, &ChainId::from(CHAIN), &encoded);
            end += record.len();
            for cut in [start, start + 1, start + record.len() / 2, end - 1] {
                let directory = tempfile::tempdir().unwrap();
                let torn = segment_path(directory.path(), 1);
                std::fs::write(&torn, &bytes[..cut]).unwrap();
                let replayed = reopened(directory.path(), std::slice::from_ref(&later)).await;
                assert_eq!(replayed.transactions, transactions[..whole], "cut at {cut}");
                let named = replayed.damages.concat();
                assert_eq!(named.contains(&*torn.to_string_lossy()), cut > start, "{named}");
                let replayed = reopened(directory.path(), &[]).await;
                let (before, after) = replayed.transactions.split_at(whole);
                assert_eq!((before, after), (&transactions[..whole], &[later.clone()][..]));
            }
        }
        assert_eq!(end, bytes.len());
    }

    #[tokio::test]
    async fn a_segment_that_was_half_begun_is_taken_up() {
        let directory = tempfile::tempdir().unwrap();
        let limits = Limits { segment_bytes_max: 1, segments_max: 4 };
        let (journal, _, thread) =
            Journal::open_with(directory.path(), ChainId::from(CHAIN), limits).unwrap();
        std::fs::write(segment_path(directory.path(), 2), []).unwrap();
        let transactions: Vec<_> = (0..3).map(|sequence| transfer(1, sequence)).collect();
        for transaction in &transactions {
            append(&journal, std::slice::from_ref(transaction)).await;
        }
        drop(journal);
        thread.join().unwrap();
        let (_, replayed, _) = Journal::open(directory.path(), ChainId::from(CHAIN)).unwrap();
        assert_eq!(replayed.transactions, transactions);
    }
}
