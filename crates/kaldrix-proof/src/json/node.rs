//! A tree of JSON, more strict than `serde_json`'s own: a repeated name is refused.

use std::cell::Cell;
use std::fmt;

use kaldrix_types::encoding::{self, Canonical};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::error::FormatError;

/// The values that proofs and checkpoints are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Number(u64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the text.
    Object(Vec<(String, Node)>),
}

impl Node {
    pub fn read(text: &str, bytes_max: usize) -> Result<Self, FormatError> {
        let bytes = text.len();
        if bytes > bytes_max {
            return Err(FormatError::TooLong { bytes, bytes_max });
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let read = Reader { values_left: &Cell::new(VALUES_MAX) }.deserialize(&mut json);
        let node = read.and_then(|node| json.end().map(|()| node));
        node.map_err(|error| FormatError::Json(error.to_string()))
    }

    pub fn write(&self) -> String {
        // Writing a tree with names of text to memory does not fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    pub fn text(value: impl fmt::Display) -> Self {
        Self::Text(value.to_string())
    }

    pub fn canonical<T: Canonical>(value: &T) -> Self {
        Self::Text(hex::encode(encoding::to_bytes(value)))
    }

    pub fn list<T>(items: impl IntoIterator<Item = T>, node: impl Fn(T) -> Self) -> Self {
        Self::List(items.into_iter().map(node).collect())
    }

    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.map(|(name, node)| (name.to_owned(), node)).into())
    }

    pub fn nullable<T>(value: Option<T>, node: impl Fn(T) -> Self) -> Self {
        value.map_or(Self::Null, node)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, node) in members {
                    map.serialize_entry(name, node)?;
                }
                map.end()
            }
        }
    }
}

/// Names in one object: more than the longest here has, and few, because they are compared.
const NAMES_MAX: usize = 16;

/// Values in one text, so that a text of brackets does not become a tree of many times its size.
const VALUES_MAX: usize = 262_144;

/// Reads one value, and counts it.
#[derive(Clone, Copy)]
struct Reader<'a> {
    values_left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let left = self.values_left.get().checked_sub(1);
        let left =
            left.ok_or_else(|| D::Error::custom(format!("more than {VALUES_MAX} values")))?;
        self.values_left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a whole number from 0, text, a list or an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object: Vec<(String, Node)> = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.len() == NAMES_MAX {
                return Err(Error::custom("an object with too many names"));
            }
            if object.iter().any(|(other, _)| *other == name) {
                return Err(Error::custom(format_args!("the name {name:?} repeats")));
            }
            object.push((name, members.next_value_seed(self)?));
        }
        Ok(Node::Object(object))
    }
}
