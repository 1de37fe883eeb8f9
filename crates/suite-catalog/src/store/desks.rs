//! A tenant's desk.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::service_desk::{ActiveModel, Column, Entity};

/// Makes it, unless it is there.
pub async fn ensure(transaction: &Transaction, tenant: TenantId) -> Result<(), DbErr> {
    let row =
        ActiveModel { tenant_id: Set(tenant.0), tickets: Set(0), default_calendar_id: Set(None) };
    let once = OnConflict::column(Column::TenantId).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn default_calendar(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<Uuid>, DbErr> {
    let row = Entity::find_by_id(tenant.0).one(connection).await?;
    Ok(row.and_then(|row| row.default_calendar_id))
}

pub async fn set_default_calendar(
    transaction: &Transaction,
    tenant: TenantId,
    calendar: Option<Uuid>,
) -> Result<(), DbErr> {
    ensure(transaction, tenant).await?;
    let update = Entity::update_many().col_expr(Column::DefaultCalendarId, Expr::val(calendar));
    update.filter(Column::TenantId.eq(tenant.0)).exec(&**transaction).await?;
    Ok(())
}

/// Gives away the next numbers of tickets; the last of them.
pub async fn next_numbers(
    transaction: &Transaction,
    tenant: TenantId,
    count: i64,
) -> Result<i64, DbErr> {
    ensure(transaction, tenant).await?;
    let update = Entity::update_many()
        .col_expr(Column::Tickets, Expr::col(Column::Tickets).add(count))
        .filter(Column::TenantId.eq(tenant.0));
    update.exec(&**transaction).await?;
    let row = Entity::find_by_id(tenant.0).one(&**transaction).await?;
    Ok(row.ok_or_else(|| DbErr::RecordNotFound("the tenant's desk".to_owned()))?.tickets)
}
