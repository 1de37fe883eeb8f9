//! Queues: tickets by what they have in common, in an order, page by page.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize};
use suite_contracts::TenantId;
use suite_kit::db::Database;
use suite_kit::page::{Order, beyond};
use uuid::Uuid;

use super::entities::ticket::{Column, Entity, Model};
use crate::api::tickets::TicketSort;

/// Which tickets, in which order.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub state: Option<&'static str>,
    pub is_open: Option<bool>,
    pub priority: Option<i32>,
    pub tier: Option<i32>,
    pub group: Option<Uuid>,
    pub assignee: Option<Uuid>,
    pub requester: Option<Uuid>,
    pub breached_at_ms: Option<i64>,
    pub at_risk_at_ms: Option<i64>,
    pub created_from_ms: Option<i64>,
    pub created_until_ms: Option<i64>,
    pub sort: TicketSort,
}

/// Where a page ends: by what it is sorted, that value of its last ticket, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key(TicketSort, i64, i64);

impl Key {
    pub fn after(sort: TicketSort, row: &Model) -> Self {
        let value = match sort {
            TicketSort::Created => row.number,
            TicketSort::Due => row.due_at_ms,
            TicketSort::Updated => row.updated_at_ms,
            TicketSort::Priority => i64::from(row.priority),
        };
        Self(sort, value, row.number)
    }

    /// Itself, if it is one of a list that is sorted so.
    pub fn of(self, sort: TicketSort) -> Result<Self, &'static str> {
        let reason = "a cursor is the `next` of an earlier page of the same list";
        if self.0 == sort { Ok(self) } else { Err(reason) }
    }
}

pub async fn list(
    database: &Database,
    tenant: TenantId,
    wanted: &Wanted,
    (after, limit): (Option<Key>, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut select = filtered(tenant, wanted);
    let (column, order) = match wanted.sort {
        TicketSort::Created => (Column::Number, Order::Descending),
        TicketSort::Due => (Column::DueAtMs, Order::Ascending),
        TicketSort::Updated => (Column::UpdatedAtMs, Order::Descending),
        TicketSort::Priority => (Column::Priority, Order::Ascending),
    };
    if let Some(Key(_, value, number)) = after {
        let last = (Column::Number, Expr::val(number));
        select = select.filter(match wanted.sort {
            TicketSort::Created => Column::Number.lt(number),
            _ => beyond(order, (column, Expr::val(value)), last),
        });
    }
    let sorted = match (wanted.sort, order) {
        (TicketSort::Created, _) => select.order_by_desc(Column::Number),
        (_, Order::Ascending) => select.order_by_asc(column).order_by_asc(Column::Number),
        (_, Order::Descending) => select.order_by_desc(column).order_by_desc(Column::Number),
    };
    sorted.limit(limit + 1).all(database.read()).await
}

fn filtered(tenant: TenantId, wanted: &Wanted) -> Select<Entity> {
    let now = wanted.breached_at_ms;
    let breached = now.map(|now_ms| Column::BreachAtMs.lt(now_ms));
    let at_risk = wanted.at_risk_at_ms.map(|now_ms| {
        let whole = Condition::any();
        let whole = whole.add(Column::BreachAtMs.is_null()).add(Column::BreachAtMs.gte(now_ms));
        Condition::all().add(Column::WarnAtMs.lte(now_ms)).add(whole)
    });
    let all = Condition::all()
        .add(Column::TenantId.eq(tenant.0))
        .add_option(wanted.state.map(|state| Column::State.eq(state)))
        .add_option(wanted.is_open.map(|is_open| Column::IsOpen.eq(is_open)))
        .add_option(wanted.priority.map(|priority| Column::Priority.eq(priority)))
        .add_option(wanted.tier.map(|tier| Column::Tier.eq(tier)))
        .add_option(wanted.group.map(|group| Column::GroupId.eq(group)))
        .add_option(wanted.assignee.map(|user| Column::AssigneeId.eq(user)))
        .add_option(wanted.requester.map(|user| Column::RequesterId.eq(user)))
        .add_option(wanted.created_from_ms.map(|from_ms| Column::CreatedAtMs.gte(from_ms)))
        .add_option(wanted.created_until_ms.map(|to_ms| Column::CreatedAtMs.lt(to_ms)))
        .add_option(breached)
        .add_option(at_risk);
    Entity::find().filter(all)
}
