//! Roles, and who has them.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::{MembershipId, RoleId, TenantId};
use suite_kit::db::{Database, Transaction};

use super::entities::role::{ActiveModel, Column, Entity, Model};
use super::entities::{group_member, group_role, membership_role};

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
