//! Whose certificates are believed where this process connects to others.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::{Config, ConfigError};

impl Config {
    /// The authorities of `CA_CERTIFICATES`, beside those that everybody trusts.
    pub(crate) fn own_authorities(&self) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        let Some(path) = &self.ca_certificates else { return Ok(Vec::new()) };
        let unreadable = |reason: &dyn std::fmt::Display| {
            ConfigError::Unreadable(format!("CA_CERTIFICATES: {}: {reason}", path.display()))
        };
        let read = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))?;
        let read: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| unreadable(&error))?;
        if read.is_empty() {
            return Err(unreadable(&"there is no certificate in it: it is to hold PEM"));
        }
        Ok(read)
    }

    /// TLS as a client: Mozilla's authorities, the machine's, and our own.
    pub(crate) fn tls_client(&self) -> Result<rustls::ClientConfig, ConfigError> {
        let unusable = |error: &dyn std::fmt::Display| {
            ConfigError::Unreadable(format!("CA_CERTIFICATES: {error}"))
        };
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for authority in self.own_authorities()? {
            roots.add(authority).map_err(|error| unusable(&error))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| unusable(&error))?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_list_of_authorities_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("authorities.pem");
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for content in [None, Some(""), Some("no certificate"), Some(broken)] {
            if let Some(content) = content {
                std::fs::write(&path, content).unwrap();
            }
            let config = Config { ca_certificates: Some(path.clone()), ..Config::default() };
            let error = config.tls_client().unwrap_err().to_string();
            assert!(error.starts_with("CA_CERTIFICATES: "), "{content:?}: {error}");
        }
        assert!(Config::default().tls_client().is_ok());
    }
}
