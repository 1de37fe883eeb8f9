//! How far a plan has come.

use std::collections::BTreeSet;

use suite_contracts::{GroupId, UserId};

use super::assignment::Teams;
use super::{TaskPlan, Work};

/// Calls of one task at most.
pub const CALLS_MAX: u32 = 100;
/// Characters of a reason at most; more is cut off.
pub const REASON_CHARS_MAX: usize = 2_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// For those before it.
    Waiting,
    /// For people to do.
    Open,
    /// For automation to answer, before an instant.
    Called {
        due_at_ms: i64,
    },
    Done,
    Failed(Failure),
    /// With why.
    Skipped(String),
    /// The plan was given up.
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// With why.
    Reported(String),
    /// Automation did not answer in time.
    TimedOut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRun {
    pub state: TaskState,
    /// Whose it is; `None` while it is the group's, or automation's.
    pub assignee: Option<UserId>,
    /// How often automation was called.
    pub calls: u32,
    pub opened_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanState {
    Running,
    /// Nothing is to be done but to see to what failed.
    Blocked,
    Done,
    Cancelled,
}

/// What to tell, or to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    Opened {
        task: usize,
        group: GroupId,
        assignee: Option<UserId>,
    },
    /// Automation is to be called; its answer carries task and call.
    Call {
        task: usize,
        call: u32,
        hook: String,
        due_at_ms: i64,
    },
    Failed {
        task: usize,
        failure: Failure,
    },
    Done,
}

/// An answer of automation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    pub task: usize,
    /// Which call it answers.
    pub call: u32,
    /// With why it failed, if so.
    pub result: Result<(), String>,
}

/// Why something is not done to a task. It changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the plan has no such task")]
    UnknownTask,
    #[error("the task has not begun; those before it come first")]
    NotBegun,
    #[error("the task has ended")]
    Ended,
    #[error("only a task that has failed is tried again")]
    NotFailed,
    #[error("the task has been tried {CALLS_MAX} times; do it by hand, or skip it")]
    TooOften,
    #[error("this call is answered already")]
    Repeated,
    #[error("this answers a call that was given up")]
    Superseded,
    #[error("the answer came after the deadline, when the task had failed")]
    Late,
    #[error("automation was not called")]
    NotCalled,
    #[error("automation is at it; a person may say that it is done")]
    AutomationAtIt,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRun {
    pub tasks: Vec<TaskRun>,
    pub is_cancelled: bool,
    /// Whether [`Notice::Done`] was given.
    pub is_done_told: bool,
}

impl TaskRun {
    pub(super) fn is_behind(&self) -> bool {
        matches!(self.state, TaskState::Done | TaskState::Skipped(_))
    }

    fn end(&mut self, state: TaskState, at_ms: i64) {
        self.state = state;
        self.ended_at_ms = Some(at_ms);
    }
}

impl PlanRun {
    /// Begins, and opens what can be.
    pub fn start(plan: &TaskPlan, teams: &mut Teams, now_ms: i64) -> (Self, Vec<Notice>) {
        let waiting = || TaskRun {
            state: TaskState::Waiting,
            assignee: None,
            calls: 0,
            opened_at_ms: None,
            ended_at_ms: None,
        };
        let tasks = plan.tasks().iter().map(|_| waiting()).collect();
        let mut run = Self { tasks, is_cancelled: false, is_done_told: false };
        let notices = run.advance(plan, teams, now_ms);
        (run, notices)
    }

    pub fn state(&self) -> PlanState {
        let any = |is: fn(&TaskRun) -> bool| self.tasks.iter().any(is);
        if self.is_cancelled {
            PlanState::Cancelled
        } else if self.tasks.iter().all(TaskRun::is_behind) {
            PlanState::Done
        } else if any(|task| matches!(task.state, TaskState::Open | TaskState::Called { .. })) {
            PlanState::Running
        } else {
            PlanState::Blocked
        }
    }

    /// The tasks that can be worked on.
    pub fn ready(&self) -> impl Iterator<Item = usize> {
        let tasks = self.tasks.iter().enumerate();
        tasks.filter_map(|(task, run)| {
            matches!(run.state, TaskState::Open | TaskState::Called { .. }).then_some(task)
        })
    }

    /// Takes account of the time that has passed, and opens what can be.
    pub fn advance(&mut self, plan: &TaskPlan, teams: &mut Teams, now_ms: i64) -> Vec<Notice> {
        let mut notices = Vec::new();
        if self.is_cancelled {
            return notices;
        }
        for (task, run) in self.tasks.iter_mut().enumerate() {
            if let TaskState::Called { due_at_ms } = run.state
                && due_at_ms <= now_ms
            {
                run.end(TaskState::Failed(Failure::TimedOut), due_at_ms);
                notices.push(Notice::Failed { task, failure: Failure::TimedOut });
            }
        }
        for task in 0..self.tasks.len().min(plan.tasks().len()) {
            let is_next = self.tasks[task].state == TaskState::Waiting
                && plan
                    .needs(task)
                    .all(|before| self.tasks.get(before).is_some_and(TaskRun::is_behind));
            if is_next {
                notices.push(self.open(task, plan, teams, now_ms));
            }
        }
        if self.state() == PlanState::Done && !self.is_done_told {
            self.is_done_told = true;
            notices.push(Notice::Done);
        }
        notices
    }

