//! Keys of access tokens.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::signing_key::{ActiveModel, Column, Entity, Model};

/// All keys, the newest first. Other processes wait until this transaction ends.
pub async fn all_locked(transaction: &Transaction) -> Result<Vec<Model>, DbErr> {
    let newest_first = Entity::find().order_by_desc(Column::CreatedAtMs);
    newest_first.lock_exclusive().all(&**transaction).await
}

pub async fn insert(
    transaction: &Transaction,
    id: Uuid,
    seed: Vec<u8>,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id),
        seed: Set(seed),
        created_at_ms: Set(now_ms),
        retired_at_ms: Set(None),
    };
    row.insert(&**transaction).await
}

pub async fn retire_all(transaction: &Transaction, now_ms: i64) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::RetiredAtMs, Expr::val(now_ms));
    update.filter(Column::RetiredAtMs.is_null()).exec(&**transaction).await?;
    Ok(())
}

pub async fn remove_retired(transaction: &Transaction, before_ms: i64) -> Result<(), DbErr> {
    let retired = Entity::delete_many().filter(Expr::col(Column::RetiredAtMs).lt(before_ms));
    retired.exec(&**transaction).await?;
    Ok(())
}
