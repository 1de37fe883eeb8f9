//! Business calendars: hours and holidays as people write them.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use suite_kit::clock::{parse_rfc3339, rfc3339};
use utoipa::ToSchema;
use uuid::Uuid;

use super::each;
use crate::error::Fault;
use crate::model::calendar::holidays::NAME_CHARS_MAX;
use crate::model::calendar::{
    DAY_MINUTES, Holiday, HolidaySpan, Span, Version, Weekday, WeeklyHours, WeeklyInterval, Zone,
};
use crate::service::CalendarDetail;

/// When a calendar is open, while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CalendarContent)]
pub(crate) struct CalendarBody {
    /// Of the IANA database.
    #[schema(example = "Europe/Berlin", max_length = 64)]
    pub zone: String,
    #[schema(min_items = 1, max_items = 100, value_type = Vec<HoursBody>,
        example = json!([{ "weekday": "monday", "from": "09:00", "to": "17:00" }]))]
    pub hours: Vec<HoursBody>,
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub holidays: Vec<HolidayBody>,
}

/// Hours that begin on a day of the week, by the wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WeeklyHours)]
pub(crate) struct HoursBody {
    pub weekday: WeekdayBody,
    #[schema(example = "09:00")]
    pub from: String,
    /// Up to `24:00`. What is not after `from` is that time on the next day.
    #[schema(example = "17:00")]
    pub to: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Weekday)]
pub(crate) enum WeekdayBody {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Time that is closed, whatever the hours say. Both ends are of the same form: dates, the last one
/// included; times of the calendar's wall clock, such as `2026-12-24T12:00:00`; or instants with
/// an offset, such as `2026-12-24T12:00:00Z`, the end excluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Holiday)]
pub(crate) struct HolidayBody {
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[schema(example = "2026-12-25", max_length = 40)]
    pub from: String,
    #[schema(example = "2026-12-26", max_length = 40)]
    pub to: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CalendarRequest {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Whether it counts where nothing else is said.
    #[serde(default)]
    pub is_default: bool,
    pub content: CalendarBody,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CalendarChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// `false` of the default one: without a default it counts around the clock.
    #[serde(default)]
    pub is_default: Option<bool>,
}

/// How it counts from an instant on.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CalendarVersionRequest {
    /// Now, unless told otherwise. In the past it rewrites what came after it, up to the version
    /// that was in force next.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub effective_from: Option<String>,
    pub content: CalendarBody,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct HolidaysRequest {
    #[schema(min_items = 1, max_items = 10000, value_type = Vec<HolidayBody>,
        example = json!([{ "name": "New Year", "from": "2027-01-01", "to": "2027-01-01" }]))]
    pub holidays: Vec<HolidayBody>,
}

/// An iCalendar file (RFC 5545), whose events are holidays.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ImportRequest {
    #[schema(
        max_length = 1048576,
        example = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:May Day\n\
                   DTSTART;VALUE=DATE:20260501\nEND:VEVENT\nEND:VCALENDAR\n"
    )]
    pub file: String,
    /// The dates that holidays are taken from, both included.
    #[schema(format = Date, example = "2026-01-01")]
    pub first: String,
    #[schema(format = Date, example = "2027-12-31")]
    pub last: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarSummary)]
pub(crate) struct CalendarSummary {
    pub id: Uuid,
    pub name: String,
    pub is_default: bool,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Calendars {
    pub items: Vec<CalendarSummary>,
}

/// A calendar with all of its versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Calendar)]
pub(crate) struct CalendarView {
    pub id: Uuid,
    pub name: String,
    pub is_default: bool,
    pub version: i64,
    /// In force now.
    pub content: CalendarBody,
    /// In the order of their making. Of two from the same instant the later counts.
    pub versions: Vec<CalendarVersionView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarVersion)]
pub(crate) struct CalendarVersionView {
    /// From 1.
    pub number: i32,
    /// The first one counts for the time before, too.
    #[schema(format = DateTime)]
    pub effective_from: String,
    #[schema(format = DateTime)]
    pub made_at: String,
    /// How many there are in it.
    pub holidays: usize,
}

