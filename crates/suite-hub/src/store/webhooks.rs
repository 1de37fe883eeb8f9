//! Webhooks and what is delivered to them.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, Set,
};
use suite_contracts::{TenantId, WebhookId};
use suite_kit::db::{Database, Transaction};
use suite_kit::page::Order;
use uuid::Uuid;

use super::entities::webhook::{ActiveModel, Column, Entity, Model};
use super::entities::webhook_delivery as delivery;
use suite_kit::page::rows;

pub const WAITING: &str = "waiting";
pub const DELIVERED: &str = "delivered";
pub const FAILED: &str = "failed";

/// What a webhook is.
#[derive(Debug, Clone)]
pub struct Content {
    pub url: String,
    pub patterns: Vec<String>,
    pub enabled: bool,
}

pub async fn insert(
    transaction: &Transaction,
    (id, tenant): (WebhookId, TenantId),
    content: Content,
    secret: Vec<u8>,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        tenant_id: Set(tenant.0),
        url: Set(content.url),
        patterns: Set(serde_json::json!(content.patterns).to_string()),
        secret: Set(secret),
        enabled: Set(content.enabled),
        failures: Set(0),
        disabled_reason: Set(None),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

pub async fn list(
    database: &Database,
    tenant: TenantId,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    rows::by_id(database, own, (Column::Id, Order::Ascending), (after, limit)).await
}

pub async fn count(transaction: &Transaction, tenant: TenantId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::TenantId.eq(tenant.0)).count(&**transaction).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: WebhookId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn enabled(transaction: &Transaction, tenant: TenantId) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Enabled.eq(true)).all(&**transaction).await
}

/// Changes this version of a webhook; whether it was still this one. One that is switched on starts
/// without failures.
pub async fn change(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, WebhookId, i64),
    content: Content,
) -> Result<bool, DbErr> {
    let patterns = serde_json::json!(content.patterns).to_string();
    let mut update = Entity::update_many()
        .col_expr(Column::Url, Expr::val(content.url))
        .col_expr(Column::Patterns, Expr::val(patterns))
        .col_expr(Column::Enabled, Expr::val(content.enabled))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    if content.enabled {
        update = update
            .col_expr(Column::Failures, Expr::val(0))
            .col_expr(Column::DisabledReason, Expr::val(Option::<String>::None));
    }
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    Ok(own.filter(Column::Version.eq(version)).exec(&**transaction).await?.rows_affected > 0)
}

pub async fn set_secret(
    transaction: &Transaction,
    (tenant, id): (TenantId, WebhookId),
    secret: Vec<u8>,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Secret, Expr::val(secret))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    own.exec(&**transaction).await?;
    Ok(())
}

/// Whether there was this version to remove.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, WebhookId, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let same = own.filter(Column::Id.eq(id.0)).filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}

/// Starts counting again, after a good delivery.
pub async fn forget_failures(
    transaction: &Transaction,
    (tenant, id): (TenantId, WebhookId),
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Failures, Expr::val(0));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    own.filter(Column::Failures.ne(0)).exec(&**transaction).await?;
    Ok(())
}

/// Counts a delivery that was given up, and returns the webhook with all of them.
pub async fn count_failure(
    transaction: &Transaction,
    (tenant, id): (TenantId, WebhookId),
) -> Result<Option<Model>, DbErr> {
    let update =
        Entity::update_many().col_expr(Column::Failures, Expr::col(Column::Failures).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    own.exec(&**transaction).await?;
    by_id(&**transaction, tenant, id).await
}

pub async fn disable(
    transaction: &Transaction,
    (tenant, id): (TenantId, WebhookId),
    reason: &str,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Enabled, Expr::val(false))
        .col_expr(Column::DisabledReason, Expr::val(reason))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    own.exec(&**transaction).await?;
    Ok(())
}

/// A delivery to be made.
#[derive(Debug)]
pub struct NewDelivery {
    pub id: Uuid,
    pub webhook: WebhookId,
    pub event: Uuid,
    pub event_name: String,
    pub body: String,
}

pub async fn insert_delivery(
    transaction: &Transaction,
    tenant: TenantId,
    new: NewDelivery,
    now_ms: i64,
) -> Result<delivery::Model, DbErr> {
    let row = delivery::ActiveModel {
        id: Set(new.id),
        tenant_id: Set(tenant.0),
        webhook_id: Set(new.webhook.0),
        event_id: Set(new.event),
        event_name: Set(new.event_name),
        body: Set(new.body),
        state: Set(WAITING.to_owned()),
        attempts: Set(0),
        answer: Set(None),
        created_at_ms: Set(now_ms),
        due_at_ms: Set(now_ms),
        delivered_at_ms: Set(None),
    };
    row.insert(&**transaction).await
}

/// Deliveries to a webhook, the latest first.
pub async fn deliveries(
    database: &Database,
    (tenant, webhook): (TenantId, WebhookId),
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<delivery::Model>, DbErr> {
    let own = delivery::Entity::find()
        .filter(delivery::Column::TenantId.eq(tenant.0))
        .filter(delivery::Column::WebhookId.eq(webhook.0));
    rows::by_id(database, own, (delivery::Column::Id, Order::Descending), (after, limit)).await
}

pub async fn delivery(
    database: &Database,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<delivery::Model>, DbErr> {
    let own = delivery::Entity::find_by_id(id).filter(delivery::Column::TenantId.eq(tenant.0));
    own.one(database.read()).await
}

/// Notes a try and what came of it.
pub async fn tried(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    (state, answer): (&str, &str),
    now_ms: i64,
) -> Result<(), DbErr> {
    use delivery::Column;
    let delivered_at_ms = (state == DELIVERED).then_some(now_ms);
    let update = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::val(state))
        .col_expr(Column::Answer, Expr::val(answer))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::DeliveredAtMs, Expr::val(delivered_at_ms));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    own.exec(&**transaction).await?;
    Ok(())
}

pub async fn prune_deliveries(transaction: &Transaction, before_ms: i64) -> Result<(), DbErr> {
    let old = delivery::Entity::delete_many().filter(delivery::Column::CreatedAtMs.lt(before_ms));
    old.filter(delivery::Column::State.ne(WAITING)).exec(&**transaction).await?;
    Ok(())
}
