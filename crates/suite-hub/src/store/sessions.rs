//! Sessions and their refresh tokens.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::{SessionId, UserId};
use suite_kit::auth::RequestContext;
use suite_kit::db::Transaction;

use super::entities::{refresh_token, session};

pub async fn insert(
    transaction: &Transaction,
    (id, person): (SessionId, UserId),
    request: &RequestContext,
    (now_ms, expires_at_ms): (i64, i64),
) -> Result<session::Model, DbErr> {
    let row = session::ActiveModel {
        id: Set(id.0),
        person_id: Set(person.0),
        address: Set(request.address.to_string()),
        user_agent: Set(request.user_agent.to_string()),
        created_at_ms: Set(now_ms),
        last_used_at_ms: Set(now_ms),
        expires_at_ms: Set(expires_at_ms),
        ended_at_ms: Set(None),
    };
    row.insert(&**transaction).await
}

pub async fn insert_refresh(
    transaction: &Transaction,
    hash: [u8; 32],
    session: SessionId,
    now_ms: i64,
) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        hash: Set(hash.to_vec()),
        session_id: Set(session.0),
        created_at_ms: Set(now_ms),
        used_at_ms: Set(None),
    };
    row.insert(&**transaction).await?;
    Ok(())
}

/// Ends a person's session; whether there was one to end.
pub async fn end(
    transaction: &Transaction,
    person: UserId,
    id: SessionId,
    now_ms: i64,
) -> Result<bool, DbErr> {
    use session::{Column, Entity};
    let update = Entity::update_many()
        .col_expr(Column::EndedAtMs, Expr::val(now_ms).into())
        .filter(Column::Id.eq(id.0))
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::EndedAtMs.is_null());
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

/// Ends all sessions of a person, and says how many there were.
pub async fn end_all_of(
    transaction: &Transaction,
    person: UserId,
    now_ms: i64,
) -> Result<u64, DbErr> {
    use session::{Column, Entity};
    let update = Entity::update_many()
        .col_expr(Column::EndedAtMs, Expr::val(now_ms).into())
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::EndedAtMs.is_null());
    Ok(update.exec(&**transaction).await?.rows_affected)
}
