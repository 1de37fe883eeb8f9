//! Anchors sealed chains on the ledger, in the background: no request ever waits for it.
//!
//! Every step can be the last before a crash. What is sealed is first planned as anchors, then sent,
//! then followed until a quorum has certified it; the database says after each step what is left to
//! do. Sending twice does no harm: a digest may be notarised twice, and the first proof holds.

mod lease;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kaldrix_client::api::{Outcome, TransactionState, TransactionView};
use kaldrix_client::merkle::{self, Blake3};
use kaldrix_client::proof::Trust;
use kaldrix_client::transaction::NOTARISE_DIGESTS_MAX;
use kaldrix_client::{ClientError, Digest, TransactionId, WalletError};
use parking_lot::Mutex;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use suite_contracts::{ServiceName, TenantId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::chain::{Stretch, TAG};
use super::ledger::Ledger;
use super::sealer::digest;
use super::store::{anchor, head, notarisation, record};
use crate::clock::Clock;
use crate::db::{Database, is_unavailable};

/// Anchors in one transaction of the ledger.
const ANCHORS_MAX: usize = NOTARISE_DIGESTS_MAX;
/// Transactions that may wait for their finality at a time.
const TRANSACTIONS_OPEN_MAX: usize = 16;
/// How often one that waits is looked at.
const FOLLOW_MS: u64 = 200;
/// Of a digest, when looking for a transaction of ours.
const NOTARISATIONS_LOOKED_AT: u64 = 100;
const ERROR_CHARS_MAX: usize = 500;

/// How anchoring goes on.
#[derive(Debug, Clone, Copy)]
pub struct AnchorOptions {
    /// From one anchor of a tenant to the next.
    pub interval_ms: u64,
    /// Records under one anchor.
    pub records_max: u64,
    /// The longest pause after failures.
    pub pause_ms_max: u64,
}

impl Default for AnchorOptions {
    fn default() -> Self {
        Self { interval_ms: 1_000, records_max: 4_096, pause_ms_max: 10_000 }
    }
}

/// Why anchors wait.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    Ledger(#[from] WalletError),
    #[error(
        "the chain of tenant {tenant} has no position {position}: records were removed, which \
         `itechsmart admin audit check` shows"
    )]
    Gap { tenant: TenantId, position: i64 },
    #[error("a stored hash has not 32 bytes")]
    Malformed,
}

impl AnchorError {
    /// Whether it may pass by itself.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Database(error) => is_unavailable(error),
            Self::Ledger(WalletError::Client(error)) => error.is_temporary(),
            Self::Ledger(_) | Self::Gap { .. } | Self::Malformed => false,
        }
    }
}

impl From<ClientError> for AnchorError {
    fn from(error: ClientError) -> Self {
        Self::Ledger(error.into())
    }
}

/// What is left after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing.
    Done,
    /// Transactions whose finality is waited for.
    Waiting,
    /// Another process anchors.
    Elsewhere,
}

/// Anchors what one service has sealed.
#[derive(Debug)]
pub struct Anchorer {
    service: ServiceName,
    database: Database,
    clock: Clock,
    ledger: Ledger,
    options: AnchorOptions,
    holder: Uuid,
    /// What the database says of the last failure, once that is known.
    noted: Mutex<Option<Option<String>>>,
    /// When new anchors were last made.
    planned: Mutex<Option<Instant>>,
    /// Tenants whose damage the log knows.
    damaged: Mutex<BTreeSet<Uuid>>,
}

impl Anchorer {
    pub fn new(
        service: ServiceName,
        database: Database,
        clock: Clock,
        ledger: Ledger,
        options: AnchorOptions,
    ) -> Self {
        let (holder, noted, planned) = (Uuid::now_v7(), Mutex::default(), Mutex::default());
        let damaged = Mutex::default();
        Self { service, database, clock, ledger, options, holder, noted, planned, damaged }
    }

