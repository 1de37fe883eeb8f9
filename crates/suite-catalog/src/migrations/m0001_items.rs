//! What there is to ask for.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, integer_null, text, uuid, uuid_null,
};

use crate::store::entities::{
    catalog, category, cost_centre, favourite, item, item_group, item_version,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [catalogs(), categories(), cost_centres(), items()] {
            manager.create_table(table).await?;
        }
        for table in [versions(), groups(), favourites()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 4] {
    let unique = |name: &'static str| {
        let mut index = Index::create();
        index.name(name).unique();
        index
    };
    let mut names = unique("category_name");
    names.table(category::Entity).col(category::Column::TenantId).col(category::Column::Name);
    let mut codes = unique("cost_centre_code");
    codes.table(cost_centre::Entity);
    codes.col(cost_centre::Column::TenantId).col(cost_centre::Column::Code);
    let mut numbers = unique("item_version_number");
    numbers.table(item_version::Entity);
    numbers.col(item_version::Column::ItemId).col(item_version::Column::Number);
    let mut listed = Index::create();
    listed.name("item_listed").table(item::Entity);
    listed.col(item::Column::TenantId).col(item::Column::Name).col(item::Column::Id);
    [names, codes, numbers, listed]
}

fn catalogs() -> TableCreateStatement {
    use catalog::Column as C;
    let mut table = Table::create();
    table
        .table(catalog::Entity)
        .col(uuid(C::TenantId).primary_key())
        .col(big_integer(C::Requests))
        .col(big_integer(C::CreatedAtMs));
    table
}

fn categories() -> TableCreateStatement {
    use category::Column as C;
    let mut table = Table::create();
    table
        .table(category::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(text(C::Description))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version));
    table
}

fn cost_centres() -> TableCreateStatement {
    use cost_centre::Column as C;
    let mut table = Table::create();
    table
        .table(cost_centre::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Code))
        .col(text(C::Name))
        .col(uuid(C::OwnerId))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version));
    table
}

fn items() -> TableCreateStatement {
    use item::Column as C;
    let mut table = Table::create();
    table
        .table(item::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::CategoryId))
        .col(text(C::Name))
        .col(text(C::Summary))
        .col(big_integer(C::PriceMillionths))
        .col(text(C::State))
        .col(integer_null(C::Published))
        .col(integer_null(C::Draft))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_category("item_category", C::CategoryId));
    table
}

/// A category with items stays. Not by `RESTRICT`, which SQLite reports as a trigger's error.
fn of_category(name: &'static str, column: item::Column) -> ForeignKeyCreateStatement {
    let mut foreign = ForeignKey::create();
    foreign.name(name).from(item::Entity, column);
    foreign.to(category::Entity, category::Column::Id).on_delete(ForeignKeyAction::NoAction);
    foreign
}

fn versions() -> TableCreateStatement {
    use item_version::Column as C;
    let mut table = Table::create();
    table
        .table(item_version::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::ItemId))
        .col(integer(C::Number))
        .col(uuid(C::CategoryId))
        .col(text(C::Name))
        .col(text(C::Summary))
        .col(text(C::Description))
        .col(big_integer(C::PriceMillionths))
        .col(uuid_null(C::CostCentreId))
        .col(text(C::Groups))
        .col(text(C::Form))
        .col(text(C::Approval))
        .col(text(C::Tasks))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::PublishedAtMs))
        .foreign_key(&mut of_item("item_version_item", item_version::Entity, C::ItemId));
    table
}

fn groups() -> TableCreateStatement {
    use item_group::Column as C;
    let mut table = Table::create();
    table
        .table(item_group::Entity)
        .col(uuid(C::TenantId))
        .col(uuid(C::ItemId))
        .col(uuid(C::GroupId))
        .primary_key(Index::create().col(C::ItemId).col(C::GroupId))
        .foreign_key(&mut of_item("item_group_item", item_group::Entity, C::ItemId));
    table
}

fn favourites() -> TableCreateStatement {
    use favourite::Column as C;
    let mut table = Table::create();
    table
        .table(favourite::Entity)
        .col(uuid(C::TenantId))
        .col(uuid(C::UserId))
        .col(uuid(C::ItemId))
        .primary_key(Index::create().col(C::UserId).col(C::ItemId).col(C::TenantId))
        .foreign_key(&mut of_item("favourite_item", favourite::Entity, C::ItemId));
    table
}

pub(super) fn of_item(
    name: &'static str,
    table: impl IntoTableRef,
    column: impl IntoIden,
) -> ForeignKeyCreateStatement {
    let mut foreign = ForeignKey::create();
    foreign.name(name).from(table, column).to(item::Entity, item::Column::Id);
    foreign.on_delete(ForeignKeyAction::Cascade);
    foreign
}
