//! Moving a request's approval on: with a decision, with the time that has passed, and with people
//! who come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use suite_contracts::{Audience, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::fulfilment::requesters;
use super::{Catalog, Content, Names};
use crate::api::answers::{self, AnswersBody};
use crate::error::CatalogError;
use crate::model::approval::{
    Approval, Context, Delegation, Directory, Notice, Outcome, Person, Plan, SeatState, Subject,
};
use crate::model::calendar::{OpenTimes, Span};
use crate::model::decimal::Decimal;
use crate::model::id::CostCentreId;
use crate::model::plan::TaskPlan;
use crate::permissions::ALL_REQUESTS_WRITE;
use crate::store::entities::request::Model;
use crate::store::{self, decision_links, document, requests, run, tasks};

/// Who acts where nobody else does.
const APPROVALS: &str = "approvals";
/// An approval is looked at this often at least, whatever is missed.
const LOOK_MS_MAX: i64 = 15 * 60_000;

/// What one approval is moved on with.
pub(super) struct World {
    pub content: Arc<Content>,
    pub plan: Plan,
    pub tasks: TaskPlan,
    pub subject: Subject,
    pub directory: Directory,
    /// Of those in the directory.
    pub names: Names,
    calendar: Arc<OpenTimes>,
    now_ms: i64,
}

impl World {
    pub(super) fn context(&self) -> Context<'_> {
        let Self { plan, subject, directory, calendar, now_ms, .. } = self;
        Context { plan, subject, directory, calendar, now_ms: *now_ms }
    }
}

/// What a step did: what to tell of it, and what its maker gets.
pub(super) type Step<T> = (Vec<Notice>, Vec<(Actor, Entry)>, T);

impl Catalog {
    /// A request's plan, and those who may decide on it, now. `also` may be somebody else.
    pub(super) async fn world(
        &self,
        row: &Model,
        also: Option<UserId>,
    ) -> Result<World, CatalogError> {
        let tenant = TenantId(row.tenant_id);
        let own = (tenant, row.item_id);
        let content = self.version(own, row.item_version).await?;
        let missing = || CatalogError::Internal("a request's version is gone".to_owned());
        let content = content.ok_or_else(missing)?;
        let answered: AnswersBody = document::read(&row.answers)?;
        let unsound = |fault: crate::Fault| CatalogError::Internal(fault.reason);
        let subject = Subject {
            requester: UserId(row.requester_id),
            requested_for: UserId(row.requested_for_id),
            price: Decimal::from_millionths(row.price_millionths),
            cost_centre: row.cost_centre_id.map(CostCentreId),
            answers: answers::answers("/answers", answered).map_err(unsound)?,
        };
        let approval = run::read(&row.approval)?;
        let seated = approval.stages.iter().flat_map(|stage| &stage.seats).map(|seat| seat.user);
        let also: BTreeSet<UserId> = seated.chain(also).collect();
        self.world_of(tenant, content, subject, also).await
    }

    pub(super) async fn world_of(
        &self,
        tenant: TenantId,
        content: Arc<Content>,
        subject: Subject,
        also: BTreeSet<UserId>,
    ) -> Result<World, CatalogError> {
        let now_ms = self.now_ms();
        let (directory, names) = self.snapshot(tenant, &content, &subject, also).await?;
        let connection = self.database().read();
        let is_timed = content.approval.stages.iter().any(|stage| stage.deadline.is_some());
        let default = match is_timed {
            true => store::desks::default_calendar(connection, tenant).await?,
            false => None,
        };
        let calendar = self.open_times(connection, (tenant, default), now_ms).await?;
        let (plan, tasks) = (content.plan()?, content.task_plan()?);
        Ok(World { content, plan, tasks, subject, directory, names, calendar, now_ms })
    }

