//! Values as JSON strings: their `Display` form out, their `FromStr` form in.

use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;
use utoipa::ToSchema;

/// For `#[serde(with = "text")]`.
pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// For `#[serde(with = "text")]`.
pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    deserializer.deserialize_str(TextVisitor(PhantomData))
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err: Display>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A value in its text form, where an attribute cannot reach: inside an option or a list.
struct Text<T>(T);

impl<T: Display> serde::Serialize for Text<&T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

impl<'de, T: FromStr<Err: Display>> serde::Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

/// For `#[serde(with = "text::option")]`.
pub mod option {
    use super::{Deserializer, Display, FromStr, Serializer, Text};
    use serde::{Deserialize, Serialize};

    pub fn serialize<T: Display, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(Text).serialize(serializer)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        Ok(Option::<Text<T>>::deserialize(deserializer)?.map(|text| text.0))
    }
}

/// For `#[serde(with = "text::list")]`.
pub mod list {
    use super::{Deserializer, Display, FromStr, Serializer, Text};
    use serde::Deserialize;

    pub fn serialize<T: Display, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(Text))
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let texts = Vec::<Text<T>>::deserialize(deserializer)?;
        Ok(texts.into_iter().map(|text| text.0).collect())
    }
}

/// For `#[serde(with = "text::bytes")]`: bytes as lowercase hex.
pub mod bytes {
    use super::{Deserializer, Serializer};
    use serde::Deserialize;
    use serde::de::Error;
    use std::borrow::Cow;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(D::Error::custom("hexadecimal digits are written in lowercase"));
        }
        hex::decode(text.as_ref())
            .map_err(|error| D::Error::custom(format!("not hexadecimal: {error}")))
    }
}

/// 32 bytes in lowercase hex.
#[derive(Debug, ToSchema)]
#[schema(
    title = "Id",
    pattern = "^[0-9a-f]{64}$",
    example = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
)]
#[expect(dead_code, reason = "stands for the text form of ids in the OpenAPI document")]
pub struct Id(String);

/// Bytes in lowercase hex.
#[derive(Debug, ToSchema)]
#[schema(title = "Hex", pattern = "^([0-9a-f]{2})*$", example = "c0ffee")]
#[expect(dead_code, reason = "stands for the text form of bytes in the OpenAPI document")]
pub struct Hex(String);

/// A decimal number of base units; one KALD has 1,000,000,000 of them.
#[derive(Debug, ToSchema)]
#[schema(title = "Amount", pattern = "^(0|[1-9][0-9]*)$", example = "1500000000")]
#[expect(dead_code, reason = "stands for the text form of amounts in the OpenAPI document")]
pub struct AmountText(String);

/// An account's address in bech32m, with the prefix `kald`.
#[derive(Debug, ToSchema)]
#[schema(title = "Address", pattern = "^kald1[02-9ac-hj-np-z]+$")]
#[expect(dead_code, reason = "stands for the text form of addresses in the OpenAPI document")]
pub struct AddressText(String);

/// A value in its canonical encoding.
#[derive(Debug, ToSchema)]
#[schema(title = "Binary", value_type = String, format = Binary)]
#[expect(dead_code, reason = "stands for the compact form in the OpenAPI document")]
pub struct Binary(Vec<u8>);
