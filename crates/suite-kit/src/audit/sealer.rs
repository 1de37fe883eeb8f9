//! Seals records into their tenant's chain, apart from the transactions that made them.
//!
//! Records are read and hashed before any lock is taken, since nobody changes them. A short
//! transaction then locks the heads of the chains, looks whether another process was quicker, and
//! numbers the records. So writers never wait for each other, and two sealers never number twice.

use std::collections::BTreeMap;
use std::time::Duration;

use kaldrix_client::Digest;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, Value,
};
use suite_contracts::{ServiceName, TenantId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::chain::{self, Record};
use super::store::{self, head, record};
use crate::db::{Database, Wake, is_unavailable};

/// Records that one transaction seals.
pub const BATCH_RECORDS_MAX: usize = 256;
/// For records of other processes, whose commits nobody tells of.
const POLL_MS: u64 = 250;
/// After a commit, so that many are sealed together.
const GATHER_MS: u64 = 40;
/// Before trying again what failed or what another sealer was quicker with.
const RETRY_MS: u64 = 20;

/// What one batch did.
enum Sealed {
    /// So many records, all that were waiting if fewer than [`BATCH_RECORDS_MAX`].
    Records(usize),
    /// None: another process has just sealed some of them.
    Contended,
}

/// How long a tenant whose records cannot be sealed is left alone.
const BROKEN_MS: u64 = 30_000;
/// Tenants that are looked at one by one when a batch fails.
const TENANTS_MAX: u64 = 1_000;

/// Seals what waits until `stop`, and once more after it.
pub(super) async fn run(database: Database, service: ServiceName, stop: CancellationToken) {
    let mut committed = database.woken(Wake::Audit);
    let mut sealer = Sealer { database, service, broken: Vec::new() };
    let mut forgiven = Instant::now();
    let mut failing = false;
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            // The database, and so the sender, lives as long as this.
            Ok(()) = committed.changed() => {
                tokio::time::sleep(Duration::from_millis(GATHER_MS)).await;
            }
            () = tokio::time::sleep(Duration::from_millis(POLL_MS)) => {}
        }
        if forgiven.elapsed() >= Duration::from_millis(BROKEN_MS) {
            sealer.broken.clear();
            forgiven = Instant::now();
        }
        match sealer.seal_all().await {
            Ok(_) => failing = false,
            Err(error) => {
                if !failing {
                    tracing::error!(%service, %error, "audit records are not sealed for now");
                }
                failing = true;
            }
        }
    }
}

/// Seals until nothing waits. Says how many records.
///
/// # Errors
/// Says why some cannot be sealed, after all others are.
pub async fn seal_all(database: &Database, service: ServiceName) -> Result<usize, DbErr> {
    let mut sealer = Sealer { database: database.clone(), service, broken: Vec::new() };
    sealer.seal_all().await
}

struct Sealer {
    database: Database,
    service: ServiceName,
    /// Tenants whose chain does not take records: somebody has tampered with it.
    broken: Vec<Uuid>,
}

impl Sealer {
    async fn seal_all(&mut self) -> Result<usize, DbErr> {
        let (mut sealed, mut failure) = (0, None);
        loop {
            let waiting = Condition::all();
            let waiting = match self.broken.as_slice() {
                [] => waiting,
                broken => waiting.add(record::Column::TenantId.is_not_in(broken.iter().copied())),
            };
            match seal(&self.database, self.service, waiting).await {
                Ok(Sealed::Records(count)) => {
                    sealed += count;
                    if count < BATCH_RECORDS_MAX {
                        return failure.map_or(Ok(sealed), Err);
                    }
                }
                Ok(Sealed::Contended) => pause().await,
                Err(error) if is_unavailable(&error) => return Err(error),
                // One tenant's damage keeps no other's records from being sealed.
                Err(error) => {
                    let known = self.broken.len();
                    sealed += self.find_broken().await?;
                    if self.broken.len() == known {
                        return Err(error);
                    }
                    failure = Some(error);
                }
            }
        }
    }

    /// Seals a batch of each tenant alone, and notes those with whom that fails.
    async fn find_broken(&mut self) -> Result<usize, DbErr> {
        let tenants: Vec<Uuid> = record::Entity::find()
            .select_only()
            .column(record::Column::TenantId)
            .distinct()
            .filter(record::Column::Position.is_null())
            .limit(TENANTS_MAX)
            .into_tuple()
            .all(self.database.read())
            .await?;
        let mut sealed = 0;
        for tenant in tenants {
            let waiting = Condition::all().add(record::Column::TenantId.eq(tenant));
            match seal(&self.database, self.service, waiting).await {
                Ok(Sealed::Records(count)) => sealed += count,
                Ok(Sealed::Contended) => {}
                Err(error) if is_unavailable(&error) => return Err(error),
                Err(error) if self.broken.contains(&tenant) => drop(error),
                Err(error) => {
                    let service = self.service;
                    tracing::error!(%service, %tenant, %error, "a tenant's audit chain is damaged");
                    self.broken.push(tenant);
                }
            }
        }
        Ok(sealed)
    }
}