    /// Anchors until `stop`, then lets another process take over.
    pub(super) async fn run(self, stop: CancellationToken) {
        let interval = Duration::from_millis(self.options.interval_ms);
        let (mut pause, mut failures) = (interval, 0_u32);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
            let stepped = tokio::select! {
                () = stop.cancelled() => break,
                stepped = self.step() => stepped,
            };
            pause = match stepped {
                Ok(progress) => {
                    failures = 0;
                    let follow = Duration::from_millis(FOLLOW_MS);
                    if progress == Progress::Waiting { interval.min(follow) } else { interval }
                }
                Err(error) => {
                    if failures == 0 {
                        let service = self.service;
                        tracing::warn!(%service, %error, "audit records are not anchored for now");
                    }
                    failures = failures.saturating_add(1);
                    let longest = Duration::from_millis(self.options.pause_ms_max).max(interval);
                    interval.saturating_mul(1 << failures.min(10)).min(longest)
                }
            };
        }
        if let Err(error) = self.stand_down().await {
            tracing::debug!(%error, "the lease of anchoring runs out by itself");
        }
    }

    /// Follows what was sent; then, once an interval, plans and sends what is new.
    pub async fn step(&self) -> Result<Progress, AnchorError> {
        let open = self.in_state(&[anchor::PENDING, anchor::SUBMITTED], 1).await?;
        if open.is_empty() && !self.is_behind().await? {
            return Ok(Progress::Done);
        }
        if !self.take_lease().await? {
            return Ok(Progress::Elsewhere);
        }
        let worked = self.work().await;
        let failure = worked.as_ref().err().map(ToString::to_string);
        self.note(failure).await?;
        worked
    }

    async fn work(&self) -> Result<Progress, AnchorError> {
        // A proof that does not hold keeps no other anchor waiting; a ledger that is gone does.
        let followed = match self.follow().await {
            Err(error) if error.is_temporary() => return Err(error),
            followed => followed,
        };
        let interval = Duration::from_millis(self.options.interval_ms);
        let is_due = self.planned.lock().is_none_or(|planned| planned.elapsed() >= interval);
        if is_due {
            // With the ledger down one anchor of each tenant waits, and the rest is planned when it
            // is back: then of as many records as an anchor may have.
            self.submit().await?;
            self.plan().await?;
            self.submit().await?;
            *self.planned.lock() = Some(Instant::now());
        }
        followed?;
        let open = self.in_state(&[anchor::SUBMITTED], 1).await?;
        Ok(if open.is_empty() { Progress::Done } else { Progress::Waiting })
    }

    /// Whether there are sealed records without an anchor.
    async fn is_behind(&self) -> Result<bool, DbErr> {
        Ok(!self.heads_behind(&[], 1).await?.is_empty())
    }

    async fn heads_behind(&self, except: &[Uuid], limit: usize) -> Result<Vec<head::Model>, DbErr> {
        use sea_orm::sea_query::ExprTrait;
        let behind =
            Expr::col(head::Column::Position).gt(Expr::col(head::Column::AnchoredPosition));
        let mut query = head::Entity::find().filter(behind);
        if !except.is_empty() {
            query = query.filter(head::Column::TenantId.is_not_in(except.iter().copied()));
        }
        let query = query.order_by_asc(head::Column::TenantId).limit(limit as u64);
        query.all(self.database.read()).await
    }

    async fn in_state(&self, states: &[&str], limit: u64) -> Result<Vec<anchor::Model>, DbErr> {
        anchor::Entity::find()
            .filter(anchor::Column::State.is_in(states.iter().copied()))
            // The index has those alone.
            .filter(anchor::Column::State.ne(anchor::FINAL))
            .order_by_asc(anchor::Column::Id)
            .limit(limit)
            .all(self.database.read())
            .await
    }

    /// Makes anchors of what is sealed, one tenant after the other, as many as one transaction
    /// carries. Says how many.
    pub async fn plan(&self) -> Result<usize, AnchorError> {
        let (mut made, mut broken) = (0, Vec::new());
        while made < ANCHORS_MAX {
            let heads = self.heads_behind(&broken, ANCHORS_MAX - made).await?;
            if heads.is_empty() {
                break;
            }
            let mut planned = Vec::new();
            for head in heads {
                match self.next_anchor(&head).await {
                    Ok(anchor) => planned.push((head, anchor)),
                    // One tenant's damage keeps no other from its anchors.
                    Err(error @ (AnchorError::Gap { .. } | AnchorError::Malformed)) => {
                        if self.damaged.lock().insert(head.tenant_id) {
                            let service = self.service;
                            tracing::error!(%service, %error, "an audit chain is not anchored");
                        }
                        broken.push(head.tenant_id);
                    }
                    Err(error) => return Err(error),
                }
            }
            let count = planned.len();
            if !self.keep(planned).await? {
                break;
            }
            made += count;
        }
        Ok(made)
    }

    /// The anchor of what comes after the last one.
    async fn next_anchor(&self, head: &head::Model) -> Result<anchor::Model, AnchorError> {
        let tenant = TenantId(head.tenant_id);
        let first = head.anchored_position + 1;
        let records_max = self.options.records_max.max(1).cast_signed();
        let last = head.position.min(head.anchored_position + records_max);
        let leaves = chain_hashes(&self.database, tenant, first, last).await?;
        let Some(chain_hash) = leaves.last().copied() else {
            return Err(AnchorError::Gap { tenant, position: first });
        };
        let stretch = Stretch {
            first_position: first.cast_unsigned(),
            last_position: last.cast_unsigned(),
            merkle_root: merkle::root::<Blake3, _>(leaves.iter().map(|leaf| leaf.0)),
            chain_hash,
        };
        Ok(anchor::Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            first_position: first,
            last_position: last,
            merkle_root: stretch.merkle_root.0.to_vec(),
            chain_hash: chain_hash.0.to_vec(),
            digest: stretch.digest(self.service.as_str(), tenant).0.to_vec(),
            state: anchor::PENDING.to_owned(),
            transaction_id: None,
            height: None,
            block_time_ms: None,
            attempts: 0,
            last_error: None,
            created_at_ms: self.clock.now_ms(),
            submitted_at_ms: None,
            final_at_ms: None,
        })
    }

    /// Keeps new anchors, all or none: none if another process, whose lease ran out while it
    /// worked, has planned meanwhile.
    async fn keep(&self, planned: Vec<(head::Model, anchor::Model)>) -> Result<bool, DbErr> {
        let transaction = self.database.begin().await?;
        for (head, anchor) in planned {
            let advanced = head::Entity::update_many()
                .col_expr(head::Column::AnchoredPosition, Expr::value(anchor.last_position))
                .filter(head::Column::TenantId.eq(head.tenant_id))
                .filter(head::Column::AnchoredPosition.eq(head.anchored_position))
                .exec(&*transaction)
                .await?;
            if advanced.rows_affected != 1 {
                transaction.roll_back().await?;
                return Ok(false);
            }
            anchor::ActiveModel::from(anchor).insert(&*transaction).await?;
        }
        transaction.commit_unaudited("anchors change nothing of what was recorded").await?;
        Ok(true)
    }

    /// Sends what is planned. Says how many anchors.
    pub async fn submit(&self) -> Result<usize, AnchorError> {
        let mut sent = 0;
        while self.transactions_open().await? < TRANSACTIONS_OPEN_MAX {
            let mut pending = self.in_state(&[anchor::PENDING], ANCHORS_MAX as u64).await?;
            let is_last = pending.len() < ANCHORS_MAX;
            // A process may have died between sending and saying so.
            let maybe_sent = pending.extract_if(.., |anchor| anchor.attempts > 0);
            for anchor in maybe_sent.collect::<Vec<_>>() {
                match self.notarised(&anchor).await? {
                    Some(transaction) => self.mark_submitted(&[anchor.id], &transaction).await?,
                    None => pending.push(anchor),
                }
            }
            if !pending.is_empty() {
                sent += pending.len();
                self.send(&pending).await?;
            }
            if is_last {
                break;
            }
        }
        Ok(sent)
    }

    async fn send(&self, anchors: &[anchor::Model]) -> Result<(), AnchorError> {
        let digests = anchors.iter().map(|anchor| digest(&anchor.digest));
        let digests = digests.collect::<Result<Vec<Digest>, _>>()?;
        let ids: Vec<Uuid> = anchors.iter().map(|anchor| anchor.id).collect();
        let attempts = sea_orm::sea_query::ExprTrait::add(Expr::col(anchor::Column::Attempts), 1);
        let transaction = self.database.begin().await?;
        anchor::Entity::update_many()
            .col_expr(anchor::Column::Attempts, attempts)
            .filter(anchor::Column::Id.is_in(ids.iter().copied()))
            .exec(&*transaction)
            .await?;
        transaction.commit_unaudited("anchors change nothing of what was recorded").await?;
        match self.ledger.wallet.notarise(TAG.as_bytes(), digests).await {
            Ok(id) => Ok(self.mark_submitted(&ids, &id).await?),
            Err(error) => {
                self.mark_pending(&ids, &error.to_string()).await?;
                Err(error.into())
            }
        }
    }

    /// The transaction of ours that has notarised an anchor already.
    async fn notarised(
        &self,
        anchor: &anchor::Model,
    ) -> Result<Option<TransactionId>, AnchorError> {
        let digest = digest(&anchor.digest)?;
        let client = self.ledger.client();
        let page = client.notarisations(&digest, None, NOTARISATIONS_LOOKED_AT).await?;
        let mut found = page.into_iter().flat_map(|page| page.notarisations);
        let ours =
            found.find(|one| one.sender == self.ledger.notary() && one.tag == TAG.as_bytes());
        Ok(ours.map(|one| one.transaction))
    }

    async fn transactions_open(&self) -> Result<usize, DbErr> {
        Ok(self.open_by_transaction().await?.len())
    }

    async fn open_by_transaction(&self) -> Result<BTreeMap<String, Vec<anchor::Model>>, DbErr> {
        let anchors_max = ANCHORS_MAX * TRANSACTIONS_OPEN_MAX;
        let submitted = self.in_state(&[anchor::SUBMITTED], anchors_max as u64).await?;
        let mut open: BTreeMap<String, Vec<anchor::Model>> = BTreeMap::new();
        for anchor in submitted {
            let transaction = anchor.transaction_id.clone().unwrap_or_default();
            open.entry(transaction).or_default().push(anchor);
        }
        Ok(open)
    }

    /// Looks what became of what was sent. Says how many anchors are final now.
    pub async fn follow(&self) -> Result<usize, AnchorError> {
        let (mut settled, mut failure) = (0, None);
        for (transaction, anchors) in self.open_by_transaction().await? {
            match self.follow_one(&transaction, &anchors).await {
                Ok(count) => settled += count,
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(settled), Err)
    }

    async fn follow_one(
        &self,
        transaction: &str,
        anchors: &[anchor::Model],
    ) -> Result<usize, AnchorError> {
        let again = match transaction.parse::<TransactionId>() {
            Err(error) => error.to_string(),
            Ok(id) => match self.ledger.client().transaction(&id).await? {
                // It expired, or the node has lost it.
                None => format!("the node does not know transaction {id}"),
                Some(TransactionView { status: TransactionState::Rejected, rejection, .. }) => {
                    format!("transaction {id} was rejected: {}", rejection.unwrap_or_default())
                }
                Some(TransactionView { status: TransactionState::Final, receipt, .. }) => {
                    let failed = receipt.filter(|receipt| receipt.outcome == Outcome::Failed);
                    let Some(receipt) = failed else { return self.settle(&id, anchors).await };
                    let why = receipt.failure.map_or("", |failure| failure.text());
                    format!("transaction {id} failed: {why}")
                }
                Some(_) => return Ok(0),
            },
        };
        let ids: Vec<Uuid> = anchors.iter().map(|anchor| anchor.id).collect();
        self.mark_pending(&ids, &again).await?;
        Ok(0)
    }

    /// Fetches the proof, which the client verifies, and keeps it.
    async fn settle(
        &self,
        id: &TransactionId,
        anchors: &[anchor::Model],
    ) -> Result<usize, AnchorError> {
        let trust = Trust::Genesis(&self.ledger.genesis);
        let Some(proven) = self.ledger.client().prove_transaction(id, trust).await? else {
            return Ok(0);
        };
        let mut carried = Vec::new();
        for anchor in anchors {
            match proven.verified.notarises(&digest(&anchor.digest)?) {
                Ok(()) => carried.push(anchor.id),
                Err(error) => self.mark_pending(&[anchor.id], &error.to_string()).await?,
            }
        }
        let height = i64::try_from(proven.verified.height).unwrap_or(i64::MAX);
        let time_ms = i64::try_from(proven.verified.timestamp_ms).unwrap_or(i64::MAX);
        let proof = notarisation::ActiveModel {
            transaction_id: Set(id.to_string()),
            proof: Set(proven.proof.to_json()),
        };
        let transaction = self.database.begin().await?;
        let present =
            OnConflict::column(notarisation::Column::TransactionId).do_nothing().to_owned();
        notarisation::Entity::insert(proof)
            .on_conflict(present)
            .exec_without_returning(&*transaction)
            .await?;
        anchor::Entity::update_many()
            .col_expr(anchor::Column::State, Expr::value(anchor::FINAL))
            .col_expr(anchor::Column::Height, Expr::value(height))
            .col_expr(anchor::Column::BlockTimeMs, Expr::value(time_ms))
            .col_expr(anchor::Column::FinalAtMs, Expr::value(self.clock.now_ms()))
            .col_expr(anchor::Column::LastError, Expr::value(None::<String>))
            .filter(anchor::Column::Id.is_in(carried.iter().copied()))
            .exec(&*transaction)
            .await?;
        transaction.commit_unaudited("anchors change nothing of what was recorded").await?;
        Ok(carried.len())
    }

    async fn mark_submitted(&self, ids: &[Uuid], id: &TransactionId) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        anchor::Entity::update_many()
            .col_expr(anchor::Column::State, Expr::value(anchor::SUBMITTED))
            .col_expr(anchor::Column::TransactionId, Expr::value(id.to_string()))
            .col_expr(anchor::Column::SubmittedAtMs, Expr::value(self.clock.now_ms()))
            .filter(anchor::Column::Id.is_in(ids.iter().copied()))
            .filter(anchor::Column::State.ne(anchor::FINAL))
            .exec(&*transaction)
            .await?;
        transaction.commit_unaudited("anchors change nothing of what was recorded").await
    }

    async fn mark_pending(&self, ids: &[Uuid], why: &str) -> Result<(), DbErr> {
        let why: String = why.chars().take(ERROR_CHARS_MAX).collect();
        let transaction = self.database.begin().await?;
        anchor::Entity::update_many()
            .col_expr(anchor::Column::State, Expr::value(anchor::PENDING))
            .col_expr(anchor::Column::LastError, Expr::value(why))
            .filter(anchor::Column::Id.is_in(ids.iter().copied()))
            .filter(anchor::Column::State.ne(anchor::FINAL))
            .exec(&*transaction)
            .await?;
        transaction.commit_unaudited("anchors change nothing of what was recorded").await
    }
}

/// The chain hashes of these positions, all of them.
pub(super) async fn chain_hashes(
    database: &Database,
    tenant: TenantId,
    first: i64,
    last: i64,
) -> Result<Vec<Digest>, AnchorError> {
    let rows: Vec<(Option<i64>, Option<Vec<u8>>)> = record::Entity::find()
        .select_only()
        .columns([record::Column::Position, record::Column::ChainHash])
        .filter(record::Column::TenantId.eq(tenant.0))
        .filter(record::Column::Position.between(first, last))
        .order_by_asc(record::Column::Position)
        .into_tuple()
        .all(database.read())
        .await?;
    let mut hashes = Vec::with_capacity(rows.len());
    let mut expected = first;
    for (position, hash) in rows {
        if position != Some(expected) {
            break;
        }
        let hash = digest(&hash.unwrap_or_default()).map_err(|_| AnchorError::Malformed)?;
        hashes.push(hash);
        expected += 1;
    }
    if expected != last + 1 {
        return Err(AnchorError::Gap { tenant, position: expected });
    }
    Ok(hashes)
}
