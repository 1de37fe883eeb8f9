//! The service catalog and the service desk: what people may ask for, who has to approve it, who
//! does it, and how long that may take.
//!
//! So far it holds the pure rules: [`model`].

pub mod model;