    /// Who there is, as far as an approval or a task asks: in two questions to Hub, of which the second is
    /// about the requester's manager and about delegates.
    async fn snapshot(
        &self,
        tenant: TenantId,
        content: &Content,
        subject: &Subject,
        also: BTreeSet<UserId>,
    ) -> Result<(Directory, Names), CatalogError> {
        let (connection, now_ms) = (self.database().read(), self.now_ms());
        let (mut directory, mut names) = (Directory::default(), Names::new());
        let mut users = also;
        let groups = content.approval.groups().into_iter().chain(content.tasks.groups());
        for group in self.groups(tenant, &groups.collect()).await? {
            users.extend(&group.member_ids);
            directory.groups.insert(group.id, group.member_ids);
        }
        users.extend(content.approval.users());
        users.extend([subject.requester, subject.requested_for]);
        if let Some(CostCentreId(id)) = subject.cost_centre
            && let Some(centre) = store::cost_centres::by_id(connection, tenant, id).await?
        {
            let owner = UserId(centre.owner_id);
            users.insert(owner);
            directory.cost_centre_owners.insert(CostCentreId(id), owner);
        }
        self.add_people(tenant, &users, (&mut directory.people, &mut names)).await?;
        let requested_for = directory.people.get(&subject.requested_for);
        users.extend(requested_for.and_then(|person| person.manager));
        let delegations = match content.approval.stages.as_slice() {
            [] => Vec::new(),
            _ => {
                let from = users.iter().copied();
                store::delegations::from(connection, tenant, from, now_ms).await?
            }
        };
        for row in delegations {
            let (from, to) = (UserId(row.from_id), UserId(row.to_id));
            let period = Span::new(row.from_ms, row.to_ms);
            directory.delegations.push(Delegation { from, to, period });
            users.insert(to);
        }
        users.retain(|user| !directory.people.contains_key(user));
        self.add_people(tenant, &users, (&mut directory.people, &mut names)).await?;
        Ok((directory, names))
    }

    async fn add_people(
        &self,
        tenant: TenantId,
        users: &BTreeSet<UserId>,
        (people, names): (&mut BTreeMap<UserId, Person>, &mut Names),
    ) -> Result<(), CatalogError> {
        for member in self.members(tenant, users).await? {
            let person = Person { is_active: member.is_active, manager: member.manager_id };
            people.insert(member.id, person);
            names.insert(member.id, member.name);
        }
        Ok(())
    }

    /// Moves a request on by one step, under its lock. Nothing is written where nothing changes.
    pub(super) async fn step<T>(
        &self,
        own: (TenantId, Uuid),
        by: Option<UserId>,
        step: impl FnOnce(&Model, &mut Approval, &World) -> Result<Step<T>, CatalogError>,
    ) -> Result<T, CatalogError> {
        self.step_by(own, (by, None), step).await
    }

