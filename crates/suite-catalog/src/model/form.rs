//! Forms.

pub mod value;

pub use value::{Answers, File, Key, NoKey, Row, Value};
