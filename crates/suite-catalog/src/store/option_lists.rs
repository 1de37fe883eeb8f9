//! Lists that forms take options from.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Transaction};
use suite_kit::page::rows;
use uuid::Uuid;

use super::entities::option_list::{ActiveModel, Column, Entity, Model};
use super::entities::{item, item_version};

/// By name.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    after: Option<(String, Uuid)>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    rows::by_name(database, own, (Column::Name, Column::Id), (after, limit)).await
}

pub async fn by_ids(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.is_in(ids)).all(connection).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Changes this version of a list; whether it was still this one.
pub async fn change(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
    (name, options): (&str, &str),
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(name))
        .col_expr(Column::Options, Expr::val(options))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    Ok(own.filter(Column::Version.eq(version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Removes this version of a list; whether it was still this one.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::Id.eq(id)).filter(Column::Version.eq(version));
    Ok(own.exec(&**transaction).await?.rows_affected > 0)
}

/// The name of an item whose published version, or whose draft, takes options from a list.
pub async fn user_of(
    connection: &impl ConnectionTrait,
    (tenant, id): (TenantId, Uuid),
) -> Result<Option<String>, DbErr> {
    let versions = item_version::Entity::find()
        .filter(item_version::Column::TenantId.eq(tenant.0))
        .filter(item_version::Column::Form.contains(id.to_string()));
    for version in versions.all(connection).await? {
        let own = item::Entity::find_by_id(version.item_id);
        let own = own.filter(item::Column::TenantId.eq(tenant.0)).one(connection).await?;
        let number = Some(version.number);
        if let Some(item) = own.filter(|item| item.published == number || item.draft == number) {
            return Ok(Some(item.name));
        }
    }
    Ok(None)
}
