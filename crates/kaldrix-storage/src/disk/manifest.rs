//! Checks that fjall 3 leaves out, made before it opens a directory.
//!
//! Each keyspace has a manifest `v<n>` that lists its tables, and a file `current` with `n` and the
//! manifest's checksum, which fjall writes and does not compare: a flipped bit there makes it lose
//! all tables of the keyspace, delete the keyspace, or abort the process on an absurd allocation.
//! Manifests and tables are archives that end with a directory of their sections, whose length
//! fjall trusts before it compares the directory's checksum.

use std::fs::{self, File};
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_128;

use crate::error::StoreError;

/// Length of a manifest: 16 MiB list 500,000 tables.
const MANIFEST_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Length of an archive's directory.
const SECTIONS_BYTES_MAX: u64 = 64 * 1024;
/// `SFA!`, version and kind of checksum; checksum, position and length of the directory.
const TRAILER_BYTES: u64 = 4 + 2 + 16 + 8 + 8;
/// `TOC!` and the number of sections.
const SECTIONS_HEAD_BYTES: usize = 4 + 4;

/// Checks the manifests of all keyspaces in the store at `directory`, and the tables they list.
/// Tables that no manifest lists are leftovers of a crash, which the engine deletes.
pub fn check(directory: &Path) -> Result<(), StoreError> {
    for keyspace in keyspaces(&directory.join("keyspaces"))? {
        let current = keyspace.join("current");
        // Without it the keyspace was never finished, and the engine makes it anew.
        if !current.exists() {
            continue;
        }
        let tables = judge(&current, listed_tables(&keyspace, &current))?;
        for table in tables {
            let path = keyspace.join("tables").join(table.to_string());
            judge(&path, File::open(&path).and_then(|mut file| sections(&mut file)))?;
        }
    }
    Ok(())
}

fn keyspaces(directory: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |source| StoreError::Io { action: "list", path: directory.to_owned(), source };
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    entries.map(|entry| Ok(entry.map_err(failed)?.path())).collect()
}

fn judge<T>(file: &Path, read: io::Result<T>) -> Result<T, StoreError> {
    read.map_err(|source| match source.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::NotFound => {
            StoreError::damaged(&file.display().to_string(), source.to_string())
        }
        _ => StoreError::Io { action: "read", path: file.to_owned(), source },
    })
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

/// The numbers of the tables that a keyspace consists of, from its checked manifest.
fn listed_tables(keyspace: &Path, current: &Path) -> io::Result<Vec<u64>> {
    let mut file = File::open(current)?;
    let version = read_u64(&mut file)?;
    let checksum = read_u128(&mut file)?;
    let mut manifest = Vec::new();
    let file = File::open(keyspace.join(format!("v{version}")))?;
    file.take(MANIFEST_BYTES_MAX).read_to_end(&mut manifest)?;
    if xxh3_128(&manifest) != checksum {
        return Err(invalid("the checksum of the manifest that it names does not hold"));
    }
    let mut manifest = Cursor::new(manifest);
    let sections = sections(&mut manifest)?;
    let tables_at = section(&sections, b"tables")?;
    manifest.seek(SeekFrom::Start(tables_at))?;
    let mut tables = Vec::new();
    for _level in 0..read_u8(&mut manifest)? {
        for _run in 0..read_u8(&mut manifest)? {
            for _table in 0..read_u32(&mut manifest)? {
                tables.push(read_u64(&mut manifest)?);
                // Kind of checksum, checksum, sequence number.
                manifest.seek(SeekFrom::Current(1 + 16 + 8))?;
            }
        }
    }
    Ok(tables)
}

/// An archive's directory of sections, if its checksum holds.
fn sections(archive: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let length = archive.seek(SeekFrom::End(0))?;
    let trailer_at = length.checked_sub(TRAILER_BYTES).ok_or_else(|| invalid("cut short"))?;
    archive.seek(SeekFrom::Start(trailer_at + 6))?;
    let checksum = read_u128(archive)?;
    let sections_at = read_u64(archive)?;
    let sections_bytes = trailer_at.checked_sub(sections_at);
    let bound = sections_bytes.filter(|bytes| *bytes <= SECTIONS_BYTES_MAX);
    let bytes = bound.ok_or_else(|| invalid("its trailer points nowhere"))?;
    archive.seek(SeekFrom::Start(sections_at))?;
    let mut sections = Vec::new();
    archive.take(bytes).read_to_end(&mut sections)?;
    if xxh3_128(&sections) != checksum {
        return Err(invalid("the checksum of its sections does not hold"));
    }
    Ok(sections)
}

/// Where the section called `name` begins.
fn section(sections: &[u8], name: &[u8]) -> io::Result<u64> {
    let mut rest = sections.get(SECTIONS_HEAD_BYTES..).unwrap_or_default();
    while !rest.is_empty() {
        let position = read_u64(&mut rest)?;
        let _length = read_u64(&mut rest)?;
        let mut name_bytes = [0; 2];
        rest.read_exact(&mut name_bytes)?;
        let name_bytes = usize::from(u16::from_le_bytes(name_bytes));
        let (found, after) = rest
            .split_at_checked(name_bytes)
            .ok_or_else(|| invalid("a section's name is cut short"))?;
        if found == name {
            return Ok(position);
        }
        rest = after;
    }
    Err(invalid("it lists no tables"))
}

fn read_u8(from: &mut impl Read) -> io::Result<u8> {
    let mut bytes = [0; 1];
    from.read_exact(&mut bytes).map(|()| bytes[0])
}

fn read_u32(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes).map(|()| u32::from_le_bytes(bytes))
}

fn read_u64(from: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes).map(|()| u64::from_le_bytes(bytes))
}

fn read_u128(from: &mut impl Read) -> io::Result<u128> {
    let mut bytes = [0; 16];
    from.read_exact(&mut bytes).map(|()| u128::from_le_bytes(bytes))
}
