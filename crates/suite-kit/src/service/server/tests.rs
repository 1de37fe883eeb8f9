//! Clients that let the server wait, on real sockets.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use suite_contracts::ServiceName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::*;
use crate::service::Frame;
use crate::telemetry::HttpMetrics;

/// What these servers allow for anything.
const LIMIT_MS: u64 = 300;
/// In which it has happened, on a machine that does a lot else.
const SOON: Duration = Duration::from_secs(10);

/// A server that is not patient; it serves as long as the guard lives.
async fn serve() -> (SocketAddr, tokio_util::sync::DropGuard) {
    let limits = Limits {
        head_ms_max: LIMIT_MS,
        stalled_ms_max: LIMIT_MS,
        farewell_ms_max: LIMIT_MS,
        ..Limits::default()
    };
    let endless = || async {
        let chunk = Bytes::from_static(&[b'x'; 64 * 1024]);
        let chunks = futures_util::stream::repeat_with(move || Ok::<_, Infallible>(chunk.clone()));
        Body::from_stream(chunks)
    };
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/body", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/endless", get(endless));
    let frame =
        Frame { handler_ms_max: LIMIT_MS, ..Frame::new(HttpMetrics::new(ServiceName::Hub, "1")) };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(address, None, limits).await.unwrap();
    let (address, stop) = (server.address().unwrap(), CancellationToken::new());
    tokio::spawn(server.serve(frame.around(router), stop.clone()));
    (address, stop.drop_guard())
}

/// All that the server says until it closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    // A reset is an end too.
    let _ = timeout(SOON, stream.read_to_end(&mut said)).await.expect("the server closes");
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn who_begins_and_does_not_go_on_is_left() {
    let (address, _guard) = serve().await;
    for beginning in ["", "P", "PRI * HTTP/2.0\r\n", "G", "GET / HTTP/1.1\r\nHost: a\r\nX: "] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        let said = rest(&mut stream).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{beginning:?} {said}");
    }
}

#[tokio::test]
async fn a_head_that_trickles_is_not_waited_for() {
    let (address, _guard) = serve().await;
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let trickle = tokio::spawn(async move {
        writing.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").await?;
        loop {
            writing.write_all(b"X: y\r\n").await?;
            tokio::time::sleep(Duration::from_millis(LIMIT_MS / 6)).await;
        }
        #[expect(unreachable_code, reason = "it says of what type the error is")]
        std::io::Result::Ok(())
    });
    let mut said = Vec::new();
    let _ = timeout(SOON, reading.read_to_end(&mut said)).await.expect("the server closes");
    trickle.abort();
}

#[tokio::test]
async fn a_body_that_trickles_is_answered_without_it() {
    let (address, _guard) = serve().await;
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let head = b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
    writing.write_all(head).await.unwrap();
    let trickle = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(LIMIT_MS / 6)).await;
        }
    });
    let mut said = Vec::new();
    let _ = timeout(SOON, reading.read_to_end(&mut said)).await.expect("the server closes");
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("took too long"), "{said}");
    trickle.abort();
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let (address, _guard) = serve().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert!(rest(&mut stream).await.ends_with("here"));
}

#[tokio::test]
async fn who_takes_nothing_is_left() {
    let (address, _guard) = serve().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    // Until the first byte is there, and from then on nothing is taken: the buffers fill.
    let mut first = [0];
    timeout(SOON, stream.read_exact(&mut first)).await.expect("an answer").unwrap();
    let started = std::time::Instant::now();
    // To write finds out that the server is gone, without taking anything.
    while stream.write_all(b"\r\n").await.is_ok() {
        assert!(started.elapsed() < SOON, "the server still waits");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
