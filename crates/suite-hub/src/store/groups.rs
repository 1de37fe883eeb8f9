//! Groups, their members, and the roles that they give them.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationDef, Set,
};
use suite_contracts::{GroupId, MembershipId, TenantId};
use suite_kit::db::{Database, Transaction, padded};
use suite_kit::page::contains;
use uuid::Uuid;

use super::entities::user_group::{ActiveModel, Column, Entity, Model};
use super::entities::{group_member, group_role, membership};
use super::members::ACTIVE;
use suite_kit::page::rows;

pub async fn insert(
    transaction: &Transaction,
    (id, tenant): (GroupId, TenantId),
    (name, description): (&str, &str),
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        tenant_id: Set(tenant.0),
        name: Set(name.to_owned()),
        description: Set(description.to_owned()),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// Groups by name.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    search: Option<&str>,
    after: Option<(String, Uuid)>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut select = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if let Some(search) = search {
        select = select.filter(contains(Column::Name, search));
    }
    rows::by_name(database, select, (Column::Name, Column::Id), (after, limit)).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: GroupId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id.0).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// Those of these groups that the tenant has.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.is_in(ids));
    own.order_by_asc(Column::Name).all(connection).await
}

pub async fn count(database: &Database, tenant: TenantId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::TenantId.eq(tenant.0)).count(database.read()).await
}

/// Changes this version of a group; whether it was still this one.
pub async fn change(
    transaction: &Transaction,
    (tenant, id, version): (TenantId, GroupId, i64),
    (name, description): (&str, &str),
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Name, Expr::val(name))
        .col_expr(Column::Description, Expr::val(description))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    Ok(own.filter(Column::Version.eq(version)).exec(&**transaction).await?.rows_affected > 0)
}

/// Makes new versions of groups of which something else has changed.
pub async fn touch(
    transaction: &Transaction,
    tenant: TenantId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.is_in(ids));
    own.exec(&**transaction).await?;
    Ok(())
}

pub async fn remove(transaction: &Transaction, tenant: TenantId, id: GroupId) -> Result<(), DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

/// Which of these members are in which groups.
pub async fn of_members(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    memberships: &[Uuid],
) -> Result<Vec<group_member::Model>, DbErr> {
    use group_member::Column;
    let own = group_member::Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::MembershipId.is_in(memberships.iter().copied())).all(connection).await
}

/// The memberships of those in a group.
pub async fn members(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    group: GroupId,
) -> Result<Vec<Uuid>, DbErr> {
    use group_member::Column;
    let own = group_member::Entity::find().filter(Column::TenantId.eq(tenant.0));
    let rows = own.filter(Column::GroupId.eq(group.0)).all(connection).await?;
    Ok(rows.into_iter().map(|row| row.membership_id).collect())
}

/// Who of these groups works in the tenant: the group and the person.
pub async fn active_members(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    groups: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    use group_member::Column;
    let membership: RelationDef = group_member::Entity::belongs_to(membership::Entity)
        .from(Column::MembershipId)
        .to(membership::Column::Id)
        .into();
    let own = group_member::Entity::find()
        .join(JoinType::InnerJoin, membership)
        .select_only()
        .column(Column::GroupId)
        .column(membership::Column::PersonId)
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::GroupId.is_in(padded(groups.to_vec())))
        .filter(membership::Column::State.eq(ACTIVE));
    own.into_tuple().all(connection).await
}

/// What those of these groups are called that the tenant has.
pub async fn names(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    groups: Vec<Uuid>,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::Id.is_in(padded(groups)));
    let named = own.select_only().column(Column::Id).column(Column::Name);
    named.into_tuple().all(connection).await
}

/// How many members each group has.
pub async fn sizes(
    database: &Database,
    tenant: TenantId,
    groups: &[Uuid],
) -> Result<BTreeMap<Uuid, i64>, DbErr> {
    use group_member::Column;
    let counted: Vec<(Uuid, i64)> = group_member::Entity::find()
        .select_only()
        .column(Column::GroupId)
        .column_as(Column::MembershipId.count(), "members")
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::GroupId.is_in(groups.iter().copied()))
        .group_by(Column::GroupId)
        .into_tuple()
        .all(database.read())
        .await?;
    Ok(counted.into_iter().collect())
}

pub async fn add(
    transaction: &Transaction,
    tenant: TenantId,
    group: Uuid,
    membership: Uuid,
) -> Result<(), DbErr> {
    let row = group_member::ActiveModel {
        group_id: Set(group),
        membership_id: Set(membership),
        tenant_id: Set(tenant.0),
    };
    row.insert(&**transaction).await?;
    Ok(())
}

/// From now on a group has these members, and no others.
pub async fn replace_members(
    transaction: &Transaction,
    tenant: TenantId,
    group: GroupId,
    memberships: &[Uuid],
) -> Result<(), DbErr> {
    use group_member::Column;
    let own = group_member::Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::GroupId.eq(group.0)).exec(&**transaction).await?;
    for membership in memberships {
        add(transaction, tenant, group.0, *membership).await?;
    }
    Ok(())
}

/// From now on a member is in these groups, and in no others.
pub async fn replace_groups(
    transaction: &Transaction,
    tenant: TenantId,
    membership: MembershipId,
    groups: &[Uuid],
) -> Result<(), DbErr> {
    use group_member::Column;
    let own = group_member::Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::MembershipId.eq(membership.0)).exec(&**transaction).await?;
    for group in groups {
        add(transaction, tenant, *group, membership.0).await?;
    }
    Ok(())
}

/// The roles that these groups give.
pub async fn roles(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    groups: &[Uuid],
) -> Result<Vec<group_role::Model>, DbErr> {
    use group_role::Column;
    let own = group_role::Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::GroupId.is_in(groups.iter().copied())).all(connection).await
}

/// From now on a group gives these roles, and no others.
pub async fn replace_roles(
    transaction: &Transaction,
    tenant: TenantId,
    group: GroupId,
    roles: &[Uuid],
) -> Result<(), DbErr> {
    use group_role::Column;
    let own = group_role::Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::GroupId.eq(group.0)).exec(&**transaction).await?;
    for role in roles {
        let row = group_role::ActiveModel {
            group_id: Set(group.0),
            role_id: Set(*role),
            tenant_id: Set(tenant.0),
        };
        row.insert(&**transaction).await?;
    }
    Ok(())
}
