//! What processes of this machine use.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Clock ticks in a second as Linux counts them for user space (USER_HZ, see proc(5)).
const TICKS_PER_S: u64 = 100;

/// CPU time since they began, of this process and of the servers that it started.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu {
    pub own: Duration,
    pub postgres: Duration,
    pub redis: Duration,
}

struct Process {
    name: String,
    parent: u32,
    used: Duration,
}

impl Cpu {
    pub fn now() -> Result<Self> {
        let own = std::process::id();
        let all = processes()?;
        let is_ours = |mut id: u32| {
            while let Some(process) = all.get(&id) {
                if id == own {
                    return true;
                }
                id = process.parent;
            }
            false
        };
        let mut cpu = Self::default();
        for (id, process) in &all {
            match process.name.as_str() {
                _ if *id == own => cpu.own = process.used,
                "postgres" if is_ours(*id) => cpu.postgres += process.used,
                "redis-server" if is_ours(*id) => cpu.redis += process.used,
                _ => {}
            }
        }
        Ok(cpu)
    }

    pub fn since(self, before: Self) -> Self {
        Self {
            own: self.own.saturating_sub(before.own),
            postgres: self.postgres.saturating_sub(before.postgres),
            redis: self.redis.saturating_sub(before.redis),
        }
    }
}

fn processes() -> Result<BTreeMap<u32, Process>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One may end while this reads.
        if let Some(process) = process(id) {
            all.insert(id, process);
        }
    }
    Ok(all)
}

fn process(id: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let (head, rest) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let used = Duration::from_millis((number(11)? + number(12)?) * 1_000 / TICKS_PER_S);
    let parent = u32::try_from(number(1)?).ok()?;
    Some(Process { name: name.to_owned(), parent, used })
}

/// The memory of a process that is in RAM, and the most that ever was.
pub fn memory_mib(id: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let kib = |name: &str| -> Result<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let value = line.context("no such line in /proc/PID/status")?;
        Ok(value.trim().trim_end_matches(" kB").parse()?)
    };
    Ok((kib("VmRSS:")? / 1_024.0, kib("VmHWM:")? / 1_024.0))
}

/// The CPU time of any process.
pub fn cpu_of(id: u32) -> Result<Duration> {
    process(id).map(|process| process.used).context("the process is gone")
}
