//! Where people have signed in from.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set};
use suite_contracts::UserId;
use suite_kit::db::Transaction;

use super::entities::known_device::{ActiveModel, Column, Entity};

/// Notes that somebody signs in from there; whether they never did, and did from elsewhere.
pub async fn is_new(
    transaction: &Transaction,
    person: UserId,
    device: &str,
    now_ms: i64,
) -> Result<bool, DbErr> {
    let of_person = || Entity::find().filter(Column::PersonId.eq(person.0));
    let others = of_person().filter(Column::Device.ne(device)).count(&**transaction).await?;
    let seen = Entity::update_many()
        .col_expr(Column::LastSeenAtMs, Expr::val(now_ms))
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::Device.eq(device));
    if seen.exec(&**transaction).await?.rows_affected > 0 {
        return Ok(false);
    }
    let row = ActiveModel {
        person_id: Set(person.0),
        device: Set(device.to_owned()),
        last_seen_at_ms: Set(now_ms),
    };
    // Somebody may sign in twice at once from there.
    let once = OnConflict::columns([Column::PersonId, Column::Device]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(&**transaction).await?;
    Ok(others > 0)
}
