//! E-mail that comes in, and how a tenant's desk takes it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, string, string_null, text, text_null, uuid, uuid_null,
};

use crate::store::entities::{mail_desk, mail_message};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use mail_desk::Column as D;
        use mail_message::Column as C;
        let mut desk = Table::create();
        desk.table(mail_desk::Entity)
            .col(uuid(D::TenantId).primary_key())
            .col(text(D::Address))
            .col(text_null(D::AuthservId))
            .col(boolean(D::ServerChecks))
            .col(boolean(D::HoldsUnknown))
            .col(big_integer(D::Version));
        manager.create_table(desk).await?;
        manager.create_table(messages()).await?;
        let mut once = Index::create();
        once.name("mail_message_once").table(mail_message::Entity).unique();
        manager.create_index(once.col(C::TenantId).col(C::Digest).to_owned()).await?;
        for (name, columns) in [
            ("mail_message_by_state", [C::TenantId, C::State, C::Id].as_slice()),
            ("mail_message_by_sender", &[C::TenantId, C::Sender, C::CreatedAtMs]),
            ("mail_message_by_ticket", &[C::TenantId, C::TicketId, C::Id]),
            ("mail_message_by_time", &[C::CreatedAtMs]),
        ] {
            let mut index = Index::create();
            index.name(name).table(mail_message::Entity);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn messages() -> TableCreateStatement {
    use mail_message::Column as C;
    let mut table = Table::create();
    table
        .table(mail_message::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(string(C::Digest))
        .col(text_null(C::MessageId))
        .col(text_null(C::Sender))
        .col(text(C::Subject))
        .col(string(C::State))
        .col(string_null(C::Reason))
        .col(text_null(C::Note))
        .col(boolean(C::IsAutomatic))
        .col(big_integer(C::Bytes))
        .col(string(C::Sha256))
        .col(boolean(C::IsKept))
        .col(uuid_null(C::UserId))
        .col(uuid_null(C::TicketId))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::DecidedAtMs));
    table
}
