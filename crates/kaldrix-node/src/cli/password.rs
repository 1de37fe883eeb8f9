//! Keys in files, and the passwords that open them.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use kaldrix_client::{KeyPair, keystore};
use zeroize::Zeroizing;

use super::failure::Failure;

/// The environment variable that may hold the password.
pub(super) const PASSWORD_VARIABLE: &str = "KALDRIX_KEY_PASSWORD";
/// Length of a password file.
const PASSWORD_BYTES_MAX: u64 = 4096;

/// Where a keystore's password comes from: this file, else the environment variable
/// KALDRIX_KEY_PASSWORD, else a prompt.
#[derive(Debug, Args)]
pub(super) struct PasswordSource {
    /// A file with the key's password, its line break at the end not part of it. Without it the
    /// password is taken from the environment variable KALDRIX_KEY_PASSWORD, or asked for.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordSource {
    /// The password of the keystore at `path`, as it is to be opened.
    fn read(&self, path: &Path) -> Result<Zeroizing<String>, Failure> {
        let prompt = format!("Password of {}: ", path.display());
        self.given()?.map_or_else(|| ask(&prompt), Ok)
    }

    /// A password for a new keystore at `path`; asked for twice, since nothing else would show a
    /// mistyped one.
    pub(super) fn choose(&self, path: &Path) -> Result<Zeroizing<String>, Failure> {
        if let Some(password) = self.given()? {
            return Ok(password);
        }
        let password = ask(&format!("Password for {}: ", path.display()))?;
        let again = ask("The same password again: ")?;
        if password != again {
            return Err(Failure::Other("the two passwords differ; nothing was written".to_owned()));
        }
        Ok(password)
    }

    /// The file that was named, if one was.
    pub(super) fn file(&self) -> Option<&Path> {
        self.password_file.as_deref()
    }

    fn given(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        if let Some(path) = &self.password_file {
            return read_file(path).map(Some);
        }
        match std::env::var(PASSWORD_VARIABLE) {
            Ok(password) => Ok(Some(Zeroizing::new(password))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(Failure::Other(format!("{PASSWORD_VARIABLE} is not UTF-8 text")))
            }
        }
    }
}

fn read_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let fail = |reason: String| {
        Failure::Other(format!("cannot read the password from {}: {reason}", path.display()))
    };
    let length = fs::metadata(path).map_err(|error| fail(error.to_string()))?.len();
    if length > PASSWORD_BYTES_MAX {
        return Err(fail(format!("it is longer than {PASSWORD_BYTES_MAX} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    let text = Zeroizing::new(text);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Zeroizing::new(line.strip_suffix('\r').unwrap_or(line).to_owned()))
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Other(format!(
            "a password is needed: pass --password-file FILE, or set {PASSWORD_VARIABLE}"
        )));
    }
    let answer = rpassword::prompt_password(prompt);
    let answer =
        answer.map_err(|error| Failure::Other(format!("cannot ask for the password: {error}")))?;
    Ok(Zeroizing::new(answer))
}

/// The key pair of a keystore. One without protection, as a localnet's faucet has, needs no
/// password.
pub(super) fn open_key(path: &Path, passwords: &PasswordSource) -> Result<KeyPair, Failure> {
    let fail = |error| in_file(path, &error);
    let text = keystore::read(path).map_err(fail)?;
    if !keystore::is_protected(&text).map_err(fail)? {
        return keystore::open_unprotected(&text).map_err(fail);
    }
    let password = passwords.read(path)?;
    keystore::open(&text, password.as_bytes()).map_err(fail)
}

pub(super) fn in_file(path: &Path, error: &keystore::KeystoreError) -> Failure {
    Failure::Other(format!("{}: {error}", path.display()))
}
