//! Carrying a request's plan out: it begins with the approval, and moves on with each task that is
//! done, with answers of automation, and with the time that has passed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use suite_contracts::notification::{BODY_CHARS_MAX, TITLE_CHARS_MAX};
use suite_contracts::{Audience, GroupId, NotificationRequest, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::Catalog;
use super::running::{World, about, extend};
use crate::error::CatalogError;
use crate::model::plan::{
    Assignment, Failure, Member, Notice, PlanRun, PlanState, TaskPlan, TaskState, Team, Teams, Work,
};
use crate::permissions::ALL_TASKS_WRITE;
use crate::store::entities::request::Model;
use crate::store::{requests, tasks};

/// Who opens tasks, and calls automation.
pub(super) const FULFILMENT: &str = "fulfilment";

/// What was done to a plan: by whom, and what to tell of it.
#[derive(Default)]
pub(super) struct Deed {
    pub by: Option<UserId>,
    /// A task that somebody gave to somebody else.
    pub given: Option<(usize, UserId)>,
    /// Tasks that are their groups' again.
    pub freed: Vec<usize>,
    pub notices: Vec<Notice>,
    pub entries: Vec<(Actor, Entry)>,
}

impl Catalog {
    /// Begins with an approved request's plan. The row is as it is then to be kept.
    pub(super) async fn begin_work(
        &self,
        transaction: &Transaction,
        row: Model,
        world: &World,
    ) -> Result<(Model, PlanRun, Vec<(Actor, Entry)>), CatalogError> {
        let tenant = TenantId(row.tenant_id);
        let before = self.teams(transaction, tenant, world).await?;
        let mut teams = before.clone();
        let (run, notices) = PlanRun::start(&world.tasks, &mut teams, self.now_ms());
        tasks::note_turns(transaction, tenant, (&before, &teams)).await?;
        let row = self.with_work(row, &run);
        self.tell_people(transaction, &row, &world.tasks, &notices).await?;
        let entries = told(&row, &world.tasks, &notices);
        Ok((row, run, entries))
    }

    /// Moves a plan on by one deed, under the request's lock. Nothing is written where nothing
    /// changes.
    pub(super) async fn work(
        &self,
        (tenant, id): (TenantId, Uuid),
        deed: impl FnOnce(&Model, &World, &mut PlanRun, &mut Teams) -> Result<Deed, CatalogError>,
    ) -> Result<(), CatalogError> {
        let row = requests::by_id(self.database().read(), tenant, id).await?;
        // People are asked for before the lock: others may be slow to answer.
        let world = self.world(&row.ok_or(CatalogError::NotFound("request"))?, None).await?;
        let transaction = self.database().begin().await?;
        let row = requests::locked(&transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("request"))?;
        if row.state != requests::FULFILLING {
            let reason = format!("nothing is to be done for the request: it is {}", row.state);
            return Err(CatalogError::conflict("not_in_fulfilment", reason));
        }
        let rows = tasks::of_request(&*transaction, (tenant, id)).await?;
        let before = tasks::run_of(&rows, false)?;
        let turns = self.teams(&transaction, tenant, &world).await?;
        let (mut run, mut teams, now_ms) = (before.clone(), turns.clone(), self.now_ms());
        // What is done now meets what has become of the plan by now.
        let mut notices = run.advance(&world.tasks, &mut teams, now_ms);
        let deed = deed(&row, &world, &mut run, &mut teams)?;
        let Deed { by, given, freed, entries, .. } = deed;
        notices.extend(deed.notices);
        notices.extend(run.advance(&world.tasks, &mut teams, now_ms));
        if run == before {
            let look_at_ms = self.with_work(row.clone(), &run).look_at_ms;
            if look_at_ms == row.look_at_ms {
                return Ok(transaction.roll_back().await?);
            }
            requests::look_later(&transaction, (tenant, id), look_at_ms).await?;
            let why = "only when to look again has changed";
            return Ok(transaction.commit_unaudited(why).await?);
        }
        let version = row.version + 1;
        let next = Model { version, ..self.with_work(row, &run) };
        requests::advance(&transaction, &next).await?;
        tasks::update(&transaction, &rows, &run, (by, now_ms)).await?;
        tasks::note_turns(&transaction, tenant, (&turns, &teams)).await?;
        self.tell_people(&transaction, &next, &world.tasks, &notices).await?;
        self.tell_of_ends(&transaction, &next, &world.tasks, (&before, &run)).await?;
        for task in freed {
            if let Some(Work::People { group, .. }) = world.tasks.tasks().get(task).map(|t| &t.work)
            {
                let to = Audience::MembersOf(*group);
                self.tell_of_task(&transaction, &next, (&world.tasks, task), to).await?;
            }
        }
        if let Some((task, user)) = given {
            let of = (&world.tasks, task);
            self.tell_of_task(&transaction, &next, of, somebody(user)).await?;
        }
        let told = told(&next, &world.tasks, &notices);
        self.tell_all(transaction, &next, entries.into_iter().chain(told).collect()).await
    }

    /// The row with what queries need of a plan.
    fn with_work(&self, row: Model, run: &PlanRun) -> Model {
        let now_ms = self.now_ms();
        let (state, ended_at_ms) = match run.state() {
            PlanState::Running | PlanState::Blocked => (requests::FULFILLING, None),
            PlanState::Done => (requests::FULFILLED, Some(now_ms)),
            PlanState::Cancelled => (requests::CANCELLED, Some(now_ms)),
        };
        let due = run.tasks.iter().filter_map(|task| match task.state {
            TaskState::Called { due_at_ms } => Some(due_at_ms),
            _ => None,
        });
        let look_at_ms = due.min().filter(|_| ended_at_ms.is_none());
        Model { state: state.to_owned(), stage: None, look_at_ms, ended_at_ms, ..row }
    }

    /// Those who may be given tasks, and how much they have. Each group whose tasks are handed out
    /// is locked, in order.
    async fn teams(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
        world: &World,
    ) -> Result<Teams, CatalogError> {
        let groups = handed_out(&world.tasks);
        let mut teams: BTreeMap<GroupId, Team> =
            groups.into_iter().map(|group| (group, Team::default())).collect();
        for (group, team) in &mut teams {
            team.last = tasks::last_turn(transaction, (tenant, *group)).await?;
            let Some(members) = world.directory.groups.get(group) else { continue };
            let loads = tasks::loads(transaction, tenant, members).await?;
            let member = |user: &UserId| {
                let (open_tasks, assigned_at_ms) = loads.get(user).copied().unwrap_or_default();
                let is_active =
                    world.directory.people.get(user).is_some_and(|person| person.is_active);
                Member { user: *user, is_available: is_active, open_tasks, assigned_at_ms }
            };
            team.members = members.iter().map(member).collect();
        }
        Ok(teams)
    }

    /// Locks, in order, each group whose tasks several plans hand out: plans that begin together would
    /// lock them in the order of the plans.
    pub(super) async fn lock_teams(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
        worlds: impl Iterator<Item = &World>,
    ) -> Result<(), CatalogError> {
        let groups: BTreeSet<GroupId> = worlds.flat_map(|world| handed_out(&world.tasks)).collect();
        for group in groups {
            tasks::last_turn(transaction, (tenant, group)).await?;
        }
        Ok(())
    }

    /// Tells whoever a task falls to, and who asked once all is done.
    async fn tell_people(
        &self,
        transaction: &Transaction,
        row: &Model,
        plan: &TaskPlan,
        notices: &[Notice],
    ) -> Result<(), CatalogError> {
        for notice in notices {
            match notice {
                Notice::Opened { task, group, assignee } => {
                    let to = assignee.map_or(Audience::MembersOf(*group), somebody);
                    self.tell_of_task(transaction, row, (plan, *task), to).await?;
                }
                Notice::Done => {
                    let to = (requesters(row), "service-catalog.request.fulfilled");
                    let title = format!("{} is done", row.item_name);
                    let body = format!("Request {}. Say how content you are.", row.number);
                    self.tell_console(transaction, row, to, (&title, &body)).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Tells those who can mend it of tasks that failed, and those who work on tasks that these are
    /// given up.
    async fn tell_of_ends(
        &self,
        transaction: &Transaction,
        row: &Model,
        plan: &TaskPlan,
        (before, after): (&PlanRun, &PlanRun),
    ) -> Result<(), CatalogError> {
        let body = format!("Of request {}, {}.", row.number, row.item_name);
        for ((before, after), task) in before.tasks.iter().zip(&after.tasks).zip(plan.tasks()) {
            if before.state == after.state {
                continue;
            }
            let (to, kind, title) = match (&after.state, before.assignee) {
                (TaskState::Failed(_), _) => {
                    let to = Audience::HoldersOf(ALL_TASKS_WRITE.name.to_owned());
                    (to, "service-catalog.task.failed", "A task has failed")
                }
                (TaskState::Cancelled, Some(user)) if before.state == TaskState::Open => {
                    let to = somebody(user);
                    (to, "service-catalog.task.cancelled", "A task of yours is not needed any more")
                }
                _ => continue,
            };
            let title = format!("{title}: {}", task.name);
            self.tell_console(transaction, row, (to, kind), (&title, &body)).await?;
        }
        Ok(())
    }

    /// Tells whom a task falls to: somebody, or a group, one of whom takes it.
    async fn tell_of_task(
        &self,
        transaction: &Transaction,
        row: &Model,
        (plan, task): (&TaskPlan, usize),
        to: Audience,
    ) -> Result<(), CatalogError> {
        let (kind, what) = match to {
            Audience::MembersOf(_) => {
                ("service-catalog.task.opened", "A task waits for one of you")
            }
            _ => ("service-catalog.task.assigned", "A task is yours"),
        };
        let name = plan.tasks().get(task).map_or("", |task| task.name.as_str());
        let body = format!("For request {}, {}.", row.number, row.item_name);
        self.tell_console(transaction, row, (to, kind), (&format!("{what}: {name}"), &body)).await
    }

    /// Asks Hub to tell people something in their console.
    pub(super) async fn tell_console(
        &self,
        transaction: &Transaction,
        row: &Model,
        (to, kind): (Audience, &str),
        (title, body): (&str, &str),
    ) -> Result<(), CatalogError> {
        let request = NotificationRequest {
            to,
            kind: kind.to_owned(),
            title: shown(title, TITLE_CHARS_MAX),
            body: shown(body, BODY_CHARS_MAX),
            link: Some(format!("/service-catalog/requests/{}", row.id)),
        };
        self.ask_to_tell(transaction, (TenantId(row.tenant_id), row.id), &request).await
    }
}

/// One line of so many characters at most: a task's name may have more than one.
pub(super) fn shown(text: &str, chars_max: usize) -> String {
    let plain = text.chars().map(|one| if one.is_control() { ' ' } else { one });
    plain.take(chars_max).collect()
}

fn somebody(user: UserId) -> Audience {
    Audience::Users(vec![user])
}

/// Who asked, and whom it is for.
pub(super) fn requesters(row: &Model) -> Audience {
    let people = BTreeSet::from([UserId(row.requester_id), UserId(row.requested_for_id)]);
    Audience::Users(people.into_iter().collect())
}

/// The groups whose tasks are handed out.
fn handed_out(plan: &TaskPlan) -> BTreeSet<GroupId> {
    let of = |work: &Work| match work {
        Work::People { group, assignment } if *assignment != Assignment::Group => Some(*group),
        _ => None,
    };
    plan.tasks().iter().filter_map(|task| of(&task.work)).collect()
}

/// An entry about one task, with what else there is to say.
pub(super) fn entry(
    row: &Model,
    plan: &TaskPlan,
    task: usize,
    (action, more): (&'static str, Value),
) -> Entry {
    let mut detail = about(row);
    if let Some(task) = plan.tasks().get(task) {
        detail["task"] = json!(task.key.as_str());
        detail["task_name"] = json!(task.name);
    }
    extend(&mut detail, more);
    Entry::new(action, "request", row.id).with(detail)
}

fn told(row: &Model, plan: &TaskPlan, notices: &[Notice]) -> Vec<(Actor, Entry)> {
    let system = Actor::system(TenantId(row.tenant_id), FULFILMENT);
    notices.iter().map(|notice| (system.clone(), of_notice(row, plan, notice))).collect()
}

fn of_notice(row: &Model, plan: &TaskPlan, notice: &Notice) -> Entry {
    let of = |task: &usize, action, more| entry(row, plan, *task, (action, more));
    match notice {
        Notice::Opened { task, group, assignee } => {
            let more = json!({ "group_id": group, "user_id": assignee });
            of(task, "service-catalog.task.opened", more)
        }
        Notice::Call { task, call, hook, due_at_ms } => {
            let more = json!({ "call": call, "hook": hook, "due_at": rfc3339(*due_at_ms) });
            of(task, "service-catalog.task.called", more)
        }
        Notice::Failed { task, failure } => {
            let why = match failure {
                Failure::Reported(why) => why.as_str(),
                Failure::TimedOut => "automation did not answer in time",
            };
            of(task, "service-catalog.task.timed-out", json!({ "reason": why }))
        }
        Notice::Done => {
            Entry::new("service-catalog.request.fulfilled", "request", row.id).with(about(row))
        }
    }
}
