//! An HTTP server with a bound on everything: connections, head size and time, clients that take
//! nothing, farewell.

mod addresses;
mod patience;
mod readers;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::Version;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::config::TrustedProxies;
use addresses::Addresses;
use patience::Patient;
use readers::Readers;

/// Bounds of a server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Open connections. Further ones wait in the system's backlog.
    pub connections_max: usize,
    /// Open connections of one address, unless it is a proxy's. Further ones are closed.
    pub connections_per_address_max: usize,
    pub head_bytes_max: usize,
    /// For a request's head to arrive, and for an idle connection to be used again.
    pub head_ms_max: u64,
    pub handshake_ms_max: u64,
    /// For a client to take anything of what it was sent: of all over HTTP/1, of each response over
    /// HTTP/2.
    pub stalled_ms_max: u64,
    /// After the order to stop, for requests that are being served.
    pub farewell_ms_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            connections_per_address_max: 512,
            head_bytes_max: 32 * 1024,
            head_ms_max: 30_000,
            handshake_ms_max: 10_000,
            stalled_ms_max: 30_000,
            farewell_ms_max: 5_000,
        }
    }
}

/// Of one HTTP/2 connection.
const STREAMS_MAX: u32 = 128;
/// What of one response waits in memory for its reader.
const WAITING_BYTES_MAX: usize = 64 * 1024;

impl Limits {
    fn patient<S>(&self, stream: S) -> TokioIo<Patient<S>> {
        let [opening, stalled] = [self.head_ms_max, self.stalled_ms_max].map(Duration::from_millis);
        TokioIo::new(Patient::new(stream, opening, stalled))
    }

    fn http(&self) -> auto::Builder<TokioExecutor> {
        let mut http = auto::Builder::new(TokioExecutor::new());
        http.http1()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(self.head_ms_max))
            .max_buf_size(self.head_bytes_max);
        http.http2()
            .timer(TokioTimer::new())
            .max_header_list_size(u32::try_from(self.head_bytes_max).unwrap_or(u32::MAX))
            .max_concurrent_streams(STREAMS_MAX)
            .max_send_buf_size(WAITING_BYTES_MAX)
            .keep_alive_interval(Some(Duration::from_millis(self.head_ms_max)));
        http
    }
}

/// A certificate chain and its key, in PEM.
#[derive(Debug, Clone)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("could not listen on {address}: {error}; is another process using the port?")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error("{path}: {reason}")]
    Tls { path: PathBuf, reason: String },
}

/// A port that is open and not served yet, so that a port in use is noticed before anything starts.
pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    proxies: TrustedProxies,
    addresses: Addresses,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl Server {
    pub async fn bind(
        address: SocketAddr,
        tls: Option<&Tls>,
        limits: Limits,
    ) -> Result<Self, ServerError> {
        let tls = tls.map(acceptor).transpose()?;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| ServerError::Listen { address, error })?;
        let (proxies, addresses) = (TrustedProxies::default(), Addresses::default());
        Ok(Self { listener, tls, limits, proxies, addresses })
    }

    /// Connections of these are their clients' and have no limit of their own.
    #[must_use]
    pub fn behind(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Where it listens; the port that the system chose, if it was to choose one.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`, then lets requests that are being served finish.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        let permits = Arc::new(Semaphore::new(self.limits.connections_max));
        let graceful = GracefulShutdown::new();
        let http = Arc::new(self.limits.http());
        let mut connections = tokio::task::JoinSet::new();
        loop {
            // Before accepting: what waits in the backlog costs this process nothing.
            let Ok(permit) = permits.clone().acquire_owned().await else { break };
            let (stream, peer) = tokio::select! {
                () = stop.cancelled() => break,
                accepted = accept(&self.listener) => accepted,
            };
            while connections.try_join_next().is_some() {}
            let Ok(place) = self.place(peer) else { continue };
            let connection = Connection {
                http: http.clone(),
                watcher: graceful.watcher(),
                router: router.clone(),
                limits: self.limits,
                peer,
            };
            let tls = self.tls.clone();
            connections.spawn(async move {
                let _held = (permit, place);
                let _ = stream.set_nodelay(true);
                let Some(tls) = tls else { return connection.serve(stream).await };
                let handshake = Duration::from_millis(connection.limits.handshake_ms_max);
                if let Ok(Ok(stream)) = tokio::time::timeout(handshake, tls.accept(stream)).await {
                    connection.serve(stream).await;
                }
            });
        }
        drop(self.listener);
        let farewell = Duration::from_millis(self.limits.farewell_ms_max);
        if tokio::time::timeout(farewell, graceful.shutdown()).await.is_err() {
            tracing::warn!("connections are closed before their requests ended");
        }
        connections.shutdown().await;
    }

    /// A peer's place among its connections; a proxy needs none.
    fn place(&self, peer: SocketAddr) -> Result<Option<addresses::Place>, TooMany> {
        let address = peer.ip().to_canonical();
        if self.proxies.contains(address) {
            return Ok(None);
        }
        let places_max = self.limits.connections_per_address_max;
        let place = self.addresses.enter(address, places_max).ok_or_else(|| {
            tracing::debug!(%address, places_max, "one address has too many connections");
            TooMany
        });
        place.map(Some)
    }
}

/// A peer has all the connections that it may have.
struct TooMany;

/// What serves one peer.
struct Connection {
    http: Arc<auto::Builder<TokioExecutor>>,
    watcher: Watcher,
    router: Router,
    limits: Limits,
    peer: SocketAddr,
}

impl Connection {
    async fn serve<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(self, stream: S) {
        let Self { http, watcher, router, limits, peer } = self;
        let readers = Readers::default();
        let watched = readers.clone();
        let service = tower::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let is_http2 = request.version() == Version::HTTP_2;
            let answering = router.clone().oneshot(request.map(Body::new));
            let watched = watched.clone();
            async move {
                let response = answering.await?;
                let watch = |body| if is_http2 { watched.watch(body) } else { body };
                Ok::<_, Infallible>(response.map(watch))
            }
        });
        let stream = limits.patient(stream);
        let service = TowerToHyperService::new(service);
        let serving = http.serve_connection_with_upgrades(stream, service).into_owned();
        tokio::select! {
            _ = watcher.watch(serving) => {}
            () = readers.stalled(Duration::from_millis(limits.stalled_ms_max)) => {
                tracing::debug!(%peer, "a client reads nothing of what it was sent");
            }
        }
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                // Often too many open files; without a pause this loop would burn a core.
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, ServerError> {
    let failed = |path: &PathBuf, reason: String| ServerError::Tls { path: path.clone(), reason };
    let certificate = &tls.certificate;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| failed(certificate, error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key)
        .map_err(|error| failed(&tls.key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map(|builder| builder.with_no_client_auth())
        .and_then(|builder| builder.with_single_cert(chain, key));
    let mut config = config.map_err(|error| failed(&tls.key, error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[cfg(test)]
mod tests;
