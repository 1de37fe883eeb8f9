//! Escalation ladders, and how far tickets have climbed them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, text, uuid, uuid_null,
};

use crate::store::entities::{escalation_ladder, ticket, ticket_climb};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(ladders()).await?;
        manager.create_table(climbs()).await?;
        let mut due = Index::create();
        due.name("ticket_climb_look").table(ticket_climb::Entity);
        due.col(ticket_climb::Column::LookAtMs);
        manager.create_index(due).await
    }
}

fn ladders() -> TableCreateStatement {
    use escalation_ladder::Column as C;
    let mut table = Table::create();
    table
        .table(escalation_ladder::Entity)
        .col(uuid(C::TenantId))
        .col(text(C::Track))
        .col(text(C::Content))
        .col(big_integer(C::Version))
        .primary_key(Index::create().col(C::TenantId).col(C::Track));
    table
}

fn climbs() -> TableCreateStatement {
    use ticket_climb::Column as C;
    let mut of_ticket = ForeignKey::create();
    of_ticket.name("ticket_climb_ticket").from(ticket_climb::Entity, C::TicketId);
    of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(ticket_climb::Entity)
        .col(uuid(C::TicketId))
        .col(text(C::Track))
        .col(uuid(C::TenantId))
        .col(text(C::Ladder))
        .col(uuid_null(C::CalendarId))
        .col(text(C::Events))
        .col(integer(C::Told))
        .col(integer(C::ExhaustedAt))
        .col(boolean(C::IsActive))
        .col(big_integer_null(C::LookAtMs))
        .primary_key(Index::create().col(C::TicketId).col(C::Track))
        .foreign_key(&mut of_ticket);
    table
}
