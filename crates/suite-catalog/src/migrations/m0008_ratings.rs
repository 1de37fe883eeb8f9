//! What requesters think of how their tickets were solved.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, text, uuid};

use crate::store::entities::{ticket, ticket_rating};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use ticket_rating::Column as C;
        let mut of_ticket = ForeignKey::create();
        of_ticket.name("ticket_rating_ticket").from(ticket_rating::Entity, C::TicketId);
        of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
        let mut table = Table::create();
        table
            .table(ticket_rating::Entity)
            .col(uuid(C::TicketId).primary_key())
            .col(uuid(C::TenantId))
            .col(integer(C::Score))
            .col(text(C::Comment))
            .col(big_integer(C::RatedAtMs))
            .foreign_key(&mut of_ticket);
        manager.create_table(table).await?;
        let mut rated = Index::create();
        rated.name("ticket_rating_rated").table(ticket_rating::Entity);
        rated.col(C::TenantId).col(C::RatedAtMs);
        manager.create_index(rated).await
    }
}
