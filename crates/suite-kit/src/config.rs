//! Configuration: environment beats file beats default.
//!
//! The file is `config/<environment>.yaml`; its keys are the names of the variables in lowercase.
//! In production the process refuses to start on a missing or default secret, and says which. In
//! development what is missing is made once and kept in the data folder.

mod authorities;
mod proxies;
mod secrets;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Yaml};
use serde::{Deserialize, Serialize};

use crate::db::Location;
pub use proxies::TrustedProxies;
pub use secrets::{SECRET_CHARS_MIN, Secret};

/// How careful to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    #[default]
    Development,
    Staging,
    Production,
}

impl Environment {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

/// Everything that can be configured. Each field is an environment variable in capitals.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    pub app_name: String,
    pub app_version: String,
    pub environment: Environment,
    pub debug: bool,
    /// As `tracing_subscriber` reads it: `info`, or `info,suite_hub=debug`.
    pub log_level: String,
    pub data_dir: PathBuf,
    /// Where to listen; ports are those of the services.
    pub bind_address: String,
    /// By what name or address other processes reach this one, where that is not `bind_address`.
    pub announced_host: Option<String>,
    /// Added to every port, so that two installations fit on one machine.
    pub port_offset: u16,
    /// What browsers call this installation, such as `https://it.example.com`.
    pub public_url: Option<String>,
    /// Other origins whose pages may call the API, comma-separated.
    pub allowed_origins: String,
    /// Reverse proxies in front, whose `X-Forwarded-For` is believed: addresses and networks,
    /// comma-separated. Without it all clients of a proxy share its address, and a lock-out.
    pub trusted_proxies: TrustedProxies,
    /// Authorities whose certificates are believed beside those of Mozilla and of the machine, in
    /// PEM: for HUB_URL, SMTP_URL, webhooks and notifications.
    pub ca_certificates: Option<PathBuf>,
    pub tls_certificate: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    /// `postgres://…`; SQLite in the data folder if there is none.
    pub database_url: Option<Secret>,
    /// Connections to PostgreSQL for each service.
    pub database_connections_max: u32,
    /// `redis://…`; in-process if there is none.
    pub redis_url: Option<Secret>,
    /// Of every key, so that installations can share one Redis.
    pub redis_prefix: String,
    /// Where Hub is, for a process that does not run it: `https://…`, or `http://…`.
    pub hub_url: Option<String>,
    pub hub_api_key: Option<Secret>,
    pub secret_key: Option<Secret>,
    pub jwt_secret: Option<Secret>,
    pub encryption_key: Option<Secret>,
    pub max_workers: usize,
    /// Seconds for which what changes rarely is cached.
    pub cache_ttl: u64,
    /// A KALDRIX node's API; audit records are not anchored if there is none.
    pub ledger_url: Option<String>,
    /// The keystore of the account that pays for anchors.
    pub ledger_key: Option<PathBuf>,
    pub ledger_key_password: Option<Secret>,
    /// The genesis file of the network that is trusted.
    pub ledger_genesis: Option<PathBuf>,
    /// `smtp://user:password@host:587`, or `smtps://…`.
    pub smtp_url: Option<Secret>,
    pub mail_from: String,
    /// A gateway that takes `{"to", "text"}` by POST, with the token as bearer.
    pub sms_url: Option<String>,
    pub sms_token: Option<Secret>,
    /// PagerDuty's Events API v2; another one in its service region for the EU.
    pub pagerduty_url: String,
    /// Where files that people bring are kept; `files` in the data folder if there is none. Processes
    /// on several machines share it.
    pub files_dir: Option<PathBuf>,
    /// Of one file, and of all files of a tenant.
    pub file_bytes_max: u64,
    pub tenant_file_bytes_max: u64,
    /// S3-compatible object storage for files, in place of the folder: `https://…`.
    pub s3_endpoint: Option<String>,
    pub s3_region: String,
    pub s3_bucket: Option<String>,
    pub s3_access_key: Option<String>,
    pub s3_secret_key: Option<Secret>,
    /// Of every object's key, so that installations can share a bucket: `itechsmart/`.
    pub s3_prefix: String,
    /// The bucket in the URL's path, as MinIO and others have it; in its host for Amazon.
    pub s3_path_style: bool,
    /// OpenTelemetry collector over HTTP, such as `http://localhost:4318`.
    pub otlp_endpoint: Option<String>,
    /// Whether webhooks may reach private and loopback addresses.
    pub enable_private_webhooks: bool,
    /// Whether e-mails, webhooks and other notifications are sent at all.
    pub enable_notifications: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            app_name: "iTechSmart".into(),
            app_version: env!("CARGO_PKG_VERSION").into(),
            environment: Environment::default(),
            debug: false,
            log_level: "info".into(),
            data_dir: "data".into(),
            bind_address: "127.0.0.1".into(),
            announced_host: None,
            port_offset: 0,
            public_url: None,
            allowed_origins: String::new(),
            trusted_proxies: TrustedProxies::default(),
            ca_certificates: None,
            tls_certificate: None,
            tls_key: None,
            database_url: None,
            database_connections_max: 16,
            redis_url: None,
            redis_prefix: "itechsmart".into(),
            hub_url: None,
            hub_api_key: None,
            secret_key: None,
            jwt_secret: None,
            encryption_key: None,
            max_workers: 2,
            cache_ttl: 300,
            ledger_url: None,
            ledger_key: None,
            ledger_key_password: None,
            ledger_genesis: None,
            smtp_url: None,
            mail_from: "iTechSmart <itechsmart@localhost>".into(),
            sms_url: None,
            sms_token: None,
            pagerduty_url: "https://events.pagerduty.com/v2/enqueue".into(),
            files_dir: None,
            file_bytes_max: 25 * 1024 * 1024,
            tenant_file_bytes_max: 20 * 1024 * 1024 * 1024,
            s3_endpoint: None,
            s3_region: "us-east-1".into(),
            s3_bucket: None,
            s3_access_key: None,
            s3_secret_key: None,
            s3_prefix: String::new(),
            s3_path_style: true,
            otlp_endpoint: None,
            enable_private_webhooks: false,
            enable_notifications: true,
        }
    }
}

