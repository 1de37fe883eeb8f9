//! Moving a damaged store aside, so that the node rebuilds it from peers and the evidence stays.

use std::path::{Path, PathBuf};

use crate::error::{Damage, StoreError};

/// Says in a directory that was moved aside why it was.
pub const REASON_FILE: &str = "REASON";
/// Damaged copies that may lie beside a store: a disk that damages every store must not fill up.
pub const QUARANTINED_MAX: u32 = 16;

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

    fn damage() -> Damage {
        Damage { store: "here".to_owned(), record: None, reason: "a flipped bit".to_owned() }
    }

    #[test]
    fn a_damaged_store_is_moved_aside_with_the_reason() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("ledger");
        for n in 1..=3 {
            std::fs::create_dir(&directory).unwrap();
            let moved_to = quarantine(&directory, &damage()).unwrap();
            assert_eq!(moved_to, parent.path().join(format!("ledger.damaged-{n}")));
            let reason = std::fs::read_to_string(moved_to.join(REASON_FILE)).unwrap();
            assert_eq!(reason, "here: a flipped bit\n");
            assert!(!directory.exists());
        }
    }

    #[test]
    fn too_many_copies_leave_the_directory() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("ledger");
        std::fs::create_dir(&directory).unwrap();
        for n in 1..=QUARANTINED_MAX {
            std::fs::create_dir(parent.path().join(format!("ledger.damaged-{n}"))).unwrap();
        }
        let error = quarantine(&directory, &damage()).unwrap_err();
        assert!(error.to_string().contains("delete the copies"), "{error}");
        assert!(directory.exists());
    }
}
