//! Problems, and numbers that are given away.

use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::{Transaction, padded};
use suite_kit::page::contains;
use uuid::Uuid;

use super::entities::numbering;
use super::entities::problem::{ActiveModel, Column, Entity, Model};

/// Which problems.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub state: Option<&'static str>,
    /// In their title.
    pub text: Option<String>,
}

/// The latest first, before a number if there is one.
pub async fn list(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    wanted: &Wanted,
    (before, limit): (Option<i64>, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if let Some(state) = wanted.state {
        own = own.filter(Column::State.eq(state));
    }
    if let Some(text) = &wanted.text {
        own = own.filter(contains(Column::Title, text));
    }
    if let Some(number) = before {
        own = own.filter(Column::Number.lt(number));
    }
    own.order_by_desc(Column::Number).limit(limit + 1).all(connection).await
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
    ids: Vec<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.is_in(padded(ids))).all(connection).await
}

/// One that something happens to: others wait until the transaction ends.
pub async fn locked(
    transaction: &Transaction,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0));
    own.lock(LockType::NoKeyUpdate).one(&**transaction).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Writes what one has become. Its row is locked.
pub async fn write(transaction: &Transaction, row: &Model) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Title, Expr::val(row.title.as_str()))
        .col_expr(Column::Description, Expr::val(row.description.as_str()))
        .col_expr(Column::State, Expr::val(row.state.as_str()))
        .col_expr(Column::RootCause, Expr::val(row.root_cause.as_str()))
        .col_expr(Column::Workaround, Expr::val(row.workaround.as_str()))
        .col_expr(Column::OwnerId, Expr::val(row.owner_id))
        .col_expr(Column::UpdatedAtMs, Expr::val(row.updated_at_ms))
        .col_expr(Column::ResolvedAtMs, Expr::val(row.resolved_at_ms))
        .col_expr(Column::ClosedAtMs, Expr::val(row.closed_at_ms))
        .col_expr(Column::Version, Expr::val(row.version));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    own.exec(&**transaction).await?;
    Ok(())
}

/// Gives away the next number of a thing. Others wait for it until the transaction ends.
pub async fn next_number(
    transaction: &Transaction,
    tenant: TenantId,
    thing: &str,
) -> Result<i64, DbErr> {
    use numbering::Column as C;
    let row = numbering::Model { tenant_id: tenant.0, thing: thing.to_owned(), last: 0 };
    let once = OnConflict::columns([C::TenantId, C::Thing]).do_nothing().to_owned();
    let new = numbering::Entity::insert(numbering::ActiveModel::from(row).reset_all());
    new.on_conflict(once).exec_without_returning(&**transaction).await?;
    let own = numbering::Entity::update_many().filter(C::TenantId.eq(tenant.0));
    let own = own.filter(C::Thing.eq(thing));
    own.col_expr(C::Last, Expr::col(C::Last).add(1)).exec(&**transaction).await?;
    let own = numbering::Entity::find_by_id((tenant.0, thing.to_owned()));
    let row = own.one(&**transaction).await?;
    Ok(row.ok_or_else(|| DbErr::RecordNotFound(format!("the numbers of {thing}")))?.last)
}
