//! Keystores: a key pair's seed in a file, sealed with a password.
//!
//! The password becomes a key through Argon2id (RFC 9106), which seals the seed with AES-256-GCM;
//! all other fields are authenticated with it. A checksum over the whole text tells damage from a
//! wrong password without needing one, and a check value does so for files that were changed on
//! purpose. A key may also be stored in the clear, for development, but only by asking for that by
//! name: no password, empty or absent, ever yields an unprotected file.

mod file;
mod format;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use kaldrix_types::{Digest, PublicKey};
use zeroize::Zeroizing;

pub use self::file::{read, write_new};
use self::format::{Content, Password, Protection};
use crate::key_pair::{KeyError, KeyPair};
use crate::mldsa::SEED_BYTES;
use crate::random::{self, RandomError};
use crate::signer::Signer;

/// Length of a keystore's text.
pub const KEYSTORE_BYTES_MAX: usize = 16 * 1024;

/// What Argon2id costs: RFC 9106's choice for less memory (section 4, second option), with one
/// lane, since none run in parallel here. OWASP asks for 19 MiB and 2 passes at least.
const COST: KdfCost = KdfCost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/// The least and the most that a file may ask of its reader: 19 to 256 MiB, 2 to 10 passes.
const COST_MIN: KdfCost = KdfCost { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
const COST_MAX: KdfCost = KdfCost { memory_kib: 256 * 1024, passes: 10, lanes: 4 };

/// Argon2id's parameters m (in KiB), t and p.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KdfCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Why a keystore was not written, or did not give its key.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    #[error("the password is wrong")]
    WrongPassword,
    #[error("the password is empty")]
    EmptyPassword,
    #[error("the keystore is damaged ({reason}): restore it from a backup")]
    Damaged { reason: &'static str },
    #[error("{bytes} bytes exceed the limit of {KEYSTORE_BYTES_MAX}: this is not a keystore")]
    TooLong { bytes: usize },
    #[error("keystore format {found} is not supported, expected {expected}")]
    Format { found: u32, expected: u32 },
    #[error("not a keystore: {reason}")]
    Malformed { reason: String },
    #[error("the keystore's {name} is {found}, supported are {min} to {max}")]
    Cost { name: &'static str, found: u32, min: u32, max: u32 },
    #[error("the keystore is not protected by a password: open it as such, or seal it anew")]
    Unprotected,
    #[error("the keystore is protected by a password")]
    Protected,
    #[error("{path} exists already: keystores are never overwritten", path = .path.display())]
    Exists { path: PathBuf },
    #[error("cannot {action} {path}: {error}", path = .path.display())]
    File { action: &'static str, path: PathBuf, error: io::Error },
    #[error("the cryptographic library failed to {action}")]
    Library { action: &'static str },
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

const CHANGED: KeystoreError = KeystoreError::Damaged { reason: "the sealed key was changed" };

/// The text of a keystore that only `password` opens.
pub fn seal(key: &KeyPair, password: &[u8]) -> Result<String, KeystoreError> {
    if password.is_empty() {
        return Err(KeystoreError::EmptyPassword);
    }
    let (mut salt, mut nonce) = ([0; format::SALT_BYTES], [0; format::NONCE_BYTES]);
    random::fill(&mut salt)?;
    random::fill(&mut nonce)?;
    let keys = derive(password, &salt, COST)?;
    let protection = Password { cost: COST, salt, nonce, check: keys.check };
    // Room for the tag, so that the seed is not moved by growing, which would leave a copy behind.
    let mut secret = Zeroizing::new(Vec::with_capacity(SEED_BYTES + AES_256_GCM.tag_len()));
    secret.extend_from_slice(key.seed());
    let public_key = key.public_key().clone();
    let mut content = Content { public_key, protection: Protection::Password(protection), secret };
    let aad = Aad::from(content.authenticated());
    // The key comes from a fresh salt and seals this one message: no nonce can repeat under it.
    let nonce = Nonce::assume_unique_for_key(nonce);
    let secret: &mut Vec<u8> = &mut content.secret;
    let sealed = keys.sealing_key()?.seal_in_place_append_tag(nonce, aad, secret);
    sealed.map_err(|_| KeystoreError::Library { action: "seal the key" })?;
    Ok(content.to_text())
}

/// The key pair of a keystore that [`seal`] wrote.
pub fn open(text: &str, password: &[u8]) -> Result<KeyPair, KeystoreError> {
    let mut content = Content::from_text(text)?;
    let Protection::Password(protection) = &content.protection else {
        return Err(KeystoreError::Unprotected);
    };
    protection.cost.check()?;
    let keys = derive(password, &protection.salt, protection.cost)?;
    if keys.check != protection.check {
        return Err(KeystoreError::WrongPassword);
    }
    let aad = Aad::from(content.authenticated());
    let nonce = Nonce::assume_unique_for_key(protection.nonce);
    let key = keys.sealing_key()?;
    let seed = key.open_in_place(nonce, aad, &mut content.secret).map_err(|_| CHANGED)?;
    key_pair(seed, &content.public_key)
}

/// The text of a keystore that anyone who reads it can use. For development.
pub fn store_unprotected(key: &KeyPair) -> String {
    Content {
        public_key: key.public_key().clone(),
        protection: Protection::None,
        secret: Zeroizing::new(key.seed().to_vec()),
    }
    .to_text()
}

/// The key pair of a keystore that [`store_unprotected`] wrote, and of no other.
pub fn open_unprotected(text: &str) -> Result<KeyPair, KeystoreError> {
    let content = Content::from_text(text)?;
    match content.protection {
        Protection::None => key_pair(&content.secret, &content.public_key),
        Protection::Password(_) => Err(KeystoreError::Protected),
    }
}

/// Whether a keystore needs a password.
pub fn is_protected(text: &str) -> Result<bool, KeystoreError> {
    Ok(matches!(Content::from_text(text)?.protection, Protection::Password(_)))
}

/// The public key of a keystore, for which no password is needed. Only opening the keystore shows
/// that it holds the private key to it.
pub fn public_key(text: &str) -> Result<PublicKey, KeystoreError> {
    Ok(Content::from_text(text)?.public_key)
}

fn key_pair(seed: &[u8], public_key: &PublicKey) -> Result<KeyPair, KeystoreError> {
    let seed: &[u8; SEED_BYTES] = seed.try_into().map_err(|_| CHANGED)?;
    let key = KeyPair::from_seed(public_key.scheme(), seed)?;
    if key.public_key() != public_key {
        let reason = "its public key is not that of its private key";
        return Err(KeystoreError::Damaged { reason });
    }
    Ok(key)
}

/// What a password becomes.
struct DerivedKeys {
    sealing: Zeroizing<[u8; 32]>,
    /// Stored, so that a wrong password is known for one. It tells a guesser no more than the
    /// ciphertext's tag does, and each guess costs Argon2id either way.
    check: Digest,
}

fn derive(password: &[u8], salt: &[u8], cost: KdfCost) -> Result<DerivedKeys, KeystoreError> {
    let failed = |_| KeystoreError::Library { action: "derive a key from the password" };
    let mut master = Zeroizing::new([0; 32]);
    let KdfCost { memory_kib, passes, lanes } = cost;
    let parameters = argon2::Params::new(memory_kib, passes, lanes, Some(master.len()));
    let (algorithm, version) = (argon2::Algorithm::Argon2id, argon2::Version::V0x13);
    argon2::Argon2::new(algorithm, version, parameters.map_err(failed)?)
        .hash_password_into(password, salt, master.as_mut())
        .map_err(failed)?;
    let derive = |context| Digest::derive(context, &[master.as_ref()]);
    Ok(DerivedKeys {
        sealing: Zeroizing::new(derive("kaldrix 2026 keystore sealing key v1").0),
        check: derive("kaldrix 2026 keystore password check v1"),
    })
}

impl DerivedKeys {
    fn sealing_key(&self) -> Result<LessSafeKey, KeystoreError> {
        let key = UnboundKey::new(&AES_256_GCM, self.sealing.as_ref());
        Ok(LessSafeKey::new(key.map_err(|_| KeystoreError::Library { action: "seal the key" })?))
    }
}

impl KdfCost {
    /// Refuses what would be too weak, or would exhaust the reader.
    fn check(self) -> Result<(), KeystoreError> {
        let check = |name, found, min, max| {
            let within = (min..=max).contains(&found);
            if within { Ok(()) } else { Err(KeystoreError::Cost { name, found, min, max }) }
        };
        check("memory_kib", self.memory_kib, COST_MIN.memory_kib, COST_MAX.memory_kib)?;
        check("passes", self.passes, COST_MIN.passes, COST_MAX.passes)?;
        check("lanes", self.lanes, COST_MIN.lanes, COST_MAX.lanes)
    }
}
