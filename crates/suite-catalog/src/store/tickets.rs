//! Tickets.

use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use serde::{Deserialize, Deserializer};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Engine, Transaction, padded};
use uuid::Uuid;

use super::entities::ticket::{ActiveModel, Column, Entity, Model};
use super::ticket_events;
use crate::model::clock::Entry;

/// What a ticket is due at that is not due.
pub const NEVER_MS: i64 = i64::MAX;

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn by_number(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    number: i64,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Number.eq(number)).one(connection).await
}

pub async fn by_ids(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: Vec<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.is_in(padded(ids))).all(connection).await
}

pub async fn by_numbers(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    numbers: Vec<i64>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Number.is_in(padded(numbers))).all(connection).await
}

/// A ticket that something happens to: others wait until the transaction ends.
pub async fn locked(
    transaction: &Transaction,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0));
    own.lock(LockType::NoKeyUpdate).one(&**transaction).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Writes what a ticket has become. Its row is locked.
pub async fn write(transaction: &Transaction, row: &Model) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Kind, Expr::val(row.kind.as_str()))
        .col_expr(Column::Title, Expr::val(row.title.as_str()))
        .col_expr(Column::Description, Expr::val(row.description.as_str()))
        .col_expr(Column::State, Expr::val(row.state.as_str()))
        .col_expr(Column::IsOpen, Expr::val(row.is_open))
        .col_expr(Column::GroupId, Expr::val(row.group_id))
        .col_expr(Column::AssigneeId, Expr::val(row.assignee_id))
        .col_expr(Column::Impact, Expr::val(row.impact.as_str()))
        .col_expr(Column::Urgency, Expr::val(row.urgency.as_str()))
        .col_expr(Column::Priority, Expr::val(row.priority))
        .col_expr(Column::Tier, Expr::val(row.tier))
        .col_expr(Column::Tags, Expr::val(row.tags.as_str()))
        .col_expr(Column::Solution, Expr::val(row.solution.clone()))
        .col_expr(Column::UpdatedAtMs, Expr::val(row.updated_at_ms))
        .col_expr(Column::ResolvedAtMs, Expr::val(row.resolved_at_ms))
        .col_expr(Column::ClosedAtMs, Expr::val(row.closed_at_ms))
        .col_expr(Column::IsMerged, Expr::val(row.is_merged))
        .col_expr(Column::Events, Expr::val(row.events))
        .col_expr(Column::Told, Expr::val(row.told.as_str()))
        .col_expr(Column::Version, Expr::val(row.version));
    let counted = counted(update, row);
    let own = counted.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    own.exec(&**transaction).await?;
    Ok(())
}

/// Writes what a ticket's clocks show, where nothing else has changed. Its row is locked.
pub async fn write_counted(transaction: &Transaction, row: &Model) -> Result<(), DbErr> {
    let update = counted(Entity::update_many(), row);
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    own.exec(&**transaction).await?;
    Ok(())
}

fn counted(update: sea_orm::UpdateMany<Entity>, row: &Model) -> sea_orm::UpdateMany<Entity> {
    update
        .col_expr(Column::ResponseDueMs, Expr::val(row.response_due_ms))
        .col_expr(Column::ResolutionDueMs, Expr::val(row.resolution_due_ms))
        .col_expr(Column::DueAtMs, Expr::val(row.due_at_ms))
        .col_expr(Column::WarnAtMs, Expr::val(row.warn_at_ms))
        .col_expr(Column::BreachAtMs, Expr::val(row.breach_at_ms))
        .col_expr(Column::LookAtMs, Expr::val(row.look_at_ms))
        .col_expr(Column::ResponseMs, Expr::val(row.response_ms))
        .col_expr(Column::ResponseKept, Expr::val(row.response_kept))
        .col_expr(Column::ResolutionMs, Expr::val(row.resolution_ms))
        .col_expr(Column::ResolutionKept, Expr::val(row.resolution_kept))
        .col_expr(Column::IsEscalated, Expr::val(row.is_escalated))
        .col_expr(Column::Score, Expr::val(row.score))
}

/// Those of all tenants that are to be looked at by now, those that wait longest first.
pub async fn due(
    connection: &impl ConnectionTrait,
    now_ms: i64,
    limit: u64,
) -> Result<Vec<(TenantId, Uuid)>, DbErr> {
    let due = Entity::find().filter(Column::LookAtMs.lte(now_ms));
    let rows: Vec<(Uuid, Uuid)> = due
        .select_only()
        .column(Column::TenantId)
        .column(Column::Id)
        .order_by_asc(Column::LookAtMs)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|(tenant, id)| (TenantId(tenant), id)).collect())
}

