//! Which tenants use the catalog, and how many requests they made.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;

use super::entities::catalog::{ActiveModel, Column, Entity};

pub async fn exists(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<bool, DbErr> {
    Ok(Entity::find_by_id(tenant.0).one(connection).await?.is_some())
}

pub async fn insert(transaction: &Transaction, tenant: TenantId, now_ms: i64) -> Result<(), DbErr> {
    let row =
        ActiveModel { tenant_id: Set(tenant.0), requests: Set(0), created_at_ms: Set(now_ms) };
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Gives away the next numbers of requests; the last of them. Others wait for theirs until the
/// transaction ends.
pub async fn next_numbers(
    transaction: &Transaction,
    tenant: TenantId,
    count: i64,
) -> Result<i64, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Requests, Expr::col(Column::Requests).add(count))
        .filter(Column::TenantId.eq(tenant.0));
    update.exec(&**transaction).await?;
    let row = Entity::find_by_id(tenant.0).one(&**transaction).await?;
    let missing = || DbErr::RecordNotFound("the tenant's catalog".to_owned());
    Ok(row.ok_or_else(missing)?.requests)
}
