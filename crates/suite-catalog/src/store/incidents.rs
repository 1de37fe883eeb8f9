//! Major incidents: who leads what, what happened, and the tickets that are part of them.

use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::{Transaction, padded};
use uuid::Uuid;

use super::entities::{
    incident_entry as entry, incident_role as role, incident_ticket as child,
    major_incident::{ActiveModel, Column, Entity, Model},
};

/// The latest first, in these states if any are named.
pub async fn list(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    states: &[&str],
    (before, limit): (Option<Uuid>, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if !states.is_empty() {
        own = own.filter(Column::State.is_in(states.iter().copied()));
    }
    if let Some(id) = before {
        own = own.filter(Column::Id.lt(id));
    }
    own.order_by_desc(Column::Id).limit(limit + 1).all(connection).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// One that something happens to: others wait until the transaction ends. Who holds tickets, too,
/// takes them before.
pub async fn locked(
    transaction: &Transaction,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0));
    own.lock(LockType::NoKeyUpdate).one(&**transaction).await
}

/// The one that was declared from a ticket.
pub async fn declared_from(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::TicketId.eq(ticket)).one(connection).await
}

/// The one that a ticket is, or is part of.
pub async fn of_ticket(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<Option<Model>, DbErr> {
    if let Some(row) = declared_from(connection, (tenant, ticket)).await? {
        return Ok(Some(row));
    }
    let own = child::Entity::find_by_id(ticket).filter(child::Column::TenantId.eq(tenant.0));
    let Some(found) = own.one(connection).await? else { return Ok(None) };
    by_id(connection, tenant, found.incident_id).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Those that everybody reads of: the ones in these states, and of those in the others the ones that
/// were resolved since a moment; the latest declared first.
pub async fn public(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    active: &[&str],
    (since_ms, limit): (i64, u64),
) -> Result<Vec<Model>, DbErr> {
    let shown = Condition::any()
        .add(Column::State.is_in(active.iter().copied()))
        .add(Column::ResolvedAtMs.gte(since_ms));
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(shown);
    let own = own.filter(Column::PublicTitle.is_not_null()).order_by_desc(Column::DeclaredAtMs);
    own.order_by_desc(Column::Id).limit(limit).all(connection).await
}

/// What everybody was told of these, the latest first.
pub async fn public_entries(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    (incidents, audience, limit): (&[Uuid], &str, u64),
) -> Result<Vec<entry::Model>, DbErr> {
    use entry::Column as C;
    let own =
        entry::Entity::find().filter(C::TenantId.eq(tenant.0)).filter(C::Audience.eq(audience));
    let own = own.filter(C::IncidentId.is_in(padded(incidents.to_vec())));
    own.order_by_desc(C::RecordedAtMs).order_by_desc(C::Number).limit(limit).all(connection).await
}

/// Writes what one has become. Its row is locked.
pub async fn write(transaction: &Transaction, row: &Model) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::PublicTitle, Expr::val(row.public_title.clone()))
        .col_expr(Column::State, Expr::val(row.state.as_str()))
        .col_expr(Column::Solution, Expr::val(row.solution.clone()))
        .col_expr(Column::ResolvedAtMs, Expr::val(row.resolved_at_ms))
        .col_expr(Column::ReviewedAtMs, Expr::val(row.reviewed_at_ms))
        .col_expr(Column::Entries, Expr::val(row.entries))
        .col_expr(Column::Version, Expr::val(row.version));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    own.exec(&**transaction).await?;
    Ok(())
}

pub async fn roles(
    connection: &impl ConnectionTrait,
    (tenant, incident): (TenantId, Uuid),
) -> Result<Vec<role::Model>, DbErr> {
    let own = role::Entity::find().filter(role::Column::TenantId.eq(tenant.0));
    own.filter(role::Column::IncidentId.eq(incident)).all(connection).await
}

pub async fn set_role(transaction: &Transaction, row: role::Model) -> Result<(), DbErr> {
    use role::Column as C;
    let mut over = OnConflict::columns([C::IncidentId, C::Role]);
    over.update_columns([C::UserId, C::SinceMs]);
    let row = role::Entity::insert(role::ActiveModel::from(row).reset_all());
    row.on_conflict(over).exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn clear_role(
    transaction: &Transaction,
    (tenant, incident): (TenantId, Uuid),
    role: &str,
) -> Result<(), DbErr> {
    let own = role::Entity::delete_many().filter(role::Column::TenantId.eq(tenant.0));
    let own = own.filter(role::Column::IncidentId.eq(incident));
    own.filter(role::Column::Role.eq(role)).exec(&**transaction).await?;
    Ok(())
}

pub async fn add_entries(transaction: &Transaction, rows: Vec<entry::Model>) -> Result<(), DbErr> {
    for row in rows {
        let row = entry::ActiveModel::from(row).reset_all();
        entry::Entity::insert(row).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// What happened, the latest recorded first, before a number if there is one; for some audiences
/// alone, if any are named.
pub async fn entries(
    connection: &impl ConnectionTrait,
    (tenant, incident): (TenantId, Uuid),
    audiences: &[&str],
    (before, limit): (Option<i32>, u64),
) -> Result<Vec<entry::Model>, DbErr> {
    let own = entry::Entity::find().filter(entry::Column::TenantId.eq(tenant.0));
    let mut own = own.filter(entry::Column::IncidentId.eq(incident));
    if !audiences.is_empty() {
        own = own.filter(entry::Column::Audience.is_in(audiences.iter().copied()));
    }
    if let Some(number) = before {
        own = own.filter(entry::Column::Number.lt(number));
    }
    own.order_by_desc(entry::Column::Number).limit(limit + 1).all(connection).await
}

/// The tickets that are part of one, in the order of their ids.
pub async fn children(
    connection: &impl ConnectionTrait,
    (tenant, incident): (TenantId, Uuid),
) -> Result<Vec<Uuid>, DbErr> {
    let own = child::Entity::find().filter(child::Column::TenantId.eq(tenant.0));
    let own = own.filter(child::Column::IncidentId.eq(incident)).select_only();
    let ids = own.column(child::Column::TicketId).order_by_asc(child::Column::TicketId);
    ids.into_tuple().all(connection).await
}

pub async fn count_children(
    connection: &impl ConnectionTrait,
    (tenant, incident): (TenantId, Uuid),
) -> Result<u64, DbErr> {
    let own = child::Entity::find().filter(child::Column::TenantId.eq(tenant.0));
    own.filter(child::Column::IncidentId.eq(incident)).count(connection).await
}

pub async fn add_child(transaction: &Transaction, row: child::Model) -> Result<(), DbErr> {
    let row = child::ActiveModel::from(row).reset_all();
    child::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Removes a ticket from one; whether it was part of it.
pub async fn remove_child(
    transaction: &Transaction,
    tenant: TenantId,
    (incident, ticket): (Uuid, Uuid),
) -> Result<bool, DbErr> {
    let this = Condition::all()
        .add(child::Column::TenantId.eq(tenant.0))
        .add(child::Column::IncidentId.eq(incident))
        .add(child::Column::TicketId.eq(ticket));
    let removed = child::Entity::delete_many().filter(this).exec(&**transaction).await?;
    Ok(removed.rows_affected > 0)
}
