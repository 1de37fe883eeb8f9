//! The shipped binary in a process of its own: how fast it is ready, and what it holds when nobody
//! asks for anything.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use suite_kit::config::Secret;
use suite_testkit::Place;

use crate::machine;

/// Hub's API and console, before the offset.
const PORTS: [u16; 2] = [8000, 3000];

pub struct Idle {
    /// On an empty data folder or database, and on one that is there.
    pub first_start: Duration,
    pub start: Duration,
    pub memory_mib: f64,
    pub peak_mib: f64,
    pub cpu_percent: f64,
}

struct Process {
    child: Child,
    ready_after: Duration,
}

/// Waits for `seconds` before it looks.
pub fn measure(place: &Place, seconds: u64) -> Result<Idle> {
    let folder = tempfile::Builder::new().prefix("itechsmart-").tempdir()?;
    let first = Process::start(place, folder.path())?;
    let first_start = first.ready_after;
    drop(first);
    let process = Process::start(place, folder.path())?;
    let id = process.child.id();
    let before = machine::cpu_of(id)?;
    std::thread::sleep(Duration::from_secs(seconds));
    let used = machine::cpu_of(id)?.saturating_sub(before);
    let (memory_mib, peak_mib) = machine::memory_mib(id)?;
    let cpu_percent = used.as_secs_f64() / seconds as f64 * 100.0;
    Ok(Idle { first_start, start: process.ready_after, memory_mib, peak_mib, cpu_percent })
}

impl Process {
    fn start(place: &Place, folder: &Path) -> Result<Self> {
        let mut command = Command::new(binary()?);
        command.env_clear().current_dir(folder).arg("run").arg("--data-dir").arg(folder);
        command.env("PORT_OFFSET", free_offset()?.to_string());
        let urls =
            [("DATABASE_URL", &place.config.database_url), ("REDIS_URL", &place.config.redis_url)];
        for (name, url) in urls {
            if let Some(url) = url {
                command.env(name, Secret::expose(url));
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let started = Instant::now();
        let child = command.spawn().context("could not start itechsmart")?;
        let mut process = Self { child, ready_after: Duration::ZERO };
        let stdout = process.child.stdout.take().context("a pipe")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        lines.find(|line| line.contains("ready in")).context("it has ended")?;
        process.ready_after = started.elapsed();
        // So that it never waits for somebody to read.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(process)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `cargo xtask bench` builds it beside this example.
fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let release = own.ancestors().nth(2).context("this example is in no target folder")?;
    let binary = release.join("itechsmart");
    let hint = "run this by `cargo xtask bench suite`, which builds it";
    anyhow::ensure!(binary.is_file(), "{} is missing: {hint}", binary.display());
    Ok(binary)
}

/// An offset at which all ports are free now.
fn free_offset() -> Result<u16> {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if let Some(offset) = port.checked_sub(PORTS[0])
            && PORTS.iter().skip(1).all(|base| is_free(base + offset))
        {
            return Ok(offset);
        }
    }
}
