use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn chain(tag: u8) -> ChainId {
    ChainId::from([tag; 32])
}

fn signed(round: Round) -> SignedRound {
    SignedRound { epoch: 1, round, block: BlockId::from([round.to_le_bytes()[0]; 32]) }
}

fn path(directory: &TempDir) -> PathBuf {
    directory.path().join("signed-round")
}

fn open(path: &Path) -> LastSigned {
    SignedRoundFile::open(path, chain(1)).unwrap().1
}

/// A file after `rounds` rounds and its path.
fn written(rounds: Round) -> (TempDir, PathBuf, SignedRoundFile) {
    let directory = tempfile::tempdir().unwrap();
    let path = path(&directory);
    let (mut file, last) = SignedRoundFile::open(&path, chain(1)).unwrap();
    assert_eq!(last, LastSigned::Absent);
    for round in 1..=rounds {
        file.record(signed(round)).unwrap();
    }
    (directory, path, file)
}

#[test]
fn what_was_recorded_is_known_after_a_restart() {
    for rounds in 1..6 {
        let (_directory, path, file) = written(rounds);
        assert_eq!(file.last(), Some(signed(rounds)));
        drop(file);
        let (mut file, last) = SignedRoundFile::open(&path, chain(1)).unwrap();
        assert_eq!(last, LastSigned::Known(signed(rounds)));
        file.record(signed(rounds + 1)).unwrap();
        drop(file);
        assert_eq!(open(&path), LastSigned::Known(signed(rounds + 1)));
    }
}

#[test]
fn it_never_goes_back() {
    let (_directory, path, mut file) = written(5);
    file.record(signed(5)).unwrap();
    let other_block = SignedRound { block: BlockId::from([99; 32]), ..signed(5) };
    let older_epoch = SignedRound { epoch: 0, ..signed(9) };
    for refused in [signed(4), other_block, older_epoch] {
        let error = file.record(refused).unwrap_err();
        assert!(matches!(error, StoreError::Backwards { .. }), "{error}");
    }
    assert_eq!(open(&path), LastSigned::Known(signed(5)));
    file.record(SignedRound { epoch: 2, ..signed(1) }).unwrap();
}

#[test]
fn a_file_of_another_chain_is_refused() {
    let (_directory, path, _) = written(3);
    let error = SignedRoundFile::open(&path, chain(2)).unwrap_err();
    assert!(matches!(error, StoreError::WrongChain { .. }), "{error}");
}

#[test]
fn every_single_flipped_bit_is_survived() {
    let (directory, path, file) = written(4);
    drop(file);
    let sound = fs::read(&path).unwrap();
    let copy = directory.path().join("copy");
    for offset in (0..SLOT_BYTES).chain(4096..4096 + SLOT_BYTES).chain([1000, 8191]) {
        for bit in 0..8 {
            let mut bytes = sound.clone();
            bytes[offset] ^= 1 << bit;
            fs::write(&copy, &bytes).unwrap();
            let (mut file, last) = SignedRoundFile::open(&copy, chain(1)).unwrap();
            assert_eq!(last, LastSigned::Known(signed(4)), "byte {offset} bit {bit}");
            let is_in_a_slot = offset % SLOT_DISTANCE_BYTES < SLOT_BYTES;
            assert_eq!(file.slot_damage().is_some(), is_in_a_slot, "byte {offset} bit {bit}");
            if bit == 0 {
                file.record(signed(5)).unwrap();
                assert_eq!(open(&copy), LastSigned::Known(signed(5)));
                assert_eq!(fs::read(&copy).unwrap()[..SLOT_BYTES], encode(&chain(1), &signed(5)));
            }
        }
    }
}

/// A crash between a record's two writes, then a fault in the slot that has the record.
#[test]
fn a_mended_file_withstands_the_next_fault() {
    for mends in [false, true] {
        let slots = MemorySlots::default();
        let open = || SignedRoundFile::on(Box::new(slots.clone()), chain(1)).unwrap();
        let (mut file, _) = open();
        (1..=4).for_each(|round| file.record(signed(round)).unwrap());
        slots.lose_unsynced();
        let (mut file, last) = open();
        assert_eq!(last, LastSigned::Known(signed(4)));
        assert!(slots.lag());
        if mends {
            file.mend().unwrap();
            assert!(!slots.lag());
        }
        // Round 1 went to both slots at once, 2 to the second one first, and so on in turn.
        slots.flip_bit(Slot::Second, 700);
        let (_, last) = open();
        assert_eq!(last, LastSigned::Known(signed(if mends { 4 } else { 3 })));
    }
}

#[test]
fn two_damaged_slots_say_so_and_a_quorums_answer_mends_the_file() {
    let (_directory, path, file) = written(4);
    drop(file);
    let sound = fs::read(&path).unwrap();
    for (first, second) in [(0, 4096), (50, 4096 + 100), (SLOT_BYTES - 1, 4096 + 8)] {
        let mut bytes = sound.clone();
        bytes[first] ^= 1;
        bytes[second] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let (mut file, last) = SignedRoundFile::open(&path, chain(1)).unwrap();
        assert!(matches!(last, LastSigned::Damaged { .. }), "{last:?}");
        assert_eq!(file.last(), None);
        file.record(signed(9)).unwrap();
        assert_eq!(open(&path), LastSigned::Known(signed(9)));
    }
}

#[test]
fn a_file_cut_short_is_known_while_one_slot_is_whole() {
    let (_directory, path, file) = written(4);
    drop(file);
    let sound = fs::read(&path).unwrap();
    let around = |slot: usize| slot.saturating_sub(1)..=slot + SLOT_BYTES + 1;
    for length in around(0).chain(around(4096)).chain([2000, 8191]) {
        fs::write(&path, &sound[..length]).unwrap();
        match open(&path) {
            LastSigned::Known(last) => assert!(last == signed(4) && length >= SLOT_BYTES),
            LastSigned::Damaged { .. } => assert!(length < SLOT_BYTES),
            LastSigned::Absent => panic!("a file of {length} bytes is not absent"),
        }
    }
}

#[test]
fn a_directory_in_its_place_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    assert!(SignedRoundFile::open(directory.path(), chain(1)).is_err());
}

proptest! {
    #[test]
    fn garbage_is_damaged(bytes in prop::collection::vec(any::<u8>(), 0..10_000)) {
        let directory = tempfile::tempdir().unwrap();
        fs::write(path(&directory), bytes).unwrap();
        let damaged = matches!(open(&path(&directory)), LastSigned::Damaged { .. });
        prop_assert!(damaged);
    }
}
