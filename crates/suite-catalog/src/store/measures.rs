//! Sums of tickets and requests.
//!
//! What is measured of a ticket stands on its row. A job sums days up that are over; the others, and
//! those of which something changed since, are summed up when they are asked for. So what is read is
//! always what the rows say.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, Set, Statement, Value,
};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Transaction, padded};
use uuid::Uuid;

use super::entities::{service_desk, ticket, ticket_day, ticket_day_changed, ticket_days};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;
/// Today and yesterday are summed up when they are asked for.
const LIVE_DAYS: i32 = 2;
/// Transactions that are at work when a day ends are over by then.
const MARGIN_MS: i64 = 3_600_000;

/// The day of an instant, by UTC, in days since 1970.
pub fn day_of(at_ms: i64) -> i32 {
    i32::try_from(at_ms.div_euclid(DAY_MS)).unwrap_or(i32::MAX)
}

/// What is measured of a ticket, and what it is measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    group_id: Option<Uuid>,
    tier: i32,
    priority: i32,
    kind: String,
    response: (Option<i64>, Option<bool>),
    resolution: (Option<i64>, Option<bool>),
    is_escalated: bool,
    score: Option<i32>,
    is_merged: bool,
}

impl Measured {
    pub fn of(row: &ticket::Model) -> Self {
        Self {
            group_id: row.group_id,
            tier: row.tier,
            priority: row.priority,
            kind: row.kind.clone(),
            response: (row.response_ms, row.response_kept),
            resolution: (row.resolution_ms, row.resolution_kept),
            is_escalated: row.is_escalated,
            score: row.score,
            is_merged: row.is_merged,
        }
    }
}

/// Notes that the sums of these days are not true any more; of days that are summed up only.
pub async fn mark(
    transaction: &Transaction,
    tenant: TenantId,
    days: impl IntoIterator<Item = i32>,
    now_ms: i64,
) -> Result<(), DbErr> {
    let first_live = day_of(now_ms + MARGIN_MS) - LIVE_DAYS;
    for day in days.into_iter().filter(|day| *day <= first_live) {
        let row = ticket_day_changed::Model { id: Uuid::now_v7(), tenant_id: tenant.0, day };
        let row = ticket_day_changed::ActiveModel::from(row).reset_all();
        let insert = ticket_day_changed::Entity::insert(row);
        insert.exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// By what sums are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Day,
    Group,
    Tier,
    Priority,
    Kind,
}

impl By {
    const fn column(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Group => "group_id",
            Self::Tier => "tier",
            Self::Priority => "priority",
            Self::Kind => "kind",
        }
    }
}

/// What sums are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Number(i32),
    Group(Option<Uuid>),
    Kind(String),
}

/// Which tickets are summed up.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub from_day: i32,
    /// Not in it any more.
    pub until_day: i32,
    pub group: Option<Uuid>,
    pub tier: Option<i32>,
    pub priority: Option<i32>,
    pub kind: Option<&'static str>,
}

/// Sums of tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct Sums {
    pub created: i64,
    pub replied: i64,
    pub response_ms: i64,
    pub response_kept: i64,
    pub response_breached: i64,
    pub resolved: i64,
    pub resolution_ms: i64,
    pub resolution_kept: i64,
    pub resolution_breached: i64,
    pub escalated: i64,
    pub rated: i64,
    pub score: i64,
    pub satisfied: i64,
}

impl Sums {
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.created, other.created),
            (&mut self.replied, other.replied),
            (&mut self.response_ms, other.response_ms),
            (&mut self.response_kept, other.response_kept),
            (&mut self.response_breached, other.response_breached),
            (&mut self.resolved, other.resolved),
            (&mut self.resolution_ms, other.resolution_ms),
            (&mut self.resolution_kept, other.resolution_kept),
            (&mut self.resolution_breached, other.resolution_breached),
            (&mut self.escalated, other.escalated),
            (&mut self.rated, other.rated),
            (&mut self.score, other.score),
            (&mut self.satisfied, other.satisfied),
        ];
        for (sum, more) in pairs {
            *sum = sum.saturating_add(more);
        }
    }
}

