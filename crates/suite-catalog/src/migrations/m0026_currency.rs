//! What a tenant's prices are in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_null};

use crate::store::entities::catalog;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            string_null(catalog::Column::Currency).to_owned(),
            big_integer(catalog::Column::SettingsVersion).default(0).to_owned(),
        ];
        for column in columns {
            let mut table = Table::alter();
            manager.alter_table(table.table(catalog::Entity).add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
