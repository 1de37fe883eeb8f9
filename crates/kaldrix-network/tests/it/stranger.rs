//! A peer made of the TLS library's own ML-DSA keys and verifiers and frames written by hand: an
//! independent check of the handshake and the wire form, and a way to break every rule of both.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{ML_DSA_65_SIGNING, PqdsaKeyPair};
use kaldrix_crypto::KeyPair;
use kaldrix_types::{ChainId, Scheme};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, ResolvesClientCert};
use rustls::crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs as provider};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer,
    UnixTime,
};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::nodes::{DEADLINE, id};

pub const HELLO: u8 = 1;
pub const ACCEPT: u8 = 2;
pub const DATA: u8 = 3;
pub const PING: u8 = 4;
pub const GOODBYE: u8 = 6;

pub const POST_QUANTUM: &dyn SupportedKxGroup = provider::kx_group::X25519MLKEM768;
pub const CLASSICAL: &dyn SupportedKxGroup = provider::kx_group::X25519;

/// One seed, as this product's key and as the TLS library's.
pub struct StrangerKey {
    pub own: KeyPair,
    tls: Arc<dyn SigningKey>,
}

impl StrangerKey {
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let own = KeyPair::from_seed(Scheme::MlDsa65, &seed).unwrap();
        let pair = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, &seed).unwrap();
        let pkcs8 = PrivatePkcs8KeyDer::from(pair.to_pkcs8v1().unwrap().as_ref().to_vec());
        let tls = provider::sign::any_supported_type(&PrivateKeyDer::from(pkcs8)).unwrap();
        Self { own, tls }
    }

    /// A key whose id is above, or below, that of `other`.
    pub fn ordered(other: kaldrix_types::PeerId, above: bool) -> Self {
        let mut keys = (0..=u8::MAX).map(|byte| Self::from_seed([byte; 32]));
        keys.find(|key| (id(&key.own) > other) == above).unwrap()
    }

    fn resolver(&self) -> Arc<dyn ResolvesClientCert> {
        let spki = self.tls.public_key().unwrap().to_vec();
        let key = CertifiedKey::new(vec![CertificateDer::from(spki)], self.tls.clone());
        Arc::new(AlwaysResolvesClientRawPublicKeys::new(Arc::new(key)))
    }
}

/// Says that it has raw public keys, then shows none.
#[derive(Debug)]
struct NoKey;

impl ResolvesClientCert for NoKey {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        None
    }

    fn has_certs(&self) -> bool {
        false
    }

    fn only_raw_public_keys(&self) -> bool {
        true
    }
}

/// Takes any server, remembers its key, and checks its signature with the library's verifier.
#[derive(Debug, Default)]
struct Recorder {
    spki: Mutex<Vec<u8>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        key: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.spki.lock().unwrap() = key.to_vec();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("tls 1.2".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature_with_raw_key(
            message,
            &SubjectPublicKeyInfoDer::from(key.as_ref()),
            signed,
            &provider::default_provider().signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ML_DSA_65]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// How to knock.
pub struct Knock<'a> {
    pub key: Option<&'a StrangerKey>,
    pub groups: Vec<&'static dyn SupportedKxGroup>,
    pub alpn: Option<&'a str>,
}

impl<'a> Knock<'a> {
    pub fn properly(key: &'a StrangerKey) -> Self {
        Self { key: Some(key), groups: vec![POST_QUANTUM], alpn: Some("kaldrix/1") }
    }

    /// TLS up to the first bytes from the node, where a refusal of the client's key shows.
    pub async fn tls(self, address: SocketAddr) -> io::Result<Stranger> {
        let recorder = Arc::new(Recorder::default());
        let provider = CryptoProvider { kx_groups: self.groups, ..provider::default_provider() };
        let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(recorder.clone())
            .with_client_cert_resolver(self.key.map_or(Arc::new(NoKey), StrangerKey::resolver));
        config.alpn_protocols = self.alpn.iter().map(|alpn| alpn.as_bytes().to_vec()).collect();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let tcp = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let stream = timeout(DEADLINE, connector.connect(name, tcp)).await.unwrap()?;
        let server_spki = recorder.spki.lock().unwrap().clone();
        let mut stranger = Stranger { stream, server_spki, first: None };
        stranger.first = Some(stranger.read_frame().await?);
        Ok(stranger)
    }
}

/// A TLS connection on which anything can be said.
pub struct Stranger {
    pub stream: TlsStream<TcpStream>,
    pub server_spki: Vec<u8>,
    /// What the node said first.
    pub first: Option<(u8, Vec<u8>)>,
}

impl Stranger {
    pub async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    pub async fn write_frame(&mut self, kind: u8, payload: &[u8]) {
        self.write(&frame(kind, payload)).await;
    }

    /// The next frame that is not a ping.
    pub async fn read_frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        loop {
            let frame =
                timeout(DEADLINE, self.read_any_frame()).await.expect("a frame or an end")?;
            if frame.0 != PING {
                return Ok(frame);
            }
        }
    }

    async fn read_any_frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let length = self.stream.read_u32().await?;
        let kind = self.stream.read_u8().await?;
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload).await?;
        Ok((kind, payload))
    }

    /// Introduces itself properly as `key`, and waits until the node has taken the connection.
    pub async fn enter(
        address: SocketAddr,
        key: &StrangerKey,
        hello: &[u8],
    ) -> io::Result<Stranger> {
        let mut stranger = Knock::properly(key).tls(address).await?;
        assert_eq!(stranger.first.as_ref().map(|first| first.0), Some(HELLO));
        stranger.write_frame(HELLO, hello).await;
        let (kind, _) = stranger.read_frame().await?;
        assert_eq!(kind, ACCEPT, "the stranger's id is above the node's");
        Ok(stranger)
    }

    /// Reads to the end; the reason code of a goodbye, if one came.
    pub async fn farewell(&mut self) -> Option<u8> {
        let mut code = None;
        while let Ok((kind, payload)) = self.read_frame().await {
            if kind == GOODBYE {
                code = payload.first().copied();
            }
        }
        code
    }
}

pub fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&length.to_be_bytes()[..], &[kind], payload].concat()
}

pub fn hello(chain: ChainId, instance: u64, lost: u64) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend(chain.as_bytes());
    bytes.extend(instance.to_le_bytes());
    bytes.extend(lost.to_le_bytes());
    bytes.extend(1_000_000_u32.to_le_bytes());
    bytes
}
