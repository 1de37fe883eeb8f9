//! The table of idempotency keys, as hashes.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QuerySelect};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, binary_null};

use crate::db::Transaction;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    /// Of tenant, caller, route and key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: Vec<u8>,
    /// Of the request.
    pub fingerprint: Vec<u8>,
    pub created_at_ms: i64,
    /// Sealed; none while the request runs.
    pub answer: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub(super) async fn locked(
    transaction: &Transaction,
    scope: [u8; 32],
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(scope.to_vec()).lock_exclusive().one(&**transaction).await
}

/// Whether the key was new. Of two that begin with one new key at once, the second meets the first
/// one's row.
pub(super) async fn begin(
    connection: &impl ConnectionTrait,
    scope: [u8; 32],
    fingerprint: [u8; 32],
    now_ms: i64,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        scope: Set(scope.to_vec()),
        fingerprint: Set(fingerprint.to_vec()),
        created_at_ms: Set(now_ms),
        answer: Set(None),
    };
    let once = OnConflict::column(Column::Scope).do_nothing().to_owned();
    let insert = Entity::insert(row).on_conflict(once);
    Ok(insert.exec_without_returning(connection).await? > 0)
}

pub(super) async fn end(
    connection: &impl ConnectionTrait,
    scope: [u8; 32],
    answer: Vec<u8>,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::Answer, Expr::value(answer));
    update.filter(Column::Scope.eq(scope.to_vec())).exec(connection).await?;
    Ok(())
}

pub(super) async fn forget(
    connection: &impl ConnectionTrait,
    scope: [u8; 32],
) -> Result<(), DbErr> {
    Entity::delete_by_id(scope.to_vec()).exec(connection).await?;
    Ok(())
}

pub(super) async fn prune(connection: &impl ConnectionTrait, before_ms: i64) -> Result<(), DbErr> {
    let old = Entity::delete_many().filter(Column::CreatedAtMs.lt(before_ms));
    old.exec(connection).await?;
    Ok(())
}

#[derive(Debug)]
pub(crate) struct CreateKeys;

impl MigrationName for CreateKeys {
    fn name(&self) -> &'static str {
        "idempotency_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateKeys {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Entity)
            .col(binary(Column::Scope).primary_key())
            .col(binary(Column::Fingerprint))
            .col(big_integer(Column::CreatedAtMs))
            .col(binary_null(Column::Answer));
        manager.create_table(table).await?;
        let mut old = Index::create();
        old.name("idempotency_key_by_time").table(Entity).col(Column::CreatedAtMs);
        manager.create_index(old).await
    }
}
