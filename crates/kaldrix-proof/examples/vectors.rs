//! Writes the proofs in `tests/vectors` anew: `cargo run -p kaldrix-proof --example vectors`.
//!
//! Signing is hedged, so every run gives other signatures, and with them other texts.

#[path = "../tests/it/chain.rs"]
mod chain;

use std::error::Error;
use std::fs;
use std::path::Path;

use kaldrix_proof::{Claim, Proof, Trust, verify};
use kaldrix_types::genesis_file;
use serde_json::json;

use chain::{Chain, address, digest, story};

/// The height of the pinned block: in the second epoch.
const PINNED: u64 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let chain = story("vectors");
    let checkpoint = chain.checkpoint(PINNED);
    fs::write(folder.join("genesis.json"), genesis_file::write(&chain.genesis))?;
    fs::write(folder.join("checkpoint.json"), checkpoint.to_json())?;
    let mut list = Vec::new();
    for (name, trusted, proof) in proofs(&chain) {
        let trust = match trusted {
            "genesis.json" => chain.trust(),
            _ => Trust::Checkpoint(&checkpoint),
        };
        let shown = verify(&proof, trust)?;
        fs::write(folder.join(name), proof.to_json())?;
        list.push(json!({
            "proof": name,
            "trust": trusted,
            "height": shown.height,
            "block": shown.block.to_string(),
        }));
    }
    fs::write(folder.join("vectors.json"), serde_json::to_string_pretty(&list)? + "\n")?;
    Ok(())
}

/// Every kind of claim, and every way from a block to what is trusted.
fn proofs(chain: &Chain) -> Vec<(&'static str, &'static str, Proof)> {
    let (genesis, checkpoint) = ("genesis.json", "checkpoint.json");
    let transaction = |index| Claim::Transaction(chain.transaction(2, index));
    let notarised = |digest| {
        let transaction = chain.transaction(2, 2);
        Claim::Notarisation { digest, transaction }
    };
    let absent = |neighbour: bool| {
        let claims = (100..200).map(|byte| chain.account(2, address(byte)));
        let mut fitting = claims.filter(|claim| {
            matches!(claim, Claim::Account { proof, .. } if proof.leaf.is_some() == neighbour)
        });
        fitting.next().expect("one of a hundred addresses has such a place")
    };
    let account = chain.account(2, address(1));
    vec![
        ("transaction.json", genesis, chain.proof(transaction(0), 2, 2)),
        ("failed-transaction.json", genesis, chain.proof(transaction(1), 2, 3)),
        ("notarisation.json", genesis, chain.proof(notarised(digest(51)), 2, 3)),
        ("account.json", genesis, chain.proof(account, 2, 2)),
        ("no-account-empty.json", genesis, chain.proof(absent(false), 2, 2)),
        ("no-account-neighbour.json", genesis, chain.proof(absent(true), 2, 4)),
        ("epochs.json", genesis, chain.proof(notarised(digest(50)), 2, 9)),
        ("since-checkpoint.json", checkpoint, chain.proof_since(PINNED, Claim::Block, 6, 8)),
        ("pinned.json", checkpoint, chain.proof_since(PINNED, notarised(digest(50)), 2, PINNED)),
    ]
}
