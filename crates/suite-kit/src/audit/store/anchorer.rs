//! Which process anchors, and what keeps it from doing so. A single row.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text_null, uuid};

/// The key of the row.
pub const ID: i32 = 1;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_anchorer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The process, by an id that it made when it started.
    pub holder: Uuid,
    pub until_ms: i64,
    /// Why anchors wait; none while they do not.
    pub last_error: Option<String>,
    pub last_error_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table(Entity)
        .col(integer(Column::Id).primary_key())
        .col(uuid(Column::Holder))
        .col(big_integer(Column::UntilMs))
        .col(text_null(Column::LastError))
        .col(big_integer_null(Column::LastErrorAtMs));
    manager.create_table(table).await
}
