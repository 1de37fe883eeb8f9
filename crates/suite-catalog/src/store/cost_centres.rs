//! Cost centres.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    Set,
};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Transaction, padded};
use suite_kit::page::rows;
use uuid::Uuid;

use super::entities::cost_centre::{ActiveModel, Column, Entity, Model};

/// By code.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    after: Option<(String, Uuid)>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    rows::by_name(database, own, (Column::Code, Column::Id), (after, limit)).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn insert(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    (code, name, owner): (&str, &str, Uuid),
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id),
        tenant_id: Set(tenant.0),
        code: Set(code.to_owned()),
        name: Set(name.to_owned()),
        owner_id: Set(owner),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// Changes this version of a cost centre; whether it was still this one.
pub async fn change(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, Uuid, i64),
    (code, name, owner): (&str, &str, Uuid),
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Code, Expr::val(code))
        .col_expr(Column::Name, Expr::val(name))
        .col_expr(Column::OwnerId, Expr::val(owner))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    Ok(own.filter(Column::Version.eq(version)).exec(&**transaction).await?.rows_affected > 0)
}

/// What these are called.
pub async fn names(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, String>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let some = own.filter(Column::Id.is_in(padded(ids))).select_only();
    let rows = some.column(Column::Id).column(Column::Name).into_tuple().all(connection).await?;
    Ok(rows.into_iter().collect())
}
