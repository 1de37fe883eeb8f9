//! What happened to a ticket, as far as clocks care, and the course of a clock through it.

use std::collections::BTreeSet;

use suite_contracts::GroupId;

use super::{Clock, Measure};
use crate::model::calendar::Span;
use crate::model::id::CalendarId;
use crate::model::priority::Priority;
use crate::model::target::Tier;
use crate::model::ticket::{Pending, State};

/// Entries of a history at most.
pub const ENTRIES_MAX: usize = 50_000;

/// Something that happened, in the order of recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub at_ms: i64,
    pub change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Created {
        priority: Priority,
        calendar: CalendarId,
        tier: Tier,
        group: Option<GroupId>,
    },
    State(State),
    Priority(Priority),
    Calendar(CalendarId),
    Group(Option<GroupId>),
    Tier(Tier),
    /// An agent replied in public.
    Replied,
    /// Something waits besides the state, such as a linked change. Held twice is held once.
    Held(Pending),
    Released(Pending),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    #[error("a history has a creation, and this has none")]
    NoCreation,
    #[error("a history has at most {ENTRIES_MAX} entries, and this {0}")]
    TooLong(usize),
}

/// A ticket's history, in the order in which it takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    created_ms: i64,
    start: Now,
    /// Without creations, by their instants.
    entries: Vec<Entry>,
}

/// Where a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Now {
    state: State,
    priority: Priority,
    calendar: CalendarId,
    group: Option<GroupId>,
    tier: Tier,
    held: BTreeSet<Pending>,
}

/// What a clock does for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Runs,
    Paused(Pending),
    OtherGroup(Option<GroupId>),
    OtherTier(Tier),
    /// Resolved, or answered.
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phase {
    pub span: Span,
    pub mode: Mode,
    pub calendar: CalendarId,
    pub target_ms: i64,
}

/// What a clock went through until now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Course {
    /// Without gaps, and without those of no length. A stop at the end is not among them.
    pub phases: Vec<Phase>,
    /// What it does now. Of a stop it spans the time since, and has the target that then held; else
    /// it has no length.
    pub now: Phase,
    /// Whether the ticket ever came to the clock's group or tier.
    pub is_concerned: bool,
}

impl History {
    /// Takes entries in the order in which they were recorded.
    pub fn new(mut entries: Vec<Entry>) -> Result<Self, HistoryError> {
        if entries.len() > ENTRIES_MAX {
            return Err(HistoryError::TooLong(entries.len()));
        }
        // Stable: what happened at one instant stays in the order of recording.
        entries.sort_by_key(|entry| entry.at_ms);
        let created = entries.iter().find_map(|entry| match entry.change {
            Change::Created { priority, calendar, tier, group } => {
                let held = BTreeSet::new();
                let start = Now { state: State::New, priority, calendar, group, tier, held };
                Some((entry.at_ms, start))
            }
            _ => None,
        });
        let Some((created_ms, start)) = created else { return Err(HistoryError::NoCreation) };
        entries.retain(|entry| !matches!(entry.change, Change::Created { .. }));
        Ok(Self { created_ms, start, entries })
    }

    pub fn created_ms(&self) -> i64 {
        self.created_ms
    }

    /// The tiers that the ticket came to until now, in that order, the present one last.
    pub fn arrivals(&self) -> Vec<Tier> {
        let moved = self.entries.iter().filter_map(|entry| match entry.change {
            Change::Tier(tier) => Some(tier),
            _ => None,
        });
        let mut arrivals: Vec<Tier> = std::iter::once(self.start.tier).chain(moved).collect();
        arrivals.dedup();
        arrivals
    }

    /// Whether it ever was solved.
    pub fn was_done(&self) -> bool {
        let mut changes = self.entries.iter().map(|entry| entry.change);
        changes.any(|change| matches!(change, Change::State(state) if state.is_done()))
    }

