//! Trails on every backend, and a ledger of one validator that runs in this process.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use kaldrix_node::init::Ports;
use kaldrix_node::localnet::LocalnetOptions;
use sea_orm_migration::MigrationTrait;
use suite_contracts::{AuditId, Permission, ServiceName, TenantId};
use suite_kit::audit::{
    self, Actor, AnchorOptions, Anchorer, Entry, Ledger, Progress, Trail, TrailStatus,
};
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::{self, Database};
use suite_testkit::{Backend, Place};

pub const SERVICE: ServiceName = ServiceName::Hub;
pub const READ: Permission = Permission::tenant("hub.audit.read", "reading the audit trail");
/// How long anything may take before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(90);

pub fn none() -> Vec<Box<dyn MigrationTrait>> {
    Vec::new()
}

/// A service's database with the kit's tables.
pub async fn prepared(backend: Backend) -> (Place, Database) {
    let place = backend.place().await;
    let database = open(&place).await;
    db::migrate(&database, SERVICE, none).await.unwrap();
    (place, database)
}

/// As another process of the same service has it.
pub async fn open(place: &Place) -> Database {
    Database::open(&place.config.location(), SERVICE).await.unwrap()
}

/// Does something that is audited.
pub async fn act(database: &Database, clock: &Clock, tenant: TenantId, what: &str) -> AuditId {
    let transaction = database.begin().await.unwrap();
    let entry = Entry::new("hub.thing.changed", "thing", what);
    let entry = entry.with(serde_json::json!({ "what": what, "count": 1 }));
    audit::commit(transaction, clock, Actor::system(tenant, "a test"), entry).await.unwrap()
}

pub async fn act_often(database: &Database, clock: &Clock, tenant: TenantId, times: usize) {
    for time in 0..times {
        act(database, clock, tenant, &format!("thing {time}")).await;
    }
}

pub fn trail(database: &Database, ledger: Option<&Ledger>) -> Trail {
    Trail::new(SERVICE, database.clone(), Clock::system(), ledger.cloned(), READ)
}

pub fn anchorer(database: &Database, ledger: &Ledger) -> Anchorer {
    let (database, clock, options) = (database.clone(), Clock::system(), quick());
    Anchorer::new(SERVICE, database, clock, ledger.clone(), options)
}

pub fn quick() -> AnchorOptions {
    AnchorOptions { interval_ms: 20, records_max: 8, pause_ms_max: 200 }
}

/// Waits until something holds of the tenant's trail.
pub async fn until(trail: &Trail, tenant: TenantId, holds: impl Fn(&TrailStatus) -> bool) {
    let started = Instant::now();
    loop {
        let status = trail.status_of(tenant).await.unwrap();
        if holds(&status) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "this did not come true: {status:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Steps until nothing is left.
pub async fn finish(anchorer: &Anchorer) {
    let started = Instant::now();
    while anchorer.step().await.unwrap() != Progress::Done {
        assert!(started.elapsed() < PATIENCE, "anchoring does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anchorer.stand_down().await.unwrap();
}

/// A ledger, in a thread of its own, with a runtime that ends with it.
#[derive(Debug)]
pub struct Localnet {
    options: LocalnetOptions,
    _folder: tempfile::TempDir,
    running: Option<(tokio::sync::oneshot::Sender<()>, std::thread::JoinHandle<()>)>,
}

impl Localnet {
    pub async fn start() -> Self {
        let mut net = Self::prepared();
        net.go_on().await;
        net
    }

    /// One that does not run, and has never run.
    pub fn prepared() -> Self {
        let folder = tempfile::Builder::new().prefix("kaldrix-").tempdir().unwrap();
        let directory = folder.path().join("net");
        let options =
            LocalnetOptions { directory, validators: 1, full_nodes: 0, ports: free_ports() };
        Self { options, _folder: folder, running: None }
    }

    /// Runs it, from where it stopped.
    pub async fn go_on(&mut self) {
        let options = self.options.clone();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (announce, announced) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let shutdown = async move { drop(stopped.await) };
            let run = kaldrix_node::localnet(&options, shutdown, move |_| {
                let _ = announce.send(());
            });
            runtime.block_on(run).unwrap();
        });
        tokio::time::timeout(PATIENCE, announced).await.unwrap().unwrap();
        self.running = Some((stop, thread));
    }

    pub async fn stop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            let _ = stop.send(());
            tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
        }
    }

    pub fn genesis(&self) -> PathBuf {
        self.options.directory.join("genesis.json")
    }

    pub fn configure(&self, config: &mut Config) {
        let [api, ..] = self.options.ports.of(0);
        config.ledger_url = Some(format!("http://{api}"));
        config.ledger_key = Some(self.options.directory.join("faucet.json"));
        config.ledger_genesis = Some(self.genesis());
    }

    pub fn ledger(&self) -> Ledger {
        let mut config = Config::default();
        self.configure(&mut config);
        Ledger::open(&config).unwrap().unwrap()
    }

    pub fn client(&self) -> kaldrix_client::Client {
        let [api, ..] = self.options.ports.of(0);
        kaldrix_client::Client::new(&format!("http://{api}")).unwrap()
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

/// Below those that the system gives to outgoing connections, so that none is taken while the
/// ledger is down.
fn free_ports() -> Ports {
    const RANGE: std::ops::Range<u32> = 20_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let step = NEXT.fetch_add(3, Ordering::Relaxed);
        let offset = (std::process::id().wrapping_mul(97) + step) % (RANGE.end - RANGE.start);
        let first = u16::try_from(RANGE.start + offset).unwrap();
        let held = (first..first + 3).map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
        if held.collect::<Result<Vec<_>, _>>().is_ok() {
            return Ports { api: first, p2p: first + 1, metrics: first + 2 };
        }
    }
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
