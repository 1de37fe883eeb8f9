//! Which tenants use the catalog, its settings, and how many requests they made.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;

use super::entities::catalog::{ActiveModel, Column, Entity, Model};

pub async fn exists(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<bool, DbErr> {
    Ok(by_tenant(connection, tenant).await?.is_some())
}

pub async fn by_tenant(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(tenant.0).one(connection).await
}

/// Writes the settings that come after those that are there; whether they are.
pub async fn set_settings(transaction: &Transaction, row: &Model) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Currency, Expr::val(row.currency.clone()))
        .col_expr(Column::SettingsVersion, Expr::val(row.settings_version));
    let own = update.filter(Column::TenantId.eq(row.tenant_id));
    let before = own.filter(Column::SettingsVersion.eq(row.settings_version - 1));
    Ok(before.exec(&**transaction).await?.rows_affected > 0)
}

pub async fn insert(transaction: &Transaction, tenant: TenantId, now_ms: i64) -> Result<(), DbErr> {
    let row = Model {
        tenant_id: tenant.0,
        requests: 0,
        created_at_ms: now_ms,
        currency: None,
        settings_version: 0,
    };
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Gives away the next numbers of requests; the last of them. Others wait for theirs until the
/// transaction ends.
pub async fn next_numbers(
    transaction: &Transaction,
    tenant: TenantId,
    count: i64,
) -> Result<i64, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Requests, Expr::col(Column::Requests).add(count))
        .filter(Column::TenantId.eq(tenant.0));
    update.exec(&**transaction).await?;
    let row = by_tenant(&**transaction, tenant).await?;
    let missing = || DbErr::RecordNotFound("the tenant's catalog".to_owned());
    Ok(row.ok_or_else(missing)?.requests)
}