const NAMES: [&str; 13] = [
    "created",
    "replied",
    "response_ms",
    "response_kept",
    "response_breached",
    "resolved",
    "resolution_ms",
    "resolution_kept",
    "resolution_breached",
    "escalated",
    "rated",
    "score",
    "satisfied",
];

/// How a ticket counts for each of them.
const COUNTS: [&str; 13] = [
    "1",
    "CASE WHEN response_ms IS NULL THEN 0 ELSE 1 END",
    "COALESCE(response_ms, 0)",
    "CASE WHEN response_kept THEN 1 ELSE 0 END",
    "CASE WHEN NOT response_kept THEN 1 ELSE 0 END",
    "CASE WHEN resolution_ms IS NULL THEN 0 ELSE 1 END",
    "COALESCE(resolution_ms, 0)",
    "CASE WHEN resolution_kept THEN 1 ELSE 0 END",
    "CASE WHEN NOT resolution_kept THEN 1 ELSE 0 END",
    "CASE WHEN is_escalated THEN 1 ELSE 0 END",
    "CASE WHEN score IS NULL THEN 0 ELSE 1 END",
    "COALESCE(score, 0)",
    "CASE WHEN score >= 4 THEN 1 ELSE 0 END",
];

/// What was merged into another counts as that one does.
const COUNTED: &str = " AND NOT is_merged";

/// The columns of sums, from tickets or from sums of days.
fn summing(is_rolled: bool) -> String {
    let counted = if is_rolled { NAMES } else { COUNTS };
    let sums = counted.iter().zip(NAMES);
    let sums = sums.map(|(counts, name)| format!("CAST(SUM({counts}) AS BIGINT) AS {name}"));
    sums.collect::<Vec<_>>().join(", ")
}

/// Sums of tickets by what they have in common.
pub async fn sums(
    database: &Database,
    tenant: TenantId,
    (wanted, by): (&Wanted, By),
) -> Result<BTreeMap<Key, Sums>, DbErr> {
    let connection = database.read();
    let until = ticket_days::Entity::find_by_id(tenant.0).one(connection).await?;
    let until = until.map_or(0, |row| row.until_day);
    use ticket_day_changed::Column as Mark;
    let marked = ticket_day_changed::Entity::find().filter(Mark::TenantId.eq(tenant.0));
    let marked =
        marked.filter(Mark::Day.gte(wanted.from_day)).filter(Mark::Day.lt(wanted.until_day));
    let marked = marked.select_only().column(Mark::Day).distinct().into_tuple();
    let marked: Vec<i32> = marked.all(connection).await?;
    let mut all = BTreeMap::new();
    for source in [Source::Rolled, Source::Live] {
        let statement = source.query(database, tenant, (wanted, by), (until, &marked));
        for row in connection.query_all_raw(statement).await? {
            let key = match by {
                By::Group => {
                    let group: Option<Uuid> = row.try_get("", "sum_key")?;
                    Key::Group(group.filter(|group| !group.is_nil()))
                }
                By::Kind => Key::Kind(row.try_get("", "sum_key")?),
                By::Day | By::Tier | By::Priority => Key::Number(row.try_get("", "sum_key")?),
            };
            let sums: &mut Sums = all.entry(key).or_default();
            sums.add(&Sums::from_query_result(&row, "")?);
        }
    }
    Ok(all)
}

/// Where sums come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Rolled,
    Live,
}

