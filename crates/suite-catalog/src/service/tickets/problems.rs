//! Problems and known errors: looked for, known, worked around, gone.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::page::Page;
use uuid::Uuid;

use super::bulk::refused;
use super::working::Work;
use super::writing::agent_replies;
use super::{DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX};
use crate::api::desk::Word;
use crate::api::problems::{ProblemChange, ProblemFilter, ProblemRequest, ProblemStateBody};
use crate::error::CatalogError;
use crate::model::problem::{self, Known, Refusal, State};
use crate::permissions::{ALL_TICKETS_WRITE, PROBLEMS_READ, PROBLEMS_WRITE};
use crate::service::{BulkDone, Catalog, Names, line, text};
use crate::store::entities::{problem::Model, ticket};
use crate::store::problems::{self, Wanted};
use crate::store::{ticket_links, tickets};

const TEXT_CHARS_MAX: usize = 20_000;
/// Tickets that are answered at once at most.
const ANSWERED_MAX: usize = 100;

/// A problem in a list.
#[derive(Debug, Clone)]
pub(crate) struct ListedProblem {
    pub row: Model,
    pub names: Names,
}

/// A problem, with the tickets that are linked to it.
#[derive(Debug, Clone)]
pub(crate) struct ProblemDetail {
    pub row: Model,
    pub names: Names,
    pub tickets: Vec<ticket::Model>,
}

impl Catalog {
    pub(crate) async fn problems(
        &self,
        caller: &Caller,
        filter: ProblemFilter,
        (before, limit): (Option<i64>, u64),
    ) -> Result<Page<ListedProblem>, CatalogError> {
        caller.require(PROBLEMS_READ)?;
        let words = filter.text.map(|words| line("text", &words, TITLE_CHARS_MAX));
        let state = filter.state.map(ProblemStateBody::as_str);
        let wanted = Wanted { state, text: words.transpose()? };
        let (connection, page) = (self.database().read(), (before, limit));
        let rows = problems::list(connection, caller.tenant(), &wanted, page).await?;
        let page = Page::cut(rows, limit, |row| row.number);
        let owners = page.items.iter().filter_map(|row| row.owner_id).map(UserId).collect();
        let names = self.names(caller.tenant(), &owners).await?;
        Ok(page.map(|row| ListedProblem { row, names: names.clone() }))
    }

    pub(crate) async fn problem(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<ProblemDetail, CatalogError> {
        caller.require(PROBLEMS_READ)?;
        self.problem_detail(self.problem_of(caller, id).await?).await
    }

    async fn problem_of(&self, caller: &Caller, id: Uuid) -> Result<Model, CatalogError> {
        let row = problems::by_id(self.database().read(), caller.tenant(), id).await?;
        row.ok_or(CatalogError::NotFound("problem"))
    }

    async fn problem_detail(&self, row: Model) -> Result<ProblemDetail, CatalogError> {
        let (tenant, connection) = (TenantId(row.tenant_id), self.database().read());
        let owners = row.owner_id.map(UserId).into_iter().collect();
        let links = ticket_links::list(connection, (tenant, row.id)).await?;
        let ids = links.into_iter().map(|link| link.from_id).collect();
        let mut tickets = tickets::by_ids(connection, tenant, ids).await?;
        tickets.sort_by_key(|ticket| ticket.number);
        Ok(ProblemDetail { names: self.names(tenant, &owners).await?, tickets, row })
    }

    pub(crate) async fn open_problem(
        &self,
        caller: &Caller,
        body: ProblemRequest,
    ) -> Result<ProblemDetail, CatalogError> {
        caller.require(PROBLEMS_WRITE)?;
        let (tenant, now_ms) = (caller.tenant(), self.now_ms());
        let title = line("title", &body.title, TITLE_CHARS_MAX)?;
        let description = text("description", &body.description, DESCRIPTION_CHARS_MAX)?;
        let people: BTreeSet<UserId> = body.owner_id.into_iter().collect();
        self.require_known(tenant, ("/owner_id", &people), &[]).await?;
        let transaction = self.database().begin().await?;
        let row = Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            number: problems::next_number(&transaction, tenant, "problem").await?,
            title,
            description,
            state: ProblemStateBody::Open.as_str().to_owned(),
            root_cause: String::new(),
            workaround: String::new(),
            owner_id: body.owner_id.map(|owner| owner.0),
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            resolved_at_ms: None,
            closed_at_ms: None,
            version: 1,
        };
        problems::insert(&transaction, row.clone()).await?;
        let entry = told("service-catalog.problem.created", &row, Value::Null);
        self.finish(transaction, caller, entry).await?;
        self.problem_detail(row).await
    }

