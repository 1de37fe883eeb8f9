//! Requests: asking for an item, and seeing where that stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::answering::{CheckedAnswers, collect_users};
use super::files::about_files;
use super::numbers::Numbered;
use super::running::{Step, World, about, told};
use super::{Catalog, Content, Labels, Names, tasks};
use crate::api::answers::{self, AnswersBody};
use crate::api::requests::{RequestFilter, RequestState, SubmitRequest};
use crate::error::CatalogError;
use crate::model::approval::{Approval, Outcome, SeatState, Subject};
use crate::model::id::CostCentreId;
use crate::permissions::{ALL_REQUESTS_READ, APPROVALS_WRITE, REQUESTS_READ, REQUESTS_WRITE};
use crate::store::entities::{cost_centre, request, request_rating, request_task};
use crate::store::items::PUBLISHED;
use crate::store::requests::{APPROVING, FULFILLED, FULFILLING, Filter};
use crate::store::{self, document, run};

/// Whose requests a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everybody's.
    All,
    /// Made by the caller, or for them.
    Own,
    /// On which the caller is asked to decide.
    ToDecide,
    /// On which the caller has decided.
    Decided,
}

/// A request in a list, with the names of its people.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub row: request::Model,
    pub names: Names,
}

/// A request, with all that is decided on.
#[derive(Debug, Clone)]
pub(crate) struct Detail {
    pub row: request::Model,
    pub content: Arc<Content>,
    pub answers: AnswersBody,
    pub labels: Labels,
    pub approval: Approval,
    pub cost_centre: Option<cost_centre::Model>,
    pub names: Names,
    /// Whom answers name.
    pub answered_with: BTreeSet<UserId>,
    pub may_decide_stage: Option<usize>,
    pub may_cancel: bool,
    /// Each with whether the caller may work on it.
    pub tasks: Vec<(request_task::Model, bool)>,
    pub groups: BTreeMap<GroupId, String>,
    pub rating: Option<request_rating::Model>,
    pub may_rate: bool,
    pub reads_internal: bool,
}

impl Catalog {
    pub(crate) async fn requests(
        &self,
        caller: &Caller,
        (scope, filter): (Scope, RequestFilter),
        (after, limit): (Option<i64>, u64),
    ) -> Result<Page<Asked>, CatalogError> {
        let tenant = caller.tenant();
        let mut wanted = Filter {
            state: filter.state.map(RequestState::as_str),
            item: filter.item_id,
            ..Filter::default()
        };
        match scope {
            Scope::All => caller.require(ALL_REQUESTS_READ)?,
            Scope::Own => {
                caller.require(REQUESTS_READ)?;
                wanted.of = Some(Self::person(caller)?);
            }
            Scope::Decided => {
                caller.require(REQUESTS_READ)?;
                wanted.decided_by = Some(Self::person(caller)?);
            }
            Scope::ToDecide => {
                caller.require(REQUESTS_READ)?;
                let user = Self::person(caller)?;
                let connection = self.database().read();
                let own = (tenant, user);
                let for_whom = store::delegations::to(connection, own, self.now_ms()).await?;
                wanted.asked = Some((user, for_whom));
            }
        }
        let rows = store::requests::list(self.database(), tenant, wanted, (after, limit)).await?;
        let page = Page::cut(rows, limit, |row| row.number);
        let people = page.items.iter().flat_map(|row| [row.requester_id, row.requested_for_id]);
        let names = self.names(tenant, &people.map(UserId).collect()).await?;
        Ok(page.map(|row| Asked { row, names: names.clone() }))
    }

