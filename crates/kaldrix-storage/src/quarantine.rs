//! Moving a damaged store aside, so that the node rebuilds it from peers and the evidence stays.

use std::path::{Path, PathBuf};

use crate::error::{Damage, StoreError};

/// What opening a store led to.
#[derive(Debug)]
pub enum Opened<T> {
    Sound(T),
    /// The store was damaged: `store` is a fresh one, the old one is at `moved_to` with a reason.
    Rebuilt {
        store: T,
        damage: Damage,
        moved_to: PathBuf,
    },
}

/// Opens the store in `directory`; if it is damaged, moves it aside and opens a fresh one.
/// All other errors (a wrong chain, another format, IO) leave the directory as it is.
pub fn open_or_quarantine<T>(
    directory: &Path,
    open: impl Fn(&Path) -> Result<T, StoreError>,
) -> Result<Opened<T>, StoreError> {
    match open(directory) {
        Ok(store) => Ok(Opened::Sound(store)),
        Err(StoreError::Damaged(damage)) => {
            let moved_to = quarantine(directory, &damage)?;
            Ok(Opened::Rebuilt { store: open(directory)?, damage: *damage, moved_to })
        }
        Err(error) => Err(error),
    }
}

/// Moves `directory` to `<directory>.damaged-<n>` and writes the reason into it. The store must be
/// closed: a running node that meets damage drops its store first.
pub fn quarantine(directory: &Path, damage: &Damage) -> Result<PathBuf, StoreError> {
    let _ = (directory, damage);
    unimplemented!()
}
