//! The client in front of servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kaldrix_client::api::ProblemKind;
use kaldrix_client::{Address, Client, ClientError, Digest, Options, TransactionId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the server does with one connection.
#[derive(Debug, Clone)]
enum Act {
    Answer(String),
    /// Reads the request and closes.
    HangUp,
    /// Reads the request and says nothing.
    Silence,
}

/// A server that does `acts` in order, a connection each, the last one again and again.
struct Server {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let number = counted.fetch_add(1, Ordering::SeqCst);
                let act = acts[number.min(acts.len() - 1)].clone();
                tokio::spawn(async move {
                    // A request of these tests fits into one read.
                    let _ = stream.read(&mut [0; 16 * 1024]).await;
                    match act {
                        Act::Answer(text) => drop(stream.write_all(text.as_bytes()).await),
                        Act::HangUp => {}
                        Act::Silence => std::future::pending().await,
                    }
                });
            }
        });
        Self { url, connections }
    }

    fn client(&self, retry: bool) -> Client {
        let options =
            Options { request_timeout: Duration::from_secs(2), retry, ..Options::default() };
        Client::with_options(&self.url, options).unwrap()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn answer(status: &str, body: &str) -> Act {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close");
    Act::Answer(format!("{head}\r\n\r\n{body}"))
}

const BLOCKS: &str = r#"{"blocks":[]}"#;

fn problem(kind: &str, status: u16) -> String {
    format!(
        r#"{{"type":"urn:kaldrix:problem:{kind}","title":"t","status":{status},"detail":"d",
            "help":"h"}}"#
    )
}

#[tokio::test]
async fn a_lost_connection_is_tried_again_within_bounds() {
    let server = Server::start(vec![Act::HangUp, Act::HangUp, answer("200 OK", BLOCKS)]).await;
    assert!(server.client(true).blocks(None, 5).await.unwrap().blocks.is_empty());
    assert_eq!(server.connections(), 3);

    let server = Server::start(vec![Act::HangUp]).await;
    let error = server.client(true).blocks(None, 5).await.unwrap_err();
    assert!(matches!(error, ClientError::Lost { .. }) && error.is_temporary(), "{error}");
    assert_eq!(server.connections(), 3);
    let server = Server::start(vec![Act::HangUp]).await;
    server.client(false).blocks(None, 5).await.unwrap_err();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn silence_ends_in_a_time_out_and_is_not_tried_again() {
    let server = Server::start(vec![Act::Silence]).await;
    let start = Instant::now();
    let error = server.client(true).status().await.unwrap_err();
    assert!(matches!(error, ClientError::TimedOut { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn problems_keep_their_kind_and_are_not_tried_again() {
    let full = answer("503 Service Unavailable", &problem("mempool-full", 503));
    let server = Server::start(vec![full]).await;
    let error = server.client(true).peers().await.unwrap_err();
    assert_eq!(error.problem().unwrap().kind, ProblemKind::MempoolFull);
    assert!(error.is_temporary());
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn what_is_not_found_is_none_but_a_missing_route_is_an_error() {
    let id = TransactionId(Digest([1; 32]));
    let address = Address(Digest([2; 32]));
    let server = Server::start(vec![answer("404 Not Found", &problem("not-found", 404))]).await;
    assert_eq!(server.client(true).transaction(&id).await.unwrap(), None);
    assert_eq!(server.client(true).account(&address).await.unwrap(), None);
    let missing = answer("404 Not Found", &problem("route-not-found", 404));
    let server = Server::start(vec![missing]).await;
    let error = server.client(true).transaction(&id).await.unwrap_err();
    assert_eq!(error.problem().unwrap().kind, ProblemKind::RouteNotFound);
}

#[tokio::test]
async fn a_proxys_page_is_not_a_nodes_answer() {
    for act in [
        answer("502 Bad Gateway", "<html>bad gateway</html>"),
        answer("200 OK", "<html>welcome</html>"),
        answer("200 OK", r#"{"blocks":[{"height":"one"}]}"#),
    ] {
        let server = Server::start(vec![act]).await;
        let error = server.client(true).blocks(None, 5).await.unwrap_err();
        assert!(matches!(error, ClientError::NotANode { .. }), "{error}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let long = answer("200 OK", &" ".repeat(65 * 1024 * 1024));
    let server = Server::start(vec![long]).await;
    let error = server.client(true).blocks(None, 5).await.unwrap_err();
    assert!(error.to_string().contains("longer than"), "{error}");
}
