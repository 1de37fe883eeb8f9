//! What is measured: of tickets by the day on which they were opened, of requests by that on which
//! they were made. So every number is that of tickets or requests that a list can show.

pub(crate) mod file;
mod requests;
mod tickets;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::Catalog;
use crate::api::desk::priority_number;
use crate::api::measures::{Backlog, BacklogAge, BacklogFilter};
use crate::error::{CatalogError, Fault};
use crate::permissions::MEASURES_READ;
use crate::store::measures::{self, day_of};
use suite_kit::auth::Caller;

/// Sums days up that are over, and those of which something changed.
pub(crate) const ROLL: &str = "measures.roll";
/// Days of a period at most.
const DAYS_MAX: i32 = 3_660;
/// Changes that are read in one transaction, and days that are summed up.
const MARKS_MAX: u64 = 2_000;
const ROLL_DAYS_MAX: i32 = 30;
/// Transactions of one run at most; the next one goes on.
const ROLLS_MAX: usize = 50;
/// The last day of each age of open tickets; the oldest have none.
const AGES: [i64; 5] = [0, 2, 6, 29, 89];

impl Catalog {
    pub(crate) async fn roll_measures(&self) -> Result<(), CatalogError> {
        let now_ms = self.now_ms();
        for (tenant, mut from) in measures::behind(self.database(), now_ms).await? {
            while from < measures::target_day(now_ms) {
                let transaction = self.database().begin().await?;
                let some = (ROLL_DAYS_MAX, now_ms);
                from = measures::roll_on(&transaction, (tenant, from), some).await?;
                transaction.commit_unaudited("sums of what is recorded already").await?;
            }
        }
        for _ in 0..ROLLS_MAX {
            let transaction = self.database().begin().await?;
            let may_be_more = measures::roll_changed(&transaction, MARKS_MAX).await?;
            transaction.commit_unaudited("sums of what is recorded already").await?;
            if !may_be_more {
                break;
            }
        }
        Ok(())
    }

    /// What is open now, by its age.
    pub(crate) async fn backlog(
        &self,
        caller: &Caller,
        filter: BacklogFilter,
    ) -> Result<Backlog, CatalogError> {
        caller.require(MEASURES_READ)?;
        let priority = filter.priority.map(|priority| priority_number(priority.into()));
        let wanted = (filter.group_id.map(|group| group.0), priority);
        let days = measures::backlog(self.database(), caller.tenant(), wanted).await?;
        let today = day_of(self.now_ms());
        let aged = days.iter().map(|(day, open)| (i64::from(today - day).max(0), *open));
        Ok(by_age(&aged.collect::<Vec<_>>()))
    }
}

fn by_age(aged: &[(i64, i64)]) -> Backlog {
    let open: i64 = aged.iter().map(|(_, open)| open).sum();
    let days: i64 = aged.iter().map(|(days, open)| days * open).sum();
    let last = AGES.map(Some).into_iter().chain([None]);
    let mut days_min = 0;
    let ages = last.map(|days_max| {
        let first = days_min;
        days_min = days_max.map_or(i64::MAX, |last| last + 1);
        let fits = |days: i64| days >= first && days_max.is_none_or(|last| days <= last);
        let open = aged.iter().filter(|(days, _)| fits(*days)).map(|(_, open)| open).sum();
        BacklogAge { days_min: first, days_max, open }
    });
    Backlog { open, mean_days: share(days, open), ages: ages.collect() }
}

/// A part of a whole, to four places. None of nothing.
fn share(part: i64, whole: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "of counts, rounded to four places")]
    let share = part as f64 / whole as f64;
    (whole != 0).then(|| (share * 10_000.0).round() / 10_000.0)
}

/// A mean in whole numbers. None of nothing.
fn mean(sum: i64, count: i64) -> Option<i64> {
    sum.checked_div(count)
}

