//! What this process uses of its machine, from /proc (see proc(5)).

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Clock ticks in a second as Linux counts them for user space, the same on every architecture
/// that this runs on (USER_HZ).
const TICKS_PER_S: f64 = 100.0;
/// The size of the data directory is that old at most: reading it takes a look at each file.
const DISK_AGE_MAX: Duration = Duration::from_secs(10);
/// Files and directories that are looked at.
const DISK_ENTRIES_MAX: usize = 100_000;

/// Memory, CPU time and disk of this process.
#[derive(Debug)]
pub(super) struct ProcessMetrics {
    data_dir: PathBuf,
    disk: Mutex<Option<(Instant, u64)>>,
}

impl ProcessMetrics {
    pub(super) fn new(data_dir: PathBuf) -> Self {
        Self { data_dir, disk: Mutex::new(None) }
    }

    fn disk_bytes(&self) -> u64 {
        let mut cached = self.disk.lock();
        if let Some((at, bytes)) = *cached
            && at.elapsed() < DISK_AGE_MAX
        {
            return bytes;
        }
        let bytes = directory_bytes(&self.data_dir);
        *cached = Some((Instant::now(), bytes));
        bytes
    }
}

impl Collector for ProcessMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Memory that this process holds (resident set)";
        let memory = ConstGauge::new(memory_bytes().unwrap_or(0));
        let gauge = MetricType::Gauge;
        memory.encode(encoder.encode_descriptor("kaldrix_memory_bytes", help, None, gauge)?)?;
        let help = "CPU time that this process used, user and system";
        let cpu = ConstCounter::new(cpu_seconds().unwrap_or(0.0));
        let counter = MetricType::Counter;
        cpu.encode(encoder.encode_descriptor("kaldrix_cpu_seconds", help, None, counter)?)?;
        let help = "Size of the data directory";
        let disk = ConstGauge::new(self.disk_bytes());
        disk.encode(encoder.encode_descriptor("kaldrix_disk_bytes", help, None, gauge)?)
    }
}

fn memory_bytes() -> Option<u64> {
    resident_bytes(&fs::read_to_string("/proc/self/status").ok()?)
}

/// The line `VmRSS:   1234 kB` of /proc/self/status.
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn cpu_seconds() -> Option<f64> {
    used_seconds(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Fields 14 and 15 of /proc/self/stat. The second field, the name, may hold anything, spaces and
/// parentheses too, so that counting starts after its end.
fn used_seconds(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user.checked_add(system)?) as f64 / TICKS_PER_S)
}

/// The sizes of all files below `directory`. What vanishes meanwhile counts nothing.
fn directory_bytes(directory: &Path) -> u64 {
    let mut pending = vec![directory.to_owned()];
    let (mut bytes, mut entries) = (0u64, 0);
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            entries += 1;
            if entries > DISK_ENTRIES_MAX {
                return bytes;
            }
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => pending.push(entry.path()),
                Ok(metadata) => bytes = bytes.saturating_add(metadata.len()),
                Err(_) => {}
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{cpu_seconds, directory_bytes, memory_bytes, resident_bytes, used_seconds};

    #[test]
    fn reads_the_kernels_formats() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    2048 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(resident_bytes("Name:\tx\n"), None);
        let stat = "1 (a) b) S 1 1 1 0 -1 4194560 9 0 0 0 250 150 0 0 20 0 1 0 5 6 7";
        assert_eq!(used_seconds(stat), Some(4.0));
        assert_eq!(used_seconds("1 (a) S 1"), None);
    }

    #[test]
    fn this_process_uses_something() {
        assert!(memory_bytes().unwrap() > 1024 * 1024);
        assert!(cpu_seconds().is_some());
    }

    #[test]
    fn a_directory_is_as_large_as_its_files() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("inner")).unwrap();
        std::fs::write(directory.path().join("one"), [0; 10]).unwrap();
        std::fs::write(directory.path().join("inner/two"), [0; 32]).unwrap();
        assert_eq!(directory_bytes(directory.path()), 42);
        assert_eq!(directory_bytes(&directory.path().join("missing")), 0);
    }
}
