//! Files that people bring: in a folder, or in S3-compatible object storage.
//!
//! A file is received into a folder of its own first, with a bound on its size, and only then kept
//! as a whole under its tenant's and its own id: what is there is complete, and never changed. A
//! service writes its row before it keeps a file and removes the file before the row, so that there
//! is no file without a row. What is read is compared with its digest; of a file that was damaged
//! the last piece is held back, so that nobody takes it for whole. What a file says it is counts
//! for nothing: [`media_type`] looks at what it holds, and [`download`] serves nothing that a
//! browser would run.

pub mod backup;
mod folder;
mod kind;
mod name;
mod receiving;
mod s3;
mod served;

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use suite_contracts::{ServiceName, TenantId};
use uuid::Uuid;

use crate::config::Config;
use crate::problem::Problem;

use folder::Folder;
pub use kind::{Lie, media_type};
pub use name::safe_name;
pub use receiving::Received;
use s3::S3;
pub use served::download;

/// How long one may take to arrive, and how long nothing of it may come.
pub(crate) const UPLOAD_MS_MAX: u64 = 15 * 60_000;
const SILENT_MS_MAX: u64 = 30_000;
/// What a process that died had received of a file is removed after so long.
const RECEIVING_S_MAX: u64 = 24 * 3_600;
/// Of a file, as far as its kind is looked for.
const HEAD_BYTES_MAX: usize = 8 * 1024;

type Content = Pin<Box<dyn Stream<Item = Result<Bytes, FilesError>> + Send>>;

/// Why a file was not received, kept or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("the file has more than {bytes_max} bytes, which are the most that are taken")]
    TooLarge { bytes_max: u64 },
    #[error("the file did not arrive as a whole: {0}")]
    Broken(String),
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: std::io::Error },
    #[error("the object storage cannot be used: {0}")]
    Storage(String),
    #[error("the file {0} is not where it was kept")]
    Gone(Uuid),
    #[error("the file {0} is not what was kept: its digest is another one")]
    Damaged(Uuid),
    #[error("{0}")]
    Config(String),
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        let text = error.to_string();
        match error {
            FilesError::TooLarge { .. } => {
                Self::invalid("file_too_large", text).with_status(StatusCode::PAYLOAD_TOO_LARGE)
            }
            FilesError::Broken(_) => Self::invalid("file_broken", text),
            FilesError::Io { .. } | FilesError::Storage(_) => {
                Self::unavailable("files cannot be kept or read for now: try again later", text)
            }
            FilesError::Gone(_) | FilesError::Damaged(_) | FilesError::Config(_) => {
                Self::internal(text)
            }
        }
    }
}

/// Whether a request brings a file: a POST to a service's `files`, or a message to its
/// `mail/messages`.
pub fn is_upload(method: &Method, path: &str) -> bool {
    let rest = path.strip_prefix("/api/v1/").and_then(|rest| rest.split_once('/'));
    let is_one = rest.is_some_and(|(service, way)| {
        !service.is_empty() && matches!(way, "files" | "mail/messages")
    });
    *method == Method::POST && is_one
}

/// The folder of this installation's files, where they are in one.
pub fn folder(config: &Config) -> Option<PathBuf> {
    let own = || config.data_dir.join("files");
    config.s3_endpoint.is_none().then(|| config.files_dir.clone().unwrap_or_else(own))
}

/// Where a service keeps files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Where files are that are not whole yet.
    receiving: PathBuf,
    storage: Storage,
    bytes_max: u64,
}

#[derive(Debug)]
enum Storage {
    Folder(Folder),
    S3(Box<S3>),
}

impl Files {
    /// In the folder that is configured, or in object storage.
    pub fn open(config: &Config, service: ServiceName) -> Result<Self, FilesError> {
        let (receiving, storage) = match folder(config) {
            // On the same file system, so that a file can be moved.
            Some(root) => {
                let root = root.join(service.schema());
                (root.join(".receiving"), Storage::Folder(Folder::new(root)))
            }
            None => {
                let receiving = config.data_dir.join("files").join(service.schema());
                (receiving.join(".receiving"), Storage::S3(Box::new(S3::open(config, service)?)))
            }
        };
        let bytes_max = config.file_bytes_max;
        Ok(Self(Arc::new(Inner { receiving, storage, bytes_max })))
    }

