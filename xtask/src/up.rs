//! `cargo xtask up`: a network of four validators on this machine, in the foreground.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::environment::{self, Environment};
use crate::{build, process};

const VALIDATORS: u16 = 4;

/// The first port of each kind that `kaldrix-node localnet` opens, one of each kind a node.
const PORT_BASES: [(&str, u16); 3] = [("API", 18080), ("P2P", 18443), ("metrics", 19090)];

pub fn run() -> Result<()> {
    // Before the build, which may take minutes.
    require_free_ports()?;
    build::release(&Environment::prepare()?)?;

    let data_dir = environment::xdg_dir("XDG_STATE_HOME", ".local/state")?.join("kaldrix/localnet");
    let mut localnet = Command::new(build::folder().join("kaldrix-node"));
    localnet
        .args(["localnet", "--validators", &VALIDATORS.to_string(), "--data-dir"])
        .arg(data_dir);
    eprintln!("$ {}", process::shown(&localnet));
    // The node takes this process over, so Ctrl-C and the exit status are its own.
    let error = localnet.exec();
    Err(error).with_context(|| format!("could not start `{}`", process::shown(&localnet)))
}

fn require_free_ports() -> Result<()> {
    for (kind, base) in PORT_BASES {
        for port in base..base + VALIDATORS {
            ensure!(
                TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok(),
                "port {port} ({kind}) is in use: is another `cargo xtask up` running? \
                 `ss -ltnp 'sport = :{port}'` shows who holds it"
            );
        }
    }
    Ok(())
}
