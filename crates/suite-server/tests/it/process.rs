//! `itechsmart` as a process of its own, on ports that nobody else has.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

pub const BINARY: &str = env!("CARGO_BIN_EXE_itechsmart");
/// What a loaded machine may take.
const START_S_MAX: u64 = 60;
/// APIs and consoles of Hub and the catalog, before the offset.
const PORTS: [u16; 4] = [8000, 3000, 8001, 3001];

/// A running `itechsmart`, ended with its test.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    pub api: String,
    pub console: String,
    pub folder: tempfile::TempDir,
}

/// A command in an environment that holds nothing of the machine's.
pub fn itechsmart(arguments: &[&str]) -> Command {
    program(BINARY, arguments)
}

pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.args(arguments).stdin(Stdio::null());
    command
}

pub fn output(command: &mut Command) -> (bool, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (status.success(), text(&stdout), text(&stderr))
}

impl Process {
    /// Starts it on an empty data folder.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::start_in(folder)
    }

    pub fn start_in(folder: tempfile::TempDir) -> Self {
        Self::start_on(folder, None)
    }

    /// Starts it on another database than that in its folder.
    pub fn start_on(folder: tempfile::TempDir, database: Option<String>) -> Self {
        let mut command = itechsmart(&["run"]);
        command.arg("--data-dir").arg(folder.path().join("data"));
        if let Some(url) = database {
            command.env("DATABASE_URL", url);
        }
        Self::start_as(folder, command)
    }

    /// Starts what this command is, on ports of its own.
    pub fn start_as(folder: tempfile::TempDir, mut command: Command) -> Self {
        let offset = free_offset();
        command.current_dir(folder.path()).env("PORT_OFFSET", offset.to_string());
        command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let url = |port: u16| format!("http://127.0.0.1:{}", port + offset);
        let [api, console, ..] = PORTS.map(url);
        Self { child, lines, api, console, folder }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that holds `text`.
    pub fn line_with(&self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(START_S_MAX));
            let line = line.unwrap_or_else(|error| panic!("no line with `{text}`: {error}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Tells it to end as systemd does, and says whether it ended well.
    pub fn terminate(mut self) -> (bool, tempfile::TempDir) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        let id = rustix::process::Pid::from_raw(id).expect("a process id");
        rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it runs");
        let success = self.child.wait().expect("it ends").success();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        (success, folder)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An offset at which all ports are free now.
fn free_offset() -> u16 {
    let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        if let Some(offset) = port.checked_sub(PORTS[0])
            && PORTS.iter().skip(1).all(|base| is_free(base + offset))
        {
            return offset;
        }
    }
}
