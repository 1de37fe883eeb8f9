//! One VEVENT: when it begins, how long it lasts, how it recurs.

use std::collections::BTreeSet;

use calcard::common::timezone::Tz;
use calcard::icalendar::{ICalendar, ICalendarEntry, ICalendarValue};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::lines::Line;
use super::{Dates, ImportError, OCCURRENCES_MAX};
use crate::model::calendar::holidays::{Holiday, HolidaySpan, NAME_CHARS_MAX};
use crate::model::calendar::{Span, Zone};

/// The longest that one event may last.
const DAYS_MAX: i64 = 400;
/// What a recurrence rule may consist of. Hours and finer recur too often for holidays.
const RULE_PARTS: &[&str] = &[
    "FREQ",
    "UNTIL",
    "COUNT",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
];

/// What wall clock an event's times are read from.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    /// Dates, or times without a zone: those of the calendar.
    Calendar,
    Elsewhere(TimeZone),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Lasts {
    Days(i64),
    Exactly(SignedDuration),
    Until(DateTime),
}

/// A time as it is written: a date, or a date and a time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Written {
    time: DateTime,
    is_date: bool,
    is_utc: bool,
}

#[derive(Debug)]
pub(super) struct Event {
    pub line: usize,
    pub uid: String,
    pub is_cancelled: bool,
    /// The occurrence of another event of this UID that it stands in for.
    pub replaces: Option<DateTime>,
    name: String,
    start: DateTime,
    is_date: bool,
    place: Place,
    lasts: Lasts,
    rule: Option<(usize, String)>,
    more: Vec<DateTime>,
    except: BTreeSet<DateTime>,
}

impl Event {
    pub(super) fn read(lines: &[&Line]) -> Result<Self, ImportError> {
        let number = lines.first().map_or(1, |line| line.number);
        let one = |name: &str| lines.iter().copied().find(|line| line.name == name);
        for name in ["DTSTART", "DTEND", "DURATION", "RRULE", "SUMMARY", "UID", "RECURRENCE-ID"] {
            if let Some(second) = lines.iter().filter(|line| line.name == name).nth(1) {
                return Err(ImportError::new(second.number, format!("a second {name}")));
            }
        }
        let Some(begins) = one("DTSTART") else {
            return Err(ImportError::new(number, "this event has no DTSTART"));
        };
        let place = Place::of(begins)?;
        let written = single(begins)?;
        let mut event = Self {
            line: number,
            uid: one("UID").map(|line| line.value().to_owned()).unwrap_or_default(),
            is_cancelled: one("STATUS")
                .is_some_and(|line| line.value().trim().eq_ignore_ascii_case("CANCELLED")),
            replaces: None,
            name: name(one("SUMMARY"))?,
            start: written.time,
            is_date: written.is_date,
            place,
            lasts: Lasts::Days(1),
            rule: None,
            more: Vec::new(),
            except: BTreeSet::new(),
        };
        event.lasts = event.lasting(one("DTEND"), one("DURATION"))?;
        event.replaces = match one("RECURRENCE-ID") {
            Some(line) => event.times(line)?.first().copied(),
            None => None,
        };
        for line in lines {
            match line.name.as_str() {
                "RDATE" => event.more.extend(event.times(line)?),
                "EXDATE" => event.except.extend(event.times(line)?),
                "RRULE" => event.rule = Some((line.number, event.rule(line)?)),
                _ => {}
            }
        }
        Ok(event)
    }

    /// When it begins, within a window, on the wall clock of its own place.
    pub(super) fn starts(&self, window: Dates) -> Result<Vec<DateTime>, ImportError> {
        let mut starts = match &self.rule {
            Some((line, rule)) => self.expanded(*line, rule, window)?,
            None => vec![self.start],
        };
        starts.extend(&self.more);
        starts.retain(|start| !self.except.contains(start));
        starts.sort_unstable();
        starts.dedup();
        Ok(starts)
    }

    /// The wall clock's time at which the occurrence is over.
    pub(super) fn end_of(&self, start: DateTime) -> Result<DateTime, ImportError> {
        let end = match self.lasts {
            Lasts::Days(days) => start.checked_add(days.days()),
            Lasts::Exactly(duration) => start.checked_add(duration),
            Lasts::Until(end) => start.checked_add(end.duration_since(self.start)),
        };
        end.map_err(|_| ImportError::new(self.line, "this event ends beyond the year 9999"))
    }