impl CalendarBody {
    pub(crate) fn version(&self, at: &str, effective_from_ms: i64) -> Result<Version, Fault> {
        let zone = Zone::named(&self.zone);
        let zone = zone.map_err(|error| Fault::new(format!("{at}/zone"), error))?;
        let hours = each(&format!("{at}/hours"), self.hours.clone(), interval)?;
        let hours = WeeklyHours::new(hours);
        let hours = hours.map_err(|error| Fault::new(format!("{at}/hours"), error))?;
        let holidays = holidays(&format!("{at}/holidays"), self.holidays.clone())?;
        Ok(Version { effective_from_ms, zone, hours, holidays })
    }
}

pub(crate) fn holidays(at: &str, bodies: Vec<HolidayBody>) -> Result<Vec<Holiday>, Fault> {
    each(at, bodies, |at, body| body.holiday(at))
}

impl From<&Version> for CalendarBody {
    fn from(version: &Version) -> Self {
        Self {
            zone: version.zone.name().to_owned(),
            hours: version.hours.intervals().iter().map(HoursBody::from).collect(),
            holidays: version.holidays.iter().map(HolidayBody::from).collect(),
        }
    }
}

fn interval(at: &str, body: HoursBody) -> Result<WeeklyInterval, Fault> {
    let HoursBody { weekday, from, to } = body;
    let minute = |field: &str, text: &str| {
        let reason = "this is no time of a day, such as 09:00";
        minute_of(text).ok_or_else(|| Fault::new(format!("{at}/{field}"), reason))
    };
    let (from_minute, to_minute) = (minute("from", &from)?, minute("to", &to)?);
    let to_minute =
        if to_minute > from_minute { to_minute } else { to_minute.saturating_add(DAY_MINUTES) };
    Ok(WeeklyInterval { weekday: weekday.into(), from_minute, to_minute })
}

fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse::<u16>().ok() } else { None }
    };
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= DAY_MINUTES).then_some(minutes)
}

impl From<&WeeklyInterval> for HoursBody {
    fn from(interval: &WeeklyInterval) -> Self {
        let shown = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let to_minute = match interval.to_minute {
            next_day if next_day > DAY_MINUTES => next_day - DAY_MINUTES,
            minute => minute,
        };
        Self {
            weekday: interval.weekday.into(),
            from: shown(interval.from_minute),
            to: shown(to_minute),
        }
    }
}

/// How an end of a holiday is written.
enum End {
    Instant(i64),
    Day(Date),
    WallClock(DateTime),
}

fn end(at: &str, text: &str) -> Result<End, Fault> {
    if let Some(at_ms) = parse_rfc3339(text) {
        return Ok(End::Instant(at_ms));
    }
    let is_date = !text.contains(['T', 't', ' ']);
    let read = if is_date {
        text.parse().ok().map(End::Day)
    } else {
        text.parse().ok().map(End::WallClock)
    };
    let reason = "this is no date such as 2026-12-24, no time such as 2026-12-24T12:00:00, and no \
                  instant such as 2026-12-24T12:00:00Z";
    read.ok_or_else(|| Fault::new(at, reason))
}

impl HolidayBody {
    fn holiday(self, at: &str) -> Result<Holiday, Fault> {
        let name = self.name.trim();
        let chars = name.chars().count();
        if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            let reason = format!("a holiday's name has 1 to {NAME_CHARS_MAX} characters");
            return Err(Fault::new(format!("{at}/name"), reason));
        }
        let (from, to) =
            (end(&format!("{at}/from"), &self.from)?, end(&format!("{at}/to"), &self.to)?);
        let to_at = format!("{at}/to");
        let span = match (from, to) {
            (End::Instant(from_ms), End::Instant(to_ms)) => {
                HolidaySpan::Instants(Span::new(from_ms, to_ms))
            }
            (End::Day(from), End::Day(to)) => {
                let reason = "there is no day after this";
                let next = to.tomorrow().map_err(|_| Fault::new(to_at.as_str(), reason))?;
                let midnight = |date: Date| date.to_datetime(Time::midnight());
                HolidaySpan::WallClock { from: midnight(from), to: midnight(next) }
            }
            (End::WallClock(from), End::WallClock(to)) => HolidaySpan::WallClock { from, to },
            _ => return Err(Fault::new(to_at, "both ends of a holiday are of the same form")),
        };
        let is_empty = match span {
            HolidaySpan::Instants(span) => span.is_empty(),
            HolidaySpan::WallClock { from, to } => from >= to,
        };
        if is_empty {
            return Err(Fault::new(to_at, "a holiday ends after it begins"));
        }
        Ok(Holiday { name: name.to_owned(), span })
    }
}

