//! What the two slots of the last signed round lie on: a file, or its twin in memory.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::FILE_BYTES;

/// A few bytes that survive the loss of power once they are synced.
pub trait Slots: fmt::Debug + Send {
    /// The file, or what else names it in an error.
    fn location(&self) -> &Path;

    /// What is there, as far as [`FILE_BYTES`]; `None` where nothing was ever written.
    fn read(&self) -> io::Result<Option<Vec<u8>>>;

    /// Puts `bytes` in place of all that is there, in one durable step: a crash leaves the old
    /// bytes or the new ones.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Overwrites a part of what is there. Until it is synced, a crash may leave any of it.
    fn write_at(&mut self, bytes: &[u8], offset: usize) -> io::Result<()>;

    /// Makes all that was written survive the loss of power.
    fn sync(&mut self) -> io::Result<()>;
}

/// The slots in a file.
#[derive(Debug)]
pub struct FileSlots {
    path: PathBuf,
    /// Opened by the first write.
    file: Option<File>,
}

impl FileSlots {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), file: None }
    }

    fn opened(&mut self) -> io::Result<&File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => OpenOptions::new().write(true).open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }
}

impl Slots for FileSlots {
    fn location(&self) -> &Path {
        &self.path
    }

    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES as u64).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let fresh = self.path.with_extension("new");
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&fresh)?;
        file.write_all_at(bytes, 0)?;
        file.sync_all()?;
        std::fs::rename(&fresh, &self.path)?;
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        self.file = Some(file);
        Ok(())
    }

    fn write_at(&mut self, bytes: &[u8], offset: usize) -> io::Result<()> {
        self.opened()?.write_all_at(bytes, offset as u64)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.opened()?.sync_data()
    }
}