    pub(super) fn holiday(&self, from: DateTime, to: DateTime) -> Result<Holiday, ImportError> {
        let name = self.name.clone();
        let Place::Elsewhere(zone) = &self.place else {
            return Ok(Holiday { name, span: HolidaySpan::WallClock { from, to } });
        };
        let beyond = |_| ImportError::new(self.line, "this event is too far away");
        let at = |time| zone.to_timestamp(time).map(Timestamp::as_millisecond).map_err(beyond);
        let from_ms = at(from)?;
        let to_ms = match self.lasts {
            Lasts::Exactly(duration) => {
                from_ms + i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
            }
            _ => at(to)?,
        };
        Ok(Holiday { name, span: HolidaySpan::Instants(Span::new(from_ms, to_ms)) })
    }

    fn lasting(&self, end: Option<&Line>, duration: Option<&Line>) -> Result<Lasts, ImportError> {
        let refuse = |line: &Line, reason: &str| Err(ImportError::new(line.number, reason));
        match (end, duration) {
            (Some(_), Some(line)) => refuse(line, "an event has DTEND or DURATION, not both"),
            (None, None) if self.is_date => Ok(Lasts::Days(1)),
            (None, None) => {
                let reason = "this event has a time, but neither DTEND nor DURATION";
                Err(ImportError::new(self.line, reason))
            }
            (Some(line), None) => {
                let written = single(line)?;
                let end = self.on_own_clock(line, written)?;
                if written.is_date != self.is_date {
                    return refuse(line, "DTSTART and DTEND are both dates, or both have a time");
                }
                let lasts = end.duration_since(self.start);
                if end <= self.start || lasts > SignedDuration::from_hours(24 * DAYS_MAX) {
                    return refuse(line, "an event ends after it begins, and within 400 days");
                }
                let is_days = self.is_date.then(|| Lasts::Days(lasts.as_hours() / 24));
                Ok(is_days.unwrap_or(Lasts::Until(end)))
            }
            (None, Some(line)) => self.duration(line),
        }
    }

    fn duration(&self, line: &Line) -> Result<Lasts, ImportError> {
        let refuse = |reason: &str| Err(ImportError::new(line.number, reason));
        let entry = entry(line)?;
        let [ICalendarValue::Duration(duration)] = entry.values.as_slice() else {
            return refuse("this is no duration, such as P1D or PT4H");
        };
        let days = i64::from(duration.weeks) * 7 + i64::from(duration.days);
        let seconds = i64::from(duration.hours) * 3_600
            + i64::from(duration.minutes) * 60
            + i64::from(duration.seconds);
        let all = days.saturating_mul(86_400).saturating_add(seconds);
        if duration.neg || !(1..=DAYS_MAX * 86_400).contains(&all) {
            return refuse("an event lasts longer than nothing, and at most 400 days");
        }
        match (days, seconds) {
            (days, 0) => Ok(Lasts::Days(days)),
            (0, seconds) if !self.is_date => Ok(Lasts::Exactly(SignedDuration::from_secs(seconds))),
            _ => refuse("give the duration in days, or in hours and less; a date lasts whole days"),
        }
    }

    /// The times of a line, each on the wall clock that the event begins on.
    fn times(&self, line: &Line) -> Result<Vec<DateTime>, ImportError> {
        let written = written(line)?;
        let same = written.iter().all(|written| written.is_date == self.is_date);
        if !same {
            let reason = format!("{} and DTSTART are both dates, or both have a time", line.name);
            return Err(ImportError::new(line.number, reason));
        }
        written.into_iter().map(|written| self.on_own_clock(line, written)).collect()
    }

    fn on_own_clock(&self, line: &Line, written: Written) -> Result<DateTime, ImportError> {
        let place = Place::of(line)?;
        if place == self.place {
            return Ok(written.time);
        }
        let (Place::Elsewhere(from), Place::Elsewhere(to)) = (&place, &self.place) else {
            let reason =
                format!("{} has a time zone and DTSTART has none, or other way", line.name);
            return Err(ImportError::new(line.number, reason));
        };
        let at = from.to_timestamp(written.time);
        let at = at.map_err(|_| ImportError::new(line.number, "this time is too far away"))?;
        Ok(to.to_datetime(at))
    }

