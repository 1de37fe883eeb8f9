//! Requests, who is asked to decide on them, and delegations.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, integer_null, text, uuid, uuid_null,
};

use super::m0001_items::of_item;
use crate::store::entities::{delegation, request, request_seat};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [requests(), seats(), delegations()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 6] {
    use request::Column as R;
    let index = |name: &'static str| {
        let mut index = Index::create();
        index.name(name);
        index
    };
    let mut numbers = index("request_number");
    numbers.table(request::Entity).col(R::TenantId).col(R::Number).unique();
    let mut made = index("request_by_requester");
    made.table(request::Entity).col(R::TenantId).col(R::RequesterId).col(R::Number);
    let mut wanted = index("request_by_requested_for");
    wanted.table(request::Entity).col(R::TenantId).col(R::RequestedForId).col(R::Number);
    let mut due = index("request_due");
    due.table(request::Entity).col(R::LookAtMs).and_where(Expr::col(R::LookAtMs).is_not_null());
    let mut asked = index("request_seat_by_user");
    asked.table(request_seat::Entity);
    asked.col(request_seat::Column::TenantId).col(request_seat::Column::UserId);
    let mut given = index("delegation_by_to");
    given.table(delegation::Entity);
    given.col(delegation::Column::TenantId).col(delegation::Column::ToId);
    [numbers, made, wanted, due, asked, given]
}

fn requests() -> TableCreateStatement {
    use request::Column as C;
    let mut table = Table::create();
    table
        .table(request::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(big_integer(C::Number))
        .col(uuid(C::ItemId))
        .col(integer(C::ItemVersion))
        .col(text(C::ItemName))
        .col(uuid(C::RequesterId))
        .col(uuid(C::RequestedForId))
        .col(text(C::State))
        .col(text(C::Answers))
        .col(big_integer(C::PriceMillionths))
        .col(uuid_null(C::CostCentreId))
        .col(text(C::Approval))
        .col(integer_null(C::Stage))
        .col(big_integer_null(C::LookAtMs))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::EndedAtMs))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_item("request_item", request::Entity, C::ItemId));
    table
}

fn seats() -> TableCreateStatement {
    use request_seat::Column as C;
    let mut request = ForeignKey::create();
    request.name("request_seat_request").from(request_seat::Entity, C::RequestId);
    request.to(request::Entity, request::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(request_seat::Entity)
        .col(uuid(C::TenantId))
        .col(uuid(C::RequestId))
        .col(uuid(C::UserId))
        .col(uuid_null(C::ClosedById))
        .primary_key(Index::create().col(C::RequestId).col(C::UserId))
        .foreign_key(&mut request);
    table
}

fn delegations() -> TableCreateStatement {
    use delegation::Column as C;
    let mut table = Table::create();
    table
        .table(delegation::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::FromId))
        .col(uuid(C::ToId))
        .col(big_integer(C::FromMs))
        .col(big_integer(C::ToMs))
        .col(big_integer(C::CreatedAtMs));
    table
}
