//! The tables of the audit trail, in every service's database.
//!
//! `audit_record` is what was done; `audit_head` is how far each tenant's chain reaches; `audit_anchor`
//! is what of it was, or is to be, notarised; `audit_notarisation` keeps the ledger's proofs, one a
//! transaction; `audit_anchorer` says which process anchors.

pub mod anchor;
pub mod anchorer;
pub mod head;
pub mod notarisation;
pub mod record;

use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::db::{Transaction, padded};

#[derive(Debug)]
pub(crate) struct CreateTables;

impl MigrationName for CreateTables {
    fn name(&self) -> &'static str {
        "kit_audit_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        record::create(manager).await?;
        head::create(manager).await?;
        anchor::create(manager).await?;
        notarisation::create(manager).await?;
        anchorer::create(manager).await
    }
}

/// Changes many rows with one statement: `head` names the table and sets its columns from those of
/// `v`, `v.column1` and on, which are `rows`; `tail` is the condition. Says how many rows changed.
///
/// Their number is a power of two (see [`padded`]).
pub async fn update_from<const N: usize>(
    transaction: &Transaction,
    head: &str,
    rows: Vec<[Value; N]>,
    tail: &str,
) -> Result<u64, DbErr> {
    if rows.is_empty() {
        return Ok(0);
    }
    let rows = padded(rows);
    let mut sql = format!("{head} FROM (VALUES ");
    for row in 0..rows.len() {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..N {
            let comma = if column == 0 { "" } else { "," };
            sql.push_str(&format!("{comma}${}", row * N + column + 1));
        }
        sql.push(')');
    }
    sql.push_str(&format!(") AS v WHERE {tail}"));
    let values: Vec<Value> = rows.into_iter().flatten().collect();
    let backend = transaction.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(transaction.execute_raw(statement).await?.rows_affected())
}
