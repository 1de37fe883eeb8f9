//! A file on its way in: counted, digested, and written to a place of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{FilesError, HEAD_BYTES_MAX, SILENT_MS_MAX, io};

/// A file that has arrived as a whole. Dropped, it is removed.
#[derive(Debug)]
pub struct Received {
    pub(super) path: PathBuf,
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
    /// How it begins.
    pub head: Vec<u8>,
}

impl Received {
    /// What it holds, as a whole. For what is small, or seldom.
    pub async fn content(&self) -> Result<Vec<u8>, FilesError> {
        io(&self.path, tokio::fs::read(&self.path).await)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        // Moved to where it is kept, it is not here any more.
        let _ = std::fs::remove_file(&self.path);
    }
}

pub(super) async fn receive<E: std::fmt::Display>(
    folder: &Path,
    body: impl Stream<Item = Result<Bytes, E>> + Send,
    bytes_max: u64,
) -> Result<Received, FilesError> {
    io(folder, tokio::fs::create_dir_all(folder).await)?;
    let path = folder.join(Uuid::now_v7().to_string());
    let mut file = io(&path, tokio::fs::File::create_new(&path).await)?;
    let mut received = Received { path, bytes: 0, sha256: String::new(), head: Vec::new() };
    let mut digest = Sha256::new();
    let mut body = std::pin::pin!(body);
    let silent = Duration::from_millis(SILENT_MS_MAX);
    loop {
        let next = tokio::time::timeout(silent, body.next()).await;
        let next = next.map_err(|_| FilesError::Broken("nothing more came in time".to_owned()))?;
        let Some(piece) = next else { break };
        let piece = piece.map_err(|error| FilesError::Broken(error.to_string()))?;
        received.bytes += piece.len() as u64;
        if received.bytes > bytes_max {
            return Err(FilesError::TooLarge { bytes_max });
        }
        let room = HEAD_BYTES_MAX - received.head.len();
        received.head.extend(piece.iter().take(room));
        digest.update(&piece);
        io(&received.path, file.write_all(&piece).await)?;
    }
    io(&received.path, file.flush().await)?;
    io(&received.path, file.sync_all().await)?;
    received.sha256 = hex::encode(digest.finalize());
    Ok(received)
}

/// Removes what nobody receives any more.
pub(super) async fn tidy(folder: &Path, older_than: Duration) -> Result<(), FilesError> {
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return io(folder, Err(error)),
    };
    let now = SystemTime::now();
    while let Some(entry) = io(folder, entries.next_entry().await)? {
        // One that was finished meanwhile is not there any more.
        let Ok(metadata) = entry.metadata().await else { continue };
        let age = metadata.modified().ok().and_then(|at| now.duration_since(at).ok());
        if age.is_some_and(|age| age > older_than) {
            let _ = tokio::fs::remove_file(entry.path()).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_left_behind_is_removed_once_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("left");
        std::fs::write(&path, "half").unwrap();
        tidy(folder.path(), Duration::from_secs(3_600)).await.unwrap();
        assert!(path.exists());
        let old = SystemTime::now() - Duration::from_secs(7_200);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        tidy(folder.path(), Duration::from_secs(3_600)).await.unwrap();
        assert!(!path.exists());
        tidy(&folder.path().join("none"), Duration::ZERO).await.unwrap();
    }
}
