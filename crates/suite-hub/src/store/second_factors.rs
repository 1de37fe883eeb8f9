//! Second factors: the sealed secret of an app, and recovery codes.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::UserId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::person::{Column, Entity};
use super::entities::recovery_code;
use super::persons::changed;

/// Keeps a sealed secret until it is confirmed.
pub async fn begin(
    transaction: &Transaction,
    person: UserId,
    sealed: Vec<u8>,
) -> Result<(), DbErr> {
    let update = changed().col_expr(Column::TotpPending, Expr::val(sealed));
    update.filter(Column::Id.eq(person.0)).exec(&**transaction).await?;
    Ok(())
}

/// Asks for the codes of this secret from now on, beginning after `step`.
pub async fn enable(
    transaction: &Transaction,
    person: UserId,
    sealed: Vec<u8>,
    step: i64,
) -> Result<(), DbErr> {
    let update = changed()
        .col_expr(Column::TotpSecret, Expr::val(sealed))
        .col_expr(Column::TotpPending, Expr::val(Option::<Vec<u8>>::None))
        .col_expr(Column::TotpLastStep, Expr::val(step));
    update.filter(Column::Id.eq(person.0)).exec(&**transaction).await?;
    Ok(())
}

/// Forgets the secret and the recovery codes.
pub async fn remove(transaction: &Transaction, person: UserId) -> Result<(), DbErr> {
    let update = changed()
        .col_expr(Column::TotpSecret, Expr::val(Option::<Vec<u8>>::None))
        .col_expr(Column::TotpPending, Expr::val(Option::<Vec<u8>>::None));
    update.filter(Column::Id.eq(person.0)).exec(&**transaction).await?;
    replace_codes(transaction, person, &[]).await
}

/// Takes the code of a step; whether neither it nor a later one was taken before.
pub async fn take_step(
    transaction: &Transaction,
    person: UserId,
    step: i64,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::TotpLastStep, Expr::val(step))
        .filter(Column::Id.eq(person.0))
        .filter(Column::TotpLastStep.lt(step));
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

/// Takes a recovery code; whether there was such a one, unused.
pub async fn take_code(
    transaction: &Transaction,
    person: UserId,
    hash: [u8; 32],
    now_ms: i64,
) -> Result<bool, DbErr> {
    use recovery_code::{Column, Entity};
    let update = Entity::update_many()
        .col_expr(Column::UsedAtMs, Expr::val(now_ms))
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::Hash.eq(hash.to_vec()))
        .filter(Column::UsedAtMs.is_null());
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

/// From now on these hold, and no others.
pub async fn replace_codes(
    transaction: &Transaction,
    person: UserId,
    hashes: &[[u8; 32]],
) -> Result<(), DbErr> {
    use recovery_code::{ActiveModel, Column, Entity};
    Entity::delete_many().filter(Column::PersonId.eq(person.0)).exec(&**transaction).await?;
    if hashes.is_empty() {
        return Ok(());
    }
    let rows = hashes.iter().map(|hash| ActiveModel {
        id: Set(Uuid::now_v7()),
        person_id: Set(person.0),
        hash: Set(hash.to_vec()),
        used_at_ms: Set(None),
    });
    Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    Ok(())
}
