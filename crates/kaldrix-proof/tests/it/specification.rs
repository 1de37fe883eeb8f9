//! `docs/spec/proofs.md` says what the code does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use kaldrix_proof::{Claim, Finality, Proof};
use kaldrix_types::encoding;
use kaldrix_types::merkle::{Blake3, InclusionProof};

use crate::forgeries::forgeries;
use crate::specimens::{genesis, read};

fn page() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec/proofs.md");
    fs::read_to_string(page).unwrap()
}

/// The words in backticks of a table's cell.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn the_page_lists_every_fault_and_the_forgeries_show_each() {
    let page = page();
    let section = page.split("\n## ").find(|section| section.starts_with("5.")).unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|'));
    let listed: BTreeSet<&str> =
        rows.filter_map(|row| row.rsplit('|').nth(1)).flat_map(words).collect();
    let shown: BTreeSet<&str> = forgeries().iter().map(|forgery| forgery.fault).collect();
    assert_eq!(listed, shown);
}

/// The root after the first `count` steps of a path.
fn climb(proof: &InclusionProof, leaf: &[u8], count: usize) -> String {
    let steps = proof.steps().unwrap();
    InclusionProof::from_steps(&steps[..count]).unwrap().root::<Blake3>(leaf).unwrap().to_string()
}

#[test]
fn the_worked_example_is_the_vector() {
    let proof = Proof::from_json(&read("notarisation.json")).unwrap();
    let Claim::Notarisation { transaction, .. } = &proof.claim else { panic!("a notarisation") };
    let Finality::Certified { votes, .. } = &proof.finality else { panic!("a certificate") };
    let later = proof.later.as_ref().unwrap();
    let receipt = encoding::to_bytes(&transaction.receipt);
    let mut values = vec![
        genesis().chain_id().to_string(),
        transaction.body.id().to_string(),
        hex::encode(&receipt[33..]),
        proof.header.receipts_root.to_string(),
        proof.header.id().to_string(),
        later.header.history_root.to_string(),
        later.header.id().to_string(),
        hex::encode(&later.header.vote().leaf()[..8]),
        votes[0].root.votes_root.to_string(),
        votes[0].root.id().to_string(),
    ];
    values.extend((0..=3).map(|count| climb(&transaction.receipt_path, &receipt, count)));
    let page = page();
    for value in values {
        assert!(page.contains(&format!("`{value}`")), "{value} is not in the example");
    }
}
