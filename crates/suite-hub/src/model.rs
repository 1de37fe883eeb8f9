//! Hub's nouns and pure rules.

pub(crate) mod change;
pub(crate) mod device;
pub(crate) mod email;
pub(crate) mod lockout;
pub(crate) mod name;
pub(crate) mod notification;
pub(crate) mod password;
pub(crate) mod second_factor;