    /// The same, by a link that is used up if the step tells of something.
    pub(super) async fn step_by<T>(
        &self,
        (tenant, id): (TenantId, Uuid),
        (by, link): (Option<UserId>, Option<Uuid>),
        step: impl FnOnce(&Model, &mut Approval, &World) -> Result<Step<T>, CatalogError>,
    ) -> Result<T, CatalogError> {
        let row = requests::by_id(self.database().read(), tenant, id).await?;
        // People are asked for before the lock: others may be slow to answer.
        let world = self.world(&row.ok_or(CatalogError::NotFound("request"))?, by).await?;
        let transaction = self.database().begin().await?;
        let row = requests::locked(&transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("request"))?;
        let before = run::read(&row.approval)?;
        let mut approval = before.clone();
        let (notices, entries, outcome) = step(&row, &mut approval, &world)?;
        let next = self.with(row.clone(), &approval)?;
        if approval == before {
            if next.look_at_ms == row.look_at_ms || row.state != requests::APPROVING {
                transaction.roll_back().await?;
            } else {
                requests::look_later(&transaction, (tenant, id), next.look_at_ms).await?;
                transaction.commit_unaudited("only when to look again has changed").await?;
            }
            return Ok(outcome);
        }
        if let Some(link) = link.filter(|_| !entries.is_empty())
            && !decision_links::use_up(&transaction, (tenant, link), self.now_ms()).await?
        {
            let reason = "this was decided by a link of the same letter already";
            return Err(CatalogError::conflict("link_used", reason));
        }
        let mut next = Model { version: row.version + 1, ..next };
        let mut told = [entries, told(&next, &world.plan, &notices)].concat();
        let is_approved = |approval: &Approval| approval.outcome == Some(Outcome::Approved);
        if !is_approved(&before) && is_approved(&approval) {
            let (row, run, begun) = self.begin_work(&transaction, next, &world).await?;
            let own = (tenant, row.id);
            tasks::insert(&transaction, own, (&world.tasks, &run), self.now_ms()).await?;
            told.extend(begun);
            next = row;
        }
        requests::advance(&transaction, &next).await?;
        self.write_seats(&transaction, &next, &approval).await?;
        self.tell_approvers(&transaction, &next, &notices).await?;
        self.tell_requester(&transaction, &next, &notices).await?;
        let decided = &deciders(&approval) - &deciders(&before);
        requests::note_decisions(&transaction, (tenant, id), decided).await?;
        self.tell_all(transaction, &next, told).await?;
        Ok(outcome)
    }

    /// The row with what queries need of an approval.
    pub(super) fn with(&self, row: Model, approval: &Approval) -> Result<Model, CatalogError> {
        let now_ms = self.now_ms();
        let state = state_of(approval.outcome);
        let stage = approval.open_stage().and_then(|stage| i32::try_from(stage).ok());
        let ended_at_ms = approval.outcome.map(|_| row.ended_at_ms.unwrap_or(now_ms));
        Ok(Model {
            state: state.to_owned(),
            approval: run::write(approval)?,
            stage,
            look_at_ms: look_at_ms(approval, now_ms),
            ended_at_ms,
            ..row
        })
    }

    pub(super) async fn write_seats(
        &self,
        transaction: &Transaction,
        row: &Model,
        approval: &Approval,
    ) -> Result<(), CatalogError> {
        let open = approval.open_stage().and_then(|stage| approval.stages.get(stage));
        let mut seats: BTreeMap<UserId, Option<UserId>> = BTreeMap::new();
        for seat in open.into_iter().flat_map(|stage| &stage.seats) {
            match &seat.state {
                SeatState::Open => {
                    seats.insert(seat.user, None);
                }
                SeatState::Decided(decision) => {
                    seats.insert(seat.user, Some(decision.by));
                }
                // Who had a seat fills no other one.
                SeatState::Lapsed => {
                    seats.insert(seat.user, Some(seat.user));
                }
                SeatState::Left => {}
            }
        }
        let own = (TenantId(row.tenant_id), row.id);
        if row.version > 1 {
            requests::unseat(transaction, own).await?;
        }
        Ok(requests::seat(transaction, own, seats).await?)
    }

    /// Ends a step: each of what it did is an event and an audit record.
    pub(super) async fn tell_all(
        &self,
        transaction: Transaction,
        row: &Model,
        mut entries: Vec<(Actor, Entry)>,
    ) -> Result<(), CatalogError> {
        let last = entries.pop().unwrap_or_else(|| {
            let system = Actor::system(TenantId(row.tenant_id), APPROVALS);
            let entry = Entry::new("service-catalog.approval.moved-on", "request", row.id);
            (system, entry.with(about(row)))
        });
        for (actor, entry) in entries {
            self.note(&transaction, &actor, entry).await?;
        }
        self.finish(transaction, last.0, last.1).await
    }

