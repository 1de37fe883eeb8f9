//! One look at the stage that is open, or comes next.

use std::collections::BTreeSet;

use suite_contracts::UserId;

use super::plan::{Approver, Rule, Stage};
use super::run::{Cause, Context, Notice, Outcome, Seat, SeatState, StageRun, StageState, Verdict};
use crate::model::calendar::OpenTimes;

pub(super) enum Progress {
    Waits,
    Done,
    Ends(Outcome),
}

/// How a stage stands.
enum Tally {
    Approved,
    Rejected,
    /// What it needs, those who are left cannot give, though nobody rejected.
    TooFew,
    Open,
}

/// One look at one stage.
pub(super) struct Step<'a, 'b> {
    pub run: &'a mut StageRun,
    pub index: usize,
    pub definition: &'a Stage,
    pub context: &'a Context<'b>,
    pub notices: &'a mut Vec<Notice>,
}

impl Step<'_, '_> {
    pub(super) fn take(&mut self) -> Progress {
        let is_new = self.run.state == StageState::Waiting;
        if is_new && !self.ask() {
            return Progress::Done;
        }
        self.follow_directory();
        if let Some(progress) = self.settle(is_new) {
            return progress;
        }
        if self.passes_deadline()
            && let Some(progress) = self.settle(false)
        {
            return progress;
        }
        self.remind();
        Progress::Waits
    }

    /// Opens the stage, unless its condition does not hold.
    fn ask(&mut self) -> bool {
        let Context { subject, directory, calendar, now_ms, .. } = *self.context;
        let condition = self.definition.condition.as_ref();
        if condition.is_some_and(|all| !all.holds(&|test| subject.passes(test, directory))) {
            self.run.state = StageState::Skipped;
            self.run.ended_at_ms = Some(now_ms);
            self.notices.push(Notice::Skipped { stage: self.index });
            return false;
        }
        self.run.state = StageState::Open;
        self.run.asked_at_ms = Some(now_ms);
        if let Some(deadline) = &self.definition.deadline {
            let at = |after_ms| after(calendar, now_ms, after_ms);
            self.run.due_at_ms = Some(at(deadline.within_ms));
            self.run.remind_at_ms = deadline.remind_after_ms.iter().map(|ms| at(*ms)).collect();
            self.run.remind_at_ms.sort_unstable();
        }
        true
    }

    fn is_escalated(&self) -> bool {
        self.run.escalated_at_ms.is_some()
    }

    fn approvers(&self) -> &[Approver] {
        let Stage { approvers, escalate_to, .. } = self.definition;
        if self.is_escalated() { escalate_to } else { approvers }
    }

    /// Gives seats to those who are eligible now, and takes those of who is not.
    fn follow_directory(&mut self) {
        let Context { subject, directory, .. } = *self.context;
        let mut eligible = directory.eligible(self.approvers(), subject);
        let is_escalation = self.is_escalated();
        if is_escalation {
            // Nobody decides twice.
            for seat in &self.run.seats {
                if let SeatState::Decided(decision) = &seat.state
                    && !seat.is_escalation
                {
                    eligible.remove(&decision.by);
                    eligible.remove(&seat.user);
                }
            }
        }
        let mut asked = Vec::new();
        for seat in self.run.seats.iter_mut().filter(|seat| seat.is_escalation == is_escalation) {
            let covers = eligible.remove(&seat.user);
            match (&seat.state, covers) {
                (SeatState::Open, None) => seat.state = SeatState::Left,
                (SeatState::Open, Some(covers)) => seat.covers = covers,
                (SeatState::Left, Some(covers)) => {
                    seat.covers = covers;
                    seat.state = SeatState::Open;
                    asked.push(seat.user);
                }
                _ => {}
            }
        }
        for (user, covers) in eligible {
            asked.push(user);
            self.run.seats.push(Seat { user, covers, is_escalation, state: SeatState::Open });
        }
        for user in asked {
            self.tell(user);
        }
    }

    fn tell(&mut self, user: UserId) {
        let Context { subject, directory, now_ms, .. } = *self.context;
        let stage = self.index;
        self.notices.push(Notice::Asked { stage, user, on_behalf_of: None });
        let delegates: BTreeSet<UserId> = directory.delegates(user, subject, now_ms).collect();
        let seated = |user: &UserId| self.run.seats.iter().any(|seat| seat.user == *user);
        for delegate in delegates.into_iter().filter(|delegate| !seated(delegate)) {
            let on_behalf_of = Some(user);
            self.notices.push(Notice::Asked { stage, user: delegate, on_behalf_of });
        }
    }

