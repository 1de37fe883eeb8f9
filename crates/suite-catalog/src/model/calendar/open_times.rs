//! When a calendar is open within a window, worked out once.

use super::hours::Weekday;
use super::{DAY_MS, MINUTE_MS, Span, Version};

/// A question reaches beyond the window that was worked out. Ask for a wider one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{at_ms} is outside the window from {} to {}", window.from_ms, window.to_ms)]
pub struct Beyond {
    pub at_ms: i64,
    pub window: Span,
}

/// Part of a window, and why it is open or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<'a> {
    pub span: Span,
    pub kind: StretchKind<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StretchKind<'a> {
    Open,
    /// Closed, as the weekly hours say.
    OutsideHours,
    /// Within the weekly hours, but a holiday, with its name.
    Holiday(&'a str),
}

/// The open intervals of a window, with the open time before each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTimes {
    window: Span,
    /// In order, disjoint, and not touching.
    open: Vec<Span>,
    /// Open time of the window before each interval.
    before_ms: Vec<i64>,
    /// In order and disjoint: what the weekly hours open and a holiday closes.
    holidays: Vec<(Span, u32)>,
    names: Vec<String>,
}

impl OpenTimes {
    pub fn window(&self) -> Span {
        self.window
    }

    /// The open intervals.
    pub fn intervals(&self) -> &[Span] {
        &self.open
    }

    /// The open intervals of a part of the window, clipped to it.
    pub fn intervals_within(&self, span: Span) -> impl Iterator<Item = Span> {
        let first = self.open.partition_point(|open| open.to_ms <= span.from_ms);
        let upto = self.open.partition_point(|open| open.from_ms < span.to_ms).max(first);
        self.open[first..upto].iter().map(move |open| open.clipped(span))
    }

    /// The open time between two instants; none where the second is not after the first.
    pub fn between_ms(&self, from_ms: i64, to_ms: i64) -> Result<i64, Beyond> {
        if to_ms <= from_ms {
            return Ok(0);
        }
        Ok(self.until_ms(to_ms)? - self.until_ms(from_ms)?)
    }

    /// The first instant at which so much open time after `from_ms` has passed: `from_ms` itself
    /// for none. `None` where the window ends before.
    pub fn reached_ms(&self, from_ms: i64, amount_ms: i64) -> Result<Option<i64>, Beyond> {
        if amount_ms <= 0 {
            self.check(from_ms)?;
            return Ok(Some(from_ms));
        }
        let goal_ms = self.until_ms(from_ms)?.saturating_add(amount_ms);
        // The last interval that has less before it than the goal reaches it first.
        let index = self.before_ms.partition_point(|before_ms| *before_ms < goal_ms);
        let Some(last) = index.checked_sub(1) else { return Ok(None) };
        let (open, left_ms) = (self.open[last], goal_ms - self.before_ms[last]);
        Ok((left_ms <= open.length_ms()).then(|| open.from_ms + left_ms))
    }

    /// The first open instant that is not before `from_ms`, within the window.
    pub fn next_opening_ms(&self, from_ms: i64) -> Result<Option<i64>, Beyond> {
        self.check(from_ms)?;
        let index = self.open.partition_point(|open| open.to_ms <= from_ms);
        Ok(self.open.get(index).map(|open| open.from_ms.max(from_ms)))
    }

    pub fn is_open(&self, at_ms: i64) -> bool {
        let index = self.open.partition_point(|open| open.to_ms <= at_ms);
        self.open.get(index).is_some_and(|open| open.from_ms <= at_ms)
    }

    /// What a span consists of, without gaps. What lies outside the window is left out.
    pub fn stretches(&self, span: Span) -> Vec<Stretch<'_>> {
        let span = span.clipped(self.window);
        let mut known: Vec<Stretch<'_>> = self
            .intervals_within(span)
            .map(|span| Stretch { span, kind: StretchKind::Open })
            .chain(self.holidays_within(span))
            .collect();
        known.sort_unstable_by_key(|stretch| stretch.span);
        let mut stretches = Vec::with_capacity(known.len() * 2 + 1);
        let mut at_ms = span.from_ms;
        let outside = |from_ms, to_ms| Stretch {
            span: Span::new(from_ms, to_ms),
            kind: StretchKind::OutsideHours,
        };
        for stretch in known {
            if at_ms < stretch.span.from_ms {
                stretches.push(outside(at_ms, stretch.span.from_ms));
            }
            at_ms = stretch.span.to_ms;
            stretches.push(stretch);
        }
        if at_ms < span.to_ms {
            stretches.push(outside(at_ms, span.to_ms));
        }
        stretches
    }

    fn holidays_within(&self, span: Span) -> impl Iterator<Item = Stretch<'_>> {
        let first = self.holidays.partition_point(|(holiday, _)| holiday.to_ms <= span.from_ms);
        let upto = self.holidays.partition_point(|(holiday, _)| holiday.from_ms < span.to_ms);
        self.holidays[first..upto.max(first)].iter().map(move |(holiday, name)| {
            let name = self.names.get(*name as usize).map_or("", String::as_str);
            Stretch { span: holiday.clipped(span), kind: StretchKind::Holiday(name) }
        })
    }

    /// Open time from the window's beginning until an instant.
    fn until_ms(&self, at_ms: i64) -> Result<i64, Beyond> {
        self.check(at_ms)?;
        let begun = self.open.partition_point(|open| open.from_ms < at_ms);
        let Some(last) = begun.checked_sub(1) else { return Ok(0) };
        let open = self.open[last];
        Ok(self.before_ms[last] + (at_ms.min(open.to_ms) - open.from_ms))
    }

    fn check(&self, at_ms: i64) -> Result<(), Beyond> {
        let window = self.window;
        let is_within = (window.from_ms..=window.to_ms).contains(&at_ms);
        if is_within { Ok(()) } else { Err(Beyond { at_ms, window }) }
    }
}

