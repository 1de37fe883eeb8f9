//! Bundles: of which items they consist, and which requests were made together. And indexes for
//! requests by their cost centre, and for queues of one kind.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, integer, integer_null, text, text_null, uuid, uuid_null};

use super::m0001_items::of_item;
use crate::store::entities::{bundle_part, item, item_version, request, ticket};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What item versions that were made before consist of: nothing.
const NO_PARTS: &str = "{\"version\":1,\"content\":[]}";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            manager.alter_table(column).await?;
        }
        manager.create_table(parts()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Each by itself: SQLite adds one column at a time.
fn columns() -> [TableAlterStatement; 6] {
    use request::Column as R;
    let add = |table: TableRef, column: ColumnDef| {
        let mut alter = Table::alter();
        alter.table(table).add_column(column);
        alter
    };
    let of_request = |column: ColumnDef| add(request::Entity.into_table_ref(), column);
    [
        add(item::Entity.into_table_ref(), boolean(item::Column::IsBundle).default(false).take()),
        add(
            item_version::Entity.into_table_ref(),
            text(item_version::Column::Parts).default(NO_PARTS).take(),
        ),
        of_request(uuid_null(R::SubmissionId)),
        of_request(uuid_null(R::BundleId)),
        of_request(integer_null(R::BundleVersion)),
        of_request(text_null(R::BundleName)),
    ]
}

fn parts() -> TableCreateStatement {
    use bundle_part::Column as C;
    let mut table = Table::create();
    table
        .table(bundle_part::Entity)
        .col(uuid(C::TenantId))
        .col(uuid(C::BundleId))
        .col(integer(C::Place))
        .col(uuid(C::ItemId))
        .col(boolean(C::IsRequired))
        .primary_key(Index::create().col(C::BundleId).col(C::Place))
        .foreign_key(&mut of_item("bundle_part_bundle", bundle_part::Entity, C::BundleId))
        .foreign_key(&mut of_item("bundle_part_item", bundle_part::Entity, C::ItemId));
    table
}

fn indexes() -> [IndexCreateStatement; 4] {
    use bundle_part::Column as B;
    use request::Column as R;
    use ticket::Column as T;
    let index = |name: &'static str| {
        let mut index = Index::create();
        index.name(name);
        index
    };
    let mut used = index("bundle_part_by_item");
    used.table(bundle_part::Entity).col(B::TenantId).col(B::ItemId);
    let mut together = index("request_by_submission");
    together.table(request::Entity).col(R::TenantId).col(R::SubmissionId);
    together.and_where(Expr::col(R::SubmissionId).is_not_null());
    let mut charged = index("request_by_cost_centre");
    charged.table(request::Entity).col(R::TenantId).col(R::CostCentreId).col(R::Number);
    let mut kinds = index("ticket_kind_due");
    kinds.table(ticket::Entity).col(T::TenantId).col(T::IsOpen).col(T::Kind);
    kinds.col(T::DueAtMs).col(T::Number);
    [used, together, charged, kinds]
}
