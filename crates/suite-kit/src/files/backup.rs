//! Copies of all files of an installation, where they are in a folder.
//!
//! Files are never changed, and stay for a day after they were removed: what a database named when
//! it was copied is still there when its files are, if the whole takes no longer than that.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::db::backup::{BackupError, CopiedFile, digest, within};

/// Where they are in a backup.
const FOLDER: &str = "files";

/// Copies all files below `root` into a backup.
pub async fn back_up(root: &Path, backup: &Path) -> Result<Vec<CopiedFile>, BackupError> {
    let (mut copied, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(below) = folders.pop() {
        let folder = root.join(&below);
        let mut entries = match tokio::fs::read_dir(&folder).await {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            read => read.map_err(at(&folder))?,
        };
        while let Some(entry) = entries.next_entry().await.map_err(at(&folder))? {
            let name = entry.file_name();
            // Files that are not whole yet, and what is no file of ours.
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            let kind = entry.file_type().await.map_err(at(&entry.path()))?;
            if kind.is_dir() {
                folders.push(below.join(&name));
            } else if kind.is_file() {
                copied.extend(copy_in(root, &below.join(&name), backup).await?);
            }
        }
    }
    copied.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(copied)
}

/// `None` if it was dropped meanwhile.
async fn copy_in(
    root: &Path,
    file: &Path,
    backup: &Path,
) -> Result<Option<CopiedFile>, BackupError> {
    let (from, path) = (root.join(file), Path::new(FOLDER).join(file));
    let to = backup.join(&path);
    match copy(&from, &to).await {
        Err(BackupError::File { error, .. }) if error.kind() == ErrorKind::NotFound => Ok(None),
        copied => {
            copied?;
            let (bytes, digest) = digest(&to).await?;
            Ok(Some(CopiedFile { path, table: None, bytes, digest }))
        }
    }
}

/// Whether every file of a backup is what was copied, and there is none where they go.
pub async fn check(
    files: &[CopiedFile],
    backup: &Path,
    root: Option<&Path>,
) -> Result<(), BackupError> {
    for file in files {
        let path = within(backup, &file.path)?;
        let (bytes, digest) = digest(&path).await?;
        if (bytes, digest.as_str()) != (file.bytes, file.digest.as_str()) {
            return Err(BackupError::Damaged { path });
        }
    }
    let Some(root) = root else { return Ok(()) };
    match tokio::fs::read_dir(root).await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at(root)(error)),
        Ok(mut entries) => match entries.next_entry().await.map_err(at(root))? {
            Some(_) => Err(BackupError::NotEmpty),
            None => Ok(()),
        },
    }
}

/// Puts files that were checked back below `root`.
pub async fn restore(files: &[CopiedFile], backup: &Path, root: &Path) -> Result<(), BackupError> {
    for file in files {
        let below = file.path.strip_prefix(FOLDER);
        let below = below.map_err(|_| BackupError::Strange { path: file.path.clone() })?;
        copy(&within(backup, &file.path)?, &within(root, below)?).await?;
    }
    Ok(())
}

async fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if let Some(folder) = to.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(at(folder))?;
    }
    tokio::fs::copy(from, to).await.map_err(at(from))?;
    let copied = tokio::fs::File::open(to).await.map_err(at(to))?;
    copied.sync_all().await.map_err(at(to))
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |error| BackupError::File { path: path.clone(), error }
}
