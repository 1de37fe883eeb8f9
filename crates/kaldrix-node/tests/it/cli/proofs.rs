//! Proofs on the command line: taken, kept, and verified when the network is gone.

use std::fs;
use std::path::{Path, PathBuf};

use kaldrix_client::{Digest, genesis_file};
use serde_json::Value;

use super::{Ran, faucet, run, run_with, text};
use crate::api::Served;
use crate::fixture::TestNetwork;

/// Files of somebody who uses a network.
struct Desk {
    directory: tempfile::TempDir,
    genesis: PathBuf,
    key: PathBuf,
    document: PathBuf,
}

impl Desk {
    fn new(served: &Served) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let genesis = directory.path().join("genesis.json");
        fs::write(&genesis, genesis_file::write(&served.network.genesis)).unwrap();
        let key = faucet(directory.path(), 0);
        let document = directory.path().join("contract.txt");
        fs::write(&document, "we agree").unwrap();
        Self { directory, genesis, key, document }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn notarise(&self, served: &Served, more: &[&str]) -> Ran {
        let document = text(&self.document);
        let what = ["tx", "notarise", "--file", document, "--tag", "mine", "--api", &served.url];
        run(&[&what[..], &["--key", text(&self.key)], more].concat())
    }

    fn verify(&self, proof: &Path, more: &[&str]) -> Ran {
        let verify = ["verify", text(proof), "--genesis", text(&self.genesis)];
        run(&[&verify, more].concat())
    }
}

