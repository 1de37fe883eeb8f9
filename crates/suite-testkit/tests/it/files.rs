//! Files: the same in a folder and in object storage, which is a server of its own here.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use sha2::{Digest, Sha256};
use suite_contracts::{ServiceName, TenantId};
use suite_kit::config::{Config, Secret};
use suite_kit::files::{Files, FilesError};
use tokio::net::TcpListener;
use uuid::Uuid;

const BYTES_MAX: u64 = 300_000;
const KEY: &str = "tests";
const SECRET: &str = "a secret of the object storage";

/// A place for files, and what it has on disk.
struct Store {
    files: Files,
    config: Config,
    disk: PathBuf,
    folder: tempfile::TempDir,
}

fn config(folder: &tempfile::TempDir) -> Config {
    let data_dir = folder.path().join("data");
    Config { data_dir, file_bytes_max: BYTES_MAX, ..Config::default() }
}

fn in_a_folder() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder);
    let files = Files::open(&config, ServiceName::ServiceCatalog).unwrap();
    let disk = config.data_dir.join("files/service_catalog");
    Store { files, config, disk, folder }
}

async fn in_object_storage() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("storage");
    std::fs::create_dir_all(disk.join("files")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&disk).unwrap());
    service.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let service = service.build();
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let http = Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    let config = Config {
        s3_endpoint: Some(format!("http://{address}")),
        s3_bucket: Some("files".into()),
        s3_access_key: Some(KEY.into()),
        s3_secret_key: Some(Secret::new(SECRET)),
        s3_prefix: "tests/".into(),
        ..config(&folder)
    };
    let files = Files::open(&config, ServiceName::ServiceCatalog).unwrap();
    let disk = disk.join("files/tests/service_catalog");
    Store { files, config, disk, folder }
}

fn body(pieces: &[&[u8]]) -> impl Stream<Item = Result<Bytes, &'static str>> + Send + use<> {
    let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

async fn read(files: &Files, own: (TenantId, Uuid), sha256: &str) -> Result<Vec<u8>, FilesError> {
    let mut content = Box::pin(files.read(own, sha256).await?);
    let mut read = Vec::new();
    while let Some(piece) = content.next().await {
        read.extend_from_slice(&piece?);
    }
    Ok(read)
}

/// All files below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let entries = entries.map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

async fn a_file_is_kept_read_and_removed(store: Store) {
    let (files, own) = (&store.files, (TenantId::new(), Uuid::now_v7()));
    let large: Vec<u8> = (0..250_000_u32).map(|at| (at % 251) as u8).collect();
    let received = files.receive(body(&[&large[..1_000], &[], &large[1_000..]])).await.unwrap();
    assert_eq!(received.bytes, 250_000);
    assert_eq!(received.sha256, hex::encode(Sha256::digest(&large)));
    assert_eq!(received.head, &large[..8 * 1024]);
    let sha256 = received.sha256.clone();
    files.keep(own, received).await.unwrap();
    assert_eq!(read(files, own, &sha256).await.unwrap(), large);
    // Under its tenant alone, and nothing is left of how it came.
    let other = (TenantId::new(), own.1);
    assert!(matches!(read(files, other, &sha256).await, Err(FilesError::Gone(_))));
    let left = below(&store.config.data_dir);
    assert!(!left.iter().any(|path| path.to_string_lossy().contains(".receiving")), "{left:?}");
    // Another process finds it.
    let again = Files::open(&store.config, ServiceName::ServiceCatalog).unwrap();
    assert_eq!(read(&again, own, &sha256).await.unwrap(), large);
    files.remove(own).await.unwrap();
    files.remove(own).await.unwrap();
    assert!(matches!(read(files, own, &sha256).await, Err(FilesError::Gone(_))));
    let empty = files.receive(body(&[])).await.unwrap();
    let sha256 = empty.sha256.clone();
    files.keep(own, empty).await.unwrap();
    assert_eq!(read(files, own, &sha256).await.unwrap(), b"");
    drop(store.folder);
}

async fn what_does_not_arrive_whole_is_not_there(store: Store) {
    let files = &store.files;
    let long = vec![0; usize::try_from(BYTES_MAX).unwrap()];
    let refused = files.receive(body(&[&long, b"x"])).await;
    assert!(matches!(refused, Err(FilesError::TooLarge { bytes_max: BYTES_MAX })), "{refused:?}");
    let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err("the peer went away")]);
    let refused = files.receive(broken).await;
    assert!(matches!(refused, Err(FilesError::Broken(_))), "{refused:?}");
    // And what arrived and was not kept.
    drop(files.receive(body(&[b"whole"])).await.unwrap());
    assert_eq!(below(&store.config.data_dir), Vec::<PathBuf>::new());
    assert_eq!(below(&store.disk), Vec::<PathBuf>::new());
}

async fn damage_is_noticed_before_the_last_piece(store: Store) {
    let (files, own) = (&store.files, (TenantId::new(), Uuid::now_v7()));
    let received = files.receive(body(&[b"what was kept"])).await.unwrap();
    let sha256 = received.sha256.clone();
    files.keep(own, received).await.unwrap();
    let path = store.disk.join(own.0.0.to_string()).join(own.1.to_string());
    std::fs::write(&path, b"what was kepT").unwrap();
    let damaged = read(files, own, &sha256).await;
    assert!(matches!(damaged, Err(FilesError::Damaged(_))), "{damaged:?}");
    std::fs::write(&path, b"what was").unwrap();
    assert!(read(files, own, &sha256).await.is_err());
}

/// Makes a test of each function, once for a folder and once for object storage.
macro_rules! in_every_store {
    ($($name:ident),* $(,)?) => {
        mod folder {$(
            #[tokio::test]
            async fn $name() { super::$name(super::in_a_folder()).await; }
        )*}
        mod object_storage {$(
            #[tokio::test]
            async fn $name() { super::$name(super::in_object_storage().await).await; }
        )*}
    };
}

in_every_store!(
    a_file_is_kept_read_and_removed,
    what_does_not_arrive_whole_is_not_there,
    damage_is_noticed_before_the_last_piece,
);

#[tokio::test]
async fn object_storage_that_refuses_or_is_gone_keeps_nothing() {
    let store = in_object_storage().await;
    let secret = Some(Secret::new("another secret"));
    let gone = Some("http://127.0.0.1:9".to_owned());
    for config in [
        Config { s3_secret_key: secret, ..store.config.clone() },
        Config { s3_endpoint: gone, ..store.config.clone() },
    ] {
        let files = Files::open(&config, ServiceName::ServiceCatalog).unwrap();
        let own = (TenantId::new(), Uuid::now_v7());
        let received = files.receive(body(&[b"anything"])).await.unwrap();
        let sha256 = received.sha256.clone();
        let kept = files.keep(own, received).await;
        assert!(matches!(kept, Err(FilesError::Storage(_))), "{kept:?}");
        let found = read(&files, own, &sha256).await;
        assert!(matches!(found, Err(FilesError::Storage(_))), "{found:?}");
        assert!(matches!(files.remove(own).await, Err(FilesError::Storage(_))));
    }
    assert_eq!(below(&store.disk), Vec::<PathBuf>::new());
}
