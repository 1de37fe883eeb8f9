//! Servers that tests send to: they write down what they get, over real sockets.

use std::sync::Arc;

use parking_lot::Mutex;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use suite_kit::service::Tls;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

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

/// A server's end of TLS.
pub fn acceptor(tls: &Tls) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(&tls.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&tls.key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

/// Takes requests over TLS.
pub async fn https(tls: TlsAcceptor) -> Sink<Request> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, got) = (listener.local_addr().unwrap().port(), Got::default());
    let written = got.clone();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = tls.accept(stream).await {
                let _ = answer(stream, "200 OK", &written).await;
            }
        }
    });
    Sink { port, got, serving }
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

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    status: &str,
    got: &Got<Request>,
) -> std::io::Result<()> {
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

/// How a server of mail is spoken to.
#[derive(Clone)]
pub enum Mail {
    Plain,
    /// From the first byte.
    Tls(TlsAcceptor),
    /// Once the client asks for it; nothing is taken before.
    StartTls(TlsAcceptor),
}

/// Takes mail; refuses recipients that begin with `refused`, for good.
pub async fn smtp() -> Sink<String> {
    smtp_as(Mail::Plain).await
}

pub async fn smtp_as(how: Mail) -> Sink<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, got) = (listener.local_addr().unwrap().port(), Got::default());
    let written = got.clone();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (got, how) = (written.clone(), how.clone());
            tokio::spawn(async move { secure_and_take(stream, how, &got).await });
        }
    });
    Sink { port, got, serving }
}

async fn secure_and_take(stream: TcpStream, how: Mail, got: &Got<String>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    match how {
        Mail::Plain => {
            stream.get_mut().write_all(b"220 sink\r\n").await?;
            take_mail(stream, got).await
        }
        Mail::Tls(tls) => {
            let mut stream = BufReader::new(tls.accept(stream).await?);
            stream.get_mut().write_all(b"220 sink\r\n").await?;
            take_mail(stream, got).await
        }
        Mail::StartTls(tls) => {
            stream.get_mut().write_all(b"220 sink\r\n").await?;
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await? == 0 {
                    return Ok(());
                }
                let reply: &[u8] = match line.trim_end() {
                    "STARTTLS" => b"220 go on\r\n",
                    line if line.starts_with("EHLO") => b"250-sink\r\n250 STARTTLS\r\n",
                    _ => b"530 first STARTTLS\r\n",
                };
                stream.get_mut().write_all(reply).await?;
                if line.starts_with("STARTTLS") {
                    return take_mail(BufReader::new(tls.accept(stream).await?), got).await;
                }
            }
        }
    }
}

async fn take_mail<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    got: &Got<String>,
) -> std::io::Result<()> {
    let mut mail = String::new();
    let mut is_data = false;
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