    fn tally(&self) -> Tally {
        let is_escalation = self.is_escalated();
        let count = |is: fn(&SeatState) -> bool| self.run.count(is, is_escalation);
        let voted = |verdict| {
            let decided = |seat: &&Seat| match &seat.state {
                SeatState::Decided(decision) => decision.verdict == verdict,
                _ => false,
            };
            let seats = self.run.seats.iter().filter(|seat| seat.is_escalation == is_escalation);
            seats.filter(decided).count()
        };
        let open = count(|state| *state == SeatState::Open);
        let (approvals, rejections) = (voted(Verdict::Approve), voted(Verdict::Reject));
        let needed = match self.definition.rule {
            _ if is_escalation => 1,
            Rule::Any => 1,
            Rule::Quorum(quorum) => usize::try_from(quorum).unwrap_or(usize::MAX),
            Rule::All if rejections > 0 => return Tally::Rejected,
            Rule::All if !self.covers_all() => return Tally::TooFew,
            Rule::All => (approvals + open).max(1),
        };
        if approvals >= needed {
            Tally::Approved
        } else if approvals + open >= needed {
            Tally::Open
        } else if rejections > 0 {
            Tally::Rejected
        } else {
            Tally::TooFew
        }
    }

    /// Whether somebody has a seat for each approver that is named.
    fn covers_all(&self) -> bool {
        let holds = |seat: &&Seat| matches!(seat.state, SeatState::Open | SeatState::Decided(_));
        let seats = self.run.seats.iter().filter(holds);
        let covered: BTreeSet<usize> = seats.flat_map(|seat| seat.covers.iter().copied()).collect();
        covered.len() == self.definition.approvers.len()
    }

    fn settle(&mut self, is_new: bool) -> Option<Progress> {
        let (stage, now_ms) = (self.index, self.context.now_ms);
        match self.tally() {
            Tally::Open => None,
            Tally::Approved => {
                self.run.state = StageState::Approved;
                self.run.end(stage, now_ms, self.notices);
                self.notices.push(Notice::StageApproved { stage });
                Some(Progress::Done)
            }
            Tally::Rejected => {
                let cause = Cause::Decided;
                Some(Progress::Ends(Outcome::Rejected { stage, cause }))
            }
            Tally::TooFew if self.escalate(now_ms) => self.settle(false),
            Tally::TooFew => {
                let open = self.run.seats.iter().any(|seat| seat.state == SeatState::Open);
                let is_failure = is_new || (!open && !self.run.has_decisions());
                let rejected = Outcome::Rejected { stage, cause: Cause::TooFewLeft };
                Some(Progress::Ends(if is_failure { Outcome::Failed { stage } } else { rejected }))
            }
        }
    }

    /// Passes the stage to those whom it escalates to, if there is anybody.
    fn escalate(&mut self, at_ms: i64) -> bool {
        let Context { subject, directory, .. } = *self.context;
        let mut to = directory.eligible(&self.definition.escalate_to, subject);
        for seat in &self.run.seats {
            if let SeatState::Decided(decision) = &seat.state {
                to.remove(&decision.by);
                to.remove(&seat.user);
            }
        }
        if self.is_escalated() || to.is_empty() {
            return false;
        }
        self.run.escalated_at_ms = Some(at_ms);
        self.run.remind_at_ms.clear();
        let stage = self.index;
        for seat in &mut self.run.seats {
            if seat.state == SeatState::Open {
                seat.state = SeatState::Lapsed;
                if !to.contains_key(&seat.user) {
                    self.notices.push(Notice::Released { stage, user: seat.user });
                }
            }
        }
        self.notices.push(Notice::Escalated { stage, to: to.into_keys().collect() });
        self.follow_directory();
        true
    }

    /// Whether the stage has passed to others because its time was up.
    fn passes_deadline(&mut self) -> bool {
        let passed = self.run.due_at_ms.filter(|due_ms| *due_ms <= self.context.now_ms);
        let Some(due_ms) = passed else { return false };
        if self.is_escalated() || self.run.is_overdue {
            return false;
        }
        if self.escalate(due_ms) {
            return true;
        }
        self.run.is_overdue = true;
        self.notices.push(Notice::Overdue { stage: self.index });
        false
    }

    /// Reminds those who have not decided; once, even where several reminders were missed.
    fn remind(&mut self) {
        let (stage, now_ms) = (self.index, self.context.now_ms);
        let before = self.run.remind_at_ms.len();
        self.run.remind_at_ms.retain(|at_ms| *at_ms > now_ms);
        if self.run.remind_at_ms.len() == before || self.run.is_overdue {
            return;
        }
        let Context { subject, directory, .. } = *self.context;
        let open = self.run.seats.iter().filter(|seat| seat.state == SeatState::Open);
        let seated: BTreeSet<UserId> = open.map(|seat| seat.user).collect();
        // Who sits there may be away: their delegates decide as well as they do.
        let delegates = seated.iter().flat_map(|user| directory.delegates(*user, subject, now_ms));
        let reminded: BTreeSet<UserId> = delegates.chain(seated.iter().copied()).collect();
        let told = reminded.into_iter().map(|user| Notice::Reminded { stage, user });
        self.notices.extend(told);
    }
}

/// So much business time after an instant.
fn after(calendar: &OpenTimes, from_ms: i64, amount_ms: i64) -> i64 {
    let within = calendar.reached_ms(from_ms, amount_ms).ok().flatten();
    within.unwrap_or_else(|| {
        let end_ms = calendar.window().to_ms.max(from_ms);
        let counted_ms = calendar.between_ms(from_ms, end_ms).unwrap_or(0);
        end_ms.saturating_add(amount_ms.saturating_sub(counted_ms))
    })
}
