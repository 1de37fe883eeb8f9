//! The binary's commands, as operators and their scripts run them.

mod operate;
mod proofs;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use kaldrix_client::{Address, Scheme, Signer, keystore};
use serde_json::Value;

use crate::api::{Served, stranger};
use crate::fixture::key;

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap(),
        }
    }

    /// The value of a line `name: value`.
    pub fn line(&self, name: &str) -> &str {
        let found =
            self.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_else(|| panic!("no line {name} in {self:?}"))
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaldrix-node"));
    command.args(arguments).stdin(Stdio::null());
    command.env_remove("KALDRIX_API").env_remove("KALDRIX_KEY_PASSWORD");
    command
}

/// Runs a command beside the tasks of the test.
pub fn run(arguments: &[&str]) -> Ran {
    run_command(&mut command(arguments))
}

fn run_command(command: &mut Command) -> Ran {
    tokio::task::block_in_place(|| Ran::of(command.output().unwrap()))
}

/// Runs a command that reads `input`.
fn run_with(input: &[u8], arguments: &[&str]) -> Ran {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    tokio::task::block_in_place(|| Ran::of(child.wait_with_output().unwrap()))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The keystore of a funded account, as a faucet has it.
fn faucet(directory: &Path, name: u8) -> PathBuf {
    let path = directory.join(format!("faucet-{name}.key"));
    let keystore = keystore::store_unprotected(&key(Scheme::MlDsa44, name, 9));
    keystore::write_new(&path, &keystore).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_find_what_they_look_for() {
    let served = Served::start().await;
    let api = ["--api", served.url.as_str()];
    let pipeline = "\"$0\" status --api \"$1\" | grep latest_block | awk '{print $2}'";
    let mut shell = Command::new("sh");
    shell.args(["-c", pipeline, env!("CARGO_BIN_EXE_kaldrix-node"), &served.url]);
    assert_eq!(run_command(&mut shell).stdout, "0\n");

    let status = run(&["status", api[0], api[1]]).done();
    assert_eq!(status.line("chain_id"), served.network.genesis.chain_id().to_string());
    assert_eq!(status.line("role"), "validator");
    let mut by_environment = command(&["network-status"]);
    let network = run_command(by_environment.env("KALDRIX_API", &served.url)).done();
    assert_eq!((network.line("network"), network.line("validators")), ("test", "1"));

    let participation = run(&["validator-participation", api[0], api[1]]).done();
    for line in participation.stdout.lines() {
        let first = line.split(' ').next().unwrap().strip_suffix('%').unwrap();
        assert!((0.0..=100.0).contains(&first.parse::<f64>().unwrap()), "{line}");
    }
    assert!(participation.stdout.lines().nth(1).unwrap().contains(" 0 validator-0 "));
    let peers = run(&["network-peers", api[0], api[1]]).done();
    assert_eq!(peers.stdout, "0 of 0 peers connected\n");

    for name in ["status", "network-status", "network-peers", "validator-participation"] {
        assert!(run(&["--json", name, api[0], api[1]]).json().is_object());
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_made_and_seen() {
    let served = Served::start().await;
    let directory = tempfile::tempdir().unwrap();
    let faucet = faucet(directory.path(), 0);
    let to = Address::of(stranger().public_key()).to_string();
    let transfer = |more: &[&str]| {
        let arguments = ["tx", "transfer", "--api", &served.url, "--key", text(&faucet)];
        run(&[&arguments, ["--to", &to].as_slice(), more].concat())
    };

    let sent = transfer(&["--amount", "1.5"]).done();
    assert_eq!((sent.line("status"), sent.line("outcome")), ("final", "applied"));
    assert!(sent.line("height").parse::<u64>().unwrap() >= 1);
    assert!(sent.line("final_after_ms").parse::<u64>().is_ok());
    assert!(sent.line("fee").ends_with(" KALD"));

    let account = run(&["account", &to, "--api", &served.url]).done();
    assert_eq!((account.line("balance"), account.line("key_registered")), ("1.5 KALD", "no"));
    let id = sent.line("transaction");
    let status = run(&["tx", "status", id, "--api", &served.url, "--json"]).json();
    assert_eq!((status["status"].as_str(), status["id"].as_str()), (Some("final"), Some(id)));

    let pending = transfer(&["--units", "1", "--no-wait", "--json"]).json();
    assert!(pending["transaction"].is_null() && pending["final_after_ms"].is_null());
    assert_eq!(pending["id"].as_str().unwrap().len(), 64);

    // All that can go wrong is said, and has its exit code.
    let zero = transfer(&["--amount", "0"]);
    assert_eq!(zero.code, 4, "{zero:?}");
    assert!(zero.stderr.contains("the amount is zero"), "{zero:?}");
    let much = transfer(&["--amount", "2000000000"]);
    assert_eq!(much.code, 4, "{much:?}");
    assert!(much.stderr.contains("are needed"), "{much:?}");
    for wrong in [&["--amount", "1.0000000001"][..], &[], &["--amount", "1", "--units", "1"]] {
        assert_eq!(transfer(wrong).code, 2);
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_digests_are_notarised() {
    let served = Served::start().await;
    let directory = tempfile::tempdir().unwrap();
    let faucet = faucet(directory.path(), 1);
    let document = directory.path().join("document.txt");
    std::fs::write(&document, "hello").unwrap();
    let digest = "ab".repeat(32);
    let arguments = ["tx", "notarise", "--api", &served.url, "--key", text(&faucet)];
    let what = ["--file", text(&document), "--digest", &digest, "--tag", "mine"];
    let sent = run(&[&arguments[..], &what, &["--json"]].concat()).json();
    let digests = sent["digests"].as_array().unwrap().iter();
    let found: Vec<_> = digests.map(|one| one["digest"].as_str().unwrap()).collect();
    assert_eq!(found, [blake3::hash(b"hello").to_hex().as_str(), &digest]);
    assert_eq!(sent["transaction"]["body"]["payload"]["tag"], hex::encode("mine"));
    assert_eq!(sent["transaction"]["receipt"]["outcome"], "applied");

    assert_eq!(run(&arguments).code, 2);
    let missing = run(&[&arguments[..], &["--file", "/no/such/file"]].concat());
    assert!(missing.code == 1 && missing.stderr.contains("/no/such/file"), "{missing:?}");
    let long = "x".repeat(65);
    let long = run(&[&arguments[..], &["--digest", &digest, "--tag", &long]].concat());
    assert!(long.code == 1 && long.stderr.contains("limit of 64"), "{long:?}");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_made_shown_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let (open, sealed, password) = (path("open.key"), path("sealed.key"), path("password"));
    std::fs::write(&password, "correct horse\n").unwrap();

    let made = run(&["keys", "generate", "--out", text(&open), "--unprotected"]).done();
    assert_eq!((made.line("scheme"), made.line("password_protected")), ("ml-dsa-44", "no"));
    let generate = ["keys", "generate", "--out", text(&sealed), "--scheme", "ml-dsa-65"];
    let unasked = run(&generate);
    assert!(unasked.code == 1 && unasked.stderr.contains("--password-file"), "{unasked:?}");
    assert!(!sealed.exists());
    run(&[&generate[..], &["--password-file", text(&password)]].concat()).done();

    let shown = run(&["keys", "show", text(&sealed), "--public-key"]).done();
    assert_eq!((shown.line("scheme"), shown.line("password_protected")), ("ml-dsa-65", "yes"));
    assert_eq!(shown.line("public_key").len(), 2 * Scheme::MlDsa65.public_key_bytes());
    let list = run(&["keys", "list", text(directory.path()), "--json"]).json();
    let files: Vec<_> = list.as_array().unwrap().iter().map(|info| &info["file"]).collect();
    assert_eq!(files, [text(&open), text(&sealed)]);

    let again = run(&["keys", "generate", "--out", text(&open), "--unprotected"]);
    assert!(again.code == 1 && again.stderr.contains("never overwritten"), "{again:?}");
    assert_eq!(run(&["keys", "show", text(&open)]).line("address"), made.line("address"));
    let garbage = run(&["keys", "show", text(&password)]);
    assert!(garbage.code == 1 && garbage.stderr.contains("keystore"), "{garbage:?}");

    // The wrong password is found out before any node is asked.
    let to = made.line("address");
    let send = ["tx", "transfer", "--key", text(&sealed), "--to", to, "--amount", "1"];
    let wrong = run_command(command(&send).env("KALDRIX_KEY_PASSWORD", "wrong"));
    assert!(wrong.code == 1 && wrong.stderr.contains("password is wrong"), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nothing_answers_it_says_how_to_reach_a_localnet() {
    // Port 9 (discard) on loopback: nothing listens there.
    let ran = run(&["status", "--api", "http://127.0.0.1:9"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stdout.is_empty());
    for part in ["http://127.0.0.1:9", "kaldrix-node localnet", "--api http://127.0.0.1:18080"] {
        assert!(ran.stderr.contains(part), "{ran:?}");
    }
    assert_eq!(run(&["status", "--api", "nonsense"]).code, 2);
    assert_eq!(run(&["no-such-command"]).code, 2);
    assert!(run(&["--help"]).done().stdout.contains("Exit codes:"));
}
