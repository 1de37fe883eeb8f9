//! How far each tenant's chain reaches.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, uuid};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_head")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// Of the last sealed record; 0 if there is none.
    pub position: i64,
    pub chain_hash: Vec<u8>,
    /// Up to here there are anchors, final or not.
    pub anchored_position: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table(Entity)
        .col(uuid(Column::TenantId).primary_key())
        .col(big_integer(Column::Position))
        .col(binary(Column::ChainHash))
        .col(big_integer(Column::AnchoredPosition));
    manager.create_table(table).await
}
