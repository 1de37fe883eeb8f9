//! The canonical encoding: one value, one byte string, and back.
//!
//! A value is a version byte followed by its borsh form. Equal values give equal bytes; bytes that
//! do not come from exactly one value (trailing bytes, an unknown version, a length over its bound)
//! are refused. No length read from outside allocates before it is checked.

use std::fmt;
use std::ops::Deref;

use borsh::io::{self, Read, Write};
use borsh::{BorshDeserialize, BorshSerialize};

/// A value that is persisted, signed, hashed or sent.
pub trait Canonical: BorshSerialize + BorshDeserialize {
    /// What an error calls it.
    const NAME: &'static str;
    /// The version this code writes and reads.
    const VERSION: u8 = 1;
    /// The longest encoding that is accepted, version byte included.
    const ENCODED_BYTES_MAX: usize;
}

/// Why bytes are not the canonical encoding of a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("{name}: {bytes} bytes exceed the limit of {bytes_max}")]
    TooLong { name: &'static str, bytes: usize, bytes_max: usize },
    #[error("{name}: empty input, expected a version byte")]
    Empty { name: &'static str },
    #[error("{name}: version {found} is not supported, expected {expected}")]
    Version { name: &'static str, found: u8, expected: u8 },
    #[error("{name}: {reason}")]
    Malformed { name: &'static str, reason: String },
    #[error("{name}: {bytes} bytes follow the value")]
    Trailing { name: &'static str, bytes: usize },
}

/// Set aside for an encoding before its length is known: most are shorter.
const ENCODED_BYTES_EXPECTED: usize = 4096;

/// Encodes a value. Writing to memory cannot fail, so neither can this.
pub fn to_bytes<T: Canonical>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(T::ENCODED_BYTES_MAX.min(ENCODED_BYTES_EXPECTED));
    bytes.push(T::VERSION);
    let written = borsh::to_writer(&mut bytes, value);
    debug_assert!(written.is_ok(), "writing to memory does not fail");
    bytes
}

/// Decodes exactly one value from all of `bytes`.
pub fn from_bytes<T: Canonical>(bytes: &[u8]) -> Result<T, DecodeError> {
    let name = T::NAME;
    if bytes.len() > T::ENCODED_BYTES_MAX {
        let bytes_max = T::ENCODED_BYTES_MAX;
        return Err(DecodeError::TooLong { name, bytes: bytes.len(), bytes_max });
    }
    let Some((&version, mut rest)) = bytes.split_first() else {
        return Err(DecodeError::Empty { name });
    };
    if version != T::VERSION {
        return Err(DecodeError::Version { name, found: version, expected: T::VERSION });
    }
    let value = T::deserialize(&mut rest)
        .map_err(|error| DecodeError::Malformed { name, reason: error.to_string() })?;
    if !rest.is_empty() {
        return Err(DecodeError::Trailing { name, bytes: rest.len() });
    }
    Ok(value)
}

/// The error of a `BorshDeserialize` that refuses what it read.
pub(crate) fn invalid(reason: impl fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.to_string())
}

/// A list that cannot be longer than `MAX`, checked before anything is allocated for it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bounded<T, const MAX: usize>(Vec<T>);

/// A list was longer than its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{length} entries exceed the limit of {length_max}")]
pub struct TooMany {
    pub length: usize,
    pub length_max: usize,
}

impl<T, const MAX: usize> Bounded<T, MAX> {
    pub const LENGTH_MAX: usize = MAX;

    pub fn new(items: Vec<T>) -> Result<Self, TooMany> {
        if items.len() > MAX {
            return Err(TooMany { length: items.len(), length_max: MAX });
        }
        Ok(Self(items))
    }

    pub fn into_inner(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> Default for Bounded<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> Deref for Bounded<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: fmt::Debug, const MAX: usize> fmt::Debug for Bounded<T, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a Bounded<T, MAX> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: BorshSerialize, const MAX: usize> BorshSerialize for Bounded<T, MAX> {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        self.0.serialize(writer)
    }
}

impl<T: BorshDeserialize, const MAX: usize> BorshDeserialize for Bounded<T, MAX> {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let length = u32::deserialize_reader(reader)? as usize;
        if length > MAX {
            return Err(invalid(TooMany { length, length_max: MAX }));
        }
        if let Some(items) = T::vec_from_reader(length.try_into().unwrap_or(u32::MAX), reader)? {
            return Ok(Self(items));
        }
        // `length` items are not reserved at once: a short input must not cost memory.
        let mut items = Vec::with_capacity(length.min(64));
        for _ in 0..length {
            items.push(T::deserialize_reader(reader)?);
        }
        Ok(Self(items))
    }
}

/// Stands where a later version of the protocol puts a value; no value of it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {}

impl BorshSerialize for Reserved {
    fn serialize<W: Write>(&self, _: &mut W) -> io::Result<()> {
        match *self {}
    }
}

impl BorshDeserialize for Reserved {
    fn deserialize_reader<R: Read>(_: &mut R) -> io::Result<Self> {
        Err(invalid("reserved for a later version of the protocol"))
    }
}
