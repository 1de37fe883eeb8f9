//! What the rest of the process may ask of a running node.

mod proof;
mod view;

use std::sync::Arc;
use std::time::Duration;

use kaldrix_ledger::{Rules, StateError, StateReader};
use kaldrix_network::{Network, PeerInfo, Totals};
use kaldrix_storage::{LedgerStore, StoreError};
use kaldrix_types::{
    Address, ChainId, Genesis, Height, Round, Stake, Transaction, TransactionId, Vote,
};
use tokio::sync::{mpsc, oneshot};

pub use self::proof::{NoProof, Subject};
pub use self::view::{
    AccountView, ClockOffset, DagBlock, Executed, ExpectedPeer, Health, MempoolFill, NodeInfo,
    NodeStatus, Role, SubmitError, TransactionStatus, WorkCounters,
};
use crate::error::NodeError;
use crate::histogram::HistogramSnapshot;
use crate::mempool::Mempool;
use crate::runtime::answers::Answers;
use crate::runtime::board::{Board, ReplicaView};
use crate::runtime::driver::DagQuery;
use crate::runtime::finality::Finality;
use crate::witnesses::Witnesses;

/// Rounds in one answer of [`NodeHandle::dag`].
pub const DAG_ROUNDS_MAX: u64 = 256;
/// Transactions in one call of [`NodeHandle::submit`].
pub const SUBMIT_TRANSACTIONS_MAX: usize = 1024;

/// What a handle shows.
#[derive(Debug)]
pub(crate) struct Parts {
    pub info: NodeInfo,
    pub expected_peers: Vec<ExpectedPeer>,
    pub genesis: Arc<Genesis>,
    pub rules: Arc<Rules>,
    pub ledger: Arc<LedgerStore>,
    pub mempool: Arc<Mempool>,
    pub witnesses: Arc<Witnesses>,
    pub network: Arc<Network>,
    pub board: Arc<Board>,
    pub finality: Arc<Finality>,
    pub queries: mpsc::Sender<DagQuery>,
    pub answers: Answers,
}

/// A running node. Clones are cheap and show the same node.
#[derive(Debug, Clone)]
pub struct NodeHandle(Arc<Parts>);

impl NodeHandle {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub fn genesis(&self) -> &Genesis {
        &self.0.genesis
    }

    pub fn chain_id(&self) -> ChainId {
        self.0.rules.chain_id()
    }

    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    pub fn info(&self) -> &NodeInfo {
        &self.0.info
    }

    /// Headers, blocks, receipts, certificates and the state.
    pub fn ledger(&self) -> &LedgerStore {
        &self.0.ledger
    }

    /// Accepts transactions for inclusion: an `Ok` is durable in this node's mempool journal. One
    /// result a transaction, in order; a transaction that is known already is accepted again.
    pub async fn submit(
        &self,
        transactions: Vec<Transaction>,
    ) -> Vec<Result<TransactionId, SubmitError>> {
        let (length, transactions_max) = (transactions.len(), SUBMIT_TRANSACTIONS_MAX);
        if length > transactions_max {
            let error = SubmitError::TooMany { transactions: length, transactions_max };
            return vec![Err(error); length];
        }
        self.0.mempool.submit(transactions).await
    }

