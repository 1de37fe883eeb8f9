//! Queues: tickets by what they have in common, in an order, page by page.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize};
use suite_contracts::TenantId;
use suite_kit::db::{Database, padded};
use suite_kit::page::{Order, beyond};
use uuid::Uuid;

use super::entities::ticket::{Column, Entity, Model};
use super::ticket_words::Found;
use crate::api::tickets::{MeasuredFilter, TicketSort};

/// Which tickets, in which order.
#[derive(Debug, Clone, Default)]
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
    /// Those alone that have the words that were asked for.
    pub found: Option<Vec<Found>>,
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

impl Wanted {
    /// Where a page ends whose last ticket this is.
    pub fn key_of(&self, row: &Model) -> Key {
        let value = match self.sort {
            TicketSort::Created => row.number,
            TicketSort::Due => row.due_at_ms,
            TicketSort::Updated => row.updated_at_ms,
            TicketSort::Priority => i64::from(row.priority),
            TicketSort::Relevance => {
                let mut found = self.found.iter().flatten();
                i64::from(found.any(|one| one.id == row.id && one.in_title))
            }
        };
        Key(self.sort, value, row.number)
    }
}

pub async fn list(
    database: &Database,
    tenant: TenantId,
    wanted: &Wanted,
    (after, limit): (Option<Key>, u64),
) -> Result<Vec<Model>, DbErr> {
    let select = filtered(tenant, wanted);
    let (column, order) = match wanted.sort {
        TicketSort::Relevance => {
            let own = (database, tenant);
            return relevant(own, wanted, select, (after, limit)).await;
        }
        TicketSort::Created => (Column::Number, Order::Descending),
        TicketSort::Due => (Column::DueAtMs, Order::Ascending),
        TicketSort::Updated => (Column::UpdatedAtMs, Order::Descending),
        TicketSort::Priority => (Column::Priority, Order::Ascending),
    };
    let select = match (after, wanted.sort) {
        (None, _) => select,
        (Some(Key(_, _, number)), TicketSort::Created) => select.filter(Column::Number.lt(number)),
        (Some(Key(_, value, number)), _) => {
            let last = (Column::Number, Expr::val(number));
            select.filter(beyond(order, (column, Expr::val(value)), last))
        }
    };
    let sorted = match (wanted.sort, order) {
        (TicketSort::Created, _) => select.order_by_desc(Column::Number),
        (_, Order::Ascending) => select.order_by_asc(column).order_by_asc(Column::Number),
        (_, Order::Descending) => select.order_by_desc(column).order_by_desc(Column::Number),
    };
    sorted.limit(limit + 1).all(database.read()).await
}

/// Found tickets are few enough to be sorted here.
async fn relevant(
    (database, tenant): (&Database, TenantId),
    wanted: &Wanted,
    select: Select<Entity>,
    (after, limit): (Option<Key>, u64),
) -> Result<Vec<Model>, DbErr> {
    let left = select.select_only().column(Column::Id).into_tuple();
    let left: Vec<Uuid> = left.all(database.read()).await?;
    let left: BTreeSet<Uuid> = left.into_iter().collect();
    let key = |one: &Found| (one.in_title, one.number);
    let found = wanted.found.iter().flatten().filter(|one| left.contains(&one.id));
    let mut found: Vec<&Found> = match after {
        None => found.collect(),
        Some(Key(_, in_title, number)) => {
            found.filter(|one| key(one) < (in_title > 0, number)).collect()
        }
    };
    found.sort_by_key(|one| Reverse(key(one)));
    found.truncate(usize::try_from(limit + 1).unwrap_or(usize::MAX));
    let ids: Vec<Uuid> = found.iter().map(|one| one.id).collect();
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let rows = own.filter(Column::Id.is_in(padded(ids))).all(database.read()).await?;
    let mut rows: BTreeMap<Uuid, Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(found.into_iter().filter_map(|one| rows.remove(&one.id)).collect())
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
    let found = wanted.found.as_ref().map(|found| {
        let ids = found.iter().map(|one| one.id).collect();
        Column::Id.is_in(padded(ids))
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
        .add_option(found)
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