impl Source {
    fn query(
        self,
        database: &Database,
        tenant: TenantId,
        (wanted, by): (&Wanted, By),
        (until, marked): (i32, &[i32]),
    ) -> Statement {
        let mut values: Vec<Value> = vec![tenant.0.into()];
        let mut bind = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let (table, day, counted) = match self {
            Self::Rolled => ("ticket_day", "day", ""),
            Self::Live => ("ticket", "created_day", COUNTED),
        };
        let key = if by == By::Day { day } else { by.column() };
        let from = bind(wanted.from_day.into());
        let to = bind(wanted.until_day.into());
        let mut text = format!(
            "SELECT {key} AS sum_key, {} FROM {table} \
             WHERE tenant_id = $1 AND {day} >= {from} AND {day} < {to}{counted}",
            summing(self == Self::Rolled)
        );
        let until = bind(until.into());
        let marked: Vec<String> = marked.iter().map(ToString::to_string).collect();
        let marked = marked.join(", ");
        text += &match (self, marked.is_empty()) {
            (Self::Rolled, true) => format!(" AND day < {until}"),
            (Self::Rolled, false) => format!(" AND day < {until} AND day NOT IN ({marked})"),
            (Self::Live, true) => format!(" AND created_day >= {until}"),
            (Self::Live, false) => {
                format!(" AND (created_day >= {until} OR created_day IN ({marked}))")
            }
        };
        let filters: [(&str, Option<Value>); 4] = [
            ("group_id", wanted.group.map(Into::into)),
            ("tier", wanted.tier.map(Into::into)),
            ("priority", wanted.priority.map(Into::into)),
            ("kind", wanted.kind.map(Into::into)),
        ];
        for (column, value) in filters {
            if let Some(value) = value {
                text += &format!(" AND {column} = {}", bind(value));
            }
        }
        text += &format!(" GROUP BY {key}");
        Statement::from_sql_and_values(database.read().get_database_backend(), text, values)
    }
}

/// Sums a day of a tenant up anew.
async fn roll(transaction: &Transaction, tenant: TenantId, day: i32) -> Result<(), DbErr> {
    use ticket_day::Column as C;
    let old = ticket_day::Entity::delete_many().filter(C::TenantId.eq(tenant.0));
    old.filter(C::Day.eq(day)).exec(&**transaction).await?;
    let group = "COALESCE(group_id, $3)";
    let text = format!(
        "INSERT INTO ticket_day (tenant_id, day, group_id, tier, priority, kind, {}) \
         SELECT tenant_id, created_day, {group}, tier, priority, kind, {} FROM ticket \
         WHERE tenant_id = $1 AND created_day = $2{COUNTED} \
         GROUP BY tenant_id, created_day, {group}, tier, priority, kind",
        NAMES.join(", "),
        summing(false)
    );
    let values: [Value; 3] = [tenant.0.into(), day.into(), Uuid::nil().into()];
    let backend = transaction.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, text, values);
    transaction.execute_raw(statement).await?;
    Ok(())
}

/// Sums days up of which something changed, so many marks at most; whether there may be more.
pub async fn roll_changed(transaction: &Transaction, marks_max: u64) -> Result<bool, DbErr> {
    use ticket_day_changed::Column as C;
    let marks = ticket_day_changed::Entity::find().order_by_asc(C::TenantId).order_by_asc(C::Day);
    let marks = marks.limit(marks_max).all(&**transaction).await?;
    let mut days: Vec<(Uuid, i32)> = marks.iter().map(|mark| (mark.tenant_id, mark.day)).collect();
    days.dedup();
    for (tenant, day) in days {
        roll(transaction, TenantId(tenant), day).await?;
    }
    let ids: Vec<Uuid> = marks.iter().map(|mark| mark.id).collect();
    let is_full = u64::try_from(ids.len()).is_ok_and(|count| count == marks_max);
    if !ids.is_empty() {
        let read = ticket_day_changed::Entity::delete_many().filter(C::Id.is_in(padded(ids)));
        read.exec(&**transaction).await?;
    }
    Ok(is_full)
}

