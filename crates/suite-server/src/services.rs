//! The services that this program has.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use suite_catalog::CatalogService;
use suite_contracts::{Permission, ServiceName};
use suite_hub::HubService;
use suite_kit::service::Service;

/// One of each. Hub comes first: it knows callers.
pub fn all() -> Vec<Arc<dyn Service>> {
    vec![Arc::new(HubService::default()), Arc::new(CatalogService)]
}

/// What all of them ask for, whichever run in this process.
pub fn permissions() -> Vec<Permission> {
    all().iter().flat_map(|service| service.definition().permissions).copied().collect()
}

pub fn one(name: ServiceName) -> Result<Arc<dyn Service>> {
    let found = all().into_iter().find(|service| service.definition().name == name);
    found.with_context(|| format!("{} is not part of this release yet", name.title()))
}

/// Those that a list such as `hub,observatory` names, or all.
pub fn chosen(list: &str) -> Result<Vec<ServiceName>> {
    if list == "all" {
        return Ok(all().iter().map(|service| service.definition().name).collect());
    }
    let mut chosen = Vec::new();
    for name in list.split(',').map(str::trim) {
        let name: ServiceName = name.parse()?;
        one(name)?;
        if !chosen.contains(&name) {
            chosen.push(name);
        }
    }
    ensure!(!chosen.is_empty(), "no service is named");
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_services_once() {
        let all = [ServiceName::Hub, ServiceName::ServiceCatalog];
        assert_eq!(chosen("all").unwrap(), all);
        assert_eq!(chosen("service-catalog").unwrap(), [ServiceName::ServiceCatalog]);
        assert_eq!(chosen("hub, hub").unwrap(), [ServiceName::Hub]);
        assert!(chosen("hub,shop").unwrap_err().to_string().contains("no service `shop`"));
        assert!(chosen("ai").unwrap_err().to_string().contains("not part of this release"));
    }
}
