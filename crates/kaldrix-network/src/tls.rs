//! TLS 1.3 with X25519MLKEM768 and nothing else, both sides proving themselves by ML-DSA-65 raw
//! public keys (RFC 7250).
//!
//! Never falls back to a classical key exchange or signature, never resumes a session (a resumed
//! one would skip the proof of identity), never trusts a name or a certificate chain.

use std::fmt;
use std::io;
use std::sync::Arc;

use kaldrix_crypto::{Purpose, Signer};
use kaldrix_types::{PeerId, PublicKey, Scheme, Signature, committee};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, CommonState, DigitallySignedStruct, DistinguishedName,
    NamedGroup, OtherError, PeerIncompatible, ProtocolVersion, ServerConfig, SignatureAlgorithm,
    SignatureScheme,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::error::ConnectError;
use crate::peer::Session;
use crate::spki;

/// Names the protocol and its version, so an incompatible peer is refused within TLS.
pub(crate) const ALPN: &[u8] = b"kaldrix/1";

/// TLS for one identity.
#[derive(Debug)]
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    key: Arc<CertifiedKey>,
    server: Arc<ServerConfig>,
}

impl Tls {
    pub(crate) fn new(identity: Arc<dyn Signer>) -> Result<Self, rustls::Error> {
        let provider = Arc::new(CryptoProvider {
            cipher_suites: vec![
                aws_lc_rs::cipher_suite::TLS13_AES_256_GCM_SHA384,
                aws_lc_rs::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
            ],
            kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
            ..aws_lc_rs::default_provider()
        });
        let spki = CertificateDer::from(spki::encode(identity.public_key()));
        let key = Arc::new(CertifiedKey::new(vec![spki], Arc::new(IdentityKey { identity })));
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(Arc::new(KeyVerifier { expected: None }))
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(key.clone())));
        server.alpn_protocols = vec![ALPN.to_vec()];
        server.send_tls13_tickets = 0;
        server.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Self { provider, key, server: Arc::new(server) })
    }

    /// For inbound connections: any ML-DSA-65 key is accepted, and proven.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.server))
    }

    /// For a connection to exactly `expected`.
    pub(crate) fn connector(&self, expected: PublicKey) -> Result<TlsConnector, rustls::Error> {
        let verifier = KeyVerifier { expected: Some(expected) };
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(
                self.key.clone(),
            )));
        client.alpn_protocols = vec![ALPN.to_vec()];
        client.enable_sni = false;
        client.resumption = Resumption::disabled();
        Ok(TlsConnector::from(Arc::new(client)))
    }
}

/// What TLS wants for a server name. It is neither sent nor checked: the key is.
pub(crate) fn server_name() -> ServerName<'static> {
    ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into())
}

/// Checks that TLS agreed on what this crate promises, and gives the peer's proven key.
pub(crate) fn inspect(tls: &CommonState) -> Result<(PublicKey, Session), ConnectError> {
    let group = tls.negotiated_key_exchange_group().map(|group| group.name());
    let alpn = tls.alpn_protocol().map(|alpn| String::from_utf8_lossy(alpn).into_owned());
    require("TLSv1_3", tls.protocol_version() == Some(ProtocolVersion::TLSv1_3), || {
        format!("{:?}", tls.protocol_version())
    })?;
    require("X25519MLKEM768", group == Some(NamedGroup::X25519MLKEM768), || format!("{group:?}"))?;
    require("kaldrix/1", alpn.as_deref().map(str::as_bytes) == Some(ALPN), || format!("{alpn:?}"))?;
    let spki = tls.peer_certificates().and_then(<[_]>::first);
    let key = spki.and_then(|spki| spki::decode(spki.as_ref()));
    let key = key.ok_or(ConnectError::Negotiated {
        expected: "an ml-dsa-65 raw public key",
        found: "none".into(),
    })?;
    let suite = tls.negotiated_cipher_suite().map(|suite| suite.suite());
    let session = Session {
        protocol: "TLSv1_3".into(),
        key_exchange: "X25519MLKEM768".into(),
        cipher_suite: suite.map(|suite| format!("{suite:?}")).unwrap_or_default(),
    };
    Ok((key, session))
}