    /// Tells those who are asked, and who are to be reminded, where they decide.
    pub(super) async fn tell_approvers(
        &self,
        transaction: &Transaction,
        row: &Model,
        notices: &[Notice],
    ) -> Result<(), CatalogError> {
        let body = format!("Request {}.", row.number);
        let people = |is: fn(&Notice) -> Option<UserId>| -> BTreeSet<UserId> {
            notices.iter().filter_map(is).collect()
        };
        let asked = people(|notice| match notice {
            Notice::Asked { user, .. } => Some(*user),
            _ => None,
        });
        let reminded = people(|notice| match notice {
            Notice::Reminded { user, .. } => Some(*user),
            _ => None,
        });
        for (to, kind, title) in [
            (asked, "service-catalog.approval.requested", "Waits for your approval"),
            (reminded, "service-catalog.approval.reminded", "Still waits for your approval"),
        ] {
            if !to.is_empty() {
                let title = format!("{title}: {}", row.item_name);
                let to = (Audience::Users(to.into_iter().collect()), kind);
                self.tell_console(transaction, row, to, (&title, &body)).await?;
            }
        }
        self.plan_letters(transaction, row, notices).await
    }

    /// Tells who asked what became of it, and that it is late; and of what nobody can decide those who
    /// start it anew.
    async fn tell_requester(
        &self,
        transaction: &Transaction,
        row: &Model,
        notices: &[Notice],
    ) -> Result<(), CatalogError> {
        for notice in notices {
            let (kind, what, more) = match notice {
                Notice::Overdue { .. } => {
                    ("approval.overdue", "is overdue for a decision", "It still waits for it.")
                }
                Notice::Finished(Outcome::Approved) => {
                    ("request.approved", "is approved", "Work on it begins.")
                }
                Notice::Finished(Outcome::Rejected { .. }) => {
                    ("request.rejected", "is rejected", "Its page says why.")
                }
                Notice::Finished(Outcome::Failed { .. }) => {
                    ("request.failed", "cannot be decided", "There is nobody who may decide on it.")
                }
                _ => continue,
            };
            let (kind, title) =
                (format!("service-catalog.{kind}"), format!("{} {what}", row.item_name));
            let body = format!("Request {}. {more}", row.number);
            let holders = Audience::HoldersOf(ALL_REQUESTS_WRITE.name.to_owned());
            let is_failed = matches!(notice, Notice::Finished(Outcome::Failed { .. }));
            for to in [Some(requesters(row)), is_failed.then_some(holders)].into_iter().flatten() {
                self.tell_console(transaction, row, (to, &kind), (&title, &body)).await?;
            }
        }
        Ok(())
    }

    /// Takes account of the time that has passed, and of who has come and gone.
    pub(super) async fn look_at(&self, tenant: TenantId, id: Uuid) -> Result<(), CatalogError> {
        let row = requests::by_id(self.database().read(), tenant, id).await?;
        if row.is_some_and(|row| row.state == requests::FULFILLING) {
            let looked = self.look_at_work((tenant, id)).await;
            return match looked {
                // Somebody was quicker, and ended it.
                Err(CatalogError::Conflict { .. }) => Ok(()),
                looked => looked,
            };
        }
        let advance = |_: &Model, approval: &mut Approval, world: &World| {
            Ok((approval.advance(&world.context()), Vec::new(), ()))
        };
        self.step((tenant, id), None, advance).await
    }
}

/// Who has decided, themselves or as a delegate, in whatever stage.
fn deciders(approval: &Approval) -> BTreeSet<UserId> {
    let seats = approval.stages.iter().flat_map(|stage| &stage.seats);
    let decided = seats.filter_map(|seat| match &seat.state {
        SeatState::Decided(decision) => Some(decision.by),
        _ => None,
    });
    decided.collect()
}

fn state_of(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => requests::APPROVING,
        Some(Outcome::Approved) => requests::FULFILLING,
        Some(Outcome::Rejected { .. }) => requests::REJECTED,
        Some(Outcome::Failed { .. }) => requests::FAILED,
        Some(Outcome::Withdrawn) => requests::CANCELLED,
    }
}

