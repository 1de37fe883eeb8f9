//! Escalation ladders, and tickets on them.

use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, UserId};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;

use super::desk::Word;
use super::each;
use super::requests::{GroupView, PersonView};
use crate::error::Fault;
use crate::model::escalation::{
    Change, Event, Ladder, LadderError, Level, Responder, Status, Track, Turn,
};
use crate::service::ClimbDetail;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EscalationTrack)]
pub(crate) enum TrackBody {
    Technical,
    Security,
    Business,
}

impl Word for TrackBody {
    fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Security => "security",
            Self::Business => "business",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::Technical, Self::Security, Self::Business]
            .into_iter()
            .find(|track| track.as_str() == text)
    }
}

impl From<TrackBody> for Track {
    fn from(body: TrackBody) -> Self {
        match body {
            TrackBody::Technical => Self::Technical,
            TrackBody::Security => Self::Security,
            TrackBody::Business => Self::Business,
        }
    }
}

/// Who is called, level by level, until somebody answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EscalationLadder)]
pub(crate) struct LadderBody {
    /// Whether minutes count at night, too, and not by the ticket's calendar.
    #[serde(default)]
    pub is_around_the_clock: bool,
    #[schema(max_items = 10)]
    pub levels: Vec<LevelBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EscalationLevel)]
pub(crate) struct LevelBody {
    #[schema(max_items = 20)]
    pub responders: Vec<ResponderBody>,
    /// After so many without an answer the next level is called.
    #[schema(minimum = 1, maximum = 10080)]
    pub answer_minutes: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Responder)]
pub(crate) enum ResponderBody {
    User(UserId),
    /// Its members.
    Group(GroupId),
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrackLadder)]
pub(crate) struct LadderView {
    pub track: TrackBody,
    pub version: i64,
    pub ladder: LadderBody,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ladders {
    pub items: Vec<LadderView>,
    /// Whom they name.
    pub people: Vec<PersonView>,
    pub groups: Vec<GroupView>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EscalateRequest {
    pub track: TrackBody,
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EscalationStep {
    pub step: StepBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EscalationStepKind)]
pub(crate) enum StepBody {
    /// I take care of it: nobody else is called.
    Answer,
    /// I do not, after all: the level is called anew.
    TakeBack,
    /// On to the next level, without waiting.
    Pass,
    End,
}

/// A ticket on a ladder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketEscalation)]
pub(crate) struct ClimbView {
    pub track: TrackBody,
    pub ladder: LadderBody,
    pub state: ClimbState,
    /// The level that is called, or was when somebody answered, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// When the next one is, unless somebody answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<UserId>,
    /// All levels that were called, in order.
    pub turns: Vec<TurnView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EscalationState)]
pub(crate) enum ClimbState {
    /// It has ended.
    Idle,
    Calling,
    /// All have been called, and nobody has answered.
    Exhausted,
    Answered,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EscalationTurn)]
pub(crate) struct TurnView {
    pub level: usize,
    #[schema(format = DateTime)]
    pub since: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketEscalations {
    pub items: Vec<ClimbView>,
    /// Whom they name.
    pub people: Vec<PersonView>,
    pub groups: Vec<GroupView>,
}

impl LadderBody {
    pub(crate) fn ladder(&self, track: TrackBody) -> Result<Ladder, Fault> {
        let levels = each("/levels", self.levels.clone(), |_, body| {
            let LevelBody { responders, answer_minutes } = body;
            let responders = responders.into_iter().map(|one| match one {
                ResponderBody::User(user) => Responder::User(user),
                ResponderBody::Group(group) => Responder::Group(group),
            });
            Ok(Level { responders: responders.collect(), answer_minutes })
        })?;
        Ladder::new(track.into(), levels).map_err(|error| {
            let at = match error {
                LadderError::Levels(_) => "/levels".to_owned(),
                LadderError::Responders { level } => format!("/levels/{level}/responders"),
                LadderError::Minutes { level } => format!("/levels/{level}/answer_minutes"),
            };
            Fault::new(at, error)
        })
    }
}

/// What happened to a climb, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EventText {
    pub at_ms: i64,
    pub change: ChangeText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeText {
    Began,
    Answered(UserId),
    TakenBack,
    Passed,
    Ended,
}

impl From<EventText> for Event {
    fn from(EventText { at_ms, change }: EventText) -> Self {
        let change = match change {
            ChangeText::Began => Change::Began,
            ChangeText::Answered(user) => Change::Answered(user),
            ChangeText::TakenBack => Change::TakenBack,
            ChangeText::Passed => Change::Passed,
            ChangeText::Ended => Change::Ended,
        };
        Self { at_ms, change }
    }
}

impl From<ClimbDetail> for ClimbView {
    fn from(detail: ClimbDetail) -> Self {
        let ClimbDetail { track, ladder, climb } = detail;
        let (state, turn, due_at_ms, answered_by) = match climb.status {
            Status::Idle => (ClimbState::Idle, None, None, None),
            Status::Active { turn, due_at_ms, is_exhausted: false } => {
                (ClimbState::Calling, Some(turn), due_at_ms, None)
            }
            Status::Active { turn, .. } => (ClimbState::Exhausted, Some(turn), None, None),
            Status::Answered { turn, by, .. } => (ClimbState::Answered, Some(turn), None, Some(by)),
        };
        let turns = climb.turns.into_iter();
        Self {
            track,
            ladder,
            state,
            level: turn.map(|turn| turn.level),
            due_at: due_at_ms.map(rfc3339),
            answered_by,
            turns: turns
                .map(|Turn { level, since_ms }| TurnView { level, since: rfc3339(since_ms) })
                .collect(),
        }
    }
}
