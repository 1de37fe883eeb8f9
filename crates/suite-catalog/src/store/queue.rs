//! Queues: tickets by what they have in common, in an order, page by page.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use serde::{Deserialize, Serialize};
use suite_contracts::TenantId;
use suite_kit::db::Database;
use suite_kit::page::{Order, beyond};
use uuid::Uuid;

use super::entities::ticket::{Column, Entity, Model};
use super::ticket_words::Search;
use super::tickets;
use crate::api::tickets::{MeasuredFilter, TicketSort};

/// Which tickets, in which order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    pub state: Option<&'static str>,
    pub is_open: Option<bool>,
    pub kind: Option<&'static str>,
    pub priority: Option<i32>,
    pub tier: Option<i32>,
    pub group: Option<Uuid>,
    pub assignee: Option<Uuid>,
    pub requester: Option<Uuid>,
    pub breached_at_ms: Option<i64>,
    pub at_risk_at_ms: Option<i64>,
    pub created_from_ms: Option<i64>,
    pub created_until_ms: Option<i64>,
    pub is_unassigned: bool,
    pub is_ungrouped: bool,
    pub measured: Option<MeasuredFilter>,
    /// Those alone that have all of these words.
    pub words: Option<Vec<String>>,
    pub sort: TicketSort,
}

/// Where a page ends: by what it is sorted, that value of its last ticket, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key(TicketSort, i64, i64);

impl Key {
    /// Itself, if it is one of a list that is sorted so.
    pub fn of(self, sort: TicketSort) -> Result<Self, &'static str> {
        let reason = "a cursor is the `next` of an earlier page of the same list";
        if self.0 == sort { Ok(self) } else { Err(reason) }
    }
}

impl Key {
    /// Where a ticket stands. How relevant it is, only a search tells.
    fn at(sort: TicketSort, row: &Model) -> Self {
        let value = match sort {
            TicketSort::Created => row.number,
            TicketSort::Due => row.due_at_ms,
            TicketSort::Updated => row.updated_at_ms,
            TicketSort::Priority => i64::from(row.priority),
            TicketSort::Relevance => 0,
        };
        Self(sort, value, row.number)
    }
}

/// A page of tickets, each with where it stands in the order, and one more if there is one.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    wanted: &Wanted,
    page: (Option<Key>, u64),
) -> Result<Vec<(Model, Key)>, DbErr> {
    let Some(words) = wanted.words.as_deref() else {
        let mut select = filtered(tenant, wanted);
        if wanted.is_unassigned && wanted.is_open.is_some() && wanted.sort == TicketSort::Created {
            // Nobody is the same for all, which PostgreSQL does not see: its index of assignees would
            // be read whole and sorted.
            select = select.order_by_desc(Column::AssigneeId);
        }
        // A time's tickets are sorted whole: numbers and what they are sorted by, an index knows.
        let is_of_a_time = wanted.created_from_ms.is_some() || wanted.created_until_ms.is_some();
        let chosen_of = is_of_a_time.then_some(tenant);
        return sorted(database.read(), (select, chosen_of), (wanted.sort, page)).await;
    };
    // Relevance is an order of the newest.
    let sort = TicketSort::Relevance;
    let nothing_else = Wanted { words: wanted.words.clone(), sort, ..Wanted::default() };
    let mut search = Search::new(database.engine(), tenant, words, *wanted != nothing_else);
    match search.prepare(database).await? {
        Some(transaction) => {
            let found = found(&transaction, (tenant, wanted), &search, page).await?;
            transaction.commit().await?;
            Ok(found)
        }
        None => found(database.read(), (tenant, wanted), &search, page).await,
    }
}

/// A page in an order. Of a tenant that is named, numbers alone are chosen first, and then what
/// they stand for is read.
async fn sorted(
    connection: &impl ConnectionTrait,
    (select, chosen_of): (Select<Entity>, Option<TenantId>),
    (sort, (after, limit)): (TicketSort, (Option<Key>, u64)),
) -> Result<Vec<(Model, Key)>, DbErr> {
    let (column, order) = order_of(sort);
    let select = match (after, column) {
        (None, _) => select,
        (Some(Key(_, _, number)), Column::Number) => select.filter(Column::Number.lt(number)),
        (Some(Key(_, value, number)), _) => {
            let last = (Column::Number, Expr::val(number));
            select.filter(beyond(order, (column, Expr::val(value)), last))
        }
    };
    let page = ordered(select, sort).limit(limit + 1);
    let page = match chosen_of {
        None => page,
        Some(tenant) => {
            let chosen = page.select_only().column(Column::Number).into_query();
            let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
            ordered(own.filter(Column::Number.in_subquery(chosen)), sort)
        }
    };
    let rows = page.all(connection).await?;
    let placed = |row: Model| {
        let key = Key::at(sort, &row);
        (row, key)
    };
    Ok(rows.into_iter().map(placed).collect())
}

