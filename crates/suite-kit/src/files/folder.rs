//! Files in a folder: `<service>/<tenant>/<id>`, each moved there as a whole.

use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use suite_contracts::TenantId;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use super::{Content, FilesError, Received, io};

const PIECE_BYTES_MAX: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn of_tenant(&self, tenant: TenantId) -> PathBuf {
        self.root.join(tenant.0.to_string())
    }

    fn path(&self, (tenant, id): (TenantId, Uuid)) -> PathBuf {
        self.of_tenant(tenant).join(id.to_string())
    }

    pub(super) async fn keep(
        &self,
        own: (TenantId, Uuid),
        file: Received,
    ) -> Result<(), FilesError> {
        let path = self.path(own);
        let folder = path.parent().unwrap_or(&self.root);
        io(folder, tokio::fs::create_dir_all(folder).await)?;
        io(&path, tokio::fs::rename(&file.path, &path).await)?;
        // The file is synced; that it is here, its folder says.
        sync(folder).await?;
        sync(&self.root).await
    }

    pub(super) async fn read(&self, own: (TenantId, Uuid)) -> Result<Content, FilesError> {
        let path = self.path(own);
        let file = match File::open(&path).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(FilesError::Gone(own.1));
            }
            opened => io(&path, opened)?,
        };
        Ok(Box::pin(pieces(file, path)))
    }

    pub(super) async fn remove(&self, own: (TenantId, Uuid)) -> Result<(), FilesError> {
        let path = self.path(own);
        match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => io(&path, removed),
        }
    }

    pub(super) async fn forget(&self, tenant: TenantId) -> Result<(), FilesError> {
        let path = self.of_tenant(tenant);
        match tokio::fs::remove_dir_all(&path).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => io(&path, removed),
        }
    }
}

/// What an open file holds.
pub(super) fn pieces(
    file: File,
    path: PathBuf,
) -> impl Stream<Item = Result<Bytes, FilesError>> + Send + use<> {
    futures_util::stream::unfold(Some((file, path)), |state| async move {
        let (mut file, path) = state?;
        let mut piece = BytesMut::with_capacity(PIECE_BYTES_MAX);
        match io(&path, file.read_buf(&mut piece).await) {
            Ok(0) => None,
            Ok(_) => Some((Ok(piece.freeze()), Some((file, path)))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

async fn sync(folder: &Path) -> Result<(), FilesError> {
    let opened = io(folder, File::open(folder).await)?;
    io(folder, opened.sync_all().await)
}
