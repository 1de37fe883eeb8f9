//! Builds one ledger block: adds transactions in order, then seals header, roots and writes.

use kaldrix_types::merkle::{self, Blake3};
use kaldrix_types::{
    AuthorityIndex, BlockRef, Digest, Epoch, LedgerHeader, Receipt, Transaction, TransactionId,
    encoding,
};

use crate::error::LedgerError;
use crate::exclusion::Exclusion;
use crate::execute::{Excluded, Execution, WitnessCheck};
use crate::ledger_block::{
    Entry, LEDGER_BLOCK_TRANSACTIONS_BYTES_MAX, LEDGER_BLOCK_TRANSACTIONS_MAX,
};
use crate::overlay::{Changes, Overlay};
use crate::rules::{Rules, account_changes};
use crate::state::{StateReader, Tip, Writes};
use crate::transition::{self, Candidate, Refusal, Site};
use crate::tree::{JellyfishTree, StateTree};

/// What a header takes over from its commit.
pub(crate) struct Origin {
    pub epoch: Epoch,
    pub timestamp_ms: u64,
    pub leader: BlockRef,
    pub commit_index: u64,
    pub checkpoint: Digest,
}

impl Origin {
    /// The origin of the block after `tip`: of its own epoch, a later commit, and a later time.
    fn after(self, tip: &Tip, rules: &Rules) -> Result<Self, LedgerError> {
        let (epoch, index) = (self.epoch, self.commit_index);
        if epoch != rules.epoch() {
            return Err(LedgerError::Epoch { commit: epoch, rules: rules.epoch() });
        }
        if epoch == tip.epoch && index <= tip.commit_index {
            return Err(LedgerError::CommitOrder { commit: index, tip: tip.commit_index });
        }
        let later = tip.timestamp_ms.checked_add(1).ok_or(LedgerError::Exhausted("timestamp"))?;
        Ok(Self { timestamp_ms: self.timestamp_ms.max(later), ..self })
    }
}

pub(crate) struct BlockBuilder<'a, S: ?Sized> {
    state: &'a S,
    tip: Tip,
    origin: Origin,
    site: Site<'a>,
    overlay: Overlay<'a, S>,
    transactions_bytes: usize,
    entries: Vec<Entry>,
    receipts: Vec<Receipt>,
    excluded: Vec<Excluded>,
}

impl<'a, S: StateReader + ?Sized> BlockBuilder<'a, S> {
    pub fn new(
        state: &'a S,
        rules: &'a Rules,
        origin: Origin,
        witnesses: Option<&'a dyn WitnessCheck>,
    ) -> Result<Self, LedgerError> {
        let tip = state.tip()?;
        let height = tip.height.checked_add(1).ok_or(LedgerError::Exhausted("height"))?;
        Ok(Self {
            state,
            origin: origin.after(&tip, rules)?,
            tip,
            site: Site { rules, height, witnesses },
            overlay: Overlay::new(state),
            transactions_bytes: 0,
            entries: Vec::new(),
            receipts: Vec::new(),
            excluded: Vec::new(),
        })
    }

    /// The transaction that was left out last.
    pub fn last_excluded(&self) -> Option<&Excluded> {
        self.excluded.last()
    }

    /// Executes a transaction, or notes why it is left out. `id` is the transaction's.
    pub fn add(
        &mut self,
        id: TransactionId,
        author: AuthorityIndex,
        transaction: &Transaction,
    ) -> Result<(), LedgerError> {
        match self.try_add(id, author, transaction) {
            Ok(()) => Ok(()),
            Err(Refusal::Excluded(reason)) => {
                let witness = transaction.witness.digest();
                self.excluded.push(Excluded { id, witness, reason });
                Ok(())
            }
            Err(Refusal::Broken(error)) => Err(error),
        }
    }

    fn try_add(
        &mut self,
        id: TransactionId,
        author: AuthorityIndex,
        transaction: &Transaction,
    ) -> Result<(), Refusal> {
        transition::check_body(self.site, &transaction.body)?;
        let transactions_bytes = self.room_for(transaction).ok_or(Exclusion::BlockFull)?;
        let body_bytes = encoded_bytes(&transaction.body);
        let candidate = Candidate { id, author, transaction, body_bytes };
        let receipt = transition::execute(&mut self.overlay, self.site, candidate)?;
        self.transactions_bytes = transactions_bytes;
        self.entries.push(Entry { author, transaction: transaction.clone() });
        self.receipts.push(receipt);
        Ok(())
    }

    /// The length of all transactions with this one, unless it passes a limit.
    fn room_for(&self, transaction: &Transaction) -> Option<usize> {
        let bytes = self.transactions_bytes.checked_add(encoded_bytes(transaction))?;
        let fits = self.entries.len() < LEDGER_BLOCK_TRANSACTIONS_MAX
            && bytes <= LEDGER_BLOCK_TRANSACTIONS_BYTES_MAX;
        fits.then_some(bytes)
    }

    pub fn seal(self) -> Result<Execution, LedgerError> {
        let Changes { accounts, public_keys } = self.overlay.into_changes();
        let height = self.site.height;
        let tree = JellyfishTree::update(self.state, height, account_changes(&accounts))?;
        let Tip { block: parent, mut history, .. } = self.tip;
        let Origin { epoch, timestamp_ms, leader, commit_index, checkpoint } = self.origin;
        let ids: Vec<_> = self.receipts.iter().map(|receipt| receipt.id).collect();
        let header = LedgerHeader {
            chain_id: self.site.rules.chain_id(),
            height,
            epoch,
            parent,
            timestamp_ms,
            leader,
            commit_index,
            checkpoint,
            transactions_root: transactions_root(&ids),
            receipts_root: merkle::root::<Blake3, _>(self.receipts.iter().map(encoding::to_bytes)),
            state_root: tree.root,
            next_committee: None,
            history_root: history.root::<Blake3>(),
        };
        let block = header.id();
        history.push::<Blake3>(block.as_bytes());
        let state_root = tree.root;
        let tip = Tip { height, block, timestamp_ms, commit_index, epoch, state_root, history };
        Ok(Execution {
            header,
            entries: self.entries,
            receipts: self.receipts,
            excluded: self.excluded,
            writes: Writes {
                accounts,
                public_keys,
                tree_nodes: tree.nodes,
                tree_nodes_stale: tree.nodes_stale,
                tip,
            },
        })
    }
}

pub(crate) fn transactions_root(ids: &[TransactionId]) -> Digest {
    merkle::root::<Blake3, _>(ids.iter().map(TransactionId::as_bytes))
}

/// The length of a value's canonical encoding, without making it.
fn encoded_bytes<T: encoding::Canonical>(value: &T) -> usize {
    // Counting cannot fail; were it to, the value would fit nowhere.
    borsh::object_length(value).unwrap_or(usize::MAX).saturating_add(1)
}
