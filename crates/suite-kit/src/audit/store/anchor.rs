//! Anchors: stretches of a tenant's chain, and what became of their notarisation.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, integer, text, text_null, uuid,
};

/// Not with the ledger yet, or no longer.
pub const PENDING: &str = "pending";
/// The ledger has taken the transaction.
pub const SUBMITTED: &str = "submitted";
/// A quorum certified it, and the proof is here.
pub const FINAL: &str = "final";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_anchor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub first_position: i64,
    pub last_position: i64,
    /// Over the chain hashes of these positions.
    pub merkle_root: Vec<u8>,
    /// Of the last position.
    pub chain_hash: Vec<u8>,
    /// What is notarised.
    pub digest: Vec<u8>,
    pub state: String,
    /// The latest transaction that carries the digest.
    pub transaction_id: Option<String>,
    /// Of the block that executed it.
    pub height: Option<i64>,
    pub block_time_ms: Option<i64>,
    /// How often it was about to be sent.
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at_ms: i64,
    pub submitted_at_ms: Option<i64>,
    pub final_at_ms: Option<i64>,
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
        .col(big_integer(Column::FirstPosition))
        .col(big_integer(Column::LastPosition))
        .col(binary(Column::MerkleRoot))
        .col(binary(Column::ChainHash))
        .col(binary(Column::Digest))
        .col(text(Column::State))
        .col(text_null(Column::TransactionId))
        .col(big_integer_null(Column::Height))
        .col(big_integer_null(Column::BlockTimeMs))
        .col(integer(Column::Attempts))
        .col(text_null(Column::LastError))
        .col(big_integer(Column::CreatedAtMs))
        .col(big_integer_null(Column::SubmittedAtMs))
        .col(big_integer_null(Column::FinalAtMs));
    manager.create_table(table).await?;
    let mut by_first = Index::create();
    by_first.name("audit_anchor_by_first_position").table(Entity).unique();
    by_first.col(Column::TenantId).col(Column::FirstPosition);
    manager.create_index(by_first).await?;
    let mut by_last = Index::create();
    by_last.name("audit_anchor_by_last_position").table(Entity).unique();
    by_last.col(Column::TenantId).col(Column::LastPosition);
    manager.create_index(by_last).await?;
    let mut open = Index::create();
    open.name("audit_anchor_open").table(Entity);
    open.col(Column::State).col(Column::Id).and_where(Expr::col(Column::State).ne(FINAL));
    manager.create_index(open).await
}
