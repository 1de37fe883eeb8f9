//! How far one request has come.

use suite_contracts::UserId;

use super::directory::Directory;
use super::plan::{Plan, Subject};
use super::step::{Progress, Step};
use crate::model::calendar::OpenTimes;

/// Characters of a reason at most.
pub const REASON_CHARS_MAX: usize = 4_000;

/// What an approval is moved on with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub plan: &'a Plan,
    pub subject: &'a Subject,
    pub directory: &'a Directory,
    /// What deadlines are counted by. Where its window ends before one, the rest counts around the
    /// clock.
    pub calendar: &'a OpenTimes,
    pub now_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Approve,
    Reject,
}

/// A decision as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The stage that its maker saw.
    pub stage: usize,
    pub by: UserId,
    pub verdict: Verdict,
    /// A rejection has one.
    pub reason: String,
}

/// A decision that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who made it: the seat's own person, or a delegate.
    pub by: UserId,
    pub verdict: Verdict,
    pub reason: String,
    pub at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub user: UserId,
    /// Which of the stage's approvers it stands for; once escalated, of those it escalates to.
    pub covers: Vec<usize>,
    pub is_escalation: bool,
    pub state: SeatState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatState {
    Open,
    Decided(Decision),
    /// Its person is not one of the approvers any more.
    Left,
    /// The stage passed to others before its person decided.
    Lapsed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageState {
    Waiting,
    /// Its condition did not hold.
    Skipped,
    Open,
    Approved,
    Rejected,
    /// The approval ended before it was decided.
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRun {
    pub state: StageState,
    pub seats: Vec<Seat>,
    pub asked_at_ms: Option<i64>,
    pub due_at_ms: Option<i64>,
    /// Those still to come.
    pub remind_at_ms: Vec<i64>,
    pub escalated_at_ms: Option<i64>,
    pub is_overdue: bool,
    pub ended_at_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// By those who decided.
    Decided,
    /// People left, and a stage cannot get what it needs any more.
    TooFewLeft,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Approved,
    Rejected {
        stage: usize,
        cause: Cause,
    },
    /// Nobody, or too few, may decide. It takes an administrator to see to it.
    Failed {
        stage: usize,
    },
    Withdrawn,
}

/// What to tell whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Asks for a decision: from the seat's person, or from a delegate of theirs.
    Asked {
        stage: usize,
        user: UserId,
        on_behalf_of: Option<UserId>,
    },
    Reminded {
        stage: usize,
        user: UserId,
    },
    /// Their decision is not needed any more.
    Released {
        stage: usize,
        user: UserId,
    },
    Escalated {
        stage: usize,
        to: Vec<UserId>,
    },
    /// The deadline has passed, and there is nobody to escalate to.
    Overdue {
        stage: usize,
    },
    Skipped {
        stage: usize,
    },
    StageApproved {
        stage: usize,
    },
    Finished(Outcome),
}

/// Why a decision does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the approval has ended already")]
    Over(Outcome),
    #[error("this stage is not the one that is open; look at the request again")]
    OtherStage { open: usize },
    #[error("nobody decides on their own request")]
    OwnRequest,
    #[error("you are not asked in this stage, or not any more")]
    NotAsked,
    #[error("{by} has decided already, in this place or in another of this stage")]
    AlreadyDecided { by: UserId },
    #[error("a rejection says why, and a reason has at most {REASON_CHARS_MAX} characters")]
    Reason,
}

/// Why an approval is not begun anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRestart {
    #[error("only an approval that failed is started anew")]
    NotFailed,
    #[error("there still are too few people to ask in stage {stage}")]
    TooFew { stage: usize },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub stages: Vec<StageRun>,
    pub outcome: Option<Outcome>,
}

impl Approval {
    /// Begins, and asks the first stage.
    pub fn start(context: &Context<'_>) -> (Self, Vec<Notice>) {
        let stages = context.plan.stages().iter().map(|_| StageRun::waiting()).collect();
        let mut approval = Self { stages, outcome: None };
        let notices = approval.advance(context);
        (approval, notices)
    }

    /// The stage that is asked now.
    pub fn open_stage(&self) -> Option<usize> {
        self.stages.iter().position(|stage| stage.state == StageState::Open)
    }

    /// Takes account of the time that has passed and of a directory that has changed. It does so
    /// once, however often it is called.
    pub fn advance(&mut self, context: &Context<'_>) -> Vec<Notice> {
        let mut notices = Vec::new();
        while self.outcome.is_none() {
            let next = |state| self.stages.iter().position(|stage| stage.state == state);
            let Some(index) = next(StageState::Open).or_else(|| next(StageState::Waiting)) else {
                self.finish(Outcome::Approved, context, &mut notices);
                break;
            };
            let Some(definition) = context.plan.stages().get(index) else { break };
            let mut step = Step {
                run: &mut self.stages[index],
                index,
                definition,
                context,
                notices: &mut notices,
            };
            match step.take() {
                Progress::Waits => break,
                Progress::Done => {}
                Progress::Ends(outcome) => self.finish(outcome, context, &mut notices),
            }
        }
        notices
    }

