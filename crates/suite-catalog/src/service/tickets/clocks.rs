//! What a ticket's clocks show: computed from its history whenever it is read, and kept on its row
//! for lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use sea_orm::ConnectionTrait;
use suite_contracts::{GroupId, TenantId};
use suite_kit::auth::Caller;
use uuid::Uuid;

use crate::api::desk::{StateBody, Word, tier_number, tier_of};
use crate::error::CatalogError;
use crate::model::clock::{
    Alarm, AlarmKind, Calendars, Clock, ClockError, ClockState, Entry, History, HistoryError,
    Interval, Measure, Reading, alarms,
};
use crate::model::id::CalendarId;
use crate::model::levels::ServiceLevels;
use crate::model::ticket::State;
use crate::permissions::{ALL_TICKETS_READ, TICKETS_READ};
use crate::service::Catalog;
use crate::store::entities::ticket::Model;
use crate::store::ticket_events;
use crate::store::tickets::{NEVER_MS, Shown};

/// Intervals that an explanation has at most: the latest.
const INTERVALS_MAX: usize = 5_000;

/// A clock, what it shows, and why.
#[derive(Debug, Clone)]
pub(crate) struct Explained {
    pub measure: Measure,
    pub reading: Reading,
    pub intervals: Vec<Interval>,
    /// Whether there are earlier ones.
    pub is_cut: bool,
}

/// What a ticket is counted by.
pub(super) struct Counting {
    pub levels: Arc<ServiceLevels>,
    calendars: Calendars,
    /// Tickets are covered that were opened from then on.
    from_ms: i64,
}

impl Catalog {
    /// Why a ticket's promises are kept, or are not. What groups and tiers agreed on among
    /// themselves is for those who see everybody's tickets.
    pub(crate) async fn explained_clocks(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Vec<Explained>, CatalogError> {
        caller.require(TICKETS_READ)?;
        let row = self.seen_ticket(caller, id).await?;
        let connection = self.database().read();
        let counting = self.counting(connection, &row).await?;
        let history = history(self.entries(connection, &row).await?)?;
        let mut clocks = counting.levels.promised().to_vec();
        if caller.may(ALL_TICKETS_READ) {
            clocks.extend(counting.agreed(&history));
        }
        let now_ms = self.now_ms();
        let mut explained = Vec::new();
        for clock in clocks {
            let reading = clock.read(&history, &counting.calendars, now_ms).map_err(unread)?;
            let Some(reading) = reading else { continue };
            let intervals = clock.explain(&history, &counting.calendars, now_ms);
            let mut intervals = intervals.map_err(unread)?;
            let is_cut = intervals.len() > INTERVALS_MAX;
            if is_cut {
                intervals.drain(..intervals.len() - INTERVALS_MAX);
            }
            explained.push(Explained { measure: clock.measure, reading, intervals, is_cut });
        }
        Ok(explained)
    }

    pub(super) async fn counting(
        &self,
        connection: &impl ConnectionTrait,
        row: &Model,
    ) -> Result<Counting, CatalogError> {
        let own = (TenantId(row.tenant_id), row.calendar_id);
        self.counting_by(connection, own, (row.levels, row.created_at_ms)).await
    }

    /// What tickets of a calendar, and of levels, are counted by from an instant on.
    pub(super) async fn counting_by(
        &self,
        connection: &impl ConnectionTrait,
        (tenant, calendar): (TenantId, Option<Uuid>),
        (levels, from_ms): (i64, i64),
    ) -> Result<Counting, CatalogError> {
        let levels = self.levels_of(connection, tenant, levels).await?;
        let times = self.open_times(connection, (tenant, calendar), from_ms).await?;
        let calendars = Calendars::from([(CalendarId(calendar.unwrap_or_default()), times)]);
        Ok(Counting { levels, calendars, from_ms })
    }

    pub(super) async fn entries(
        &self,
        connection: &impl ConnectionTrait,
        row: &Model,
    ) -> Result<Vec<Entry>, CatalogError> {
        Ok(ticket_events::counted(connection, (TenantId(row.tenant_id), row.id)).await?)
    }
}

impl Counting {
    /// Whether it counts a ticket of the same calendar and levels that was opened then, too.
    pub(super) fn covers(&self, created_at_ms: i64) -> bool {
        self.from_ms <= created_at_ms
    }

    fn agreed(&self, history: &History) -> Vec<Clock> {
        self.levels.agreed(history.arrivals(), history.groups())
    }

    fn read(
        &self,
        clocks: &[Clock],
        history: &History,
        now_ms: i64,
    ) -> Result<Vec<(Measure, Reading)>, CatalogError> {
        let mut readings = Vec::new();
        for clock in clocks {
            let reading = clock.read(history, &self.calendars, now_ms).map_err(unread)?;
            readings.extend(reading.map(|reading| (clock.measure, reading)));
        }
        Ok(readings)
    }

    /// What the clocks of the promises show.
    pub(super) fn promised(
        &self,
        history: &History,
        now_ms: i64,
    ) -> Result<Vec<(Measure, Reading)>, CatalogError> {
        self.read(&self.levels.promised(), history, now_ms)
    }

    /// Notes on the row what the clocks show; what is to be told of them now.
    pub(super) fn count(
        &self,
        row: &mut Model,
        history: &History,
        now_ms: i64,
    ) -> Result<Vec<Alarm>, CatalogError> {
        let mut shown = Shown::of(row);
        let of = (row.state.as_str(), row.resolved_at_ms, row.told.as_str());
        let alarms = self.count_shown(&mut shown, of, history, now_ms)?;
        shown.show(row);
        Ok(alarms)
    }

