//! Fuzz targets: every input that a node, a wallet or a verifier takes from outside.
//!
//! [`TARGETS`] is all of them. A target takes any bytes and panics where something is wrong: not
//! only when the code under it does, but when it accepts bytes that it would write differently,
//! or answers what it must not. `cargo test` runs each for a moment over mutations of valid
//! inputs; `cargo xtask fuzz` runs them with the compiler's coverage for as long as one likes.
//!
//! Only tests use this crate. It never skips an input because handling it would be awkward.

mod canonical;
mod frames;
mod http;
pub mod mutator;
mod specimens;
mod texts;

/// One way in, and what must hold for whatever comes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// Takes any bytes; panics on a finding.
    pub run: fn(&[u8]),
    /// Inputs that are accepted, to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

pub const TARGETS: &[Target] = &[
    Target { name: "transaction", run: canonical::transaction, seeds: specimens::transactions },
    Target { name: "block", run: canonical::block, seeds: specimens::blocks },
    Target { name: "certificate", run: canonical::certificate, seeds: specimens::certificates },
    Target { name: "ledger-block", run: canonical::ledger_block, seeds: specimens::ledger_blocks },
    Target { name: "checkpoint", run: canonical::checkpoint, seeds: specimens::checkpoints },
    Target { name: "message", run: canonical::message, seeds: specimens::messages },
    Target { name: "frames", run: frames::run, seeds: specimens::frames },
    Target { name: "genesis", run: texts::genesis, seeds: specimens::genesis_files },
    Target { name: "keystore", run: texts::keystore, seeds: specimens::keystores },
    Target { name: "proof", run: texts::proof, seeds: specimens::proofs },
    Target { name: "pinned", run: texts::pinned_checkpoint, seeds: specimens::pinned_checkpoints },
    Target { name: "http-json", run: http::json, seeds: specimens::json_bodies },
    Target { name: "http-binary", run: http::binary, seeds: specimens::transactions },
    Target { name: "http-batch", run: http::batch, seeds: specimens::json_batches },
    Target { name: "http-request", run: http::request, seeds: specimens::requests },
];

/// The target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
