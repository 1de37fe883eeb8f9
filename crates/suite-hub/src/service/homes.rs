//! What happens to a person is recorded and told in every tenant that they are an active member of,
//! since each has administrators of its own; of somebody without a tenant, in the platform's.

use suite_contracts::{EventName, TenantId, UserId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::auth::RequestContext;
use suite_kit::db::Transaction;
use suite_kit::events;
use uuid::Uuid;

use super::Hub;
use crate::error::HubError;
use crate::store::{self, entities::person};

impl Hub {
    /// Records what was done to a person; with none, what was done to nobody in particular. The
    /// actor's tenant is filled in.
    pub(super) async fn record(
        &self,
        transaction: &Transaction,
        person: Option<UserId>,
        actor: &Actor,
        entry: Entry,
    ) -> Result<(), HubError> {
        for tenant in homes(transaction, person).await? {
            let actor = Actor { tenant, ..actor.clone() };
            audit::insert(transaction, self.clock(), &actor, entry.clone()).await?;
        }
        Ok(())
    }

    /// Tells what happened to a person.
    pub(super) async fn tell(
        &self,
        transaction: &Transaction,
        person: UserId,
        name: EventName,
        data: serde_json::Value,
    ) -> Result<(), HubError> {
        for tenant in homes(transaction, Some(person)).await? {
            let (name, data) = (name.clone(), data.clone());
            events::publish(transaction, self.clock(), tenant, name, person, data).await?;
        }
        Ok(())
    }
}

/// Somebody who is not signed in, for [`Hub::record`].
pub(super) fn anonymous(request: &RequestContext) -> Actor {
    Actor::anonymous(TenantId(Uuid::nil()), request)
}

/// A person who has just proved who they are, for [`Hub::record`].
pub(super) fn themself(person: &person::Model, request: &RequestContext) -> Actor {
    let (id, name) = (person.id.to_string(), person.name.clone());
    Actor { kind: "user", id, name, ..anonymous(request) }
}

/// How transactions end whose records were made by the functions above.
pub(super) const RECORDED: &str = "its audit records were inserted";

async fn homes(
    transaction: &Transaction,
    person: Option<UserId>,
) -> Result<Vec<TenantId>, HubError> {
    if let Some(person) = person {
        let homes = store::homes::of_person(&**transaction, person).await?;
        if !homes.is_empty() {
            return Ok(homes);
        }
    }
    let platform = store::homes::platform(&**transaction).await?;
    Ok(platform.into_iter().map(|tenant| TenantId(tenant.id)).collect())
}
