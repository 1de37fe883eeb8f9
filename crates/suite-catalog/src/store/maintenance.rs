//! Maintenance that status pages tell of.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Transaction, padded};
use suite_kit::page::{Order, rows};
use uuid::Uuid;

use super::entities::maintenance_component as part;
use super::entities::status_maintenance::{ActiveModel, Column, Entity, Model};

/// A tenant's, the latest made first.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    page: (Option<Uuid>, u64),
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    rows::by_id(database, own, (Column::Id, Order::Descending), page).await
}

/// Those that end after a moment, the last to end first.
pub async fn ending_after(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    (since_ms, limit): (i64, u64),
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::EndsAtMs.gt(since_ms)).order_by_desc(Column::EndsAtMs);
    own.order_by_desc(Column::Id).limit(limit).all(connection).await
}

/// How many are not over.
pub async fn count_ahead(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    now_ms: i64,
) -> Result<u64, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::EndsAtMs.gt(now_ms)).count(connection).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Writes this version of one; whether it was still that one.
pub async fn change(transaction: &Transaction, row: &Model) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Title, Expr::val(row.title.as_str()))
        .col_expr(Column::Text, Expr::val(row.text.as_str()))
        .col_expr(Column::BeginsAtMs, Expr::val(row.begins_at_ms))
        .col_expr(Column::EndsAtMs, Expr::val(row.ends_at_ms))
        .col_expr(Column::ChangedAtMs, Expr::val(row.changed_at_ms))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    Ok(own.filter(Column::Version.eq(row.version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Removes this version of one; whether it was still that one.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let same = own.filter(Column::Id.eq(id)).filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}

/// Which components these are of.
pub async fn components(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    maintenance: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<Uuid>>, DbErr> {
    let own = part::Entity::find().filter(part::Column::TenantId.eq(tenant.0));
    let own = own.filter(part::Column::MaintenanceId.is_in(padded(maintenance.to_vec())));
    let mut components: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in own.all(connection).await? {
        components.entry(row.maintenance_id).or_default().push(row.component_id);
    }
    Ok(components)
}

/// Says anew which components one is of.
pub async fn set_components(
    transaction: &Transaction,
    (tenant, maintenance): (TenantId, Uuid),
    components: &[Uuid],
) -> Result<(), DbErr> {
    let own = part::Entity::delete_many().filter(part::Column::TenantId.eq(tenant.0));
    own.filter(part::Column::MaintenanceId.eq(maintenance)).exec(&**transaction).await?;
    if components.is_empty() {
        return Ok(());
    }
    let rows = components.iter().map(|component_id| {
        let (component_id, tenant_id) = (*component_id, tenant.0);
        let row = part::Model { maintenance_id: maintenance, component_id, tenant_id };
        part::ActiveModel::from(row).reset_all()
    });
    part::Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    Ok(())
}
