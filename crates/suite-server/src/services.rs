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

/// The services that the console has pages of.
const WITH_PAGES: [ServiceName; 2] = [ServiceName::Hub, ServiceName::ServiceCatalog];

/// What a process is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub services: Vec<ServiceName>,
    /// The console of these: of services that run here, and of Hub where it was asked for.
    pub consoles: Vec<ServiceName>,
}

/// The console without Hub, on Hub's port for it.
const CONSOLE: &str = "console";

/// What a list such as `hub,observatory` names, or all.
pub fn chosen(list: &str) -> Result<Chosen> {
    if list == "all" {
        let services: Vec<_> = all().iter().map(|service| service.definition().name).collect();
        let shown = |name: &ServiceName| WITH_PAGES.contains(name);
        let consoles = services.iter().copied().filter(shown).collect();
        return Ok(Chosen { services, consoles });
    }
    let mut chosen = Chosen { services: Vec::new(), consoles: Vec::new() };
    for name in list.split(',').map(str::trim) {
        let is_service = name != CONSOLE;
        let name: ServiceName = if is_service { name.parse()? } else { ServiceName::Hub };
        one(name)?;
        if is_service && !chosen.services.contains(&name) {
            chosen.services.push(name);
        }
        if WITH_PAGES.contains(&name) && !chosen.consoles.contains(&name) {
            chosen.consoles.push(name);
        }
    }
    let is_nothing = chosen.services.is_empty() && chosen.consoles.is_empty();
    ensure!(!is_nothing, "no service is named");
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(list: &str) -> (Vec<ServiceName>, Vec<ServiceName>) {
        let chosen = chosen(list).unwrap();
        (chosen.services, chosen.consoles)
    }

    #[test]
    fn a_list_names_services_once() {
        let (hub, catalog) = (vec![ServiceName::Hub], vec![ServiceName::ServiceCatalog]);
        for list in ["hub", "hub, hub", "hub,console"] {
            assert_eq!(named(list), (hub.clone(), hub.clone()), "{list}");
        }
        let both = [hub.clone(), catalog.clone()].concat();
        assert_eq!(named("all"), (both.clone(), both));
        assert_eq!(named("service-catalog"), (catalog.clone(), catalog));
        assert_eq!(named("console"), (Vec::new(), hub));
        assert!(chosen("hub,shop").unwrap_err().to_string().contains("no service `shop`"));
        assert!(chosen("ai").unwrap_err().to_string().contains("not part of this release"));
    }
}
