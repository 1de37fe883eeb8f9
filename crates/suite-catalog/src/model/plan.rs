//! Task plans: what has to be done for a request, in which order, and by whom.
//!
//! A [`TaskPlan`] is a list of tasks, each after those that it names: without any they go side by
//! side, each after the one before they are a sequence. It is checked to have no cycle, so that
//! some task can always go next. A [`PlanRun`] is how far it has come:
//!
//! - A task *opens* once all that it comes after are done or skipped. It is then somebody's, chosen
//!   by [`Assignment`], or the group's where nobody is there to choose; or it is *called*, if it is
//!   automation.
//! - A task that *failed* keeps those after it from opening, and no others. It is tried again,
//!   skipped, or done by hand; until then a plan with nothing else to do is *blocked*.
//! - Automation answers a call, once: a second answer changes nothing, and is told apart from an
//!   answer to an earlier call. One that does not come until the deadline has failed, as of the
//!   deadline, whenever somebody looks; an answer at the deadline or later comes too late. What it
//!   then did is for people to see, who may call the task done by hand.
//! - A plan is *done* once every task is done or skipped, and so at once if it has none.

mod assignment;
mod run;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::GroupId;

use super::form::Key;

pub use assignment::{Assignment, Member, Team, Teams};
pub use run::{
    Callback, Failure, Notice, PlanRun, PlanState, REASON_CHARS_MAX, Refusal, TaskRun, TaskState,
};

pub const TASKS_MAX: usize = 200;
pub const NAME_CHARS_MAX: usize = 200;
/// The longest that automation may take: thirty days.
const WITHIN_MS_MAX: i64 = 30 * 24 * 3_600_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub key: Key,
    pub name: String,
    /// The tasks that have to be done before.
    pub after: Vec<Key>,
    pub work: Work,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    People {
        group: GroupId,
        assignment: Assignment,
    },
    Automation {
        /// What is called, in the words of who answers.
        hook: String,
        /// Around the clock.
        within_ms: i64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("a plan has at most {TASKS_MAX} tasks, and this {0}")]
    TooManyTasks(usize),
    #[error("{0} is the key of two tasks")]
    DoubledKey(Key),
    #[error("{task} comes after {unknown}, which is not there")]
    UnknownTask { task: Key, unknown: Key },
    #[error("these tasks wait for each other, or for such: {}", listed(.0))]
    Cycle(Vec<Key>),
    #[error("{task}: a name and a hook have 1 to {NAME_CHARS_MAX} characters")]
    Name { task: Key },
    #[error("{task}: automation has at most thirty days, and more than no time")]
    Within { task: Key },
}

fn listed(keys: &[Key]) -> String {
    keys.iter().map(Key::as_str).collect::<Vec<_>>().join(", ")
}

/// A plan that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPlan {
    tasks: Vec<Task>,
    /// By task, those that it comes after.
    needs: Vec<BTreeSet<usize>>,
}

impl TaskPlan {
    pub fn new(tasks: Vec<Task>) -> Result<Self, PlanError> {
        if tasks.len() > TASKS_MAX {
            return Err(PlanError::TooManyTasks(tasks.len()));
        }
        let mut places = BTreeMap::new();
        for (place, task) in tasks.iter().enumerate() {
            task.check()?;
            if places.insert(&task.key, place).is_some() {
                return Err(PlanError::DoubledKey(task.key.clone()));
            }
        }
        let mut needs = Vec::with_capacity(tasks.len());
        for task in &tasks {
            let place = |key: &Key| {
                let unknown = || (task.key.clone(), key.clone());
                places.get(key).copied().ok_or_else(unknown)
            };
            let found: Result<BTreeSet<usize>, _> = task.after.iter().map(place).collect();
            let error = |(task, unknown)| PlanError::UnknownTask { task, unknown };
            needs.push(found.map_err(error)?);
        }
        let stuck = stuck(&needs);
        if !stuck.is_empty() {
            let keys = stuck.into_iter().map(|place| tasks[place].key.clone());
            return Err(PlanError::Cycle(keys.collect()));
        }
        Ok(Self { tasks, needs })
    }

    /// The same tasks, one after the other.
    pub fn sequence(mut tasks: Vec<Task>) -> Result<Self, PlanError> {
        let keys: Vec<Key> = tasks.iter().map(|task| task.key.clone()).collect();
        for (task, before) in tasks.iter_mut().skip(1).zip(keys) {
            task.after = vec![before];
        }
        Self::new(tasks)
    }

    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    pub fn place(&self, key: &Key) -> Option<usize> {
        self.tasks.iter().position(|task| task.key == *key)
    }

    pub(super) fn needs(&self, place: usize) -> impl Iterator<Item = usize> {
        self.needs.get(place).into_iter().flatten().copied()
    }
}

/// Those that can never be reached.
fn stuck(needs: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut left: BTreeSet<usize> = (0..needs.len()).collect();
    loop {
        let free = |place: &&usize| needs[**place].is_disjoint(&left);
        let ready: Vec<usize> = left.iter().filter(free).copied().collect();
        if ready.is_empty() {
            return left;
        }
        left.retain(|place| !ready.contains(place));
    }
}

impl Task {
    fn check(&self) -> Result<(), PlanError> {
        let is_name =
            |text: &str| !text.trim().is_empty() && text.chars().count() <= NAME_CHARS_MAX;
        let task = || self.key.clone();
        match &self.work {
            Work::Automation { hook, .. } if !is_name(hook) => {
                Err(PlanError::Name { task: task() })
            }
            Work::Automation { within_ms, .. } if !(1..=WITHIN_MS_MAX).contains(within_ms) => {
                Err(PlanError::Within { task: task() })
            }
            _ if !is_name(&self.name) => Err(PlanError::Name { task: task() }),
            _ => Ok(()),
        }
    }
}
