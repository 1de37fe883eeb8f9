//! Files that people bring: unused yet, in answers, or attached to requests and tickets.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, string, text, uuid, uuid_null,
};

use crate::store::entities::{file, file_usage};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use file::Column as C;
        manager.create_table(files()).await?;
        for (name, columns) in [
            ("file_by_owner", [C::TenantId, C::OwnerId].as_slice()),
            ("file_by_request", &[C::TenantId, C::RequestId]),
            ("file_by_ticket", &[C::TenantId, C::TicketId]),
            ("file_due", &[C::DueAtMs]),
        ] {
            let mut index = Index::create();
            index.name(name).table(file::Entity);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        let mut usage = Table::create();
        usage
            .table(file_usage::Entity)
            .col(uuid(file_usage::Column::TenantId).primary_key())
            .col(big_integer(file_usage::Column::Bytes));
        manager.create_table(usage).await
    }
}

fn files() -> TableCreateStatement {
    use file::Column as C;
    let mut table = Table::create();
    table
        .table(file::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::OwnerId))
        .col(text(C::Name))
        .col(string(C::MediaType))
        .col(big_integer(C::Bytes))
        .col(string(C::Sha256))
        .col(string(C::State))
        .col(uuid_null(C::RequestId))
        .col(uuid_null(C::TicketId))
        .col(uuid_null(C::NoteId))
        .col(boolean(C::IsInternal))
        .col(boolean(C::IsAnswer))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::DueAtMs));
    table
}
