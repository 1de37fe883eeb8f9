//! Failed logins from addresses, and to e-mail addresses that nobody here has.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use suite_kit::db::{Database, Transaction};

use super::entities::login_address::{ActiveModel, Column, Entity, Model};
use crate::model::lockout::Failures;

/// What is known of these keys.
pub async fn of(database: &Database, keys: [&str; 2]) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Address.is_in(keys)).all(database.read()).await
}

/// The failures of a key, which others cannot change until this transaction ends.
pub async fn locked(transaction: &Transaction, key: &str, now_ms: i64) -> Result<Failures, DbErr> {
    let row = ActiveModel {
        address: Set(key.to_owned()),
        failed_logins: Set(0),
        locked_until_ms: Set(None),
        last_failed_at_ms: Set(now_ms),
    };
    let insert = Entity::insert(row).on_conflict_do_nothing_on([Column::Address]);
    insert.exec_without_returning(&**transaction).await?;
    let row = Entity::find_by_id(key).lock_exclusive().one(&**transaction).await?;
    Ok(row.map_or_else(Failures::default, |row| row.failures()))
}

pub async fn set(
    transaction: &Transaction,
    key: &str,
    failures: Failures,
    now_ms: i64,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::FailedLogins, Expr::val(failures.count))
        .col_expr(Column::LockedUntilMs, Expr::val(failures.until_ms))
        .col_expr(Column::LastFailedAtMs, Expr::val(now_ms));
    update.filter(Column::Address.eq(key)).exec(&**transaction).await?;
    Ok(())
}

impl Model {
    pub fn failures(&self) -> Failures {
        Failures { count: self.failed_logins, until_ms: self.locked_until_ms }
    }
}

impl super::entities::person::Model {
    pub fn failures(&self) -> Failures {
        Failures { count: self.failed_logins, until_ms: self.locked_until_ms }
    }
}
