//! Requests and answers of Hub's API, apart from what Hub computes with.

pub(crate) mod api_keys;
pub(crate) mod events;
pub(crate) mod flags;
pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod me;
pub(crate) mod notifications;
pub(crate) mod password;
pub(crate) mod people;
pub(crate) mod roles;
pub(crate) mod services;
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod tenants;
pub(crate) mod users;
pub(crate) mod webhooks;
