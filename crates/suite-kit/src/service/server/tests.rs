//! Clients that let the server wait, on real sockets.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use futures_util::StreamExt;
use h2::client::SendRequest;
use suite_contracts::ServiceName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::*;
use crate::service::Frame;
use crate::telemetry::Metrics;

/// What these servers allow for anything.
const LIMIT_MS: u64 = 300;
/// Connections that they allow an address.
const PLACES: usize = 4;
/// Of a response that is one chunk.
const PAGE_BYTES: usize = 4_000;
const BOOK_BYTES: usize = 160_000;
/// In which it has happened, on a machine that does a lot else.
const SOON: Duration = Duration::from_secs(10);

/// A server that is not patient; it serves as long as the guard lives.
async fn serve() -> (SocketAddr, tokio_util::sync::DropGuard) {
    serve_behind("").await
}

async fn serve_behind(proxies: &str) -> (SocketAddr, tokio_util::sync::DropGuard) {
    let limits = Limits {
        head_ms_max: LIMIT_MS,
        stalled_ms_max: LIMIT_MS,
        farewell_ms_max: LIMIT_MS,
        connections_per_address_max: PLACES,
        ..Limits::default()
    };
    let endless = || async {
        let chunk = Bytes::from_static(&[b'x'; 64 * 1024]);
        let chunks = futures_util::stream::repeat_with(move || Ok::<_, Infallible>(chunk.clone()));
        Body::from_stream(chunks)
    };
    // One event, and nothing more: as streams of events are most of the time.
    let quiet = || async {
        let first = futures_util::stream::once(async { Ok::<_, Infallible>("event") });
        Body::from_stream(first.chain(futures_util::stream::pending()))
    };
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/body", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/page", get(|| async { "x".repeat(PAGE_BYTES) }))
        .route("/book", get(|| async { "x".repeat(BOOK_BYTES) }))
        .route("/quiet", get(quiet))
        .route("/endless", get(endless));
    let frame =
        Frame { handler_ms_max: LIMIT_MS, ..Frame::new(Metrics::new(ServiceName::Hub, "1").http) };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(address, None, limits).await.unwrap();
    let server = server.behind(TrustedProxies::try_from(proxies.to_owned()).unwrap());
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

/// Whether the server says anything to a request on a new connection.
async fn is_answered(address: SocketAddr) -> (bool, TcpStream) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut first = [0];
    let read = timeout(SOON, stream.read(&mut first)).await.expect("an answer, or the end");
    (read.is_ok_and(|bytes| bytes > 0), stream)
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_a_proxy_any_number() {
    let (address, _guard) = serve().await;
    let mut open = Vec::new();
    for _ in 0..PLACES {
        // Without a word: an idle connection that was answered would be closed soon.
        open.push(TcpStream::connect(address).await.unwrap());
    }
    assert!(!is_answered(address).await.0);
    drop(open);
    let started = std::time::Instant::now();
    while !is_answered(address).await.0 {
        assert!(started.elapsed() < SOON, "its places are not free again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (address, _guard) = serve_behind("127.0.0.0/8").await;
    let mut open = Vec::new();
    for _ in 0..PLACES * 3 {
        let (answered, stream) = is_answered(address).await;
        assert!(answered);
        open.push(stream);
    }
}

/// A client that answers pings, and gives each response a window of so many bytes.
async fn http2(
    address: SocketAddr,
    window: u32,
) -> (SendRequest<Bytes>, tokio::task::JoinHandle<Result<(), h2::Error>>) {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut client = h2::client::Builder::new();
    let (sender, connection) = client.initial_window_size(window).handshake(stream).await.unwrap();
    (sender.ready().await.unwrap(), tokio::spawn(connection))
}

fn ask(sender: &mut SendRequest<Bytes>, path: &str) -> h2::client::ResponseFuture {
    let uri = format!("http://a{path}");
    let request = axum::http::Request::get(uri).body(()).unwrap();
    sender.send_request(request, true).unwrap().0
}

#[tokio::test]
async fn who_answers_pings_and_takes_nothing_is_left() {
    let (address, _guard) = serve().await;
    let all_but_one = u32::try_from(PAGE_BYTES).unwrap() - 1;
    for (path, window) in
        [("/endless", 0), ("/endless", 65_535), ("/page", 0), ("/page", 1), ("/page", all_but_one)]
    {
        let (mut sender, connection) = http2(address, window).await;
        let answer = timeout(SOON, ask(&mut sender, path)).await.expect("a head").unwrap();
        // Its body stays where it is, and its window is never opened.
        let ended = timeout(SOON, connection).await;
        assert!(ended.is_ok(), "{path} {window}: the server still waits");
        drop(answer);
    }
}

#[tokio::test]
async fn who_reads_slowly_and_who_waits_for_events_may_stay() {
    let (address, _guard) = serve().await;
    let (mut sender, connection) = http2(address, 16_384).await;
    let mut events = ask(&mut sender, "/quiet").await.unwrap().into_body();
    assert_eq!(events.data().await.unwrap().unwrap().len(), "even".len());
    let mut book = ask(&mut sender, "/book").await.unwrap().into_body();
    let (mut taken, started) = (0, std::time::Instant::now());
    while let Some(data) = book.data().await {
        let bytes = data.unwrap().len();
        taken += bytes;
        tokio::time::sleep(Duration::from_millis(LIMIT_MS / 6)).await;
        book.flow_control().release_capacity(bytes).unwrap();
    }
    assert_eq!(taken, BOOK_BYTES);
    assert!(started.elapsed() > Duration::from_millis(LIMIT_MS), "longer than a piece may take");
    assert!(!connection.is_finished(), "whoever waits for events is left");
}
