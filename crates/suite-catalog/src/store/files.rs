//! Files: whose they are, what they belong to, and how much a tenant keeps.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::file::{ActiveModel, Column, Entity, Model};
use super::entities::file_usage;

pub const ARRIVING: &str = "arriving";
pub const HELD: &str = "held";
pub const REMOVED: &str = "removed";

/// What a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Request(Uuid),
    Ticket(Uuid),
}

/// What becomes of a file that is used.
#[derive(Debug, Clone, Copy)]
pub struct Use {
    pub place: Place,
    pub note: Option<Uuid>,
    pub is_internal: bool,
    pub is_answer: bool,
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn by_ids(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.is_in(ids.iter().copied())).all(connection).await
}

fn unused_of(tenant: TenantId, owner: UserId) -> Select<Entity> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::OwnerId.eq(owner.0)).filter(Column::State.ne(REMOVED));
    own.filter(Column::RequestId.is_null()).filter(Column::TicketId.is_null())
}

/// How many somebody has brought that nobody has used, with those that are arriving.
pub async fn unused(
    connection: &impl ConnectionTrait,
    (tenant, owner): (TenantId, UserId),
) -> Result<u64, DbErr> {
    unused_of(tenant, owner).count(connection).await
}

/// Those of an object, the oldest first.
pub async fn of_place(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    place: Place,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = match place {
        Place::Request(id) => own.filter(Column::RequestId.eq(id)),
        Place::Ticket(id) => own.filter(Column::TicketId.eq(id)),
    };
    own.filter(Column::State.eq(HELD)).order_by_asc(Column::Id).all(connection).await
}

/// A file has arrived; says whether its row is still there.
pub async fn hold(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    due_at_ms: i64,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::val(HELD))
        .col_expr(Column::DueAtMs, Expr::val(due_at_ms))
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(ARRIVING));
    Ok(update.exec(&**transaction).await?.rows_affected == 1)
}

/// Gives unused files of somebody a place; says how many there were.
pub async fn bind(
    transaction: &Transaction,
    (tenant, owner): (TenantId, UserId),
    ids: &[Uuid],
    used: Use,
) -> Result<u64, DbErr> {
    let (request, ticket) = match used.place {
        Place::Request(id) => (Some(id), None),
        Place::Ticket(id) => (None, Some(id)),
    };
    let update = Entity::update_many()
        .col_expr(Column::RequestId, Expr::val(request))
        .col_expr(Column::TicketId, Expr::val(ticket))
        .col_expr(Column::NoteId, Expr::val(used.note))
        .col_expr(Column::IsInternal, Expr::val(used.is_internal))
        .col_expr(Column::IsAnswer, Expr::val(used.is_answer))
        .col_expr(Column::DueAtMs, Expr::val(None::<i64>))
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::OwnerId.eq(owner.0))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::State.eq(HELD))
        .filter(Column::RequestId.is_null())
        .filter(Column::TicketId.is_null());
    Ok(update.exec(&**transaction).await?.rows_affected)
}

/// Has files of a ticket belong to another.
pub async fn move_on(
    transaction: &Transaction,
    tenant: TenantId,
    (from, to): (Uuid, Uuid),
    ids: &[Uuid],
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::TicketId, Expr::val(to));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::TicketId.eq(from));
    own.filter(Column::Id.is_in(ids.iter().copied())).exec(&**transaction).await?;
    Ok(())
}

/// Takes a file away from who could read it; says whether it was there. With `unused_only` one that
/// was used meanwhile stays.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    (due_at_ms, unused_only): (i64, bool),
) -> Result<bool, DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::val(REMOVED))
        .col_expr(Column::DueAtMs, Expr::val(due_at_ms))
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(HELD))
        .filter(Column::IsAnswer.eq(false));
    if unused_only {
        update = update.filter(Column::RequestId.is_null()).filter(Column::TicketId.is_null());
    }
    Ok(update.exec(&**transaction).await?.rows_affected == 1)
}

/// Those of all tenants that are to be collected by now.
pub async fn due(
    connection: &impl ConnectionTrait,
    now_ms: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let due = Entity::find().filter(Column::DueAtMs.lte(now_ms));
    due.order_by_asc(Column::DueAtMs).limit(limit).all(connection).await
}

/// Forgets a file whose content is gone; says whether it still was as it is here.
pub async fn forget(transaction: &Transaction, row: &Model) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(row.tenant_id));
    let own = own.filter(Column::Id.eq(row.id)).filter(Column::State.eq(row.state.as_str()));
    Ok(own.exec(&**transaction).await?.rows_affected == 1)
}

/// Counts bytes to what a tenant keeps, unless that were too much; says whether it did.
pub async fn reserve(
    transaction: &Transaction,
    tenant: TenantId,
    (bytes, bytes_max): (i64, i64),
) -> Result<bool, DbErr> {
    use file_usage::Column as C;
    let row = file_usage::ActiveModel { tenant_id: Set(tenant.0), bytes: Set(0) };
    let once = OnConflict::column(C::TenantId).do_nothing().to_owned();
    let insert = file_usage::Entity::insert(row).on_conflict(once);
    insert.exec_without_returning(&**transaction).await?;
    let update = file_usage::Entity::update_many()
        .col_expr(C::Bytes, Expr::col(C::Bytes).add(bytes))
        .filter(C::TenantId.eq(tenant.0))
        .filter(C::Bytes.lte(bytes_max.saturating_sub(bytes)));
    Ok(update.exec(&**transaction).await?.rows_affected == 1)
}

pub async fn release(transaction: &Transaction, tenant: TenantId, bytes: i64) -> Result<(), DbErr> {
    use file_usage::Column as C;
    let update = file_usage::Entity::update_many()
        .col_expr(C::Bytes, Expr::col(C::Bytes).sub(bytes))
        .filter(C::TenantId.eq(tenant.0));
    update.exec(&**transaction).await?;
    Ok(())
}
