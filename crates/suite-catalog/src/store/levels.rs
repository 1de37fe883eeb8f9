//! Service levels, one text for each time they were set.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;

use super::entities::service_levels::{ActiveModel, Column, Entity, Model};

/// Those that count for what is opened now.
pub async fn latest(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.order_by_desc(Column::Number).one(connection).await
}

pub async fn by_number(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    number: i64,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Number.eq(number)).one(connection).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}
