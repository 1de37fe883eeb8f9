//! What tickets have to do with each other.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::ticket_link::{ActiveModel, Column, Entity, Model};

/// Those of a ticket, from it and to it, in the order in which they were made.
pub async fn list(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<Vec<Model>, DbErr> {
    of(tenant, ticket).order_by_asc(Column::Id).all(connection).await
}

pub async fn count(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<u64, DbErr> {
    of(tenant, ticket).count(connection).await
}

fn of(tenant: TenantId, ticket: Uuid) -> sea_orm::Select<Entity> {
    let either = Condition::any().add(Column::FromId.eq(ticket)).add(Column::ToId.eq(ticket));
    Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(either)
}

/// Whether there is one of this kind between two, in this direction.
pub async fn is_there(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    (kind, from, to): (&str, Uuid, Uuid),
) -> Result<bool, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::FromId.eq(from));
    let same = own.filter(Column::Kind.eq(kind)).filter(Column::ToId.eq(to));
    Ok(same.count(connection).await? > 0)
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

/// Removes one; whether it was there.
pub async fn remove(transaction: &Transaction, tenant: TenantId, id: Uuid) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    Ok(own.filter(Column::Id.eq(id)).exec(&**transaction).await?.rows_affected > 0)
}
