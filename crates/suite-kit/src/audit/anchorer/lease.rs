//! Which process anchors, and what it says of failures.
//!
//! The lease saves work; correctness does not hang on it. If two processes hold it for a moment,
//! because a clock jumped, the heads of the chains keep them from planning the same anchor.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{Anchorer, ERROR_CHARS_MAX};
use crate::audit::store::anchorer;

/// How long a process that has died keeps others from anchoring.
const LEASE_MS: i64 = 10_000;

impl Anchorer {
    /// Whether this process is to anchor now.
    pub(super) async fn take_lease(&self) -> Result<bool, DbErr> {
        let now_ms = self.clock.now_ms();
        let found = anchorer::Entity::find_by_id(anchorer::ID).one(self.database.read()).await?;
        // Half of it left: nothing to write.
        let holds = |row: &anchorer::Model| {
            let fresh = now_ms + LEASE_MS / 2..=now_ms + LEASE_MS;
            row.holder == self.holder && fresh.contains(&row.until_ms)
        };
        if found.as_ref().is_some_and(holds) {
            return Ok(true);
        }
        let transaction = self.database.begin().await?;
        if found.is_none() {
            let row = anchorer::ActiveModel {
                id: Set(anchorer::ID),
                holder: Set(self.holder),
                until_ms: Set(0),
                last_error: Set(None),
                last_error_at_ms: Set(None),
            };
            let present = OnConflict::column(anchorer::Column::Id).do_nothing().to_owned();
            let insert = anchorer::Entity::insert(row).on_conflict(present);
            insert.exec_without_returning(&*transaction).await?;
        }
        // One that ends far later than any lease is of a clock that was ahead. Clocks of our own
        // machines differ by less than a lease.
        let free = Condition::any()
            .add(anchorer::Column::Holder.eq(self.holder))
            .add(anchorer::Column::UntilMs.lte(now_ms))
            .add(anchorer::Column::UntilMs.gt(now_ms + 2 * LEASE_MS));
        let taken = anchorer::Entity::update_many()
            .col_expr(anchorer::Column::Holder, Expr::value(self.holder))
            .col_expr(anchorer::Column::UntilMs, Expr::value(now_ms + LEASE_MS))
            .filter(anchorer::Column::Id.eq(anchorer::ID))
            .filter(free)
            .exec(&*transaction)
            .await?;
        transaction.commit_unaudited("a lease is no business of a tenant").await?;
        Ok(taken.rows_affected == 1)
    }

    /// Lets another process anchor at once.
    pub async fn stand_down(&self) -> Result<(), DbErr> {
        self.update(self.holder, |update| {
            update.col_expr(anchorer::Column::UntilMs, Expr::value(0_i64))
        })
        .await
    }

    /// Keeps why anchors wait, or that they no longer do, where every process can show it.
    pub(super) async fn note(&self, failure: Option<String>) -> Result<(), DbErr> {
        let failure = failure.map(|text| text.chars().take(ERROR_CHARS_MAX).collect::<String>());
        if self.noted.lock().as_ref() == Some(&failure) {
            return Ok(());
        }
        let at_ms = failure.as_ref().map(|_| self.clock.now_ms());
        let text = failure.clone();
        self.update(self.holder, |update| {
            update
                .col_expr(anchorer::Column::LastError, Expr::value(text))
                .col_expr(anchorer::Column::LastErrorAtMs, Expr::value(at_ms))
        })
        .await?;
        *self.noted.lock() = Some(failure);
        Ok(())
    }

    async fn update(
        &self,
        holder: Uuid,
        set: impl FnOnce(sea_orm::UpdateMany<anchorer::Entity>) -> sea_orm::UpdateMany<anchorer::Entity>,
    ) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        set(anchorer::Entity::update_many())
            .filter(anchorer::Column::Id.eq(anchorer::ID))
            .filter(anchorer::Column::Holder.eq(holder))
            .exec(&*transaction)
            .await?;
        transaction.commit_unaudited("a lease is no business of a tenant").await
    }
}
