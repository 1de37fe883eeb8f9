//! Clients in closed loops: each thread has a connection, sends a request, waits for the answer and
//! sends the next. They share the machine with the server, so they do no more than that: blocking
//! sockets, requests made beforehand or by one `format!`, answers read to their end and not parsed.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

const ANSWER_BYTES_MAX: usize = 512 * 1024;
const ANSWER_S_MAX: u64 = 60;

/// What clients saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub answers: usize,
    pub elapsed: Duration,
    /// Sorted.
    latencies: Vec<Duration>,
    /// What the clients themselves used.
    pub cpu: Duration,
}

/// One connection that is kept.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Seen {
    pub fn of(mut latencies: Vec<Duration>, elapsed: Duration) -> Self {
        latencies.sort_unstable();
        Self { answers: latencies.len(), elapsed, latencies, cpu: Duration::ZERO }
    }

    pub fn rate(&self) -> f64 {
        self.answers as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency below which `percent` of all answers came.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let index = self.latencies.len().saturating_sub(1) * percent / 100;
        self.latencies.get(index).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }

    /// All of both, as if they were one measurement.
    pub fn and(mut self, other: Self) -> Self {
        self.answers += other.answers;
        self.elapsed += other.elapsed;
        self.cpu += other.cpu;
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self
    }
}

impl Connection {
    pub fn open(server: SocketAddr) -> Result<Self> {
        Self::of(TcpStream::connect(server)?)
    }

    /// From one of the machine's own addresses, as if it were somebody else.
    pub fn open_from(source: Ipv4Addr, server: SocketAddr) -> Result<Self> {
        let connect = async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind((source, 0).into())?;
            socket.connect(server).await?.into_std()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let stream = runtime.block_on(connect)?;
        stream.set_nonblocking(false)?;
        Self::of(stream)
    }

    fn of(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(ANSWER_S_MAX)))?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// The status of the answer, which is read to its end.
    pub fn send(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let mut chunk = [0; 8 * 1024];
        loop {
            let read = self.stream.read(&mut chunk)?;
            ensure!(read > 0, "the server closed the connection");
            self.buffer.extend_from_slice(&chunk[..read]);
            ensure!(self.buffer.len() <= ANSWER_BYTES_MAX, "an answer of more than 512 KiB");
            let end = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
            let Some(head_bytes) = end.map(|at| at + 4) else { continue };
            let head = std::str::from_utf8(&self.buffer[..head_bytes])?;
            if self.buffer.len() >= head_bytes + content_length(head)? {
                return Ok(head.get(9..12).context("no status line")?.parse()?);
            }
        }
    }

    /// What the answer said.
    pub fn body(&self) -> &[u8] {
        let end = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        end.and_then(|at| self.buffer.get(at + 4..)).unwrap_or_default()
    }
}

/// A request as a client sends it, with a bearer's token.
pub fn get(token: &str, path: &str) -> Vec<u8> {
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\n\
         authorization: Bearer {token}\r\n\r\n"
    );
    head.into_bytes()
}

/// The same with a body of JSON.
pub fn post(token: &str, path: &str, body: &str) -> Vec<u8> {
    let bytes = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {bytes}\r\n\r\n{body}"
    );
    request.into_bytes()
}

fn content_length(head: &str) -> Result<usize> {
    for line in head.lines() {
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                return Ok(value.trim().parse()?);
            }
            ensure!(!name.eq_ignore_ascii_case("transfer-encoding"), "an answer in chunks");
        }
    }
    Ok(0)
}

/// Sends what `request` makes, by the number of the connection and of the request on it, on so many
/// connections for so long. Every answer must have this status.
pub fn drive(
    server: SocketAddr,
    connections: usize,
    duration: Duration,
    status: u16,
    request: impl Fn(usize, usize) -> Vec<u8> + Sync,
) -> Result<Seen> {
    let stop = AtomicBool::new(false);
    let one = |number: usize| -> Result<Seen> {
        let mut connection = Connection::open(server)?;
        let (mut seen, before) = (Seen::default(), thread_cpu());
        for round in 0.. {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let bytes = request(number, round);
            let started = Instant::now();
            let answered = connection.send(&bytes)?;
            seen.latencies.push(started.elapsed());
            let body = String::from_utf8_lossy(connection.body());
            ensure!(answered == status, "{answered} instead of {status}: {body}");
        }
        seen.answers = seen.latencies.len();
        seen.cpu = thread_cpu().saturating_sub(before);
        Ok(seen)
    };
    let started = Instant::now();
    let all = std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..connections).map(|number| scope.spawn(move || one(number))).collect();
        std::thread::sleep(duration);
        stop.store(true, Ordering::Relaxed);
        let joined = clients.into_iter().map(|client| client.join());
        joined
            .map(|seen| seen.map_err(|_| anyhow!("a client panicked"))?)
            .collect::<Result<Vec<Seen>>>()
    })?;
    let mut together = all.into_iter().fold(Seen::default(), Seen::and);
    together.elapsed = started.elapsed();
    Ok(together)
}

/// What this thread has used, by the scheduler (proc(5): the first number is nanoseconds on a CPU).
fn thread_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let used = text.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(used.unwrap_or_default())
}
