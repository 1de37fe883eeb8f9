//! When people work: business calendars in their versions, and a tenant's desk.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, text, uuid, uuid_null};

use crate::store::entities::{calendar, calendar_version, service_desk};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [calendars(), versions(), desks()] {
            manager.create_table(table).await?;
        }
        let mut names = Index::create();
        names.name("calendar_name").unique().table(calendar::Entity);
        names.col(calendar::Column::TenantId).col(calendar::Column::Name);
        manager.create_index(names).await
    }
}

fn calendars() -> TableCreateStatement {
    use calendar::Column as C;
    let mut table = Table::create();
    table
        .table(calendar::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version));
    table
}

fn versions() -> TableCreateStatement {
    use calendar_version::Column as C;
    let mut calendar = of_calendar("calendar_version_calendar");
    calendar.from(calendar_version::Entity, C::CalendarId);
    calendar.on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(calendar_version::Entity)
        .col(uuid(C::CalendarId))
        .col(integer(C::Number))
        .col(uuid(C::TenantId))
        .col(big_integer(C::EffectiveFromMs))
        .col(text(C::Content))
        .col(big_integer(C::CreatedAtMs))
        .primary_key(Index::create().col(C::CalendarId).col(C::Number))
        .foreign_key(&mut calendar);
    table
}

fn desks() -> TableCreateStatement {
    use service_desk::Column as C;
    let mut calendar = of_calendar("desk_default_calendar");
    calendar.from(service_desk::Entity, C::DefaultCalendarId);
    let mut table = Table::create();
    table
        .table(service_desk::Entity)
        .col(uuid(C::TenantId).primary_key())
        .col(big_integer(C::Tickets))
        .col(uuid_null(C::DefaultCalendarId))
        .foreign_key(&mut calendar);
    table
}

fn of_calendar(name: &'static str) -> ForeignKeyCreateStatement {
    let mut foreign = ForeignKey::create();
    foreign.name(name).to(calendar::Entity, calendar::Column::Id);
    foreign
}
