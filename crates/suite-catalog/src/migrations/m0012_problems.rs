//! Problems, and numbers that are given away.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, uuid, uuid_null};

use crate::store::entities::{numbering, problem};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use problem::Column as C;
        manager.create_table(numbers()).await?;
        manager.create_table(problems()).await?;
        let mut numbered = Index::create();
        numbered.name("problem_number").unique().table(problem::Entity);
        numbered.col(C::TenantId).col(C::Number);
        manager.create_index(numbered).await?;
        let mut listed = Index::create();
        listed.name("problem_state").table(problem::Entity);
        listed.col(C::TenantId).col(C::State).col(C::Number);
        manager.create_index(listed).await
    }
}

fn numbers() -> TableCreateStatement {
    use numbering::Column as C;
    let mut table = Table::create();
    table
        .table(numbering::Entity)
        .col(uuid(C::TenantId))
        .col(text(C::Thing))
        .col(big_integer(C::Last))
        .primary_key(Index::create().col(C::TenantId).col(C::Thing));
    table
}

fn problems() -> TableCreateStatement {
    use problem::Column as C;
    let mut table = Table::create();
    table
        .table(problem::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(big_integer(C::Number))
        .col(text(C::Title))
        .col(text(C::Description))
        .col(text(C::State))
        .col(text(C::RootCause))
        .col(text(C::Workaround))
        .col(uuid_null(C::OwnerId))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::UpdatedAtMs))
        .col(big_integer_null(C::ResolvedAtMs))
        .col(big_integer_null(C::ClosedAtMs))
        .col(big_integer(C::Version));
    table
}
