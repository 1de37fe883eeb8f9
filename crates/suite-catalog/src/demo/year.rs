//! The year, day by day: what happens when, in the order in which it does.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::company;
use super::stories::{self, Story};
use super::{Api, Company};
use crate::error::CatalogError;
use crate::service::Catalog;

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// How often clocks, approvals and ladders are looked at.
const LOOK_MS: i64 = 2 * HOUR_MS;
/// Tickets of a working day, and requests.
const TICKETS: u64 = 3;

pub fn begins_ms(now_ms: i64, days: i64) -> i64 {
    (now_ms - days * DAY_MS).div_euclid(DAY_MS) * DAY_MS
}

/// Numbers that look drawn and are the same in every demo (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap_or_default();
        drawn % below.max(1)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.roll(from.len());
        &from[index]
    }

    /// Minutes between these, as milliseconds.
    pub fn minutes_ms(&mut self, from: usize, to: usize) -> i64 {
        let minutes = from + self.roll(to.saturating_sub(from) + 1);
        i64::try_from(minutes).unwrap_or_default() * 60_000
    }
}

/// Whether people work on the day of an instant. 1970 began on a Thursday.
fn is_working_day(at_ms: i64) -> bool {
    !matches!((at_ms.div_euclid(DAY_MS) + 3).rem_euclid(7), 5 | 6)
}

/// The instant itself if people work then, or the next morning on which they do.
pub fn when_working(at_ms: i64) -> i64 {
    let mut at_ms = at_ms;
    loop {
        let of_day_ms = at_ms.rem_euclid(DAY_MS);
        if is_working_day(at_ms) && (7 * HOUR_MS..16 * HOUR_MS).contains(&of_day_ms) {
            return at_ms;
        }
        let next = if of_day_ms < 7 * HOUR_MS { 0 } else { DAY_MS };
        // Not all at once: some begin a little later.
        at_ms = at_ms - of_day_ms + next + 7 * HOUR_MS + of_day_ms % (40 * 60_000);
    }
}

pub async fn live(
    api: &Api,
    catalog: &Catalog,
    (company, begins_ms, now_ms): (&Company, i64, i64),
) -> Result<(), CatalogError> {
    let desk = company::found(api, company).await?;
    let mut dice = Dice(2_026);
    let mut stories: Vec<Story> = Vec::new();
    let mut agenda = BinaryHeap::new();
    let mut day_ms = begins_ms + DAY_MS;
    while day_ms < now_ms {
        // Fewer at weekends, and more from month to month.
        let grows = usize::try_from((day_ms - begins_ms) / (120 * DAY_MS)).unwrap_or(0);
        let most = usize::try_from(TICKETS).unwrap_or_default() + grows;
        let count = if is_working_day(day_ms) { 1 + dice.roll(most) } else { dice.roll(2) };
        let is_late = now_ms - day_ms < 21 * DAY_MS;
        for _ in 0..count {
            agenda.push(Reverse((day_ms + dice.minutes_ms(5 * 60, 18 * 60), stories.len())));
            stories.push(Story::of_ticket(&desk, &mut dice, is_late));
        }
        if is_working_day(day_ms) && dice.roll(3) > 0 {
            agenda.push(Reverse((day_ms + dice.minutes_ms(8 * 60, 16 * 60), stories.len())));
            stories.push(Story::of_request(&desk, &mut dice));
        }
        day_ms += DAY_MS;
    }
    for (ago_ms, story) in stories::disruptions(&desk) {
        agenda.push(Reverse((now_ms - ago_ms, stories.len())));
        stories.push(story);
    }
    if let Some((ago_ms, story)) = stories::colleague(&desk) {
        agenda.push(Reverse((now_ms - ago_ms, stories.len())));
        stories.push(story);
    }
    let mut looked_ms = begins_ms;
    while let Some(Reverse((at_ms, index))) = agenda.pop() {
        if at_ms > now_ms {
            continue;
        }
        while looked_ms + LOOK_MS <= at_ms {
            looked_ms += LOOK_MS;
            api.clock.set_ms(looked_ms);
            look(catalog).await?;
        }
        api.clock.set_ms(at_ms);
        let Some(story) = stories.get_mut(index) else { continue };
        if let Some(after_ms) = story.go_on(api, &desk).await? {
            agenda.push(Reverse((at_ms + after_ms, index)));
        }
    }
    api.clock.set_ms(now_ms);
    look(catalog).await
}

async fn look(catalog: &Catalog) -> Result<(), CatalogError> {
    catalog.look_at_due().await?;
    catalog.look_at_clocks().await?;
    catalog.look_at_escalations().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_work_on_working_days() {
        // 2026-02-28 is a Saturday.
        let saturday_ms = 20_512 * DAY_MS;
        assert!(!is_working_day(saturday_ms) && is_working_day(saturday_ms - DAY_MS));
        let monday_ms = saturday_ms + 2 * DAY_MS;
        let begins_ms = when_working(saturday_ms + 9 * HOUR_MS);
        assert!((monday_ms + 7 * HOUR_MS..monday_ms + 8 * HOUR_MS).contains(&begins_ms));
        assert_eq!(when_working(monday_ms + 9 * HOUR_MS), monday_ms + 9 * HOUR_MS);
        assert!(when_working(monday_ms + 20 * HOUR_MS) > monday_ms + DAY_MS);
    }
}
