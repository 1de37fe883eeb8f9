//! Roles, and who has them.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder, Set,
};
use suite_contracts::{MembershipId, RoleId, TenantId};
use suite_kit::db::{Database, Transaction};
use uuid::Uuid;

use super::entities::role::{ActiveModel, Column, Entity, Model};
use super::entities::{group_member, group_role, membership_role};
use suite_kit::page::rows;

/// A role; with no permissions given it is a built-in one.
pub async fn insert(
    transaction: &Transaction,
    (id, tenant): (RoleId, TenantId),
    (name, description): (&str, &str),
    permissions: Option<&[String]>,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        tenant_id: Set(tenant.0),
        name: Set(name.to_owned()),
        description: Set(description.to_owned()),
        is_builtin: Set(permissions.is_none()),
        permissions: Set(serde_json::json!(permissions.unwrap_or_default()).to_string()),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// Gives a member a role.
pub async fn give(
    transaction: &Transaction,
    tenant: TenantId,
    membership: MembershipId,
    role: RoleId,
) -> Result<(), DbErr> {
    let row = membership_role::ActiveModel {
        membership_id: Set(membership.0),
        role_id: Set(role.0),
        tenant_id: Set(tenant.0),
    };
    row.insert(&**transaction).await?;
    Ok(())
}

/// The roles that a member has, of their own and through groups.
pub async fn of_member(
    database: &Database,
    tenant: TenantId,
    membership: MembershipId,
) -> Result<Vec<Model>, DbErr> {
    let mut own = Query::select();
    own.column(membership_role::Column::RoleId).from(membership_role::Entity);
    own.and_where(Expr::col(membership_role::Column::MembershipId).eq(membership.0));
    let mut groups = Query::select();
    groups.column(group_member::Column::GroupId).from(group_member::Entity);
    groups.and_where(Expr::col(group_member::Column::MembershipId).eq(membership.0));
    let mut through = Query::select();
    through.column(group_role::Column::RoleId).from(group_role::Entity);
    through.and_where(Expr::col(group_role::Column::GroupId).in_subquery(groups));
    let either =
        Condition::any().add(Column::Id.in_subquery(own)).add(Column::Id.in_subquery(through));
    Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(either).all(database.read()).await
}

/// Roles by name.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    after: Option<(String, Uuid)>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    rows::by_name(database, own, (Column::Name, Column::Id), (after, limit)).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: RoleId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// Those of these roles that the tenant has.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.is_in(ids));
    own.order_by_asc(Column::Name).all(connection).await
}

pub async fn all(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::TenantId.eq(tenant.0)).all(connection).await
}

pub async fn by_name(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    name: &str,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Name.eq(name)).one(connection).await
}

/// The roles that members have of their own.
pub async fn given(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    memberships: &[Uuid],
) -> Result<Vec<membership_role::Model>, DbErr> {
    use membership_role::Column;
    let own = membership_role::Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::MembershipId.is_in(memberships.iter().copied())).all(connection).await
}

/// From now on a member has these roles of their own, and no others.
pub async fn replace(
    transaction: &Transaction,
    tenant: TenantId,
    membership: MembershipId,
    roles: &[Uuid],
) -> Result<(), DbErr> {
    use membership_role::Column;
    let own = membership_role::Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::MembershipId.eq(membership.0)).exec(&**transaction).await?;
    for role in roles {
        give(transaction, tenant, membership, RoleId(*role)).await?;
    }
    Ok(())
}

/// Changes this version of a role; whether it was still this one.
pub async fn change(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, RoleId, i64),
    (name, description): (&str, &str),
    permissions: &[String],
) -> Result<bool, DbErr> {
    let permissions = serde_json::json!(permissions).to_string();
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(name))
        .col_expr(Column::Description, Expr::val(description))
        .col_expr(Column::Permissions, Expr::val(permissions))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    let same = own.filter(Column::Version.eq(version)).filter(Column::IsBuiltin.eq(false));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}

/// Removes this version of a role; whether it was still this one.
pub async fn remove(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, RoleId, i64),
) -> Result<bool, DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::Id.eq(id.0)).filter(Column::IsBuiltin.eq(false));
    let same = own.filter(Column::Version.eq(version));
    Ok(same.exec(&**transaction).await?.rows_affected > 0)
}