    fn open(&mut self, task: usize, plan: &TaskPlan, teams: &mut Teams, now_ms: i64) -> Notice {
        let run = &mut self.tasks[task];
        run.opened_at_ms.get_or_insert(now_ms);
        run.ended_at_ms = None;
        match &plan.tasks()[task].work {
            Work::People { group, assignment } => {
                run.state = TaskState::Open;
                let team = teams.get_mut(group);
                run.assignee = team.and_then(|team| team.assign(*assignment, now_ms));
                Notice::Opened { task, group: *group, assignee: run.assignee }
            }
            Work::Automation { hook, within_ms } => {
                let due_at_ms = now_ms.saturating_add(*within_ms);
                run.calls = run.calls.saturating_add(1);
                run.state = TaskState::Called { due_at_ms };
                Notice::Call { task, call: run.calls, hook: hook.clone(), due_at_ms }
            }
        }
    }

    /// Somebody says that a task is done: also one that automation failed at, or was called for.
    pub fn complete(&mut self, task: usize, now_ms: i64) -> Result<(), Refusal> {
        self.begun(task, now_ms)?.end(TaskState::Done, now_ms);
        Ok(())
    }

    pub fn fail(&mut self, task: usize, why: &str, now_ms: i64) -> Result<(), Refusal> {
        let run = self.begun(task, now_ms)?;
        run.end(TaskState::Failed(Failure::Reported(cut(why))), now_ms);
        Ok(())
    }

    /// Goes on without a task, begun or not.
    pub fn skip(&mut self, task: usize, why: &str, now_ms: i64) -> Result<(), Refusal> {
        let is_cancelled = self.is_cancelled;
        let run = self.tasks.get_mut(task).ok_or(Refusal::UnknownTask)?;
        if is_cancelled || run.is_behind() {
            return Err(Refusal::Ended);
        }
        run.end(TaskState::Skipped(cut(why)), now_ms);
        Ok(())
    }

    /// Opens a task that failed again: automation is called once more.
    pub fn retry(
        &mut self,
        task: usize,
        plan: &TaskPlan,
        teams: &mut Teams,
        now_ms: i64,
    ) -> Result<Notice, Refusal> {
        let run = self.tasks.get(task).ok_or(Refusal::UnknownTask)?;
        if plan.tasks().len() <= task {
            return Err(Refusal::UnknownTask);
        }
        if self.is_cancelled || !matches!(run.state, TaskState::Failed(_)) {
            return Err(Refusal::NotFailed);
        }
        if run.calls >= CALLS_MAX {
            return Err(Refusal::TooOften);
        }
        Ok(self.open(task, plan, teams, now_ms))
    }

    /// Gives an open task to somebody, or back to the group.
    pub fn assign(&mut self, task: usize, to: Option<UserId>) -> Result<(), Refusal> {
        let run = self.tasks.get_mut(task).ok_or(Refusal::UnknownTask)?;
        match run.state {
            TaskState::Open => run.assignee = to,
            TaskState::Waiting => return Err(Refusal::NotBegun),
            TaskState::Called { .. } => return Err(Refusal::AutomationAtIt),
            _ => return Err(Refusal::Ended),
        }
        Ok(())
    }

    /// Gives what these people do back to the groups; which tasks that are.
    pub fn release(&mut self, people: &BTreeSet<UserId>) -> Vec<usize> {
        let is_theirs = |run: &TaskRun| {
            let is_undone = matches!(run.state, TaskState::Open | TaskState::Failed(_));
            is_undone && run.assignee.is_some_and(|user| people.contains(&user))
        };
        let mut released = Vec::new();
        for (task, run) in self.tasks.iter_mut().enumerate().filter(|(_, run)| is_theirs(run)) {
            run.assignee = None;
            released.push(task);
        }
        released
    }

    /// Takes an answer of automation. [`advance`](Self::advance) opens what comes next.
    pub fn answer(&mut self, callback: Callback, now_ms: i64) -> Result<(), Refusal> {
        let is_cancelled = self.is_cancelled;
        let run = self.tasks.get_mut(callback.task).ok_or(Refusal::UnknownTask)?;
        if run.calls == 0 || callback.call == 0 || callback.call > run.calls {
            return Err(Refusal::NotCalled);
        }
        if callback.call < run.calls {
            return Err(Refusal::Superseded);
        }
        match run.state {
            _ if is_cancelled => Err(Refusal::Ended),
            TaskState::Called { due_at_ms } if now_ms < due_at_ms => {
                let failed = |why: String| TaskState::Failed(Failure::Reported(cut(&why)));
                run.end(callback.result.map_or_else(failed, |()| TaskState::Done), now_ms);
                Ok(())
            }
            TaskState::Called { .. } | TaskState::Failed(Failure::TimedOut) => Err(Refusal::Late),
            _ => Err(Refusal::Repeated),
        }
    }

    /// Gives the plan up, with all that is not behind it.
    pub fn cancel(&mut self, now_ms: i64) -> Result<(), Refusal> {
        if self.is_cancelled || self.state() == PlanState::Done {
            return Err(Refusal::Ended);
        }
        self.is_cancelled = true;
        for run in self.tasks.iter_mut().filter(|run| !run.is_behind()) {
            run.end(TaskState::Cancelled, now_ms);
        }
        Ok(())
    }

    /// A task that people can end, once it has begun.
    fn begun(&mut self, task: usize, now_ms: i64) -> Result<&mut TaskRun, Refusal> {
        let run = self.tasks.get_mut(task).ok_or(Refusal::UnknownTask)?;
        if let TaskState::Called { due_at_ms } = run.state
            && due_at_ms <= now_ms
        {
            run.end(TaskState::Failed(Failure::TimedOut), due_at_ms);
        }
        match run.state {
            TaskState::Waiting => Err(Refusal::NotBegun),
            TaskState::Open | TaskState::Called { .. } | TaskState::Failed(_) => Ok(run),
            TaskState::Done | TaskState::Skipped(_) | TaskState::Cancelled => Err(Refusal::Ended),
        }
    }
}

fn cut(why: &str) -> String {
    why.trim().chars().take(REASON_CHARS_MAX).collect()
}
