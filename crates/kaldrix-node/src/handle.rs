//! What the rest of the process may ask of a running node.

mod view;

use std::sync::Arc;
use std::time::Duration;

use kaldrix_ledger::Rules;
use kaldrix_network::{PeerInfo, Totals};
use kaldrix_storage::LedgerStore;
use kaldrix_types::{Address, ChainId, Genesis, Round, Transaction, TransactionId};

pub use self::view::{
    AccountView, ClockOffset, DagBlock, Executed, ExpectedPeer, Health, MempoolFill, NodeInfo,
    NodeStatus, Role, SubmitError, TransactionStatus, WorkCounters,
};
use crate::error::NodeError;
use crate::histogram::HistogramSnapshot;

/// Rounds in one answer of [`NodeHandle::dag`].
pub const DAG_ROUNDS_MAX: u64 = 256;
/// Transactions in one call of [`NodeHandle::submit`].
pub const SUBMIT_TRANSACTIONS_MAX: usize = 1024;

/// A running node. Clones are cheap and show the same node.
#[derive(Debug, Clone)]
pub struct NodeHandle(Arc<Shared>);

#[derive(Debug)]
struct Shared {}

#[expect(clippy::unimplemented, clippy::unused_async, reason = "bodies follow")]
impl NodeHandle {
    pub fn genesis(&self) -> &Genesis {
        let Shared {} = &*self.0;
        unimplemented!()
    }

    pub fn chain_id(&self) -> ChainId {
        unimplemented!()
    }

    pub fn rules(&self) -> &Rules {
        unimplemented!()
    }

    pub fn info(&self) -> &NodeInfo {
        unimplemented!()
    }

    /// Headers, blocks, receipts, certificates and the state.
    pub fn ledger(&self) -> &LedgerStore {
        unimplemented!()
    }

    /// Accepts transactions for inclusion: an `Ok` is durable in this node's mempool journal. One
    /// result a transaction, in order; a transaction that is known already is accepted again.
    pub async fn submit(
        &self,
        transactions: Vec<Transaction>,
    ) -> Vec<Result<TransactionId, SubmitError>> {
        drop(transactions);
        unimplemented!()
    }

    /// Where a transaction is; none if this node does not know it.
    pub fn transaction(&self, id: &TransactionId) -> Result<Option<TransactionStatus>, NodeError> {
        let _ = id;
        unimplemented!()
    }

    /// Returns once the transaction is final or rejected here, or what it is after `timeout`.
    pub async fn wait_final(
        &self,
        id: &TransactionId,
        timeout: Duration,
    ) -> Result<Option<TransactionStatus>, NodeError> {
        let _ = (id, timeout);
        unimplemented!()
    }

    pub fn account(&self, address: &Address) -> Result<AccountView, NodeError> {
        let _ = address;
        unimplemented!()
    }

    /// At most some hundred milliseconds old.
    pub fn status(&self) -> NodeStatus {
        unimplemented!()
    }

    pub fn health(&self) -> Health {
        unimplemented!()
    }

    /// Seconds from acceptance by [`Self::submit`] to final.
    pub fn finality(&self) -> HistogramSnapshot {
        unimplemented!()
    }

    /// Every peer that the configuration names or that is connected.
    pub fn peers(&self) -> Vec<PeerInfo> {
        unimplemented!()
    }

    /// What was sent and received since the start.
    pub fn network_totals(&self) -> Totals {
        unimplemented!()
    }

    /// The peers that the configuration names.
    pub fn expected_peers(&self) -> &[ExpectedPeer] {
        unimplemented!()
    }

    /// Blocks of the DAG from round `from` up, of at most `rounds_max` rounds; without `from` the
    /// latest ones.
    pub async fn dag(&self, from: Option<Round>, rounds_max: u64) -> Vec<DagBlock> {
        let _ = (from, rounds_max);
        unimplemented!()
    }

    /// Tells the node that a read of its store met damage: it stops, moves the store aside and
    /// rebuilds it from peers.
    pub fn report_damage(&self, error: &kaldrix_storage::StoreError) {
        let _ = error;
        unimplemented!()
    }
}
