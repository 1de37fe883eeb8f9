//! Public keys and signatures as bytes with a scheme; `kaldrix-crypto` gives them meaning.

use std::fmt;

use borsh::io::{self, Read, Write};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::encoding::{Canonical, invalid};

/// A signature scheme, ML-DSA of FIPS 204. The numbers are the tag byte of keys and signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Scheme {
    MlDsa44 = 1,
    MlDsa65 = 2,
    MlDsa87 = 3,
}

impl Scheme {
    pub const ALL: [Self; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    pub fn from_tag(tag: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.tag() == tag)
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    pub fn tag(self) -> u8 {
        self as u8
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::MlDsa44 => "ml-dsa-44",
            Self::MlDsa65 => "ml-dsa-65",
            Self::MlDsa87 => "ml-dsa-87",
        }
    }

    /// Length of a public key (FIPS 204, table 2).
    pub fn public_key_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Length of a signature (FIPS 204, table 2).
    pub fn signature_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The bytes were not as long as their scheme's keys or signatures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{scheme} needs {expected} bytes, got {found}")]
pub struct WrongLength {
    pub scheme: Scheme,
    pub expected: usize,
    pub found: usize,
}

macro_rules! tagged_bytes {
    ($(#[$doc:meta])* $name:ident, $length:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name {
            scheme: Scheme,
            bytes: Box<[u8]>,
        }

        impl $name {
            pub fn new(scheme: Scheme, bytes: &[u8]) -> Result<Self, WrongLength> {
                let expected = scheme.$length();
                if bytes.len() != expected {
                    return Err(WrongLength { scheme, expected, found: bytes.len() });
                }
                Ok(Self { scheme, bytes: bytes.into() })
            }

            pub fn scheme(&self) -> Scheme {
                self.scheme
            }

            pub fn bytes(&self) -> &[u8] {
                &self.bytes
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let head = self.bytes.get(..8).unwrap_or_default();
                write!(f, "{}({} {}…)", stringify!($name), self.scheme, hex::encode(head))
            }
        }

        impl BorshSerialize for $name {
            fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
                self.scheme.tag().serialize(writer)?;
                writer.write_all(&self.bytes)
            }
        }

        impl BorshDeserialize for $name {
            fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
                let tag = u8::deserialize_reader(reader)?;
                let Some(scheme) = Scheme::from_tag(tag) else {
                    return Err(invalid(format_args!("signature scheme {tag} is unknown")));
                };
                let mut bytes = vec![0; scheme.$length()];
                reader.read_exact(&mut bytes)?;
                Ok(Self { scheme, bytes: bytes.into() })
            }
        }
    };
}

tagged_bytes!(
    /// A public key; its encoding is the scheme's tag and the key, whose length the scheme gives.
    PublicKey,
    public_key_bytes
);
tagged_bytes!(
    /// A signature; its encoding is the scheme's tag and the signature.
    Signature,
    signature_bytes
);

impl Canonical for Signature {
    const NAME: &'static str = "signature";
    const ENCODED_BYTES_MAX: usize = 5 * 1024;
}

#[cfg(test)]
mod tests {
    use super::{PublicKey, Scheme, Signature, WrongLength};

    #[test]
    fn tags_and_names_are_one_to_one() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::from_tag(scheme.tag()), Some(scheme));
            assert_eq!(Scheme::from_name(scheme.name()), Some(scheme));
        }
        assert_eq!(Scheme::from_tag(0), None);
        assert_eq!(Scheme::from_name("ML-DSA-44"), None);
    }

    #[test]
    fn lengths_are_the_schemes() {
        for scheme in Scheme::ALL {
            let expected = scheme.public_key_bytes();
            assert!(PublicKey::new(scheme, &vec![0; expected]).is_ok());
            for found in [0, expected - 1, expected + 1] {
                let error = WrongLength { scheme, expected, found };
                assert_eq!(PublicKey::new(scheme, &vec![0; found]), Err(error));
            }
            let expected = scheme.signature_bytes();
            assert!(Signature::new(scheme, &vec![0; expected]).is_ok());
            let error = WrongLength { scheme, expected, found: 7 };
            assert_eq!(Signature::new(scheme, &[0; 7]), Err(error));
        }
    }
}