async fn pause() {
    let pause = fastrand::u64(1..=RETRY_MS);
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

/// A chain with new records at its end.
struct Growth {
    before: i64,
    position: i64,
    chain_hash: Digest,
}

/// Seals one batch of what waits and meets the condition, the oldest first.
async fn seal(
    database: &Database,
    service: ServiceName,
    waiting: Condition,
) -> Result<Sealed, DbErr> {
    let waiting = record::Entity::find()
        .filter(record::Column::Position.is_null())
        .filter(waiting)
        .order_by_asc(record::Column::AtMs)
        .order_by_asc(record::Column::Id)
        .limit(BATCH_RECORDS_MAX as u64)
        .all(database.read())
        .await?;
    if waiting.is_empty() {
        return Ok(Sealed::Records(0));
    }
    let mut tenants: Vec<Uuid> = waiting.iter().map(|record| record.tenant_id).collect();
    tenants.sort_unstable();
    tenants.dedup();
    let heads = head::Entity::find().filter(head::Column::TenantId.is_in(tenants.iter().copied()));
    let heads = heads.all(database.read()).await?;
    let mut growths: BTreeMap<Uuid, Growth> = tenants
        .iter()
        .map(|tenant| (*tenant, Growth { before: 0, position: 0, chain_hash: chain::START }))
        .collect();
    for head in heads {
        let (before, chain_hash) = (head.position, digest(&head.chain_hash)?);
        growths.insert(head.tenant_id, Growth { before, position: before, chain_hash });
    }
    let count = waiting.len();
    let rows = number(service, waiting, &mut growths);
    write(database, &growths, rows, count).await
}

/// Each record's id, its position and the hash of the chain up to it.
fn number(
    service: ServiceName,
    waiting: Vec<record::Model>,
    growths: &mut BTreeMap<Uuid, Growth>,
) -> Vec<[Value; 3]> {
    let mut rows = Vec::with_capacity(waiting.len());
    for model in waiting {
        let Some(growth) = growths.get_mut(&model.tenant_id) else { continue };
        let (id, tenant) = (model.id, TenantId(model.tenant_id));
        growth.position += 1;
        let position = growth.position.cast_unsigned();
        let record = Record::from(model).hash();
        growth.chain_hash =
            chain::link(service.as_str(), tenant, position, &growth.chain_hash, &record);
        rows.push([id.into(), growth.position.into(), growth.chain_hash.0.to_vec().into()]);
    }
    rows
}

async fn write(
    database: &Database,
    growths: &BTreeMap<Uuid, Growth>,
    rows: Vec<[Value; 3]>,
    count: usize,
) -> Result<Sealed, DbErr> {
    let transaction = database.begin().await?;
    let fresh = growths.iter().filter(|(_, growth)| growth.before == 0);
    let fresh: Vec<head::ActiveModel> = fresh
        .map(|(tenant, _)| head::ActiveModel {
            tenant_id: Set(*tenant),
            position: Set(0),
            chain_hash: Set(chain::START.0.to_vec()),
            anchored_position: Set(0),
        })
        .collect();
    if !fresh.is_empty() {
        let present = OnConflict::column(head::Column::TenantId).do_nothing().to_owned();
        let insert = head::Entity::insert_many(fresh).on_conflict(present);
        insert.exec_without_returning(&*transaction).await?;
    }
    // In one order everywhere, so that two sealers wait for each other but never in a circle.
    let locked = head::Entity::find()
        .filter(head::Column::TenantId.is_in(growths.keys().copied()))
        .order_by_asc(head::Column::TenantId)
        .lock_exclusive()
        .all(&*transaction)
        .await?;
    let is_unchanged = |head: &head::Model| {
        growths.get(&head.tenant_id).is_some_and(|growth| growth.before == head.position)
    };
    if locked.len() != growths.len() || !locked.iter().all(is_unchanged) {
        transaction.roll_back().await?;
        return Ok(Sealed::Contended);
    }
    let numbered = store::update_from(
        &transaction,
        "UPDATE audit_record SET position = v.column2, chain_hash = v.column3",
        rows,
        "audit_record.id = v.column1 AND audit_record.position IS NULL",
    );
    if numbered.await? != count as u64 {
        transaction.roll_back().await?;
        return Ok(Sealed::Contended);
    }
    let heads = growths.iter().map(|(tenant, growth)| {
        [(*tenant).into(), growth.position.into(), growth.chain_hash.0.to_vec().into()]
    });
    store::update_from(
        &transaction,
        "UPDATE audit_head SET position = v.column2, chain_hash = v.column3",
        heads.collect(),
        "audit_head.tenant_id = v.column1",
    )
    .await?;
    transaction.commit_unaudited("sealing changes nothing of what was recorded").await?;
    Ok(Sealed::Records(count))
}

/// A hash as it is stored.
pub(super) fn digest(bytes: &[u8]) -> Result<Digest, DbErr> {
    let bytes: Result<[u8; 32], _> = bytes.try_into();
    let malformed = |_| DbErr::Custom("a stored hash has not 32 bytes".to_owned());
    bytes.map(Digest).map_err(malformed)
}

impl From<record::Model> for Record {
    fn from(model: record::Model) -> Self {
        Self {
            id: model.id.into(),
            tenant: model.tenant_id.into(),
            at_ms: model.at_ms,
            actor_kind: model.actor_kind,
            actor_id: model.actor_id,
            actor_name: model.actor_name,
            address: model.address,
            request_id: model.request_id,
            action: model.action,
            subject_kind: model.subject_kind,
            subject_id: model.subject_id,
            detail: model.detail,
        }
    }
}
