//! Status pages: their settings, their components and how these stood.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::{Transaction, padded};
use uuid::Uuid;

use super::entities::status_component::{ActiveModel, Column, Entity, Model};
use super::entities::{
    incident_component as impact, major_incident as incident, status_change as change,
    status_page as page,
};

/// The page of an address, whoever's it is: the one question that names no tenant.
pub async fn at(
    connection: &impl ConnectionTrait,
    slug: &str,
) -> Result<Option<page::Model>, DbErr> {
    page::Entity::find().filter(page::Column::Slug.eq(slug)).one(connection).await
}

pub async fn settings(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<page::Model>, DbErr> {
    page::Entity::find_by_id(tenant.0).one(connection).await
}

/// Sets a page up, for the first time. Fails where another tenant has its address.
pub async fn insert_settings(transaction: &Transaction, row: page::Model) -> Result<(), DbErr> {
    let row = page::ActiveModel::from(row).reset_all();
    page::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Sets a page up at the version before; whether it was still that one.
pub async fn set_settings(transaction: &Transaction, row: page::Model) -> Result<bool, DbErr> {
    let (tenant, before) = (row.tenant_id, row.version - 1);
    let update = page::Entity::update_many().set(page::ActiveModel::from(row).reset_all());
    let own = update.filter(page::Column::TenantId.eq(tenant));
    Ok(own.filter(page::Column::Version.eq(before)).exec(&**transaction).await?.rows_affected > 0)
}

/// A tenant's components, in their order.
pub async fn components(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.order_by_asc(Column::Position).order_by_asc(Column::Id).all(connection).await
}

pub async fn count_components(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<u64, DbErr> {
    Entity::find().filter(Column::TenantId.eq(tenant.0)).count(connection).await
}

pub async fn component(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// Those of these components that there are: others wait until the transaction ends. Whoever holds
/// a major incident, too, takes it before.
pub async fn locked_components(
    transaction: &Transaction,
    tenant: TenantId,
    ids: Vec<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own =
        Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.is_in(padded(ids)));
    own.order_by_asc(Column::Id).lock(LockType::NoKeyUpdate).all(&**transaction).await
}

pub async fn insert_component(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Writes what a component is and how it was set by hand, at this version; whether it was still
/// that one.
pub async fn change_component(transaction: &Transaction, row: &Model) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(row.name.as_str()))
        .col_expr(Column::Description, Expr::val(row.description.as_str()))
        .col_expr(Column::GroupName, Expr::val(row.group_name.clone()))
        .col_expr(Column::HandState, Expr::val(row.hand_state.as_str()))
        .col_expr(Column::HandNote, Expr::val(row.hand_note.as_str()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    Ok(own.filter(Column::Version.eq(row.version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Puts a component at a place in the order.
pub async fn place_component(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    position: i32,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Position, Expr::val(position));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    own.exec(&**transaction).await?;
    Ok(())
}

/// Removes this version of a component, with all that is recorded of it; whether it was still that
/// one.
pub async fn remove_component(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let same = own.filter(Column::Id.eq(id)).filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}

/// Records what a component became. Its row is locked.
pub async fn record(transaction: &Transaction, row: change::Model) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::State, Expr::val(row.state.as_str()));
    let own = update.filter(Column::TenantId.eq(row.tenant_id));
    own.filter(Column::Id.eq(row.component_id)).exec(&**transaction).await?;
    let row = change::ActiveModel::from(row).reset_all();
    change::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// What a tenant's components became since a moment, in its order; the latest of it, where it is
/// more than this.
pub async fn course(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    (since_ms, limit): (i64, u64),
) -> Result<Vec<change::Model>, DbErr> {
    use change::Column as C;
    let own = change::Entity::find().filter(C::TenantId.eq(tenant.0)).filter(C::AtMs.gte(since_ms));
    let own = own.order_by_desc(C::AtMs).order_by_desc(C::Id).limit(limit);
    let mut course = own.all(connection).await?;
    course.reverse();
    Ok(course)
}

/// What major incidents in these states do to these components.
pub async fn impacts_of_states(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    (states, components): (&[&str], Vec<Uuid>),
) -> Result<Vec<impact::Model>, DbErr> {
    let own = incident::Entity::find().filter(incident::Column::TenantId.eq(tenant.0));
    let own = own.filter(incident::Column::State.is_in(states.iter().copied())).select_only();
    let of = own.column(incident::Column::Id).into_tuple::<Uuid>().all(connection).await?;
    let rows = impact::Entity::find().filter(impact::Column::TenantId.eq(tenant.0));
    let rows = rows.filter(impact::Column::ComponentId.is_in(padded(components)));
    rows.filter(impact::Column::IncidentId.is_in(padded(of))).all(connection).await
}

/// What these major incidents do to which components.
pub async fn impacts(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    incidents: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<impact::Model>>, DbErr> {
    let own = impact::Entity::find().filter(impact::Column::TenantId.eq(tenant.0));
    let own = own.filter(impact::Column::IncidentId.is_in(padded(incidents.to_vec())));
    let mut impacts: BTreeMap<Uuid, Vec<impact::Model>> = BTreeMap::new();
    for row in own.all(connection).await? {
        impacts.entry(row.incident_id).or_default().push(row);
    }
    Ok(impacts)
}

/// Says anew what a major incident does to which components. Its row is locked.
pub async fn set_impacts(
    transaction: &Transaction,
    (tenant, incident): (TenantId, Uuid),
    rows: Vec<impact::Model>,
) -> Result<(), DbErr> {
    let own = impact::Entity::delete_many().filter(impact::Column::TenantId.eq(tenant.0));
    own.filter(impact::Column::IncidentId.eq(incident)).exec(&**transaction).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| impact::ActiveModel::from(row).reset_all());
    impact::Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    Ok(())
}