/// Notes when to look at a ticket again, where nothing has changed.
pub async fn look_later(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    at_ms: i64,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::LookAtMs, Expr::val(at_ms));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    own.exec(&**transaction).await?;
    Ok(())
}

/// What a ticket's row shows of its clocks. Its fields are in the order of [`COUNTED`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    pub response_due_ms: Option<i64>,
    pub resolution_due_ms: Option<i64>,
    pub due_at_ms: i64,
    pub warn_at_ms: Option<i64>,
    pub breach_at_ms: Option<i64>,
    pub look_at_ms: Option<i64>,
    pub response_ms: Option<i64>,
    #[serde(deserialize_with = "flag_or_none")]
    pub response_kept: Option<bool>,
    pub resolution_ms: Option<i64>,
    #[serde(deserialize_with = "flag_or_none")]
    pub resolution_kept: Option<bool>,
    #[serde(deserialize_with = "flag")]
    pub is_escalated: bool,
}

impl Shown {
    pub fn of(row: &Model) -> Self {
        Self {
            response_due_ms: row.response_due_ms,
            resolution_due_ms: row.resolution_due_ms,
            due_at_ms: row.due_at_ms,
            warn_at_ms: row.warn_at_ms,
            breach_at_ms: row.breach_at_ms,
            look_at_ms: row.look_at_ms,
            response_ms: row.response_ms,
            response_kept: row.response_kept,
            resolution_ms: row.resolution_ms,
            resolution_kept: row.resolution_kept,
            is_escalated: row.is_escalated,
        }
    }

    pub fn show(self, row: &mut Model) {
        row.response_due_ms = self.response_due_ms;
        row.resolution_due_ms = self.resolution_due_ms;
        row.due_at_ms = self.due_at_ms;
        row.warn_at_ms = self.warn_at_ms;
        row.breach_at_ms = self.breach_at_ms;
        row.look_at_ms = self.look_at_ms;
        row.response_ms = self.response_ms;
        row.response_kept = self.response_kept;
        row.resolution_ms = self.resolution_ms;
        row.resolution_kept = self.resolution_kept;
        row.is_escalated = self.is_escalated;
    }

    /// Whether measures tell of both the same.
    pub fn measures_as(&self, other: &Self) -> bool {
        let measured = |shown: &Self| {
            let kept = (shown.response_kept, shown.resolution_kept, shown.is_escalated);
            (shown.response_ms, shown.resolution_ms, kept)
        };
        measured(self) == measured(other)
    }
}

/// A ticket as its clocks need it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Counted {
    #[serde(skip)]
    pub id: Uuid,
    pub state: String,
    pub levels: i64,
    pub created_at_ms: i64,
    pub created_day: i32,
    pub resolved_at_ms: Option<i64>,
    pub told: String,
    pub events: i32,
    pub shown: Shown,
    /// What clocks count, in the order of recording.
    #[serde(skip)]
    pub entries: Vec<Entry>,
}

/// The fields of [`Counted`] but for the id and the entries, as one text: each value of a row takes
/// SQLite's driver longer than all of this takes the database.
const COUNTED: &str = "(state, levels, created_at_ms, created_day, resolved_at_ms, told, events, \
     {array}(response_due_ms, resolution_due_ms, due_at_ms, warn_at_ms, breach_at_ms, look_at_ms, \
     response_ms, CAST(response_kept AS INTEGER), resolution_ms, \
     CAST(resolution_kept AS INTEGER), CAST(is_escalated AS INTEGER)))";

/// SQLite knows no booleans.
fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(u8::deserialize(from)? != 0)
}

fn flag_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    Ok(Option::<u8>::deserialize(from)?.map(|flag| flag != 0))
}

impl Counted {
    fn read((id, text, history): (Uuid, String, Option<String>)) -> Result<Self, DbErr> {
        let read: Self =
            serde_json::from_str(&text).map_err(|error| DbErr::Json(error.to_string()))?;
        let entries = ticket_events::read_history(&history.unwrap_or_default())?;
        Ok(Self { id, entries, ..read })
    }
}

/// Tickets that a calendar counts.
#[derive(Debug, Clone, Copy)]
pub struct CountedBy {
    pub tenant: TenantId,
    pub calendar: Uuid,
    pub which: Which,
}

#[derive(Debug, Clone, Copy)]
pub enum Which {
    Open,
    /// Those to which something happened from an instant on: others' clocks had stopped by then.
    DoneSince(i64),
}

impl CountedBy {
    fn find(self) -> Select<Entity> {
        let own = Entity::find().filter(Column::TenantId.eq(self.tenant.0));
        let own = own.filter(Column::CalendarId.eq(self.calendar)).select_only();
        match self.which {
            Which::Open => own.filter(Column::IsOpen.eq(true)),
            Which::DoneSince(from_ms) => {
                own.filter(Column::IsOpen.eq(false)).filter(Column::UpdatedAtMs.gte(from_ms))
            }
        }
    }
}

