//! Who decides for whom, and when.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::delegation::{ActiveModel, Column, Entity, Model};

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Those of somebody that are not over yet, given and received, the earliest first.
pub async fn of(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
    now_ms: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::FromId.eq(user.0).or(Column::ToId.eq(user.0)));
    let current = own.filter(Column::ToMs.gt(now_ms)).order_by_asc(Column::FromMs);
    current.order_by_asc(Column::Id).limit(limit).all(connection).await
}

/// How many somebody has given that are not over yet.
pub async fn count(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
    now_ms: i64,
) -> Result<u64, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let given = own.filter(Column::FromId.eq(user.0)).filter(Column::ToMs.gt(now_ms));
    given.count(connection).await
}

/// Those of these people that count now.
pub async fn from(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    users: impl IntoIterator<Item = UserId>,
    now_ms: i64,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let given = own.filter(Column::FromId.is_in(users.into_iter().map(|user| user.0)));
    let current = given.filter(Column::FromMs.lte(now_ms)).filter(Column::ToMs.gt(now_ms));
    current.order_by_asc(Column::Id).all(connection).await
}

/// For whom somebody may decide now.
pub async fn to(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
    now_ms: i64,
) -> Result<Vec<UserId>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let received = own.filter(Column::ToId.eq(user.0));
    let current = received.filter(Column::FromMs.lte(now_ms)).filter(Column::ToMs.gt(now_ms));
    let rows = current.all(connection).await?;
    Ok(rows.into_iter().map(|row| UserId(row.from_id)).collect())
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn remove(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
) -> Result<(), DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.eq(id)).exec(&**transaction).await?;
    Ok(())
}
