//! What people are told in their console, and what it takes to tell them once.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, text_null, uuid};

use super::m0001_identity::of_person;
use crate::store::entities::{api_key, known_device, membership, user_notification};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use user_notification::Column as C;
        manager.create_table(notifications()).await?;
        manager.create_table(devices()).await?;
        let mut told = Table::alter();
        told.table(api_key::Entity);
        told.add_column(big_integer_null(api_key::Column::ExpiryToldAtMs));
        manager.alter_table(told).await?;
        let mut own = Index::create();
        own.name("user_notification_of_member").table(user_notification::Entity);
        own.col(C::TenantId).col(C::PersonId).col(C::Id);
        manager.create_index(own).await?;
        let mut old = Index::create();
        old.name("user_notification_by_time").table(user_notification::Entity);
        old.col(C::CreatedAtMs);
        manager.create_index(old).await
    }
}

/// Of a membership, so that nobody is told of a tenant that they have left.
fn notifications() -> TableCreateStatement {
    use user_notification::Column as C;
    let mut member = ForeignKey::create();
    member
        .name("user_notification_member")
        .from(user_notification::Entity, (C::TenantId, C::PersonId))
        .to(membership::Entity, (membership::Column::TenantId, membership::Column::PersonId))
        .on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(user_notification::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::PersonId))
        .col(text(C::Kind))
        .col(text(C::Title))
        .col(text(C::Body))
        .col(text_null(C::Link))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::ReadAtMs))
        .foreign_key(&mut member);
    table
}

fn devices() -> TableCreateStatement {
    use known_device::Column as C;
    let mut table = Table::create();
    table
        .table(known_device::Entity)
        .col(uuid(C::PersonId))
        .col(text(C::Device))
        .col(big_integer(C::LastSeenAtMs))
        .primary_key(Index::create().col(C::PersonId).col(C::Device))
        .foreign_key(&mut of_person("known_device_person", known_device::Entity, C::PersonId));
    table
}