    /// Asks for an item. The people of the first stage are asked at once.
    pub(crate) async fn submit(
        &self,
        caller: &Caller,
        body: SubmitRequest,
    ) -> Result<Detail, CatalogError> {
        caller.require(REQUESTS_WRITE)?;
        let (tenant, requester) = (caller.tenant(), Self::person(caller)?);
        self.start_with(tenant).await?;
        let content = self.asked_version(caller, &body).await?;
        let requested_for = body.requested_for_id.unwrap_or(requester);
        let people = BTreeSet::from([requested_for]);
        self.require_known(tenant, ("/requested_for_id", &people), &[]).await?;
        let checked = self.checked_answers((tenant, requester), &content, &body.answers).await?;
        let CheckedAnswers { answers, labels } = checked;
        let subject = Subject {
            requester,
            requested_for,
            price: content.price,
            cost_centre: content.cost_centre.map(CostCentreId),
            answers,
        };
        let world = self.world_of(tenant, content, subject, BTreeSet::new()).await?;
        let (approval, notices) = Approval::start(&world.context());
        let set_aside = self.number_set_aside(tenant, Numbered::Request).await?;
        let transaction = self.database().begin().await?;
        let item = store::items::held(&transaction, tenant, body.item_id).await?;
        let item = item.ok_or(CatalogError::NotFound("item"))?;
        if item.state != PUBLISHED || item.published != Some(body.item_version) {
            return Err(item_changed());
        }
        let number = match set_aside {
            Some(number) => number,
            None => store::catalogs::next_numbers(&transaction, tenant, 1).await?,
        };
        let row = self.new_row((tenant, number), (&item.name, &body), (&world, &labels))?;
        let mut row = self.with(row, &approval)?;
        let answered = (row.id, &world.subject.answers);
        let files = self.use_answered(&transaction, (tenant, requester), answered).await?;
        let mut detail = about(&row);
        if !files.is_empty() {
            detail["files"] = about_files(&files);
        }
        let entry = Entry::new("service-catalog.request.submitted", "request", row.id);
        let mut entries = vec![(Actor::from(caller), entry.with(detail))];
        entries.extend(told(&row, &world.plan, &notices));
        let mut begun = None;
        if approval.outcome == Some(Outcome::Approved) {
            let (next, run, told) = self.begin_work(&transaction, row, &world).await?;
            (row, begun) = (next, Some(run));
            entries.extend(told);
        }
        store::requests::insert(&transaction, row.clone()).await?;
        if let Some(run) = begun {
            let own = (tenant, row.id);
            store::tasks::insert(&transaction, own, (&world.tasks, &run), self.now_ms()).await?;
        }
        self.write_seats(&transaction, &row, &approval).await?;
        self.tell_approvers(&transaction, &row, &notices).await?;
        self.tell_all(transaction, &row, entries).await?;
        self.detail(caller, row).await
    }

    /// The version whose form was answered, if it is still the one to ask for.
    async fn asked_version(
        &self,
        caller: &Caller,
        body: &SubmitRequest,
    ) -> Result<Arc<Content>, CatalogError> {
        let item = self.visible_item(caller, body.item_id).await?;
        if item.state != PUBLISHED || item.published != Some(body.item_version) {
            return Err(item_changed());
        }
        let own = (caller.tenant(), item.id);
        self.published(own, body.item_version).await?.ok_or_else(item_changed)
    }

