//! Published versions of items. They never change, so that each is read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use suite_contracts::TenantId;
use uuid::Uuid;

use super::{Catalog, Content, Versioned};
use crate::error::CatalogError;
use crate::store::versions;

/// Versions that are kept read at most.
const KEPT_MAX: usize = 256;

/// Versions as they were read.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<BTreeMap<(TenantId, Uuid, i32), Arc<Content>>>);

impl Catalog {
    /// What an item is in this version. A draft is read each time.
    pub(super) async fn version(
        &self,
        own: (TenantId, Uuid),
        number: i32,
    ) -> Result<Option<Arc<Content>>, CatalogError> {
        Ok(self.read_version(own, number).await?.map(|(content, _)| content))
    }

    /// The same, but for a draft.
    pub(super) async fn published_version(
        &self,
        own: (TenantId, Uuid),
        number: i32,
    ) -> Result<Option<Arc<Content>>, CatalogError> {
        let read = self.read_version(own, number).await?;
        Ok(read.filter(|(_, is_published)| *is_published).map(|(content, _)| content))
    }

    /// With whether it was published.
    async fn read_version(
        &self,
        (tenant, item): (TenantId, Uuid),
        number: i32,
    ) -> Result<Option<(Arc<Content>, bool)>, CatalogError> {
        let known = || self.0.versions.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = known().get(&(tenant, item, number)) {
            return Ok(Some((content.clone(), true)));
        }
        let row = versions::by_number(self.database().read(), (tenant, item), number).await?;
        let Some(row) = row else { return Ok(None) };
        let content = Arc::new(Versioned::of(&row)?.content);
        let is_published = row.published_at_ms.is_some();
        if is_published {
            let mut known = known();
            if known.len() >= KEPT_MAX {
                known.clear();
            }
            known.insert((tenant, item, number), content.clone());
        }
        Ok(Some((content, is_published)))
    }
}
