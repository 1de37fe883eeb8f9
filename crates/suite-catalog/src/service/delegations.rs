//! Delegations: whoever is away names who decides for them, and for how long.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::notification::TITLE_CHARS_MAX;
use suite_contracts::{Audience, NotificationRequest, TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::fulfilment::shown;
use super::{Catalog, Names};
use crate::error::CatalogError;
use crate::permissions::APPROVALS_WRITE;
use crate::store::delegations;
use crate::store::entities::delegation::Model;

/// That one person has given and that are not over.
const GIVEN_MAX: u64 = 20;
const LISTED_MAX: u64 = 200;
const PERIOD_MS_MAX: i64 = 366 * 24 * 3_600_000;

/// A delegation as it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewDelegation {
    pub to: UserId,
    pub from_ms: i64,
    pub to_ms: i64,
}

/// A delegation, with the names of its people.
#[derive(Debug, Clone)]
pub(crate) struct Delegated {
    pub row: Model,
    pub names: Names,
}

impl Catalog {
    pub(crate) async fn delegations(
        &self,
        caller: &Caller,
    ) -> Result<Vec<Delegated>, CatalogError> {
        caller.require(APPROVALS_WRITE)?;
        let (tenant, user) = (caller.tenant(), Self::person(caller)?);
        let connection = self.database().read();
        let own = (tenant, user);
        let rows = delegations::of(connection, own, self.now_ms(), LISTED_MAX).await?;
        let people = rows.iter().flat_map(|row| [UserId(row.from_id), UserId(row.to_id)]);
        let names = self.names(tenant, &people.collect()).await?;
        Ok(rows.into_iter().map(|row| Delegated { row, names: names.clone() }).collect())
    }

    pub(crate) async fn delegate(
        &self,
        caller: &Caller,
        asked: NewDelegation,
    ) -> Result<Delegated, CatalogError> {
        caller.require(APPROVALS_WRITE)?;
        let (tenant, user, now_ms) = (caller.tenant(), Self::person(caller)?, self.now_ms());
        let NewDelegation { to, from_ms, to_ms } = asked;
        if to == user {
            let reason = "name somebody else: you decide for yourself already";
            return Err(CatalogError::invalid("to_id", reason));
        }
        let length_ms = to_ms.saturating_sub(from_ms);
        if to_ms <= now_ms || !(1..=PERIOD_MS_MAX).contains(&length_ms) {
            let reason = "a period ends after it begins and after now, and has at most a year";
            return Err(CatalogError::invalid("until", reason));
        }
        self.require_known(tenant, ("/to_id", &BTreeSet::from([to])), &[]).await?;
        let transaction = self.database().begin().await?;
        if delegations::count(&*transaction, (tenant, user), now_ms).await? >= GIVEN_MAX {
            let reason = format!("you have given {GIVEN_MAX} already: take one back first");
            return Err(CatalogError::conflict("too_many_delegations", reason));
        }
        let row = Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            from_id: user.0,
            to_id: to.0,
            from_ms,
            to_ms,
            created_at_ms: now_ms,
        };
        delegations::insert(&transaction, row.clone()).await?;
        let names = self.names(tenant, &BTreeSet::from([user, to])).await?;
        self.tell_delegate(&transaction, &row, &names).await?;
        let entry = Entry::new("service-catalog.delegation.created", "delegation", row.id);
        self.finish(transaction, caller, entry.with(about(&row))).await?;
        Ok(Delegated { row, names })
    }

    /// Tells somebody that they decide for another, on what waits already, too.
    async fn tell_delegate(
        &self,
        transaction: &Transaction,
        row: &Model,
        names: &Names,
    ) -> Result<(), CatalogError> {
        let name = names.get(&UserId(row.from_id)).map_or("Somebody", String::as_str);
        let day = |at_ms: i64| rfc3339(at_ms)[..10].to_owned();
        let request = NotificationRequest {
            to: Audience::Users(vec![UserId(row.to_id)]),
            kind: "service-catalog.delegation.created".to_owned(),
            title: shown(&format!("You decide for {name}"), TITLE_CHARS_MAX),
            body: format!("From {} to {}.", day(row.from_ms), day(row.to_ms)),
            link: Some("/service-catalog/approvals".to_owned()),
        };
        self.ask_to_tell(transaction, (TenantId(row.tenant_id), row.id), &request).await
    }

    /// Takes a delegation back: whoever gave it may.
    pub(crate) async fn take_back(&self, caller: &Caller, id: Uuid) -> Result<(), CatalogError> {
        caller.require(APPROVALS_WRITE)?;
        let (tenant, user) = (caller.tenant(), Self::person(caller)?);
        let transaction = self.database().begin().await?;
        let row = delegations::by_id(&*transaction, tenant, id).await?;
        let row = row.filter(|row| row.from_id == user.0);
        let row = row.ok_or(CatalogError::NotFound("delegation"))?;
        delegations::remove(&transaction, (tenant, id)).await?;
        let entry = Entry::new("service-catalog.delegation.removed", "delegation", id);
        self.finish(transaction, caller, entry.with(about(&row))).await
    }
}

fn about(row: &Model) -> serde_json::Value {
    json!({
        "from_id": row.from_id,
        "to_id": row.to_id,
        "from_ms": row.from_ms,
        "to_ms": row.to_ms,
    })
}
