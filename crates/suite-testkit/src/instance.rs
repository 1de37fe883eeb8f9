//! Servers that live as long as this process: a shell holds each, and ends it when the pipe to this
//! process breaks, however this process ends. The shell removes its folder too: the servers that the
//! tests of a process share are dropped by nobody.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

const START_S_MAX: u64 = 60;
/// PostgreSQL refuses to run as root.
const POSTGRES_USER: &str = "postgres";
/// For tests: those of several processes share a machine, and a temporary folder.
const POSTGRES_SMALL: &str = "-c shared_buffers=64MB -c max_wal_size=128MB";
/// For benches: as its manual has it set where it serves in earnest, for which its defaults are not.
/// With little WAL it writes whole pages instead of rows, after each of its checkpoints.
const POSTGRES_LARGE: &str = "-c shared_buffers=4GB -c max_wal_size=4GB";

static IS_LARGE: AtomicBool = AtomicBool::new(false);

/// From now on servers are set as for production, but that a failure of the machine would cost data.
pub fn start_large_servers() {
    IS_LARGE.store(true, Ordering::Relaxed);
}

/// A server, its port and its folder.
#[derive(Debug)]
pub struct Instance {
    pub port: u16,
    holder: Child,
    /// Dropped, it ends the server.
    lifeline: Option<ChildStdin>,
    folder: tempfile::TempDir,
    start: String,
}

impl Instance {
    pub fn postgres() -> Result<Self> {
        let binaries = postgres_binaries()?;
        let folder = tempfile::Builder::new().prefix("itechsmart-postgres-").tempdir()?;
        let data = folder.path().join("data");
        let is_root = rustix::process::geteuid().is_root();
        if is_root {
            run(Command::new("chown").arg(POSTGRES_USER).arg(folder.path()))?;
        }
        // Becomes the server: `runuser` stays its parent, and would be ended in its place.
        let become_user =
            format!("setpriv --reuid {POSTGRES_USER} --regid {POSTGRES_USER} --clear-groups -- ");
        let user = if is_root { become_user } else { String::new() };
        let init = format!(
            "{user}{}/initdb -D {} -U test --auth=trust --encoding=UTF8 --no-sync --locale=C",
            binaries.display(),
            data.display()
        );
        run(Command::new("sh").args(["-c", &init]).current_dir("/"))?;
        let port = free_port()?;
        let is_large = IS_LARGE.load(Ordering::Relaxed);
        let size = if is_large { POSTGRES_LARGE } else { POSTGRES_SMALL };
        let start = format!(
            "{user}{}/postgres -D {} -p {port} -c listen_addresses=127.0.0.1 \
             -c unix_socket_directories= -c fsync=off -c max_connections=300 {size}",
            binaries.display(),
            data.display()
        );
        Self::start(port, folder, start)
    }

    pub fn redis() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("itechsmart-redis-").tempdir()?;
        let port = free_port()?;
        let start = format!(
            "redis-server --port {port} --bind 127.0.0.1 --save '' --appendonly no \
             --databases 1024 --dir {}",
            folder.path().display()
        );
        Self::start(port, folder, start)
    }

    fn start(port: u16, folder: tempfile::TempDir, start: String) -> Result<Self> {
        let (holder, lifeline) = hold(&start, folder.path())?;
        let mut instance = Self { port, holder, lifeline: Some(lifeline), folder, start };
        instance.wait()?;
        Ok(instance)
    }

    /// Ends the server as a machine's failure would: its data stays.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut lifeline) = self.lifeline.take() {
            lifeline.write_all(b"keep the folder\n")?;
        }
        self.holder.wait()?;
        Ok(())
    }

    /// Starts it again on the same port, with the same data.
    pub fn restart(&mut self) -> Result<()> {
        self.kill()?;
        // Killed and not reaped yet, PostgreSQL would take itself for running.
        let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
        let (holder, lifeline) = hold(&self.start, self.folder.path())?;
        (self.holder, self.lifeline) = (holder, Some(lifeline));
        self.wait()
    }

    fn wait(&mut self) -> Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = self.holder.try_wait()? {
                bail!("`{}` ended with {status} in {}", self.start, self.folder.path().display());
            }
            ensure!(started.elapsed() < Duration::from_secs(START_S_MAX), "{}", self.start);
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.lifeline = None;
        let _ = self.holder.wait();
    }
}

/// Starts a server under a shell that ends it at once when its standard input ends, and removes its
/// folder unless it is told to keep it.
fn hold(start: &str, folder: &Path) -> Result<(Child, ChildStdin)> {
    let script = format!(
        // PostgreSQL stops at once on QUIT, and leaves no shared memory behind as it does on KILL.
        "setsid {start} >&2 & server=$!; echo started; read keep; kill -QUIT $server 2>/dev/null; \
         (sleep 5; pkill -KILL -s $server) 2>/dev/null & killer=$!; \
         wait $server 2>/dev/null; kill $killer 2>/dev/null; [ -n \"$keep\" ] || rm -rf {}",
        folder.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut holder = command.spawn().with_context(|| start.to_owned())?;
    let lifeline = holder.stdin.take().context("a pipe")?;
    let mut line = String::new();
    BufReader::new(holder.stdout.take().context("a pipe")?).read_line(&mut line)?;
    Ok((holder, lifeline))
}

fn postgres_binaries() -> Result<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("postgres").is_file())
        .collect();
    versions.sort();
    match versions.pop() {
        Some(newest) => Ok(newest),
        None => on_path("postgres").context(
            "PostgreSQL is missing, and the tests run on it: `apt-get install postgresql`",
        ),
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join(program).is_file())
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}: {said}", output.status);
    Ok(())
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
