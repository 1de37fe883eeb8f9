//! Hub's tables and the queries over them. Every query of a tenant's things takes the tenant first.

pub(crate) mod administrators;
pub(crate) mod api_keys;
pub(crate) mod devices;
pub(crate) mod entities;
pub(crate) mod events;
pub(crate) mod flags;
pub(crate) mod groups;
pub(crate) mod homes;
pub(crate) mod instances;
pub(crate) mod keys;
pub(crate) mod lockouts;
pub(crate) mod members;
pub(crate) mod notifications;
pub(crate) mod persons;
pub(crate) mod pruning;
pub(crate) mod roles;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod tenants;
pub(crate) mod tokens;
pub(crate) mod webhooks;
