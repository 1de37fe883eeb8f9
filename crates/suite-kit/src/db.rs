//! A service's database: SQLite or PostgreSQL, chosen by URL when the process starts.
//!
//! On SQLite all writes go through one connection, so that a transaction never fails because
//! another one was quicker; reads have connections of their own (WAL). On PostgreSQL a service has a
//! schema of its own. Query texts are the same for both.

mod appended;
pub mod backup;
mod migrate;
mod outage;
mod wake;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnAcquireErr, ConnectOptions, ConnectionTrait,
    DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, RuntimeErr, SqlErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, SqliteConnection};
use suite_contracts::ServiceName;

use crate::problem::Problem;

pub(crate) use appended::Row;
pub use migrate::{Migrations, is_current, migrate};
pub use outage::Outage;
pub(crate) use wake::Wake;

/// How long a request waits for a free connection.
const ACQUIRE_MS_MAX: u64 = 5_000;
/// How long SQLite waits for another process that writes.
const SQLITE_BUSY_MS_MAX: u64 = 5_000;
const SQLITE_PAUSE_MS: u64 = 20;
const SQLITE_READERS: u32 = 4;
const STATEMENT_MS_MAX: u64 = 30_000;
/// A connection that was used so lately is taken to be there still; others are tried first.
const TRUSTED_MS: u64 = 1_000;
/// Connections are kept until they fail. What would end them goes by a count of the pool's idle ones
/// (sqlx 0.9) that is below nothing for a moment while one is taken and another given back, and who
/// reads it then goes round and round for ever.
const FOR_GOOD: Option<Duration> = None;
/// Queries are short: compiling one takes longer than running it. And pages are in memory or on an
/// SSD: to read one anywhere costs hardly more than to read the next, where PostgreSQL supposes a disk
/// that turns, and reads whole tables of some hundred rows for one of them.
const POSTGRES_OPTIONS: [(&str, &str); 2] = [("jit", "off"), ("random_page_cost", "1.1")];
/// PostgreSQL's codes have so many characters; SQLite's have fewer.
const SQLSTATE_CHARS: usize = 5;
/// What a caller hears of an outage.
pub(crate) const GONE: &str = "the database does not answer: try again";

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Where a service's tables are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of its own for each service.
    Folder(PathBuf),
    /// `postgres://…`: one database, a schema for each service.
    Postgres { url: String, connections_max: u32 },
}

/// A service's database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    read: DatabaseConnection,
    write: DatabaseConnection,
    engine: Engine,
    wakes: Arc<wake::Wakes>,
    outage: Outage,
    /// Of PostgreSQL, to ask whether it is there.
    server: Option<Arc<PgConnectOptions>>,
}

/// A transaction that is rolled back unless it is committed. Mutations commit with their audit
/// record, through [`audit`](crate::audit).
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    engine: Engine,
    wakes: Arc<wake::Wakes>,
    on_commit: wake::Chosen,
    appended: appended::Appended,
}

impl Database {
    /// Connects. Tables are made by [`migrate`].
    pub async fn open(location: &Location, service: ServiceName) -> Result<Self, DbErr> {
        match location {
            Location::Folder(folder) => Self::open_sqlite(folder, service).await,
            Location::Postgres { url, connections_max } => {
                Self::open_postgres(url, *connections_max, service).await
            }
        }
    }

