//! Copies of a service's database, taken while it is in use and consistent in themselves.
//!
//! SQLite writes one into a new file (`VACUUM INTO`). From PostgreSQL every table is copied in one
//! snapshot, in its binary format. A copy goes back into an empty database of the same engine, of
//! this release or a later one. Every file has a digest, which is checked before anything is
//! written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DbErr, RuntimeErr};
use sea_orm_migration::MigratorTraitSelf;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::postgres::PgConnection;
use suite_contracts::ServiceName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::migrate::{Migrator, prepare};
use super::{Database, Engine, Location, Migrations};

/// What is read and sent at once.
const CHUNK_BYTES: usize = 256 * 1024;
/// Where the migrations are noted that were made.
const MIGRATIONS_TABLE: &str = "seaql_migrations";

/// A service's part of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceCopy {
    pub service: ServiceName,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// The migrations that its tables had.
    pub migrations: Vec<String>,
    pub files: Vec<CopiedFile>,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiedFile {
    /// Below the backup's folder.
    pub path: PathBuf,
    /// The table that it holds; none for a whole database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    pub bytes: u64,
    /// BLAKE3, in hex.
    pub digest: String,
}

/// Why a copy could not be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
    #[error("{path} is not what was copied: the backup is damaged")]
    Damaged { path: PathBuf },
    #[error("{path} is no path within a backup")]
    Strange { path: PathBuf },
    #[error("the backup is of {copied}, and {found} is configured: restore to the same engine")]
    OtherEngine { copied: String, found: &'static str },
    #[error("there is data already: restore into an empty data folder or database")]
    NotEmpty,
    #[error(
        "the backup has the migration `{0}`, which this release does not know: use a later one"
    )]
    Newer(String),
}

/// Copies the database into `folder`, below the service's name.
pub async fn back_up(
    database: &Database,
    service: ServiceName,
    migrations: Migrations,
    folder: &Path,
) -> Result<ServiceCopy, BackupError> {
    let made = Migrator(migrations).get_applied_migrations(database.read()).await?;
    let migrations = made.iter().map(|migration| migration.name().to_owned()).collect();
    let (engine, files) = match database.engine() {
        Engine::Sqlite => ("sqlite", vec![copy_sqlite(database, service, folder).await?]),
        Engine::Postgres => ("postgres", copy_postgres(database, service, folder).await?),
    };
    Ok(ServiceCopy { service, engine: engine.to_owned(), migrations, files })
}

/// Whether every file of a copy is what was copied.
pub async fn check(copy: &ServiceCopy, folder: &Path) -> Result<(), BackupError> {
    for file in &copy.files {
        let path = within(folder, &file.path)?;
        let (bytes, digest) = digest(&path).await?;
        if (bytes, digest.as_str()) != (file.bytes, file.digest.as_str()) {
            return Err(BackupError::Damaged { path });
        }
    }
    Ok(())
}

/// Puts a copy back where there is nothing, and brings its tables up to date.
pub async fn restore(
    copy: &ServiceCopy,
    migrations: Migrations,
    location: &Location,
    folder: &Path,
) -> Result<(), BackupError> {
    check(copy, folder).await?;
    let known = Migrator(migrations).migrations();
    let known: BTreeSet<&str> = known.iter().map(|migration| migration.name()).collect();
    if let Some(newer) = copy.migrations.iter().find(|name| !known.contains(name.as_str())) {
        return Err(BackupError::Newer(newer.clone()));
    }
    let other = |found| BackupError::OtherEngine { copied: copy.engine.clone(), found };
    match location {
        Location::Folder(_) if copy.engine != "sqlite" => return Err(other("SQLite")),
        Location::Postgres { .. } if copy.engine != "postgres" => return Err(other("PostgreSQL")),
        Location::Folder(data) => restore_sqlite(copy, data, folder).await?,
        Location::Postgres { .. } => {
            let database = Database::open(location, copy.service).await?;
            let restored = restore_postgres(copy, migrations, &database, folder).await;
            database.close().await;
            restored?;
        }
    }
    let database = Database::open(location, copy.service).await?;
    super::migrate(&database, copy.service, migrations).await?;
    database.close().await;
    Ok(())
}

