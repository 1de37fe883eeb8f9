//! Secrets of an installation: shown to nobody, and never a default one in production.

use std::fmt;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Config, ConfigError};
use crate::seal;

pub const SECRET_CHARS_MIN: usize = 32;
/// Parts of what people leave as they found it.
const PLACEHOLDERS: [&str; 6] = ["change", "default", "example", "secret-key", "your-", "insecure"];
const FILE: &str = "development-secrets.json";

/// A value that logs and debug output do not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Whether a secret may go into production, or why not.
pub(super) fn check(secret: &Option<Secret>) -> Result<(), &'static str> {
    let Some(Secret(value)) = secret else { return Err("is missing") };
    let lower = value.to_lowercase();
    if PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder)) {
        return Err("is a default");
    }
    if value.chars().count() < SECRET_CHARS_MIN {
        return Err("is too short");
    }
    let mut characters: Vec<char> = value.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    if characters.len() < 10 {
        return Err("repeats few characters");
    }
    Ok(())
}

/// Fills in what is missing, from the data folder or made new and kept there.
pub(super) fn provide(config: &mut Config) -> Result<(), ConfigError> {
    let path = config.data_dir.join(FILE);
    let wanted = [&mut config.secret_key, &mut config.jwt_secret, &mut config.encryption_key];
    if wanted.iter().all(|secret| secret.is_some()) {
        return Ok(());
    }
    let io = |error| ConfigError::Io { path: path.clone(), error };
    let kept = match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| io(error.into()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let made: [Secret; 3] =
                std::array::from_fn(|_| Secret(seal::random_token().to_string()));
            write(&path, &made).map_err(io)?;
            made
        }
        Err(error) => return Err(io(error)),
    };
    for (secret, kept) in wanted.into_iter().zip(kept) {
        secret.get_or_insert(kept);
    }
    Ok(())
}

/// For the eyes of this user alone.
fn write(path: &Path, secrets: &[Secret; 3]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&serde_json::to_vec(secrets)?)?;
    file.sync_all()
}