/// The last number of the next so many of them, after a number.
pub async fn last_counted(
    connection: &impl ConnectionTrait,
    own: CountedBy,
    (after, limit): (i64, u64),
) -> Result<Option<i64>, DbErr> {
    let next = own.find().column(Column::Number).filter(Column::Number.gt(after));
    let next = next.order_by_asc(Column::Number).limit(limit).into_query();
    let mut last = Query::select();
    last.expr_as(Expr::col(Column::Number).max(), "last").from_subquery(next, "next");
    let row = connection.query_one(&last).await?;
    row.map_or(Ok(None), |row| row.try_get("", "last"))
}

/// Those with numbers after one, up to another one.
pub async fn counted_by(
    database: &Database,
    own: CountedBy,
    (after, last): (i64, i64),
) -> Result<Vec<Counted>, DbErr> {
    let (array, text) = match database.engine() {
        Engine::Postgres => ("json_build_array", "::text"),
        Engine::Sqlite => ("json_array", ""),
    };
    let columns = COUNTED.replace("{array}", array);
    let some = own.find().filter(Column::Number.gt(after)).filter(Column::Number.lte(last));
    let some = some.column(Column::Id).order_by_asc(Column::Number);
    let some = some.column_as(Expr::cust(format!("{array}{columns}{text}")), "counted");
    let some = some.column_as(Expr::cust(ticket_events::HISTORY), "history");
    let rows = some.into_tuple().all(database.read()).await?;
    rows.into_iter().map(Counted::read).collect()
}

/// Has these tickets wait for the transaction, in one order, so that no two who write many wait
/// for each other.
async fn lock_all(
    transaction: &Transaction,
    tenant: TenantId,
    ids: Vec<Uuid>,
) -> Result<(), DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0)).select_only().column(Column::Id);
    let own = own.filter(Column::Id.is_in(padded(ids))).order_by_asc(Column::Number);
    let _: Vec<Uuid> = own.lock(LockType::NoKeyUpdate).into_tuple().all(&**transaction).await?;
    Ok(())
}

/// Writes what the clocks of many tickets show, where nothing has happened to them since they were
/// read.
pub async fn write_all_counted(
    transaction: &Transaction,
    tenant: TenantId,
    rows: &[Counted],
) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    lock_all(transaction, tenant, rows.iter().map(|row| row.id).collect()).await?;
    let engine = transaction.engine();
    let id = |id: Uuid| match engine {
        Engine::Postgres => format!("CAST('{id}' AS uuid)"),
        Engine::Sqlite => format!("x'{}'", id.simple()),
    };
    let number = |value: Option<i64>| value.map_or_else(|| "NULL".to_owned(), |v| v.to_string());
    let truth = |value: Option<bool>| value.map_or_else(|| "NULL".to_owned(), |v| v.to_string());
    let values: Vec<String> = rows
        .iter()
        .map(|row| {
            let values = [
                id(row.id),
                number(row.shown.response_due_ms),
                number(row.shown.resolution_due_ms),
                row.shown.due_at_ms.to_string(),
                number(row.shown.warn_at_ms),
                number(row.shown.breach_at_ms),
                number(row.shown.look_at_ms),
                number(row.shown.response_ms),
                truth(row.shown.response_kept),
                number(row.shown.resolution_ms),
                truth(row.shown.resolution_kept),
                row.shown.is_escalated.to_string(),
                row.events.to_string(),
            ];
            format!("({})", values.join(","))
        })
        .collect();
    let big = |column: usize| format!("CAST(v.column{column} AS BIGINT)");
    let boolean = |column: usize| match engine {
        Engine::Postgres => format!("CAST(v.column{column} AS BOOLEAN)"),
        Engine::Sqlite => format!("v.column{column}"),
    };
    // Numbers and ids alone: there is nothing in them to escape.
    let text = format!(
        "UPDATE ticket SET response_due_ms = {}, resolution_due_ms = {}, due_at_ms = {}, \
         warn_at_ms = {}, breach_at_ms = {}, look_at_ms = {}, response_ms = {}, \
         response_kept = {}, resolution_ms = {}, resolution_kept = {}, is_escalated = {} \
         FROM (VALUES {}) AS v WHERE ticket.id = v.column1 AND ticket.tenant_id = {} \
         AND ticket.events = v.column13",
        big(2),
        big(3),
        big(4),
        big(5),
        big(6),
        big(7),
        big(8),
        boolean(9),
        big(10),
        boolean(11),
        boolean(12),
        values.join(","),
        id(tenant.0),
    );
    transaction.execute_unprepared(&text).await?;
    Ok(())
}
