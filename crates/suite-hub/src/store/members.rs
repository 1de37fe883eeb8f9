//! Memberships: persons in tenants.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::{MembershipId, SessionId, TenantId, UserId};
use suite_kit::db::{Database, Transaction};

use super::entities::membership::{ActiveModel, Column, Entity, Model};
use super::entities::{person, session, tenant};

pub const ACTIVE: &str = "active";

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
