//! Moving a damaged store aside, so that the node rebuilds it from peers and the evidence stays.

use std::path::{Path, PathBuf};

use crate::error::{Damage, StoreError};

/// Says in a directory that was moved aside why it was.
pub const REASON_FILE: &str = "REASON";
/// Damaged copies that may lie beside a store: a disk that damages every store must not fill up.
pub const QUARANTINED_MAX: u32 = 16;

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

/// Moves `directory` to `<directory>.damaged-<n>` and writes the reason to [`REASON_FILE`] in it.
/// The store must be closed: a running node that meets damage drops its store first.
pub fn quarantine(directory: &Path, damage: &Damage) -> Result<PathBuf, StoreError> {
    let moved_to = free_name(directory)?;
    let failed = |action, path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { action, path, source }
    };
    std::fs::rename(directory, &moved_to).map_err(failed("move aside", directory))?;
    let reason = moved_to.join(REASON_FILE);
    std::fs::write(&reason, format!("{damage}\n")).map_err(failed("write", &reason))?;
    Ok(moved_to)
}

fn free_name(directory: &Path) -> Result<PathBuf, StoreError> {
    let free = (1..=QUARANTINED_MAX)
        .map(|n| {
            let mut name = directory.as_os_str().to_owned();
            name.push(format!(".damaged-{n}"));
            PathBuf::from(name)
        })
        .find(|path| !path.exists());
    free.ok_or_else(|| StoreError::Engine {
        store: directory.display().to_string(),
        action: "move aside",
        reason: format!(
            "{QUARANTINED_MAX} damaged copies lie beside it: look for the cause (disk, memory) and \
             delete the copies"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damaged() -> StoreError {
        StoreError::damaged("here", "a flipped bit")
    }

    /// Opens a directory as a store that is damaged where it holds a file `bad`.
    fn open(directory: &Path) -> Result<u32, StoreError> {
        std::fs::create_dir_all(directory).unwrap();
        if directory.join("bad").exists() { Err(damaged()) } else { Ok(7) }
    }

    #[test]
    fn a_damaged_store_is_moved_aside_and_a_fresh_one_opened() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("ledger");
        assert!(matches!(open_or_quarantine(&directory, open).unwrap(), Opened::Sound(7)));
        for n in 1..=3 {
            std::fs::write(directory.join("bad"), b"").unwrap();
            let opened = open_or_quarantine(&directory, open).unwrap();
            let Opened::Rebuilt { store: 7, damage, moved_to } = opened else {
                panic!("expected a rebuilt store, got {opened:?}");
            };
            assert_eq!(moved_to, parent.path().join(format!("ledger.damaged-{n}")));
            let reason = std::fs::read_to_string(moved_to.join(REASON_FILE)).unwrap();
            assert_eq!(reason, format!("{damage}\n"));
            assert!(!directory.join("bad").exists());
        }
    }

    #[test]
    fn other_errors_and_too_many_copies_leave_the_directory() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("ledger");
        std::fs::create_dir(&directory).unwrap();
        let injected = |_: &Path| Err::<u32, _>(StoreError::Injected { action: "open" });
        assert!(open_or_quarantine(&directory, injected).is_err());
        for n in 1..=QUARANTINED_MAX {
            std::fs::create_dir(parent.path().join(format!("ledger.damaged-{n}"))).unwrap();
        }
        let always_damaged = |_: &Path| Err::<u32, _>(damaged());
        let error = open_or_quarantine(&directory, always_damaged).unwrap_err();
        assert!(error.to_string().contains("delete the copies"), "{error}");
        assert!(directory.exists());
    }
}
