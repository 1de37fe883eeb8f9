//! What is measured of tickets: kept on their rows, and summed up by the day on which they came.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, text, uuid};

use crate::store::entities::{request, ticket, ticket_day, ticket_day_changed, ticket_days};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Each as a statement of its own: SQLite adds one column at a time.
const COLUMNS: &[&str] = &[
    "ALTER TABLE ticket ADD COLUMN created_day INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE ticket ADD COLUMN response_ms BIGINT",
    "ALTER TABLE ticket ADD COLUMN response_kept BOOLEAN",
    "ALTER TABLE ticket ADD COLUMN resolution_ms BIGINT",
    "ALTER TABLE ticket ADD COLUMN resolution_kept BOOLEAN",
    "ALTER TABLE ticket ADD COLUMN is_escalated BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE ticket ADD COLUMN score INTEGER",
    "ALTER TABLE ticket ADD COLUMN is_merged BOOLEAN NOT NULL DEFAULT FALSE",
    "UPDATE ticket SET created_day = created_at_ms / 86400000, score = \
     (SELECT r.score FROM ticket_rating r WHERE r.ticket_id = ticket.id), is_escalated = \
     EXISTS (SELECT 1 FROM ticket_climb c WHERE c.ticket_id = ticket.id), is_merged = \
     EXISTS (SELECT 1 FROM ticket_merge m WHERE m.ticket_id = ticket.id)",
    // Their clocks are counted as those that are due are.
    "UPDATE ticket SET look_at_ms = 0",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in COLUMNS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        for table in [days(), rolled(), changed()] {
            manager.create_table(table).await?;
        }
        let mut by_day = Index::create();
        by_day.name("ticket_created_day").table(ticket::Entity);
        by_day.col(ticket::Column::TenantId).col(ticket::Column::CreatedDay);
        manager.create_index(by_day).await?;
        let mut marks = Index::create();
        marks.name("ticket_day_changed_day").table(ticket_day_changed::Entity);
        marks.col(ticket_day_changed::Column::TenantId).col(ticket_day_changed::Column::Day);
        manager.create_index(marks).await?;
        let mut requests = Index::create();
        requests.name("request_created").table(request::Entity);
        requests.col(request::Column::TenantId).col(request::Column::CreatedAtMs);
        manager.create_index(requests).await?;
        for index in queues() {
            manager.create_index(index).await?;
        }
        let mut ages = Index::create();
        ages.name("ticket_age").table(ticket::Entity).col(ticket::Column::TenantId);
        ages.col(ticket::Column::IsOpen).col(ticket::Column::CreatedDay);
        ages.col(ticket::Column::GroupId).col(ticket::Column::Priority);
        manager.create_index(ages).await
    }
}

/// Queues that the first indexes do not sort.
fn queues() -> Vec<IndexCreateStatement> {
    use ticket::Column as T;
    let index = |name: &'static str, columns: &[T]| {
        let mut index = Index::create();
        index.name(name).table(ticket::Entity).col(T::TenantId);
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("ticket_group_updated", &[T::GroupId, T::UpdatedAtMs, T::Number]),
        index("ticket_group_priority", &[T::GroupId, T::IsOpen, T::Priority, T::Number]),
        index("ticket_state_due", &[T::State, T::DueAtMs, T::Number]),
        index("ticket_assignee_created", &[T::AssigneeId, T::CreatedAtMs, T::Priority, T::Number]),
    ]
}

fn days() -> TableCreateStatement {
    use ticket_days::Column as C;
    let mut table = Table::create();
    table.table(ticket_days::Entity).col(uuid(C::TenantId).primary_key()).col(integer(C::UntilDay));
    table
}

fn rolled() -> TableCreateStatement {
    use ticket_day::Column as C;
    let mut table = Table::create();
    table
        .table(ticket_day::Entity)
        .col(uuid(C::TenantId))
        .col(integer(C::Day))
        .col(uuid(C::GroupId))
        .col(integer(C::Tier))
        .col(integer(C::Priority))
        .col(text(C::Kind));
    let sums = [
        C::Created,
        C::Replied,
        C::ResponseMs,
        C::ResponseKept,
        C::ResponseBreached,
        C::Resolved,
        C::ResolutionMs,
        C::ResolutionKept,
        C::ResolutionBreached,
        C::Escalated,
        C::Rated,
        C::Score,
        C::Satisfied,
    ];
    for sum in sums {
        table.col(big_integer(sum));
    }
    let mut key = Index::create();
    key.col(C::TenantId).col(C::Day).col(C::GroupId).col(C::Tier).col(C::Priority).col(C::Kind);
    table.primary_key(&mut key);
    table
}

fn changed() -> TableCreateStatement {
    use ticket_day_changed::Column as C;
    let mut table = Table::create();
    table
        .table(ticket_day_changed::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(integer(C::Day));
    table
}
