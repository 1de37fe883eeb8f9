//! The binary `itechsmart`.

fn main() {}
