//! Working on tasks: taking one, doing it, failing at it, and what automation answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::fulfilment::{Deed, FULFILMENT, entry};
use super::requests::Detail;
use super::running::{World, about};
use super::{Catalog, Names};
use crate::api::tasks::TaskFilter;
use crate::error::CatalogError;
use crate::model::form::Key;
use crate::model::plan::{Callback, PlanRun, REASON_CHARS_MAX, Refusal, Teams};
use crate::permissions::{ALL_TASKS_WRITE, AUTOMATION_WRITE, TASKS_WRITE};
use crate::store::entities::{request, request_task};
use crate::store::requests;
use crate::store::tasks::{self, Filter};

/// What somebody does to a task.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Complete,
    /// With why.
    Fail(String),
    /// With why.
    Skip(String),
    Retry,
    /// Takes it, gives it to somebody, or gives it back to its group.
    Assign(Option<UserId>),
}

/// A task in a list, with its request and the names of people and groups.
#[derive(Debug, Clone)]
pub(crate) struct ListedTask {
    pub row: request_task::Model,
    pub request: request::Model,
    pub names: Names,
    pub group: Option<String>,
}

impl Catalog {
    /// Tasks that are the caller's, and those of their groups that are nobody's.
    pub(crate) async fn own_tasks(
        &self,
        caller: &Caller,
        (after, limit): (Option<(i64, Uuid)>, u64),
    ) -> Result<Page<ListedTask>, CatalogError> {
        caller.require(TASKS_WRITE)?;
        let user = Self::person(caller)?;
        let of = Some((user, self.groups_of(caller).await?));
        let filter = Filter { of, states: tasks::UNDONE.to_vec(), ..Filter::default() };
        self.listed(caller, filter, (after, limit)).await
    }

    /// Everybody's tasks.
    pub(crate) async fn all_tasks(
        &self,
        caller: &Caller,
        filter: TaskFilter,
        (after, limit): (Option<(i64, Uuid)>, u64),
    ) -> Result<Page<ListedTask>, CatalogError> {
        caller.require(ALL_TASKS_WRITE)?;
        let states = match filter.state {
            Some(state) => vec![state.as_str()],
            None => tasks::UNDONE.to_vec(),
        };
        let (assignee, group) = (filter.assignee_id, filter.group_id);
        let filter = Filter { assignee, group, states, of: None };
        self.listed(caller, filter, (after, limit)).await
    }

