//! Memberships: persons in tenants.

mod listing;

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use suite_contracts::{MembershipId, RoleId, SessionId, TenantId, UserId};
use suite_kit::db::{Database, Transaction, padded};
use uuid::Uuid;

use super::entities::membership::{ActiveModel, Column, Entity, Model};
use super::entities::{group_member, group_role, membership_role, person, session, tenant};

pub use listing::{
    Among, Filter, LOCKED, Sort, by_memberships, by_user, by_users, described, list, names,
};

pub const ACTIVE: &str = "active";

/// Bound values in a statement are limited: so many people are asked about in one.
const PEOPLE_MAX: usize = 1_024;

/// How somebody with a session stands in a tenant.
#[derive(Debug, Clone)]
pub struct Standing {
    pub membership_id: MembershipId,
    pub person_name: String,
    pub tenant_state: String,
    pub is_platform: bool,
    pub session_ended: bool,
    pub session_expires_at_ms: i64,
}

/// `None` if they are no active member, or the session is not theirs.
pub async fn standing(
    database: &Database,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
) -> Result<Option<Standing>, DbErr> {
    let membership = Entity::find()
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::PersonId.eq(user.0))
        .filter(Column::State.eq(ACTIVE));
    let Some(membership) = membership.one(database.read()).await? else { return Ok(None) };
    let person = person::Entity::find_by_id(user.0).one(database.read()).await?;
    let tenant = tenant::Entity::find_by_id(tenant.0).one(database.read()).await?;
    let session = session::Entity::find_by_id(session.0)
        .filter(session::Column::PersonId.eq(user.0))
        .one(database.read())
        .await?;
    let (Some(person), Some(tenant), Some(session)) = (person, tenant, session) else {
        return Ok(None);
    };
    Ok(Some(Standing {
        membership_id: MembershipId(membership.id),
        person_name: person.name,
        tenant_state: tenant.state,
        is_platform: tenant.is_platform,
        session_ended: session.ended_at_ms.is_some(),
        session_expires_at_ms: session.expires_at_ms,
    }))
}

pub async fn insert(
    transaction: &Transaction,
    (id, tenant, person): (MembershipId, TenantId, UserId),
    state: &str,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        tenant_id: Set(tenant.0),
        person_id: Set(person.0),
        state: Set(state.to_owned()),
        invited_name: Set(None),
        manager_id: Set(None),
        last_login_at_ms: Set(None),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

pub async fn logged_in(
    transaction: &Transaction,
    tenant: TenantId,
    id: MembershipId,
    now_ms: i64,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::LastLoginAtMs, Expr::val(now_ms));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    own.exec(&**transaction).await?;
    Ok(())
}

pub const INVITED: &str = "invited";
pub const DISABLED: &str = "disabled";

/// A membership that waits to be accepted, with the name that the inviter gave.
pub async fn insert_invited(
    transaction: &Transaction,
    (id, tenant, person): (MembershipId, TenantId, UserId),
    name: &str,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        tenant_id: Set(tenant.0),
        person_id: Set(person.0),
        state: Set(INVITED.to_owned()),
        invited_name: Set(Some(name.to_owned())),
        manager_id: Set(None),
        last_login_at_ms: Set(None),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}

/// How many tenants a person is a member of, in whatever state.
pub async fn tenants_of(transaction: &Transaction, person: UserId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::PersonId.eq(person.0)).count(&**transaction).await
}

pub async fn set_state(
    transaction: &Transaction,
    tenant: TenantId,
    id: MembershipId,
    state: &str,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::State, Expr::val(state));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    own.exec(&**transaction).await?;
    Ok(())
}

pub async fn set_manager(
    transaction: &Transaction,
    tenant: TenantId,
    id: MembershipId,
    manager: Option<UserId>,
) -> Result<(), DbErr> {
    let manager = Expr::val(manager.map(|manager| manager.0));
    let update = Entity::update_many().col_expr(Column::ManagerId, manager);
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id.0));
    own.exec(&**transaction).await?;
    Ok(())
}

