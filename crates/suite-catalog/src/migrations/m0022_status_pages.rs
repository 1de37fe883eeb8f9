//! Status pages: components and how they stood, maintenance, and what the public is told of major
//! incidents.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, integer, string, text, text_null, uuid};

use crate::store::entities::{
    incident_component, maintenance_component, major_incident, status_change, status_component,
    status_maintenance, status_page,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut title = Table::alter();
        title.table(major_incident::Entity);
        title.add_column(text_null(major_incident::Column::PublicTitle));
        manager.alter_table(title).await?;
        let tables = [pages(), components(), changes(), impacts(), maintenance(), maintained()];
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
    use status_maintenance::Column as M;
    let mut address = Index::create();
    address.name("status_page_slug").unique().table(status_page::Entity);
    address.col(status_page::Column::Slug);
    let mut named = Index::create();
    named.name("status_component_name").unique().table(status_component::Entity);
    named.col(status_component::Column::TenantId).col(status_component::Column::Name);
    let mut course = Index::create();
    course.name("status_change_course").table(status_change::Entity);
    course.col(status_change::Column::TenantId).col(status_change::Column::AtMs);
    let mut named_by = Index::create();
    named_by.name("incident_component_component").table(incident_component::Entity);
    named_by.col(incident_component::Column::ComponentId);
    let mut planned = Index::create();
    planned.name("status_maintenance_ends").table(status_maintenance::Entity);
    planned.col(M::TenantId).col(M::EndsAtMs);
    let mut of = Index::create();
    of.name("maintenance_component_component").table(maintenance_component::Entity);
    of.col(maintenance_component::Column::ComponentId);
    vec![address, named, course, named_by, planned, of]
}

fn pages() -> TableCreateStatement {
    use status_page::Column as C;
    let mut table = Table::create();
    table
        .table(status_page::Entity)
        .col(uuid(C::TenantId).primary_key())
        .col(string(C::Slug))
        .col(text(C::Title))
        .col(text(C::Introduction))
        .col(boolean(C::IsPublished))
        .col(big_integer(C::Version));
    table
}

fn components() -> TableCreateStatement {
    use status_component::Column as C;
    let mut table = Table::create();
    table
        .table(status_component::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(string(C::Name))
        .col(text(C::Description))
        .col(text_null(C::GroupName))
        .col(integer(C::Position))
        .col(text(C::HandState))
        .col(text(C::HandNote))
        .col(text(C::State))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version));
    table
}

fn changes() -> TableCreateStatement {
    use status_change::Column as C;
    let mut table = Table::create();
    table
        .table(status_change::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::ComponentId))
        .col(big_integer(C::AtMs))
        .col(text_null(C::Before))
        .col(text(C::State))
        .foreign_key(&mut of("status_change_component", status_change::Entity, C::ComponentId));
    table
}

fn impacts() -> TableCreateStatement {
    use incident_component::Column as C;
    let mut of_incident = ForeignKey::create();
    of_incident.name("incident_component_incident").from(incident_component::Entity, C::IncidentId);
    of_incident.to(major_incident::Entity, major_incident::Column::Id);
    of_incident.on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(incident_component::Entity)
        .col(uuid(C::IncidentId))
        .col(uuid(C::ComponentId))
        .col(uuid(C::TenantId))
        .col(text(C::Impact))
        .primary_key(Index::create().col(C::IncidentId).col(C::ComponentId))
        .foreign_key(&mut of_incident)
        .foreign_key(&mut of("incident_component_of", incident_component::Entity, C::ComponentId));
    table
}

fn maintenance() -> TableCreateStatement {
    use status_maintenance::Column as C;
    let mut table = Table::create();
    table
        .table(status_maintenance::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Title))
        .col(text(C::Text))
        .col(big_integer(C::BeginsAtMs))
        .col(big_integer(C::EndsAtMs))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::ChangedAtMs))
        .col(big_integer(C::Version));
    table
}

fn maintained() -> TableCreateStatement {
    use maintenance_component::Column as C;
    let mut planned = ForeignKey::create();
    planned.name("maintenance_component_in").from(maintenance_component::Entity, C::MaintenanceId);
    planned.to(status_maintenance::Entity, status_maintenance::Column::Id);
    planned.on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(maintenance_component::Entity)
        .col(uuid(C::MaintenanceId))
        .col(uuid(C::ComponentId))
        .col(uuid(C::TenantId))
        .primary_key(Index::create().col(C::MaintenanceId).col(C::ComponentId))
        .foreign_key(&mut planned)
        .foreign_key(&mut of(
            "maintenance_component_of",
            maintenance_component::Entity,
            C::ComponentId,
        ));
    table
}

/// Of a component.
fn of(name: &str, table: impl IntoTableRef, column: impl IntoIden) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(name).from(table, column);
    key.to(status_component::Entity, status_component::Column::Id);
    key.on_delete(ForeignKeyAction::Cascade).to_owned()
}
