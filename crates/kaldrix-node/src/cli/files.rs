//! Files that commands read and write; `-` is standard input.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use kaldrix_client::Digest;

use super::failure::Failure;

/// Whether a path stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    // Opening a directory succeeds; reading it says what it is.
    File::open(path).map(|file| Box::new(file) as Box<dyn Read>)
}

/// The plain BLAKE3 digest of a file of any length, as `b3sum` prints it.
pub(super) fn digest(path: &Path) -> Result<Digest, Failure> {
    let mut hasher = blake3::Hasher::new();
    let hashed = open(path).and_then(|file| hasher.update_reader(file).map(|_| ()));
    hashed.map_err(|error| cannot_read(path, &error))?;
    Ok(Digest(*hasher.finalize().as_bytes()))
}

/// A text, and one byte more than `bytes_max` of what is too long: its reader refuses that.
pub(super) fn text(path: &Path, bytes_max: usize) -> Result<String, Failure> {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map_err(|error| cannot_read(path, &error))?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::Other(format!("cannot read {}: it is not UTF-8 text", path.display()))
    })
}

pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::Other(format!("cannot write {}: {error}", path.display())))
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    Failure::Other(format!("cannot read {}: {error}", path.display()))
}
