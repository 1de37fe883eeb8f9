//! The hours of a week, as a wall clock shows them.

pub const DAY_MINUTES: u16 = 24 * 60;
/// Intervals of a week at most.
pub const INTERVALS_MAX: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Of a day, by its number since 1 January 1970, which was a Thursday.
    pub(crate) fn of_day(day: i64) -> Self {
        let index = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
        Self::ALL[index]
    }
}

/// Hours that begin on a day of the week. They may reach into the next day, up to the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WeeklyInterval {
    pub weekday: Weekday,
    /// Since midnight: at most [`DAY_MINUTES`] − 1.
    pub from_minute: u16,
    /// Since the same midnight, after `from_minute`, at most [`DAY_MINUTES`] later.
    pub to_minute: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("a week has at least one interval, and at most {INTERVALS_MAX}; this has {0}")]
    Count(usize),
    #[error(
        "{0:?}: hours begin before 24:00, end after they begin, and last at most a day; for hours \
         across midnight add 24:00 to their end"
    )]
    Interval(WeeklyInterval),
}

/// The hours of a week. Intervals may touch and overlap: what one of them covers is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeeklyHours(Vec<WeeklyInterval>);

impl WeeklyHours {
    pub fn new(mut intervals: Vec<WeeklyInterval>) -> Result<Self, HoursError> {
        if intervals.is_empty() || intervals.len() > INTERVALS_MAX {
            return Err(HoursError::Count(intervals.len()));
        }
        for interval in &intervals {
            let WeeklyInterval { from_minute, to_minute, .. } = *interval;
            let is_sound = from_minute < DAY_MINUTES
                && from_minute < to_minute
                && to_minute <= from_minute + DAY_MINUTES;
            if !is_sound {
                return Err(HoursError::Interval(*interval));
            }
        }
        intervals.sort_unstable();
        intervals.dedup();
        Ok(Self(intervals))
    }

    /// Twenty-four hours on seven days.
    pub fn always() -> Self {
        let day = |weekday| WeeklyInterval { weekday, from_minute: 0, to_minute: DAY_MINUTES };
        Self(Weekday::ALL.map(day).to_vec())
    }

    /// The same hours from Monday to Friday.
    pub fn working_days(from_minute: u16, to_minute: u16) -> Result<Self, HoursError> {
        let days = Weekday::ALL.into_iter().take(5);
        Self::new(days.map(|weekday| WeeklyInterval { weekday, from_minute, to_minute }).collect())
    }

    pub fn intervals(&self) -> &[WeeklyInterval] {
        &self.0
    }

    pub(crate) fn of(&self, weekday: Weekday) -> impl Iterator<Item = &WeeklyInterval> {
        self.0.iter().filter(move |interval| interval.weekday == weekday)
    }
}
