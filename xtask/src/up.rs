//! `cargo xtask up`: a ledger of four validators and the suite on this machine, in the foreground.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::build;
use crate::environment::{Environment, root, xdg_dir};

const VALIDATORS: u16 = 4;

/// What listens where: the first port, and how many.
const PORTS: [(&str, u16, u16); 5] = [
    ("ledger API", 18080, VALIDATORS),
    ("ledger P2P", 18443, VALIDATORS),
    ("ledger metrics", 19090, VALIDATORS),
    ("Hub", 8000, 1),
    ("console", 3000, 1),
];

/// Runs both, and ends both when one ends or the terminal says so. Ctrl-C reaches them from the
/// terminal itself; the shell waits until they have ended.
const SCRIPT: &str = r#"
"$BIN/kaldrix-node" localnet --validators "$VALIDATORS" --data-dir "$LEDGER" & ledger=$!
trap : INT
trap 'kill "$ledger" "$suite" 2>/dev/null' TERM
until [ -s "$LEDGER_GENESIS" ] && [ -s "$LEDGER_KEY" ]; do
  kill -0 "$ledger" 2>/dev/null || exit 1
  sleep 0.1
done
"$BIN/itechsmart" run --services all --config "$ROOT/config" --data-dir "$SUITE" & suite=$!
while kill -0 "$ledger" 2>/dev/null && kill -0 "$suite" 2>/dev/null; do
  sleep 0.5
done
kill "$ledger" "$suite" 2>/dev/null
wait
"#;

pub fn run() -> Result<()> {
    // Before the build, which may take minutes.
    require_free_ports()?;
    build::release(&Environment::prepare()?)?;

    let state = xdg_dir("XDG_STATE_HOME", ".local/state")?;
    let ledger = state.join("kaldrix/localnet");
    let mut both = Command::new("sh");
    both.args(["-c", SCRIPT])
        .env("BIN", build::folder())
        .env("ROOT", root())
        .env("VALIDATORS", VALIDATORS.to_string())
        .env("LEDGER", &ledger)
        .env("SUITE", state.join("itechsmart"))
        .env("LEDGER_URL", "http://127.0.0.1:18080")
        .env("LEDGER_GENESIS", ledger.join("genesis.json"))
        .env("LEDGER_KEY", ledger.join("faucet.json"));
    eprintln!("$ kaldrix-node localnet … & itechsmart run --services all …");
    // The shell takes this process over, so Ctrl-C and the exit status are its own.
    Err(both.exec()).context("could not start `sh`")
}

fn require_free_ports() -> Result<()> {
    for (kind, base, count) in PORTS {
        for port in base..base + count {
            ensure!(
                TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok(),
                "port {port} ({kind}) is in use: is another `cargo xtask up` running? \
                 `ss -ltnp 'sport = :{port}'` shows who holds it"
            );
        }
    }
    Ok(())
}
