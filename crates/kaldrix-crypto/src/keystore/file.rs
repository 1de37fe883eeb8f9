//! Keystores on disk: readable by their owner alone, complete or absent, never overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{KEYSTORE_BYTES_MAX, KeystoreError};
use crate::random;

/// Writes a new keystore with mode 0600. When this returns, the file survives a power cut.
pub fn write_new(path: &Path, text: &str) -> Result<(), KeystoreError> {
    let temporary = temporary_path(path)?;
    let written = write_temporary(&temporary, text).and_then(|()| link_new(&temporary, path));
    // Also after a failure: what is left behind would be a second copy of the key.
    let removed = fs::remove_file(&temporary);
    written?;
    removed.map_err(failed("remove", &temporary))?;
    let directory = directory_of(path);
    File::open(directory).and_then(|d| d.sync_all()).map_err(failed("sync", directory))
}

/// Reads a keystore's text; [`open`](super::open) and its siblings take it from there.
pub fn read(path: &Path) -> Result<String, KeystoreError> {
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to see that the file is too long.
    let limit = KEYSTORE_BYTES_MAX as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(failed("read", path))?;
    if bytes.len() > KEYSTORE_BYTES_MAX {
        return Err(KeystoreError::TooLong { bytes: bytes.len() });
    }
    String::from_utf8(bytes).map_err(|_| KeystoreError::Damaged { reason: "it is not text" })
}

fn write_temporary(path: &Path, text: &str) -> Result<(), KeystoreError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(failed("write", path))
}

/// Gives the file its name. A link, unlike a rename, fails if the name is taken.
fn link_new(temporary: &Path, path: &Path) -> Result<(), KeystoreError> {
    fs::hard_link(temporary, path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeystoreError::Exists { path: path.to_owned() },
        _ => failed("create", path)(error),
    })
}

fn temporary_path(path: &Path) -> Result<PathBuf, KeystoreError> {
    let mut suffix = [0; 8];
    random::fill(&mut suffix)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.{}.new", hex::encode(suffix))))
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(action: &'static str, path: &Path) -> impl Fn(io::Error) -> KeystoreError {
    move |error| KeystoreError::File { action, path: path.to_owned(), error }
}