/// Tenants some of whose days are over and not summed up.
pub async fn behind(database: &Database, now_ms: i64) -> Result<Vec<(TenantId, i32)>, DbErr> {
    let connection = database.read();
    let target = target_day(now_ms);
    let known: Vec<ticket_days::Model> = ticket_days::Entity::find().all(connection).await?;
    let known: BTreeMap<Uuid, i32> =
        known.into_iter().map(|row| (row.tenant_id, row.until_day)).collect();
    let desks = service_desk::Entity::find().select_only().column(service_desk::Column::TenantId);
    let desks: Vec<Uuid> = desks.into_tuple().all(connection).await?;
    let mut behind = Vec::new();
    for tenant in desks {
        let until = match known.get(&tenant) {
            Some(until) => *until,
            None => match first_day(connection, TenantId(tenant)).await? {
                Some(day) => day,
                None => continue,
            },
        };
        if until < target {
            behind.push((TenantId(tenant), until));
        }
    }
    Ok(behind)
}

/// Until when days can be summed up: all before it are over.
pub fn target_day(now_ms: i64) -> i32 {
    day_of(now_ms) - LIVE_DAYS + 1
}

async fn first_day(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<i32>, DbErr> {
    use ticket::Column as C;
    let first = ticket::Entity::find().filter(C::TenantId.eq(tenant.0)).order_by_asc(C::CreatedDay);
    first.select_only().column(C::CreatedDay).limit(1).into_tuple().one(connection).await
}

/// Sums some days of a tenant up that are over; until when all are.
pub async fn roll_on(
    transaction: &Transaction,
    (tenant, from): (TenantId, i32),
    (days_max, now_ms): (i32, i64),
) -> Result<i32, DbErr> {
    let until = target_day(now_ms).min(from.saturating_add(days_max));
    for day in from..until {
        roll(transaction, tenant, day).await?;
    }
    let row = ticket_days::ActiveModel { tenant_id: Set(tenant.0), until_day: Set(until) };
    let latest = OnConflict::column(ticket_days::Column::TenantId)
        .update_column(ticket_days::Column::UntilDay)
        .to_owned();
    let insert = ticket_days::Entity::insert(row).on_conflict(latest);
    insert.exec_without_returning(&**transaction).await?;
    Ok(until)
}

/// Open tickets by the day on which they came.
pub async fn backlog(
    database: &Database,
    tenant: TenantId,
    (group, priority): (Option<Uuid>, Option<i32>),
) -> Result<Vec<(i32, i64)>, DbErr> {
    use ticket::Column as C;
    let mut open = ticket::Entity::find().filter(C::TenantId.eq(tenant.0));
    open = open.filter(C::IsOpen.eq(true));
    if let Some(group) = group {
        open = open.filter(C::GroupId.eq(group));
    }
    if let Some(priority) = priority {
        open = open.filter(C::Priority.eq(priority));
    }
    let counted = open.select_only().column(C::CreatedDay).column_as(Expr::cust("COUNT(*)"), "n");
    counted.group_by(C::CreatedDay).into_tuple().all(database.read()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_utc() {
        assert_eq!(day_of(0), 0);
        assert_eq!(day_of(DAY_MS - 1), 0);
        assert_eq!(day_of(-1), -1);
        assert_eq!(day_of(1_772_236_800_000), 20_512, "2026-02-28");
    }

    /// A day that may be summed up is one whose changes are marked.
    #[test]
    fn what_is_summed_up_is_marked_when_it_changes() {
        for hour in 0..48 {
            let now_ms = 20_512 * DAY_MS + hour * 3_600_000;
            let marked = day_of(now_ms + MARGIN_MS) - LIVE_DAYS;
            // Who decides now whether to mark may end within the margin, and the job run then.
            let rolled = target_day(now_ms + MARGIN_MS) - 1;
            assert!(rolled <= marked, "{hour}: {rolled} > {marked}");
        }
    }
}