impl From<&Holiday> for HolidayBody {
    fn from(holiday: &Holiday) -> Self {
        let (from, to) = match holiday.span {
            HolidaySpan::Instants(span) => (rfc3339(span.from_ms), rfc3339(span.to_ms)),
            HolidaySpan::WallClock { from, to } => {
                let is_whole = [from, to].iter().all(|end| end.time() == Time::midnight());
                match to.date().yesterday() {
                    Ok(last) if is_whole => (from.date().to_string(), last.to_string()),
                    _ => (from.to_string(), to.to_string()),
                }
            }
        };
        Self { name: holiday.name.clone(), from, to }
    }
}

macro_rules! weekdays {
    ($($name:ident),*) => {
        impl From<WeekdayBody> for Weekday {
            fn from(body: WeekdayBody) -> Self {
                match body { $(WeekdayBody::$name => Self::$name),* }
            }
        }

        impl From<Weekday> for WeekdayBody {
            fn from(day: Weekday) -> Self {
                match day { $(Weekday::$name => Self::$name),* }
            }
        }
    };
}

weekdays!(Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday);

impl From<CalendarDetail> for CalendarView {
    fn from(detail: CalendarDetail) -> Self {
        let CalendarDetail { row, is_default, content, versions } = detail;
        let versions = versions.into_iter().map(|one| CalendarVersionView {
            number: one.number,
            effective_from: rfc3339(one.effective_from_ms),
            made_at: rfc3339(one.made_at_ms),
            holidays: one.content.holidays.len(),
        });
        Self {
            id: row.id,
            name: row.name,
            is_default,
            version: row.version,
            content,
            versions: versions.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, to: &str) -> HoursBody {
        HoursBody { weekday: WeekdayBody::Friday, from: from.to_owned(), to: to.to_owned() }
    }

    fn holiday(from: &str, to: &str) -> HolidayBody {
        HolidayBody { name: "Fair".to_owned(), from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        for (from, to, minutes) in [
            ("09:00", "17:00", (540, 1_020)),
            ("00:00", "24:00", (0, 1_440)),
            ("22:00", "06:00", (1_320, 1_800)),
            ("09:00", "09:00", (540, 1_980)),
        ] {
            let read = interval("/0", hours(from, to)).unwrap();
            assert_eq!((read.from_minute, read.to_minute), minutes);
            assert_eq!(HoursBody::from(&read), hours(from, to));
        }
        for (from, to) in [
            ("2026-12-25", "2026-12-26"),
            ("2026-12-24T12:00:00", "2026-12-24T18:30:00"),
            ("2026-12-24T12:00:00.000Z", "2026-12-25T00:00:00.000Z"),
        ] {
            let read = holiday(from, to).holiday("/0").unwrap();
            assert_eq!(HolidayBody::from(&read), holiday(from, to));
        }
    }

    #[test]
    fn what_is_no_time_is_refused_where_it_stands() {
        for text in ["9:00", "24:01", "12:60", "1200", "", "-1:00", "+1:00"] {
            assert_eq!(interval("/0", hours(text, "17:00")).unwrap_err().at, "/0/from", "{text}");
        }
        for (from, to, at) in [
            ("2026-13-01", "2026-12-26", "/0/from"),
            ("2026-12-25", "2026-12-24", "/0/to"),
            ("2026-12-25", "2026-12-26T00:00:00", "/0/to"),
            ("yesterday", "2026-12-26", "/0/from"),
            ("2026-12-24T12:00:00Z", "2026-12-24T12:00:00Z", "/0/to"),
        ] {
            assert_eq!(holiday(from, to).holiday("/0").unwrap_err().at, at, "{from} {to}");
        }
    }
}
