//! How far an approval has come, as it is kept.

use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use suite_contracts::UserId;

use super::document;
use crate::model::approval::{
    Approval, Cause, Decision, Outcome, Seat, SeatState, StageRun, StageState, Verdict,
};

pub fn write(approval: &Approval) -> Result<String, DbErr> {
    let stages = approval.stages.iter().map(StageText::from).collect();
    document::write(&RunText { stages, outcome: approval.outcome.map(OutcomeText::from) })
}

pub fn read(text: &str) -> Result<Approval, DbErr> {
    let RunText { stages, outcome } = document::read(text)?;
    let stages = stages.into_iter().map(StageRun::from).collect();
    Ok(Approval { stages, outcome: outcome.map(Outcome::from) })
}

#[derive(Serialize, Deserialize)]
struct RunText {
    stages: Vec<StageText>,
    outcome: Option<OutcomeText>,
}

#[derive(Serialize, Deserialize)]
struct StageText {
    state: StageStateText,
    seats: Vec<SeatText>,
    asked_at_ms: Option<i64>,
    due_at_ms: Option<i64>,
    remind_at_ms: Vec<i64>,
    escalated_at_ms: Option<i64>,
    is_overdue: bool,
    ended_at_ms: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct SeatText {
    user: UserId,
    covers: Vec<usize>,
    is_escalation: bool,
    state: SeatStateText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StageStateText {
    Waiting,
    Skipped,
    Open,
    Approved,
    Rejected,
    Ended,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SeatStateText {
    Open,
    Left,
    Lapsed,
    Decided { by: UserId, approves: bool, reason: String, at_ms: i64 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeText {
    Approved,
    Rejected { stage: usize, too_few_left: bool },
    Failed { stage: usize },
    Withdrawn,
}

impl From<&StageRun> for StageText {
    fn from(run: &StageRun) -> Self {
        Self {
            state: run.state.into(),
            seats: run.seats.iter().map(SeatText::from).collect(),
            asked_at_ms: run.asked_at_ms,
            due_at_ms: run.due_at_ms,
            remind_at_ms: run.remind_at_ms.clone(),
            escalated_at_ms: run.escalated_at_ms,
            is_overdue: run.is_overdue,
            ended_at_ms: run.ended_at_ms,
        }
    }
}

impl From<StageText> for StageRun {
    fn from(text: StageText) -> Self {
        Self {
            state: text.state.into(),
            seats: text.seats.into_iter().map(Seat::from).collect(),
            asked_at_ms: text.asked_at_ms,
            due_at_ms: text.due_at_ms,
            remind_at_ms: text.remind_at_ms,
            escalated_at_ms: text.escalated_at_ms,
            is_overdue: text.is_overdue,
            ended_at_ms: text.ended_at_ms,
        }
    }
}

impl From<&Seat> for SeatText {
    fn from(seat: &Seat) -> Self {
        let state = match &seat.state {
            SeatState::Open => SeatStateText::Open,
            SeatState::Left => SeatStateText::Left,
            SeatState::Lapsed => SeatStateText::Lapsed,
            SeatState::Decided(Decision { by, verdict, reason, at_ms }) => {
                let approves = *verdict == Verdict::Approve;
                SeatStateText::Decided { by: *by, approves, reason: reason.clone(), at_ms: *at_ms }
            }
        };
        let (user, covers) = (seat.user, seat.covers.clone());
        Self { user, covers, is_escalation: seat.is_escalation, state }
    }
}

impl From<SeatText> for Seat {
    fn from(text: SeatText) -> Self {
        let SeatText { user, covers, is_escalation, state } = text;
        let state = match state {
            SeatStateText::Open => SeatState::Open,
            SeatStateText::Left => SeatState::Left,
            SeatStateText::Lapsed => SeatState::Lapsed,
            SeatStateText::Decided { by, approves, reason, at_ms } => {
                let verdict = if approves { Verdict::Approve } else { Verdict::Reject };
                SeatState::Decided(Decision { by, verdict, reason, at_ms })
            }
        };
        Self { user, covers, is_escalation, state }
    }
}

macro_rules! same_names {
    ($from:ident <=> $to:ident { $($name:ident),* }) => {
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                match from { $($from::$name => Self::$name),* }
            }
        }

        impl From<$to> for $from {
            fn from(from: $to) -> Self {
                match from { $($to::$name => Self::$name),* }
            }
        }
    };
}

same_names!(StageState <=> StageStateText { Waiting, Skipped, Open, Approved, Rejected, Ended });

impl From<Outcome> for OutcomeText {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Approved => Self::Approved,
            Outcome::Rejected { stage, cause } => {
                Self::Rejected { stage, too_few_left: cause == Cause::TooFewLeft }
            }
            Outcome::Failed { stage } => Self::Failed { stage },
            Outcome::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<OutcomeText> for Outcome {
    fn from(text: OutcomeText) -> Self {
        match text {
            OutcomeText::Approved => Self::Approved,
            OutcomeText::Rejected { stage, too_few_left } => {
                let cause = if too_few_left { Cause::TooFewLeft } else { Cause::Decided };
                Self::Rejected { stage, cause }
            }
            OutcomeText::Failed { stage } => Self::Failed { stage },
            OutcomeText::Withdrawn => Self::Withdrawn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(state: SeatState) -> Seat {
        Seat { user: UserId::new(), covers: vec![0, 2], is_escalation: true, state }
    }

    #[test]
    fn what_is_kept_reads_back_as_it_was() {
        let decided = Decision {
            by: UserId::new(),
            verdict: Verdict::Reject,
            reason: "too \"dear\"".to_owned(),
            at_ms: 7,
        };
        let states =
            [SeatState::Open, SeatState::Left, SeatState::Lapsed, SeatState::Decided(decided)];
        let stage = |state| StageRun {
            state,
            seats: states.iter().cloned().map(seat).collect(),
            asked_at_ms: Some(1),
            due_at_ms: Some(2),
            remind_at_ms: vec![3, 4],
            escalated_at_ms: Some(5),
            is_overdue: true,
            ended_at_ms: None,
        };
        use StageState::{Approved, Ended, Open, Rejected, Skipped, Waiting};
        let all = [Waiting, Skipped, Open, Approved, Rejected, Ended];
        for outcome in [
            None,
            Some(Outcome::Approved),
            Some(Outcome::Rejected { stage: 1, cause: Cause::Decided }),
            Some(Outcome::Rejected { stage: 2, cause: Cause::TooFewLeft }),
            Some(Outcome::Failed { stage: 0 }),
            Some(Outcome::Withdrawn),
        ] {
            let approval = Approval { stages: all.map(stage).to_vec(), outcome };
            assert_eq!(read(&write(&approval).unwrap()).unwrap(), approval);
        }
    }
}
