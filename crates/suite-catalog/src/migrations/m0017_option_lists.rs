//! Lists that forms take options from, and what options that were chosen were called.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, text, uuid};

use crate::store::entities::{option_list, request};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use option_list::Column as C;
        let mut table = Table::create();
        table
            .table(option_list::Entity)
            .col(uuid(C::Id).primary_key())
            .col(uuid(C::TenantId))
            .col(string(C::Name))
            .col(text(C::Options))
            .col(big_integer(C::CreatedAtMs))
            .col(big_integer(C::Version));
        manager.create_table(table).await?;
        let mut index = Index::create();
        index.name("option_list_by_name").table(option_list::Entity).unique();
        index.col(C::TenantId).col(C::Name);
        manager.create_index(index).await?;
        let mut labels = Table::alter();
        labels.table(request::Entity);
        labels.add_column(text(request::Column::Labels).default("{}"));
        manager.alter_table(labels).await
    }
}
