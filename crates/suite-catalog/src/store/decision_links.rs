//! Links that approvers decide by, each once.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::decision_link::{ActiveModel, Column, Entity, Model};

pub async fn add(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    transaction.add(&ActiveModel::from(row).reset_all()).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    (tenant, id): (TenantId, Uuid),
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// Uses a link up; says whether nobody had.
pub async fn use_up(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    now_ms: i64,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::UsedAtMs, Expr::val(now_ms))
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::Id.eq(id))
        .filter(Column::UsedAtMs.is_null());
    Ok(update.exec(&**transaction).await?.rows_affected == 1)
}

/// Forgets those of all tenants that have been over since.
pub async fn forget_expired(transaction: &Transaction, before_ms: i64) -> Result<(), DbErr> {
    let over = Entity::delete_many().filter(Column::ExpiresAtMs.lt(before_ms));
    over.exec(&**transaction).await?;
    Ok(())
}
