//! Approvals: stages, one after the other, of people who decide on a request.
//!
//! A [`Plan`] says who is asked; an [`Approval`] is how far one request has come. Time and the
//! directory are arguments: whoever calls [`advance`](Approval::advance) late, or twice, gets the
//! same result. The rules:
//!
//! **Who decides.** Each approver of a stage stands for people: a person, the members of a group,
//! the manager of the person whom the request is for, the owner of the cost centre. Each gets one
//! *seat*, even when named twice. Who made the request and whom it is for get none, in any way, and
//! neither may decide for somebody else. People who are not active get none. While a stage is open
//! its seats follow the directory: who leaves loses theirs, who comes is asked, and what was
//! decided stays.
//!
//! **When it is decided.** *Any* needs one approval, a *quorum* its number, *all* every seat, and a
//! seat for each approver named: one who stands for nobody is not passed over. A stage is approved
//! as soon as it has what it needs, and rejected as soon as it cannot get it any more; so of *any*
//! one rejection does not decide, and of *all* it does. A stage whose condition does not hold is
//! skipped, and shown as skipped. A plan whose stages are all skipped, or that has none, approves.
//!
//! **When there are too few.** The people whom it escalates to are called in. Where that gives
//! nobody, and nothing was decided, the approval *fails*, which is told to administrators; it never
//! approves. Where people left so that a stage cannot get what it needs, it is rejected. What failed
//! can be started anew once there are people: the stage that failed is asked as if it never had
//! been, and what was approved before it stays.
//!
//! **Deadlines** are of business time. At its deadline a stage passes to those whom it escalates
//! to: open seats lapse, and of the new ones a single approval decides; it is rejected once all of
//! them reject. Without anybody to escalate to the stage is overdue, which is told once, and stays
//! open.
//!
//! **Delegation** is for a period, and reaches one person far. A delegate fills the seat of who
//! delegated, and both names are kept. Nobody decides twice in a stage: who has a seat, or has
//! filled one, fills no other.
//!
//! **At once.** Decisions come one after the other, each for the stage that its maker saw. The one
//! that comes second gets [`Refusal`], and decides nothing: not in the next stage, either.

mod directory;
mod plan;
mod run;
mod step;
#[cfg(test)]
mod tests;

pub use directory::{Delegation, Directory, Person};
pub use plan::{Approver, Deadline, Plan, PlanError, Rule, Stage, Subject, Test};
pub use run::{
    Approval, Cause, Context, Decision, NoRestart, Notice, Outcome, REASON_CHARS_MAX, Refusal,
    Seat, SeatState, StageRun, StageState, Verdict, Vote,
};
