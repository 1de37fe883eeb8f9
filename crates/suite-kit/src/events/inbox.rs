//! The table of events that consumer groups have to handle, have handled, or have given up.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ActiveValue::Set, FromQueryResult, QueryOrder, QuerySelect, QueryTrait};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, text_null, uuid};
use suite_contracts::{Event, EventId};

use crate::db::{self, Transaction, remove_ended};

/// Bound values in a statement are limited: so many rows go into one.
const ROWS_MAX: usize = 512;

pub(crate) const WAITING: &str = "waiting";
pub(super) const HANDLED: &str = "handled";
pub(super) const DEAD: &str = "dead";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_inbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_name: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// JSON; empty once it is handled.
    pub event: String,
    pub state: String,
    pub attempts: i32,
    pub due_ms: i64,
    pub last_error: Option<String>,
    /// When it was handled or given up.
    pub ended_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An event that a consumer group has given up.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    pub group: String,
    pub event: Event,
    pub attempts: u32,
    pub error: String,
    pub at_ms: i64,
}

/// Puts events into a group's inbox. What is there already stays as it is.
pub(super) async fn take_in(
    transaction: &Transaction,
    group: &str,
    events: &[&Event],
    now_ms: i64,
) -> Result<(), DbErr> {
    for events in events.chunks(ROWS_MAX) {
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let text = serde_json::to_string(event).map_err(|e| DbErr::Json(e.to_string()))?;
            rows.push(row(group, event, (text, WAITING, None), now_ms));
        }
        let insert = Entity::insert_many(db::padded(rows)).on_conflict(known());
        insert.exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// Notes that events are handled. Gives those that were not known.
pub(super) async fn take_in_handled(
    transaction: &Transaction,
    group: &str,
    events: &[&Event],
    now_ms: i64,
) -> Result<Vec<EventId>, DbErr> {
    let mut fresh = Vec::with_capacity(events.len());
    for events in events.chunks(ROWS_MAX) {
        let handled = |event: &&Event| {
            let handled = (String::new(), HANDLED, Some(now_ms));
            row(group, event, handled, now_ms)
        };
        let rows = db::padded(events.iter().map(handled).collect());
        let insert = Entity::insert_many(rows).on_conflict(known());
        let mut query = insert.into_query();
        query.returning_col(Column::EventId);
        for row in transaction.query_all(&query).await? {
            fresh.push(EventId(row.try_get_by_index(0)?));
        }
    }
    Ok(fresh)
}

fn row(
    group: &str,
    event: &Event,
    (text, state, ended_ms): (String, &str, Option<i64>),
    now_ms: i64,
) -> ActiveModel {
    ActiveModel {
        group_name: Set(group.to_owned()),
        event_id: Set(event.id.0),
        event: Set(text),
        state: Set(state.to_owned()),
        attempts: Set(0),
        due_ms: Set(now_ms),
        last_error: Set(None),
        ended_ms: Set(ended_ms),
    }
}

fn known() -> OnConflict {
    OnConflict::columns([Column::EventId, Column::GroupName]).do_nothing().to_owned()
}

/// Whether events of a group wait, be it for their next attempt.
pub(super) async fn is_any_waiting(
    connection: &impl ConnectionTrait,
    group: &str,
) -> Result<bool, DbErr> {
    let any = Entity::find().filter(Column::GroupName.eq(group)).filter(is_waiting()).limit(1);
    Ok(any.one(connection).await?.is_some())
}

pub(super) async fn is_known(
    connection: &impl ConnectionTrait,
    group: &str,
) -> Result<bool, DbErr> {
    let any = Entity::find().filter(Column::GroupName.eq(group)).limit(1);
    Ok(any.one(connection).await?.is_some())
}

/// Says the state itself, and not by a parameter: an index has these alone.
fn is_waiting() -> SimpleExpr {
    Expr::col(Column::State).eq(Expr::cust("'waiting'"))
}

fn due(group: &str, now_ms: i64) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::GroupName.eq(group))
        .filter(is_waiting())
        .filter(Column::DueMs.lte(now_ms))
        .order_by_asc(Column::EventId)
}

/// How long until there is something to handle; `None` if nothing waits.
pub(super) async fn wait_ms(
    connection: &impl ConnectionTrait,
    group: &str,
    now_ms: i64,
) -> Result<Option<u64>, DbErr> {
    if due(group, now_ms).limit(1).one(connection).await?.is_some() {
        return Ok(Some(0));
    }
    // Only what failed and waits for its next attempt is left to look through.
    let next = Entity::find()
        .filter(Column::GroupName.eq(group))
        .filter(is_waiting())
        .select_only()
        .column_as(Column::DueMs.min(), "due_ms")
        .into_tuple::<Option<i64>>()
        .one(connection)
        .await?;
    let next = next.flatten().filter(|due_ms| *due_ms > now_ms);
    Ok(next.map(|due_ms| due_ms.saturating_sub(now_ms).cast_unsigned()))
}

/// What of a group is in one state, and since when the oldest of it is due.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Depth {
    pub(crate) group_name: String,
    pub(crate) state: String,
    pub(crate) count: i64,
    pub(crate) oldest_ms: Option<i64>,
}

