//! E-mail that came in, and how tenants take it.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::{Database, Transaction};
use suite_kit::page::{Order, rows};
use uuid::Uuid;

use super::entities::mail_desk;
use super::entities::mail_message::{ActiveModel, Column, Entity, Model};

pub const ARRIVING: &str = "arriving";
pub const HELD: &str = "held";
pub const REFUSED: &str = "refused";
pub const TAKEN: &str = "taken";
pub const DISCARDED: &str = "discarded";

pub async fn desk(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<mail_desk::Model>, DbErr> {
    mail_desk::Entity::find_by_id(tenant.0).one(connection).await
}

/// Sets how a tenant takes e-mail, at the version before; whether it was still that one.
pub async fn set_desk(transaction: &Transaction, row: mail_desk::Model) -> Result<bool, DbErr> {
    use mail_desk::Column as C;
    let (tenant, before) = (row.tenant_id, row.version - 1);
    let row = mail_desk::ActiveModel::from(row).reset_all();
    if before == 0 {
        let inserted = mail_desk::Entity::insert(row).exec_without_returning(&**transaction).await;
        return match inserted {
            Ok(_) => Ok(true),
            Err(error) if suite_kit::db::is_duplicate(&error) => Ok(false),
            Err(error) => Err(error),
        };
    }
    let update = mail_desk::Entity::update_many().set(row);
    let own = update.filter(C::TenantId.eq(tenant)).filter(C::Version.eq(before));
    Ok(own.exec(&**transaction).await?.rows_affected == 1)
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn by_digest(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    digest: &str,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Digest.eq(digest)).one(connection).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// Takes over one that began to arrive and did not end; whether nobody was quicker.
pub async fn take_over(transaction: &Transaction, row: &Model, now_ms: i64) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::CreatedAtMs, Expr::val(now_ms))
        .filter(Column::TenantId.eq(row.tenant_id))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(ARRIVING))
        .filter(Column::CreatedAtMs.eq(row.created_at_ms));
    Ok(update.exec(&**transaction).await?.rows_affected == 1)
}

/// Writes what became of a message that was in a state; whether it still was.
pub async fn decide(transaction: &Transaction, row: &Model, before: &str) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::val(row.state.as_str()))
        .col_expr(Column::Reason, Expr::val(row.reason.clone()))
        .col_expr(Column::Note, Expr::val(row.note.clone()))
        .col_expr(Column::UserId, Expr::val(row.user_id))
        .col_expr(Column::TicketId, Expr::val(row.ticket_id))
        .col_expr(Column::DecidedAtMs, Expr::val(row.decided_at_ms))
        .filter(Column::TenantId.eq(row.tenant_id))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(before));
    Ok(update.exec(&**transaction).await?.rows_affected == 1)
}

/// Notes that the content of one is kept, or not any more; whether that is news.
pub async fn set_kept(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    is_kept: bool,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::IsKept, Expr::val(is_kept))
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::Id.eq(id))
        .filter(Column::IsKept.eq(!is_kept));
    Ok(update.exec(&**transaction).await?.rows_affected == 1)
}

/// Forgets one in a state.
pub async fn forget(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    state: &str,
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::Id.eq(id)).filter(Column::State.eq(state));
    let own = own.filter(Column::IsKept.eq(false));
    Ok(own.exec(&**transaction).await?.rows_affected == 1)
}

/// How many are held.
pub async fn held(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<u64, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::State.eq(HELD)).count(connection).await
}

/// How many of somebody have come in since, to a ticket if one is named.
pub async fn taken_since(
    connection: &impl ConnectionTrait,
    (tenant, sender): (TenantId, &str),
    (ticket, since_ms): (Option<Uuid>, i64),
) -> Result<u64, DbErr> {
    let mut own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if let Some(ticket) = ticket {
        own = own.filter(Column::TicketId.eq(ticket));
    }
    let own = own.filter(Column::Sender.eq(sender)).filter(Column::State.eq(TAKEN));
    own.filter(Column::CreatedAtMs.gte(since_ms)).count(connection).await
}

/// The latest first.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    state: &str,
    (after, limit): (Option<Uuid>, u64),
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::State.eq(state));
    rows::by_id(database, own, (Column::Id, Order::Descending), (after, limit)).await
}

/// The Message-ID of what somebody wrote last to a ticket.
pub async fn last_of(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
    user: UserId,
) -> Result<Option<String>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::TicketId.eq(ticket)).filter(Column::UserId.eq(user.0));
    let own = own.filter(Column::MessageId.is_not_null()).order_by_desc(Column::Id);
    Ok(own.one(connection).await?.and_then(|row| row.message_id))
}

/// Those of all tenants that have been in a state since, the oldest first.
pub async fn since(
    connection: &impl ConnectionTrait,
    states: &[&str],
    (before_ms, limit): (i64, u64),
) -> Result<Vec<Model>, DbErr> {
    let old = Entity::find().filter(Column::CreatedAtMs.lt(before_ms));
    let old = old.filter(Column::State.is_in(states.iter().copied()));
    old.order_by_asc(Column::CreatedAtMs).limit(limit).all(connection).await
}

/// Those of all tenants whose content is kept, though they are not held.
pub async fn kept_for_nothing(
    connection: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let kept = Entity::find().filter(Column::IsKept.eq(true));
    let kept = kept.filter(Column::State.is_in([TAKEN, DISCARDED]));
    kept.order_by_asc(Column::Id).limit(limit).all(connection).await
}