/// When something is due next, if nobody does anything before.
fn look_at_ms(approval: &Approval, now_ms: i64) -> Option<i64> {
    let stage = approval.stages.get(approval.open_stage()?)?;
    let times = stage.due_at_ms.into_iter().chain(stage.remind_at_ms.iter().copied());
    let next = times.filter(|at_ms| *at_ms > now_ms).min();
    Some(next.unwrap_or(i64::MAX).min(now_ms.saturating_add(LOOK_MS_MAX)))
}

/// Says more of something.
pub(super) fn extend(detail: &mut Value, more: Value) {
    if let (Some(detail), Value::Object(more)) = (detail.as_object_mut(), more) {
        detail.extend(more);
    }
}

/// What a consumer needs to know of a request.
pub(super) fn about(row: &Model) -> Value {
    let mut about = json!({
        "request_id": row.id,
        "number": row.number,
        "item_id": row.item_id,
        "item_name": row.item_name,
        "item_version": row.item_version,
        "requester_id": row.requester_id,
        "requested_for_id": row.requested_for_id,
        "price": Decimal::from_millionths(row.price_millionths).to_string(),
        "cost_centre_id": row.cost_centre_id,
    });
    if let Some(bundle) = row.bundle_id {
        about["bundle_id"] = json!(bundle);
        about["submission_id"] = json!(row.submission_id);
    }
    about
}

/// What to tell of an approval, in the order in which it happened.
pub(super) fn told(row: &Model, plan: &Plan, notices: &[Notice]) -> Vec<(Actor, Entry)> {
    let system = Actor::system(TenantId(row.tenant_id), APPROVALS);
    notices.iter().map(|notice| (system.clone(), entry(row, plan, notice))).collect()
}

fn entry(row: &Model, plan: &Plan, notice: &Notice) -> Entry {
    let (action, stage, more) = match notice {
        Notice::Asked { stage, user, on_behalf_of } => {
            let more = json!({ "user_id": user, "on_behalf_of_id": on_behalf_of });
            ("service-catalog.approval.requested", Some(*stage), more)
        }
        Notice::Reminded { stage, user } => {
            ("service-catalog.approval.reminded", Some(*stage), json!({ "user_id": user }))
        }
        Notice::Released { stage, user } => {
            ("service-catalog.approval.released", Some(*stage), json!({ "user_id": user }))
        }
        Notice::Escalated { stage, to } => {
            ("service-catalog.approval.escalated", Some(*stage), json!({ "user_ids": to }))
        }
        Notice::Overdue { stage } => ("service-catalog.approval.overdue", Some(*stage), json!({})),
        Notice::Skipped { stage } => {
            ("service-catalog.approval.stage-skipped", Some(*stage), json!({}))
        }
        Notice::StageApproved { stage } => {
            ("service-catalog.approval.stage-approved", Some(*stage), json!({}))
        }
        Notice::Finished(outcome) => finished(*outcome),
    };
    let mut detail = about(row);
    if let Some(stage) = stage {
        detail["stage"] = json!(stage);
        detail["stage_name"] = json!(plan.stages().get(stage).map(|stage| stage.name.as_str()));
    }
    extend(&mut detail, more);
    Entry::new(action, "request", row.id).with(detail)
}

fn finished(outcome: Outcome) -> (&'static str, Option<usize>, Value) {
    match outcome {
        Outcome::Approved => ("service-catalog.request.approved", None, json!({})),
        Outcome::Rejected { stage, cause } => {
            let is_decided = cause == crate::model::approval::Cause::Decided;
            let why = if is_decided { "decided" } else { "too_few_left" };
            ("service-catalog.request.rejected", Some(stage), json!({ "cause": why }))
        }
        Outcome::Failed { stage } => ("service-catalog.request.failed", Some(stage), json!({})),
        Outcome::Withdrawn => ("service-catalog.request.cancelled", None, json!({})),
    }
}
