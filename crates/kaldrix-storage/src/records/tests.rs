use super::*;
use crate::memory::MemoryStore;

const TABLES: [Table; 2] = [Table::Account, Table::Entry];

/// A store in which two batches put two records into each of two tables.
fn written() -> (Arc<MemoryStore>, Records) {
    let store = Arc::new(MemoryStore::new());
    let records = Records::open(store.clone()).unwrap();
    for value in [b"old", b"new"] {
        let mut batch = Batch::default();
        for table in TABLES {
            batch.put(table, *b"a", *value);
            batch.put(table, *b"b", [value.as_slice(), b" too"].concat());
        }
        records.write(batch, Durability::Synced).unwrap();
    }
    (store, records)
}

fn put_raw(store: &MemoryStore, table: Table, key: &[u8], value: Vec<u8>) {
    let mut batch = Batch::default();
    batch.put(table, key, value);
    store.write(batch, Durability::Synced).unwrap();
}

fn raw(store: &MemoryStore, table: Table, key: &[u8]) -> Vec<u8> {
    store.get(table, key).unwrap().unwrap()
}

#[test]
fn what_was_written_is_read_and_batch_numbers_are_hidden() {
    let (store, records) = written();
    let reopened = Records::open(store).unwrap();
    for records in [records, reopened] {
        assert_eq!(records.get(Table::Account, b"a").unwrap().unwrap(), b"new");
        assert_eq!(records.keys(Table::Account, &Scan::all(9)).unwrap(), [b"a", b"b"]);
        let first = records.first(Table::Entry, Scan::all(9)).unwrap().unwrap();
        assert_eq!(first, Record { key: b"a".to_vec(), value: b"new".to_vec() });
        let last = records.first(Table::Entry, Scan::all(9).descending()).unwrap().unwrap();
        assert_eq!(last.key, b"b");
        assert_eq!(records.audit(), Audit { records_sound: 4, ..Audit::default() });
    }
}

#[test]
fn the_empty_key_is_a_key() {
    let (_, records) = written();
    let mut batch = Batch::default();
    batch.put(Table::TreeNode, *b"", *b"root");
    records.write(batch, Durability::Buffered).unwrap();
    assert_eq!(records.get(Table::TreeNode, b"").unwrap().unwrap(), b"root");
    assert_eq!(records.keys(Table::TreeNode, &Scan::all(9)).unwrap(), [b""]);
}

/// A record whose bytes are whole but which stands in another's place.
#[test]
fn a_misplaced_record_is_damaged() {
    for (table, key) in [(Table::Account, b"\x01b"), (Table::Entry, b"\x01a")] {
        let (store, records) = written();
        put_raw(&store, table, key, raw(&store, Table::Account, b"\x01a"));
        let error = records.get(table, &key[1..]).unwrap_err();
        let expected = RecordName { table, key: key[1..].to_vec() };
        assert_eq!(error.record(), Some(&expected));
        let audit = records.audit();
        assert_eq!((audit.records_sound, audit.records_damaged), (3, 1));
        assert_eq!(audit.damages[0].record, Some(expected));
    }
}

#[test]
fn every_flipped_bit_of_a_record_is_damage() {
    let (store, records) = written();
    let sealed = raw(&store, Table::Entry, b"\x01b");
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1 << bit;
            put_raw(&store, Table::Entry, b"\x01b", flipped);
            assert!(matches!(records.get(Table::Entry, b"b"), Err(StoreError::Damaged(_))));
        }
        put_raw(&store, Table::Entry, b"\x01b", sealed[..at].to_vec());
        assert!(matches!(records.get(Table::Entry, b"b"), Err(StoreError::Damaged(_))));
    }
}

/// A table that lost its newest batch while the others kept theirs, or that lost everything.
#[test]
fn a_table_that_lags_or_is_gone_is_found_at_opening() {
    let old = Arc::new(MemoryStore::new());
    let mut batch = Batch::default();
    batch.put(Table::Entry, *b"a", *b"old");
    Records::open(old.clone()).unwrap().write(batch, Durability::Synced).unwrap();

    for table in [Table::Entry, Table::Meta] {
        let (store, _) = written();
        put_raw(&store, table, STAMP_KEY, raw(&old, table, STAMP_KEY));
        let error = Records::open(store).unwrap_err();
        assert!(error.to_string().contains("does not hold the last batch"), "{error}");
    }
    for table in [Table::Entry, Table::Meta] {
        let (store, _) = written();
        let mut lost = Batch::default();
        for key in store.keys(table, &Scan::all(9)).unwrap() {
            lost.remove(table, key);
        }
        store.write(lost, Durability::Synced).unwrap();
        assert!(matches!(Records::open(store), Err(StoreError::Damaged(_))));
    }
}

#[test]
fn what_is_too_long_is_refused_whole() {
    let (_, records) = written();
    let mut batch = Batch::default();
    batch.put(Table::Entry, *b"c", *b"fits");
    batch.put(Table::Entry, vec![0; KEY_BYTES_MAX + 1], *b"does not");
    assert!(matches!(records.write(batch, Durability::Synced), Err(StoreError::Engine { .. })));
    assert_eq!(records.get(Table::Entry, b"c").unwrap(), None);
}