    pub(crate) async fn change_problem(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: ProblemChange,
    ) -> Result<ProblemDetail, CatalogError> {
        caller.require(PROBLEMS_WRITE)?;
        let tenant = caller.tenant();
        self.problem_of(caller, id).await?;
        let people: BTreeSet<UserId> = body.owner_id.flatten().into_iter().collect();
        self.require_known(tenant, ("/owner_id", &people), &[]).await?;
        let transaction = self.database().begin().await?;
        let old = self.held_problem(&transaction, (tenant, id, expected)).await?;
        let state = state_of(&old)?;
        if state == State::Closed {
            let reason = "the problem is closed, and changes no more";
            return Err(CatalogError::conflict("problem_closed", reason));
        }
        let (mut row, detail) = changed_by(&old, body)?;
        if detail.is_empty() {
            transaction.roll_back().await?;
            return self.problem_detail(old).await;
        }
        problem::holds(state, known(&row)).map_err(not_so)?;
        (row.updated_at_ms, row.version) = (self.now_ms(), old.version + 1);
        problems::write(&transaction, &row).await?;
        let entry = told("service-catalog.problem.changed", &row, Value::Object(detail));
        self.finish(transaction, caller, entry).await?;
        self.problem_detail(row).await
    }

    pub(crate) async fn move_problem(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        to: ProblemStateBody,
    ) -> Result<ProblemDetail, CatalogError> {
        caller.require(PROBLEMS_WRITE)?;
        self.problem_of(caller, id).await?;
        let transaction = self.database().begin().await?;
        let own = (caller.tenant(), id, expected);
        let mut row = self.held_problem(&transaction, own).await?;
        problem::check(state_of(&row)?, to.into(), known(&row)).map_err(not_so)?;
        let (before, now_ms) = (row.state.clone(), self.now_ms());
        to.as_str().clone_into(&mut row.state);
        match State::from(to) {
            State::Resolved => row.resolved_at_ms = Some(now_ms),
            State::Closed => row.closed_at_ms = Some(now_ms),
            State::Open | State::KnownError => row.resolved_at_ms = None,
        }
        (row.updated_at_ms, row.version) = (now_ms, row.version + 1);
        problems::write(&transaction, &row).await?;
        let detail = json!({ "before": before, "after": to });
        let entry = told("service-catalog.problem.state-changed", &row, detail);
        self.finish(transaction, caller, entry).await?;
        self.problem_detail(row).await
    }

