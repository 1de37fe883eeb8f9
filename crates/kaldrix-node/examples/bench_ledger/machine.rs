//! What this machine and a process on it do.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use kaldrix_client::{Address, KeyPair, Scheme, Signer};
use kaldrix_crypto::{Purpose, verify};

/// Clock ticks in a second as Linux counts them for user space (USER_HZ, see proc(5)).
const TICKS_PER_S: u64 = 100;
const VERIFICATIONS: u32 = 5_000;

/// How long one thread takes to verify one ML-DSA-44 signature.
pub fn verify_time() -> Result<Duration> {
    let key = KeyPair::generate(Scheme::MlDsa44)?;
    let message = *Address::of(key.public_key()).as_bytes();
    let signature = key.sign(Purpose::Transaction, &message)?;
    let start = Instant::now();
    for _ in 0..VERIFICATIONS {
        verify(black_box(key.public_key()), Purpose::Transaction, &message, &signature)?;
    }
    Ok(start.elapsed() / VERIFICATIONS)
}

/// The CPU time that a process used, user and system.
pub fn cpu_time(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in parentheses, may hold anything.
    let (_, rest) = stat.rsplit_once(')').context("/proc/PID/stat has another format")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut next = || -> Result<u64> { Ok(fields.next().context("too few fields")?.parse()?) };
    let ticks = next()? + next()?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_S))
}
