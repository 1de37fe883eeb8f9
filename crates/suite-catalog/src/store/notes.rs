//! Notes on requests, and how content their requesters are.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::request_note::{ActiveModel, Column, Entity, Model};
use super::entities::request_rating;

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// The oldest first.
pub async fn list(
    connection: &impl ConnectionTrait,
    (tenant, request): (TenantId, Uuid),
    with_internal: bool,
    (after, limit): (Option<Uuid>, u64),
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let mut own = own.filter(Column::RequestId.eq(request));
    if !with_internal {
        own = own.filter(Column::IsInternal.eq(false));
    }
    if let Some(after) = after {
        own = own.filter(Column::Id.gt(after));
    }
    own.order_by_asc(Column::Id).limit(limit + 1).all(connection).await
}

pub async fn count(
    connection: &impl ConnectionTrait,
    (tenant, request): (TenantId, Uuid),
) -> Result<u64, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::RequestId.eq(request)).count(connection).await
}

/// Once for a request.
pub async fn rate(transaction: &Transaction, row: request_rating::Model) -> Result<(), DbErr> {
    let row = request_rating::ActiveModel::from(row).reset_all();
    request_rating::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn rating(
    connection: &impl ConnectionTrait,
    (tenant, request): (TenantId, Uuid),
) -> Result<Option<request_rating::Model>, DbErr> {
    let own = request_rating::Entity::find_by_id(request);
    own.filter(request_rating::Column::TenantId.eq(tenant.0)).one(connection).await
}
