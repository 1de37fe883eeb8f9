//! API keys, of which only a hash is kept.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};
use suite_contracts::{ApiKeyId, TenantId};
use suite_kit::db::{Database, Transaction};
use suite_kit::page::Order;
use uuid::Uuid;

use super::entities::api_key::{ActiveModel, Column, Entity, Model};
use suite_kit::page::rows;

/// A key to be kept.
#[derive(Debug)]
pub struct New {
    pub id: ApiKeyId,
    pub name: String,
    pub prefix: String,
    pub hash: [u8; 32],
    pub permissions: Vec<String>,
    pub created_by: String,
    pub expires_at_ms: Option<i64>,
}

pub async fn insert(
    transaction: &Transaction,
    tenant: TenantId,
    new: New,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(new.id.0),
        tenant_id: Set(tenant.0),
        name: Set(new.name),
        prefix: Set(new.prefix),
        hash: Set(new.hash.to_vec()),
        previous_prefix: Set(None),
        previous_hash: Set(None),
        previous_until_ms: Set(None),
        permissions: Set(serde_json::json!(new.permissions).to_string()),
        created_by: Set(new.created_by),
        created_at_ms: Set(now_ms),
        expires_at_ms: Set(new.expires_at_ms),
        last_used_at_ms: Set(None),
        revoked_at_ms: Set(None),
        version: Set(1),
        expiry_told_at_ms: Set(None),
    };
    row.insert(&**transaction).await
}

/// Keys, the newest first.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    rows::by_id(database, own, (Column::Id, Order::Descending), (after, limit)).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: ApiKeyId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// How many work.
pub async fn count(database: &Database, tenant: TenantId, now_ms: i64) -> Result<u64, DbErr> {
    let unexpired =
        Condition::any().add(Column::ExpiresAtMs.is_null()).add(Column::ExpiresAtMs.gt(now_ms));
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::RevokedAtMs.is_null()).filter(unexpired).count(database.read()).await
}

/// The keys of any tenant that begin so, or did before their last rotation: whose tenant it is, is
/// what the key tells.
pub async fn by_prefix(database: &Database, prefix: &str) -> Result<Vec<Model>, DbErr> {
    let either =
        Condition::any().add(Column::Prefix.eq(prefix)).add(Column::PreviousPrefix.eq(prefix));
    Entity::find().filter(either).all(database.read()).await
}

/// Gives this version of a key a new secret, while the present one works until `previous_until_ms`;
/// whether it was still this version.
pub async fn rotate(
    transaction: &Transaction,
    key: &Model,
    (prefix, hash): (&str, [u8; 32]),
    previous_until_ms: i64,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Prefix, Expr::val(prefix))
        .col_expr(Column::Hash, Expr::val(hash.to_vec()))
        .col_expr(Column::PreviousPrefix, Expr::val(key.prefix.clone()))
        .col_expr(Column::PreviousHash, Expr::val(key.hash.clone()))
        .col_expr(Column::PreviousUntilMs, Expr::val(previous_until_ms))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(key.tenant_id)).filter(Column::Id.eq(key.id));
    let same = own.filter(Column::Version.eq(key.version)).filter(Column::RevokedAtMs.is_null());
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}

/// Whether there was one to revoke.
pub async fn revoke(
    transaction: &Transaction,
    tenant: TenantId,
    id: ApiKeyId,
    now_ms: i64,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::RevokedAtMs, Expr::val(now_ms))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    let working = own.filter(Column::RevokedAtMs.is_null());
    Ok(working.exec(&**transaction).await?.rows_affected > 0)
}

/// Notes when keys were used.
pub async fn used(transaction: &Transaction, keys: &[(Uuid, i64)]) -> Result<(), DbErr> {
    for (id, at_ms) in keys {
        let update = Entity::update_many().col_expr(Column::LastUsedAtMs, Expr::val(*at_ms));
        update.filter(Column::Id.eq(*id)).exec(&**transaction).await?;
    }
    Ok(())
}

/// Keys of all tenants that end between these times, and of which that was not told yet.
pub async fn expiring(
    transaction: &Transaction,
    (from_ms, to_ms): (i64, i64),
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let soon = Entity::find().filter(Column::ExpiresAtMs.gt(from_ms));
    let soon = soon.filter(Column::ExpiresAtMs.lte(to_ms)).filter(Column::RevokedAtMs.is_null());
    let untold = soon.filter(Column::ExpiryToldAtMs.is_null());
    untold.order_by_asc(Column::Id).limit(limit).all(&**transaction).await
}

/// Notes that it was told; whether it was not before.
pub async fn expiry_told(
    transaction: &Transaction,
    (tenant, id): (TenantId, ApiKeyId),
    now_ms: i64,
) -> Result<bool, DbErr> {
    let update = Entity::update_many().col_expr(Column::ExpiryToldAtMs, Expr::val(now_ms));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    let untold = own.filter(Column::ExpiryToldAtMs.is_null());
    Ok(untold.exec(&**transaction).await?.rows_affected > 0)
}
