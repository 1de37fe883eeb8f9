//! Versions of items.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::item_version::{ActiveModel, Column, Entity, Model};

pub async fn by_number(
    connection: &impl ConnectionTrait,
    (tenant, item): (TenantId, Uuid),
    number: i32,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::ItemId.eq(item));
    own.filter(Column::Number.eq(number)).one(connection).await
}

/// Those of these numbers, by number.
pub async fn by_numbers(
    connection: &impl ConnectionTrait,
    (tenant, item): (TenantId, Uuid),
    numbers: impl IntoIterator<Item = i32>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::ItemId.eq(item));
    let these = own.filter(Column::Number.is_in(numbers)).order_by_asc(Column::Number);
    these.all(connection).await
}

/// One version of each of several items, by item and number.
pub async fn of_items(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    numbers: impl IntoIterator<Item = (Uuid, i32)>,
) -> Result<Vec<Model>, DbErr> {
    let one = |(item, number): (Uuid, i32)| {
        Condition::all().add(Column::ItemId.eq(item)).add(Column::Number.eq(number))
    };
    let these = numbers.into_iter().map(one).fold(Condition::any(), Condition::add);
    if these.is_empty() {
        return Ok(Vec::new());
    }
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(these).all(connection).await
}

/// Puts a draft in the place of the one of its number, if there is one. What is published stays.
pub async fn replace_draft(transaction: &Transaction, row: ActiveModel) -> Result<(), DbErr> {
    let number = row.number.clone().take().unwrap_or_default();
    let item = row.item_id.clone().take().unwrap_or_default();
    let tenant = row.tenant_id.clone().take().unwrap_or_default();
    let old = Entity::delete_many().filter(Column::TenantId.eq(tenant));
    let old = old.filter(Column::ItemId.eq(item)).filter(Column::Number.eq(number));
    old.filter(Column::PublishedAtMs.is_null()).exec(&**transaction).await?;
    row.insert(&**transaction).await?;
    Ok(())
}

pub async fn publish(
    transaction: &Transaction,
    (tenant, item): (TenantId, Uuid),
    number: i32,
    now_ms: i64,
) -> Result<(), DbErr> {
    let own = Entity::update_many()
        .col_expr(Column::PublishedAtMs, sea_orm::sea_query::Expr::val(now_ms))
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::ItemId.eq(item));
    let draft = own.filter(Column::Number.eq(number)).filter(Column::PublishedAtMs.is_null());
    draft.exec(&**transaction).await?;
    Ok(())
}