/// Why a configuration cannot be used: what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Unreadable(String),
    #[error("{}", .0.join("\n"))]
    Unsafe(Vec<String>),
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: std::io::Error },
}

impl Config {
    /// Reads `config/<environment>.yaml` in `folder` and the process's environment.
    pub fn load(folder: &Path) -> Result<Self, ConfigError> {
        let unreadable = |error: figment::Error| ConfigError::Unreadable(explained(&error));
        let named = Figment::from(Serialized::defaults(Self::default())).merge(environment());
        let environment_name: Environment =
            named.extract_inner("environment").map_err(unreadable)?;
        let file = folder.join(format!("{}.yaml", environment_name.as_str()));
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        // No file is no error: the environment may hold everything.
        if file.exists() {
            figment = figment.merge(Yaml::file_exact(file));
        }
        let figment = figment.merge(environment());
        let mut config: Self = figment.extract().map_err(unreadable)?;
        config.environment = environment_name;
        Ok(config)
    }

    /// Refuses what must not go into production, and makes what development lacks.
    pub fn secure(mut self) -> Result<Self, ConfigError> {
        match self.environment {
            Environment::Production | Environment::Staging => {
                let found = self.unsafe_settings();
                if !found.is_empty() {
                    return Err(ConfigError::Unsafe(found));
                }
            }
            Environment::Development => secrets::provide(&mut self)?,
        }
        Ok(self)
    }

