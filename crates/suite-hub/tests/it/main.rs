//! Hub over HTTP, on every backend.

mod first_start;
mod fixture;
mod sessions;
