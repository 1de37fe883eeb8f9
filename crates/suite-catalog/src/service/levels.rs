//! Service levels: set anew as a whole, and counted by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::is_duplicate;

use super::{Catalog, Named, changed};
use crate::api::levels::LevelsBody;
use crate::error::CatalogError;
use crate::model::levels::ServiceLevels;
use crate::permissions::{SERVICE_LEVELS_READ, SERVICE_LEVELS_WRITE};
use crate::store::entities::service_levels;
use crate::store::{self, document};

/// Levels that are kept read at most.
const KEPT_MAX: usize = 256;

/// Levels as they were read. They never change.
#[derive(Debug, Default)]
pub(super) struct KnownLevels(Mutex<BTreeMap<(TenantId, i64), Arc<ServiceLevels>>>);

impl Catalog {
    /// Those that count for what is opened now, with their number.
    pub(crate) async fn service_levels(
        &self,
        caller: &Caller,
    ) -> Result<(i64, LevelsBody, Named), CatalogError> {
        caller.require(SERVICE_LEVELS_READ)?;
        let connection = self.database().read();
        let (number, levels) = self.current_levels(connection, caller.tenant()).await?;
        let named = self.names_of(caller.tenant(), &levels).await?;
        Ok((number, LevelsBody::from(levels.as_ref()), named))
    }

    pub(crate) async fn set_service_levels(
        &self,
        caller: &Caller,
        expected: i64,
        body: LevelsBody,
    ) -> Result<(i64, LevelsBody, Named), CatalogError> {
        caller.require(SERVICE_LEVELS_WRITE)?;
        let (tenant, levels) = (caller.tenant(), body.levels()?);
        let groups = levels.groups.keys().copied().collect();
        self.require_known(tenant, ("", &BTreeSet::new()), &[("/groups", groups)]).await?;
        let transaction = self.database().begin().await?;
        let (number, old) = self.current_levels(&*transaction, tenant).await?;
        if number != expected {
            return Err(CatalogError::Stale("set of service levels"));
        }
        let after = LevelsBody::from(&levels);
        let row = service_levels::Model {
            tenant_id: tenant.0,
            number: number + 1,
            content: document::write(&after)?,
            created_at_ms: self.now_ms(),
        };
        store::levels::insert(&transaction, row).await.map_err(|error| {
            // Somebody else was quicker.
            if is_duplicate(&error) {
                return CatalogError::Stale("set of service levels");
            }
            error.into()
        })?;
        let detail = changed(&told(&LevelsBody::from(old.as_ref())), &told(&after));
        let action = "service-catalog.service-levels.changed";
        let entry = Entry::new(action, "service-levels", number + 1).with(detail);
        self.finish(transaction, caller, entry).await?;
        let named = self.names_of(tenant, &levels).await?;
        Ok((number + 1, after, named))
    }

    async fn names_of(
        &self,
        tenant: TenantId,
        levels: &ServiceLevels,
    ) -> Result<Named, CatalogError> {
        let groups = levels.groups.keys().copied().collect();
        self.called(tenant, &BTreeSet::new(), &groups).await
    }

    pub(super) async fn current_levels(
        &self,
        connection: &impl ConnectionTrait,
        tenant: TenantId,
    ) -> Result<(i64, Arc<ServiceLevels>), CatalogError> {
        match store::levels::latest(connection, tenant).await? {
            None => Ok((0, Arc::default())),
            Some(row) => Ok((row.number, Arc::new(read(&row)?))),
        }
    }

    pub(super) async fn levels_of(
        &self,
        connection: &impl ConnectionTrait,
        tenant: TenantId,
        number: i64,
    ) -> Result<Arc<ServiceLevels>, CatalogError> {
        if number == 0 {
            return Ok(Arc::default());
        }
        let known = || self.0.levels.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(levels) = known().get(&(tenant, number)) {
            return Ok(levels.clone());
        }
        let row = store::levels::by_number(connection, tenant, number).await?;
        let missing = || CatalogError::Internal("a ticket's service levels are gone".to_owned());
        let levels = Arc::new(read(&row.ok_or_else(missing)?)?);
        let mut known = known();
        if known.len() >= KEPT_MAX {
            known.clear();
        }
        known.insert((tenant, number), levels.clone());
        Ok(levels)
    }
}

fn read(row: &service_levels::Model) -> Result<ServiceLevels, CatalogError> {
    let body: LevelsBody = document::read(&row.content)?;
    body.levels().map_err(|fault| CatalogError::Internal(fault.reason))
}

fn told(body: &LevelsBody) -> Value {
    json!(body)
}