    fn unsafe_settings(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (name, secret) in self.secrets() {
            if let Err(why) = secrets::check(secret) {
                found.push(format!(
                    "{name} {why}: set it to a random secret of {SECRET_CHARS_MIN} characters or \
                     more, such as `openssl rand -base64 48` prints"
                ));
            }
        }
        let values: Vec<&str> = self
            .secrets()
            .iter()
            .filter_map(|(_, secret)| Some(secret.as_ref()?.expose()))
            .collect();
        if (1..values.len()).any(|place| values[..place].contains(&values[place])) {
            found.push("SECRET_KEY, JWT_SECRET and ENCRYPTION_KEY must differ".into());
        }
        if self.debug {
            found.push("DEBUG must be off: it shows causes to callers".into());
        }
        match &self.public_url {
            None => found.push("PUBLIC_URL is missing: set it to what browsers open".into()),
            Some(url) if !url.starts_with("https://") && !is_loopback(url) => {
                found.push(format!("PUBLIC_URL must be https, not {url}"));
            }
            Some(_) => {}
        }
        if self.hub_url.is_some() && self.announced_host.is_none() && self.listens_everywhere() {
            found.push(format!(
                "ANNOUNCED_HOST is missing: set it to the name or address by which other processes \
                 reach this one, since BIND_ADDRESS {} names none",
                self.bind_address
            ));
        }
        if self.allowed_origins.split(',').any(|origin| origin.trim() == "*") {
            found.push("ALLOWED_ORIGINS must name origins, not `*`".into());
        }
        found
    }

    fn secrets(&self) -> [(&'static str, &Option<Secret>); 3] {
        [
            ("SECRET_KEY", &self.secret_key),
            ("JWT_SECRET", &self.jwt_secret),
            ("ENCRYPTION_KEY", &self.encryption_key),
        ]
    }

    /// Where the tables are.
    pub fn location(&self) -> Location {
        match &self.database_url {
            Some(url) => Location::Postgres {
                url: url.expose().to_owned(),
                connections_max: self.database_connections_max,
            },
            None => Location::Folder(self.data_dir.clone()),
        }
    }

    fn listens_everywhere(&self) -> bool {
        self.bind_address.parse().is_ok_and(|address: IpAddr| address.is_unspecified())
    }

    /// Where other processes reach what listens on `port` here. Without a host to announce, what
    /// listens on every address is reached on this machine.
    pub fn announced_url(&self, port: u16) -> String {
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        let port = port.saturating_add(self.port_offset);
        let host = match &self.announced_host {
            Some(host) => host,
            None if self.listens_everywhere() => "localhost",
            None => &self.bind_address,
        };
        match host.parse() {
            Ok(IpAddr::V6(address)) => format!("{scheme}://[{address}]:{port}"),
            _ => format!("{scheme}://{host}:{port}"),
        }
    }

    /// What browsers call this installation.
    pub fn public_url(&self) -> String {
        let default = || format!("http://localhost:{}", 3000 + u32::from(self.port_offset));
        let url = self.public_url.clone().unwrap_or_else(default);
        url.trim_end_matches('/').to_owned()
    }
}

fn environment() -> Env {
    let names = Serialized::defaults(Config::default());
    let known: Vec<String> = serde_json::to_value(&names.value)
        .ok()
        .and_then(|value| Some(value.as_object()?.keys().cloned().collect()))
        .unwrap_or_default();
    Env::raw()
        .filter(move |name| known.iter().any(|known| name.as_str().eq_ignore_ascii_case(known)))
}

fn is_loopback(url: &str) -> bool {
    ["http://localhost", "http://127.0.0.1", "http://[::1]"].iter().any(|host| {
        url.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

/// What is wrong, and in which key of which file or variable.
fn explained(error: &figment::Error) -> String {
    let lines: Vec<String> = error
        .clone()
        .into_iter()
        .map(|error| {
            let key = error.path.join(".");
            let place = error.metadata.as_ref().map_or(String::new(), |from| {
                let source = from.source.as_ref().map(ToString::to_string);
                format!(" in {}", source.unwrap_or_else(|| from.name.to_string()))
            });
            format!("{}: {}{place}", key.to_uppercase(), error.kind)
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests;
