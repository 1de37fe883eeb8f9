//! What surrounds the handlers: request ids, raw connections, stopping, and the metrics.

use std::time::{Duration, Instant};

use kaldrix_client::{Address, Client, ClientError, Signer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{SOON, Served, stranger};
use crate::fixture::PATIENCE;

async fn raw(served: &Served, bytes: &[u8]) -> String {
    let address = served.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // A reset is an answer too: the server has seen enough.
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    let _ = read.expect("the connection stays open");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_on_the_socket_ends_that_connection_alone() {
    let served = Served::start().await;
    let long_head = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(100_000));
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01".as_slice(),
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        long_head.as_bytes(),
    ] {
        let answer = raw(&served, bytes).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:.100}");
    }
    // A body that promises more than it brings.
    let cut = b"POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
        content-length: 100\r\n\r\n{";
    let answer = raw(&served, cut).await;
    assert!(answer.is_empty() || answer.contains("invalid-body"), "{answer}");
    served.client.status().await.unwrap();
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_carry_an_id() {
    let served = Served::start().await;
    let url = format!("{}/v1/status", served.url);
    let ask = |id: &str| served.http.get(&url).header("x-request-id", id).send();
    let own = ask("trace-7.a_b").await.unwrap();
    assert_eq!(own.headers()["x-request-id"], "trace-7.a_b");
    let first = ask("not fit for a log").await.unwrap();
    let second = served.get("/v1/status").await;
    let [first, second] = [first, second].map(|one| one.headers()["x-request-id"].clone());
    assert!(first != second && !first.is_empty() && first != "not fit for a log");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_idle_connections_and_the_client_says_what_to_do() {
    let served = Served::start().await;
    let client = Client::new(&served.url).unwrap();
    client.status().await.unwrap();
    // The connection of this request is idle now, and must not hold the server up.
    served.stop().await;
    let error = client.status().await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("kaldrix-node localnet") && text.contains("KALDRIX_API"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_that_speaks_http_is_not_taken_for_a_node() {
    let served = Served::start().await;
    let error = Client::new(&served.metrics_url).unwrap().status().await.unwrap_err();
    assert!(matches!(error, ClientError::NotANode { status: 404, .. }), "{error}");
    for url in ["", "127.0.0.1:8080", "https://127.0.0.1", "ftp://x", "http://x/?a=b"] {
        assert!(matches!(Client::new(url), Err(ClientError::Url { .. })), "{url}");
    }
    served.stop().await;
}

const METRICS: &[&str] = &[
    "kaldrix_node_info{",
    "kaldrix_node_up 1",
    "kaldrix_node_ready ",
    "kaldrix_uptime_seconds ",
    "kaldrix_height_blocks ",
    "kaldrix_final_height_blocks ",
    "kaldrix_block_timestamp_seconds ",
    "kaldrix_round_number ",
    "kaldrix_peers_connected ",
    "kaldrix_peers_expected ",
    "kaldrix_network_received_bytes_total ",
    "kaldrix_network_sent_bytes_total ",
    "kaldrix_network_dropped_frames_total ",
    "kaldrix_memory_bytes ",
    "kaldrix_cpu_seconds_total ",
    "kaldrix_disk_bytes ",
    "kaldrix_participation_ratio{validator=\"validator-0\",index=\"0\"} ",
    "kaldrix_blocks_produced_total ",
    "kaldrix_blocks_accepted_total ",
    "# TYPE kaldrix_blocks_rejected counter",
    "kaldrix_finality_seconds_bucket{le=\"0.5\"} ",
    "kaldrix_finality_seconds_bucket{le=\"+Inf\"} ",
    "kaldrix_finality_seconds_count ",
    "kaldrix_finality_seconds_sum ",
    "kaldrix_votes_cast_total ",
    "kaldrix_votes_counted_total ",
    "kaldrix_certificates_gathered_total ",
    "kaldrix_equivocations_seen_total ",
    "kaldrix_catch_ups_started_total ",
    "kaldrix_leaders_committed_total{rule=\"direct\"} ",
    "kaldrix_leaders_committed_total{rule=\"indirect\"} ",
    "kaldrix_leaders_skipped_total{rule=\"direct\"} ",
    "kaldrix_leaders_skipped_total{rule=\"indirect\"} ",
    "kaldrix_leader_timeouts_total ",
    "kaldrix_transactions_executed_total 1",
    "kaldrix_transactions_accepted_total 1",
    "kaldrix_transactions_refused_total ",
    "kaldrix_witnesses_verified_total ",
    "kaldrix_mempool_transactions ",
    "kaldrix_mempool_bytes ",
    "kaldrix_connections_open ",
    "kaldrix_http_requests_total{method=\"POST\",route=\"/v1/transactions\",status=\"202\"} 1",
    "kaldrix_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
    "kaldrix_http_errors_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
    "kaldrix_http_request_seconds_count{method=\"POST\",route=\"/v1/transactions\"} 1",
    "kaldrix_http_request_seconds_bucket{le=\"0.1\",method=\"POST\",route=\"/v1/transactions\"} ",
    "# EOF",
];

/// These rise with a transaction.
const MOVING: [&str; 4] = [
    "kaldrix_blocks_produced_total",
    "kaldrix_height_blocks",
    "kaldrix_finality_seconds_count",
    "kaldrix_votes_cast_total",
];

fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_their_names_and_move() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let before = served.metrics().await;
    let to = Address::of(stranger().public_key());
    let transaction = served.wallet(0).transfer(&genesis, to, 1);
    served.client.submit(&transaction).await.unwrap();
    served.client.wait_final(&transaction.id(), SOON).await.unwrap();
    served.get("/not/a/route?secret=1").await;

    // What a node shows of its replica may be some hundred milliseconds old.
    let start = Instant::now();
    let mut text = served.metrics().await;
    let moved = |text: &str| MOVING.iter().all(|name| value(text, name) > value(&before, name));
    while !moved(&text) && start.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(50)).await;
        text = served.metrics().await;
    }
    assert!(moved(&text), "from\n{before}\nto\n{text}");
    for name in METRICS {
        assert!(text.lines().any(|line| line.starts_with(name)), "no {name} in\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("/not/a"), "{text}");
    assert!(value(&text, "kaldrix_memory_bytes") > 1e6);
    assert!(value(&text, "kaldrix_disk_bytes") > 0.0);
    assert!(value(&text, "kaldrix_connections_open") >= 1.0);
    served.stop().await;
}
