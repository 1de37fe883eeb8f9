//! Canned answers.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::canned_answer::{ActiveModel, Column, Entity, Model};

/// A tenant's, by name.
pub async fn list(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.order_by_asc(Column::Name).all(connection).await
}

pub async fn count(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::TenantId.eq(tenant.0)).count(connection).await
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

/// Writes this version of an answer; whether it was still this one.
pub async fn change(transaction: &Transaction, row: &Model) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(row.name.as_str()))
        .col_expr(Column::Text, Expr::val(row.text.as_str()))
        .col_expr(Column::GroupId, Expr::val(row.group_id))
        .col_expr(Column::UpdatedAtMs, Expr::val(row.updated_at_ms))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    Ok(own.filter(Column::Version.eq(row.version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Removes this version of an answer; whether it was still this one.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let same = own.filter(Column::Id.eq(id)).filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}
