//! Escalation ladders: who is called, and who is called when they do not answer.
//!
//! A [`Ladder`] is for one [`Track`], and a ticket climbs those of several tracks independently,
//! each with a history of its own. It is a list of levels, each with the minutes in which somebody
//! of it has to answer, counted by a calendar. Where a ladder stands follows from what happened
//! alone, so a timer that fires late, or twice, changes nothing:
//!
//! - It begins with its first level. A level is active from its instant until before the one at
//!   which its minutes are over; then the next is. An answer at that instant is one of the next
//!   level.
//! - The last level stays active. Once its minutes are over, too, the ladder is *exhausted*.
//! - An answer stops it, at the level that was active then, whoever gave it. Taken back, that level
//!   begins anew, with all of its minutes.
//! - A level may pass at once to the next; the last has nowhere to pass to.
//! - What happened is taken in the order of its instants, and at one instant in that of recording.
//!   Nothing counts before the ladder began, or after it ended, unless it begins again, which is
//!   from the first level.

#[cfg(test)]
mod tests;

use suite_contracts::{GroupId, UserId};

use super::calendar::{Beyond, OpenTimes};

pub const LEVELS_MAX: usize = 10;
pub const RESPONDERS_MAX: usize = 20;
/// The longest that a level may take: a week.
pub const MINUTES_MAX: u32 = 7 * 24 * 60;
const MINUTE_MS: i64 = 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Track {
    Technical,
    Security,
    Business,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Responder {
    User(UserId),
    Group(GroupId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    pub responders: Vec<Responder>,
    pub answer_minutes: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    track: Track,
    levels: Vec<Level>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LadderError {
    #[error("a ladder has at least one level, at most {LEVELS_MAX}, and not {0}")]
    Levels(usize),
    #[error("level {level} has at least one responder, at most {RESPONDERS_MAX}")]
    Responders { level: usize },
    #[error("level {level} has at least one minute, at most a week")]
    Minutes { level: usize },
}

/// Something that happened to a ticket's climb, in the order of recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub at_ms: i64,
    pub change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Began,
    Answered(UserId),
    /// The answer was taken back.
    TakenBack,
    /// On to the next level, without waiting.
    Passed,
    /// The ticket was solved, or needs no escalation any more.
    Ended,
}

/// A level's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub level: usize,
    pub since_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It has not begun, or it has ended.
    Idle,
    Active {
        turn: Turn,
        /// When the next level's turn begins, or the last one's minutes are over. `None` beyond the
        /// calendar's window.
        due_at_ms: Option<i64>,
        is_exhausted: bool,
    },
    Answered {
        turn: Turn,
        by: UserId,
        at_ms: i64,
    },
}

/// Where a ladder stands, and how it came there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Climb {
    pub status: Status,
    /// All turns so far, each of which somebody is to be told of, once.
    pub turns: Vec<Turn>,
}

impl Ladder {
    pub fn new(track: Track, levels: Vec<Level>) -> Result<Self, LadderError> {
        if levels.is_empty() || levels.len() > LEVELS_MAX {
            return Err(LadderError::Levels(levels.len()));
        }
        for (level, definition) in levels.iter().enumerate() {
            if !(1..=RESPONDERS_MAX).contains(&definition.responders.len()) {
                return Err(LadderError::Responders { level });
            }
            if !(1..=MINUTES_MAX).contains(&definition.answer_minutes) {
                return Err(LadderError::Minutes { level });
            }
        }
        Ok(Self { track, levels })
    }

    pub fn track(&self) -> Track {
        self.track
    }

    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Where it stands at an instant; what is dated later does not count yet.
    pub fn climb(
        &self,
        events: &[Event],
        calendar: &OpenTimes,
        now_ms: i64,
    ) -> Result<Climb, Beyond> {
        let mut events: Vec<&Event> = events.iter().filter(|event| event.at_ms <= now_ms).collect();
        // Stable: what happened at one instant stays in the order of recording.
        events.sort_by_key(|event| event.at_ms);
        let mut climb = Climb { status: Status::Idle, turns: Vec::new() };
        for event in events {
            self.pass_time(&mut climb, calendar, event.at_ms)?;
            self.take(&mut climb, calendar, event)?;
        }
        self.pass_time(&mut climb, calendar, now_ms)?;
        Ok(climb)
    }

    fn take(&self, climb: &mut Climb, calendar: &OpenTimes, event: &Event) -> Result<(), Beyond> {
        let at_ms = event.at_ms;
        match (event.change, climb.status) {
            (Change::Began, Status::Idle) => self.turn(climb, calendar, 0, at_ms),
            (Change::Answered(by), Status::Active { turn, .. }) => {
                climb.status = Status::Answered { turn, by, at_ms };
                Ok(())
            }
            (Change::TakenBack, Status::Answered { turn, .. }) => {
                self.turn(climb, calendar, turn.level, at_ms)
            }
            (Change::Passed, Status::Active { turn, .. }) if turn.level + 1 < self.levels.len() => {
                self.turn(climb, calendar, turn.level + 1, at_ms)
            }
            (Change::Ended, _) => {
                climb.status = Status::Idle;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn turn(
        &self,
        climb: &mut Climb,
        calendar: &OpenTimes,
        level: usize,
        since_ms: i64,
    ) -> Result<(), Beyond> {
        let turn = Turn { level, since_ms };
        let minutes = self.levels.get(level).map_or(1, |level| level.answer_minutes);
        let due_at_ms = calendar.reached_ms(since_ms, i64::from(minutes) * MINUTE_MS)?;
        climb.turns.push(turn);
        climb.status = Status::Active { turn, due_at_ms, is_exhausted: false };
        Ok(())
    }

    fn pass_time(
        &self,
        climb: &mut Climb,
        calendar: &OpenTimes,
        upto_ms: i64,
    ) -> Result<(), Beyond> {
        while let Status::Active { turn, due_at_ms: Some(due_ms), is_exhausted: false } =
            climb.status
            && due_ms <= upto_ms
        {
            if turn.level + 1 < self.levels.len() {
                self.turn(climb, calendar, turn.level + 1, due_ms)?;
            } else {
                let due_at_ms = Some(due_ms);
                climb.status = Status::Active { turn, due_at_ms, is_exhausted: true };
            }
        }
        Ok(())
    }
}
