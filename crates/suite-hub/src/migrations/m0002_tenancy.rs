//! Who is a member of which tenant, and what they may do there.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, text, text_null, uuid,
};

use super::m0001_identity::of_person;
use crate::store::entities::{
    api_key, group_member, group_role, membership, membership_role, role, tenant, user_group,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [memberships(), roles(), groups(), api_keys()] {
            manager.create_table(table).await?;
        }
        for table in [group_members(), membership_roles(), group_roles()] {
            manager.create_table(table).await?;
        }
        let unique = |name: &'static str| {
            let mut index = Index::create();
            index.name(name).unique();
            index
        };
        let mut members = unique("membership_of_tenant");
        members.table(membership::Entity);
        members.col(membership::Column::TenantId).col(membership::Column::PersonId);
        manager.create_index(members).await?;
        let mut names = unique("role_name");
        names.table(role::Entity).col(role::Column::TenantId).col(role::Column::Name);
        manager.create_index(names).await?;
        let mut names = unique("user_group_name");
        names.table(user_group::Entity);
        names.col(user_group::Column::TenantId).col(user_group::Column::Name);
        manager.create_index(names).await?;
        let mut by_person = Index::create();
        by_person.name("membership_by_person").table(membership::Entity);
        by_person.col(membership::Column::PersonId);
        manager.create_index(by_person).await
    }
}

fn memberships() -> TableCreateStatement {
    use membership::Column as C;
    let mut table = Table::create();
    table
        .table(membership::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::PersonId))
        .col(text(C::State))
        .col(text_null(C::InvitedName))
        .col(big_integer_null(C::LastLoginAtMs))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_tenant("membership_tenant", membership::Entity, C::TenantId))
        .foreign_key(&mut of_person("membership_person", membership::Entity, C::PersonId));
    table
}

fn roles() -> TableCreateStatement {
    use role::Column as C;
    let mut table = Table::create();
    table
        .table(role::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(text(C::Description))
        .col(boolean(C::IsBuiltin))
        .col(text(C::Permissions))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_tenant("role_tenant", role::Entity, C::TenantId));
    table
}

fn groups() -> TableCreateStatement {
    use user_group::Column as C;
    let mut table = Table::create();
    table
        .table(user_group::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(text(C::Description))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_tenant("user_group_tenant", user_group::Entity, C::TenantId));
    table
}

fn api_keys() -> TableCreateStatement {
    use api_key::Column as C;
    let mut table = Table::create();
    table
        .table(api_key::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(text(C::Prefix).unique_key())
        .col(binary(C::Hash))
        .col(text_null(C::PreviousPrefix).unique_key())
        .col(binary_null(C::PreviousHash))
        .col(big_integer_null(C::PreviousUntilMs))
        .col(text(C::Permissions))
        .col(text(C::CreatedBy))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::ExpiresAtMs))
        .col(big_integer_null(C::LastUsedAtMs))
        .col(big_integer_null(C::RevokedAtMs))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_tenant("api_key_tenant", api_key::Entity, C::TenantId));
    table
}

fn group_members() -> TableCreateStatement {
    use group_member::Column as C;
    let (group, member) = (
        ("group_member_group", group_member::Entity, C::GroupId),
        ("group_member_membership", group_member::Entity, C::MembershipId),
    );
    let mut table = Table::create();
    table
        .table(group_member::Entity)
        .col(uuid(C::GroupId))
        .col(uuid(C::MembershipId))
        .col(uuid(C::TenantId))
        .primary_key(Index::create().col(C::GroupId).col(C::MembershipId))
        .foreign_key(&mut of_group(group))
        .foreign_key(&mut of_membership(member));
    table
}

fn membership_roles() -> TableCreateStatement {
    use membership_role::Column as C;
    let (member, role) = (
        ("membership_role_membership", membership_role::Entity, C::MembershipId),
        ("membership_role_role", membership_role::Entity, C::RoleId),
    );
    let mut table = Table::create();
    table
        .table(membership_role::Entity)
        .col(uuid(C::MembershipId))
        .col(uuid(C::RoleId))
        .col(uuid(C::TenantId))
        .primary_key(Index::create().col(C::MembershipId).col(C::RoleId))
        .foreign_key(&mut of_membership(member))
        .foreign_key(&mut of_role(role));
    table
}

fn group_roles() -> TableCreateStatement {
    use group_role::Column as C;
    let (group, role) = (
        ("group_role_group", group_role::Entity, C::GroupId),
        ("group_role_role", group_role::Entity, C::RoleId),
    );
    let mut table = Table::create();
    table
        .table(group_role::Entity)
        .col(uuid(C::GroupId))
        .col(uuid(C::RoleId))
        .col(uuid(C::TenantId))
        .primary_key(Index::create().col(C::GroupId).col(C::RoleId))
        .foreign_key(&mut of_group(group))
        .foreign_key(&mut of_role(role));
    table
}

pub(super) fn of_tenant(
    name: &'static str,
    table: impl IntoTableRef,
    column: impl IntoIden,
) -> ForeignKeyCreateStatement {
    let from = (name, table, column);
    references(from, tenant::Entity, tenant::Column::Id)
}

pub(super) type From<T, C> = (&'static str, T, C);

fn of_group<T: IntoTableRef, C: IntoIden>(from: From<T, C>) -> ForeignKeyCreateStatement {
    references(from, user_group::Entity, user_group::Column::Id)
}

fn of_membership<T: IntoTableRef, C: IntoIden>(from: From<T, C>) -> ForeignKeyCreateStatement {
    references(from, membership::Entity, membership::Column::Id)
}

fn of_role<T: IntoTableRef, C: IntoIden>(from: From<T, C>) -> ForeignKeyCreateStatement {
    references(from, role::Entity, role::Column::Id)
}

pub(super) fn references<T: IntoTableRef, C: IntoIden>(
    (name, table, column): From<T, C>,
    to: impl IntoTableRef,
    to_column: impl IntoIden,
) -> ForeignKeyCreateStatement {
    let mut foreign = ForeignKey::create();
    foreign.name(name).from(table, column).to(to, to_column).on_delete(ForeignKeyAction::Cascade);
    foreign
}
