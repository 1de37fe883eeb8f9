//! Tenants.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    Set,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::{Database, Transaction};
use suite_kit::page::contains;
use uuid::Uuid;

use super::entities::tenant::{ActiveModel, Column, Entity, Model};
use super::entities::{event_record, membership, one_time_token};
use crate::model::name;
use suite_kit::page::rows;

pub const ACTIVE: &str = "active";

pub async fn insert(
    transaction: &Transaction,
    id: TenantId,
    (tenant_name, is_platform): (&str, bool),
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        name: Set(tenant_name.to_owned()),
        slug: Set(name::slug(tenant_name)),
        state: Set(ACTIVE.to_owned()),
        is_platform: Set(is_platform),
        delete_at_ms: Set(None),
        settings: Set("{}".to_owned()),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

pub const SUSPENDED: &str = "suspended";
pub const DELETING: &str = "deleting";
/// Tenants whose names make the same slug.
const SLUG_NUMBERS_MAX: u32 = 1_000;

pub async fn by_id(
    connection: &impl ConnectionTrait,
    id: TenantId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).one(connection).await
}

/// A tenant, which stays locked until the transaction ends: whoever changes who may do what in it
/// waits here for others who do.
pub async fn locked(transaction: &Transaction, id: TenantId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&**transaction).await
}

/// The slug of a name, with a number if it is taken.
pub async fn free_slug(transaction: &Transaction, tenant_name: &str) -> Result<String, DbErr> {
    let slug = name::slug(tenant_name);
    let taken: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Slug)
        .filter(Column::Slug.starts_with(&slug))
        .into_tuple()
        .all(&**transaction)
        .await?;
    let numbered = (2..=SLUG_NUMBERS_MAX).map(|number| format!("{slug}-{number}"));
    let mut free = std::iter::once(slug.clone()).chain(numbered);
    Ok(free.find(|slug| !taken.contains(slug)).unwrap_or_else(|| Uuid::now_v7().to_string()))
}

pub async fn insert_with_slug(
    transaction: &Transaction,
    id: TenantId,
    (tenant_name, slug): (&str, String),
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        name: Set(tenant_name.to_owned()),
        slug: Set(slug),
        state: Set(ACTIVE.to_owned()),
        is_platform: Set(false),
        delete_at_ms: Set(None),
        settings: Set("{}".to_owned()),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// Tenants by name.
pub async fn list(
    database: &Database,
    (search, state): (Option<&str>, Option<&str>),
    after: Option<(String, Uuid)>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut select = Entity::find();
    if let Some(search) = search {
        let found = contains(Column::Name, search).or(contains(Column::Slug, search));
        select = select.filter(found);
    }
    if let Some(state) = state {
        select = select.filter(Column::State.eq(state));
    }
    rows::by_name(database, select, (Column::Name, Column::Id), (after, limit)).await
}

/// How many members each has.
pub async fn users(database: &Database, ids: &[Uuid]) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    let counted: Vec<(Uuid, i64)> = membership::Entity::find()
        .select_only()
        .column(membership::Column::TenantId)
        .column_as(membership::Column::Id.count(), "users")
        .filter(membership::Column::TenantId.is_in(ids.iter().copied()))
        .group_by(membership::Column::TenantId)
        .into_tuple()
        .all(database.read())
        .await?;
    Ok(counted.into_iter().collect())
}

/// What changes of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub name: String,
    pub state: String,
    pub delete_at_ms: Option<i64>,
    pub settings: String,
}

/// Changes this version of a tenant; whether it was still this one.
pub async fn change(
    transaction: &Transaction,
    (id, version): (TenantId, i64),
    change: Change,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(change.name))
        .col_expr(Column::State, Expr::val(change.state))
        .col_expr(Column::DeleteAtMs, Expr::val(change.delete_at_ms))
        .col_expr(Column::Settings, Expr::val(change.settings))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let same = update.filter(Column::Id.eq(id.0)).filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}

/// Those whose time of grace is over.
pub async fn due(database: &Database, now_ms: i64) -> Result<Vec<Model>, DbErr> {
    let deleting = Entity::find().filter(Column::State.eq(DELETING));
    deleting.filter(Column::DeleteAtMs.lte(now_ms)).all(database.read()).await
}

/// Removes a tenant and all that is its own, and persons who were members of it alone. Its audit
/// records stay.
pub async fn remove(transaction: &Transaction, id: TenantId) -> Result<(), DbErr> {
    let members: Vec<Uuid> = membership::Entity::find()
        .select_only()
        .column(membership::Column::PersonId)
        .filter(membership::Column::TenantId.eq(id.0))
        .into_tuple()
        .all(&**transaction)
        .await?;
    let events = event_record::Entity::delete_many();
    events.filter(event_record::Column::TenantId.eq(id.0)).exec(&**transaction).await?;
    let tokens = one_time_token::Entity::delete_many();
    tokens.filter(one_time_token::Column::TenantId.eq(id.0)).exec(&**transaction).await?;
    Entity::delete_by_id(id.0).exec(&**transaction).await?;
    for member in members {
        super::persons::remove_without_tenant(transaction, UserId(member)).await?;
    }
    Ok(())
}
