//! What is to be done for a request: the plan of an item, and how far a request has come with it.

use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, UserId};
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::requests::{GroupView, PersonView};
use super::{each, key, minutes_ms};
use crate::error::Fault;
use crate::model::plan::{Assignment, Task, TaskPlan, Work};
use crate::service::{ListedTask, Names};
use crate::store::entities::request_task;
use crate::store::tasks;

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

/// Which tasks, those to be seen to unless another state is named.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TaskFilter {
    #[param(inline)]
    pub state: Option<TaskStateView>,
    pub assignee_id: Option<UserId>,
    pub group_id: Option<GroupId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskState)]
pub(crate) enum TaskStateView {
    /// For those before it.
    Waiting,
    /// For people to do.
    Open,
    /// For automation to answer.
    Called,
    Done,
    Failed,
    /// Automation did not answer in time.
    TimedOut,
    Skipped,
    /// The request was taken back.
    Cancelled,
}

impl TaskStateView {
    const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Open,
        Self::Called,
        Self::Done,
        Self::Failed,
        Self::TimedOut,
        Self::Skipped,
        Self::Cancelled,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => tasks::OPEN,
            Self::Called => "called",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    fn of(word: &str) -> Self {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == word);
        found.unwrap_or(Self::Waiting)
    }
}

/// How far a task of a request has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestTask)]
pub(crate) struct TaskView {
    pub key: String,
    pub name: String,
    pub state: TaskStateView,
    /// Why it failed or was skipped, for those who work on the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whose work it is; absent for automation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonView>,
    /// How often automation was called.
    pub calls: i32,
    /// By when automation has to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub opened_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<PersonView>,
    /// Whether the caller may work on it.
    pub may_work: bool,
}

/// A task in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskSummary {
    pub id: Uuid,
    pub request_id: Uuid,
    pub request_number: i64,
    pub item_name: String,
    pub requested_for: PersonView,
    #[serde(flatten)]
    pub task: TaskView,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ReasonRequest {
    /// Why, for those who go on with it.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AssigneeRequest {
    /// An active member of the task's group, or nobody.
    pub user_id: Option<UserId>,
}

/// An answer of automation to one call.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AnswerRequest {
    /// Which call is answered, as `service-catalog.task.called` told.
    #[schema(minimum = 1)]
    pub call: u32,
    pub result: AnswerResult,
    /// Why it failed.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswerResult {
    Done,
    Failed,
}

impl TaskView {
    pub(crate) fn of(
        row: &request_task::Model,
        names: &Names,
        group: Option<&String>,
        (may_work, may_read_reason): (bool, bool),
    ) -> Self {
        let named = |id| GroupView { id: GroupId(id), name: group.cloned() };
        Self {
            key: row.key.clone(),
            name: row.name.clone(),
            state: TaskStateView::of(&row.state),
            reason: row.reason.clone().filter(|_| may_read_reason),
            group: row.group_id.map(named),
            assignee: row.assignee_id.map(|id| PersonView::of(UserId(id), names)),
            calls: row.calls,
            due_at: row.due_at_ms.map(rfc3339),
            opened_at: row.opened_at_ms.map(rfc3339),
            ended_at: row.ended_at_ms.map(rfc3339),
            ended_by: row.ended_by_id.map(|id| PersonView::of(UserId(id), names)),
            may_work,
        }
    }
}

impl From<ListedTask> for TaskSummary {
    fn from(listed: ListedTask) -> Self {
        let ListedTask { row, request, names, group } = listed;
        Self {
            id: row.id,
            request_id: request.id,
            request_number: request.number,
            item_name: request.item_name,
            requested_for: PersonView::of(UserId(request.requested_for_id), &names),
            task: TaskView::of(&row, &names, group.as_ref(), (true, true)),
        }
    }
}