    async fn listed(
        &self,
        caller: &Caller,
        filter: Filter,
        (after, limit): (Option<(i64, Uuid)>, u64),
    ) -> Result<Page<ListedTask>, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let rows = tasks::list(connection, tenant, filter, (after, limit)).await?;
        let page = Page::cut(rows, limit, |row| (row.opened_at_ms.unwrap_or(0), row.id));
        let ids = page.items.iter().map(|row| row.request_id).collect::<BTreeSet<_>>();
        let requests = requests::by_ids(connection, tenant, ids).await?;
        let requests: BTreeMap<Uuid, request::Model> =
            requests.into_iter().map(|row| (row.id, row)).collect();
        let people = page.items.iter().filter_map(|row| row.assignee_id);
        let people = people.chain(requests.values().map(|row| row.requested_for_id));
        let names = self.names(tenant, &people.map(UserId).collect()).await?;
        let groups = page.items.iter().filter_map(|row| row.group_id).map(GroupId).collect();
        let groups = self.group_names(tenant, &groups).await?;
        let Page { items, next } = page;
        let whole = |row: request_task::Model| {
            let request = requests.get(&row.request_id)?.clone();
            let group = row.group_id.and_then(|id| groups.get(&GroupId(id)).cloned());
            Some(ListedTask { row, request, names: names.clone(), group })
        };
        Ok(Page { items: items.into_iter().filter_map(whole).collect(), next })
    }

    /// Does something to a task: whoever it was given to may, whoever is in its group, and who may
    /// do everybody's.
    pub(crate) async fn act(
        &self,
        caller: &Caller,
        (id, key): (Uuid, &str),
        act: Act,
    ) -> Result<Detail, CatalogError> {
        if !caller.may(ALL_TASKS_WRITE) {
            caller.require(TASKS_WRITE)?;
        }
        let (by, key) = (Self::person(caller)?, known(key)?);
        let own = (caller.tenant(), id);
        let task = self.worked_on(caller, own, &key).await?;
        let act = self.checked_act(caller, &task, act).await?;
        let deed = |row: &request::Model, world: &World, run: &mut PlanRun, teams: &mut Teams| {
            let place = world.tasks.place(&key).ok_or(CatalogError::NotFound("task"))?;
            let (now_ms, mut deed) = (self.now_ms(), Deed { by: Some(by), ..Deed::default() });
            let (action, more) = match &act {
                Act::Complete => {
                    run.complete(place, now_ms).map_err(refused)?;
                    ("service-catalog.task.completed", json!({}))
                }
                Act::Fail(why) => {
                    run.fail(place, why, now_ms).map_err(refused)?;
                    ("service-catalog.task.failed", json!({ "reason": why }))
                }
                Act::Skip(why) => {
                    run.skip(place, why, now_ms).map_err(refused)?;
                    ("service-catalog.task.skipped", json!({ "reason": why }))
                }
                Act::Retry => {
                    let opened = run.retry(place, &world.tasks, teams, now_ms);
                    deed.notices.push(opened.map_err(refused)?);
                    ("service-catalog.task.retried", json!({}))
                }
                Act::Assign(to) => {
                    run.assign(place, *to).map_err(refused)?;
                    deed.given = to.filter(|to| *to != by).map(|to| (place, to));
                    ("service-catalog.task.assigned", json!({ "user_id": to }))
                }
            };
            let told = entry(row, &world.tasks, place, (action, more));
            deed.entries.push((Actor::from(caller), told));
            Ok(deed)
        };
        self.work(own, deed).await?;
        self.shown_to_worker(caller, id).await
    }

    /// A reason where one is due, and somebody of the group where a task is given away.
    async fn checked_act(
        &self,
        caller: &Caller,
        task: &request_task::Model,
        act: Act,
    ) -> Result<Act, CatalogError> {
        let reason = |why: &str| {
            let why = super::text("reason", why, REASON_CHARS_MAX)?;
            if why.is_empty() {
                return Err(CatalogError::invalid(
                    "reason",
                    "say why, for those who go on with it",
                ));
            }
            Ok(why)
        };
        Ok(match act {
            Act::Fail(why) => Act::Fail(reason(&why)?),
            Act::Skip(why) => Act::Skip(reason(&why)?),
            Act::Assign(Some(to)) => {
                let members = self.members(caller.tenant(), &BTreeSet::from([to])).await?;
                let group = task.group_id.map(GroupId);
                let fits = |member: &suite_kit::auth::Member| {
                    member.is_active && group.is_some_and(|id| member.group_ids.contains(&id))
                };
                if !members.iter().any(fits) {
                    let reason = "a task goes to an active member of its group";
                    return Err(CatalogError::invalid("user_id", reason));
                }
                act
            }
            act => act,
        })
    }

    /// Whether some task of a request is the caller's to work on.
    pub(super) async fn works_for(
        &self,
        caller: &Caller,
        request: Uuid,
    ) -> Result<bool, CatalogError> {
        let own = (caller.tenant(), request);
        let rows = tasks::of_request(self.database().read(), own).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        let groups = self.groups_of(caller).await?;
        Ok(rows.iter().any(|row| works_on(caller, &groups, row)))
    }

    /// A task that the caller may work on.
    async fn worked_on(
        &self,
        caller: &Caller,
        own: (TenantId, Uuid),
        key: &Key,
    ) -> Result<request_task::Model, CatalogError> {
        let rows = tasks::of_request(self.database().read(), own).await?;
        let groups = self.groups_of(caller).await?;
        let works_on = rows.iter().any(|row| works_on(caller, &groups, row));
        if !works_on {
            // Who sees the request is told why, and nobody else that there is one.
            self.seen_request(caller, own.1).await?;
        }
        let row = rows.into_iter().find(|row| row.key == key.as_str());
        let row = row.ok_or(CatalogError::NotFound("task"))?;
        if self::works_on(caller, &groups, &row) {
            return Ok(row);
        }
        let reason = "only its group works on a task, and who it was given to".to_owned();
        Err(CatalogError::Forbidden { code: "not_own_task", reason })
    }

    async fn shown_to_worker(&self, caller: &Caller, id: Uuid) -> Result<Detail, CatalogError> {
        let row = requests::by_id(self.database().read(), caller.tenant(), id).await?;
        self.detail(caller, row.ok_or(CatalogError::NotFound("request"))?).await
    }

    /// Takes an answer of automation, once for each call.
    pub(crate) async fn answer(
        &self,
        caller: &Caller,
        (id, key): (Uuid, &str),
        (call, result): (u32, Result<(), String>),
    ) -> Result<(), CatalogError> {
        caller.require(AUTOMATION_WRITE)?;
        let key = known(key)?;
        let result = match result {
            Ok(()) => Ok(()),
            Err(why) => Err(super::text("reason", &why, REASON_CHARS_MAX)?),
        };
        let deed = |row: &request::Model, world: &World, run: &mut PlanRun, _: &mut Teams| {
            let task = world.tasks.place(&key).ok_or(CatalogError::NotFound("task"))?;
            let (action, more) = match &result {
                Ok(()) => ("service-catalog.task.completed", json!({ "call": call })),
                Err(why) => ("service-catalog.task.failed", json!({ "call": call, "reason": why })),
            };
            let answer = Callback { task, call, result: result.clone() };
            run.answer(answer, self.now_ms()).map_err(refused)?;
            let told = entry(row, &world.tasks, task, (action, more));
            Ok(Deed { entries: vec![(Actor::from(caller), told)], ..Deed::default() })
        };
        self.work((caller.tenant(), id), deed).await
    }

    /// Meets what has become of a plan by now: answers that are late, and those who left.
    pub(super) async fn look_at_work(
        &self,
        (tenant, id): (TenantId, Uuid),
    ) -> Result<(), CatalogError> {
        let rows = tasks::of_request(self.database().read(), (tenant, id)).await?;
        let undone = rows.iter().filter(|row| tasks::UNDONE.contains(&row.state.as_str()));
        let assigned = undone.filter_map(|row| row.assignee_id).map(UserId).collect();
        let members = self.members(tenant, &assigned).await?.into_iter();
        let here = members.filter(|member| member.is_active).map(|member| member.id).collect();
        let gone = &assigned - &here;
        let deed = |row: &request::Model, world: &World, run: &mut PlanRun, _: &mut Teams| {
            let system = Actor::system(tenant, FULFILMENT);
            let mut deed = Deed::default();
            for task in run.release(&gone) {
                let detail = json!({ "user_id": null, "reason": "its assignee left" });
                let told =
                    entry(row, &world.tasks, task, ("service-catalog.task.assigned", detail));
                deed.entries.push((system.clone(), told));
                deed.freed.push(task);
            }
            Ok(deed)
        };
        self.work((tenant, id), deed).await
    }

    /// Gives a request's plan up: its requester takes it back.
    pub(super) async fn give_up(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<(), CatalogError> {
        let by = Self::person(caller)?;
        let deed = |row: &request::Model, _: &World, run: &mut PlanRun, _: &mut Teams| {
            if row.version != expected {
                return Err(CatalogError::Stale("request"));
            }
            run.cancel(self.now_ms()).map_err(refused)?;
            let entry = Entry::new("service-catalog.request.withdrawn", "request", row.id);
            let entries = vec![(Actor::from(caller), entry.with(about(row)))];
            Ok(Deed { by: Some(by), entries, ..Deed::default() })
        };
        self.work((caller.tenant(), id), deed).await
    }
}

