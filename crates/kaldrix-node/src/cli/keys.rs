//! `keys …`: keystores on disk.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use kaldrix_client::{Address, KeyPair, Scheme, Signer, keystore};
use serde::Serialize;

use super::failure::Failure;
use super::output::{Lines, Output, yes_or_no};
use super::password::{PasswordSource, in_file};

/// Files of a directory that `keys list` looks at.
const LIST_FILES_MAX: usize = 10_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a new key and write its keystore. An existing file is never overwritten.
    Generate {
        /// Where to write the keystore.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The signature scheme (FIPS 204).
        #[arg(long, default_value = "ml-dsa-44")]
        scheme: SchemeName,
        /// Store the key in the clear: whoever reads the file can spend. For development.
        #[arg(long)]
        unprotected: bool,
        #[command(flatten)]
        passwords: PasswordSource,
    },
    /// Show a keystore's address and public key. Needs no password.
    Show {
        file: PathBuf,
        /// Print the public key too.
        #[arg(long)]
        public_key: bool,
    },
    /// List the keystores in a directory.
    List {
        #[arg(default_value = ".")]
        directory: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum SchemeName {
    #[value(name = "ml-dsa-44")]
    MlDsa44,
    #[value(name = "ml-dsa-65")]
    MlDsa65,
    #[value(name = "ml-dsa-87")]
    MlDsa87,
}

impl From<SchemeName> for Scheme {
    fn from(name: SchemeName) -> Self {
        match name {
            SchemeName::MlDsa44 => Self::MlDsa44,
            SchemeName::MlDsa65 => Self::MlDsa65,
            SchemeName::MlDsa87 => Self::MlDsa87,
        }
    }
}

#[derive(Debug, Serialize)]
struct KeyInfo {
    file: PathBuf,
    address: String,
    scheme: &'static str,
    password_protected: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
}

pub(super) fn execute(command: &Command, output: Output) -> Result<(), Failure> {
    match command {
        Command::Generate { out, scheme, unprotected, passwords } => {
            let key = KeyPair::generate((*scheme).into())
                .map_err(|error| Failure::Other(error.to_string()))?;
            let text = if *unprotected {
                keystore::store_unprotected(&key)
            } else {
                refuse_existing(out)?;
                let password = passwords.choose(out)?;
                keystore::seal(&key, password.as_bytes()).map_err(|error| in_file(out, &error))?
            };
            keystore::write_new(out, &text).map_err(|error| in_file(out, &error))?;
            output.result(&key_info(out, key.public_key(), !unprotected), lines)
        }
        Command::Show { file, public_key } => {
            let (mut info, key) = read(file)?;
            info.public_key = public_key.then_some(key);
            output.result(&info, lines)
        }
        Command::List { directory } => output.result(&list(directory)?, |infos| {
            let line = |info: &KeyInfo| {
                format!("{} {} {}\n", info.address, info.scheme, info.file.display())
            };
            infos.iter().map(line).collect()
        }),
    }
}

/// Before a password is asked for; writing would refuse it too.
fn refuse_existing(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Err(in_file(path, &keystore::KeystoreError::Exists { path: path.to_owned() }));
    }
    Ok(())
}

fn key_info(file: &Path, key: &kaldrix_client::PublicKey, password_protected: bool) -> KeyInfo {
    KeyInfo {
        file: file.to_owned(),
        address: Address::of(key).to_string(),
        scheme: key.scheme().name(),
        password_protected,
        public_key: None,
    }
}

fn lines(info: &KeyInfo) -> String {
    Lines::default()
        .add("file", info.file.display())
        .add("address", &info.address)
        .add("scheme", info.scheme)
        .add("password_protected", yes_or_no(info.password_protected))
        .add_some("public_key", info.public_key.as_ref())
        .done()
}

/// A keystore's description and its public key in hex.
fn read(file: &Path) -> Result<(KeyInfo, String), Failure> {
    let fail = |error| in_file(file, &error);
    let text = keystore::read(file).map_err(fail)?;
    let protected = keystore::is_protected(&text).map_err(fail)?;
    let key = keystore::public_key(&text).map_err(fail)?;
    Ok((key_info(file, &key, protected), hex::encode(key.bytes())))
}

/// The directory's keystores by name; other files are passed over.
fn list(directory: &Path) -> Result<Vec<KeyInfo>, Failure> {
    let fail = |error| Failure::Other(format!("cannot list {}: {error}", directory.display()));
    let mut infos = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)?.take(LIST_FILES_MAX) {
        let path = entry.map_err(fail)?.path();
        if path.is_file()
            && let Ok((info, _)) = read(&path)
        {
            infos.push(info);
        }
    }
    infos.sort_by(|left, right| left.file.cmp(&right.file));
    Ok(infos)
}