    async fn open_sqlite(folder: &Path, service: ServiceName) -> Result<Self, DbErr> {
        let path = folder.join(format!("{}.sqlite", service.schema()));
        let options = |connections: u32| {
            let path = path.clone();
            let mut options = ConnectOptions::new("sqlite://");
            options
                .max_connections(connections)
                .acquire_timeout(Duration::from_millis(ACQUIRE_MS_MAX))
                .idle_timeout(FOR_GOOD)
                .max_lifetime(FOR_GOOD)
                .test_before_acquire(false)
                .sqlx_logging(false)
                .map_sqlx_sqlite_pool_opts(|options| options.after_release(is_clean))
                .map_sqlx_sqlite_opts(move |options| {
                    options
                        .filename(&path)
                        .create_if_missing(true)
                        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                        .busy_timeout(Duration::from_millis(SQLITE_BUSY_MS_MAX))
                        .foreign_keys(true)
                });
            options
        };
        // The writer first: it makes the file, and turns WAL on. While another process does so,
        // SQLite refuses at once, whatever its time-out.
        let mut pauses = SQLITE_BUSY_MS_MAX / SQLITE_PAUSE_MS;
        let write = loop {
            match sea_orm::Database::connect(options(1)).await {
                Err(error) if pauses > 0 && is_unavailable(&error) => {
                    pauses -= 1;
                    tokio::time::sleep(Duration::from_millis(SQLITE_PAUSE_MS)).await;
                }
                connected => break connected?,
            }
        };
        let read = sea_orm::Database::connect(options(SQLITE_READERS)).await?;
        let (wakes, outage) = (Arc::default(), Outage::default());
        Ok(Self { read, write, engine: Engine::Sqlite, wakes, outage, server: None })
    }

    async fn open_postgres(
        url: &str,
        connections_max: u32,
        service: ServiceName,
    ) -> Result<Self, DbErr> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(connections_max)
            .acquire_timeout(Duration::from_millis(ACQUIRE_MS_MAX))
            .idle_timeout(FOR_GOOD)
            .max_lifetime(FOR_GOOD)
            .statement_timeout(Duration::from_millis(STATEMENT_MS_MAX))
            .set_schema_search_path(service.schema())
            .set_application_name(format!("itechsmart-{service}"))
            .test_before_acquire_if_idle_for(Duration::from_millis(TRUSTED_MS))
            .map_sqlx_postgres_opts(|options| options.options(POSTGRES_OPTIONS))
            .sqlx_logging(false);
        let pool = sea_orm::Database::connect(options).await?;
        let server = PgConnectOptions::from_str(url)
            .map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?
            .application_name(&format!("itechsmart-{service}-watch"));
        let (read, server) = (pool.clone(), Some(Arc::new(server)));
        let (wakes, outage) = (Arc::default(), Outage::default());
        Ok(Self { read, write: pool, engine: Engine::Postgres, wakes, outage, server })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// For queries outside of a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For one statement of the kit's own bookkeeping that writes, and is a transaction by itself.
    pub(crate) fn alone(&self) -> &DatabaseConnection {
        &self.write
    }

    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.write.begin_with_options(options).await?;
        let (wakes, on_commit) = (self.wakes.clone(), wake::Chosen::default());
        let appended = appended::Appended::default();
        Ok(Transaction { inner, engine: self.engine, wakes, on_commit, appended })
    }

    /// Changes after each commit in this process that made work of this kind.
    pub(crate) fn woken(&self, wake: Wake) -> tokio::sync::watch::Receiver<()> {
        self.wakes.watch(wake)
    }

    /// Whether it is known to be gone.
    pub fn outage(&self) -> &Outage {
        &self.outage
    }

    /// What finds out, where the database is a server.
    pub(crate) fn watch(&self) -> Option<outage::Watch> {
        let server = self.server.as_deref()?;
        Some(outage::Watch::new(server, self.outage.clone()))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        if self.outage.is_known() {
            return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        }
        self.read.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    /// Ends all connections.
    pub async fn close(&self) {
        for connection in [&self.read, &self.write] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "a database connection did not close");
            }
        }
    }
}

/// Whether a connection can be used again. On a full disk SQLite ends a transaction by itself: the
/// driver's rollback then fails, it takes the next transaction for a part of that one, and would
/// never commit it.
fn is_clean(
    connection: &mut SqliteConnection,
    _: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    Box::pin(async move {
        // Behind a rollback that is still to be done.
        connection.ping().await?;
        Ok(!connection.is_in_transaction())
    })
}