async fn copy_sqlite(
    database: &Database,
    service: ServiceName,
    folder: &Path,
) -> Result<CopiedFile, BackupError> {
    let path = PathBuf::from(format!("{}.sqlite", service.schema()));
    let whole = folder.join(&path);
    // A literal: SQLite takes no parameter here. Quotes are doubled.
    let literal = whole.display().to_string().replace('\'', "''");
    database.read().execute_unprepared(&format!("VACUUM INTO '{literal}'")).await?;
    let (bytes, digest) = digest(&whole).await?;
    Ok(CopiedFile { path, table: None, bytes, digest })
}

async fn restore_sqlite(copy: &ServiceCopy, data: &Path, folder: &Path) -> Result<(), BackupError> {
    let target = data.join(format!("{}.sqlite", copy.service.schema()));
    if target.exists() {
        return Err(BackupError::NotEmpty);
    }
    let file = |path: &Path| {
        let path = path.to_owned();
        move |error| BackupError::File { path, error }
    };
    tokio::fs::create_dir_all(data).await.map_err(file(data))?;
    for copied in &copy.files {
        // Beside it first, so that no half of a database is ever found under its name.
        let (from, beside) = (within(folder, &copied.path)?, target.with_extension("restoring"));
        tokio::fs::copy(&from, &beside).await.map_err(file(&from))?;
        tokio::fs::rename(&beside, &target).await.map_err(file(&target))?;
    }
    Ok(())
}

async fn copy_postgres(
    database: &Database,
    service: ServiceName,
    folder: &Path,
) -> Result<Vec<CopiedFile>, BackupError> {
    let below = PathBuf::from(service.schema());
    let whole = folder.join(&below);
    let failed = |error| BackupError::File { path: whole.clone(), error };
    tokio::fs::create_dir_all(&whole).await.map_err(failed)?;
    let mut connection =
        database.read().get_postgres_connection_pool().acquire().await.map_err(sql)?;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    sqlx::query(begin).execute(&mut *connection).await.map_err(sql)?;
    let mut files = Vec::new();
    for table in tables(&mut connection, service).await? {
        let path = below.join(format!("{table}.copy"));
        let out = format!("COPY {}.\"{table}\" TO STDOUT (FORMAT binary)", service.schema());
        let (bytes, digest) = copy_out(&mut connection, &out, &folder.join(&path)).await?;
        files.push(CopiedFile { path, table: Some(table), bytes, digest });
    }
    sqlx::query("COMMIT").execute(&mut *connection).await.map_err(sql)?;
    Ok(files)
}

async fn copy_out(
    connection: &mut PgConnection,
    statement: &str,
    path: &Path,
) -> Result<(u64, String), BackupError> {
    let failed = |error| BackupError::File { path: path.to_owned(), error };
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    let (mut bytes, mut hasher) = (0, blake3::Hasher::new());
    let mut copied = connection.copy_out_raw(statement).await.map_err(sql)?;
    while let Some(chunk) = std::future::poll_fn(|context| copied.as_mut().poll_next(context)).await
    {
        let chunk = chunk.map_err(sql)?;
        hasher.update(&chunk);
        bytes += chunk.len() as u64;
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.sync_all().await.map_err(failed)?;
    Ok((bytes, hasher.finalize().to_hex().to_string()))
}

async fn restore_postgres(
    copy: &ServiceCopy,
    migrations: Migrations,
    database: &Database,
    folder: &Path,
) -> Result<(), BackupError> {
    let transaction = database.begin().await?;
    prepare(&transaction, copy.service).await?;
    let steps = u32::try_from(copy.migrations.len()).unwrap_or(u32::MAX);
    let made = Migrator(migrations).get_applied_migrations(&*transaction).await?.len();
    if made > 0 {
        return Err(BackupError::NotEmpty);
    }
    // As the copy's tables were; later steps come after the data.
    Migrator(migrations).up(&*transaction, Some(steps)).await?;
    transaction.commit_unaudited("tables belong to no tenant").await?;
    let filled = fill_postgres(copy, database, folder).await;
    if filled.is_err() {
        // There was nothing before, so that is what there is again.
        let drop = format!("DROP SCHEMA {} CASCADE", copy.service.schema());
        database.read().execute_unprepared(&drop).await?;
    }
    filled
}

async fn fill_postgres(
    copy: &ServiceCopy,
    database: &Database,
    folder: &Path,
) -> Result<(), BackupError> {
    let mut connection =
        database.read().get_postgres_connection_pool().acquire().await.map_err(sql)?;
    sqlx::query("BEGIN").execute(&mut *connection).await.map_err(sql)?;
    for table in tables(&mut connection, copy.service).await? {
        let copied = copy.files.iter().find(|file| file.table.as_ref() == Some(&table));
        let Some(copied) = copied else { continue };
        let into = format!("COPY {}.\"{table}\" FROM STDIN (FORMAT binary)", copy.service.schema());
        copy_in(&mut connection, &into, &within(folder, &copied.path)?).await?;
    }
    sqlx::query("COMMIT").execute(&mut *connection).await.map_err(sql)?;
    Ok(())
}

async fn copy_in(
    connection: &mut PgConnection,
    statement: &str,
    path: &Path,
) -> Result<(), BackupError> {
    let failed = |error| BackupError::File { path: path.to_owned(), error };
    let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut into = connection.copy_in_raw(statement).await.map_err(sql)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk).await.map_err(failed)?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else { break };
        into.send(part).await.map_err(sql)?;
    }
    into.finish().await.map_err(sql)?;
    Ok(())
}

