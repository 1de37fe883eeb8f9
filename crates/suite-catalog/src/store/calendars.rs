//! Business calendars and their versions.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, Set,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::calendar::{ActiveModel, Column, Entity, Model};
use super::entities::calendar_version;

/// By name.
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

pub async fn insert(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    name: &str,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id),
        tenant_id: Set(tenant.0),
        name: Set(name.to_owned()),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// Takes this version of a calendar on to the next, under a name; whether it was still this one.
pub async fn change(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
    name: &str,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(name))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    Ok(own.filter(Column::Version.eq(version)).exec(&**transaction).await?.rows_affected > 0)
}

/// In the order of their making.
pub async fn versions(
    connection: &impl ConnectionTrait,
    (tenant, calendar): (TenantId, Uuid),
) -> Result<Vec<calendar_version::Model>, DbErr> {
    use calendar_version::Column as C;
    let own = calendar_version::Entity::find().filter(C::TenantId.eq(tenant.0));
    own.filter(C::CalendarId.eq(calendar)).order_by_asc(C::Number).all(connection).await
}

pub async fn add_version(
    transaction: &Transaction,
    row: calendar_version::Model,
) -> Result<(), DbErr> {
    let row = calendar_version::ActiveModel::from(row).reset_all();
    calendar_version::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}
