//! Measures the transport between two nodes in one process over the loopback:
//! `cargo run --release -p kaldrix-network --example throughput`.
//!
//! Both ends share the machine, so a node between two machines has about twice the processor time
//! for the same work. Numbers are printed, never judged.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kaldrix_crypto::{KeyPair, Signer};
use kaldrix_network::{Config, Event, Events, Limits, Network, PinnedPeer, SendError};
use kaldrix_types::{ChainId, Scheme};

type Failure = Box<dyn Error + Send + Sync>;

const HANDSHAKES: usize = 100;
const ROUND_TRIPS: usize = 5_000;

fn config(identity: &Arc<KeyPair>, pinned: Vec<PinnedPeer>) -> Result<Config, Failure> {
    let limits = Limits {
        receive_bytes_per_s: u64::MAX,
        receive_frames_per_s: u64::MAX,
        reconnect_ms_min: 1,
        ..Limits::default()
    };
    let identity = identity.clone();
    Ok(Config {
        identity,
        chain_id: ChainId::from([1; 32]),
        listen: "127.0.0.1:0".parse()?,
        pinned,
        limits,
    })
}

async fn connected(events: &mut Events) -> Result<(), Failure> {
    loop {
        match events.recv().await.ok_or("the network stopped")? {
            Event::Connected { .. } => return Ok(()),
            Event::DialFailed { error, .. } => return Err(error.into()),
            _ => {}
        }
    }
}

async fn frame(events: &mut Events) -> Result<Bytes, Failure> {
    loop {
        if let Event::Frame { bytes, .. } = events.recv().await.ok_or("the network stopped")? {
            return Ok(bytes);
        }
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get(sorted.len() * percent / 100).copied().unwrap_or_default()
}

fn print_times(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |percent| percentile(&times, percent).as_secs_f64() * 1_000.0;
    println!("{what:<40} p50 {:>8.3} ms   p99 {:>8.3} ms", ms(50), ms(99));
}

/// Sends `count` frames of `size` as fast as the queue takes them.
async fn one_way(
    sender: &Network,
    receiver: (&Network, &mut Events),
    size: usize,
    count: usize,
) -> Result<(), Failure> {
    let (network, events) = receiver;
    let (peer, payload) = (network.peer_id(), Bytes::from(vec![0x5a; size]));
    let start = Instant::now();
    let sending = async {
        for _ in 0..count {
            while let Err(error) = sender.send(&peer, payload.clone()) {
                if !matches!(error, SendError::QueueFull { .. }) {
                    return Err(Failure::from(error));
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Ok(())
    };
    let receiving = async {
        for _ in 0..count {
            frame(events).await?;
        }
        Ok(())
    };
    tokio::try_join!(sending, receiving)?;
    let seconds = start.elapsed().as_secs_f64();
    let (frames, megabytes) = (count as f64 / seconds, (count * size) as f64 / seconds / 1e6);
    println!("{size:>9} byte frames {frames:>28.0} frames/s {megabytes:>10.1} MB/s");
    Ok(())
}

async fn round_trips(
    (here, here_events): (&Network, &mut Events),
    (there, there_events): (&Network, &mut Events),
) -> Result<Vec<Duration>, Failure> {
    let payload = Bytes::from(vec![0; 100]);
    let mut times = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..ROUND_TRIPS {
        let start = Instant::now();
        here.send(&there.peer_id(), payload.clone())?;
        let back = frame(there_events).await?;
        there.send(&here.peer_id(), back)?;
        frame(here_events).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (first, second) =
        (KeyPair::generate(Scheme::MlDsa65)?.into(), KeyPair::generate(Scheme::MlDsa65)?);
    let second = Arc::new(second);
    let (there, mut there_events) = Network::start(config(&second, vec![])?).await?;
    let address = Some(there.address().to_string());
    let pinned = vec![PinnedPeer { public_key: second.public_key().clone(), address }];

    let mut times = Vec::with_capacity(HANDSHAKES);
    for _ in 0..HANDSHAKES {
        let config = config(&first, pinned.clone())?;
        let start = Instant::now();
        let (here, mut here_events) = Network::start(config).await?;
        connected(&mut here_events).await?;
        times.push(start.elapsed());
        here.stop().await;
    }
    print_times("start to connected", times);

    let (here, mut here_events) = Network::start(config(&first, pinned)?).await?;
    connected(&mut here_events).await?;
    let (left, right) = ((&here, &mut here_events), (&there, &mut there_events));
    print_times("round trip of a 100 byte frame", round_trips(left, right).await?);
    for (size, count) in [(100, 500_000), (1_024, 500_000), (65_536, 20_000), (1 << 20, 1_500)] {
        one_way(&here, (&there, &mut there_events), size, count).await?;
    }
    Ok(())
}