    /// The groups that had the ticket.
    pub fn groups(&self) -> BTreeSet<GroupId> {
        let came = self.entries.iter().filter_map(|entry| match entry.change {
            Change::Group(group) => group,
            _ => None,
        });
        self.start.group.into_iter().chain(came).collect()
    }

    /// Follows a clock until an instant.
    pub(super) fn course(&self, clock: &Clock, now_ms: i64) -> Course {
        let now_ms = now_ms.max(self.created_ms);
        let mut walk = Walk {
            clock,
            now: self.start.clone(),
            is_over: false,
            since_ms: self.created_ms,
            phases: Vec::new(),
            is_concerned: false,
        };
        walk.look();
        let known = self.entries.iter().take_while(|entry| entry.at_ms <= now_ms);
        for entry in known {
            walk.pass(entry.at_ms);
            walk.take(entry.change);
            walk.look();
        }
        walk.pass(now_ms);
        let mut now = walk.phase(walk.since_ms);
        let mut phases = walk.phases;
        while now.mode == Mode::Stopped
            && let Some(last) = phases.pop_if(|last| last.mode == Mode::Stopped)
        {
            now = Phase { span: Span::new(last.span.from_ms, now.span.to_ms), ..last };
        }
        Course { phases, now, is_concerned: walk.is_concerned }
    }
}

struct Walk<'a> {
    clock: &'a Clock,
    now: Now,
    /// Answered, which is for ever.
    is_over: bool,
    since_ms: i64,
    phases: Vec<Phase>,
    is_concerned: bool,
}

impl Walk<'_> {
    fn phase(&self, to_ms: i64) -> Phase {
        Phase {
            span: Span::new(self.since_ms, to_ms),
            mode: self.mode(),
            calendar: self.now.calendar,
            target_ms: self.clock.targets.of(self.now.priority),
        }
    }

    /// Lets time pass in which nothing changes; none before the creation.
    fn pass(&mut self, to_ms: i64) {
        if to_ms <= self.since_ms {
            return;
        }
        let phase = self.phase(to_ms);
        match self.phases.last_mut() {
            Some(last) if Phase { span: phase.span, ..*last } == phase => {
                last.span.to_ms = to_ms;
            }
            _ => self.phases.push(phase),
        }
        self.since_ms = to_ms;
    }

    fn take(&mut self, change: Change) {
        let now = &mut self.now;
        match change {
            Change::Created { .. } => {}
            Change::State(state) => {
                now.state = state;
                let once = matches!(self.clock.measure, Measure::Response | Measure::Tier(_));
                self.is_over |= once && self.is_concerned && state.is_done();
            }
            Change::Priority(priority) => now.priority = priority,
            Change::Calendar(calendar) => now.calendar = calendar,
            Change::Group(group) => now.group = group,
            Change::Tier(tier) => now.tier = tier,
            Change::Replied => {
                self.is_over |= match self.clock.measure {
                    Measure::Response => true,
                    Measure::Tier(tier) => now.tier == tier,
                    Measure::Resolution | Measure::Group(_) => false,
                };
            }
            Change::Held(pending) => {
                now.held.insert(pending);
            }
            Change::Released(pending) => {
                now.held.remove(&pending);
            }
        }
    }

    fn look(&mut self) {
        self.is_concerned |= match self.clock.measure {
            Measure::Group(group) => self.now.group == Some(group),
            Measure::Tier(tier) => self.now.tier == tier,
            Measure::Response | Measure::Resolution => true,
        };
    }

    fn mode(&self) -> Mode {
        let Now { state, group, tier, held, .. } = &self.now;
        if self.is_over || state.is_done() {
            return Mode::Stopped;
        }
        match self.clock.measure {
            Measure::Group(own) if *group != Some(own) => return Mode::OtherGroup(*group),
            Measure::Tier(own) if *tier != own => return Mode::OtherTier(*tier),
            _ => {}
        }
        let waits = state.pending().into_iter().chain(held.iter().copied());
        let mut pauses = waits.filter(|pending| self.clock.pausing.contains(pending));
        pauses.next().map_or(Mode::Runs, Mode::Paused)
    }
}
