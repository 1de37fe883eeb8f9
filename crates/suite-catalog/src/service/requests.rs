//! Requests: asking for an item, and seeing where that stands.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use suite_contracts::{GroupId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::answering::collect_users;
use super::running::{Step, World, about};
use super::{Catalog, Content, Labels, Names, instant, tasks};
use crate::api::answers::AnswersBody;
use crate::api::requests::{RequestFilter, RequestState};
use crate::error::CatalogError;
use crate::model::approval::{Approval, SeatState};
use crate::permissions::{
    ALL_REQUESTS_READ, ALL_REQUESTS_WRITE, APPROVALS_WRITE, REQUESTS_READ, REQUESTS_WRITE,
};
use crate::store::entities::{cost_centre, request, request_rating, request_task};
use crate::store::requests::{APPROVING, FAILED, FULFILLED, FULFILLING, Filter};
use crate::store::{self, document, run};

/// Of a search.
const TEXT_CHARS_MAX: usize = 200;

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
    /// What was asked for at once with it, each with whether the caller sees it.
    pub siblings: Vec<(request::Model, bool)>,
    /// Whether the caller may have its approval started anew.
    pub may_restart: bool,
}

impl Catalog {
    pub(crate) async fn requests(
        &self,
        caller: &Caller,
        (scope, filter): (Scope, RequestFilter),
        (after, limit): (Option<i64>, u64),
    ) -> Result<Page<Asked>, CatalogError> {
        let tenant = caller.tenant();
        let mut wanted = wanted(&filter)?;
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
        if self.sees(caller, &row).await? {
            Ok(row)
        } else {
            Err(CatalogError::NotFound("request"))
        }
    }

    /// Whether somebody sees a request: it concerns them, they are or were asked about it, or they work
    /// on it.
    async fn sees(&self, caller: &Caller, row: &request::Model) -> Result<bool, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        if caller.may(ALL_REQUESTS_READ) {
            return Ok(true);
        }
        let Some(user) = caller.user() else { return Ok(false) };
        if user.0 == row.requester_id || user.0 == row.requested_for_id {
            return Ok(true);
        }
        let approval = run::read(&row.approval)?;
        let for_whom = store::delegations::to(connection, (tenant, user), self.now_ms()).await?;
        let seats = approval.stages.iter().flat_map(|stage| &stage.seats);
        let is_asked = seats.into_iter().any(|seat| match &seat.state {
            SeatState::Decided(decision) => decision.by == user || seat.user == user,
            SeatState::Open => seat.user == user || for_whom.contains(&seat.user),
            SeatState::Left | SeatState::Lapsed => seat.user == user,
        });
        Ok(is_asked || self.works_for(caller, row.id).await?)
    }

    /// What was asked for together with a request, each with whether the caller sees it.
    async fn siblings(
        &self,
        caller: &Caller,
        row: &request::Model,
    ) -> Result<Vec<(request::Model, bool)>, CatalogError> {
        let Some(submission) = row.submission_id else { return Ok(Vec::new()) };
        let own = (caller.tenant(), submission);
        let rows = store::requests::submitted(self.database().read(), own).await?;
        let mut siblings = Vec::new();
        for other in rows.into_iter().filter(|other| other.id != row.id) {
            let may_see = self.sees(caller, &other).await?;
            siblings.push((other, may_see));
        }
        Ok(siblings)
    }

    pub(super) async fn detail(
        &self,
        caller: &Caller,
        row: request::Model,
    ) -> Result<Detail, CatalogError> {
        let world = self.world(&row, caller.user()).await?;
        let rating = match row.state.as_str() {
            FULFILLED => {
                let own = (caller.tenant(), row.id);
                store::notes::rating(self.database().read(), own).await?
            }
            _ => None,
        };
        self.detail_in(caller, row, (world, rating)).await
    }

    /// The same, where its world is known already, and how it was rated.
    pub(super) async fn detail_in(
        &self,
        caller: &Caller,
        row: request::Model,
        (mut world, rating): (World, Option<request_rating::Model>),
    ) -> Result<Detail, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
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
        let tasks = match world.tasks.tasks() {
            [] => Vec::new(),
            _ => store::tasks::of_request(connection, (tenant, row.id)).await?,
        };
        let touched = tasks.iter().flat_map(|task| [task.assignee_id, task.ended_by_id]);
        people.extend(touched.flatten().map(UserId));
        let mut answered_with = BTreeSet::new();
        let given = world.subject.answers.values();
        given.for_each(|answer| collect_users(answer, &mut answered_with));
        people.extend(&answered_with);
        let mut names = mem::take(&mut world.names);
        names.retain(|user, _| people.contains(user));
        people.retain(|user| !names.contains_key(user));
        names.extend(self.names(tenant, &people).await?);
        let groups = tasks.iter().filter_map(|task| task.group_id).map(GroupId).collect();
        let groups = self.group_names(tenant, &groups).await?;
        let tasks = self.with_work_on(caller, tasks).await?;
        let is_worker = tasks.iter().any(|(_, may_work)| *may_work);
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
        let siblings = self.siblings(caller, &row).await?;
        let may_restart = row.state == FAILED && caller.may(ALL_REQUESTS_WRITE);
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
            siblings,
            may_restart,
        })
    }

    /// Tasks, each with whether the caller may work on it.
    async fn with_work_on(
        &self,
        caller: &Caller,
        tasks: Vec<request_task::Model>,
    ) -> Result<Vec<(request_task::Model, bool)>, CatalogError> {
        let own_groups = match tasks.as_slice() {
            [] => BTreeSet::new(),
            _ => self.groups_of(caller).await?,
        };
        let with_work = tasks.into_iter().map(|task| {
            let may_work = tasks::works_on(caller, &own_groups, &task);
            (task, may_work)
        });
        Ok(with_work.collect())
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

fn wanted(filter: &RequestFilter) -> Result<Filter, CatalogError> {
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > TEXT_CHARS_MAX) {
        let reason = format!("a search has at most {TEXT_CHARS_MAX} characters");
        return Err(CatalogError::invalid("text", reason));
    }
    Ok(Filter {
        text: text.map(str::to_owned),
        of: filter.person_id,
        state: filter.state.map(RequestState::as_str),
        is_approved: filter.is_approved == Some(true),
        item: filter.item_id,
        cost_centre: filter.cost_centre_id,
        is_uncharged: filter.is_uncharged == Some(true),
        created_from_ms: instant("created_from", filter.created_from.as_deref())?,
        created_until_ms: instant("created_until", filter.created_until.as_deref())?,
        ..Filter::default()
    })
}
