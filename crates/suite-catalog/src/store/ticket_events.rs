//! What happened to tickets: rows that are only ever added, and what of them clocks count.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
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

/// The same of the `ticket` of a question, as one text in whatever order: it takes longer to carry a
/// row than to make it.
pub const HISTORY: &str = "(SELECT string_agg(e.number || ' ' || e.at_ms || ' ' || e.counts, '\n') FROM ticket_event e \
     WHERE e.ticket_id = ticket.id AND e.tenant_id = ticket.tenant_id AND e.counts IS NOT NULL)";

/// Lines of a number, an instant, and what changed at it.
pub fn read_history(text: &str) -> Result<Vec<Entry>, DbErr> {
    let mut lines = text.lines().map(history_line).collect::<Result<Vec<_>, DbErr>>()?;
    lines.sort_by_key(|(number, ..)| *number);
    let entry = |(_, at_ms, changes): (i32, i64, Vec<Change>)| {
        changes.into_iter().map(move |change| Entry { at_ms, change })
    };
    Ok(lines.into_iter().flat_map(entry).collect())
}

fn history_line(line: &str) -> Result<(i32, i64, Vec<Change>), DbErr> {
    let mut parts = line.splitn(3, ' ');
    let mut part = || parts.next().ok_or_else(unreadable);
    let number = part()?.parse().map_err(|_| unreadable())?;
    let at_ms = part()?.parse().map_err(|_| unreadable())?;
    Ok((number, at_ms, read_changes(part()?)?))
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

    #[test]
    fn a_history_is_read_in_its_order() {
        let changes = |state| write_changes(&[Change::State(state), Change::Replied]).unwrap();
        let (first, second) = (changes(State::Open), changes(State::Resolved));
        let entry = |at_ms, change| Entry { at_ms, change };
        let expected = [
            entry(7, Change::State(State::Open)),
            entry(7, Change::Replied),
            entry(5, Change::State(State::Resolved)),
            entry(5, Change::Replied),
        ];
        assert_eq!(read_history(&format!("12 5 {second}\n9 7 {first}")).unwrap(), expected);
        assert_eq!(read_history("").unwrap(), []);
        for unsound in ["9", "9 7", "x 7 []", "9 x []", "9 7 []"] {
            assert!(read_history(unsound).is_err(), "{unsound}");
        }
    }
}