/// That a proof was refused, and at which link.
fn refused(ran: &Ran, link: &str) {
    assert_eq!(ran.code, 6, "{ran:?}");
    assert_eq!((ran.line("verified"), ran.line("failed_link")), ("no", link), "{ran:?}");
    assert!(ran.stderr.contains(&format!("does not hold: {link}: ")), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notarised_file_is_verified_when_the_network_is_gone() {
    let served = Served::start().await;
    let desk = Desk::new(&served);
    let proof = desk.path("proof.json");
    let trusted = ["--proof", text(&proof), "--genesis", text(&desk.genesis)];
    let sent = desk.notarise(&served, &trusted).done();
    assert_eq!(sent.line("proof"), text(&proof));
    served.stop().await;

    let document = text(&desk.document);
    let verified = desk.verify(&proof, &["--file", document]).done();
    let (shows, digest) = (verified.line("shows"), blake3::hash(b"we agree").to_hex());
    for part in [verified.line("sender"), &*digest, verified.line("block_time"), document] {
        assert!(shows.contains(part), "{part:?} is not in {shows:?}");
    }
    assert!(verified.line("block_time").ends_with('Z'));
    for name in ["transaction", "height", "block_id"] {
        assert_eq!(verified.line(name), sent.line(name));
    }
    assert_eq!((verified.line("tag"), verified.line("outcome")), ("mine", "applied"));
    assert_eq!(verified.line("certified_by"), "1 of 1 validators: validator-0");
    assert_eq!(verified.line("certified_stake"), "1 of 1, a quorum is 1");
    assert_eq!(verified.line("trusted"), "genesis of test");
    let json = desk.verify(&proof, &["--digest", &digest, "--json"]).json();
    assert_eq!((&json["verified"], &json["claim"]), (&true.into(), &"transaction".into()));
    assert_eq!(json["confirmation"]["signers"][0], "validator-0");
    assert_eq!(json["body"]["payload"]["digests"][0], *digest);

    // Either may come through a pipe, not both.
    let kept = fs::read(&proof).unwrap();
    let genesis = ["--genesis", text(&desk.genesis)];
    run_with(&kept, &[&["verify", "-"], &genesis[..], &["--file", document]].concat()).done();
    let file = ["verify", text(&proof), "--file", "-"];
    run_with(b"we agree", &[&file[..], &genesis].concat()).done();
    let both = run(&[&["verify", "-", "--file", "-"], &genesis[..]].concat());
    assert!(both.code == 1 && both.stderr.contains("standard input"), "{both:?}");
    assert_eq!(run(&["verify", text(&proof)]).code, 2);
    let missing = desk.verify(&desk.path("none.json"), &[]);
    assert!(missing.code == 1 && missing.stderr.contains("none.json"), "{missing:?}");

    // One byte of the document, one of the proof, another network.
    fs::write(&desk.document, "we agre3").unwrap();
    let other = desk.verify(&proof, &["--file", document]);
    refused(&other, "claim");
    assert!(other.line("reason").ends_with(document), "{other:?}");
    let other = TestNetwork::new(1, 0, 2).genesis.clone();
    fs::write(&desk.genesis, genesis_file::write(&other)).unwrap();
    refused(&desk.verify(&proof, &[]), "header");
}

/// The places of a proof, and the link that fails when the last digit there is changed.
const LINKS: [(&str, &str); 5] = [
    ("/claim/transaction/body", "claim"),
    // The outcome becomes a failure without its reason.
    ("/claim/transaction/receipt", "format"),
    ("/header", "certificate"),
    ("/finality/certified/votes/0/signed_root", "certificate"),
    ("/finality/certified/votes/0/signature", "certificate"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_proof_is_refused_at_the_link_that_changed() {
    let served = Served::start().await;
    let desk = Desk::new(&served);
    let proof = desk.path("proof.json");
    desk.notarise(&served, &["--proof", text(&proof)]).done();
    served.stop().await;
    desk.verify(&proof, &[]).done();

    let sound: Value = serde_json::from_slice(&fs::read(&proof).unwrap()).unwrap();
    for (pointer, link) in LINKS {
        let mut changed = sound.clone();
        let field = changed.pointer_mut(pointer).unwrap();
        let mut digits = field.as_str().unwrap().to_owned();
        let last = if digits.ends_with('0') { "1" } else { "0" };
        digits.replace_range(digits.len() - 1.., last);
        *field = digits.into();
        fs::write(&proof, changed.to_string()).unwrap();
        let ran = desk.verify(&proof, &["--json"]);
        let json: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(ran.code, 6, "{pointer}: {ran:?}");
        assert_eq!((&json["verified"], &json["link"]), (&false.into(), &link.into()), "{pointer}");
        assert!(json["code"].is_string() && json["reason"].is_string(), "{ran:?}");
    }
    for text in ["", "{}", "[1", "\u{0}"] {
        fs::write(&proof, text).unwrap();
        refused(&desk.verify(&proof, &[]), "format");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_are_taken_of_everything() {
    let served = Served::start().await;
    let (desk, url) = (Desk::new(&served), served.url.clone());
    let api = ["--api", url.as_str(), "--genesis", text(&desk.genesis)];
    let take = |what: &[&str]| run(&[what, &api].concat());
    let early = take(&["checkpoint"]);
    assert!(early.code == 5 && early.stderr.contains("no final block yet"), "{early:?}");
    let sent = desk.notarise(&served, &[]).done();
    let id = sent.line("transaction");
    assert!(sent.stderr.contains(&format!("proof transaction {id}")), "{sent:?}");
    let sender = run(&["keys", "show", text(&desk.key)]).done();
    let sender = sender.line("address");
    let digest = blake3::hash(b"we agree").to_hex();
    let nobody = kaldrix_client::Address(Digest([77; 32])).to_string();

    let out = desk.path("proof.json");
    for (what, shows) in [
        (vec!["transaction", id], "applied"),
        (vec!["notarisation", "--file", text(&desk.document)], "notarised"),
        (vec!["notarisation", "--digest", &digest], "notarised"),
        (vec!["account", sender], "KALD"),
        (vec!["account", &nobody], "nothing had been sent"),
    ] {
        let what = [&["proof"], &what[..]].concat();
        let printed = take(&what).done();
        let written = take(&[&what[..], &["--out", text(&out)]].concat()).done();
        assert_eq!(written.line("written"), text(&out));
        assert!(written.line("shows").contains(shows), "{written:?}");
        for proof in [printed.stdout.as_bytes(), &fs::read(&out).unwrap()] {
            let verified = run_with(proof, &["verify", "-", "--genesis", text(&desk.genesis)]);
            assert!(verified.done().line("shows").contains(shows));
        }
    }
    let json = take(&["proof", "account", sender, "--out", text(&out), "--json"]).json();
    assert_eq!((&json["claim"], &json["sequence"]), (&"account".into(), &1.into()));

    let unknown = take(&["proof", "transaction", &"ab".repeat(32)]);
    assert!(unknown.code == 4 && unknown.stderr.contains("knows no"), "{unknown:?}");
    fs::write(&desk.document, "never notarised").unwrap();
    let unknown = take(&["proof", "notarisation", "--file", text(&desk.document)]);
    assert!(unknown.code == 4 && unknown.stderr.contains("no notarisation"), "{unknown:?}");
    assert_eq!(take(&["proof", "notarisation"]).code, 2);
    let unverified = run(&["proof", "transaction", id, "--api", &served.url]).done();
    assert!(unverified.stderr.contains("--genesis FILE"), "{unverified:?}");

    // Nothing is written that does not hold, and nothing is sent to another network.
    let other = TestNetwork::new(1, 0, 2).genesis.clone();
    fs::write(&desk.genesis, genesis_file::write(&other)).unwrap();
    let none = desk.path("none.json");
    let foreign = take(&["proof", "transaction", id, "--out", text(&none)]);
    assert!(foreign.code == 6 && foreign.stderr.contains("does not hold"), "{foreign:?}");
    assert!(!none.exists());
    let elsewhere = desk.notarise(&served, &["--genesis", text(&desk.genesis)]);
    assert!(elsewhere.code == 4 && elsewhere.stderr.contains("on chain"), "{elsewhere:?}");
    served.stop().await;
    assert_eq!(take(&["proof", "transaction", id]).code, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_pinned_and_verified_against() {
    let served = Served::start().await;
    let desk = Desk::new(&served);
    let (pinned, proof) = (desk.path("checkpoint.json"), desk.path("proof.json"));
    let api = ["--api", served.url.as_str()];
    let genesis = ["--genesis", text(&desk.genesis)];
    let checkpoint = ["--checkpoint", text(&pinned)];
    let old = desk.notarise(&served, &[]).done();
    desk.notarise(&served, &[]).done();
    let pin = ["checkpoint", "--out", text(&pinned)];
    let shown = run(&[&pin, &api[..], &genesis].concat()).done();
    assert!(shown.line("shows").contains("is final"), "{shown:?}");

    // Older than the checkpoint: its block alone makes it final, and no key can.
    let take = ["proof", "transaction", old.line("transaction"), "--out", text(&proof)];
    run(&[&take, &api[..], &checkpoint].concat()).done();
    let verify = ["verify", text(&proof)];
    let verified = run(&[&verify, &checkpoint[..], &genesis].concat()).done();
    assert_eq!(verified.line("checkpoint_height"), shown.line("height"));
    let against = format!("checkpoint at height {}", shown.line("height"));
    assert_eq!(verified.line("trusted"), against);
    refused(&run(&[&verify, &genesis[..]].concat()), "checkpoint");

    // Younger: a quorum certified it, and the checkpoint is in its history.
    desk.notarise(&served, &[&checkpoint[..], &["--proof", text(&proof)]].concat()).done();
    let verified = run(&[&verify, &checkpoint[..]].concat()).done();
    assert_eq!(verified.line("certified_by"), "1 of 1 validators: validator-0");
    let next = run(&[&["checkpoint"], &api[..], &checkpoint].concat()).json();
    assert_eq!(next["format"], "kaldrix-checkpoint");
    served.stop().await;

    let other = TestNetwork::new(1, 0, 2).genesis.clone();
    fs::write(&desk.genesis, genesis_file::write(&other)).unwrap();
    let mixed = run(&[&verify, &checkpoint[..], &genesis].concat());
    assert!(mixed.code == 1 && mixed.stderr.contains("checkpoint.json"), "{mixed:?}");
    fs::write(&pinned, "{}").unwrap();
    let none = run(&[&verify, &checkpoint[..]].concat());
    assert!(none.code == 1 && none.stderr.contains("checkpoint.json"), "{none:?}");
}
