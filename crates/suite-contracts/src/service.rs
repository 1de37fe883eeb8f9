//! The services of the suite, with the ports and paths that are theirs everywhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A service of the suite.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceName {
    Hub,
    ServiceCatalog,
    Ai,
    Compliance,
    Automation,
    Observatory,
}

impl ServiceName {
    pub const ALL: [Self; 6] = [
        Self::Hub,
        Self::ServiceCatalog,
        Self::Ai,
        Self::Compliance,
        Self::Automation,
        Self::Observatory,
    ];

    /// As it stands in paths, on the command line and in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::ServiceCatalog => "service-catalog",
            Self::Ai => "ai",
            Self::Compliance => "compliance",
            Self::Automation => "automation",
            Self::Observatory => "observatory",
        }
    }

    /// As people read it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Hub => "Hub",
            Self::ServiceCatalog => "Service Catalog",
            Self::Ai => "AI Insights",
            Self::Compliance => "Compliance Center",
            Self::Automation => "Automation Orchestrator",
            Self::Observatory => "Observatory",
        }
    }

    /// The port of its API.
    pub const fn port(self) -> u16 {
        match self {
            Self::Hub => 8000,
            Self::ServiceCatalog => 8001,
            Self::Ai => 8003,
            Self::Compliance => 8019,
            Self::Automation => 8023,
            Self::Observatory => 8036,
        }
    }

    /// The port of the console, opened at this product.
    pub const fn console_port(self) -> u16 {
        self.port() - 5000
    }

    /// Its schema on PostgreSQL, and its file's name on SQLite.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::ServiceCatalog => "service_catalog",
            Self::Ai => "ai",
            Self::Compliance => "compliance",
            Self::Automation => "automation",
            Self::Observatory => "observatory",
        }
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No service has that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no service `{0}`: hub, service-catalog, ai, compliance, automation, observatory")]
pub struct UnknownService(pub String);

impl FromStr for ServiceName {
    type Err = UnknownService;

    fn from_str(text: &str) -> Result<Self, UnknownService> {
        let named = Self::ALL.into_iter().find(|service| service.as_str() == text);
        named.ok_or_else(|| UnknownService(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_no_port_is_shared() {
        let mut ports = Vec::new();
        for service in ServiceName::ALL {
            assert_eq!(service.as_str().parse(), Ok(service));
            assert_eq!(serde_name(service), service.as_str());
            ports.extend([service.port(), service.console_port()]);
        }
        let count = ports.len();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), count);
        assert!("Hub".parse::<ServiceName>().is_err());
    }

    fn serde_name(service: ServiceName) -> String {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        let text: StrDeserializer<'_, Error> = service.as_str().into_deserializer();
        ServiceName::deserialize(text).map(|service| service.to_string()).unwrap_or_default()
    }
}