impl Transaction {
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Commits what needs no audit record, for the reason given: bookkeeping of the kit and of jobs.
    pub async fn commit_unaudited(self, _why: &'static str) -> Result<(), DbErr> {
        self.write_appended().await?;
        self.inner.commit().await?;
        self.wakes.tell(&self.on_commit);
        Ok(())
    }

    /// After the commit, whoever does work of this kind in this process looks at once.
    pub(crate) fn wakes_on_commit(&self, wake: Wake) {
        self.on_commit.choose(wake);
    }

    /// Adds a row that nothing else in this transaction reads, changes or refers to, but rows that are
    /// added like this after it: all go to the database at once, right before the commit.
    pub async fn add<A: ActiveModelTrait>(&self, row: &A) -> Result<(), DbErr> {
        self.append(Row::of(row)).await
    }

    /// Adds a row, at the latest when the transaction commits: until then queries do not see it.
    pub(crate) async fn append(&self, row: Row) -> Result<(), DbErr> {
        if self.appended.keep(row) {
            self.write_appended().await?;
        }
        Ok(())
    }

    /// Writes the rows that were appended, for whoever is to learn now if that fails.
    pub(crate) async fn write_appended(&self) -> Result<(), DbErr> {
        self.appended.write(&self.inner, self.engine).await
    }

    pub async fn roll_back(self) -> Result<(), DbErr> {
        self.inner.rollback().await
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

/// Repeats the last of them until their number is a power of two. Where that changes nothing, it
/// leaves a dozen texts of a statement to prepare instead of one for each number.
pub fn padded<T: Clone>(mut rows: Vec<T>) -> Vec<T> {
    if let Some(last) = rows.last().cloned() {
        rows.resize(rows.len().next_power_of_two(), last);
    }
    rows
}

/// Removes rows that ended before a time, which each state of an end has of its own.
pub(crate) async fn remove_ended<E: EntityTrait>(
    transaction: &Transaction,
    (state, ended_ms): (E::Column, E::Column),
    before_ms: [(&str, i64); 2],
) -> Result<(), DbErr> {
    for (ended_as, before_ms) in before_ms {
        let old = E::delete_many().filter(state.eq(ended_as)).filter(ended_ms.lt(before_ms));
        old.exec(&**transaction).await?;
    }
    Ok(())
}

/// Whether a row could not be written because one with the same unique value is there.
pub fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether a row could not be written because what it refers to is not there (any more).
pub fn is_dangling(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)))
}

/// Whether the database itself is at fault, and trying again later may help.
pub fn is_unavailable(error: &DbErr) -> bool {
    let broken = |error: &RuntimeErr| match error {
        RuntimeErr::SqlxError(error) => match error.as_ref() {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            // PostgreSQL: connection exceptions, out of resources, operator intervention. SQLite:
            // busy, locked, I/O error, full.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| match code.len() {
                SQLSTATE_CHARS => ["08", "53", "57"].iter().any(|class| code.starts_with(class)),
                _ => sqlite_code(&code).is_some_and(|code| [5, 6, 10, 13].contains(&code)),
            }),
            _ => false,
        },
        RuntimeErr::Internal(_) => false,
    };
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(error) | DbErr::Exec(error) | DbErr::Query(error) => broken(error),
        _ => false,
    }
}

/// Whether there was no space left to write to.
fn is_full(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code == "53100" || sqlite_code(&code) == Some(13))
}

/// What SQLite says, without the details of its extended codes.
fn sqlite_code(code: &str) -> Option<u32> {
    (code.len() < SQLSTATE_CHARS).then_some(code.parse::<u32>().ok()? & 0xff)
}

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Self {
        if is_full(&error) {
            let detail = "the database has no space left, and nothing was changed: reading goes on, \
                          and writing once there is space again";
            return Self::unavailable(detail, error).with_code("storage_full");
        }
        if is_unavailable(&error) {
            return Self::unavailable(GONE, error);
        }
        Self::internal(error)
    }
}