    /// Checks a recurrence rule and returns it with its end on the event's own wall clock.
    fn rule(&self, line: &Line) -> Result<String, ImportError> {
        let refuse = |reason: String| Err(ImportError::new(line.number, reason));
        let entry = entry(line)?;
        let [ICalendarValue::RecurrenceRule(read)] = entry.values.as_slice() else {
            return refuse("this is no recurrence rule, such as FREQ=YEARLY".to_owned());
        };
        let mut parts: Vec<String> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for part in line.value().trim().split(';').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let key = key.to_ascii_uppercase();
            let count = value.split(',').count();
            let is_read = match key.as_str() {
                "FREQ" => {
                    let value = value.to_ascii_uppercase();
                    ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(&value.as_str())
                }
                "COUNT" => read.count.is_some_and(|count| {
                    value.parse() == Ok(count) && (1..=OCCURRENCES_MAX).contains(&(count as usize))
                }),
                "INTERVAL" => read.interval.is_some_and(|interval| {
                    value.parse() == Ok(interval) && (1..=1_000).contains(&interval)
                }),
                "UNTIL" => read.until.is_some(),
                "WKST" => read.wkst.is_some(),
                "BYDAY" => read.byday.len() == count,
                "BYMONTHDAY" => read.bymonthday.len() == count,
                "BYYEARDAY" => read.byyearday.len() == count,
                "BYWEEKNO" => read.byweekno.len() == count,
                "BYMONTH" => read.bymonth.len() == count,
                "BYSETPOS" => read.bysetpos.len() == count,
                _ => return refuse(format!("a holiday's rule has no part {key}")),
            };
            if !is_read || seen.contains(&key) || !RULE_PARTS.contains(&key.as_str()) {
                return refuse(format!("{part} cannot be used in a holiday's rule"));
            }
            match key.as_str() {
                "UNTIL" => parts.push(format!("UNTIL={}", compact(self.until(line, value)?))),
                _ => parts.push(part.to_owned()),
            }
            seen.push(key);
        }
        Ok(parts.join(";"))
    }

    fn until(&self, line: &Line, value: &str) -> Result<DateTime, ImportError> {
        let Some(until) = Written::parse(value) else {
            return Err(ImportError::new(line.number, format!("UNTIL={value} is no time")));
        };
        match (&self.place, until.is_date) {
            // The whole last day.
            (_, true) => Ok(until.time.date().at(23, 59, 59, 0)),
            (Place::Elsewhere(zone), false) if until.is_utc => {
                let at = TimeZone::UTC.to_timestamp(until.time);
                let at = at.map_err(|_| ImportError::new(line.number, "UNTIL is too far away"))?;
                Ok(zone.to_datetime(at))
            }
            _ => Ok(until.time),
        }
    }

    /// The occurrences of a rule up to the window's end, worked out on a clock without a zone.
    fn expanded(
        &self,
        line: usize,
        rule: &str,
        window: Dates,
    ) -> Result<Vec<DateTime>, ImportError> {
        if self.start.date() > window.last {
            return Ok(Vec::new());
        }
        let upto = window.last.at(23, 59, 59, 0);
        let until = rule.split(';').find_map(|part| part.strip_prefix("UNTIL="));
        let until = until.and_then(Written::parse).map_or(upto, |until| until.time.min(upto));
        let others = rule.split(';').filter(|part| !part.starts_with("UNTIL="));
        let others: Vec<&str> = others.collect();
        let text = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:{}\r\nRRULE:{};UNTIL={}\r\nEND:VEVENT\r\n\
             END:VCALENDAR\r\n",
            compact(self.start),
            others.join(";"),
            compact(until),
        );
        let refuse = |reason: String| Err(ImportError::new(line, reason));
        let Ok(calendar) = ICalendar::parse(text) else {
            return refuse("this recurrence rule cannot be read".to_owned());
        };
        let found = calendar.expand_dates(Tz::Floating, OCCURRENCES_MAX + 1);
        if let Some(error) = found.errors.first() {
            return refuse(format!("this recurrence rule does not hold: {:?}", error.error));
        }
        if found.events.is_empty() && until >= self.start {
            let reason =
                "this rule does not occur from DTSTART, its first day, to the window's end";
            return refuse(reason.to_owned());
        }
        if found.events.len() > OCCURRENCES_MAX {
            return refuse(format!("this occurs more than {OCCURRENCES_MAX} times"));
        }
        let starts = found.events.iter().map(|event| {
            let at = Timestamp::from_second(event.start.timestamp()).ok()?;
            Some(TimeZone::UTC.to_datetime(at))
        });
        let starts: Option<Vec<DateTime>> = starts.collect();
        starts.map_or_else(|| refuse("this occurs beyond the year 9999".to_owned()), Ok)
    }
}

