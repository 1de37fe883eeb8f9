//! The table of audit records.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary_null, text, uuid};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub at_ms: i64,
    pub actor_kind: String,
    pub actor_id: String,
    pub actor_name: String,
    pub address: String,
    pub request_id: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// JSON, as it was written.
    pub detail: String,
    /// Its place in the tenant's chain, from 1; none until it is sealed.
    pub position: Option<i64>,
    /// Of the chain up to here; none until it is sealed.
    pub chain_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub async fn create(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table(Entity)
        .col(uuid(Column::Id).primary_key())
        .col(uuid(Column::TenantId))
        .col(big_integer(Column::AtMs))
        .col(text(Column::ActorKind))
        .col(text(Column::ActorId))
        .col(text(Column::ActorName))
        .col(text(Column::Address))
        .col(text(Column::RequestId))
        .col(text(Column::Action))
        .col(text(Column::SubjectKind))
        .col(text(Column::SubjectId))
        .col(text(Column::Detail))
        .col(big_integer_null(Column::Position))
        .col(binary_null(Column::ChainHash));
    manager.create_table(table).await?;
    let mut by_time = Index::create();
    by_time.name("audit_record_by_time").table(Entity);
    by_time.col(Column::TenantId).col(Column::AtMs).col(Column::Id);
    manager.create_index(by_time).await?;
    let mut by_position = Index::create();
    by_position.name("audit_record_by_position").table(Entity).unique();
    by_position.col(Column::TenantId).col(Column::Position);
    manager.create_index(by_position).await?;
    // What waits to be sealed is found at once, however long the trail has become.
    let mut unsealed = Index::create();
    unsealed.name("audit_record_unsealed").table(Entity);
    unsealed.col(Column::AtMs).col(Column::Id).and_where(Expr::col(Column::Position).is_null());
    manager.create_index(unsealed).await
}
