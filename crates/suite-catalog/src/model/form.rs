//! Forms: what a requester is asked, and what counts as an answer.
//!
//! A [`Form`] is a list of fields that was checked: keys are unique, conditions and queries speak
//! of fields that are there, none depends on itself through others, defaults are answers that the
//! field would take, and everything is bounded. [`Form::check`] takes answers and gives either the
//! normalised ones or everything that is wrong with them, each by its [`Path`]:
//!
//! - A field is *shown* if its condition holds, and *required* if it says so or its second
//!   condition holds. A field that is not shown counts as not answered, for conditions of others,
//!   too; what was answered in it is dropped.
//! - A default stands where there is no answer. An answer that is empty, such as blanks, is the
//!   wish to give none: it stands against the default, and is dropped.
//! - Text is trimmed, and a pattern has to match all of it. Patterns are regular expressions that
//!   take linear time; their size is bounded.
//! - Options that are chosen twice are chosen once. Options from a query are for whoever calls to
//!   resolve: [`Form::queries`] says which, and [`Lookup`] answers.
//! - Empty rows of a table are dropped; the others keep their number in what is said of them.

mod answer;
mod check;
pub mod definition;
#[cfg(test)]
mod tests;
pub mod value;

pub use answer::{FAULTS_MAX, Fault, Lookup, Path, Problem};
pub use check::{Form, FormError};
pub use definition::{
    Column, Comparison, DateBound, Field, Kind, Listed, Options, Parameter, Pattern, PatternError,
    Prefill, Query, Resolved, When,
};
pub use value::{Answers, File, Key, NoKey, Row, Value};
