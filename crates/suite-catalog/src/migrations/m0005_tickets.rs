//! Tickets, what happened to them, and the levels that they are counted by.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, text, text_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

use crate::store::entities::{service_levels, ticket, ticket_event};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        for table in [levels(), tickets(), events(is_sqlite)] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Queues are sorted by the last columns of an index, and read a page of it.
fn indexes() -> Vec<IndexCreateStatement> {
    use ticket::Column as T;
    let index = |name: &'static str, columns: &[T]| {
        let mut index = Index::create();
        index.name(name).table(ticket::Entity).col(T::TenantId);
        for column in columns {
            index.col(*column);
        }
        index
    };
    let mut numbers = index("ticket_number", &[T::Number]);
    numbers.unique();
    let mut looked = Index::create();
    looked.name("ticket_look").table(ticket::Entity).col(T::LookAtMs);
    vec![
        numbers,
        looked,
        index("ticket_due", &[T::IsOpen, T::DueAtMs, T::Number]),
        index("ticket_updated", &[T::IsOpen, T::UpdatedAtMs, T::Number]),
        index("ticket_priority", &[T::IsOpen, T::Priority, T::Number]),
        index("ticket_open", &[T::IsOpen, T::Number]),
        index("ticket_state", &[T::State, T::Number]),
        index("ticket_group", &[T::GroupId, T::IsOpen, T::Number]),
        index("ticket_assignee", &[T::AssigneeId, T::IsOpen, T::Number]),
        index("ticket_assignee_due", &[T::AssigneeId, T::IsOpen, T::DueAtMs, T::Number]),
        index("ticket_requester", &[T::RequesterId, T::Number]),
        index("ticket_all_updated", &[T::UpdatedAtMs, T::Number]),
        index("ticket_calendar", &[T::CalendarId, T::IsOpen, T::Number]),
    ]
}

fn levels() -> TableCreateStatement {
    use service_levels::Column as C;
    let mut table = Table::create();
    table
        .table(service_levels::Entity)
        .col(uuid(C::TenantId))
        .col(big_integer(C::Number))
        .col(text(C::Content))
        .col(big_integer(C::CreatedAtMs))
        .primary_key(Index::create().col(C::TenantId).col(C::Number));
    table
}

fn tickets() -> TableCreateStatement {
    use ticket::Column as C;
    let mut table = Table::create();
    table
        .table(ticket::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(big_integer(C::Number))
        .col(text(C::Kind))
        .col(text(C::Title))
        .col(text(C::Description))
        .col(text(C::State))
        .col(boolean(C::IsOpen))
        .col(uuid(C::RequesterId))
        .col(uuid_null(C::GroupId))
        .col(uuid_null(C::AssigneeId))
        .col(text(C::Impact))
        .col(text(C::Urgency))
        .col(integer(C::Priority))
        .col(integer(C::Tier))
        .col(text(C::Tags))
        .col(text_null(C::Solution))
        .col(uuid_null(C::CalendarId))
        .col(big_integer(C::Levels))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::UpdatedAtMs))
        .col(big_integer_null(C::ResolvedAtMs))
        .col(big_integer_null(C::ClosedAtMs))
        .col(integer(C::Events))
        .col(text(C::Told));
    counted(&mut table);
    table
}

fn counted(table: &mut TableCreateStatement) {
    use ticket::Column as C;
    table
        .col(big_integer_null(C::ResponseDueMs))
        .col(big_integer_null(C::ResolutionDueMs))
        .col(big_integer(C::DueAtMs))
        .col(big_integer_null(C::WarnAtMs))
        .col(big_integer_null(C::BreachAtMs))
        .col(big_integer_null(C::LookAtMs))
        .col(big_integer(C::Version));
}

fn events(is_sqlite: bool) -> TableCreateStatement {
    use ticket_event::Column as C;
    let mut ticket = ForeignKey::create();
    ticket.name("ticket_event_ticket").from(ticket_event::Entity, C::TicketId);
    ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(ticket_event::Entity)
        .col(uuid(C::TicketId))
        .col(integer(C::Number))
        .col(uuid(C::TenantId))
        .col(big_integer(C::AtMs))
        .col(text(C::Kind))
        .col(boolean(C::IsPublic))
        .col(text(C::ActorKind))
        .col(uuid_null(C::ActorId))
        .col(text(C::ActorName))
        .col(text_null(C::Text))
        .col(text(C::Detail))
        .col(text_null(C::Counts))
        .primary_key(Index::create().col(C::TicketId).col(C::Number))
        .foreign_key(&mut ticket);
    if is_sqlite {
        // What happened to a ticket is together then, instead of where it came to be written.
        table.extra("WITHOUT ROWID");
    }
    table
}
