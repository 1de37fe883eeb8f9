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

#[cfg(test)]
mod tests {
    use bech32::primitives::iter::{ByteIterExt, Fe32IterExt};
    use bech32::{Bech32, Bech32m, Fe32, Hrp};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Address, ParseAddressError};
    use crate::id::Digest;

    const ZERO: &str = "kald1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";

    fn parse(text: &str) -> Result<Address, ParseAddressError> {
        text.parse()
    }

    fn encode(prefix: &str, bytes: &[u8]) -> String {
        bech32::encode::<Bech32m>(Hrp::parse(prefix).unwrap(), bytes).unwrap()
    }

    proptest! {
        #[test]
        fn text_and_back(bytes in any::<[u8; 32]>()) {
            let address = Address(Digest(bytes));
            let text = address.to_string();
            prop_assert!(text.starts_with("kald1"));
            prop_assert_eq!(parse(&text), Ok(address));
            prop_assert_eq!(parse(&text.to_uppercase()), Err(ParseAddressError::Uppercase));
        }

        #[test]
        fn a_changed_character_is_noticed(
            bytes in any::<[u8; 32]>(),
            at in 0..63_usize,
            to in 0..32_usize,
        ) {
            let text = Address(Digest(bytes)).to_string();
            let to = &"qpzry9x8gf2tvdw0s3jn54khce6mua7l"[to..=to];
            let changed = [&text[..at], to, &text[at + 1..]].concat();
            prop_assert!(changed == text || parse(&changed).is_err());
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            prop_assert!(parse(&text).is_err());
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let malformed = |text: &str| matches!(parse(text), Err(ParseAddressError::Malformed(_)));
        assert!(malformed(""));
        assert!(malformed("kald1"));
        assert!(malformed(ZERO), "no checksum");
        let bech32 = bech32::encode::<Bech32>(Hrp::parse("kald").unwrap(), &[0; 32]).unwrap();
        assert!(malformed(&bech32), "the checksum of BIP 173");
        assert_eq!(
            parse(&encode("btc", &[0; 32])),
            Err(ParseAddressError::Prefix("btc".to_owned()))
        );
        assert_eq!(parse(&encode("kald", &[0; 20])), Err(ParseAddressError::Length(20)));
        assert_eq!(parse(&encode("kald", &[0; 33])), Err(ParseAddressError::Length(33)));
    }

    #[test]
    fn one_address_has_one_text() {
        let mut symbols: Vec<_> = [7_u8; 32].iter().copied().bytes_to_fes().collect();
        let hrp = Hrp::parse("kald").unwrap();
        let write = |symbols: &[Fe32]| -> String {
            symbols.iter().copied().with_checksum::<Bech32m>(&hrp).chars().collect()
        };
        assert_eq!(parse(&write(&symbols)), Ok(Address(Digest([7; 32]))));
        // 52 symbols hold 260 bits, four more than the address has.
        let last = symbols.pop().unwrap();
        symbols.push(Fe32::try_from(last.to_u8() | 1).unwrap());
        assert_eq!(parse(&write(&symbols)), Err(ParseAddressError::Padding));
    }
}
