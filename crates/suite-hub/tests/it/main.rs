//! Hub over HTTP, on every backend.

mod bodies;
mod first_start;
mod fixture;
mod lockout;
mod passwords;
mod profile;
mod recovery;
mod refresh;
mod second_factor;
mod sessions;
mod tokens;
