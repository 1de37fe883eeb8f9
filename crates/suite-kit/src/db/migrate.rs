//! Making and changing tables, in one transaction, by one process at a time.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationTrait, MigratorTraitSelf};
use suite_contracts::ServiceName;

use super::{Database, Engine, Transaction};

/// Processes that migrate at once wait for each other under this number.
const ADVISORY_LOCK: i64 = 0x6974_6563_6873;

/// The steps that make a service's tables, oldest first.
pub type Migrations = fn() -> Vec<Box<dyn MigrationTrait>>;

/// The kit's own tables, then the service's.
pub(super) struct Migrator(pub(super) Migrations);

impl MigratorTraitSelf for Migrator {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        crate::tables::migrations().into_iter().chain(self.0()).collect()
    }
}

/// Brings a service's tables up to date. All or nothing: both databases change tables within a
/// transaction.
pub async fn migrate(
    database: &Database,
    service: ServiceName,
    migrations: Migrations,
) -> Result<(), DbErr> {
    let transaction = database.begin().await?;
    prepare(&transaction, service).await?;
    Migrator(migrations).up(&*transaction, None).await?;
    transaction.commit_unaudited("tables belong to no tenant").await
}

/// Whether the tables are those of this program.
pub async fn is_current(database: &Database, migrations: Migrations) -> Result<bool, DbErr> {
    let migrator = Migrator(migrations);
    Ok(migrator.get_pending_migrations_read_only(database.read()).await?.is_empty())
}

pub(super) async fn prepare(transaction: &Transaction, service: ServiceName) -> Result<(), DbErr> {
    if transaction.engine() == Engine::Postgres {
        let lock = format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})");
        transaction.execute_unprepared(&lock).await?;
        let schema = format!("CREATE SCHEMA IF NOT EXISTS {}", service.schema());
        transaction.execute_unprepared(&schema).await?;
    }
    Ok(())
}
