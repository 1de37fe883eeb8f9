//! Hub over HTTP, on every backend.

mod access;
mod api_keys;
mod bad_days;
mod bodies;
mod directory;
mod first_start;
mod fixture;
mod idempotency;
mod invitations;
mod lockout;
mod notifications;
mod passwords;
mod people;
mod profile;
mod recovery;
mod refresh;
mod roles;
mod second_factor;
mod services;
mod sessions;
mod tenants;
mod tokens;
mod users;
mod webhooks;