/// A service's tables, each after those that it refers to.
async fn tables(
    connection: &mut PgConnection,
    service: ServiceName,
) -> Result<Vec<String>, BackupError> {
    let listed = sqlx::query(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 AND tablename <> $2 ORDER BY 1",
    );
    let listed = listed.bind(service.schema()).bind(MIGRATIONS_TABLE);
    let rows = listed.fetch_all(&mut *connection).await.map_err(sql)?;
    let mut waiting: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let references = sqlx::query(
        "SELECT child.relname::text, parent.relname::text FROM pg_constraint, pg_class child, \
         pg_class parent, pg_namespace space WHERE contype = 'f' AND conrelid = child.oid \
         AND confrelid = parent.oid AND connamespace = space.oid AND space.nspname = $1",
    );
    let rows = references.bind(service.schema()).fetch_all(&mut *connection).await.map_err(sql)?;
    let references: Vec<(String, String)> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut ordered: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let is_free = |table: &String| {
            let mut parents = references.iter().filter(|(child, _)| child == table);
            parents.all(|(child, parent)| child == parent || ordered.contains(parent))
        };
        let (free, rest): (Vec<String>, Vec<String>) = waiting.into_iter().partition(is_free);
        if free.is_empty() {
            // A circle of references: the database will say so.
            ordered.extend(rest);
            break;
        }
        ordered.extend(free);
        waiting = rest;
    }
    Ok(ordered)
}

pub(crate) async fn digest(path: &Path) -> Result<(u64, String), BackupError> {
    let failed = |error| BackupError::File { path: path.to_owned(), error };
    let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
    let (mut bytes, mut hasher, mut chunk) = (0, blake3::Hasher::new(), vec![0; CHUNK_BYTES]);
    loop {
        let read = file.read(&mut chunk).await.map_err(failed)?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
        bytes += read as u64;
    }
    Ok((bytes, hasher.finalize().to_hex().to_string()))
}

/// A backup names files below its own folder, and no others.
pub(crate) fn within(folder: &Path, path: &Path) -> Result<PathBuf, BackupError> {
    let plain = |part| matches!(part, std::path::Component::Normal(_));
    if path.components().all(plain) && path.components().next().is_some() {
        return Ok(folder.join(path));
    }
    Err(BackupError::Strange { path: path.to_owned() })
}

fn sql(error: sqlx::Error) -> BackupError {
    BackupError::Database(DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_names_no_file_outside_of_it() {
        let folder = Path::new("/backup");
        assert_eq!(
            within(folder, Path::new("hub/a.copy")).unwrap(),
            Path::new("/backup/hub/a.copy")
        );
        for path in ["/etc/passwd", "../x", "hub/../../x", ""] {
            assert!(within(folder, Path::new(path)).is_err(), "{path}");
        }
    }
}
