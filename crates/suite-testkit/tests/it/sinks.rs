//! Servers that tests send to: they write down what they get, over real sockets.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a sink has got.
#[derive(Clone, Default)]
pub struct Got<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Got<T> {
    pub fn all(&self) -> Vec<T> {
        self.0.lock().clone()
    }
}

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub line: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("a body of JSON")
    }
}

/// A sink on a free port; it ends when it is dropped.
pub struct Sink<T> {
    pub port: u16,
    pub got: Got<T>,
    serving: JoinHandle<()>,
}

impl<T> Drop for Sink<T> {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers requests with these statuses in turn, then 200.
pub async fn http(statuses: &'static [&'static str]) -> Sink<Request> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, got) = (listener.local_addr().unwrap().port(), Got::default());
    let written = got.clone();
    let serving = tokio::spawn(async move {
        let mut statuses = statuses.iter();
        while let Ok((stream, _)) = listener.accept().await {
            let status = statuses.next().unwrap_or(&"200 OK");
            // One after the other: tests want to know which was first.
            let _ = answer(stream, status, &written).await;
        }
    });
    Sink { port, got, serving }
}

async fn answer(stream: TcpStream, status: &str, got: &Got<Request>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut request = Request { line: line.trim_end().to_owned(), headers, body: String::new() };
    let mut body = vec![0; request.header("content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    got.0.lock().push(request);
    let location = if status.starts_with('3') { "Location: http://127.0.0.1:1/\r\n" } else { "" };
    let answer =
        format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n{location}Connection: close\r\n\r\nok");
    stream.get_mut().write_all(answer.as_bytes()).await?;
    stream.get_mut().shutdown().await
}

/// Takes mail; refuses recipients that begin with `refused`, for good.
pub async fn smtp() -> Sink<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, got) = (listener.local_addr().unwrap().port(), Got::default());
    let written = got.clone();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let got = written.clone();
            tokio::spawn(async move {
                let _ = take_mail(stream, &got).await;
            });
        }
    });
    Sink { port, got, serving }
}

async fn take_mail(stream: TcpStream, got: &Got<String>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut mail = String::new();
    let mut is_data = false;
    stream.get_mut().write_all(b"220 sink\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let reply = if is_data {
            if line != ".\r\n" {
                mail += &line;
                continue;
            }
            is_data = false;
            got.0.lock().push(std::mem::take(&mut mail));
            "250 taken\r\n"
        } else if line.starts_with("DATA") {
            is_data = true;
            "354 go on\r\n"
        } else if line.starts_with("RCPT TO:<refused") {
            "550 no such mailbox\r\n"
        } else if line.starts_with("QUIT") {
            "221 bye\r\n"
        } else {
            if line.starts_with("RCPT") {
                mail = line;
            }
            "250 sink\r\n"
        };
        stream.get_mut().write_all(reply.as_bytes()).await?;
    }
}
