//! E-mail that comes in: read, judged, and led to its ticket. Everything here was written by
//! whoever could send it; nothing of it is believed that is not checked.
//!
//! Bounds are looked at before anything is parsed. A message within a message is never opened: it
//! stays an attachment, so that no nesting is deep.

mod authentication;
mod automatic;
mod reading;
mod reply;
mod thread;

pub use authentication::{Checked, authenticated};
pub use automatic::Automatic;
pub use reading::{
    Attachment, HEADER_BYTES_MAX, Incoming, MESSAGE_BYTES_MAX, Malformed, PARTS_MAX, read,
};
pub use reply::{MARKER, reply_of};
pub use thread::{OwnId, numbers_in, without_prefixes};
