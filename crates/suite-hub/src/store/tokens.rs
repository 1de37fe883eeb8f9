//! Tokens that work once: of links and of half-finished logins.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    Select, Set,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::{Database, Transaction};

use super::entities::one_time_token::{ActiveModel, Column, Entity, Model};

/// A token to be kept.
#[derive(Debug)]
pub struct New {
    pub hash: [u8; 32],
    pub purpose: &'static str,
    pub person: Option<UserId>,
    pub tenant: Option<TenantId>,
    pub data: serde_json::Value,
}

pub async fn insert(
    transaction: &Transaction,
    new: New,
    (now_ms, expires_at_ms): (i64, i64),
) -> Result<(), DbErr> {
    let row = ActiveModel {
        hash: Set(new.hash.to_vec()),
        purpose: Set(new.purpose.to_owned()),
        person_id: Set(new.person.map(Into::into)),
        tenant_id: Set(new.tenant.map(Into::into)),
        data: Set(new.data.to_string()),
        created_at_ms: Set(now_ms),
        expires_at_ms: Set(expires_at_ms),
        used_at_ms: Set(None),
        attempts: Set(0),
    };
    row.insert(&**transaction).await?;
    Ok(())
}

/// Uses a token up and returns it; `None` if it was used, is too old, or never was. Of two that try
/// at once one gets it.
pub async fn take(
    transaction: &Transaction,
    purpose: &str,
    hash: [u8; 32],
    now_ms: i64,
) -> Result<Option<Model>, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::UsedAtMs, Expr::val(now_ms))
        .filter(Column::Hash.eq(hash.to_vec()))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAtMs.is_null())
        .filter(Column::ExpiresAtMs.gt(now_ms));
    if update.exec(&**transaction).await?.rows_affected == 0 {
        return Ok(None);
    }
    Entity::find_by_id(hash.to_vec()).one(&**transaction).await
}

pub async fn remove_all(transaction: &Transaction, purpose: &str) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::Purpose.eq(purpose)).exec(&**transaction).await?;
    Ok(())
}

/// Forgets a person's tokens of one purpose.
pub async fn remove_of_person(
    transaction: &Transaction,
    person: UserId,
    purpose: &str,
) -> Result<(), DbErr> {
    let theirs = Entity::delete_many().filter(Column::PersonId.eq(person.0));
    theirs.filter(Column::Purpose.eq(purpose)).exec(&**transaction).await?;
    Ok(())
}

/// Forgets those of a person in one tenant.
pub async fn remove_of_member(
    transaction: &Transaction,
    tenant: TenantId,
    person: UserId,
    purpose: &str,
) -> Result<(), DbErr> {
    let theirs = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let theirs = theirs.filter(Column::PersonId.eq(person.0));
    theirs.filter(Column::Purpose.eq(purpose)).exec(&**transaction).await?;
    Ok(())
}

/// A token that still works, which stays as it is.
pub async fn find(
    database: &Database,
    purpose: &str,
    hash: [u8; 32],
    now_ms: i64,
) -> Result<Option<Model>, DbErr> {
    usable(purpose, hash, now_ms).one(database.read()).await
}

/// Counts an attempt with a token and returns it; `None` if it does not work, or not any more after
/// so many attempts. Of several at once each is counted.
pub async fn attempt(
    transaction: &Transaction,
    purpose: &str,
    hash: [u8; 32],
    attempts_max: i32,
    now_ms: i64,
) -> Result<Option<Model>, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Hash.eq(hash.to_vec()))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAtMs.is_null())
        .filter(Column::Attempts.lt(attempts_max))
        .filter(Column::ExpiresAtMs.gt(now_ms));
    if update.exec(&**transaction).await?.rows_affected == 0 {
        return Ok(None);
    }
    usable(purpose, hash, now_ms).one(&**transaction).await
}

/// Whether a person got a token of that purpose after a time.
pub async fn any_since(
    transaction: &Transaction,
    person: UserId,
    purpose: &str,
    since_ms: i64,
) -> Result<bool, DbErr> {
    let recent = Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::CreatedAtMs.gt(since_ms))
        .limit(1);
    Ok(recent.count(&**transaction).await? > 0)
}

fn usable(purpose: &str, hash: [u8; 32], now_ms: i64) -> Select<Entity> {
    Entity::find_by_id(hash.to_vec())
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAtMs.is_null())
        .filter(Column::ExpiresAtMs.gt(now_ms))
}