/// Collects the open times of one version after the other.
#[derive(Debug)]
pub(super) struct Builder {
    window: Span,
    open: Vec<Span>,
    holidays: Vec<(Span, u32)>,
    names: Vec<String>,
}

impl Builder {
    pub(super) fn new(window: Span) -> Self {
        Self { window, open: Vec::new(), holidays: Vec::new(), names: Vec::new() }
    }

    /// What a version opens, while it is in force: in stretches that have one offset each.
    pub(super) fn add(&mut self, version: &Version, stretches: &[(Span, i64)]) {
        let mut hours = Vec::new();
        for (stretch, offset_ms) in stretches {
            add_hours(&mut hours, version, *stretch, *offset_ms);
        }
        let holidays = self.holidays_of(version, stretches);
        let mut upcoming = holidays.as_slice();
        for span in hours {
            let mut from_ms = span.from_ms;
            while let [(holiday, _), rest @ ..] = upcoming
                && holiday.to_ms <= span.from_ms
            {
                upcoming = rest;
            }
            for (holiday, name) in upcoming {
                let closed = holiday.clipped(span);
                if holiday.from_ms >= span.to_ms {
                    break;
                }
                push(&mut self.open, Span::new(from_ms, closed.from_ms));
                self.holidays.push((closed, *name));
                from_ms = closed.to_ms;
            }
            push(&mut self.open, Span::new(from_ms, span.to_ms));
        }
    }

    /// A version's holidays in order and disjoint: the one that begins first covers the next.
    fn holidays_of(&mut self, version: &Version, stretches: &[(Span, i64)]) -> Vec<(Span, u32)> {
        let mut found = Vec::new();
        for holiday in &version.holidays {
            let name = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
            let parts = stretches.iter().map(|(stretch, offset)| holiday.within(*stretch, *offset));
            let before = found.len();
            found.extend(parts.filter(|part| !part.is_empty()).map(|part| (part, name)));
            if found.len() > before {
                self.names.push(holiday.name.clone());
            }
        }
        found.sort_by_key(|(span, name)| (span.from_ms, *name));
        let mut covered_ms = i64::MIN;
        for (span, _) in &mut found {
            span.from_ms = span.from_ms.max(covered_ms);
            covered_ms = covered_ms.max(span.to_ms);
        }
        found.retain(|(span, _)| !span.is_empty());
        found
    }

    pub(super) fn finish(self) -> OpenTimes {
        let Self { window, open, holidays, names } = self;
        let mut sum_ms = 0;
        let before_ms = open.iter().map(|span| {
            let before_ms = sum_ms;
            sum_ms += span.length_ms();
            before_ms
        });
        OpenTimes { window, before_ms: before_ms.collect(), open, holidays, names }
    }
}

/// The weekly hours in a stretch of time that has one offset.
fn add_hours(open: &mut Vec<Span>, version: &Version, stretch: Span, offset_ms: i64) {
    // Hours that began the day before may reach into the first day.
    let first_day = (stretch.from_ms + offset_ms).div_euclid(DAY_MS) - 1;
    let last_day = (stretch.to_ms + offset_ms).div_euclid(DAY_MS);
    let mut spans = Vec::new();
    for day in first_day..=last_day {
        let midnight_ms = day * DAY_MS - offset_ms;
        for interval in version.hours.of(Weekday::of_day(day)) {
            let at = |minute: u16| midnight_ms + i64::from(minute) * MINUTE_MS;
            let span = Span::new(at(interval.from_minute), at(interval.to_minute)).clipped(stretch);
            if !span.is_empty() {
                spans.push(span);
            }
        }
    }
    spans.sort_unstable();
    for span in spans {
        push(open, span);
    }
}

/// Appends a span that begins no earlier than the last, joined to it where they touch.
fn push(open: &mut Vec<Span>, span: Span) {
    if span.is_empty() {
        return;
    }
    match open.last_mut() {
        Some(last) if span.from_ms <= last.to_ms => last.to_ms = last.to_ms.max(span.to_ms),
        _ => open.push(span),
    }
}
