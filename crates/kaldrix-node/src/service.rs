//! One node as a service: with its API and its metrics, until it is told to stop.
//!
//! A node that meets damage in a store stops, the store is moved aside, and the node starts again
//! and rebuilds it from peers. Any other failure ends the service.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kaldrix_storage::recovery::rebuilt;
use kaldrix_storage::{Damage, quarantine};
use rustix::process::Signal;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::error::NodeError;
use crate::handle::NodeHandle;
use crate::metrics::HttpMetrics;
use crate::node::{Node, Settings};
use crate::recovery::DataDirectory;
use crate::workers::Workers;
use crate::{api, logging, metrics};

/// Stores that may be moved aside while one service runs.
const REPAIRS_MAX: usize = 4;
/// How long requests that are being served may take when the service stops.
const REQUESTS_END_MAX: Duration = Duration::from_secs(3);

/// Runs one node until `shutdown` resolves.
pub async fn run(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), NodeError> {
    logging::start(&config.log);
    survive_file_limits();
    let service = Service::new(&config, Workers::new()?)?;
    let (stop, stopped) = watch::channel(false);
    let started = |node: NodeHandle| {
        let chain_id = node.chain_id();
        tracing::info!(name = config.name(), %chain_id, api = %config.api, "the node runs");
    };
    let mut running = std::pin::pin!(service.run(stopped, started));
    tokio::select! {
        result = &mut running => result,
        () = shutdown => {
            tracing::info!("stopping");
            stop.send_replace(true);
            running.await
        }
    }
}

/// Resolves when the process is asked to stop: by Ctrl-C or SIGTERM.
pub async fn shutdown_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        // Without the one there is still the other.
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Lets a write beyond the limit on the length of files fail: unhandled, the signal ends the
/// process without a word.
fn survive_file_limits() {
    use tokio::signal::unix::{SignalKind, signal};
    // Once there is a handler it stays, whether anyone listens or not.
    if let Err(error) = signal(SignalKind::from_raw(Signal::XFSZ.as_raw())) {
        tracing::warn!(%error, "a limit on the length of files would end the process");
    }
}

/// A node that is configured and not yet started.
#[derive(Debug)]
pub struct Service {
    settings: Settings,
    api: SocketAddr,
    metrics: SocketAddr,
    workers: Workers,
}

impl Service {
    pub fn new(config: &Config, workers: Workers) -> Result<Self, NodeError> {
        let settings = config.settings()?;
        Ok(Self { settings, api: config.api, metrics: config.metrics, workers })
    }

    /// Runs until `stop` holds true. `started` is called once everything answers.
    pub async fn run(
        self,
        mut stop: watch::Receiver<bool>,
        started: impl FnOnce(NodeHandle),
    ) -> Result<(), NodeError> {
        let mut started = Some(started);
        let mut repairs = Vec::new();
        loop {
            let result = self.run_once(&mut stop, &mut started, &repairs).await;
            let Err(error) = result else { return Ok(()) };
            let ledger = DataDirectory::new(&self.settings.data_dir).ledger();
            match error.damage(&ledger) {
                Some(damage) if repairs.len() < REPAIRS_MAX => repairs.push(self.repair(&damage)?),
                _ => return Err(error),
            }
        }
    }

    /// Moves a damaged store aside. The node that had it open is stopped.
    fn repair(&self, damage: &Damage) -> Result<String, NodeError> {
        let store = Path::new(&damage.store);
        if store.parent() != Some(&self.settings.data_dir) {
            return Err(NodeError::Internal(format!(
                "{damage}, which is not a store of this node"
            )));
        }
        let moved_to = quarantine(store, damage)?;
        let repair = rebuilt(&damage.to_string(), &moved_to);
        tracing::error!(%repair, "a store was damaged");
        Ok(repair)
    }

    async fn run_once(
        &self,
        stop: &mut watch::Receiver<bool>,
        started: &mut Option<impl FnOnce(NodeHandle)>,
        repairs: &[String],
    ) -> Result<(), NodeError> {
        let api = listen("the api", "listen.api", self.api).await?;
        let metrics = listen("the metrics", "listen.metrics", self.metrics).await?;
        let mut node = Node::start(self.settings.clone(), self.workers.clone()).await?;
        node.handle().note_damages(repairs);
        let faces = Faces::start(node.handle(), self.settings.data_dir.clone(), api, metrics);
        if let Some(started) = started.take() {
            started(node.handle().clone());
        }
        let result = tokio::select! {
            error = node.failed() => Err(error),
            _ = stop.wait_for(|stop| *stop) => Ok(()),
        };
        faces.stop().await;
        node.stop().await;
        result
    }
}

/// Listens, or says which setting to change.
async fn listen(
    service: &'static str,
    key: &str,
    address: SocketAddr,
) -> Result<TcpListener, NodeError> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        let reason = format!(
            "{error}; stop the program that uses it (`ss -ltnp 'sport = :{port}'` names it) or \
             change {key}"
        );
        NodeError::Listen { service, address: address.to_string(), reason }
    })
}

/// The servers in front of a running node.
struct Faces {
    stop: watch::Sender<bool>,
    servers: [JoinHandle<()>; 2],
}

impl Faces {
    fn start(node: &NodeHandle, data_dir: PathBuf, api: TcpListener, metrics: TcpListener) -> Self {
        let (stop, _) = watch::channel(false);
        let stopped = || {
            let mut stop = stop.subscribe();
            async move {
                // An error means that the sender is gone, which is to stop as well.
                let _ = stop.wait_for(|stop| *stop).await;
            }
        };
        let http = HttpMetrics::default();
        let servers = [
            tokio::spawn(api::serve(node.clone(), http.clone(), api, stopped())),
            tokio::spawn(metrics::serve(node.clone(), http, data_dir, metrics, stopped())),
        ];
        Self { stop, servers }
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        for mut server in self.servers {
            if tokio::time::timeout(REQUESTS_END_MAX, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}
