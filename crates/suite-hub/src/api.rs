//! Requests and answers of Hub's API, apart from what Hub computes with.

pub(crate) mod invitations;
pub(crate) mod me;
pub(crate) mod password;
pub(crate) mod session;
pub(crate) mod setup;
