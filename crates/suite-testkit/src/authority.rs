//! An authority that nobody trusts who is not told to, and certificates of it: real TLS on loopback.

use std::fs;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use suite_kit::service::Tls;

/// Ends with its files.
pub struct Authority {
    folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Default for Authority {
    /// # Panics
    /// When there is no folder for its files.
    fn default() -> Self {
        let folder = tempfile::Builder::new().prefix("itechsmart-authority-").tempdir();
        let folder = folder.expect("a temporary folder");
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = params.self_signed(&key).expect("a certificate");
        fs::write(folder.path().join("authority.pem"), own.pem()).expect("a file");
        Self { folder, issuer: Issuer::new(params, key) }
    }
}

impl Authority {
    /// What to trust, for `CA_CERTIFICATES`.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// A certificate for `localhost` and 127.0.0.1, with its key.
    pub fn certify(&self) -> Tls {
        self.certify_for(&["localhost", "127.0.0.1"])
    }

    /// # Panics
    /// When its files cannot be written.
    pub fn certify_for(&self, names: &[&str]) -> Tls {
        let owned: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(owned).expect("names");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate").pem();
        let write = |what: &str, text: String| {
            let path = self.folder.path().join(format!("{}-{what}.pem", names.join("-")));
            fs::write(&path, text).expect("a file");
            path
        };
        let certificate = write("certificate", certificate);
        Tls { certificate, key: write("key", key.serialize_pem()) }
    }
}
