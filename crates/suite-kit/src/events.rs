//! Events from service to service: written to the outbox in the transaction that made them true,
//! delivered at least once after it.

mod outbox;

use sea_orm::{ActiveModelTrait, DbErr, Set};
use suite_contracts::{Event, EventId, EventName, TenantId};

use crate::clock::Clock;
use crate::db::Transaction;

pub(crate) use outbox::CreateOutbox;

/// Puts an event into the outbox. It is delivered only if the transaction commits.
pub async fn publish(
    transaction: &Transaction,
    clock: &Clock,
    tenant: TenantId,
    name: EventName,
    subject: impl ToString,
    data: serde_json::Value,
) -> Result<EventId, DbErr> {
    let (id, subject, at_ms) = (EventId::new(), subject.to_string(), clock.now_ms());
    let event = Event { id, name, tenant_id: tenant, at_ms, subject, data };
    let row = outbox::ActiveModel {
        id: Set(id.0),
        tenant_id: Set(tenant.0),
        name: Set(event.name.to_string()),
        at_ms: Set(event.at_ms),
        subject: Set(event.subject),
        data: Set(event.data.to_string()),
        delivered_at_ms: Set(None),
    };
    row.insert(&**transaction).await?;
    Ok(id)
}
