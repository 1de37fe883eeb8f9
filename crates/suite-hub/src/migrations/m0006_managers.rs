//! Who manages whom in a tenant.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::uuid_null;

use crate::store::entities::membership;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(membership::Entity);
        table.add_column(uuid_null(membership::Column::ManagerId));
        manager.alter_table(table).await?;
        let mut reports = Index::create();
        reports.name("membership_by_manager").table(membership::Entity);
        reports.col(membership::Column::TenantId).col(membership::Column::ManagerId);
        manager.create_index(reports).await
    }
}
