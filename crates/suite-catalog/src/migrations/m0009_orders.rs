//! The order of categories, and who has decided on what.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, uuid};

use crate::store::entities::{category, request, request_decision};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut position = Table::alter();
        position.table(category::Entity);
        position.add_column(integer(category::Column::Position).default(0));
        manager.alter_table(position).await?;
        manager.create_table(decisions()).await?;
        manager.create_index(by_user()).await
    }
}

fn decisions() -> TableCreateStatement {
    use request_decision::Column as C;
    let mut request = ForeignKey::create();
    request.name("request_decision_request").from(request_decision::Entity, C::RequestId);
    request.to(request::Entity, request::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(request_decision::Entity)
        .col(uuid(C::TenantId))
        .col(uuid(C::RequestId))
        .col(uuid(C::UserId))
        .primary_key(Index::create().col(C::RequestId).col(C::UserId))
        .foreign_key(&mut request);
    table
}

fn by_user() -> IndexCreateStatement {
    use request_decision::Column as C;
    let mut index = Index::create();
    index.name("request_decision_by_user").table(request_decision::Entity);
    index.col(C::TenantId).col(C::UserId).col(C::RequestId);
    index
}