fn is_dead() -> SimpleExpr {
    Column::State.eq(DEAD).and(Column::EndedMs.is_not_null())
}

/// What is not handled, by group and state. Two questions: each has an index of its own.
pub(super) async fn depths(connection: &impl ConnectionTrait) -> Result<Vec<Depth>, DbErr> {
    let mut depths = Vec::new();
    for condition in [is_waiting(), is_dead()] {
        let of_groups = Entity::find()
            .filter(condition)
            .select_only()
            .column(Column::GroupName)
            .column(Column::State)
            .column_as(Column::EventId.count(), "count")
            .column_as(Column::DueMs.min(), "oldest_ms")
            .group_by(Column::GroupName)
            .group_by(Column::State)
            .into_model::<Depth>();
        depths.extend(of_groups.all(connection).await?);
    }
    Ok(depths)
}

/// The first events that are due, which no other process gets until the transaction ends.
pub(super) async fn claim(
    transaction: &Transaction,
    group: &str,
    now_ms: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    due(group, now_ms)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&**transaction)
        .await
}

/// Marks events of one group.
pub(super) async fn mark_handled(
    transaction: &Transaction,
    rows: &[Model],
    now_ms: i64,
) -> Result<(), DbErr> {
    let Some(first) = rows.first() else { return Ok(()) };
    let ids = db::padded(rows.iter().map(|row| row.event_id).collect());
    Entity::update_many()
        .col_expr(Column::Event, Expr::value(""))
        .col_expr(Column::State, Expr::value(HANDLED))
        .col_expr(Column::EndedMs, Expr::value(now_ms))
        .filter(Column::GroupName.eq(&first.group_name))
        .filter(Column::EventId.is_in(ids))
        .exec(&**transaction)
        .await
        .map(|_| ())
}

/// Has it tried again at `due_ms`, or never.
pub(super) async fn mark_failed(
    transaction: &Transaction,
    row: &Model,
    error: String,
    due_ms: Option<i64>,
    now_ms: i64,
) -> Result<(), DbErr> {
    let state = if due_ms.is_some() { WAITING } else { DEAD };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::DueMs, Expr::value(due_ms.unwrap_or(now_ms)))
        .col_expr(Column::LastError, Expr::value(error))
        .col_expr(Column::EndedMs, Expr::value(due_ms.is_none().then_some(now_ms)))
        .filter(Column::GroupName.eq(&row.group_name))
        .filter(Column::EventId.eq(row.event_id))
        // Another process may have handled it since this one let it go.
        .filter(Column::State.eq(WAITING))
        .exec(&**transaction)
        .await
        .map(|_| ())
}

pub(super) async fn dead(
    connection: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<DeadLetter>, DbErr> {
    let rows = Entity::find()
        .filter(is_dead())
        .order_by_desc(Column::EventId)
        .limit(limit)
        .all(connection)
        .await?;
    let letter = |row: Model| {
        let event = serde_json::from_str(&row.event).map_err(|e| DbErr::Json(e.to_string()))?;
        Ok(DeadLetter {
            group: row.group_name,
            event,
            attempts: row.attempts.cast_unsigned(),
            error: row.last_error.unwrap_or_default(),
            at_ms: row.ended_ms.unwrap_or_default(),
        })
    };
    rows.into_iter().map(letter).collect()
}

pub(super) async fn revive(
    transaction: &Transaction,
    group: &str,
    event: EventId,
    now_ms: i64,
) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::DueMs, Expr::value(now_ms))
        .col_expr(Column::EndedMs, Expr::value(None::<i64>))
        .filter(Column::GroupName.eq(group))
        .filter(Column::EventId.eq(event.0))
        .filter(Column::State.eq(DEAD))
        .exec(&**transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

pub(super) async fn purge(
    transaction: &Transaction,
    handled_before_ms: i64,
    dead_before_ms: i64,
) -> Result<(), DbErr> {
    let before_ms = [(HANDLED, handled_before_ms), (DEAD, dead_before_ms)];
    remove_ended::<Entity>(transaction, (Column::State, Column::EndedMs), before_ms).await
}

pub(crate) struct CreateInbox;

impl MigrationName for CreateInbox {
    fn name(&self) -> &'static str {
        "kit_event_inbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateInbox {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Entity)
            .col(text(Column::GroupName))
            .col(uuid(Column::EventId))
            .col(text(Column::Event))
            .col(text(Column::State))
            .col(integer(Column::Attempts))
            .col(big_integer(Column::DueMs))
            .col(text_null(Column::LastError))
            .col(big_integer_null(Column::EndedMs))
            // The event first. With the group first, PostgreSQL looks for some events of a group by
            // reading all of the group, for as long as it does not know how many those are.
            .primary_key(Index::create().col(Column::EventId).col(Column::GroupName));
        manager.create_table(table).await?;
        let mut waiting = Index::create();
        waiting.name("event_inbox_waiting").table(Entity);
        waiting.col(Column::GroupName).col(Column::EventId).and_where(is_waiting());
        manager.create_index(waiting).await?;
        let mut ended = Index::create();
        ended.name("event_inbox_ended").table(Entity);
        ended
            .col(Column::State)
            .col(Column::EndedMs)
            .and_where(Expr::col(Column::EndedMs).is_not_null());
        manager.create_index(ended).await
    }
}
