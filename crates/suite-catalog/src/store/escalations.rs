//! Ladders, and tickets on them.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::{escalation_ladder as ladder, ticket_climb as climb};

pub async fn ladders(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Vec<ladder::Model>, DbErr> {
    let own = ladder::Entity::find().filter(ladder::Column::TenantId.eq(tenant.0));
    own.order_by_asc(ladder::Column::Track).all(connection).await
}

pub async fn ladder(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    track: &str,
) -> Result<Option<ladder::Model>, DbErr> {
    let own = ladder::Entity::find().filter(ladder::Column::TenantId.eq(tenant.0));
    own.filter(ladder::Column::Track.eq(track)).one(connection).await
}

/// Sets a ladder anew, if it still has the version before; whether it had.
pub async fn set_ladder(transaction: &Transaction, row: ladder::Model) -> Result<bool, DbErr> {
    use ladder::Column as C;
    if row.version == 1 {
        let once = OnConflict::columns([C::TenantId, C::Track]).do_nothing().to_owned();
        let new = ladder::Entity::insert(ladder::ActiveModel::from(row).reset_all());
        return Ok(new.on_conflict(once).exec_without_returning(&**transaction).await? > 0);
    }
    let own = ladder::Entity::update_many().filter(C::TenantId.eq(row.tenant_id));
    let own = own.filter(C::Track.eq(row.track)).filter(C::Version.eq(row.version - 1));
    let update = own
        .col_expr(C::Content, Expr::val(row.content))
        .col_expr(C::Version, Expr::val(row.version));
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

pub async fn climbs(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<Vec<climb::Model>, DbErr> {
    let own = climb::Entity::find().filter(climb::Column::TenantId.eq(tenant.0));
    let own = own.filter(climb::Column::TicketId.eq(ticket));
    own.order_by_asc(climb::Column::Track).all(connection).await
}

/// Writes how far a ticket has climbed. The ticket's row is locked.
pub async fn write(transaction: &Transaction, row: climb::Model) -> Result<(), DbErr> {
    use climb::Column as C;
    let mut over = OnConflict::columns([C::TicketId, C::Track]);
    over.update_columns([C::Ladder, C::CalendarId, C::Events, C::Told, C::ExhaustedAt]);
    over.update_columns([C::IsActive, C::LookAtMs]);
    let row = climb::Entity::insert(climb::ActiveModel::from(row).reset_all());
    row.on_conflict(over).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Those of all tenants whose next level is to be called by now, those that wait longest first.
pub async fn due(
    connection: &impl ConnectionTrait,
    now_ms: i64,
    limit: u64,
) -> Result<Vec<climb::Model>, DbErr> {
    let due = climb::Entity::find().filter(climb::Column::LookAtMs.lte(now_ms));
    due.order_by_asc(climb::Column::LookAtMs).limit(limit).all(connection).await
}

/// Notes when to look at a climb again, where nothing has changed.
pub async fn look_at(
    transaction: &Transaction,
    row: &climb::Model,
    at_ms: Option<i64>,
) -> Result<(), DbErr> {
    use climb::Column as C;
    let own = climb::Entity::update_many().filter(C::TenantId.eq(row.tenant_id));
    let own = own.filter(C::TicketId.eq(row.ticket_id)).filter(C::Track.eq(row.track.as_str()));
    own.col_expr(C::LookAtMs, Expr::val(at_ms)).exec(&**transaction).await?;
    Ok(())
}
