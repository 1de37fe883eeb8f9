//! Task plans: what is to be done for a request.

use serde::{Deserialize, Serialize};
use suite_contracts::GroupId;
use utoipa::ToSchema;

use super::{each, key, minutes_ms};
use crate::error::Fault;
use crate::model::plan::{Assignment, Task, TaskPlan, Work};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TaskPlan)]
pub(crate) struct TaskPlanBody {
    #[schema(max_items = 200)]
    pub tasks: Vec<TaskBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PlannedTask)]
pub(crate) struct TaskBody {
    pub key: String,
    pub name: String,
    /// The keys of the tasks that have to be done before.
    #[serde(default)]
    pub after: Vec<String>,
    pub work: WorkBody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Work)]
pub(crate) enum WorkBody {
    People(PeopleWork),
    Automation(AutomationWork),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct PeopleWork {
    pub group_id: GroupId,
    pub assignment: AssignmentBody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AutomationWork {
    /// What is called, in the words of who answers.
    pub hook: String,
    pub within_minutes: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Assignment)]
pub(crate) enum AssignmentBody {
    Group,
    RoundRobin,
    LeastLoaded,
}

impl TaskPlanBody {
    pub(crate) fn read(self, at: &str) -> Result<TaskPlan, Fault> {
        let at = format!("{at}/tasks");
        let tasks = each(&at, self.tasks, |at, task| task.read(at))?;
        TaskPlan::new(tasks).map_err(|error| Fault::new(at, error))
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = GroupId> {
        self.tasks.iter().filter_map(|task| match &task.work {
            WorkBody::People(people) => Some(people.group_id),
            WorkBody::Automation(_) => None,
        })
    }
}

impl TaskBody {
    fn read(self, at: &str) -> Result<Task, Fault> {
        let Self { key: name_key, name, after, work } = self;
        let key_at = format!("{at}/key");
        let after = each(&format!("{at}/after"), after, |at, text| key(at, &text))?;
        let work = match work {
            WorkBody::People(PeopleWork { group_id: group, assignment }) => {
                let assignment = match assignment {
                    AssignmentBody::Group => Assignment::Group,
                    AssignmentBody::RoundRobin => Assignment::RoundRobin,
                    AssignmentBody::LeastLoaded => Assignment::LeastLoaded,
                };
                Work::People { group, assignment }
            }
            WorkBody::Automation(AutomationWork { hook, within_minutes }) => {
                Work::Automation { hook, within_ms: minutes_ms(within_minutes) }
            }
        };
        Ok(Task { key: key(&key_at, &name_key)?, name, after, work })
    }
}
