//! Hub over HTTP, on every backend.

mod access;
mod api_keys;
mod first_start;
mod fixture;
mod people;
mod roles;
mod sessions;
mod tenants;
mod users;
