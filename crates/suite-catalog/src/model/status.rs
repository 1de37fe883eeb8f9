//! What a status page says of the parts of a service: how each stands, how it stood on the days
//! before, and what is planned.
//!
//! A component stands as the worst impact that an open major incident has on it; where none names
//! it, as somebody set it by hand. Planned maintenance that goes on shows where nothing is worse.
//! How it stood on a day follows from the changes that were recorded, and from nothing else.

pub const DAY_MS: i64 = 86_400_000;
/// Of a status page's address.
pub const SLUG_CHARS: std::ops::RangeInclusive<usize> = 3..=40;

/// How a component stands; what is worse is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Operational,
    Maintenance,
    Degraded,
    PartialOutage,
    MajorOutage,
}

impl State {
    pub const ALL: [Self; 5] = [
        Self::Operational,
        Self::Maintenance,
        Self::Degraded,
        Self::PartialOutage,
        Self::MajorOutage,
    ];
}

/// What a major incident does to a component; what is worse is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    Degraded,
    PartialOutage,
    MajorOutage,
}

impl Impact {
    pub const ALL: [Self; 3] = [Self::Degraded, Self::PartialOutage, Self::MajorOutage];
}

impl From<Impact> for State {
    fn from(impact: Impact) -> Self {
        match impact {
            Impact::Degraded => Self::Degraded,
            Impact::PartialOutage => Self::PartialOutage,
            Impact::MajorOutage => Self::MajorOutage,
        }
    }
}

/// How a component stands, before maintenance: as the open major incidents say that name it, else
/// as it was set by hand.
pub fn derived(impacts: impl IntoIterator<Item = Impact>, by_hand: State) -> State {
    impacts.into_iter().max().map_or(by_hand, State::from)
}

/// From when until before when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub begins_ms: i64,
    pub ends_ms: i64,
}

/// Where a window is by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Running,
    Coming,
    Over,
}

impl Window {
    pub fn phase(self, now_ms: i64) -> Phase {
        if now_ms < self.begins_ms {
            Phase::Coming
        } else if now_ms < self.ends_ms {
            Phase::Running
        } else {
            Phase::Over
        }
    }

    fn meets(self, other: Self) -> bool {
        self.begins_ms < other.ends_ms && other.begins_ms < self.ends_ms
    }
}

/// What a component became, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub at_ms: i64,
    pub state: State,
}

/// The worst state of each of the last `count` days of UTC, today last; none of a day of which
/// nothing was recorded. Changes are in their order; of those before these days the last is enough.
pub fn days(
    changes: &[Change],
    maintenance: &[Window],
    (now_ms, count): (i64, u16),
) -> Vec<Option<State>> {
    let today = now_ms.div_euclid(DAY_MS);
    let first = today - i64::from(count) + 1;
    (first..=today)
        .map(|day| {
            let begins_ms = day.saturating_mul(DAY_MS);
            // What has not come yet is no part of today.
            let ends_ms = begins_ms.saturating_add(DAY_MS).min(now_ms.saturating_add(1));
            of_day(changes, maintenance, Window { begins_ms, ends_ms })
        })
        .collect()
}

fn of_day(changes: &[Change], maintenance: &[Window], day: Window) -> Option<State> {
    let known = changes.first().filter(|change| change.at_ms < day.ends_ms)?;
    let day = Window { begins_ms: day.begins_ms.max(known.at_ms), ..day };
    let before = changes.partition_point(|change| change.at_ms <= day.begins_ms);
    let until = changes.partition_point(|change| change.at_ms < day.ends_ms);
    // The one that it began with, and those in its course.
    let held = before.saturating_sub(1)..until;
    // What something else came after at the same moment was never seen.
    let lasted = |place: &usize| {
        let (this, next) = (changes.get(*place), changes.get(place + 1));
        next.is_none_or(|next| this.is_some_and(|this| this.at_ms < next.at_ms))
    };
    let states = held.filter(lasted).filter_map(|place| changes.get(place));
    let worst = states.map(|change| change.state).max()?;
    let is_maintained = maintenance.iter().any(|window| window.meets(day));
    Some(if is_maintained { worst.max(State::Maintenance) } else { worst })
}

/// A status page's address: small letters, digits, and hyphens between them.
pub fn slug(text: &str) -> Option<String> {
    let slug = text.trim().to_lowercase();
    let is_sound = SLUG_CHARS.contains(&slug.len())
        && slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && !slug.contains("--");
    is_sound.then_some(slug)
}

#[cfg(test)]
mod tests;