    /// Takes a decision.
    pub fn decide(
        &mut self,
        vote: Vote,
        context: &Context<'_>,
    ) -> Result<Vec<Notice>, (Refusal, Vec<Notice>)> {
        // A deadline that has passed has passed, whether or not anybody looked.
        let mut notices = self.advance(context);
        match self.record(vote, context) {
            Ok(()) => {
                notices.extend(self.advance(context));
                Ok(notices)
            }
            Err(refusal) => Err((refusal, notices)),
        }
    }

    /// The request is taken back, or what it asks for is not to be had any more.
    pub fn withdraw(&mut self, context: &Context<'_>) -> Result<Vec<Notice>, Refusal> {
        if let Some(outcome) = self.outcome {
            return Err(Refusal::Over(outcome));
        }
        let mut notices = Vec::new();
        self.finish(Outcome::Withdrawn, context, &mut notices);
        Ok(notices)
    }

    /// Asks anew the stage in which it failed. What was approved before it stays; where there still
    /// are too few to ask, nothing changes.
    pub fn restart(&mut self, context: &Context<'_>) -> Result<Vec<Notice>, NoRestart> {
        let Some(Outcome::Failed { stage: failed }) = self.outcome else {
            return Err(NoRestart::NotFailed);
        };
        let mut next = Self { outcome: None, ..self.clone() };
        next.stages.iter_mut().skip(failed).for_each(|run| *run = StageRun::waiting());
        let notices = next.advance(context);
        if let Some(Outcome::Failed { stage } | Outcome::Rejected { stage, .. }) = next.outcome {
            return Err(NoRestart::TooFew { stage });
        }
        *self = next;
        Ok(notices)
    }

    fn record(&mut self, vote: Vote, context: &Context<'_>) -> Result<(), Refusal> {
        let Vote { stage, by, verdict, reason } = vote;
        if let Some(outcome) = self.outcome {
            return Err(Refusal::Over(outcome));
        }
        let open = self.open_stage().unwrap_or_default();
        if open != stage {
            return Err(Refusal::OtherStage { open });
        }
        if context.subject.concerns(by) {
            return Err(Refusal::OwnRequest);
        }
        let needs_reason = verdict == Verdict::Reject && reason.trim().is_empty();
        if needs_reason || reason.chars().count() > REASON_CHARS_MAX {
            return Err(Refusal::Reason);
        }
        let seat = self.stages[stage].seat_for(by, context)?;
        seat.state = SeatState::Decided(Decision { by, verdict, reason, at_ms: context.now_ms });
        Ok(())
    }

    fn finish(&mut self, outcome: Outcome, context: &Context<'_>, notices: &mut Vec<Notice>) {
        for (stage, run) in self.stages.iter_mut().enumerate() {
            if matches!(run.state, StageState::Open | StageState::Waiting) {
                run.state = match outcome {
                    Outcome::Rejected { stage: rejected, .. } if rejected == stage => {
                        StageState::Rejected
                    }
                    _ => StageState::Ended,
                };
                run.end(stage, context.now_ms, notices);
            }
        }
        self.outcome = Some(outcome);
        notices.push(Notice::Finished(outcome));
    }
}

impl StageRun {
    fn waiting() -> Self {
        Self {
            state: StageState::Waiting,
            seats: Vec::new(),
            asked_at_ms: None,
            due_at_ms: None,
            remind_at_ms: Vec::new(),
            escalated_at_ms: None,
            is_overdue: false,
            ended_at_ms: None,
        }
    }

    pub(super) fn end(&mut self, stage: usize, now_ms: i64, notices: &mut Vec<Notice>) {
        self.ended_at_ms = Some(now_ms);
        for seat in &mut self.seats {
            if seat.state == SeatState::Open {
                seat.state = SeatState::Lapsed;
                notices.push(Notice::Released { stage, user: seat.user });
            }
        }
    }

    /// The seat that somebody fills: their own, or one of who delegated to them.
    fn seat_for(&mut self, by: UserId, context: &Context<'_>) -> Result<&mut Seat, Refusal> {
        let decided = |seat: &Seat| match &seat.state {
            SeatState::Decided(decision) => Some(decision.by),
            _ => None,
        };
        if self.seats.iter().any(|seat| decided(seat) == Some(by)) {
            return Err(Refusal::AlreadyDecided { by });
        }
        let mut own_seats = self.seats.iter().filter(|seat| seat.user == by);
        if let Some(by) = own_seats.find_map(decided) {
            return Err(Refusal::AlreadyDecided { by });
        }
        if !context.directory.is_active(by) {
            return Err(Refusal::NotAsked);
        }
        let is_own = |seat: &Seat| seat.user == by && seat.state != SeatState::Left;
        let is_seated = self.seats.iter().any(is_own);
        let (directory, now_ms) = (context.directory, context.now_ms);
        let mut open = self.seats.iter_mut().filter(|seat| seat.state == SeatState::Open);
        let seat = open.find(|seat| {
            seat.user == by || (!is_seated && directory.delegated(seat.user, by, now_ms))
        });
        seat.ok_or(Refusal::NotAsked)
    }

    pub(super) fn count(&self, is: impl Fn(&SeatState) -> bool, escalation: bool) -> usize {
        let seats = self.seats.iter().filter(|seat| seat.is_escalation == escalation);
        seats.filter(|seat| is(&seat.state)).count()
    }

    pub(super) fn has_decisions(&self) -> bool {
        self.seats.iter().any(|seat| matches!(seat.state, SeatState::Decided(_)))
    }
}