impl Place {
    /// Of a line's times, all of which must be of one.
    fn of(line: &Line) -> Result<Self, ImportError> {
        let written = written(line)?;
        let is_utc = written.iter().any(|written| written.is_utc);
        let is_zoned = written.iter().any(|written| !written.is_date);
        if is_utc {
            return Ok(Self::Elsewhere(TimeZone::UTC));
        }
        match entry(line)?.tz_id() {
            Some(name) if is_zoned => {
                let unknown = |_| {
                    let reason = format!("TZID={name} is no zone of the IANA database");
                    ImportError::new(line.number, reason)
                };
                let zone = Zone::named(name.trim_start_matches('/')).map_err(unknown)?;
                Ok(Self::Elsewhere(zone.time_zone().clone()))
            }
            _ => Ok(Self::Calendar),
        }
    }
}

impl Written {
    /// `20260101`, `20260101T090000` or `20260101T090000Z`.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (text, is_utc) = match text.strip_suffix(['Z', 'z']) {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let digits = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let number = |text: &str| text.parse::<i8>().ok();
        if !digits(date, 8) || (time.is_none() && is_utc) {
            return None;
        }
        let year = date[..4].parse().ok()?;
        let date = Date::new(year, number(&date[4..6])?, number(&date[6..8])?).ok()?;
        let time = match time {
            None => None,
            Some(time) if digits(time, 6) => {
                // A leap second is the last one of its minute.
                let second = number(&time[4..6])?;
                let second = if second == 60 { 59 } else { second };
                Some(Time::new(number(&time[..2])?, number(&time[2..4])?, second, 0).ok()?)
            }
            Some(_) => return None,
        };
        let is_date = time.is_none();
        Some(Self { time: date.to_datetime(time.unwrap_or(Time::midnight())), is_date, is_utc })
    }
}

fn written(line: &Line) -> Result<Vec<Written>, ImportError> {
    let mut all = Vec::new();
    for text in line.value().split(',') {
        let Some(written) = Written::parse(text) else {
            let text: String = text.chars().take(40).collect();
            let reason = format!("{text:?} is no date, such as 20260101, and no time of one");
            return Err(ImportError::new(line.number, reason));
        };
        all.push(written);
    }
    let first = all[0];
    if all.iter().any(|next| (next.is_date, next.is_utc) != (first.is_date, first.is_utc)) {
        return Err(ImportError::new(line.number, "the times of a line are all of one kind"));
    }
    Ok(all)
}

fn single(line: &Line) -> Result<Written, ImportError> {
    match written(line)?.as_slice() {
        [one] => Ok(*one),
        _ => Err(ImportError::new(line.number, format!("{} is one time", line.name))),
    }
}

fn name(line: Option<&Line>) -> Result<String, ImportError> {
    let Some(line) = line else { return Ok("Holiday".to_owned()) };
    let name = match entry(line)?.values.first() {
        Some(ICalendarValue::Text(text)) => text.trim().chars().take(NAME_CHARS_MAX).collect(),
        _ => String::new(),
    };
    Ok(if name.is_empty() { "Holiday".to_owned() } else { name })
}

/// What the parser makes of a line.
fn entry(line: &Line) -> Result<ICalendarEntry, ImportError> {
    let text = format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        line.text
    );
    let calendar = ICalendar::parse(text).ok();
    let event = calendar.and_then(|calendar| calendar.components.into_iter().nth(1));
    let entry = event.and_then(|event| event.entries.into_iter().next());
    entry.ok_or_else(|| ImportError::new(line.number, format!("{} cannot be read", line.name)))
}

fn compact(time: DateTime) -> String {
    let (date, time) = (time.date(), time.time());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}
