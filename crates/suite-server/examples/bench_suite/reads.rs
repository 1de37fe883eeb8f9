//! An authenticated read of one row beside a bare handler, in peace and during a flood of logins.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::Arguments;
use crate::hub::Hub;
use crate::machine::Cpu;
use suite_testkit::load::{Connection, Seen, drive};

/// Clients that read.
pub const CLIENTS: usize = 4;
/// Clients that try passwords.
pub const FLOOD: usize = 32;
/// From one address: fifty lock it.
const TRIES_OF_ONE_ADDRESS: usize = 40;
/// What the kit remembers of a caller is forgotten by then.
const FORGOTTEN: Duration = Duration::from_millis(1_000);

/// One side of a comparison.
#[derive(Default)]
pub struct Side {
    pub seen: Seen,
    /// Of this process without its clients, and of its servers.
    pub own: Duration,
    pub servers: Duration,
}

pub struct Reads {
    pub suite: Side,
    pub bare: Side,
    /// Medians of what rounds compare.
    pub share: f64,
    pub p99_ratio: f64,
    /// Of a caller who has just been forgotten.
    pub unknown: Duration,
}

pub struct Flooded {
    pub before: Seen,
    pub during: Seen,
    pub tries: f64,
}

impl Side {
    pub fn own_us(&self) -> f64 {
        each_us(self.own, self.seen.answers)
    }

    pub fn servers_us(&self) -> f64 {
        each_us(self.servers, self.seen.answers)
    }

    pub fn clients_us(&self) -> f64 {
        each_us(self.seen.cpu, self.seen.answers)
    }

    fn and(self, other: Self) -> Self {
        Self {
            seen: self.seen.and(other.seen),
            own: self.own + other.own,
            servers: self.servers + other.servers,
        }
    }
}

pub fn each_us(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

/// Drives and accounts for the CPU time.
pub fn side(work: impl FnOnce() -> Result<Seen>) -> Result<Side> {
    let before = Cpu::now()?;
    let seen = work()?;
    let used = Cpu::now()?.since(before);
    let own = used.own.saturating_sub(seen.cpu);
    Ok(Side { seen, own, servers: used.postgres + used.redis })
}

/// Rounds of both, one after the other, so that what else the machine does meets both.
pub fn measure(hub: &Hub, bare: SocketAddr, key: &str, arguments: &Arguments) -> Result<Reads> {
    let ours = hub.get(&format!("/api/v1/hub/api-keys/{key}"));
    let theirs = hub.get(&format!("/{key}"));
    let slice = arguments.slice();
    let run = |suite: bool| {
        let (address, request) = if suite { (hub.address, &ours) } else { (bare, &theirs) };
        side(|| drive(address, CLIENTS, slice, 200, |_, _| request.clone()))
    };
    // Statements are prepared and pools are filled.
    run(true)?;
    run(false)?;
    let mut reads = Reads {
        suite: Side::default(),
        bare: Side::default(),
        share: 0.0,
        p99_ratio: 0.0,
        unknown: unknown(hub.address, &ours, arguments)?,
    };
    let (mut shares, mut ratios) = (Vec::new(), Vec::new());
    for round in 0..arguments.rounds() {
        let is_first = round % 2 == 0;
        let (first, second) = (run(is_first)?, run(!is_first)?);
        let (suite, bare) = if is_first { (first, second) } else { (second, first) };
        shares.push(suite.seen.rate() / bare.seen.rate());
        ratios.push(suite.seen.percentile_ms(99) / bare.seen.percentile_ms(99));
        reads.suite = reads.suite.and(suite);
        reads.bare = reads.bare.and(bare);
    }
    reads.share = median(shares);
    reads.p99_ratio = median(ratios);
    Ok(reads)
}

/// The first read after a pause: the median.
fn unknown(server: SocketAddr, request: &[u8], arguments: &Arguments) -> Result<Duration> {
    let mut connection = Connection::open(server)?;
    let mut times = Vec::new();
    for _ in 0..arguments.rounds() {
        std::thread::sleep(FORGOTTEN);
        let started = Instant::now();
        ensure!(connection.send(request)? == 200, "the read is refused");
        times.push(started.elapsed());
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("no rounds")
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Reads before and during a flood of logins with wrong passwords, each for somebody else, so that
/// no lock spares the server the work.
pub fn flooded(hub: &Hub, key: &str, arguments: &Arguments) -> Result<Flooded> {
    let request = hub.get(&format!("/api/v1/hub/api-keys/{key}"));
    let duration = arguments.slice() * 3;
    let read = || drive(hub.address, CLIENTS, duration, 200, |_, _| request.clone());
    let before = read()?;
    let (stop, tries, addresses) =
        (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let attack = || -> Result<()> {
        while !stop.load(Ordering::Relaxed) {
            let number = addresses.fetch_add(1, Ordering::Relaxed);
            let (high, low) = (u8::try_from(number / 250)?, u8::try_from(number % 250)? + 1);
            let source = Ipv4Addr::new(127, 77, high, low);
            let mut connection = Connection::open_from(source, hub.address)?;
            for one in 0..TRIES_OF_ONE_ADDRESS {
                let body =
                    format!(r#"{{"email":"n{number}-{one}@example.com","password":"a guess"}}"#);
                let status = connection.send(&hub.post("/api/v1/hub/session", &body))?;
                ensure!(status == 401, "{status} to a wrong password");
                tries.fetch_add(1, Ordering::Relaxed);
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
        }
        Ok(())
    };
    let attack = &attack;
    let (during, rate) = std::thread::scope(|scope| {
        let attackers: Vec<_> = (0..FLOOD).map(|_| scope.spawn(attack)).collect();
        // Until all of them wait for their answer.
        std::thread::sleep(arguments.slice());
        let (begun, started) = (tries.load(Ordering::Relaxed), Instant::now());
        let during = read();
        let answered = tries.load(Ordering::Relaxed) - begun;
        let rate = answered as f64 / started.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        for attacker in attackers {
            attacker.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
        }
        Ok::<_, anyhow::Error>((during?, rate))
    })?;
    Ok(Flooded { before, during, tries: rate })
}
