//! Queues that people keep.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::ticket_view::{ActiveModel, Column, Entity, Model};

/// Somebody's own, and those that are shared, by name.
pub async fn list(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let seen = own.filter(Column::OwnerId.eq(user.0).or(Column::IsShared.eq(true)));
    seen.order_by_asc(Column::Name).order_by_asc(Column::Id).all(connection).await
}

/// How many somebody keeps.
pub async fn count(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
) -> Result<u64, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::OwnerId.eq(user.0)).count(connection).await
}

/// How many are shared in a tenant.
pub async fn count_shared(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<u64, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::IsShared.eq(true)).count(connection).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Writes this version of a view; whether it was still this one.
pub async fn change(transaction: &Transaction, row: &Model) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(row.name.as_str()))
        .col_expr(Column::IsShared, Expr::val(row.is_shared))
        .col_expr(Column::Content, Expr::val(row.content.as_str()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    Ok(own.filter(Column::Version.eq(row.version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Removes this version of a view; whether it was still this one.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let same = own.filter(Column::Id.eq(id)).filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}
