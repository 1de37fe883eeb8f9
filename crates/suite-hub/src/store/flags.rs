//! Flags that a tenant has switched.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;

use super::entities::feature_flag::{ActiveModel, Column, Entity, Model};

pub async fn of_tenant(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::TenantId.eq(tenant.0)).all(connection).await
}

pub async fn switch(
    transaction: &Transaction,
    tenant: TenantId,
    (name, enabled): (&str, bool),
    now_ms: i64,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        tenant_id: Set(tenant.0),
        name: Set(name.to_owned()),
        enabled: Set(enabled),
        changed_at_ms: Set(now_ms),
    };
    let mut again = OnConflict::columns([Column::TenantId, Column::Name]);
    again.update_columns([Column::Enabled, Column::ChangedAtMs]);
    let insert = Entity::insert(row).on_conflict(again);
    insert.exec_without_returning(&**transaction).await?;
    Ok(())
}
