//! What a test runs on: SQLite and in-process, or PostgreSQL and Redis.

use std::mem;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use sea_orm::{ConnectionTrait, Database};
use suite_kit::config::{Config, Secret};

use crate::instance::Instance;

/// Which engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, and everything else in-process.
    Embedded,
    /// PostgreSQL and Redis, shared by the tests of a process, each with a database of its own.
    Servers,
}

/// A configuration for one test, and what goes with it when it ends.
#[derive(Debug, Clone)]
pub struct Place {
    pub config: Config,
    _ground: Arc<Ground>,
}

/// What a place stands on, given up with the last of its copies.
#[derive(Debug)]
struct Ground {
    _folder: tempfile::TempDir,
    /// The number of its database in PostgreSQL.
    database: Option<u32>,
}

static SERVERS: OnceLock<(Mutex<Instance>, Mutex<Instance>)> = OnceLock::new();
static PLACES: AtomicU32 = AtomicU32::new(0);
/// Databases that no place stands on: the next place removes them, or hundreds of tests would need
/// gigabytes in the temporary folder.
static LEFT: Mutex<Vec<u32>> = Mutex::new(Vec::new());

impl Drop for Ground {
    fn drop(&mut self) {
        if let (Some(number), Ok(mut left)) = (self.database, LEFT.lock()) {
            left.push(number);
        }
    }
}

impl Backend {
    /// A configuration that shares nothing with other tests.
    ///
    /// # Panics
    /// When a server cannot be started: the message says what is missing.
    pub async fn place(self) -> Place {
        let folder = tempfile::Builder::new().prefix("itechsmart-").tempdir();
        let folder = folder.expect("a temporary folder");
        let mut database = None;
        let data_dir = folder.path().to_owned();
        let mut config = Config { data_dir, bind_address: "127.0.0.1".into(), ..Config::default() };
        if self == Self::Servers {
            let (postgres, redis) = tokio::task::spawn_blocking(ports).await.expect("the servers");
            let number = PLACES.fetch_add(1, Ordering::SeqCst);
            let root = format!("postgres://test@127.0.0.1:{postgres}");
            let admin = Database::connect(format!("{root}/postgres")).await.expect("PostgreSQL");
            let name = format!("place_{number}");
            let left = mem::take(&mut *LEFT.lock().expect("no test panics here"));
            for number in left {
                let remove = format!("DROP DATABASE place_{number} WITH (FORCE)");
                if let Err(error) = admin.execute_unprepared(&remove).await {
                    eprintln!("{remove}: {error}");
                }
            }
            let create = format!("CREATE DATABASE {name}");
            admin.execute_unprepared(&create).await.expect("a database");
            database = Some(number);
            admin.close().await.expect("the connection ends");
            config.database_url = Some(Secret::new(format!("{root}/{name}")));
            config.database_connections_max = 8;
            config.redis_url = Some(Secret::new(format!("redis://127.0.0.1:{redis}/{number}")));
        }
        let config = config.secure().expect("a configuration for development");
        Place { config, _ground: Arc::new(Ground { _folder: folder, database }) }
    }
}

/// The ports of PostgreSQL and Redis, which the first test of a process starts.
fn ports() -> (u16, u16) {
    let (postgres, redis) = SERVERS.get_or_init(|| {
        let postgres = Instance::postgres().expect("PostgreSQL starts");
        let redis = Instance::redis().expect("Redis starts");
        (Mutex::new(postgres), Mutex::new(redis))
    });
    let port = |instance: &Mutex<Instance>| instance.lock().expect("no test panics here").port;
    (port(postgres), port(redis))
}