    /// The same of a ticket in a state, of which clocks some was told.
    pub(super) fn count_shown(
        &self,
        row: &mut Shown,
        (state, resolved_at_ms, told): (&str, Option<i64>, &str),
        history: &History,
        now_ms: i64,
    ) -> Result<Vec<Alarm>, CatalogError> {
        let promised = self.promised(history, now_ms)?;
        let due_of = |measure: Measure| {
            let (_, reading) = promised.iter().find(|(of, _)| *of == measure)?;
            shown_due_ms(reading)
        };
        row.response_due_ms = due_of(Measure::Response);
        row.resolution_due_ms = due_of(Measure::Resolution);
        let measured = |measure: Measure| {
            let reading = promised.iter().find(|(of, _)| *of == measure).map(|(_, one)| one);
            let stopped = reading.filter(|reading| reading.stopped_at_ms.is_some());
            let kept = reading.and_then(|reading| match reading.state {
                ClockState::Met => Some(true),
                ClockState::Breached => Some(false),
                ClockState::Running | ClockState::Paused => None,
            });
            (stopped.map(|reading| reading.elapsed_ms), kept)
        };
        (row.response_ms, row.response_kept) = measured(Measure::Response);
        (row.resolution_ms, row.resolution_kept) = measured(Measure::Resolution);
        let came_higher = history.arrivals().windows(2).any(|pair| pair.first() < pair.last());
        row.is_escalated |= came_higher;
        let going_on = promised.iter().filter(|(_, reading)| reading.stopped_at_ms.is_none());
        let due_ms = going_on.filter_map(|(_, reading)| shown_due_ms(reading)).min();
        row.due_at_ms = due_ms.unwrap_or(NEVER_MS);
        row.breach_at_ms = promised.iter().filter_map(|(_, reading)| shown_due_ms(reading)).min();
        let running = promised.iter().filter(|(_, reading)| reading.state == ClockState::Running);
        row.warn_at_ms = running.filter_map(|(_, reading)| reading.warn_at_ms).min();
        let mut readings = promised;
        readings.extend(self.read(&self.agreed(history), history, now_ms)?);
        let found = alarms(&readings, &read_told(told), now_ms);
        let at_once = (!found.now.is_empty()).then_some(now_ms);
        row.look_at_ms = at_once.or(found.next_ms);
        if State::from_row(state) == Some(State::Resolved) {
            let closes_ms = resolved_at_ms.map(|at_ms| at_ms + self.levels.reopen_ms);
            row.look_at_ms = row.look_at_ms.into_iter().chain(closes_ms).min();
        }
        Ok(found.now)
    }
}

/// When a clock is due that runs, or was that is breached. One that is paused moves on and on.
fn shown_due_ms(reading: &Reading) -> Option<i64> {
    match reading.state {
        ClockState::Running => reading.due_at_ms,
        ClockState::Breached => reading.breached_at_ms,
        ClockState::Paused | ClockState::Met => None,
    }
}

pub(super) fn history(entries: Vec<Entry>) -> Result<History, CatalogError> {
    History::new(entries).map_err(|error: HistoryError| CatalogError::Internal(error.to_string()))
}

fn unread(error: ClockError) -> CatalogError {
    CatalogError::Internal(error.to_string())
}

/// A clock's name, as rows and events keep it.
pub(super) fn measure_text(measure: Measure) -> String {
    match measure {
        Measure::Response => "response".to_owned(),
        Measure::Resolution => "resolution".to_owned(),
        Measure::Tier(tier) => format!("tier:{}", tier_number(tier)),
        Measure::Group(group) => format!("group:{group}"),
    }
}

fn measure_of(text: &str) -> Option<Measure> {
    match text.split_once(':') {
        None if text == "response" => Some(Measure::Response),
        None if text == "resolution" => Some(Measure::Resolution),
        Some(("tier", number)) => Some(Measure::Tier(tier_of(number.parse().ok()?)?)),
        Some(("group", id)) => Some(Measure::Group(GroupId(id.parse().ok()?))),
        _ => None,
    }
}

fn read_told(text: &str) -> BTreeSet<(Measure, AlarmKind)> {
    let all: Vec<(String, bool)> = serde_json::from_str(text).unwrap_or_default();
    let read = |(measure, is_breach): (String, bool)| {
        let kind = if is_breach { AlarmKind::Breached } else { AlarmKind::Warned };
        Some((measure_of(&measure)?, kind))
    };
    all.into_iter().filter_map(read).collect()
}

/// What was told before, and this.
pub(super) fn with_told(text: &str, alarms: &[Alarm]) -> String {
    let mut told = read_told(text);
    told.extend(alarms.iter().map(|alarm| (alarm.measure, alarm.kind)));
    let all = told.into_iter();
    let all: Vec<(String, bool)> =
        all.map(|(of, kind)| (measure_text(of), kind == AlarmKind::Breached)).collect();
    serde_json::to_string(&all).unwrap_or_default()
}

impl State {
    /// Of a row.
    pub(super) fn from_row(text: &str) -> Option<Self> {
        StateBody::of(text).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::target::Tier;

    #[test]
    fn what_was_told_is_kept_for_every_clock() {
        let measures = [
            Measure::Response,
            Measure::Resolution,
            Measure::Tier(Tier::Three),
            Measure::Group(GroupId::new()),
        ];
        let mut text = "[]".to_owned();
        for measure in measures {
            assert_eq!(measure_of(&measure_text(measure)), Some(measure));
            for kind in [AlarmKind::Warned, AlarmKind::Breached] {
                text = with_told(&text, &[Alarm { measure, kind, at_ms: 0 }]);
                assert!(read_told(&text).contains(&(measure, kind)));
            }
        }
        assert_eq!(read_told(&text).len(), 8);
    }
}
