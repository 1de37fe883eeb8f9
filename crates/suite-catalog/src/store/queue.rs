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
use suite_kit::db::{Database, padded};
use suite_kit::page::{Order, beyond};
use uuid::Uuid;

use super::entities::ticket::{Column, Entity, Model};
use super::ticket_words::{FOUND_MAX, Search};
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
        return sorted(database.read(), select, (wanted.sort, page)).await;
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

async fn sorted(
    connection: &impl ConnectionTrait,
    select: Select<Entity>,
    (sort, (after, limit)): (TicketSort, (Option<Key>, u64)),
) -> Result<Vec<(Model, Key)>, DbErr> {
    let (column, order) = match sort {
        TicketSort::Due => (Column::DueAtMs, Order::Ascending),
        TicketSort::Updated => (Column::UpdatedAtMs, Order::Descending),
        TicketSort::Priority => (Column::Priority, Order::Ascending),
        TicketSort::Created | TicketSort::Relevance => (Column::Number, Order::Descending),
    };
    let select = match (after, column) {
        (None, _) => select,
        (Some(Key(_, _, number)), Column::Number) => select.filter(Column::Number.lt(number)),
        (Some(Key(_, value, number)), _) => {
            let last = (Column::Number, Expr::val(number));
            select.filter(beyond(order, (column, Expr::val(value)), last))
        }
    };
    let sorted = match (column, order) {
        (Column::Number, _) => select.order_by_desc(Column::Number),
        (_, Order::Ascending) => select.order_by_asc(column).order_by_asc(Column::Number),
        (_, Order::Descending) => select.order_by_desc(column).order_by_desc(Column::Number),
    };
    let rows = sorted.limit(limit + 1).all(connection).await?;
    let placed = |row: Model| {
        let key = Key::at(sort, &row);
        (row, key)
    };
    Ok(rows.into_iter().map(placed).collect())
}

async fn found(
    connection: &impl ConnectionTrait,
    (tenant, wanted): (TenantId, &Wanted),
    search: &Search,
    (after, limit): (Option<Key>, u64),
) -> Result<Vec<(Model, Key)>, DbErr> {
    let select = filtered(tenant, wanted).filter(search.has_them());
    if wanted.sort != TicketSort::Relevance {
        return sorted(connection, select, (wanted.sort, (after, limit))).await;
    }
    // Few enough to be put into an order here. Only of them it is asked what their titles say.
    let newest = select.select_only().column(Column::Id);
    let newest = newest.order_by_desc(Column::Number).limit(FOUND_MAX).into_query();
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let found = own.filter(Column::Id.in_subquery(newest)).select_only();
    let found = found.column(Column::Id).column(Column::Number);
    let found = found.expr_as(search.has_them_in_title(), "in_title").into_tuple();
    let found: Vec<(Uuid, i64, bool)> = found.all(connection).await?;
    let mut found: Vec<(Uuid, Key)> = found
        .into_iter()
        .map(|(id, number, in_title)| (id, Key(wanted.sort, i64::from(in_title), number)))
        .collect();
    let place = |Key(_, in_title, number): Key| Reverse((in_title, number));
    if let Some(after) = after {
        found.retain(|(_, key)| place(*key) > place(after));
    }
    found.sort_by_key(|(_, key)| place(*key));
    found.truncate(usize::try_from(limit + 1).unwrap_or(usize::MAX));
    let ids = found.iter().map(|(id, _)| *id).collect();
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let rows = own.filter(Column::Id.is_in(padded(ids))).all(connection).await?;
    let mut rows: BTreeMap<Uuid, Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(found.into_iter().filter_map(|(id, key)| Some((rows.remove(&id)?, key))).collect())
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
    let one = match measured {
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
    Condition::all().add(one)
}
