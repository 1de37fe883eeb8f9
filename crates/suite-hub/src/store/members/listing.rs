//! Members of a tenant together with who they are.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef, Select,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::{Database, padded};
use suite_kit::page::{Order, beyond, contains};
use uuid::Uuid;

use super::ACTIVE;
use crate::store::entities::membership::{Column, Entity, Model};
use crate::store::entities::{group_member, person, tenant};

/// How a list of members is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Name,
    Email,
    /// By when they became members.
    Since,
}

/// Which members.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of a name or an address.
    pub search: Option<String>,
    /// `locked` stands for active members who are locked out.
    pub state: Option<&'static str>,
    pub now_ms: i64,
}

pub const LOCKED: &str = "locked";

/// A membership, and whose it is.
pub type Member = (Model, person::Model);

pub async fn list(
    database: &Database,
    tenant: TenantId,
    filter: &Filter,
    (sort, order): (Sort, Order),
    (after, limit): (Option<(String, Uuid)>, u64),
) -> Result<Vec<Member>, DbErr> {
    let mut select = with_person(tenant);
    if let Some(search) = &filter.search {
        let name = contains((person::Entity, person::Column::Name), search);
        let email = contains((person::Entity, person::Column::Email), search);
        select = select.filter(name.or(email));
    }
    let locked = person::Column::LockedUntilMs.gt(filter.now_ms);
    select = match filter.state {
        None => select,
        Some(LOCKED) => select.filter(Column::State.eq(ACTIVE)).filter(locked),
        Some(ACTIVE) => {
            let free = person::Column::LockedUntilMs.is_null().or(locked.not());
            select.filter(Column::State.eq(ACTIVE)).filter(free)
        }
        Some(state) => select.filter(Column::State.eq(state)),
    };
    let by = match sort {
        Sort::Name => Some(person::Column::Name),
        Sort::Email => Some(person::Column::Email),
        Sort::Since => None,
    };
    if let Some((text, id)) = after {
        let id_column = (Entity, Column::Id);
        let further = match by {
            Some(by) => {
                let first = ((person::Entity, by), Expr::val(text));
                beyond(order, first, (id_column, Expr::val(id)))
            }
            None if order == Order::Ascending => Expr::col(id_column).gt(id),
            None => Expr::col(id_column).lt(id),
        };
        select = select.filter(further);
    }
    let direction = match order {
        Order::Ascending => sea_orm::Order::Asc,
        Order::Descending => sea_orm::Order::Desc,
    };
    if let Some(by) = by {
        select = select.order_by(by, direction.clone());
    }
    let select = select.order_by(Column::Id, direction).limit(limit + 1);
    whole(select, database.read()).await
}

pub async fn by_user(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Member>, DbErr> {
    let select = with_person(tenant).filter(Column::PersonId.eq(user.0));
    Ok(whole(select, connection).await?.pop())
}

/// Those of these users who are members.
pub async fn by_users(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    users: &[Uuid],
) -> Result<Vec<Member>, DbErr> {
    let select = with_person(tenant).filter(Column::PersonId.is_in(padded(users.to_vec())));
    whole(select, connection).await
}

/// What those of them are called who are members.
pub async fn names(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    users: Vec<Uuid>,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    let select = with_person(tenant).filter(Column::PersonId.is_in(padded(users)));
    let named = select.select_only().column(person::Column::Id).column(person::Column::Name);
    named.into_tuple().all(connection).await
}

/// By what members are looked up.
#[derive(Debug, Clone, Copy)]
pub enum Among<'a> {
    Ids(&'a BTreeSet<UserId>),
    /// In lowercase.
    Emails(&'a BTreeSet<String>),
}

/// A member in one of their groups, or in none: what others need to know of them.
#[derive(Debug, FromQueryResult)]
pub struct Described {
    pub person_id: Uuid,
    pub name: String,
    pub email: String,
    pub state: String,
    pub tenant_state: String,
    pub manager_id: Option<Uuid>,
    pub group_id: Option<Uuid>,
}

/// Those of these who are members, by name, in one question.
pub async fn described(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    among: Among<'_>,
) -> Result<Vec<Described>, DbErr> {
    let of_tenant: RelationDef =
        Entity::belongs_to(tenant::Entity).from(Column::TenantId).to(tenant::Column::Id).into();
    let in_groups: RelationDef = Entity::belongs_to(group_member::Entity)
        .from(Column::Id)
        .to(group_member::Column::MembershipId)
        .into();
    let select = match among {
        Among::Ids(ids) => {
            let ids = padded(ids.iter().map(|id| id.0).collect());
            with_person(tenant).filter(Column::PersonId.is_in(ids))
        }
        Among::Emails(emails) => with_person(tenant).filter(person::Column::Email.is_in(emails)),
    };
    let select = select
        .join(JoinType::InnerJoin, of_tenant)
        .join(JoinType::LeftJoin, in_groups)
        .select_only()
        .column_as(person::Column::Id, "person_id")
        .column_as(person::Column::Name, "name")
        .column_as(person::Column::Email, "email")
        .column_as(Column::State, "state")
        .column_as(tenant::Column::State, "tenant_state")
        .column_as(Column::ManagerId, "manager_id")
        .column_as(group_member::Column::GroupId, "group_id");
    let sorted = select.order_by_asc(person::Column::Name).order_by_asc(person::Column::Id);
    sorted.into_model().all(connection).await
}

/// The members whose memberships these are.
pub async fn by_memberships(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    memberships: &[Uuid],
) -> Result<Vec<Member>, DbErr> {
    let select = with_person(tenant).filter(Column::Id.is_in(memberships.iter().copied()));
    whole(select.order_by_asc(person::Column::Name).order_by_asc(Column::Id), connection).await
}

fn with_person(tenant: TenantId) -> Select<Entity> {
    let person: RelationDef =
        Entity::belongs_to(person::Entity).from(Column::PersonId).to(person::Column::Id).into();
    Entity::find().join(JoinType::InnerJoin, person).filter(Column::TenantId.eq(tenant.0))
}

async fn whole(
    select: Select<Entity>,
    connection: &impl ConnectionTrait,
) -> Result<Vec<Member>, DbErr> {
    let rows = select.select_also(person::Entity).all(connection).await?;
    Ok(rows.into_iter().filter_map(|(member, person)| Some((member, person?))).collect())
}