/// A period of whole days, in days since 1970: the first, and the one after the last.
fn period(from: &str, until: &str) -> Result<(i32, i32), Fault> {
    let day = |at: &str, text: &str| {
        let reason = "this is no day, such as 2026-02-28";
        let date: Date = text.parse().map_err(|_| Fault::new(at, reason))?;
        days_since_1970(date).ok_or_else(|| Fault::new(at, reason))
    };
    let (from, until) = (day("/from", from)?, day("/until", until)? + 1);
    if until <= from {
        return Err(Fault::new("/until", "the last day is before the first"));
    }
    if until - from > DAYS_MAX {
        return Err(Fault::new("/until", format!("a period has at most {DAYS_MAX} days")));
    }
    Ok((from, until))
}

fn days_since_1970(date: Date) -> Option<i32> {
    let span = Date::constant(1970, 1, 1).until(date).ok()?;
    Some(span.get_days())
}

fn date_of(day: i32) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

/// Parts of a period that are shown one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Week,
    Month,
}

impl Part {
    /// The first day of the part that a day is in.
    fn first(self, day: i32) -> i32 {
        let Some(date) = date_of(day) else { return day };
        match self {
            Self::Day => day,
            Self::Week => day - i32::from(date.weekday().since(Weekday::Monday)),
            Self::Month => day - i32::from(date.day()) + 1,
        }
    }

    /// All parts of a period in order, by their first days.
    fn all<T: Default>(self, (from, until): (i32, i32)) -> BTreeMap<i32, T> {
        (from..until).map(|day| (self.first(day), T::default())).collect()
    }

    /// As it is read, such as 2026-02-28 or 2026-02.
    fn label(self, first: i32) -> String {
        let Some(date) = date_of(first) else { return first.to_string() };
        match self {
            Self::Day | Self::Week => date.to_string(),
            Self::Month => date.strftime("%Y-%m").to_string(),
        }
    }

    fn key(first: i32) -> String {
        date_of(first).map_or_else(|| first.to_string(), |date| date.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_whole_days() {
        assert_eq!(period("1970-01-01", "1970-01-01"), Ok((0, 1)));
        assert_eq!(period("2026-02-28", "2026-03-01"), Ok((20_512, 20_514)));
        let at = |from: &str, until: &str| period(from, until).unwrap_err().at;
        assert_eq!(at("2026-02-30", "2026-03-01"), "/from");
        assert_eq!(at("2026-02-28", ""), "/until");
        assert_eq!(at("2026-02-28", "2026-02-27"), "/until");
        assert_eq!(at("2000-01-01", "2026-01-01"), "/until");
    }

    #[test]
    fn days_belong_to_weeks_and_months() {
        // A Saturday.
        let day = period("2026-02-28", "2026-02-28").unwrap().0;
        assert_eq!(Part::key(Part::Week.first(day)), "2026-02-23");
        assert_eq!(Part::key(Part::Month.first(day)), "2026-02-01");
        assert_eq!(Part::Month.label(Part::Month.first(day)), "2026-02");
        let weeks = Part::Week.all::<i32>(period("2026-02-28", "2026-03-09").unwrap());
        assert_eq!(weeks.len(), 3, "those without anything too");
    }

    #[test]
    fn open_tickets_are_told_apart_by_their_age() {
        let backlog = by_age(&[(0, 3), (1, 2), (2, 1), (7, 5), (400, 4)]);
        let open: Vec<i64> = backlog.ages.iter().map(|age| age.open).collect();
        assert_eq!(open, [3, 3, 0, 5, 0, 4]);
        assert_eq!((backlog.open, backlog.mean_days), (15, Some(109.2667)));
        let bounds: Vec<_> = backlog.ages.iter().map(|age| (age.days_min, age.days_max)).collect();
        assert_eq!(bounds[1], (1, Some(2)));
        assert_eq!(bounds[5], (90, None));
        assert_eq!(by_age(&[]).mean_days, None);
    }
}
