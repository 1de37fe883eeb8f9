//! The table of events that wait to be delivered.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, uuid};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub name: String,
    pub at_ms: i64,
    pub subject: String,
    pub data: String,
    pub delivered_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(DeriveMigrationName)]
pub(crate) struct CreateOutbox;

#[async_trait::async_trait]
impl MigrationTrait for CreateOutbox {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Entity)
            .col(uuid(Column::Id).primary_key())
            .col(uuid(Column::TenantId))
            .col(text(Column::Name))
            .col(big_integer(Column::AtMs))
            .col(text(Column::Subject))
            .col(text(Column::Data))
            .col(big_integer_null(Column::DeliveredAtMs));
        manager.create_table(table).await?;
        let mut waiting = Index::create();
        waiting.name("event_outbox_waiting").table(Entity);
        waiting.col(Column::DeliveredAtMs).col(Column::Id);
        manager.create_index(waiting).await
    }
}
