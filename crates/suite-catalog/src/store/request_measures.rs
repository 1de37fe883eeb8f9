//! Sums of requests, from the requests themselves: there are far fewer of them than of tickets.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};
use suite_contracts::TenantId;
use suite_kit::db::Database;
use uuid::Uuid;

use super::measures::DAY_MS;

/// Which requests are summed up.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub from_ms: i64,
    /// Not in it any more.
    pub until_ms: i64,
    pub item: Option<Uuid>,
    pub cost_centre: Option<Uuid>,
}

/// By what sums are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Day,
    Item,
    CostCentre,
}

/// Requests of a day, an item or a cost centre, summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub day: Option<i64>,
    pub item_id: Option<Uuid>,
    /// As it was called in the last of these, by the alphabet.
    pub item_name: Option<String>,
    pub cost_centre_id: Option<Uuid>,
    pub created: i64,
    pub fulfilled: i64,
    pub rejected: i64,
    pub failed: i64,
    pub cancelled: i64,
    /// From the request to its end, of those that were fulfilled.
    pub fulfilled_ms: i64,
    /// Of what is approved, or was.
    pub spent_units: i64,
    pub spent_millionths: i64,
    pub rated: i64,
    pub score: i64,
    pub satisfied: i64,
}

/// Whole units and what is left are summed up apart: together they could be too much.
const SUMS: &str = "COUNT(*) AS created, MAX(q.item_name) AS item_name, \
    CAST(SUM(CASE WHEN q.state = 'fulfilled' THEN 1 ELSE 0 END) AS BIGINT) AS fulfilled, \
    CAST(SUM(CASE WHEN q.state = 'rejected' THEN 1 ELSE 0 END) AS BIGINT) AS rejected, \
    CAST(SUM(CASE WHEN q.state = 'failed' THEN 1 ELSE 0 END) AS BIGINT) AS failed, \
    CAST(SUM(CASE WHEN q.state = 'cancelled' THEN 1 ELSE 0 END) AS BIGINT) AS cancelled, \
    CAST(SUM(CASE WHEN q.state = 'fulfilled' THEN q.ended_at_ms - q.created_at_ms ELSE 0 END) \
    AS BIGINT) AS fulfilled_ms, \
    CAST(SUM(CASE WHEN q.state IN ('fulfilled', 'fulfilling') \
    THEN q.price_millionths / 1000000 ELSE 0 END) AS BIGINT) AS spent_units, \
    CAST(SUM(CASE WHEN q.state IN ('fulfilled', 'fulfilling') \
    THEN q.price_millionths % 1000000 ELSE 0 END) AS BIGINT) AS spent_millionths, \
    CAST(SUM(CASE WHEN r.score IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS rated, \
    CAST(COALESCE(SUM(r.score), 0) AS BIGINT) AS score, \
    CAST(SUM(CASE WHEN r.score >= 4 THEN 1 ELSE 0 END) AS BIGINT) AS satisfied";

pub async fn sums(
    database: &Database,
    tenant: TenantId,
    (wanted, by): (&Wanted, By),
) -> Result<Vec<Row>, DbErr> {
    let mut values: Vec<Value> =
        vec![tenant.0.into(), wanted.from_ms.into(), wanted.until_ms.into()];
    let day = format!("q.created_at_ms / {DAY_MS}");
    let (key, name) = match by {
        By::Day => (day.as_str(), "day"),
        By::Item => ("q.item_id", "item_id"),
        By::CostCentre => ("q.cost_centre_id", "cost_centre_id"),
    };
    let mut text = format!(
        "SELECT {key} AS {name}, {SUMS} FROM request q \
         LEFT JOIN request_rating r ON r.request_id = q.id \
         WHERE q.tenant_id = $1 AND q.created_at_ms >= $2 AND q.created_at_ms < $3"
    );
    let filters = [("q.item_id", wanted.item), ("q.cost_centre_id", wanted.cost_centre)];
    for (column, value) in filters {
        if let Some(value) = value {
            values.push(value.into());
            text += &format!(" AND {column} = ${}", values.len());
        }
    }
    text += &format!(" GROUP BY {key}");
    let backend = database.read().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, text, values);
    let rows = database.read().query_all_raw(statement).await?;
    rows.iter().map(|row| read(row, by)).collect()
}

/// What a sum is not told apart by it does not have.
fn read(row: &QueryResult, by: By) -> Result<Row, DbErr> {
    let (mut day, mut item_id, mut item_name, mut cost_centre_id) = (None, None, None, None);
    match by {
        By::Day => day = row.try_get("", "day")?,
        By::Item => {
            (item_id, item_name) = (row.try_get("", "item_id")?, row.try_get("", "item_name")?);
        }
        By::CostCentre => cost_centre_id = row.try_get("", "cost_centre_id")?,
    }
    let number = |name: &str| row.try_get::<i64>("", name);
    Ok(Row {
        day,
        item_id,
        item_name,
        cost_centre_id,
        created: number("created")?,
        fulfilled: number("fulfilled")?,
        rejected: number("rejected")?,
        failed: number("failed")?,
        cancelled: number("cancelled")?,
        fulfilled_ms: number("fulfilled_ms")?,
        spent_units: number("spent_units")?,
        spent_millionths: number("spent_millionths")?,
        rated: number("rated")?,
        score: number("score")?,
        satisfied: number("satisfied")?,
    })
}
