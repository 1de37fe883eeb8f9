//! Setting up, running and looking after nodes with the binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Instant;

use kaldrix_client::Client;
use kaldrix_node::config::Config;
use kaldrix_node::init::Ports;

use super::{command, run, text};
use crate::fixture::{PATIENCE, free_ports};

/// A network that `init` made, on ports that were free.
struct Made {
    directory: tempfile::TempDir,
    configs: Vec<PathBuf>,
}

impl Made {
    fn new(validators: u16) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let network = directory.path().join("net");
        let count = validators.to_string();
        let arguments = ["init", "--dir", text(&network), "--validators", &count, "--unprotected"];
        let made = run(&arguments).done();
        let configs: Vec<PathBuf> = made
            .stdout
            .lines()
            .filter_map(|line| line.strip_prefix("config: "))
            .map(PathBuf::from)
            .collect();
        assert_eq!(configs.len(), usize::from(validators), "{made:?}");
        assert_eq!(made.line("funded_key"), text(&network.join("treasury.json")));
        let ports = free_ports(validators);
        for config in &configs {
            let mut toml = fs::read_to_string(config).unwrap();
            for node in 0..validators {
                let (made, free) = (Ports::default().of(node), ports.of(node));
                for (made, free) in made.into_iter().zip(free) {
                    toml = toml.replace(&format!("{made}\""), &format!("{free}\""));
                }
            }
            fs::write(config, toml).unwrap();
        }
        Self { directory, configs }
    }

    fn client(&self, node: usize) -> Client {
        let config = Config::load(&self.configs[node]).unwrap();
        Client::new(&format!("http://{}", config.api)).unwrap()
    }
}

/// A node that `run` runs, stopped as an operator stops it.
struct Running(Child);

impl Running {
    async fn start(made: &Made, node: usize) -> Self {
        let mut run = command(&["run", "--config", text(&made.configs[node])]);
        let running = Self(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let (client, start) = (made.client(node), Instant::now());
        while client.status().await.is_err() {
            assert!(start.elapsed() < PATIENCE, "node {node} does not start");
        }
        running
    }

    fn terminate(mut self) {
        let process = self.0.id().to_string();
        assert!(std::process::Command::new("kill").arg(&process).status().unwrap().success());
        let ended = tokio::task::block_in_place(|| self.0.wait().unwrap());
        assert!(ended.success(), "{ended}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails where the node has stopped, as it should have.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn edited(config: &Path, name: &str, from: &str, to: &str) -> PathBuf {
    let toml = fs::read_to_string(config).unwrap();
    assert!(toml.contains(from), "{toml}");
    let path = config.with_file_name(name);
    fs::write(&path, toml.replacen(from, to, 1)).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_checked_before_it_is_run() {
    let made = Made::new(2);
    let config = &made.configs[0];
    let valid = run(&["validate-config", text(config), "--json"]).json();
    assert_eq!(
        (valid["name"].as_str(), valid["role"].as_str()),
        (Some("validator-0"), Some("validator"))
    );
    assert_eq!(valid["peers"], 1);
    run(&["validate-config", "--config", text(config)]).done();

    let line_of = |path: &Path, text: &str| {
        let toml = fs::read_to_string(path).unwrap();
        toml.lines().position(|line| line.contains(text)).unwrap() + 1
    };
    for (from, to, key) in [
        ("data_dir = ", "data_dri = ", "data_dri"),
        ("role = \"validator\"", "role = \"king\"", "role"),
        ("api = \"127.0.0.1:", "api = \"nowhere:", "listen.api"),
        ("validator = \"validator-1\"", "validator = \"validator-9\"", "peers[0].validator"),
        ("network = \"keys/network.json\"", "network = \"keys/none.json\"", "keys.network"),
    ] {
        let wrong = edited(config, "wrong.toml", from, to);
        let line = line_of(&wrong, to);
        for command in ["validate-config", "run", "check-store", "check-bootstrap-nodes"] {
            let ran = run(&[command, "--config", text(&wrong)]);
            let place = format!("wrong.toml:{line}: {key}");
            assert!(ran.code == 1 && ran.stderr.contains(&place), "{place} {ran:?}");
        }
    }
    let typo = edited(config, "wrong.toml", "data_dir = ", "data_dri = ");
    let ran = run(&["validate-config", text(&typo)]);
    assert!(ran.stderr.contains("data_dir"), "the nearest key is named: {ran:?}");
    let missing = run(&["run", "--config", "/no/such/node.toml"]);
    assert!(missing.code == 1 && missing.stderr.contains("kaldrix-node init"), "{missing:?}");

    let network = made.directory.path().join("net");
    let again = run(&["init", "--dir", text(&network), "--unprotected"]);
    assert!(again.code == 1 && again.stderr.contains("exists"), "{again:?}");
    let asked = run(&["init", "--dir", text(&made.directory.path().join("other"))]);
    assert!(asked.code == 1 && asked.stderr.contains("--password-file"), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_run_checked_and_stopped() {
    let made = Made::new(2);
    let first = Running::start(&made, 0).await;
    let second = Running::start(&made, 1).await;
    let check = ["check-bootstrap-nodes", "--config", text(&made.configs[0])];
    let both = run(&check).done();
    assert!(both.stdout.starts_with("ok validator-1 127.0.0.1:"), "{both:?}");

    let treasury = made.directory.path().join("net/treasury.json");
    let client = made.client(0);
    let url = client.url().to_owned();
    let own = run(&["keys", "show", text(&treasury)]).done();
    let transfer = ["tx", "transfer", "--api", &url, "--key", text(&treasury), "--amount", "1"];
    let sent = run(&[&transfer[..], &["--to", own.line("address")]].concat()).done();
    assert_eq!(sent.line("status"), "final");
    let peers = run(&["network-peers", "--api", &url]).done();
    assert!(peers.stdout.starts_with("1 of 1 peers connected\n"), "{peers:?}");
    assert!(peers.stdout.contains(" validator-1 connected "), "{peers:?}");

    second.terminate();
    let one = run(&check);
    assert_eq!(one.code, 1, "{one:?}");
    assert!(one.stdout.starts_with("FAILED validator-1 127.0.0.1:"), "{one:?}");
    assert!(one.stderr.contains("1 of 1 nodes do not answer"), "{one:?}");

    let busy = run(&["check-store", "--config", text(&made.configs[0])]);
    assert!(busy.code == 1 && busy.stderr.contains("still running"), "{busy:?}");
    first.terminate();
    let sound = run(&["check-store", "--config", text(&made.configs[0])]).done();
    assert!(sound.line("ledger").starts_with("ok, "), "{sound:?}");
    assert!(sound.line("signed_round").starts_with("ok, round "), "{sound:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_named_and_left_as_it_is() {
    let made = Made::new(1);
    let check = ["check-store", "--config", text(&made.configs[0])];
    let fresh = run(&check).done();
    assert_eq!(fresh.line("ledger"), "nothing is stored yet");
    Running::start(&made, 0).await.terminate();
    run(&check).done();

    let signed_round = Config::load(&made.configs[0]).unwrap().data_dir.join("signed-round");
    let before = fs::read(&signed_round).unwrap();
    let damaged: Vec<u8> = before.iter().map(|byte| byte ^ 0x55).collect();
    fs::write(&signed_round, &damaged).unwrap();
    let found = run(&check);
    assert_eq!(found.code, 1);
    assert!(found.line("signed_round").starts_with("DAMAGED"), "{found:?}");
    assert!(found.stderr.contains("damaged: signed_round"), "{found:?}");
    assert_eq!(fs::read(&signed_round).unwrap(), damaged);
}