    /// Answers tickets that are linked to a problem with its workaround, each by itself.
    pub(crate) async fn reply_workaround(
        &self,
        caller: &Caller,
        id: Uuid,
        ids: &[Uuid],
    ) -> Result<Vec<BulkDone>, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let (tenant, row) = (caller.tenant(), self.problem_of(caller, id).await?);
        caller.require(PROBLEMS_READ)?;
        if ids.len() > ANSWERED_MAX || ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
            let reason = format!("these are at most {ANSWERED_MAX} tickets, each once");
            return Err(CatalogError::invalid("ticket_ids", reason));
        }
        if row.workaround.is_empty() {
            let reason = "there is no workaround yet";
            return Err(CatalogError::conflict("no_workaround", reason));
        }
        let linked = ticket_links::list(self.database().read(), (tenant, id)).await?;
        let linked: BTreeSet<Uuid> = linked.into_iter().map(|link| link.from_id).collect();
        let (actor, mut done) = (Actor::from(caller), Vec::with_capacity(ids.len()));
        for ticket in ids.iter().copied() {
            let outcome = if linked.contains(&ticket) {
                let act =
                    |work: &mut Work| agent_replies(work, (row.workaround.clone(), Value::Null));
                self.on_ticket(&actor, (tenant, ticket, None), act).await
            } else {
                let reason = "the ticket is not linked to this problem";
                Err(CatalogError::conflict("not_linked", reason))
            };
            let version = outcome.as_ref().ok().map(|row| row.version);
            let refusal = outcome.map_or_else(refused, |_| Ok(None))?;
            done.push(BulkDone { id: ticket, version, refusal });
        }
        Ok(done)
    }

    async fn held_problem(
        &self,
        transaction: &Transaction,
        (tenant, id, expected): (TenantId, Uuid, i64),
    ) -> Result<Model, CatalogError> {
        let row = problems::locked(transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("problem"))?;
        if row.version == expected { Ok(row) } else { Err(CatalogError::Stale("problem")) }
    }
}

/// What it becomes, and what changed: of texts that they did, and never what they say.
fn changed_by(
    old: &Model,
    body: ProblemChange,
) -> Result<(Model, Map<String, Value>), CatalogError> {
    let (mut row, mut detail) = (old.clone(), Map::new());
    if let Some(title) = body.title {
        row.title = line("title", &title, TITLE_CHARS_MAX)?;
        if row.title != old.title {
            let what = json!({ "before": old.title, "after": row.title });
            detail.insert("title".to_owned(), what);
        }
    }
    let texts = [
        ("description", body.description, &mut row.description),
        ("root_cause", body.root_cause, &mut row.root_cause),
        ("workaround", body.workaround, &mut row.workaround),
    ];
    for (field, given, own) in texts {
        let Some(given) = given else { continue };
        let given = text(field, &given, TEXT_CHARS_MAX)?;
        if given != *own {
            detail.insert(field.to_owned(), json!("changed"));
            *own = given;
        }
    }
    if let Some(owner) = body.owner_id {
        row.owner_id = owner.map(|owner| owner.0);
        if row.owner_id != old.owner_id {
            let what = json!({ "before": old.owner_id, "after": owner });
            detail.insert("owner_id".to_owned(), what);
        }
    }
    Ok((row, detail))
}

fn known(row: &Model) -> Known {
    let has_root_cause = !row.root_cause.is_empty();
    Known { has_root_cause, has_workaround: !row.workaround.is_empty() }
}

fn state_of(row: &Model) -> Result<State, CatalogError> {
    let unknown = || CatalogError::Internal(format!("a problem is {:?}", row.state));
    ProblemStateBody::of(&row.state).map(State::from).ok_or_else(unknown)
}

fn not_so(refusal: Refusal) -> CatalogError {
    match refusal {
        Refusal::NoWay { from, to } => {
            let word = |state| ProblemStateBody::from(state).as_str();
            let reason = format!("a problem that is {} does not become {}", word(from), word(to));
            CatalogError::conflict("no_such_move", reason)
        }
        Refusal::NoRootCause => CatalogError::conflict("no_root_cause", refusal.to_string()),
        Refusal::NoWorkaround => CatalogError::conflict("no_workaround", refusal.to_string()),
    }
}

fn told(action: &'static str, row: &Model, change: Value) -> Entry {
    let mut detail = json!({
        "problem_id": row.id, "number": row.number, "title": row.title, "state": row.state,
        "owner_id": row.owner_id,
    });
    if !change.is_null() {
        detail["change"] = change;
    }
    Entry::new(action, "problem", row.id).with(detail)
}
