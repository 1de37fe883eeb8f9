//! The table of events that wait to be delivered.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{QueryOrder, QuerySelect, Value};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, uuid};
use suite_contracts::{Event, EventName, TenantId};

use super::DATA_BYTES_MAX;
use crate::db::{self, Row, Transaction};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub name: String,
    pub at_ms: i64,
    pub subject: String,
    pub data: String,
    pub delivered_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub(super) async fn insert(transaction: &Transaction, event: &Event) -> Result<(), DbErr> {
    // The API promises an object, also where there is nothing to say.
    let data = match &event.data {
        serde_json::Value::Null => "{}".to_owned(),
        data => data.to_string(),
    };
    if data.len() > DATA_BYTES_MAX {
        let bytes = data.len();
        return Err(DbErr::Custom(format!("the event {} has {bytes} bytes of data", event.name)));
    }
    let values: [Value; 6] = [
        event.id.0.into(),
        event.tenant_id.0.into(),
        event.name.to_string().into(),
        event.at_ms.into(),
        event.subject.clone().into(),
        data.into(),
    ];
    let columns = "id, tenant_id, name, at_ms, subject, data";
    let row = Row { table: "event_outbox".into(), columns: columns.into(), values: values.into() };
    transaction.append(row).await
}

/// The oldest events that wait. In a transaction of PostgreSQL other relays pass them by until it
/// ends.
pub(super) async fn waiting(
    connection: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Event>, DbErr> {
    let rows = Entity::find()
        .filter(Column::DeliveredAtMs.is_null())
        .order_by_asc(Column::Id)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(event).collect())
}

fn event(row: Model) -> Event {
    let data = serde_json::from_str(&row.data).unwrap_or_else(|error| {
        tracing::error!(event = %row.id, %error, "an event's data cannot be read");
        serde_json::Value::Null
    });
    Event {
        id: row.id.into(),
        name: EventName(row.name.into()),
        tenant_id: row.tenant_id.into(),
        at_ms: row.at_ms,
        subject: row.subject,
        data,
    }
}

/// How many wait, and since when the oldest does.
pub(super) async fn depth(connection: &impl ConnectionTrait) -> Result<(i64, Option<i64>), DbErr> {
    let waiting = Entity::find()
        .filter(Column::DeliveredAtMs.is_null())
        .select_only()
        .column_as(Column::Id.count(), "count")
        .column_as(Column::AtMs.min(), "oldest_ms")
        .into_tuple()
        .one(connection)
        .await?;
    Ok(waiting.unwrap_or_default())
}

pub(super) async fn mark_delivered(
    transaction: &Transaction,
    events: &[Event],
    now_ms: i64,
) -> Result<(), DbErr> {
    let ids = db::padded(events.iter().map(|event| event.id.0).collect());
    Entity::update_many()
        .col_expr(Column::DeliveredAtMs, Expr::value(now_ms))
        .filter(Column::Id.is_in(ids))
        .exec(&**transaction)
        .await?;
    Ok(())
}

/// Has everything delivered again that was delivered since.
pub(super) async fn deliver_again(transaction: &Transaction, since_ms: i64) -> Result<u64, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::DeliveredAtMs, Expr::value(None::<i64>))
        .filter(Column::DeliveredAtMs.gte(since_ms))
        .exec(&**transaction)
        .await?;
    Ok(updated.rows_affected)
}

pub(super) async fn forget(transaction: &Transaction, tenant: TenantId) -> Result<(), DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.exec(&**transaction).await?;
    Ok(())
}

pub(super) async fn purge(transaction: &Transaction, before_ms: i64) -> Result<(), DbErr> {
    let old = Entity::delete_many().filter(Column::DeliveredAtMs.lt(before_ms));
    old.exec(&**transaction).await.map(|_| ())
}

#[derive(DeriveMigrationName)]
pub(crate) struct CreateOutbox;

#[async_trait::async_trait]
impl MigrationTrait for CreateOutbox {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Entity)
            .col(uuid(Column::Id).primary_key())
            .col(uuid(Column::TenantId))
            .col(text(Column::Name))
            .col(big_integer(Column::AtMs))
            .col(text(Column::Subject))
            .col(text(Column::Data))
            .col(big_integer_null(Column::DeliveredAtMs));
        manager.create_table(table).await?;
        let mut waiting = Index::create();
        waiting.name("event_outbox_waiting").table(Entity);
        waiting.col(Column::Id).and_where(Expr::col(Column::DeliveredAtMs).is_null());
        manager.create_index(waiting).await?;
        let mut delivered = Index::create();
        delivered.name("event_outbox_delivered").table(Entity);
        delivered
            .col(Column::DeliveredAtMs)
            .and_where(Expr::col(Column::DeliveredAtMs).is_not_null());
        manager.create_index(delivered).await
    }
}