    /// Takes a file in, whole and within bounds. Dropped, it is forgotten.
    pub async fn receive<E: std::fmt::Display>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Received, FilesError> {
        receiving::receive(&self.0.receiving, body, self.0.bytes_max).await
    }

    /// Keeps a file that was received, durably.
    pub async fn keep(&self, own: (TenantId, Uuid), file: Received) -> Result<(), FilesError> {
        match &self.0.storage {
            Storage::Folder(folder) => folder.keep(own, file).await,
            Storage::S3(s3) => s3.keep(own, file).await,
        }
    }

    /// What a file holds, piece by piece, checked against its digest.
    pub async fn read(
        &self,
        own: (TenantId, Uuid),
        sha256: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, FilesError>> + Send + use<>, FilesError> {
        let content: Content = match &self.0.storage {
            Storage::Folder(folder) => folder.read(own).await?,
            Storage::S3(s3) => s3.read(own).await?,
        };
        Ok(verified(own.1, content, sha256.to_owned()))
    }

    /// Removes a file; that there is none is no failure.
    pub async fn remove(&self, own: (TenantId, Uuid)) -> Result<(), FilesError> {
        match &self.0.storage {
            Storage::Folder(folder) => folder.remove(own).await,
            Storage::S3(s3) => s3.remove(own).await,
        }
    }

    /// Removes what is left of a tenant whose files were removed: in a folder, its own one. Object
    /// storage has nothing but files.
    pub async fn forget(&self, tenant: TenantId) -> Result<(), FilesError> {
        match &self.0.storage {
            Storage::Folder(folder) => folder.forget(tenant).await,
            Storage::S3(_) => Ok(()),
        }
    }

    /// Removes what processes left behind that died while they received a file.
    pub async fn tidy(&self) -> Result<(), FilesError> {
        receiving::tidy(&self.0.receiving, Duration::from_secs(RECEIVING_S_MAX)).await
    }
}

/// The pieces of a file. The last one follows only if all together are what was kept.
fn verified(
    id: Uuid,
    content: Content,
    sha256: String,
) -> impl Stream<Item = Result<Bytes, FilesError>> + Send {
    let start = (Some((content, Sha256::new(), None::<Bytes>)), sha256);
    futures_util::stream::unfold(start, move |(state, sha256)| async move {
        let (mut content, mut digest, mut held) = state?;
        loop {
            match content.next().await {
                Some(Ok(piece)) if piece.is_empty() => {}
                Some(Ok(piece)) => {
                    digest.update(&piece);
                    let before = held.replace(piece);
                    if let Some(before) = before {
                        return Some((Ok(before), (Some((content, digest, held)), sha256)));
                    }
                }
                Some(Err(error)) => return Some((Err(error), (None, sha256))),
                None if hex::encode(digest.finalize()) != sha256 => {
                    tracing::error!(%id, "a file is damaged: its digest is another one");
                    return Some((Err(FilesError::Damaged(id)), (None, sha256)));
                }
                None => return held.map(|last| (Ok(last), (None, sha256))),
            }
        }
    })
}

fn io<T>(path: &Path, result: std::io::Result<T>) -> Result<T, FilesError> {
    result.map_err(|error| FilesError::Io { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_by_one_way_alone() {
        assert!(is_upload(&Method::POST, "/api/v1/service-catalog/files"));
        assert!(is_upload(&Method::POST, "/api/v1/service-catalog/mail/messages"));
        for path in ["/api/v1/service-catalog/tickets/1/files", "/files", "/api/v1//files"] {
            assert!(!is_upload(&Method::POST, path), "{path}");
        }
        assert!(!is_upload(&Method::GET, "/api/v1/service-catalog/files"));
    }
}
