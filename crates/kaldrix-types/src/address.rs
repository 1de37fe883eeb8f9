//! Account addresses: the digest of the account's first public key, written in bech32m (BIP 350).

use std::fmt;
use std::str::FromStr;

use bech32::{Bech32m, Hrp};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::id::Digest;
use crate::key::PublicKey;

/// The human-readable part of every address.
pub const ADDRESS_PREFIX: &str = "kald";

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Address(pub Digest);

impl Address {
    pub fn of(key: &PublicKey) -> Self {
        let context = "kaldrix 2026 account address v1";
        Self(Digest::derive(context, &[&[key.scheme().tag()], key.bytes()]))
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = bech32::encode::<Bech32m>(Hrp::parse_unchecked(ADDRESS_PREFIX), self.as_bytes())
            .map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text that is not an address, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseAddressError {
    #[error("not a bech32m address: {0}")]
    Malformed(String),
    #[error("an address starts with {ADDRESS_PREFIX:?}, this one with {0:?}")]
    Prefix(String),
    #[error("an address holds 32 bytes, this one {0}")]
    Length(usize),
    #[error("the bits after the address's 32 bytes are not zero")]
    Padding,
    #[error("an address is written in lowercase")]
    Uppercase,
}

impl FromStr for Address {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(ParseAddressError::Uppercase);
        }
        let parsed = bech32::primitives::decode::CheckedHrpstring::new::<Bech32m>(text)
            .map_err(|error| ParseAddressError::Malformed(error.to_string()))?;
        if parsed.hrp().as_str() != ADDRESS_PREFIX {
            return Err(ParseAddressError::Prefix(parsed.hrp().to_string()));
        }
        let bytes: Vec<u8> = parsed.byte_iter().collect();
        let length = bytes.len();
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| ParseAddressError::Length(length))?;
        // Otherwise several texts would name one account.
        parsed.validate_segwit_padding().map_err(|_| ParseAddressError::Padding)?;
        Ok(Self(Digest(bytes)))
    }
}
