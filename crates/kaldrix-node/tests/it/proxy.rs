//! A proxy on each link between the nodes of a network, with which a test takes it apart.
//!
//! A held link is what a broken one looks like to both ends: bytes, and the end of a connection,
//! arrive late or never, and nothing says so.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::processes::Processes;

/// All links of a network; dropped, they are gone.
pub struct Links {
    /// Whether bytes pass from one node to another, whoever opened the connection.
    passages: BTreeMap<(usize, usize), watch::Sender<bool>>,
    _proxies: JoinSet<()>,
}

impl Links {
    /// Leads every link of a network that does not run yet through a proxy.
    pub async fn of(network: &Processes) -> Self {
        let pairs = network.nodes().flat_map(|from| network.nodes().map(move |to| (from, to)));
        let pairs: Vec<_> = pairs.filter(|(from, to)| from != to).collect();
        let passages: BTreeMap<_, _> =
            pairs.iter().map(|pair| (*pair, watch::Sender::new(true))).collect();
        let mut proxies = JoinSet::new();
        for (from, to) in pairs {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let (proxy, [_, target, _]) = (listener.local_addr().unwrap(), network.addresses(to));
            let address = |of: SocketAddr| format!("address = \"{of}\"");
            network.configure(from, |text| text.replace(&address(target), &address(proxy)));
            let there = passages[&(from, to)].subscribe();
            let back = passages[&(to, from)].subscribe();
            proxies.spawn(serve(listener, target, there, back));
        }
        Self { passages, _proxies: proxies }
    }

    /// Holds what one node sends to another.
    pub fn hold(&self, from: usize, to: usize) {
        self.passages[&(from, to)].send_replace(false);
    }

    pub fn release(&self, from: usize, to: usize) {
        self.passages[&(from, to)].send_replace(true);
    }

    /// Holds all links between two sides.
    pub fn part(&self, one: &[usize], other: &[usize]) {
        for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (*a, *b))) {
            self.hold(a, b);
            self.hold(b, a);
        }
    }

    /// Releases all links.
    pub fn heal(&self) {
        for passage in self.passages.values() {
            passage.send_replace(true);
        }
    }
}

async fn serve(
    listener: TcpListener,
    target: SocketAddr,
    there: watch::Receiver<bool>,
    back: watch::Receiver<bool>,
) {
    let mut pumps = JoinSet::new();
    loop {
        let (near, _) = listener.accept().await.unwrap();
        // A node that is down refuses: its peer sees the connection end.
        let Ok(far) = TcpStream::connect(target).await else { continue };
        let ((near_read, near_write), (far_read, far_write)) =
            (near.into_split(), far.into_split());
        pumps.spawn(pump(near_read, far_write, there.clone()));
        pumps.spawn(pump(far_read, near_write, back.clone()));
    }
}

/// Copies bytes, and then the end, whenever the passage is open.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut open: watch::Receiver<bool>) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut bytes).await.unwrap_or(0);
        let is_open = open.wait_for(|open| *open).await.is_ok();
        if read == 0 || !is_open || to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
