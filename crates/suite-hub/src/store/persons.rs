//! Persons, who belong to no tenant: an address is somebody's in all of them.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QuerySelect, Set, UpdateMany,
};
use suite_contracts::UserId;
use suite_kit::db::{Database, Transaction};

use super::entities::person::{ActiveModel, Column, Entity, Model};
use crate::model::lockout::Failures;

/// Whether there is anybody.
pub async fn any(database: &Database) -> Result<bool, DbErr> {
    Ok(Entity::find().limit(1).count(database.read()).await? > 0)
}

pub async fn by_email(database: &Database, email: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Email.eq(email)).one(database.read()).await
}

pub async fn by_id(database: &Database, id: UserId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).one(database.read()).await
}

/// Whoever has that address; a new person of that name, who cannot sign in yet, if nobody has.
pub async fn found_or_made(
    transaction: &Transaction,
    email: &str,
    name: &str,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let found = Entity::find().filter(Column::Email.eq(email)).one(&**transaction).await?;
    match found {
        Some(person) => Ok(person),
        None => insert(transaction, UserId::new(), (email, name), None, now_ms).await,
    }
}

pub async fn insert(
    transaction: &Transaction,
    id: UserId,
    (email, name): (&str, &str),
    password_hash: Option<String>,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        email: Set(email.to_owned()),
        name: Set(name.to_owned()),
        email_verified_at_ms: Set(None),
        password_changed_at_ms: Set(password_hash.is_some().then_some(now_ms)),
        password_hash: Set(password_hash),
        totp_secret: Set(None),
        totp_pending: Set(None),
        totp_last_step: Set(0),
        failed_logins: Set(0),
        locked_until_ms: Set(None),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// Codes that still work.
pub async fn recovery_codes_left(
    connection: &impl ConnectionTrait,
    id: UserId,
) -> Result<u64, DbErr> {
    use super::entities::recovery_code;
    let unused = recovery_code::Entity::find()
        .filter(recovery_code::Column::PersonId.eq(id.0))
        .filter(recovery_code::Column::UsedAtMs.is_null());
    unused.count(connection).await
}

/// Keeps others from changing the person until this transaction ends.
pub async fn by_id_locked(transaction: &Transaction, id: UserId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).lock_exclusive().one(&**transaction).await
}

pub async fn set_failures(
    transaction: &Transaction,
    id: UserId,
    failures: Failures,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::FailedLogins, Expr::val(failures.count))
        .col_expr(Column::LockedUntilMs, Expr::val(failures.until_ms));
    update.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

pub async fn set_password(
    transaction: &Transaction,
    id: UserId,
    hash: String,
    now_ms: i64,
) -> Result<(), DbErr> {
    let update = changed().col_expr(Column::PasswordHash, Expr::val(hash));
    let update = update.col_expr(Column::PasswordChangedAtMs, Expr::val(now_ms));
    update.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

/// Whether it was of that version.
pub async fn set_name(
    transaction: &Transaction,
    id: UserId,
    name: &str,
    version: Option<i64>,
) -> Result<bool, DbErr> {
    let update = changed().col_expr(Column::Name, Expr::val(name));
    let mut update = update.filter(Column::Id.eq(id.0));
    if let Some(version) = version {
        update = update.filter(Column::Version.eq(version));
    }
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

/// Gives an address that was shown to be theirs.
pub async fn set_email(
    transaction: &Transaction,
    id: UserId,
    email: &str,
    now_ms: i64,
) -> Result<(), DbErr> {
    let update = changed()
        .col_expr(Column::Email, Expr::val(email))
        .col_expr(Column::EmailVerifiedAtMs, Expr::val(now_ms));
    update.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

/// Takes note that the present address is theirs.
pub async fn email_is_theirs(
    transaction: &Transaction,
    id: UserId,
    now_ms: i64,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::EmailVerifiedAtMs, Expr::val(now_ms));
    let unverified = update.filter(Column::Id.eq(id.0)).filter(Column::EmailVerifiedAtMs.is_null());
    unverified.exec(&**transaction).await?;
    Ok(())
}

/// A change that whoever read the person before must notice.
pub(super) fn changed() -> UpdateMany<Entity> {
    let next = Expr::col(Column::Version).add(1);
    Entity::update_many().col_expr(Column::Version, next)
}

/// Forgets failed logins.
pub async fn logged_in(transaction: &Transaction, id: UserId) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::FailedLogins, Expr::val(0))
        .col_expr(Column::LockedUntilMs, Expr::val(Option::<i64>::None));
    update.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

/// Names a person.
pub async fn rename(transaction: &Transaction, id: UserId, name: &str) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(name))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    update.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

/// Removes a person who is a member of no tenant any more; whether they were.
pub async fn remove_without_tenant(transaction: &Transaction, id: UserId) -> Result<bool, DbErr> {
    use super::entities::membership;
    let mut memberships = Query::select();
    memberships.column(membership::Column::PersonId).from(membership::Entity);
    memberships.and_where(Expr::col(membership::Column::PersonId).eq(id.0));
    let alone = Entity::delete_many()
        .filter(Column::Id.eq(id.0))
        .filter(Column::Id.not_in_subquery(memberships));
    Ok(alone.exec(&**transaction).await?.rows_affected > 0)
}