    /// Where a transaction is; none if this node does not know it.
    pub fn transaction(&self, id: &TransactionId) -> Result<Option<TransactionStatus>, NodeError> {
        let pending = self.0.mempool.get(id);
        // The ledger is asked second: what leaves the mempool by execution is there by then.
        if let Some(found) = self.0.ledger.transaction(id)? {
            return Ok(Some(TransactionStatus::Executed(Box::new(Executed {
                height: found.height,
                index: found.index,
                receipt: found.receipt,
                transaction: found.entry.transaction,
                is_final: found.height <= self.0.finality.height(),
            }))));
        }
        if let Some((transaction, at)) = pending {
            let since_ms = u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX);
            return Ok(Some(TransactionStatus::Pending { transaction, since_ms }));
        }
        let rejection = self.0.mempool.rejection(id);
        Ok(rejection.map(|reason| TransactionStatus::Rejected { reason }))
    }

    /// Returns once the transaction is final or rejected here, or what it is after `timeout`.
    pub async fn wait_final(
        &self,
        id: &TransactionId,
        timeout: Duration,
    ) -> Result<Option<TransactionStatus>, NodeError> {
        let deadline = tokio::time::Instant::now() + timeout;
        let mut changes = self.0.finality.changes();
        loop {
            changes.mark_unchanged();
            let status = self.transaction(id)?;
            let settled = match &status {
                Some(TransactionStatus::Executed(executed)) => executed.is_final,
                Some(TransactionStatus::Rejected { .. }) => true,
                Some(TransactionStatus::Pending { .. }) | None => false,
            };
            if settled || tokio::time::timeout_at(deadline, changes.changed()).await.is_err() {
                return Ok(status);
            }
        }
    }

    /// The highest final height; watch it for changes.
    pub fn final_height(&self) -> tokio::sync::watch::Receiver<Height> {
        self.0.finality.changes()
    }

    pub fn account(&self, address: &Address) -> Result<AccountView, NodeError> {
        let account = self.0.ledger.account(address)?;
        let registered = account.is_some_and(|account| account.key.is_some());
        let public_key = if registered { self.0.ledger.public_key(address)? } else { None };
        let base = account.map_or(0, |account| account.sequence);
        let (next_sequence, pending_transactions) = self.0.mempool.sender(address, base);
        Ok(AccountView {
            address: *address,
            account,
            public_key,
            next_sequence,
            needs_public_key: !registered && next_sequence == base,
            pending_transactions,
        })
    }

    /// At most some hundred milliseconds old.
    pub fn status(&self) -> NodeStatus {
        let ReplicaView { snapshot, counters, participation } = self.0.board.replica();
        let tip = self.0.ledger.latest();
        NodeStatus {
            chain_id: self.chain_id(),
            snapshot,
            counters,
            participation,
            work: self.work(),
            mempool: self.0.mempool.fill(),
            tip: Vote { height: tip.height, block: tip.block },
            tip_timestamp_ms: tip.timestamp_ms,
            final_height: self.0.finality.height(),
            clock_offsets: self.0.board.clock_offsets(),
            damages: self.0.board.damages(),
            uptime: self.0.info.started_at.elapsed().unwrap_or_default(),
        }
    }

    fn work(&self) -> WorkCounters {
        let [accepted, from_peers, refused] = self.0.mempool.counts();
        WorkCounters {
            transactions_accepted: accepted,
            transactions_from_peers: from_peers,
            transactions_refused: refused,
            transactions_executed: self.0.finality.executed_transactions(),
            blocks_refused: self.0.board.blocks_refused(),
            frames_malformed: self.0.board.frames_malformed(),
            witnesses_verified: self.0.witnesses.verified(),
            equivocations_kept: self.0.board.evidence().len() as u64,
        }
    }

    /// Ready means: it follows the network, and may propose if it validates.
    pub fn health(&self) -> Health {
        let snapshot = self.0.board.replica().snapshot;
        let live = !self.0.queries.is_closed();
        let mut reasons = Vec::new();
        if !live {
            reasons.push("the node stopped".to_owned());
        }
        let committee = &self.0.genesis.committee;
        let (reached, quorum) = (self.reached_stake(), committee.quorum_stake());
        if reached < quorum {
            let total = committee.total_stake();
            reasons.push(format!(
                "validators of stake {reached} of {total} are connected, a quorum needs {quorum}"
            ));
        }
        if snapshot.catching_up {
            let height = snapshot.executed_height;
            reasons.push(format!("it catches up with the network, now at height {height}"));
        }
        if matches!(self.0.info.role, Role::Validator { .. }) && !snapshot.may_sign {
            reasons.push("it asks a quorum for its own last round before it signs".to_owned());
        }
        Health { live, ready: reasons.is_empty(), reasons }
    }

    /// The stake of this node and of the validators that it is connected with.
    fn reached_stake(&self) -> Stake {
        let committee = &self.0.genesis.committee;
        let own = match self.0.info.role {
            Role::Validator { authority } => committee.stake(authority),
            Role::Full => 0,
        };
        let connected = self.0.network.peers().into_iter().filter(|info| info.connection.is_some());
        let members = connected.filter_map(|info| committee.authority_of_peer(&info.peer));
        members.map(|authority| committee.stake(authority)).fold(own, Stake::saturating_add)
    }

    /// Seconds from acceptance by [`Self::submit`] to final.
    pub fn finality(&self) -> HistogramSnapshot {
        self.0.finality.seconds()
    }

    /// Every peer that the configuration names or that is connected.
    pub fn peers(&self) -> Vec<PeerInfo> {
        self.0.network.peers()
    }

    /// What was sent and received since the start.
    pub fn network_totals(&self) -> Totals {
        self.0.network.totals()
    }

    /// The peers that the configuration names.
    pub fn expected_peers(&self) -> &[ExpectedPeer] {
        &self.0.expected_peers
    }

    /// Blocks of the DAG from round `from` up, of at most `rounds_max` rounds; without `from` the
    /// latest ones. Nothing once the node stopped.
    pub async fn dag(&self, from: Option<Round>, rounds_max: u64) -> Vec<DagBlock> {
        let (answer, blocks) = oneshot::channel();
        let query = DagQuery { from, rounds_max: rounds_max.min(DAG_ROUNDS_MAX), answer };
        if self.0.queries.send(query).await.is_err() {
            return Vec::new();
        }
        blocks.await.unwrap_or_default()
    }

    /// Tells the node that a read of its store met damage: it stops, moves the store aside and
    /// rebuilds it from peers. Other errors change nothing.
    pub fn report_damage(&self, error: &StoreError) {
        self.0.answers.report_store(error);
    }

    /// As [`Self::report_damage`], for a read of the state.
    pub fn report_damaged_state(&self, error: &StateError) {
        self.0.answers.report_state(error);
    }

    /// Tells of damage that was found and repaired before this node started.
    pub(crate) fn note_damages(&self, damages: &[String]) {
        damages.iter().for_each(|damage| self.0.board.note_damage(damage.clone()));
    }
}
