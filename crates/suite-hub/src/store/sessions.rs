//! Sessions and their refresh tokens.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use suite_contracts::{SessionId, UserId};
use suite_kit::auth::RequestContext;
use suite_kit::db::{Database, Transaction};
use suite_kit::page::{Order, beyond};

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
        successor: Set(None),
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
        .col_expr(Column::EndedAtMs, Expr::val(now_ms))
        .filter(Column::Id.eq(id.0))
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::EndedAtMs.is_null());
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

/// Ends all sessions of a person, but for one; how many there were to end.
pub async fn end_all(
    transaction: &Transaction,
    person: UserId,
    except: Option<SessionId>,
    now_ms: i64,
) -> Result<u64, DbErr> {
    use session::{Column, Entity};
    let mut update = Entity::update_many()
        .col_expr(Column::EndedAtMs, Expr::val(now_ms))
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::EndedAtMs.is_null());
    if let Some(except) = except {
        update = update.filter(Column::Id.ne(except.0));
    }
    Ok(update.exec(&**transaction).await?.rows_affected)
}

/// Sessions that somebody can still use, those used last first.
pub async fn live(
    database: &Database,
    person: UserId,
    (after, limit): (Option<(i64, SessionId)>, u64),
    now_ms: i64,
) -> Result<Vec<session::Model>, DbErr> {
    use session::{Column, Entity};
    let mut live = Entity::find()
        .filter(Column::PersonId.eq(person.0))
        .filter(Column::EndedAtMs.is_null())
        .filter(Column::ExpiresAtMs.gt(now_ms));
    if let Some((last_used_at_ms, id)) = after {
        let (first, second) = ((Column::LastUsedAtMs, last_used_at_ms), (Column::Id, id.0));
        live = live.filter(beyond(Order::Descending, first, second));
    }
    let sorted = live.order_by_desc(Column::LastUsedAtMs).order_by_desc(Column::Id);
    sorted.limit(limit).all(database.read()).await
}

pub async fn by_id(
    transaction: &Transaction,
    id: SessionId,
) -> Result<Option<session::Model>, DbErr> {
    session::Entity::find_by_id(id.0).one(&**transaction).await
}

/// Takes note that a session was used, and lasts longer for it.
pub async fn used(
    transaction: &Transaction,
    id: SessionId,
    (now_ms, expires_at_ms): (i64, i64),
) -> Result<(), DbErr> {
    use session::{Column, Entity};
    let update = Entity::update_many()
        .col_expr(Column::LastUsedAtMs, Expr::val(now_ms))
        .col_expr(Column::ExpiresAtMs, Expr::val(expires_at_ms));
    update.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

/// Uses a refresh token up, for the sealed one that takes its place; whether it was unused. Of two
/// that try at once one gets it.
pub async fn take_refresh(
    transaction: &Transaction,
    hash: [u8; 32],
    successor: Vec<u8>,
    now_ms: i64,
) -> Result<bool, DbErr> {
    use refresh_token::{Column, Entity};
    let update = Entity::update_many()
        .col_expr(Column::UsedAtMs, Expr::val(now_ms))
        .col_expr(Column::Successor, Expr::val(successor))
        .filter(Column::Hash.eq(hash.to_vec()))
        .filter(Column::UsedAtMs.is_null());
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

pub async fn refresh(
    transaction: &Transaction,
    hash: [u8; 32],
) -> Result<Option<refresh_token::Model>, DbErr> {
    refresh_token::Entity::find_by_id(hash.to_vec()).one(&**transaction).await
}
