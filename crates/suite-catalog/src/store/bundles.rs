//! Of which items bundles consist.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::bundle_part::{ActiveModel, Column, Entity, Model};
use super::entities::item;

/// From now on a bundle consists of these items, each with whether it is required, and no others.
pub async fn consist(
    transaction: &Transaction,
    (tenant, bundle): (TenantId, Uuid),
    parts: impl IntoIterator<Item = (Uuid, bool)>,
) -> Result<(), DbErr> {
    let old = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    old.filter(Column::BundleId.eq(bundle)).exec(&**transaction).await?;
    for (place, (item, is_required)) in (0..).zip(parts) {
        let row = ActiveModel {
            tenant_id: Set(tenant.0),
            bundle_id: Set(bundle),
            place: Set(place),
            item_id: Set(item),
            is_required: Set(is_required),
        };
        Entity::insert(row).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// What is required of each of these bundles costs now.
pub async fn prices(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    bundles: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::BundleId.is_in(bundles)).filter(Column::IsRequired.eq(true));
    let parts: Vec<Model> = own.order_by_asc(Column::BundleId).all(connection).await?;
    let items = item::Entity::find().filter(item::Column::TenantId.eq(tenant.0));
    let items = items.filter(item::Column::Id.is_in(parts.iter().map(|part| part.item_id)));
    let costs: Vec<(Uuid, i64)> = items
        .select_only()
        .columns([item::Column::Id, item::Column::PriceMillionths])
        .into_tuple()
        .all(connection)
        .await?;
    let costs: BTreeMap<Uuid, i64> = costs.into_iter().collect();
    let mut prices: BTreeMap<Uuid, i64> = BTreeMap::new();
    for part in parts {
        let price = prices.entry(part.bundle_id).or_default();
        *price = price.saturating_add(costs.get(&part.item_id).copied().unwrap_or_default());
    }
    Ok(prices)
}
