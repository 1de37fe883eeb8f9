//! What happened to tickets: rows that are only ever added, and what of them clocks count.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef,
};
use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, TenantId};
use suite_kit::db::{Database, Transaction};
use uuid::Uuid;

use super::document;
use super::entities::ticket_event::{ActiveModel, Column, Entity, Model};
use crate::api::desk::{
    PendingBody, StateBody, priority_number, priority_of, tier_number, tier_of,
};
use crate::model::clock::{Change, Entry};
use crate::model::id::CalendarId;

/// A change as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChangeText {
    Created { priority: i32, calendar: Uuid, tier: i32, group: Option<Uuid> },
    State(StateBody),
    Priority(i32),
    Calendar(Uuid),
    Group(Option<Uuid>),
    Tier(i32),
    Replied,
    Held(PendingBody),
    Released(PendingBody),
}

impl From<&Change> for ChangeText {
    fn from(change: &Change) -> Self {
        match *change {
            Change::Created { priority, calendar, tier, group } => Self::Created {
                priority: priority_number(priority),
                calendar: calendar.0,
                tier: i32::from(tier_number(tier)),
                group: group.map(|group| group.0),
            },
            Change::State(state) => Self::State(state.into()),
            Change::Priority(priority) => Self::Priority(priority_number(priority)),
            Change::Calendar(calendar) => Self::Calendar(calendar.0),
            Change::Group(group) => Self::Group(group.map(|group| group.0)),
            Change::Tier(tier) => Self::Tier(i32::from(tier_number(tier))),
            Change::Replied => Self::Replied,
            Change::Held(pending) => Self::Held(pending.into()),
            Change::Released(pending) => Self::Released(pending.into()),
        }
    }
}

impl ChangeText {
    fn change(self) -> Option<Change> {
        Some(match self {
            Self::Created { priority, calendar, tier, group } => Change::Created {
                priority: priority_of(priority)?,
                calendar: CalendarId(calendar),
                tier: tier_of(tier)?,
                group: group.map(GroupId),
            },
            Self::State(state) => Change::State(state.into()),
            Self::Priority(priority) => Change::Priority(priority_of(priority)?),
            Self::Calendar(calendar) => Change::Calendar(CalendarId(calendar)),
            Self::Group(group) => Change::Group(group.map(GroupId)),
            Self::Tier(tier) => Change::Tier(tier_of(tier)?),
            Self::Replied => Change::Replied,
            Self::Held(pending) => Change::Held(pending.into()),
            Self::Released(pending) => Change::Released(pending.into()),
        })
    }
}

pub fn write_changes(changes: &[Change]) -> Result<String, DbErr> {
    document::write(&changes.iter().map(ChangeText::from).collect::<Vec<_>>())
}

fn read_changes(text: &str) -> Result<Vec<Change>, DbErr> {
    let texts: Vec<ChangeText> = document::read(text)?;
    texts.into_iter().map(|text| text.change().ok_or_else(unreadable)).collect()
}

fn unreadable() -> DbErr {
    DbErr::Custom("a ticket's history is unreadable".to_owned())
}

pub async fn insert(transaction: &Transaction, rows: Vec<Model>) -> Result<(), DbErr> {
    for row in rows {
        let row = ActiveModel::from(row).reset_all();
        Entity::insert(row).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// What clocks count of a ticket, in the order of recording.
pub async fn counted(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<Vec<Entry>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::TicketId.eq(ticket)).filter(Column::Counts.is_not_null());
    let own = own.order_by_asc(Column::Number).select_only();
    let own = own.column(Column::AtMs).column(Column::Counts).into_tuple();
    let rows: Vec<(i64, String)> = own.all(connection).await?;
    let mut entries = Vec::new();
    for (at_ms, changes) in rows {
        entries.extend(read_changes(&changes)?.into_iter().map(|change| Entry { at_ms, change }));
    }
    Ok(entries)
}

/// The same of all open tickets that a calendar counts, from one number to another.
pub async fn counted_by(
    connection: &impl ConnectionTrait,
    (tenant, calendar): (TenantId, Uuid),
    (first, last): (i64, i64),
) -> Result<BTreeMap<Uuid, Vec<Entry>>, DbErr> {
    use super::entities::ticket;
    let ticket: RelationDef =
        Entity::belongs_to(ticket::Entity).from(Column::TicketId).to(ticket::Column::Id).into();
    let own = Entity::find().join(JoinType::InnerJoin, ticket);
    let own = own.filter(ticket::Column::TenantId.eq(tenant.0));
    let own = own.filter(ticket::Column::CalendarId.eq(calendar));
    let own = own.filter(ticket::Column::IsOpen.eq(true));
    let own = own.filter(ticket::Column::Number.between(first, last));
    let own = own.filter(Column::TenantId.eq(tenant.0)).filter(Column::Counts.is_not_null());
    // One row for each ticket: it takes longer to carry a row than to make it.
    let history = "string_agg(ticket_event.at_ms || ' ' || ticket_event.counts, '\n' \
                   ORDER BY ticket_event.number)";
    let own = own.select_only().column(Column::TicketId).group_by(Column::TicketId);
    let own = own.column_as(Expr::cust(history), "history");
    let rows: Vec<(Uuid, String)> = own.into_tuple().all(connection).await?;
    let read = |(ticket, text): (Uuid, String)| Ok((ticket, read_history(&text)?));
    rows.into_iter().map(read).collect()
}

/// Lines of an instant and what changed at it.
fn read_history(text: &str) -> Result<Vec<Entry>, DbErr> {
    let mut entries = Vec::new();
    for line in text.lines() {
        let (at_ms, changes) = line.split_once(' ').unwrap_or_default();
        let at_ms = at_ms.parse().map_err(|_| unreadable())?;
        entries.extend(read_changes(changes)?.into_iter().map(|change| Entry { at_ms, change }));
    }
    Ok(entries)
}

pub async fn by_number(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
    number: i32,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id((ticket, number)).filter(Column::TenantId.eq(tenant.0));
    own.one(connection).await
}

/// The latest first, before a number if there is one.
pub async fn list(
    database: &Database,
    (tenant, ticket): (TenantId, Uuid),
    is_public: bool,
    (before, limit): (Option<i32>, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own = own.filter(Column::TicketId.eq(ticket));
    if is_public {
        own = own.filter(Expr::col(Column::IsPublic).eq(true));
    }
    if let Some(number) = before {
        own = own.filter(Column::Number.lt(number));
    }
    own.order_by_desc(Column::Number).limit(limit + 1).all(database.read()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::priority::Priority;
    use crate::model::target::Tier;
    use crate::model::ticket::{Pending, State};

    #[test]
    fn what_is_kept_reads_back_as_it_was() {
        let (priority, calendar) = (Priority::P2, CalendarId(Uuid::now_v7()));
        let group = Some(GroupId::new());
        let mut changes = vec![
            Change::Created { priority, calendar, tier: Tier::Two, group },
            Change::Priority(Priority::P4),
            Change::Calendar(calendar),
            Change::Group(group),
            Change::Group(None),
            Change::Tier(Tier::Three),
            Change::Replied,
        ];
        changes.extend(State::ALL.map(Change::State));
        changes.extend(Pending::ALL.map(Change::Held));
        changes.extend(Pending::ALL.map(Change::Released));
        assert_eq!(read_changes(&write_changes(&changes).unwrap()).unwrap(), changes);
        let unknown = r#"{"version":1,"content":[{"tier":4}]}"#;
        assert!(read_changes(unknown).is_err());
    }
}
