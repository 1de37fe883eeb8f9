//! The replica's store.

use kaldrix_storage::{DagStore, Durability, StoreError};
use kaldrix_types::{Block, BlockRef, ChainId, VerifiedBlock};

use crate::backend::Backend;
use crate::chain::{Chain, dag_block};

fn chain_id() -> ChainId {
    ChainId::from([1; 32])
}

fn blocks() -> Vec<VerifiedBlock> {
    let places = (1..=30).flat_map(|round| (0..4).map(move |author| (author, round)));
    places.map(|(author, round)| dag_block(chain_id(), author, round, Vec::new())).collect()
}

fn load(store: &DagStore, round: u64) -> Vec<(BlockRef, Block)> {
    store.blocks_from(round).collect::<Result<_, _>>().unwrap()
}

fn stored(block: &VerifiedBlock) -> (BlockRef, Block) {
    (block.reference(), Block::clone(block))
}

fn blocks_come_back_in_order_and_are_pruned(backend: &Backend) {
    let blocks = blocks();
    let store = DagStore::open(backend.open(), chain_id()).unwrap();
    store.put(&blocks[40..], Durability::Buffered).unwrap();
    store.put(&blocks[..40], Durability::Synced).unwrap();
    drop(store);

    let store = DagStore::open(backend.open(), chain_id()).unwrap();
    assert_eq!(load(&store, 0), blocks.iter().map(stored).collect::<Vec<_>>());
    assert_eq!(load(&store, 30), blocks[116..].iter().map(stored).collect::<Vec<_>>());
    assert_eq!(load(&store, 31), []);
    for block in &blocks {
        assert_eq!(store.get(&block.reference()).unwrap(), Some(Block::clone(block)));
    }
    assert_eq!(store.prune_below(11).unwrap(), 40);
    assert_eq!(store.prune_below(11).unwrap(), 0);
    assert_eq!(store.get(&blocks[39].reference()).unwrap(), None);
    store.remove(&blocks[40].reference()).unwrap();
    store.sync().unwrap();
    assert_eq!(load(&store, 0), blocks[41..].iter().map(stored).collect::<Vec<_>>());
    assert!(store.check().is_sound());
}

#[test]
fn blocks_come_back_in_order_and_are_pruned_in_memory() {
    blocks_come_back_in_order_and_are_pruned(&Backend::memory());
}

#[test]
fn blocks_come_back_in_order_and_are_pruned_on_disk() {
    blocks_come_back_in_order_and_are_pruned(&Backend::disk());
}

/// Two blocks of one author and round are both kept: both may be ancestors.
#[test]
fn equivocating_blocks_are_both_kept() {
    let store = DagStore::open(Backend::memory().open(), chain_id()).unwrap();
    let one = dag_block(chain_id(), 2, 5, Vec::new());
    let other = dag_block(
        chain_id(),
        2,
        5,
        Chain::new().next().entries[..1].iter().map(|entry| entry.transaction.clone()).collect(),
    );
    assert_ne!(one.reference(), other.reference());
    store.put(&[one.clone(), other.clone()], Durability::Buffered).unwrap();
    for block in [&one, &other] {
        assert_eq!(store.get(&block.reference()).unwrap(), Some(Block::clone(block)));
    }
    assert_eq!(load(&store, 5).len(), 2);
}

#[test]
fn a_store_of_another_chain_is_refused() {
    let backend = Backend::memory();
    DagStore::open(backend.open(), chain_id()).unwrap();
    let error = DagStore::open(backend.open(), ChainId::from([2; 32])).unwrap_err();
    assert!(matches!(error, StoreError::WrongChain { .. }), "{error}");
}
