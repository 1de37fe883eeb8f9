//! The tasks of a request, whose turn it is in a group, notes, and how content the requester is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, text, text_null, uuid, uuid_null,
};

use crate::store::entities::{request, request_note, request_rating, request_task, team};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [tasks(), teams(), notes(), ratings()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 4] {
    use request_task::Column as T;
    let index = |name: &'static str| {
        let mut index = Index::create();
        index.name(name).table(request_task::Entity);
        index
    };
    let mut of_people = index("request_task_by_assignee");
    of_people.col(T::TenantId).col(T::AssigneeId).col(T::State).col(T::AssignedAtMs);
    let mut of_groups = index("request_task_by_group");
    of_groups.col(T::TenantId).col(T::GroupId).col(T::State);
    let mut listed = index("request_task_by_state");
    listed.col(T::TenantId).col(T::State).col(T::OpenedAtMs).col(T::Id);
    let mut notes = Index::create();
    notes.name("request_note_of_request").table(request_note::Entity);
    notes.col(request_note::Column::RequestId).col(request_note::Column::Id);
    [of_people, of_groups, listed, notes]
}

fn of_request(
    name: &str,
    table: impl IntoTableRef + Copy,
    column: impl IntoIden,
) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(name).from(table, column);
    key.to(request::Entity, request::Column::Id).on_delete(ForeignKeyAction::Cascade);
    key
}

fn tasks() -> TableCreateStatement {
    use request_task::Column as C;
    let mut table = Table::create();
    table
        .table(request_task::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::RequestId))
        .col(integer(C::Place))
        .col(text(C::Key))
        .col(text(C::Name))
        .col(uuid_null(C::GroupId))
        .col(text(C::State))
        .col(text_null(C::Reason))
        .col(uuid_null(C::AssigneeId))
        .col(integer(C::Calls))
        .col(big_integer_null(C::DueAtMs))
        .col(big_integer_null(C::OpenedAtMs))
        .col(big_integer_null(C::AssignedAtMs))
        .col(big_integer_null(C::EndedAtMs))
        .col(uuid_null(C::EndedById))
        .index(Index::create().name("request_task_place").col(C::RequestId).col(C::Place).unique())
        .foreign_key(&mut of_request("request_task_request", request_task::Entity, C::RequestId));
    table
}

fn teams() -> TableCreateStatement {
    use team::Column as C;
    let mut table = Table::create();
    table
        .table(team::Entity)
        .col(uuid(C::TenantId))
        .col(uuid(C::GroupId))
        .col(uuid_null(C::LastId))
        .primary_key(Index::create().col(C::TenantId).col(C::GroupId));
    table
}

fn notes() -> TableCreateStatement {
    use request_note::Column as C;
    let mut table = Table::create();
    table
        .table(request_note::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::RequestId))
        .col(uuid(C::AuthorId))
        .col(boolean(C::IsInternal))
        .col(text(C::Text))
        .col(big_integer(C::CreatedAtMs))
        .foreign_key(&mut of_request("request_note_request", request_note::Entity, C::RequestId));
    table
}

fn ratings() -> TableCreateStatement {
    use request_rating::Column as C;
    let mut table = Table::create();
    table
        .table(request_rating::Entity)
        .col(uuid(C::RequestId).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::RaterId))
        .col(integer(C::Score))
        .col(text(C::Comment))
        .col(big_integer(C::CreatedAtMs))
        .foreign_key(&mut of_request("request_rating_of", request_rating::Entity, C::RequestId));
    table
}
