//! The tenants of a person, and the one of the installation itself.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use suite_contracts::{TenantId, UserId};

use super::entities::{membership, tenant};
use super::members::ACTIVE;

/// Where a person is an active member.
pub async fn of_person(
    connection: &impl ConnectionTrait,
    person: UserId,
) -> Result<Vec<TenantId>, DbErr> {
    let memberships = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(person.0))
        .filter(membership::Column::State.eq(ACTIVE))
        .all(connection)
        .await?;
    Ok(memberships.into_iter().map(|membership| TenantId(membership.tenant_id)).collect())
}

/// `None` before the first start is done.
pub async fn platform(connection: &impl ConnectionTrait) -> Result<Option<tenant::Model>, DbErr> {
    tenant::Entity::find().filter(tenant::Column::IsPlatform.eq(true)).one(connection).await
}

/// The same, with their tenants.
pub async fn with_tenants(
    connection: &impl ConnectionTrait,
    person: UserId,
) -> Result<Vec<(membership::Model, tenant::Model)>, DbErr> {
    let memberships = membership::Entity::find()
        .filter(membership::Column::PersonId.eq(person.0))
        .filter(membership::Column::State.eq(ACTIVE))
        .all(connection)
        .await?;
    let ids = memberships.iter().map(|membership| membership.tenant_id);
    let tenants = tenant::Entity::find().filter(tenant::Column::Id.is_in(ids));
    let tenants = tenants.all(connection).await?;
    let with_tenant = memberships.into_iter().filter_map(|membership| {
        let tenant = tenants.iter().find(|tenant| tenant.id == membership.tenant_id)?;
        Some((membership, tenant.clone()))
    });
    Ok(with_tenant.collect())
}

pub async fn tenant(
    connection: &impl ConnectionTrait,
    id: TenantId,
) -> Result<Option<tenant::Model>, DbErr> {
    tenant::Entity::find_by_id(id.0).one(connection).await
}
