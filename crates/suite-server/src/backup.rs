//! `itechsmart backup` and `itechsmart restore`: every service's store and its files, in one folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use suite_kit::clock;
use suite_kit::config::{Config, Environment};
use suite_kit::db::Database;
use suite_kit::db::backup::{self, CopiedFile, ServiceCopy};
use suite_kit::files;

use crate::services;

const FORMAT: &str = "itechsmart-backup/1";
/// Written last: a folder without it is no backup.
const MANIFEST: &str = "manifest.json";
/// Of development alone: production's secrets are not in its stores, and not in its backups.
const SECRETS: &str = "development-secrets.json";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    created_at: String,
    app_version: String,
    services: Vec<ServiceCopy>,
    /// What people brought. After the stores, so that no store names a file that is not here.
    #[serde(default)]
    files: Vec<CopiedFile>,
}

/// Copies all stores into a new folder. Services may go on running.
pub async fn back_up(config: &Config, folder: &Path) -> Result<()> {
    ensure!(!folder.exists(), "{} is there already: name a new folder", folder.display());
    let named = |path: &Path| path.display().to_string();
    std::fs::create_dir_all(folder).with_context(|| named(folder))?;
    let mut copies = Vec::new();
    for service in services::all() {
        let definition = service.definition();
        let database = Database::open(&config.location(), definition.name).await?;
        let copy = backup::back_up(&database, definition.name, definition.migrations, folder).await;
        database.close().await;
        let copy = copy.with_context(|| definition.name.to_string())?;
        let bytes: u64 = copy.files.iter().map(|file| file.bytes).sum();
        println!("{}: {} files, {bytes} bytes", definition.name, copy.files.len());
        copies.push(copy);
    }
    let files = back_up_files(config, folder).await?;
    let secrets = config.data_dir.join(SECRETS);
    if config.environment == Environment::Development && secrets.exists() {
        std::fs::copy(&secrets, folder.join(SECRETS)).with_context(|| named(&secrets))?;
    } else {
        println!("keep ENCRYPTION_KEY, JWT_SECRET and SECRET_KEY too: the backup has none of them");
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        created_at: clock::rfc3339(crate::clock().now_ms()),
        app_version: config.app_version.clone(),
        services: copies,
        files,
    };
    let path = folder.join(MANIFEST);
    std::fs::write(&path, serde_json::to_vec_pretty(&manifest)?).with_context(|| named(&path))?;
    println!("backup is complete: {}", folder.display());
    Ok(())
}

async fn back_up_files(config: &Config, folder: &Path) -> Result<Vec<CopiedFile>> {
    let Some(root) = files::folder(config) else {
        let bucket = config.s3_bucket.as_deref().unwrap_or_default();
        println!("files are in the bucket {bucket}: back it up where it is, after this");
        return Ok(Vec::new());
    };
    let copied = files::backup::back_up(&root, folder).await?;
    let bytes: u64 = copied.iter().map(|file| file.bytes).sum();
    println!("files: {}, {bytes} bytes", copied.len());
    Ok(copied)
}

/// Puts a backup back into an empty data folder or database.
pub async fn restore(config: &Config, folder: &Path) -> Result<()> {
    let manifest = read(folder)?;
    for copy in &manifest.services {
        backup::check(copy, folder).await.with_context(|| copy.service.to_string())?;
    }
    let root = files::folder(config);
    ensure!(
        root.is_some() || manifest.files.is_empty(),
        "the backup has files, and S3_ENDPOINT is set: restore without it, and copy them there"
    );
    files::backup::check(&manifest.files, folder, root.as_deref()).await?;
    for copy in &manifest.services {
        let service = services::one(copy.service)?;
        let migrations = service.definition().migrations;
        backup::restore(copy, migrations, &config.location(), folder)
            .await
            .with_context(|| copy.service.to_string())?;
        println!("{}: restored", copy.service);
    }
    if let Some(root) = &root {
        files::backup::restore(&manifest.files, folder, root).await?;
        println!("files: {} restored", manifest.files.len());
    }
    println!("restored the backup of {}", manifest.created_at);
    Ok(())
}

/// Puts development's secrets back, before the configuration makes new ones.
pub fn restore_secrets(folder: &Path, data_dir: &Path) -> Result<()> {
    let (from, to) = (folder.join(SECRETS), data_dir.join(SECRETS));
    if from.exists() && !to.exists() {
        std::fs::create_dir_all(data_dir).with_context(|| data_dir.display().to_string())?;
        std::fs::copy(&from, &to).with_context(|| to.display().to_string())?;
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Manifest> {
    let path: PathBuf = folder.join(MANIFEST);
    let bytes = std::fs::read(&path)
        .with_context(|| format!("{}: is this the folder of a complete backup?", path.display()))?;
    let manifest: Manifest =
        serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
    ensure!(manifest.format == FORMAT, "{}: the format is not {FORMAT}", path.display());
    Ok(manifest)
}
