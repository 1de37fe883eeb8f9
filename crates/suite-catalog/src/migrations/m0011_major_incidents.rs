//! Major incidents: roles, timeline, tickets, and reviews.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, text, text_null, uuid, uuid_null,
};

use crate::store::entities::{
    incident_entry, incident_review, incident_role, incident_ticket, major_incident, review_action,
    review_template, ticket,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            [incidents(), roles(), entries(), children(), reviews(), actions(), templates()];
        for table in tables {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> Vec<IndexCreateStatement> {
    use major_incident::Column as I;
    let mut once = Index::create();
    once.name("major_incident_ticket").unique().table(major_incident::Entity).col(I::TicketId);
    let mut listed = Index::create();
    listed.name("major_incident_state").table(major_incident::Entity);
    listed.col(I::TenantId).col(I::State).col(I::Id);
    let mut heard = Index::create();
    heard.name("incident_entry_audience").table(incident_entry::Entity);
    heard.col(incident_entry::Column::TenantId).col(incident_entry::Column::Audience);
    heard.col(incident_entry::Column::RecordedAtMs);
    let mut of_incident = Index::create();
    of_incident.name("incident_ticket_incident").table(incident_ticket::Entity);
    of_incident.col(incident_ticket::Column::TenantId).col(incident_ticket::Column::IncidentId);
    vec![once, listed, heard, of_incident]
}

fn incidents() -> TableCreateStatement {
    use major_incident::Column as C;
    let mut of_ticket = ForeignKey::create();
    of_ticket.name("major_incident_ticket").from(major_incident::Entity, C::TicketId);
    of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(major_incident::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::TicketId))
        .col(big_integer(C::Number))
        .col(text(C::Title))
        .col(text(C::State))
        .col(integer(C::Priority))
        .col(text_null(C::Solution))
        .col(big_integer(C::DeclaredAtMs))
        .col(big_integer_null(C::ResolvedAtMs))
        .col(big_integer_null(C::ReviewedAtMs))
        .col(integer(C::Entries))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_ticket);
    table
}

fn roles() -> TableCreateStatement {
    use incident_role::Column as C;
    let mut table = Table::create();
    table
        .table(incident_role::Entity)
        .col(uuid(C::IncidentId))
        .col(text(C::Role))
        .col(uuid(C::TenantId))
        .col(uuid(C::UserId))
        .col(big_integer(C::SinceMs))
        .primary_key(Index::create().col(C::IncidentId).col(C::Role))
        .foreign_key(&mut of("incident_role_incident", incident_role::Entity, C::IncidentId));
    table
}

fn entries() -> TableCreateStatement {
    use incident_entry::Column as C;
    let mut table = Table::create();
    table
        .table(incident_entry::Entity)
        .col(uuid(C::IncidentId))
        .col(integer(C::Number))
        .col(uuid(C::TenantId))
        .col(text(C::Kind))
        .col(big_integer(C::RecordedAtMs))
        .col(big_integer(C::AtMs))
        .col(text_null(C::Audience))
        .col(text(C::ActorKind))
        .col(uuid_null(C::ActorId))
        .col(text(C::ActorName))
        .col(text_null(C::Text))
        .col(text(C::Detail))
        .primary_key(Index::create().col(C::IncidentId).col(C::Number))
        .foreign_key(&mut of("incident_entry_incident", incident_entry::Entity, C::IncidentId));
    table
}

fn children() -> TableCreateStatement {
    use incident_ticket::Column as C;
    let mut of_ticket = ForeignKey::create();
    of_ticket.name("incident_ticket_ticket").from(incident_ticket::Entity, C::TicketId);
    of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(incident_ticket::Entity)
        .col(uuid(C::TicketId).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::IncidentId))
        .col(big_integer(C::LinkedAtMs))
        .foreign_key(&mut of_ticket)
        .foreign_key(&mut of("incident_ticket_of", incident_ticket::Entity, C::IncidentId));
    table
}

fn reviews() -> TableCreateStatement {
    use incident_review::Column as C;
    let mut table = Table::create();
    table
        .table(incident_review::Entity)
        .col(uuid(C::IncidentId).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Content))
        .col(big_integer(C::UpdatedAtMs))
        .col(big_integer_null(C::PublishedAtMs))
        .col(uuid_null(C::PublishedById))
        .col(big_integer(C::Version))
        .foreign_key(&mut of("incident_review_incident", incident_review::Entity, C::IncidentId));
    table
}

fn actions() -> TableCreateStatement {
    use review_action::Column as C;
    let mut table = Table::create();
    table
        .table(review_action::Entity)
        .col(uuid(C::IncidentId))
        .col(integer(C::Number))
        .col(uuid(C::TenantId))
        .col(text(C::Text))
        .col(uuid(C::OwnerId))
        .col(text(C::DueOn))
        .col(text(C::State))
        .primary_key(Index::create().col(C::IncidentId).col(C::Number))
        .foreign_key(&mut of("review_action_incident", review_action::Entity, C::IncidentId));
    table
}

fn templates() -> TableCreateStatement {
    use review_template::Column as C;
    let mut table = Table::create();
    table
        .table(review_template::Entity)
        .col(uuid(C::TenantId).primary_key())
        .col(text(C::Content))
        .col(big_integer(C::Version));
    table
}

/// Of a major incident.
fn of(name: &str, table: impl IntoTableRef, column: impl IntoIden) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(name).from(table, column);
    key.to(major_incident::Entity, major_incident::Column::Id);
    key.on_delete(ForeignKeyAction::Cascade).to_owned()
}
