//! The replica's store: blocks of one epoch's DAG, its own and others', by round, author and id.
//!
//! Nothing here is trusted for safety: a lost block is fetched again from peers, and what this
//! node signed last is known from [`crate::SignedRoundFile`]. Blocks are returned as they were
//! stored, unverified: the caller checks their signatures as if a peer had sent them.

use std::collections::VecDeque;
use std::ops::Bound;
use std::sync::Arc;

use kaldrix_types::encoding;
use kaldrix_types::{AuthorityIndex, Block, BlockId, BlockRef, ChainId, Round, VerifiedBlock};

use crate::error::{RecordName, StoreError};
use crate::identity;
use crate::key_value::{Batch, Durability, KeyValue, Record, Scan};
use crate::records::{Audit, Records};
use crate::table::Table;

/// The tables of a replica's store.
pub const DAG_TABLES: &[Table] = &[Table::Meta, Table::DagBlock];

/// Blocks that one step of a load holds in memory.
const LOAD_BLOCKS_MAX: usize = 16;
/// Blocks that one batch removes.
const PRUNE_BLOCKS_MAX: usize = 1024;

/// Blocks of the DAG, ordered by round, then author, then id.
#[derive(Debug)]
pub struct DagStore {
    records: Records,
}

impl DagStore {
    /// Opens the store and marks a fresh one with its format and chain.
    pub fn open(store: Arc<dyn KeyValue>, chain_id: ChainId) -> Result<Self, StoreError> {
        let records = Records::open(store)?;
        if identity::is_fresh(&records, chain_id)? {
            let mut batch = Batch::default();
            identity::mark(&mut batch, chain_id);
            records.write(batch, Durability::Synced)?;
        }
        Ok(Self { records })
    }

    /// Stores `blocks` together.
    pub fn put(&self, blocks: &[VerifiedBlock], durability: Durability) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for block in blocks {
            let bytes = encoding::to_bytes::<Block>(block);
            batch.put(Table::DagBlock, block_key(&block.reference()), bytes);
        }
        self.records.write(batch, durability)
    }

    pub fn get(&self, reference: &BlockRef) -> Result<Option<Block>, StoreError> {
        self.records.value(Table::DagBlock, &block_key(reference))
    }

    /// All blocks from `round` up, in rising order, a few in memory at a time. A damaged block is
    /// an error in its place, and the ones after it still follow; an error of the engine is last.
    pub fn blocks_from(&self, round: Round) -> BlocksFrom<'_> {
        let next = Bound::Included(round.to_be_bytes().to_vec());
        BlocksFrom { records: &self.records, next: Some(next), page: VecDeque::new() }
    }

    /// Removes a block, such as one that is damaged: a peer has it.
    pub fn remove(&self, reference: &BlockRef) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.remove(Table::DagBlock, block_key(reference));
        self.records.write(batch, Durability::Buffered)
    }

    /// Removes a record by its name, such as one that is damaged.
    pub(crate) fn remove_record(&self, record: &RecordName) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.remove(record.table, record.key.as_slice());
        self.records.write(batch, Durability::Buffered)
    }

    /// Removes all blocks below `round`; says how many.
    pub fn prune_below(&self, round: Round) -> Result<u64, StoreError> {
        let below = Scan::all(PRUNE_BLOCKS_MAX).to(Bound::Excluded(round.to_be_bytes().to_vec()));
        let mut removed = 0_u64;
        loop {
            let keys = self.records.keys(Table::DagBlock, &below)?;
            if keys.is_empty() {
                return Ok(removed);
            }
            removed = removed.saturating_add(keys.len() as u64);
            let mut batch = Batch::default();
            keys.into_iter().for_each(|key| batch.remove(Table::DagBlock, key));
            self.records.write(batch, Durability::Buffered)?;
        }
    }

    /// Makes everything stored so far survive the loss of power.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.records.write(Batch::default(), Durability::Synced)
    }

    /// Reads everything and names what is damaged.
    pub fn check(&self) -> Audit {
        self.records.audit()
    }
}

/// See [`DagStore::blocks_from`].
#[derive(Debug)]
pub struct BlocksFrom<'a> {
    records: &'a Records,
    /// Where the next page begins; `None` after the last one.
    next: Option<Bound<Vec<u8>>>,
    page: VecDeque<Result<Record, StoreError>>,
}

impl BlocksFrom<'_> {
    fn load_page(&mut self) -> Result<(), StoreError> {
        let Some(from) = self.next.take() else { return Ok(()) };
        let page = self.records.scan(Table::DagBlock, &Scan::all(LOAD_BLOCKS_MAX).from(from))?;
        if page.len() == LOAD_BLOCKS_MAX {
            let key = page.last().and_then(|last| match last {
                Ok(record) => Some(record.key.clone()),
                Err(error) => error.record().map(|record| record.key.clone()),
            });
            self.next = key.map(Bound::Excluded);
        }
        self.page = page.into();
        Ok(())
    }

    fn block(&self, Record { key, value }: &Record) -> Result<(BlockRef, Block), StoreError> {
        let reference = parse_block_key(key).ok_or_else(|| {
            self.records.damaged(Table::DagBlock, key, "its key is no reference".to_owned())
        })?;
        Ok((reference, self.records.decode(Table::DagBlock, key, value)?))
    }
}

impl Iterator for BlocksFrom<'_> {
    type Item = Result<(BlockRef, Block), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty()
            && let Err(error) = self.load_page()
        {
            return Some(Err(error));
        }
        let record = self.page.pop_front()?;
        Some(record.and_then(|record| self.block(&record)))
    }
}

fn block_key(reference: &BlockRef) -> Vec<u8> {
    let BlockRef { round, author, id } = reference;
    let parts: [&[u8]; 3] = [&round.to_be_bytes(), &author.0.to_be_bytes(), id.as_bytes()];
    parts.concat()
}

fn parse_block_key(key: &[u8]) -> Option<BlockRef> {
    let (round, rest) = key.split_first_chunk::<8>()?;
    let (author, id) = rest.split_first_chunk::<2>()?;
    Some(BlockRef {
        round: Round::from_be_bytes(*round),
        author: AuthorityIndex(u16::from_be_bytes(*author)),
        id: BlockId::from(<[u8; 32]>::try_from(id).ok()?),
    })
}