    fn new_row(
        &self,
        (tenant, number): (TenantId, i64),
        (item_name, body): (&str, &SubmitRequest),
        (world, labels): (&World, &Labels),
    ) -> Result<request::Model, CatalogError> {
        Ok(request::Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            number,
            item_id: body.item_id,
            item_version: body.item_version,
            item_name: item_name.to_owned(),
            requester_id: world.subject.requester.0,
            requested_for_id: world.subject.requested_for.0,
            state: APPROVING.to_owned(),
            answers: document::write(&answers::shown(&world.subject.answers))?,
            labels: document::write(labels)?,
            price_millionths: world.subject.price.millionths(),
            cost_centre_id: world.subject.cost_centre.map(|CostCentreId(id)| id),
            approval: String::new(),
            stage: None,
            look_at_ms: None,
            created_at_ms: self.now_ms(),
            ended_at_ms: None,
            version: 1,
        })
    }

    /// A request of the caller's, or one that they are or were asked about. What has become due is
    /// done first.
    pub(crate) async fn request(&self, caller: &Caller, id: Uuid) -> Result<Detail, CatalogError> {
        caller.require(REQUESTS_READ)?;
        let row = self.seen_request(caller, id).await?;
        if row.look_at_ms.is_none_or(|at_ms| at_ms > self.now_ms()) {
            return self.detail(caller, row).await;
        }
        self.look_at(caller.tenant(), id).await?;
        let row = self.seen_request(caller, id).await?;
        self.detail(caller, row).await
    }

    pub(super) async fn seen_request(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<request::Model, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let row = store::requests::by_id(connection, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("request"))?;
        if caller.may(ALL_REQUESTS_READ) {
            return Ok(row);
        }
        let user = caller.user().ok_or(CatalogError::NotFound("request"))?;
        if user.0 == row.requester_id || user.0 == row.requested_for_id {
            return Ok(row);
        }
        let approval = run::read(&row.approval)?;
        let for_whom = store::delegations::to(connection, (tenant, user), self.now_ms()).await?;
        let seats = approval.stages.iter().flat_map(|stage| &stage.seats);
        let is_asked = seats.into_iter().any(|seat| match &seat.state {
            SeatState::Decided(decision) => decision.by == user || seat.user == user,
            SeatState::Open => seat.user == user || for_whom.contains(&seat.user),
            SeatState::Left | SeatState::Lapsed => seat.user == user,
        });
        if is_asked || self.works_for(caller, row.id).await? {
            return Ok(row);
        }
        Err(CatalogError::NotFound("request"))
    }

    pub(super) async fn detail(
        &self,
        caller: &Caller,
        row: request::Model,
    ) -> Result<Detail, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let world = self.world(&row, caller.user()).await?;
        let approval = run::read(&row.approval)?;
        let cost_centre = match row.cost_centre_id {
            Some(id) => store::cost_centres::by_id(connection, tenant, id).await?,
            None => None,
        };
        let mut people: BTreeSet<UserId> =
            [row.requester_id, row.requested_for_id].into_iter().map(UserId).collect();
        people.extend(cost_centre.as_ref().map(|centre| UserId(centre.owner_id)));
        for seat in approval.stages.iter().flat_map(|stage| &stage.seats) {
            people.insert(seat.user);
            if let SeatState::Decided(decision) = &seat.state {
                people.insert(decision.by);
            }
        }
        let tasks = store::tasks::of_request(connection, (tenant, row.id)).await?;
        let touched = tasks.iter().flat_map(|task| [task.assignee_id, task.ended_by_id]);
        people.extend(touched.flatten().map(UserId));
        let mut answered_with = BTreeSet::new();
        let given = world.subject.answers.values();
        given.for_each(|answer| collect_users(answer, &mut answered_with));
        people.extend(&answered_with);
        let names = self.names(tenant, &people).await?;
        let groups = tasks.iter().filter_map(|task| task.group_id).map(GroupId).collect();
        let groups = self.group_names(tenant, &groups).await?;
        let own_groups = match tasks.as_slice() {
            [] => BTreeSet::new(),
            _ => self.groups_of(caller).await?,
        };
        let tasks: Vec<(request_task::Model, bool)> = tasks
            .into_iter()
            .map(|task| {
                let may_work = tasks::works_on(caller, &own_groups, &task);
                (task, may_work)
            })
            .collect();
        let is_worker = tasks.iter().any(|(_, may_work)| *may_work);
        let rating = store::notes::rating(connection, (tenant, row.id)).await?;
        let user = caller.user();
        let decides = user.filter(|_| caller.may(APPROVALS_WRITE));
        let may_decide_stage =
            decides.and_then(|user| super::approvals::open_to(user, &approval, &world));
        let is_own = user.is_some_and(|user| world.subject.concerns(user));
        let is_running = [APPROVING, FULFILLING].contains(&row.state.as_str());
        let may_cancel = is_own && is_running && caller.may(REQUESTS_WRITE);
        let may_rate =
            is_own && row.state == FULFILLED && rating.is_none() && caller.may(REQUESTS_WRITE);
        let answers = document::read(&row.answers)?;
        let labels = document::read(&row.labels)?;
        let content = world.content;
        Ok(Detail {
            row,
            content,
            answers,
            labels,
            approval,
            cost_centre,
            names,
            answered_with,
            may_decide_stage,
            may_cancel,
            reads_internal: is_worker || caller.may(ALL_REQUESTS_READ),
            tasks,
            groups,
            rating,
            may_rate,
        })
    }

    /// Takes a request back: whoever made it may, and whoever it is for.
    pub(crate) async fn cancel(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<Detail, CatalogError> {
        caller.require(REQUESTS_WRITE)?;
        let row = self.seen_request(caller, id).await?;
        let user = Self::person(caller)?;
        if user.0 != row.requester_id && user.0 != row.requested_for_id {
            let reason = "only who made a request, or whom it is for, takes it back".to_owned();
            return Err(CatalogError::Forbidden { code: "not_own_request", reason });
        }
        if row.state == FULFILLING {
            self.give_up(caller, (id, expected)).await?;
            let row = self.seen_request(caller, id).await?;
            return self.detail(caller, row).await;
        }
        let withdraw = |row: &request::Model, approval: &mut Approval, world: &World| {
            if row.version != expected {
                return Err(CatalogError::Stale("request"));
            }
            let withdrawn = approval.withdraw(&world.context());
            let notices = withdrawn.map_err(|_| {
                let reason = format!("the request has ended already: it is {}", row.state);
                CatalogError::conflict("request_over", reason)
            })?;
            let entry = Entry::new("service-catalog.request.withdrawn", "request", row.id);
            let entries = vec![(Actor::from(caller), entry.with(about(row)))];
            Ok::<Step<()>, CatalogError>((notices, entries, ()))
        };
        self.step((caller.tenant(), id), None, withdraw).await?;
        let row = self.seen_request(caller, id).await?;
        self.detail(caller, row).await
    }
}

fn item_changed() -> CatalogError {
    let reason = "the item is not offered any more as you saw it: look at it again";
    CatalogError::conflict("item_changed", reason)
}
