//! Processes of services, which belong to the installation and to no tenant.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use suite_contracts::ServiceInstanceId;
use suite_kit::db::{Database, Transaction};

use super::entities::service_instance::{ActiveModel, Column, Entity, Model};

pub async fn insert(
    transaction: &Transaction,
    id: ServiceInstanceId,
    (service, version, url): (&str, &str, &str),
    health: String,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        service: Set(service.to_owned()),
        version: Set(version.to_owned()),
        url: Set(url.to_owned()),
        health: Set(health),
        started_at_ms: Set(now_ms),
        last_heartbeat_at_ms: Set(now_ms),
    };
    row.insert(&**transaction).await
}

/// Whether it is known.
pub async fn heartbeat(
    transaction: &Transaction,
    id: ServiceInstanceId,
    health: String,
    now_ms: i64,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Health, Expr::val(health))
        .col_expr(Column::LastHeartbeatAtMs, Expr::val(now_ms));
    Ok(update.filter(Column::Id.eq(id.0)).exec(&**transaction).await?.rows_affected > 0)
}

/// Whether there was one.
pub async fn remove(transaction: &Transaction, id: ServiceInstanceId) -> Result<bool, DbErr> {
    Ok(Entity::delete_by_id(id.0).exec(&**transaction).await?.rows_affected > 0)
}

/// Forgets those that have been silent for long.
pub async fn remove_silent(transaction: &Transaction, before_ms: i64) -> Result<(), DbErr> {
    let silent = Entity::delete_many().filter(Column::LastHeartbeatAtMs.lt(before_ms));
    silent.exec(&**transaction).await?;
    Ok(())
}

pub async fn all(database: &Database) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::StartedAtMs).all(database.read()).await
}