/// Whether a task is the caller's to work on.
pub(super) fn works_on(
    caller: &Caller,
    groups: &BTreeSet<GroupId>,
    task: &request_task::Model,
) -> bool {
    if caller.may(ALL_TASKS_WRITE) {
        return true;
    }
    let is_own = caller.user().is_some_and(|user| task.assignee_id == Some(user.0));
    let is_of_group = task.group_id.is_some_and(|id| groups.contains(&GroupId(id)));
    caller.may(TASKS_WRITE) && (is_own || is_of_group)
}

/// What can be no task's key is the key of none.
fn known(key: &str) -> Result<Key, CatalogError> {
    Key::parse(key).map_err(|_| CatalogError::NotFound("task"))
}

fn refused(refusal: Refusal) -> CatalogError {
    let code = match refusal {
        Refusal::UnknownTask => return CatalogError::NotFound("task"),
        Refusal::NotBegun => "task_not_begun",
        Refusal::Ended => "task_over",
        Refusal::NotFailed => "task_not_failed",
        Refusal::TooOften => "task_tried_too_often",
        Refusal::Repeated => "call_answered",
        Refusal::Superseded => "call_superseded",
        Refusal::Late => "call_late",
        Refusal::NotCalled => "not_called",
        Refusal::AutomationAtIt => "automation_at_it",
    };
    CatalogError::conflict(code, refusal.to_string())
}
