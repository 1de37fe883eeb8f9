//! The text of a keystore: JSON whose last field is a checksum over all bytes before it.

use kaldrix_types::{Digest, PublicKey, Scheme};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KEYSTORE_BYTES_MAX, KdfCost, KeystoreError};

/// The format that this code writes and reads.
const FORMAT: u32 = 1;
pub(super) const SALT_BYTES: usize = 16;
pub(super) const NONCE_BYTES: usize = 12;

/// What stands between the content and its checksum, and after the checksum. The content is an
/// object without its closing brace.
const BEFORE_CHECKSUM: &str = ",\n  \"checksum\": \"";
const AFTER_CHECKSUM: &str = "\"\n}\n";

/// What a keystore says.
pub(super) struct Content {
    pub(super) public_key: PublicKey,
    pub(super) protection: Protection,
    /// The sealed seed with its tag, or the seed itself if there is no protection.
    pub(super) secret: Zeroizing<Vec<u8>>,
}

pub(super) enum Protection {
    None,
    Password(Password),
}

pub(super) struct Password {
    pub(super) cost: KdfCost,
    pub(super) salt: [u8; SALT_BYTES],
    pub(super) nonce: [u8; NONCE_BYTES],
    pub(super) check: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    scheme: String,
    public_key: String,
    protection: ProtectionFile,
    secret: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
enum ProtectionFile {
    #[serde(rename = "none")]
    None,
    #[serde(rename = "argon2id-aes-256-gcm")]
    Password(PasswordFile),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordFile {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    password_check: String,
}

/// The one field that every format has.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

impl Content {
    /// All fields but the secret, as the additional data that is authenticated with it.
    pub(super) fn authenticated(&self) -> Vec<u8> {
        let scheme = self.public_key.scheme();
        let mut bytes = vec![scheme.tag()];
        bytes.extend_from_slice(self.public_key.bytes());
        if let Protection::Password(Password { cost, salt, nonce, check }) = &self.protection {
            for number in [FORMAT, cost.memory_kib, cost.passes, cost.lanes] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            bytes.extend_from_slice(salt);
            bytes.extend_from_slice(nonce);
            bytes.extend_from_slice(check.as_bytes());
        }
        bytes
    }

    pub(super) fn to_text(&self) -> String {
        let file = File {
            format: FORMAT,
            scheme: self.public_key.scheme().name().to_owned(),
            public_key: hex::encode(self.public_key.bytes()),
            protection: ProtectionFile::from(&self.protection),
            secret: Zeroizing::new(hex::encode(&*self.secret)),
        };
        // Strings and numbers always have a JSON form.
        let json = Zeroizing::new(serde_json::to_string_pretty(&file).unwrap_or_default());
        with_checksum(json.trim_end_matches("\n}"))
    }

    pub(super) fn from_text(text: &str) -> Result<Self, KeystoreError> {
        if text.len() > KEYSTORE_BYTES_MAX {
            return Err(KeystoreError::TooLong { bytes: text.len() });
        }
        let content = without_checksum(text)
            .ok_or(KeystoreError::Damaged { reason: "its checksum does not match its content" })?;
        let json = Zeroizing::new(format!("{content}\n}}"));
        let AnyFormat { format: found } = parse(&json)?;
        if found != FORMAT {
            return Err(KeystoreError::Format { found, expected: FORMAT });
        }
        let file: File = parse(&json)?;
        let Some(scheme) = Scheme::from_name(&file.scheme) else {
            return Err(malformed(format!("unknown scheme {:?}", file.scheme)));
        };
        let public_key = hex::decode(&file.public_key).map_err(malformed)?;
        Ok(Self {
            public_key: PublicKey::new(scheme, &public_key).map_err(malformed)?,
            protection: file.protection.read()?,
            secret: Zeroizing::new(hex::decode(&*file.secret).map_err(malformed)?),
        })
    }
}

impl From<&Protection> for ProtectionFile {
    fn from(protection: &Protection) -> Self {
        match protection {
            Protection::None => Self::None,
            Protection::Password(Password { cost, salt, nonce, check }) => {
                Self::Password(PasswordFile {
                    memory_kib: cost.memory_kib,
                    passes: cost.passes,
                    lanes: cost.lanes,
                    salt: hex::encode(salt),
                    nonce: hex::encode(nonce),
                    password_check: check.to_string(),
                })
            }
        }
    }
}

impl ProtectionFile {
    fn read(&self) -> Result<Protection, KeystoreError> {
        let Self::Password(file) = self else { return Ok(Protection::None) };
        let PasswordFile { memory_kib, passes, lanes, .. } = *file;
        Ok(Protection::Password(Password {
            cost: KdfCost { memory_kib, passes, lanes },
            salt: fixed(&file.salt)?,
            nonce: fixed(&file.nonce)?,
            check: file.password_check.parse().map_err(malformed)?,
        }))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands over the error itself")]
fn malformed(reason: impl ToString) -> KeystoreError {
    KeystoreError::Malformed { reason: reason.to_string() }
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, KeystoreError> {
    serde_json::from_str(json).map_err(malformed)
}

fn fixed<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], KeystoreError> {
    let mut bytes = [0; LENGTH];
    hex::decode_to_slice(text, &mut bytes).map_err(malformed)?;
    Ok(bytes)
}

fn checksum(content: &str) -> Digest {
    Digest::derive("kaldrix 2026 keystore checksum v1", &[content.as_bytes()])
}

pub(super) fn with_checksum(content: &str) -> String {
    format!("{content}{BEFORE_CHECKSUM}{}{AFTER_CHECKSUM}", checksum(content))
}

/// The content, if every byte of `text` is as it was written.
pub(super) fn without_checksum(text: &str) -> Option<&str> {
    let (content, stated) = text.strip_suffix(AFTER_CHECKSUM)?.rsplit_once(BEFORE_CHECKSUM)?;
    (stated.parse() == Ok(checksum(content))).then_some(content)
}