fn require(
    expected: &'static str,
    holds: bool,
    found: impl FnOnce() -> String,
) -> Result<(), ConnectError> {
    if holds { Ok(()) } else { Err(ConnectError::Negotiated { expected, found: found() }) }
}

/// Recovers this crate's own refusal from what the TLS library reports.
pub(crate) fn handshake_error(error: &io::Error) -> ConnectError {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    if let Some(rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner)))) = tls
        && let Some(WrongIdentity { expected, found }) = inner.downcast_ref()
    {
        return ConnectError::WrongIdentity { expected: *expected, found: *found };
    }
    ConnectError::Tls { reason: error.to_string() }
}

/// The identity as a key of the TLS library.
struct IdentityKey {
    identity: Arc<dyn Signer>,
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdentityKey").field(self.identity.public_key()).finish()
    }
}

impl rustls::sign::SigningKey for IdentityKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn rustls::sign::Signer>> {
        let offered = offered.contains(&SignatureScheme::ML_DSA_65);
        offered.then(|| Box::new(Self { identity: Arc::clone(&self.identity) }) as _)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(SubjectPublicKeyInfoDer::from(spki::encode(self.identity.public_key())))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        // TLS 1.3 has no registered code apart from the scheme's own.
        SignatureAlgorithm::Unknown(0)
    }
}

impl rustls::sign::Signer for IdentityKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let signature = self.identity.sign(Purpose::TlsHandshake, message);
        let signature = signature.map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(signature.bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ML_DSA_65
    }
}

/// The dialled peer proved another identity than the pinned one.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("expected the identity {expected}, found {found}")]
struct WrongIdentity {
    expected: PeerId,
    found: PeerId,
}

/// Verifies a raw public key: well formed, the expected one if any, and its handshake signature.
#[derive(Debug)]
struct KeyVerifier {
    expected: Option<PublicKey>,
}

impl KeyVerifier {
    fn check_key(
        &self,
        key: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
    ) -> Result<(), rustls::Error> {
        let found = decode_key(key)?;
        if !rest.is_empty() {
            return Err(CertificateError::BadEncoding.into());
        }
        match &self.expected {
            Some(expected) if *expected != found => {
                let (expected, found) = (committee::peer_id(expected), committee::peer_id(&found));
                let error = OtherError(Arc::new(WrongIdentity { expected, found }));
                Err(CertificateError::Other(error).into())
            }
            _ => Ok(()),
        }
    }
}

fn decode_key(key: &CertificateDer<'_>) -> Result<PublicKey, rustls::Error> {
    spki::decode(key.as_ref()).ok_or_else(|| CertificateError::BadEncoding.into())
}

fn check_signature(
    message: &[u8],
    key: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    let bad = || rustls::Error::from(CertificateError::BadSignature);
    if signed.scheme != SignatureScheme::ML_DSA_65 {
        return Err(bad());
    }
    let key = decode_key(key)?;
    let signature = Signature::new(Scheme::MlDsa65, signed.signature()).map_err(|_| bad())?;
    kaldrix_crypto::verify(&key, Purpose::TlsHandshake, message, &signature).map_err(|_| bad())?;
    Ok(HandshakeSignatureValid::assertion())
}

fn refuse_tls12() -> Result<HandshakeSignatureValid, rustls::Error> {
    Err(PeerIncompatible::Tls12NotOfferedOrEnabled.into())
}

impl ServerCertVerifier for KeyVerifier {
    fn verify_server_cert(
        &self,
        key: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.check_key(key, rest).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _key: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        refuse_tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        check_signature(message, key, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ML_DSA_65]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for KeyVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        key: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.check_key(key, rest).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _key: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        refuse_tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        check_signature(message, key, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ML_DSA_65]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