/// Nobody is managed by a person who leaves.
pub async fn release(
    transaction: &Transaction,
    tenant: TenantId,
    manager: UserId,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::ManagerId, Expr::val(None::<Uuid>))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::ManagerId.eq(manager.0)).exec(&**transaction).await?;
    Ok(())
}

/// The manager of a member, if they have one.
pub async fn manager_of(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<UserId>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let member = own.filter(Column::PersonId.eq(user.0)).one(connection).await?;
    Ok(member.and_then(|member| member.manager_id).map(UserId))
}

/// Makes new versions of members of whom something else has changed.
pub async fn touch(transaction: &Transaction, tenant: TenantId, ids: &[Uuid]) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Version, Expr::col(Column::Version).add(1));
    let own = update.filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.is_in(ids.iter().copied())).exec(&**transaction).await?;
    Ok(())
}

pub async fn remove(
    transaction: &Transaction,
    tenant: TenantId,
    id: MembershipId,
) -> Result<(), DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.eq(id.0)).exec(&**transaction).await?;
    Ok(())
}

/// How many active members have a role, of their own or through a group.
pub async fn active_with_role(
    transaction: &Transaction,
    tenant: TenantId,
    role: RoleId,
) -> Result<u64, DbErr> {
    active_with_any(tenant, &[role.0]).count(&**transaction).await
}

/// The active members who have one of these roles: so many at most, of longest standing first.
pub async fn people_with_roles(
    transaction: &Transaction,
    tenant: TenantId,
    roles: &[Uuid],
    limit: u64,
) -> Result<Vec<UserId>, DbErr> {
    let sorted = active_with_any(tenant, roles).order_by_asc(Column::Id).limit(limit);
    let rows = sorted.all(&**transaction).await?;
    Ok(rows.into_iter().map(|row| UserId(row.person_id)).collect())
}

/// Those of these people who are active members.
pub async fn active_among(
    transaction: &Transaction,
    tenant: TenantId,
    people: &BTreeSet<UserId>,
) -> Result<BTreeSet<UserId>, DbErr> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let mut found = BTreeSet::new();
    for ids in ids.chunks(PEOPLE_MAX) {
        let active = Entity::find().filter(Column::TenantId.eq(tenant.0));
        let active = active.filter(Column::State.eq(ACTIVE));
        let among = active.filter(Column::PersonId.is_in(padded(ids.to_vec())));
        let among = among.select_only().column(Column::PersonId).into_tuple();
        let rows: Vec<Uuid> = among.all(&**transaction).await?;
        found.extend(rows.into_iter().map(UserId));
    }
    Ok(found)
}

fn active_with_any(tenant: TenantId, roles: &[Uuid]) -> Select<Entity> {
    let ids = || roles.iter().copied();
    let mut own = Query::select();
    own.column(membership_role::Column::MembershipId).from(membership_role::Entity);
    own.and_where(Expr::col(membership_role::Column::RoleId).is_in(ids()));
    let mut groups = Query::select();
    groups.column(group_role::Column::GroupId).from(group_role::Entity);
    groups.and_where(Expr::col(group_role::Column::RoleId).is_in(ids()));
    let mut through = Query::select();
    through.column(group_member::Column::MembershipId).from(group_member::Entity);
    through.and_where(Expr::col(group_member::Column::GroupId).in_subquery(groups));
    let either =
        Condition::any().add(Column::Id.in_subquery(own)).add(Column::Id.in_subquery(through));
    let active = Entity::find().filter(Column::TenantId.eq(tenant.0)).filter(either);
    active.filter(Column::State.eq(ACTIVE))
}

/// How many members a tenant has, in whatever state.
pub async fn count(database: &Database, tenant: TenantId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::TenantId.eq(tenant.0)).count(database.read()).await
}
