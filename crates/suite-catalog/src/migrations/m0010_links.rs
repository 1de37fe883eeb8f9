//! Tickets that were merged, who follows them, what they are linked to, and canned answers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, uuid, uuid_null};

use crate::store::entities::{canned_answer, ticket, ticket_follower, ticket_link, ticket_merge};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [merges(), followers(), links(), canned_answers()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> Vec<IndexCreateStatement> {
    use canned_answer::Column as A;
    use ticket_link::Column as L;
    let mut once = Index::create();
    once.name("ticket_link_once").unique().table(ticket_link::Entity);
    once.col(L::TenantId).col(L::FromId).col(L::Kind).col(L::ToId);
    let mut back = Index::create();
    back.name("ticket_link_back").table(ticket_link::Entity);
    back.col(L::TenantId).col(L::ToId).col(L::Kind);
    let mut named = Index::create();
    named.name("canned_answer_name").unique().table(canned_answer::Entity);
    named.col(A::TenantId).col(A::Name);
    vec![once, back, named]
}

fn merges() -> TableCreateStatement {
    use ticket_merge::Column as C;
    let mut of_ticket = ForeignKey::create();
    of_ticket.name("ticket_merge_ticket").from(ticket_merge::Entity, C::TicketId);
    of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(ticket_merge::Entity)
        .col(uuid(C::TicketId).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::IntoId))
        .col(big_integer(C::MergedAtMs))
        .foreign_key(&mut of_ticket);
    table
}

fn followers() -> TableCreateStatement {
    use ticket_follower::Column as C;
    let mut of_ticket = ForeignKey::create();
    of_ticket.name("ticket_follower_ticket").from(ticket_follower::Entity, C::TicketId);
    of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(ticket_follower::Entity)
        .col(uuid(C::TicketId))
        .col(uuid(C::UserId))
        .col(uuid(C::TenantId))
        .primary_key(Index::create().col(C::TicketId).col(C::UserId))
        .foreign_key(&mut of_ticket);
    table
}

fn links() -> TableCreateStatement {
    use ticket_link::Column as C;
    let mut of_ticket = ForeignKey::create();
    of_ticket.name("ticket_link_ticket").from(ticket_link::Entity, C::FromId);
    of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(ticket_link::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Kind))
        .col(uuid(C::FromId))
        .col(uuid(C::ToId))
        .col(uuid_null(C::CreatedById))
        .col(big_integer(C::CreatedAtMs))
        .foreign_key(&mut of_ticket);
    table
}

fn canned_answers() -> TableCreateStatement {
    use canned_answer::Column as C;
    let mut table = Table::create();
    table
        .table(canned_answer::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(text(C::Text))
        .col(uuid_null(C::GroupId))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::UpdatedAtMs))
        .col(big_integer(C::Version));
    table
}
