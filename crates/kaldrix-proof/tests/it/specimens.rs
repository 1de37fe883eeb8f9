//! The proofs in `tests/vectors`: valid ones, of every kind of claim and every way to what is
//! trusted, for these tests and for other implementations.

use std::fs;
use std::path::PathBuf;

use kaldrix_proof::{Checkpoint, Proof, Trust, verify};
use kaldrix_types::{Genesis, genesis_file};
use serde_json::Value;

/// What a specimen is verified with.
pub enum Trusted {
    Genesis(Box<Genesis>),
    Checkpoint(Box<Checkpoint>),
}

impl Trusted {
    pub fn trust(&self) -> Trust<'_> {
        match self {
            Self::Genesis(genesis) => Trust::Genesis(genesis),
            Self::Checkpoint(checkpoint) => Trust::Checkpoint(checkpoint),
        }
    }
}

/// A valid proof.
pub struct Specimen {
    pub name: String,
    pub text: String,
    pub trusted: Trusted,
    /// What it shows.
    pub height: u64,
    pub block: String,
}

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

pub fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

pub fn genesis() -> Genesis {
    genesis_file::read(&read("genesis.json")).unwrap()
}

pub fn checkpoint() -> Checkpoint {
    Checkpoint::from_json(&read("checkpoint.json")).unwrap()
}

pub fn specimens() -> Vec<Specimen> {
    let list: Vec<Value> = serde_json::from_str(&read("vectors.json")).unwrap();
    let specimen = |item: Value| {
        let text_of = |name: &str| item[name].as_str().unwrap().to_owned();
        Specimen {
            text: read(&text_of("proof")),
            name: text_of("proof"),
            trusted: match item["trust"].as_str().unwrap() {
                "genesis.json" => Trusted::Genesis(Box::new(genesis())),
                _ => Trusted::Checkpoint(Box::new(checkpoint())),
            },
            height: item["height"].as_u64().unwrap(),
            block: text_of("block"),
        }
    };
    list.into_iter().map(specimen).collect()
}

#[test]
fn specimens_are_verified_and_written_as_they_were_read() {
    for specimen in specimens() {
        let proof = Proof::from_json(&specimen.text).unwrap();
        let verified = verify(&proof, specimen.trusted.trust()).unwrap();
        let shown = (verified.height, verified.block.to_string());
        assert_eq!(shown, (specimen.height, specimen.block), "{}", specimen.name);
        assert_eq!(proof.to_json(), specimen.text, "{}", specimen.name);
    }
    let text = read("checkpoint.json");
    assert_eq!(Checkpoint::from_json(&text).unwrap().to_json(), text);
}
