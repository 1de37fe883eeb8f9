//! The wire types and the client, as their users meet them.

mod client;
mod wire;
