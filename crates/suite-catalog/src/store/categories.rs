//! Categories.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::category::{ActiveModel, Column, Entity, Model};

/// In the order that they were put in, and by name.
pub async fn list(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.order_by_asc(Column::Position).order_by_asc(Column::Name).all(connection).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// Puts one behind those that there are.
pub async fn insert(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    (name, description): (&str, &str),
    now_ms: i64,
) -> Result<Model, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).select_only();
    let last = own.column_as(Column::Position.max(), "last").into_tuple::<Option<i32>>();
    let last = last.one(&**transaction).await?.flatten();
    let row = ActiveModel {
        id: Set(id),
        tenant_id: Set(tenant.0),
        name: Set(name.to_owned()),
        description: Set(description.to_owned()),
        position: Set(last.map_or(0, |last| last.saturating_add(1))),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// Changes this version of a category; whether it was still this one.
pub async fn change(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
    (name, description): (&str, &str),
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(name))
        .col_expr(Column::Description, Expr::val(description))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    Ok(own.filter(Column::Version.eq(version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Removes this version of a category; whether it was still this one.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let same = own.filter(Column::Id.eq(id)).filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}

/// Puts one at a place in the order.
pub async fn place(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    position: i32,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Position, Expr::val(position));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    own.exec(&**transaction).await?;
    Ok(())
}
