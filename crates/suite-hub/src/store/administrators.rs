//! Who administrates the platform.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use suite_contracts::{MembershipId, RoleId, TenantId, UserId};
use suite_kit::db::{Database, Transaction};

use super::entities::{membership, membership_role, person, role};
use super::members::{self, ACTIVE};
use crate::permissions::ADMINISTRATOR;

/// Active members of a tenant with the role of an administrator of their own.
pub async fn of_tenant(database: &Database, tenant: TenantId) -> Result<Vec<person::Model>, DbErr> {
    let Some(role) = role_of(database.read(), tenant).await? else { return Ok(Vec::new()) };
    let given = membership_role::Entity::find()
        .filter(membership_role::Column::RoleId.eq(role.0))
        .all(database.read())
        .await?;
    let memberships = membership::Entity::find()
        .filter(membership::Column::TenantId.eq(tenant.0))
        .filter(membership::Column::State.eq(ACTIVE))
        .filter(membership::Column::Id.is_in(given.iter().map(|given| given.membership_id)))
        .all(database.read())
        .await?;
    let ids = memberships.iter().map(|membership| membership.person_id);
    let persons = person::Entity::find().filter(person::Column::Id.is_in(ids));
    persons.order_by_asc(person::Column::Email).all(database.read()).await
}

/// Makes a person an active member of a tenant, and an administrator of it.
pub async fn make(
    transaction: &Transaction,
    tenant: TenantId,
    person: UserId,
    now_ms: i64,
) -> Result<(), DbErr> {
    let role = role_of(&**transaction, tenant).await?;
    let role = role.ok_or_else(|| DbErr::RecordNotFound("the administrators' role".into()))?;
    let theirs = membership::Entity::find()
        .filter(membership::Column::TenantId.eq(tenant.0))
        .filter(membership::Column::PersonId.eq(person.0));
    let membership = match theirs.one(&**transaction).await? {
        Some(membership) => membership,
        None => {
            let ids = (MembershipId::new(), tenant, person);
            members::insert(transaction, ids, ACTIVE, now_ms).await?
        }
    };
    activate(transaction, tenant, MembershipId(membership.id), None).await?;
    let has = membership_role::Entity::find_by_id((membership.id, role.0));
    if has.one(&**transaction).await?.is_none() {
        super::roles::give(transaction, tenant, MembershipId(membership.id), role).await?;
    }
    Ok(())
}

/// Makes a membership active; whether it was in the state given, if one is given.
pub async fn activate(
    transaction: &Transaction,
    tenant: TenantId,
    id: MembershipId,
    from: Option<&str>,
) -> Result<bool, DbErr> {
    use membership::{Column, Entity};
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::val(ACTIVE))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::TenantId.eq(tenant.0))
        .filter(Column::Id.eq(id.0));
    if let Some(from) = from {
        update = update.filter(Column::State.eq(from));
    }
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}

async fn role_of(
    connection: &impl sea_orm::ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<RoleId>, DbErr> {
    let role = role::Entity::find()
        .filter(role::Column::TenantId.eq(tenant.0))
        .filter(role::Column::IsBuiltin.eq(true))
        .filter(role::Column::Name.eq(ADMINISTRATOR));
    Ok(role.one(connection).await?.map(|role| RoleId(role.id)))
}
