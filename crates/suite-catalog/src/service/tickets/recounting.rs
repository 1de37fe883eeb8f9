//! What is done to tickets without being asked: alarms of clocks are told, what is resolved is
//! closed when it cannot be reopened any more, and what a changed calendar counts is counted anew.
//! Late or twice it comes to the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use suite_kit::jobs::{self, Job};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::clocks::{self, Counting};
use crate::error::CatalogError;
use crate::service::Catalog;
use crate::store::tickets::{CountedBy, Which};
use crate::store::{measures, tickets};

/// Counts anew what a calendar counts and is open, so that it is told of in time.
pub(crate) const RECOUNT: &str = "tickets.recount";
/// The same of what is done, for measures and lists.
pub(crate) const RECOUNT_DONE: &str = "tickets.recount-done";
/// Tickets that are looked at in one go.
const DUE_MAX: u64 = 500;
/// After so long one that could not be looked at is tried again.
const FAILED_LOOK_MS: i64 = 60_000;
/// Tickets that are counted anew in one transaction.
const BATCH_MAX: u64 = 1_000;
/// Of which so many run at the same time: the database looks for one while another is counted.
const BATCHES_AT_ONCE: usize = 3;
/// After so long it is counted once more: what was being opened when the calendar changed is there
/// by then.
const AGAIN_MS: i64 = 60_000;

/// What to count anew.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Recount {
    tenant_id: TenantId,
    calendar_id: Uuid,
    /// From when on the calendar has changed.
    from_ms: i64,
    /// Whether what is done is counted.
    is_done: bool,
}

impl Catalog {
    /// Looks at all tickets that are due. One that cannot be looked at keeps no other from it.
    pub(crate) async fn look_at_clocks(&self) -> Result<(), CatalogError> {
        let due = tickets::due(self.database().read(), self.now_ms(), DUE_MAX).await?;
        let mut failed = None;
        for (tenant, id) in due {
            if let Err(error) = self.tell_alarms((tenant, id)).await {
                tracing::warn!(%tenant, ticket = %id, %error, "a ticket was not looked at");
                failed = Some(error);
                let at_ms = self.now_ms() + FAILED_LOOK_MS;
                let transaction = self.database().begin().await?;
                tickets::look_later(&transaction, (tenant, id), at_ms).await?;
                transaction.commit_unaudited("only when to look again has changed").await?;
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Has all tickets counted anew, after the transaction, that a calendar counts, which has changed
    /// from an instant on: the open ones, and then those that were worked on since.
    pub(in crate::service) async fn recount_later(
        &self,
        transaction: &Transaction,
        (tenant, calendar): (TenantId, Uuid),
        from_ms: i64,
    ) -> Result<(), CatalogError> {
        let recount = Recount { tenant_id: tenant, calendar_id: calendar, from_ms, is_done: false };
        for run_at_ms in [None, Some(self.now_ms() + AGAIN_MS)] {
            let job = Job::new(RECOUNT, json!(recount));
            let job = Job { run_at_ms, tenant: Some(tenant), ..job };
            jobs::enqueue(transaction, self.clock(), job).await?;
        }
        Ok(())
    }

    /// Counts page after page, some at the same time. Whatever happens to a ticket meanwhile is
    /// counted by who does it.
    pub(crate) async fn recount(&self, recount: Recount) -> Result<(), CatalogError> {
        let Recount { tenant_id: tenant, calendar_id: calendar, from_ms, is_done } = recount;
        let which = if is_done { Which::DoneSince(from_ms) } else { Which::Open };
        let own = CountedBy { tenant, calendar, which };
        let (mut after, mut counting) = (0, JoinSet::new());
        let next = |after| tickets::last_counted(self.database().read(), own, (after, BATCH_MAX));
        while let Some(last) = next(after).await? {
            if counting.len() == BATCHES_AT_ONCE {
                one_done(&mut counting).await?;
            }
            let catalog = self.clone();
            counting.spawn(async move { catalog.recount_some(own, (after, last)).await });
            after = last;
        }
        while one_done(&mut counting).await? {}
        if is_done {
            return Ok(());
        }
        // Nobody waits for these.
        let transaction = self.database().begin().await?;
        let job = Job::new(RECOUNT_DONE, json!(Recount { is_done: true, ..recount }));
        let job = Job { tenant: Some(tenant), ..job };
        jobs::enqueue(&transaction, self.clock(), job).await?;
        transaction.commit_unaudited("what is counted next").await?;
        Ok(())
    }

    /// Counts those anew with numbers after one, up to another one.
    async fn recount_some(&self, own: CountedBy, numbers: (i64, i64)) -> Result<(), CatalogError> {
        let (connection, CountedBy { tenant, calendar, .. }) = (self.database().read(), own);
        let rows = tickets::counted_by(self.database(), own, numbers).await?;
        let (mut changed, mut days) = (Vec::new(), BTreeSet::new());
        let mut countings: BTreeMap<i64, Counting> = BTreeMap::new();
        for mut row in rows {
            // Numbers rise with time, or nearly: the first is as old as any.
            let created_at_ms = row.created_at_ms;
            let is_known = countings.get(&row.levels).is_some_and(|one| one.covers(created_at_ms));
            if !is_known {
                let (of, from) = ((tenant, Some(calendar)), (row.levels, created_at_ms));
                countings.insert(row.levels, self.counting_by(connection, of, from).await?);
            }
            let Some(counting) = countings.get(&row.levels) else { continue };
            let entries = std::mem::take(&mut row.entries);
            let (before, history) = (row.shown.clone(), clocks::history(entries)?);
            let of = (row.state.as_str(), row.resolved_at_ms, row.told.as_str());
            counting.count_shown(&mut row.shown, of, &history, self.now_ms())?;
            if !row.shown.measures_as(&before) {
                days.insert(row.created_day);
            }
            if row.shown != before {
                changed.push(row);
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        let transaction = self.database().begin().await?;
        tickets::write_all_counted(&transaction, tenant, &changed).await?;
        measures::mark(&transaction, tenant, days, self.now_ms()).await?;
        transaction.commit_unaudited("only what clocks show was counted anew").await?;
        Ok(())
    }
}

/// Waits for one of them; whether there was one.
async fn one_done(counting: &mut JoinSet<Result<(), CatalogError>>) -> Result<bool, CatalogError> {
    let Some(done) = counting.join_next().await else { return Ok(false) };
    done.map_err(|error| CatalogError::Internal(error.to_string()))??;
    Ok(true)
}
