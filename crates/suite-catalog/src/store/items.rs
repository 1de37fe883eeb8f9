//! Items: what lists show of them, to whom they are shown, and whose favourites they are.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QuerySelect, Set,
};
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::db::{Database, Transaction};
use suite_kit::page::{contains, rows};
use uuid::Uuid;

use super::entities::item::{ActiveModel, Column, Entity, Model};
use super::entities::{bundle_part, favourite, item_group};
use super::requests::WORDS_MAX;

pub const DRAFT: &str = "draft";
pub const PUBLISHED: &str = "published";
pub const WITHDRAWN: &str = "withdrawn";

/// Which items.
#[derive(Debug, Clone)]
pub struct Filter {
    pub state: &'static str,
    pub is_bundle: Option<bool>,
    /// Words of a name and a summary.
    pub search: Option<String>,
    pub category: Option<Uuid>,
    /// That somebody has marked.
    pub favourites_of: Option<UserId>,
    /// Shown to somebody in these groups; all of them if there are none given.
    pub groups: Option<BTreeSet<GroupId>>,
}

/// By name.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    filter: Filter,
    (after, limit): (Option<(String, Uuid)>, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut select = Entity::find().filter(Column::TenantId.eq(tenant.0));
    select = select.filter(Column::State.eq(filter.state));
    // All of the words, in whatever order.
    for word in filter.search.iter().flat_map(|text| text.split_whitespace()).take(WORDS_MAX) {
        let said = Condition::any().add(contains(Column::Name, word));
        select = select.filter(said.add(contains(Column::Summary, word)));
    }
    if let Some(is_bundle) = filter.is_bundle {
        select = select.filter(Column::IsBundle.eq(is_bundle));
    }
    if let Some(category) = filter.category {
        select = select.filter(Column::CategoryId.eq(category));
    }
    if let Some(user) = filter.favourites_of {
        let mut marked = Query::select();
        marked.column(favourite::Column::ItemId).from(favourite::Entity);
        marked.and_where(favourite::Column::TenantId.eq(tenant.0));
        marked.and_where(favourite::Column::UserId.eq(user.0));
        select = select.filter(Column::Id.in_subquery(marked));
    }
    if let Some(groups) = &filter.groups {
        select = select.filter(visible(tenant, groups));
    }
    rows::by_name(database, select, (Column::Name, Column::Id), (after, limit)).await
}

/// Shown to somebody in these groups: by itself, and, of a bundle, all that is required of it.
fn visible(tenant: TenantId, groups: &BTreeSet<GroupId>) -> Condition {
    use bundle_part::Column as Part;
    let mut offered = Query::select();
    offered.column(Column::Id).from(Entity).and_where(Column::TenantId.eq(tenant.0));
    offered.and_where(Column::State.eq(PUBLISHED)).cond_where(narrowed_to(tenant, groups));
    let mut lacking = Query::select();
    lacking.column(Part::BundleId).from(bundle_part::Entity);
    lacking.and_where(Part::TenantId.eq(tenant.0)).and_where(Part::IsRequired.eq(true));
    lacking.and_where(Part::ItemId.not_in_subquery(offered));
    Condition::all().add(narrowed_to(tenant, groups)).add(Column::Id.not_in_subquery(lacking))
}

/// Shown to everybody, or to one of these groups.
fn narrowed_to(tenant: TenantId, groups: &BTreeSet<GroupId>) -> Condition {
    let narrowed = || {
        let mut narrowed = Query::select();
        narrowed.column(item_group::Column::ItemId).from(item_group::Entity);
        narrowed.and_where(item_group::Column::TenantId.eq(tenant.0));
        narrowed
    };
    let mut own = narrowed();
    own.and_where(item_group::Column::GroupId.is_in(groups.iter().map(|group| group.0)));
    Condition::any().add(Column::Id.not_in_subquery(narrowed())).add(Column::Id.in_subquery(own))
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// An item that is being changed: others who change it wait until the transaction ends.
pub async fn locked(
    transaction: &Transaction,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0));
    own.lock(LockType::NoKeyUpdate).one(&**transaction).await
}

/// An item that nobody publishes or withdraws until the transaction ends.
pub async fn held(
    transaction: &Transaction,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0));
    own.lock(LockType::Share).one(&**transaction).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    ActiveModel::from(row).reset_all().insert(&**transaction).await?;
    Ok(())
}

/// Writes an item in the place of this version of it; whether it was still this one.
pub async fn replace(transaction: &Transaction, row: &Model, version: i64) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::CategoryId, Expr::val(row.category_id))
        .col_expr(Column::Name, Expr::val(row.name.as_str()))
        .col_expr(Column::Summary, Expr::val(row.summary.as_str()))
        .col_expr(Column::PriceMillionths, Expr::val(row.price_millionths))
        .col_expr(Column::State, Expr::val(row.state.as_str()))
        .col_expr(Column::Published, Expr::val(row.published))
        .col_expr(Column::Draft, Expr::val(row.draft))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    Ok(own.filter(Column::Version.eq(version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Those of these items that are offered to somebody in these groups.
pub async fn offered(
    connection: &impl ConnectionTrait,
    (tenant, groups): (TenantId, &BTreeSet<GroupId>),
    items: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeSet<Uuid>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.is_in(items));
    let shown = own.filter(Column::State.eq(PUBLISHED)).filter(visible(tenant, groups));
    let ids: Vec<Uuid> =
        shown.select_only().column(Column::Id).into_tuple().all(connection).await?;
    Ok(ids.into_iter().collect())
}

pub async fn by_ids(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.is_in(ids)).all(connection).await
}

pub async fn show_to(
    transaction: &Transaction,
    (tenant, item): (TenantId, Uuid),
    groups: &BTreeSet<GroupId>,
) -> Result<(), DbErr> {
    let old = item_group::Entity::delete_many().filter(item_group::Column::TenantId.eq(tenant.0));
    old.filter(item_group::Column::ItemId.eq(item)).exec(&**transaction).await?;
    let row = |group: &GroupId| item_group::ActiveModel {
        tenant_id: Set(tenant.0),
        item_id: Set(item),
        group_id: Set(group.0),
    };
    for group in groups {
        item_group::Entity::insert(row(group)).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// Those of these items that somebody has marked.
pub async fn marked(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
    items: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeSet<Uuid>, DbErr> {
    use favourite::Column;
    let own = favourite::Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::UserId.eq(user.0)).filter(Column::ItemId.is_in(items));
    Ok(own.all(connection).await?.into_iter().map(|row| row.item_id).collect())
}

/// Marks an item; it may be marked already.
pub async fn mark(
    transaction: &Transaction,
    (tenant, user): (TenantId, UserId),
    item: Uuid,
) -> Result<(), DbErr> {
    use favourite::Column;
    let (tenant_id, user_id, item_id) = (Set(tenant.0), Set(user.0), Set(item));
    let row = favourite::ActiveModel { tenant_id, user_id, item_id };
    let key = [Column::UserId, Column::ItemId, Column::TenantId];
    let already = OnConflict::columns(key).do_nothing().to_owned();
    let insert = favourite::Entity::insert(row).on_conflict(already);
    insert.exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn unmark(
    transaction: &Transaction,
    (tenant, user): (TenantId, UserId),
    item: Uuid,
) -> Result<(), DbErr> {
    use favourite::Column;
    let own = favourite::Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::UserId.eq(user.0)).filter(Column::ItemId.eq(item));
    own.exec(&**transaction).await?;
    Ok(())
}
