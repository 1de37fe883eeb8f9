//! Services, events, webhooks and flags.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, boolean, integer, text, text_null, uuid,
};

use super::m0002_tenancy::{of_tenant, references};
use crate::store::entities::{
    event_record, feature_flag, service_instance, webhook, webhook_delivery,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [instances(), flags(), events(), webhooks(), deliveries()] {
            manager.create_table(table).await?;
        }
        let named = |name: &'static str| {
            let mut index = Index::create();
            index.name(name);
            index
        };
        let mut latest = named("event_record_latest");
        latest.table(event_record::Entity);
        latest.col(event_record::Column::TenantId).col(event_record::Column::Id);
        manager.create_index(latest).await?;
        let mut old = named("event_record_by_time");
        old.table(event_record::Entity).col(event_record::Column::AtMs);
        manager.create_index(old).await?;
        let mut log = named("webhook_delivery_log");
        log.table(webhook_delivery::Entity);
        log.col(webhook_delivery::Column::WebhookId).col(webhook_delivery::Column::Id);
        manager.create_index(log).await?;
        let mut due = named("webhook_delivery_due");
        due.table(webhook_delivery::Entity);
        due.col(webhook_delivery::Column::State).col(webhook_delivery::Column::DueAtMs);
        manager.create_index(due).await
    }
}

fn instances() -> TableCreateStatement {
    use service_instance::Column as C;
    let mut table = Table::create();
    table
        .table(service_instance::Entity)
        .col(uuid(C::Id).primary_key())
        .col(text(C::Service))
        .col(text(C::Version))
        .col(text(C::Url))
        .col(text(C::Health))
        .col(big_integer(C::StartedAtMs))
        .col(big_integer(C::LastHeartbeatAtMs));
    table
}

fn flags() -> TableCreateStatement {
    use feature_flag::Column as C;
    let mut table = Table::create();
    table
        .table(feature_flag::Entity)
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(boolean(C::Enabled))
        .col(big_integer(C::ChangedAtMs))
        .primary_key(Index::create().col(C::TenantId).col(C::Name))
        .foreign_key(&mut of_tenant("feature_flag_tenant", feature_flag::Entity, C::TenantId));
    table
}

/// Without a reference to the tenant: an event may arrive after it is gone.
fn events() -> TableCreateStatement {
    use event_record::Column as C;
    let mut table = Table::create();
    table
        .table(event_record::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Name))
        .col(big_integer(C::AtMs))
        .col(text(C::Subject))
        .col(text(C::Data));
    table
}

fn webhooks() -> TableCreateStatement {
    use webhook::Column as C;
    let mut table = Table::create();
    table
        .table(webhook::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(text(C::Url))
        .col(text(C::Patterns))
        .col(binary(C::Secret))
        .col(boolean(C::Enabled))
        .col(integer(C::Failures))
        .col(text_null(C::DisabledReason))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version))
        .foreign_key(&mut of_tenant("webhook_tenant", webhook::Entity, C::TenantId));
    table
}

fn deliveries() -> TableCreateStatement {
    use webhook_delivery::Column as C;
    let from = ("webhook_delivery_webhook", webhook_delivery::Entity, C::WebhookId);
    let mut table = Table::create();
    table
        .table(webhook_delivery::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::WebhookId))
        .col(uuid(C::EventId))
        .col(text(C::EventName))
        .col(text(C::Body))
        .col(text(C::State))
        .col(integer(C::Attempts))
        .col(text_null(C::Answer))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::DueAtMs))
        .col(big_integer_null(C::DeliveredAtMs))
        .foreign_key(&mut references(from, webhook::Entity, webhook::Column::Id));
    table
}
