//! The power fails at any moment of a life of the last-signed-round file, and of what was not
//! synced by then any part may have reached the disk.
//!
//! Whatever is left, the answer is the last round that was recorded, or the one that was being
//! recorded: never an older one, never another, and a tear alone never costs the answer.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use kaldrix_storage::{LastSigned, SignedRound, SignedRoundFile, Slots};
use kaldrix_types::{BlockId, ChainId, Round};

const RESTARTS: Round = 4;

/// One step of the file's life.
#[derive(Debug, Clone)]
enum Step {
    Replace(Vec<u8>),
    Write {
        bytes: Vec<u8>,
        offset: usize,
    },
    Sync,
    /// The record of this round returned: its block may leave.
    Recorded(Round),
}

/// Slots that write down what happens to them.
#[derive(Debug, Clone, Default)]
struct Recorder(Arc<Mutex<Recording>>);

#[derive(Debug, Default)]
struct Recording {
    bytes: Option<Vec<u8>>,
    steps: Vec<Step>,
}

impl Recorder {
    fn holding(bytes: Option<Vec<u8>>) -> Self {
        Self(Arc::new(Mutex::new(Recording { bytes, steps: Vec::new() })))
    }

    fn note(&self, step: Step) {
        self.0.lock().unwrap().steps.push(step);
    }
}

impl Slots for Recorder {
    fn location(&self) -> &Path {
        Path::new("recorder")
    }

    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().bytes.clone())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().bytes = Some(bytes.to_vec());
        self.note(Step::Replace(bytes.to_vec()));
        Ok(())
    }

    fn write_at(&mut self, bytes: &[u8], offset: usize) -> io::Result<()> {
        put(self.0.lock().unwrap().bytes.as_mut().unwrap(), bytes, offset);
        self.note(Step::Write { bytes: bytes.to_vec(), offset });
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.note(Step::Sync);
        Ok(())
    }
}

fn put(all: &mut [u8], bytes: &[u8], offset: usize) {
    all[offset..offset + bytes.len()].copy_from_slice(bytes);
}

fn chain() -> ChainId {
    ChainId::from([1; 32])
}

fn signed(round: Round) -> SignedRound {
    SignedRound { epoch: 1, round, block: BlockId::from([round.to_le_bytes()[0]; 32]) }
}

/// All that happens to the slots while some rounds are recorded, with restarts between them.
fn life() -> Vec<Step> {
    let recorder = Recorder::default();
    for restart in 1..=RESTARTS {
        // A restart reads what was written, whether or not it is durable.
        let (mut file, last) = SignedRoundFile::on(Box::new(recorder.clone()), chain()).unwrap();
        assert_eq!(last == LastSigned::Absent, restart == 1);
        for round in [restart * 2 - 1, restart * 2] {
            file.record(signed(round)).unwrap();
            recorder.note(Step::Recorded(round));
        }
    }
    recorder.0.lock().unwrap().steps.clone()
}

/// What may be left of a write of `bytes` over `before` that was cut at `cut`.
fn torn(before: &[u8], bytes: &[u8], cut: usize) -> [Vec<u8>; 4] {
    let front = [&bytes[..cut], &before[cut..]].concat();
    let back = [&before[..cut], &bytes[cut..]].concat();
    let zeros = [&bytes[..cut], &vec![0; bytes.len() - cut]].concat();
    let garbage = [&bytes[..cut], &vec![0xa5; bytes.len() - cut]].concat();
    [front, back, zeros, garbage]
}

/// Every state in which a crash can leave the slots: each of the writes that were not synced is
/// there, or not, and the last one is cut anywhere.
fn left_by_a_crash(durable: &[u8], unsynced: &[(Vec<u8>, usize)]) -> Vec<Vec<u8>> {
    let Some(((last, offset), earlier)) = unsynced.split_last() else {
        return vec![durable.to_vec()];
    };
    let mut found = Vec::new();
    for subset in 0..1_u32 << earlier.len() {
        let mut all = durable.to_vec();
        for (index, (bytes, offset)) in earlier.iter().enumerate() {
            if subset & (1 << index) != 0 {
                put(&mut all, bytes, *offset);
            }
        }
        let before = all[*offset..offset + last.len()].to_vec();
        for cut in 0..=last.len() {
            for left in torn(&before, last, cut) {
                put(&mut all, &left, *offset);
                found.push(all.clone());
            }
        }
    }
    found
}

#[test]
fn a_crash_at_any_step_leaves_the_recorded_round_or_the_one_under_way() {
    let (mut durable, mut unsynced) = (Vec::new(), Vec::<(Vec<u8>, usize)>::new());
    let mut recorded = 0;
    let mut crashes = 0_u32;
    for step in life() {
        match step {
            Step::Recorded(round) => recorded = round,
            Step::Sync => {
                for (bytes, offset) in unsynced.drain(..) {
                    put(&mut durable, &bytes, offset);
                }
            }
            Step::Replace(bytes) => durable = bytes,
            Step::Write { bytes, offset } => unsynced.push((bytes, offset)),
        }
        for left in left_by_a_crash(&durable, &unsynced) {
            crashes += 1;
            let slots = Recorder::holding(Some(left));
            let (mut file, last) = SignedRoundFile::on(Box::new(slots), chain()).unwrap();
            let known = [signed(recorded), signed(recorded + 1)];
            let LastSigned::Known(last) = last else { panic!("after {recorded}: {last:?}") };
            assert!(known.contains(&last), "after {recorded}: {last}");
            assert!(file.record(signed(last.round)).is_ok());
            assert!(file.record(signed(last.round + 1)).is_ok());
        }
    }
    assert_eq!(recorded, RESTARTS * 2);
    assert!(crashes > 1_000, "{crashes}");
}

#[test]
fn a_replacement_cut_short_is_not_looked_at() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("signed-round");
    let (mut file, _) = SignedRoundFile::open(&path, chain()).unwrap();
    file.record(signed(1)).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for found in [None, Some(vec![0xff; whole.len()])] {
        for length in [0, 1, 119, 120, 4096, 4200, whole.len()] {
            std::fs::write(path.with_extension("new"), &whole[..length]).unwrap();
            match &found {
                Some(damaged) => std::fs::write(&path, damaged).unwrap(),
                None => drop(std::fs::remove_file(&path)),
            }
            let (mut file, last) = SignedRoundFile::open(&path, chain()).unwrap();
            assert_eq!(last == LastSigned::Absent, found.is_none(), "{last:?}");
            assert_eq!(file.last(), None);
            file.record(signed(7)).unwrap();
            let (_, last) = SignedRoundFile::open(&path, chain()).unwrap();
            assert_eq!(last, LastSigned::Known(signed(7)));
        }
    }
}
