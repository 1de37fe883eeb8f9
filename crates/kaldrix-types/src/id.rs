//! Identifiers: BLAKE3 digests, each kind with its own type and its own derivation context.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

/// 32 bytes of BLAKE3, or of another 256-bit hash where a user supplies it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub const ZERO: Self = Self([0; 32]);

    /// Hashes `parts`, one after the other, under a context that no other use shares
    /// (BLAKE3 `derive_key` mode). Callers pass fixed-length parts or one variable part at the end.
    pub fn derive(context: &'static str, parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        for part in parts {
            hasher.update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Text that is not 64 lowercase hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lowercase hexadecimal digits, got {0:?}")]
pub struct ParseIdError(pub String);

fn parse_hex(text: &str) -> Result<[u8; 32], ParseIdError> {
    let fail = || ParseIdError(text.chars().take(80).collect());
    if text.len() != 64 || text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(fail());
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| fail())?;
    Ok(bytes)
}

/// Text forms of a type with `as_bytes` and `From<[u8; 32]>`.
macro_rules! hex_form {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.as_bytes()))
            }
        }

        /// Short, for logs and test failures.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(&self.as_bytes()[..4]))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_hex(text).map(Self::from)
            }
        }
    };
}

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

hex_form!(Digest);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, BorshSerialize, BorshDeserialize,
        )]
        pub struct $name(pub Digest);

        impl $name {
            pub fn as_bytes(&self) -> &[u8; 32] {
                self.0.as_bytes()
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(Digest(bytes))
            }
        }

        hex_form!($name);
    };
}

id!(
    /// Names a network: the digest of its genesis.
    ChainId
);
id!(
    /// Names a transaction: the digest of its body, never of its witness.
    TransactionId
);
id!(
    /// Names a DAG block: the digest of its signed root, never of its signature.
    BlockId
);
id!(
    /// Names a ledger block: the digest of its header.
    LedgerBlockId
);
id!(
    /// Names a node on the network: the digest of its network public key.
    PeerId
);
id!(
    /// Names a committee: the digest of its members and their stakes.
    CommitteeId
);

/// Names a validator within its committee: its place in the genesis file, from 0.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, BorshSerialize, BorshDeserialize,
)]
pub struct AuthorityIndex(pub u16);

impl fmt::Display for AuthorityIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A round of the DAG. Round 0 holds the implicit genesis blocks; the first proposals are round 1.
pub type Round = u64;
/// A height of the ledger. Height 0 is the genesis state; the first block has height 1.
pub type Height = u64;
/// A committee's term. The genesis committee serves epoch 0.
pub type Epoch = u64;

#[cfg(test)]
mod tests {
    use super::{BlockId, Digest};

    #[test]
    fn ids_are_lowercase_hex() {
        let id = BlockId(Digest([0xab; 32]));
        let text = "ab".repeat(32);
        assert_eq!(id.to_string(), text);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(format!("{id:?}"), "abababab");
        for other in ["", "ab", &text[1..], &format!("{text}ab"), &text.to_uppercase()] {
            assert!(other.parse::<BlockId>().is_err(), "{other:?}");
        }
        let two_byte_letters = "é".repeat(32);
        assert!(two_byte_letters.parse::<BlockId>().is_err());
    }

    #[test]
    fn a_long_text_is_cut_in_its_error() {
        let error = "x".repeat(10_000).parse::<Digest>().unwrap_err();
        assert!(error.to_string().len() < 200);
    }

    #[test]
    fn contexts_separate_digests() {
        let parts: [&[u8]; 1] = [b"part"];
        let digest = Digest::derive("kaldrix 2026 test a", &parts);
        assert_eq!(digest, Digest::derive("kaldrix 2026 test a", &[b"pa", b"rt"]));
        assert_ne!(digest, Digest::derive("kaldrix 2026 test b", &parts));
    }
}