fn order_of(sort: TicketSort) -> (Column, Order) {
    match sort {
        TicketSort::Due => (Column::DueAtMs, Order::Ascending),
        TicketSort::Updated => (Column::UpdatedAtMs, Order::Descending),
        TicketSort::Priority => (Column::Priority, Order::Ascending),
        TicketSort::Created | TicketSort::Relevance => (Column::Number, Order::Descending),
    }
}

fn ordered(select: Select<Entity>, sort: TicketSort) -> Select<Entity> {
    match order_of(sort) {
        (Column::Number, _) => select.order_by_desc(Column::Number),
        (column, Order::Ascending) => select.order_by_asc(column).order_by_asc(Column::Number),
        (column, Order::Descending) => select.order_by_desc(column).order_by_desc(Column::Number),
    }
}

async fn found(
    connection: &impl ConnectionTrait,
    (tenant, wanted): (TenantId, &Wanted),
    search: &Search,
    (after, limit): (Option<Key>, u64),
) -> Result<Vec<(Model, Key)>, DbErr> {
    let select = filtered(tenant, wanted);
    if wanted.sort != TicketSort::Relevance {
        let select = select.filter(search.has_them());
        return sorted(connection, (select, None), (wanted.sort, (after, limit))).await;
    }
    // Few enough to be put into an order here.
    let found = search.newest(connection, select).await?.into_iter();
    let mut found: Vec<Key> =
        found.map(|(number, in_title)| Key(wanted.sort, i64::from(in_title), number)).collect();
    let place = |Key(_, in_title, number): Key| Reverse((in_title, number));
    if let Some(after) = after {
        found.retain(|key| place(*key) > place(after));
    }
    found.sort_by_key(|key| place(*key));
    found.truncate(usize::try_from(limit + 1).unwrap_or(usize::MAX));
    let numbers = found.iter().map(|Key(.., number)| *number).collect();
    let rows = tickets::by_numbers(connection, tenant, numbers).await?;
    let mut rows: BTreeMap<i64, Model> = rows.into_iter().map(|row| (row.number, row)).collect();
    let placed = |key: Key| Some((rows.remove(&key.2)?, key));
    Ok(found.into_iter().filter_map(placed).collect())
}

fn filtered(tenant: TenantId, wanted: &Wanted) -> Select<Entity> {
    let now = wanted.breached_at_ms;
    let breached = now.map(|now_ms| Column::BreachAtMs.lt(now_ms));
    let at_risk = wanted.at_risk_at_ms.map(|now_ms| {
        let whole = Condition::any();
        let whole = whole.add(Column::BreachAtMs.is_null()).add(Column::BreachAtMs.gte(now_ms));
        // What is not breached is due later: an index in the order of due times begins there.
        let due_later = Column::DueAtMs.gte(now_ms);
        Condition::all().add(Column::WarnAtMs.lte(now_ms)).add(whole).add(due_later)
    });
    let all = Condition::all()
        .add(Column::TenantId.eq(tenant.0))
        .add_option(wanted.state.map(|state| Column::State.eq(state)))
        .add_option(wanted.is_open.map(|is_open| Column::IsOpen.eq(is_open)))
        .add_option(wanted.kind.map(|kind| Column::Kind.eq(kind)))
        .add_option(wanted.priority.map(|priority| Column::Priority.eq(priority)))
        .add_option(wanted.tier.map(|tier| Column::Tier.eq(tier)))
        .add_option(wanted.group.map(|group| Column::GroupId.eq(group)))
        .add_option(wanted.assignee.map(|user| Column::AssigneeId.eq(user)))
        .add_option(wanted.requester.map(|user| Column::RequesterId.eq(user)))
        .add_option(wanted.created_from_ms.map(|from_ms| Column::CreatedAtMs.gte(from_ms)))
        .add_option(wanted.created_until_ms.map(|to_ms| Column::CreatedAtMs.lt(to_ms)))
        .add_option(wanted.is_unassigned.then(|| Column::AssigneeId.is_null()))
        .add_option(wanted.is_ungrouped.then(|| Column::GroupId.is_null()))
        .add_option(wanted.measured.map(counting))
        .add_option(breached)
        .add_option(at_risk);
    Entity::find().filter(all)
}

/// What counts for a measure.
fn counting(measured: MeasuredFilter) -> Condition {
    use MeasuredFilter as M;
    let counted = Condition::all().add(Column::IsMerged.eq(false));
    let one = match measured {
        M::Created => return counted,
        M::Replied => Column::ResponseMs.is_not_null(),
        M::ResponseKept => Column::ResponseKept.eq(true),
        M::ResponseBreached => Column::ResponseKept.eq(false),
        M::Resolved => Column::ResolutionMs.is_not_null(),
        M::ResolutionKept => Column::ResolutionKept.eq(true),
        M::ResolutionBreached => Column::ResolutionKept.eq(false),
        M::Escalated => Column::IsEscalated.eq(true),
        M::Rated => Column::Score.is_not_null(),
        M::Satisfied => Column::Score.gte(4),
        M::Dissatisfied => Column::Score.lte(3),
    };
    counted.add(one)
}
