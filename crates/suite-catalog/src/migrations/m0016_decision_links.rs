//! Links that approvers decide by.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, uuid};

use crate::store::entities::{decision_link, request};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use decision_link::Column as C;
        let mut of_request = ForeignKey::create();
        of_request.name("decision_link_request").from(decision_link::Entity, C::RequestId);
        of_request.to(request::Entity, request::Column::Id).on_delete(ForeignKeyAction::Cascade);
        let mut table = Table::create();
        table
            .table(decision_link::Entity)
            .col(uuid(C::Id).primary_key())
            .col(uuid(C::TenantId))
            .col(uuid(C::RequestId))
            .col(integer(C::Stage))
            .col(uuid(C::UserId))
            .col(big_integer(C::CreatedAtMs))
            .col(big_integer(C::ExpiresAtMs))
            .col(big_integer_null(C::UsedAtMs))
            .foreign_key(&mut of_request);
        manager.create_table(table).await?;
        let mut index = Index::create();
        index.name("decision_link_expires").table(decision_link::Entity).col(C::ExpiresAtMs);
        manager.create_index(index).await
    }
}
