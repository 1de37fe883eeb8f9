//! A place in a tree of JSON, read strictly: every error says where.

use std::fmt::Display;
use std::str::FromStr;

use kaldrix_types::encoding::{self, Bounded, Canonical};

use super::node::Node;
use crate::error::FormatError;

/// A node and its path from the root, such as `finality.certified.votes[2].signature`.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    path: String,
    node: &'a Node,
}

impl<'a> Field<'a> {
    pub fn root(node: &'a Node) -> Self {
        Self { path: String::new(), node }
    }

    /// Whether this is what the reader knows, before anything else is refused.
    pub fn format(&self, format: &str, version: u64) -> Result<(), FormatError> {
        let (found_format, found_version) = (self.get("format")?, self.get("version")?);
        if found_format.text()? != format {
            return Err(found_format.error(format_args!("expected {format:?}")));
        }
        if found_version.number()? != version {
            return Err(found_version.error(format_args!("expected {version}")));
        }
        Ok(())
    }

    pub fn error(&self, reason: impl Display) -> FormatError {
        let field = if self.path.is_empty() { "the text" } else { &self.path };
        FormatError::Field { field: field.to_owned(), reason: reason.to_string() }
    }

    fn member(&self, name: &str, node: &'a Node) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self { path: format!("{}{dot}{name}", self.path), node }
    }

    fn object(&self) -> Result<&'a [(String, Node)], FormatError> {
        match self.node {
            Node::Object(members) => Ok(members),
            _ => Err(self.error("expected an object")),
        }
    }

    /// Refuses an object with any name but these.
    pub fn only(&self, names: &[&str]) -> Result<(), FormatError> {
        match self.object()?.iter().find(|(name, _)| !names.contains(&&**name)) {
            Some((name, node)) => Err(self.member(&excerpt(name), node).error("unknown name")),
            None => Ok(()),
        }
    }

    pub fn get(&self, name: &str) -> Result<Self, FormatError> {
        match self.object()?.iter().find(|(other, _)| other == name) {
            Some((_, node)) => Ok(self.member(name, node)),
            None => Err(self.member(name, self.node).error("missing")),
        }
    }

    /// The one member of an object that says by its name which of several forms it has.
    pub fn variant(&self) -> Result<(&'a str, Self), FormatError> {
        match self.object()? {
            [(name, node)] => Ok((name, self.member(&excerpt(name), node))),
            _ => Err(self.error("expected exactly one name")),
        }
    }

    pub fn nullable(&self) -> Option<&Self> {
        (*self.node != Node::Null).then_some(self)
    }

    pub fn number(&self) -> Result<u64, FormatError> {
        match self.node {
            Node::Number(number) => Ok(*number),
            _ => Err(self.error("expected a whole number from 0")),
        }
    }

    pub fn text(&self) -> Result<&'a str, FormatError> {
        match self.node {
            Node::Text(text) => Ok(text),
            _ => Err(self.error("expected text")),
        }
    }

    /// A value that has one text form.
    pub fn parse<T: FromStr<Err: Display>>(&self) -> Result<T, FormatError> {
        self.text()?.parse().map_err(|error| self.error(error))
    }

    /// Bytes in lowercase hex.
    pub fn bytes(&self, bytes_max: usize) -> Result<Vec<u8>, FormatError> {
        let text = self.text()?;
        if text.len() / 2 > bytes_max {
            return Err(self.error(format_args!("more than {bytes_max} bytes")));
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(self.error("hex is written in lowercase"));
        }
        hex::decode(text).map_err(|error| self.error(error))
    }

    /// A value as its canonical bytes.
    pub fn canonical<T: Canonical>(&self) -> Result<T, FormatError> {
        let bytes = self.bytes(T::ENCODED_BYTES_MAX)?;
        encoding::from_bytes(&bytes).map_err(|error| self.error(error))
    }

    pub fn list<T, const MAX: usize>(
        &self,
        read: impl Fn(&Self) -> Result<T, FormatError>,
    ) -> Result<Bounded<T, MAX>, FormatError> {
        let Node::List(items) = self.node else { return Err(self.error("expected a list")) };
        if items.len() > MAX {
            return Err(self.error(format_args!("more than {MAX} entries")));
        }
        let items = items
            .iter()
            .enumerate()
            .map(|(index, node)| read(&Self { path: format!("{}[{index}]", self.path), node }));
        let items = items.collect::<Result<Vec<T>, _>>()?;
        Bounded::new(items).map_err(|error| self.error(error))
    }
}

/// The start of a stranger's text, for an error.
fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}
