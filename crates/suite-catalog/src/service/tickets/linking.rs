//! Links: what a ticket has to do with others, told from both sides.

use std::collections::BTreeMap;

use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::working::{Kind, NewEvent};
use crate::api::links::{LinkKind, LinkRequest};
use crate::error::CatalogError;
use crate::permissions::{ALL_TICKETS_READ, ALL_TICKETS_WRITE};
use crate::service::{Catalog, taken};
use crate::store::entities::{problem, ticket, ticket_link::Model};
use crate::store::{problems, ticket_links, tickets};

/// Links of a ticket at most.
const LINKS_MAX: u64 = 200;
/// Tickets of a problem at most.
const PROBLEM_LINKS_MAX: u64 = 1_000;
/// The state of a problem that makes it one.
const KNOWN_ERROR: &str = "known_error";

/// A link, as one of its tickets has it.
#[derive(Debug, Clone)]
pub(crate) struct LinkDetail {
    pub id: Uuid,
    pub kind: LinkKind,
    pub other: Linked,
    pub created_at_ms: i64,
}

/// What it leads to.
#[derive(Debug, Clone)]
pub(crate) enum Linked {
    Ticket(Box<ticket::Model>),
    Problem(Box<problem::Model>),
}

impl Catalog {
    pub(crate) async fn ticket_links(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Vec<LinkDetail>, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        self.seen_ticket(caller, id).await?;
        self.links_of(caller.tenant(), id).await
    }

    async fn links_of(&self, tenant: TenantId, id: Uuid) -> Result<Vec<LinkDetail>, CatalogError> {
        let connection = self.database().read();
        let rows = ticket_links::list(connection, (tenant, id)).await?;
        let others = rows.iter().map(|row| if row.from_id == id { row.to_id } else { row.from_id });
        let others: Vec<Uuid> = others.collect();
        let found = tickets::by_ids(connection, tenant, others.clone()).await?.into_iter();
        let mut all: BTreeMap<Uuid, Linked> =
            found.map(|row| (row.id, Linked::Ticket(Box::new(row)))).collect();
        if rows.iter().any(is_to_problem) {
            let found = problems::by_ids(connection, tenant, others).await?.into_iter();
            all.extend(found.map(|row| (row.id, Linked::Problem(Box::new(row)))));
        }
        let details = rows.into_iter().filter_map(|row| {
            let is_from = row.from_id == id;
            let other = all.get(if is_from { &row.to_id } else { &row.from_id })?.clone();
            let kind = match &other {
                Linked::Problem(problem) if problem.state == KNOWN_ERROR => LinkKind::KnownError,
                _ => LinkKind::of(&row.kind, is_from)?,
            };
            Some(LinkDetail { id: row.id, kind, other, created_at_ms: row.created_at_ms })
        });
        Ok(details.collect())
    }

    /// Links a ticket to another, or to the problem that causes it.
    pub(crate) async fn link_ticket(
        &self,
        caller: &Caller,
        id: Uuid,
        body: LinkRequest,
    ) -> Result<Vec<LinkDetail>, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        self.seen_ticket(caller, id).await?;
        let is_problem = matches!(body.kind, LinkKind::Problem | LinkKind::KnownError);
        match (body.ticket_id, body.problem_id) {
            (Some(ticket), None) if !is_problem => {
                self.link_tickets(caller, (id, ticket), body.kind).await?;
            }
            (None, Some(problem)) if is_problem => self.link_problem(caller, (id, problem)).await?,
            _ => {
                let field = if is_problem { "problem_id" } else { "ticket_id" };
                let reason = "a link has a problem_id, of the kinds problem and known_error, or \
                              else a ticket_id";
                return Err(CatalogError::invalid(field, reason));
            }
        }
        self.links_of(caller.tenant(), id).await
    }

    async fn link_problem(
        &self,
        caller: &Caller,
        (id, problem): (Uuid, Uuid),
    ) -> Result<(), CatalogError> {
        let tenant = caller.tenant();
        let found = problems::by_id(self.database().read(), tenant, problem).await?;
        let reason = "there is no such problem to link it to";
        let found = found.ok_or_else(|| CatalogError::invalid("problem_id", reason))?;
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        self.require_room(&transaction, (tenant, id), LINKS_MAX).await?;
        self.require_room(&transaction, (tenant, problem), PROBLEM_LINKS_MAX).await?;
        let row = Model {
            created_by_id: caller.user().map(|user| user.0),
            created_at_ms: work.now_ms,
            ..link(tenant, (id, problem), LinkKind::Problem)
        };
        let made = ticket_links::insert(&transaction, row).await;
        made.map_err(|error| taken(error, "linked_already", "they are linked so already"))?;
        let detail = json!({ "link": "problem", "problem_id": problem, "number": found.number });
        work.events.push(NewEvent::new(Kind::Linked, work.now_ms, detail));
        self.save(transaction, &Actor::from(caller), work, entries).await?;
        Ok(())
    }

    async fn require_room(
        &self,
        transaction: &Transaction,
        own: (TenantId, Uuid),
        links_max: u64,
    ) -> Result<(), CatalogError> {
        if ticket_links::count(&**transaction, own).await? < links_max {
            return Ok(());
        }
        let reason = format!("there are {links_max} links already: remove one first");
        Err(CatalogError::conflict("too_many_links", reason))
    }

    /// Links two tickets. Both tell of it.
    async fn link_tickets(
        &self,
        caller: &Caller,
        (id, other): (Uuid, Uuid),
        kind: LinkKind,
    ) -> Result<(), CatalogError> {
        let tenant = caller.tenant();
        if tickets::by_id(self.database().read(), tenant, other).await?.is_none() {
            return Err(CatalogError::invalid(
                "ticket_id",
                "there is no such ticket to link it to",
            ));
        }
        let transaction = self.database().begin().await?;
        let both = ((id, None), (other, None));
        let (mut one, mut two) = self.held_both(&transaction, tenant, both).await?;
        for ticket in [id, other] {
            self.require_room(&transaction, (tenant, ticket), LINKS_MAX).await?;
        }
        let row = link(tenant, (id, other), kind);
        let back = (row.kind.as_str(), row.to_id, row.from_id);
        if ticket_links::is_there(&*transaction, tenant, back).await? {
            let reason = "they are linked the other way round already: remove that link first";
            return Err(CatalogError::conflict("linked_reversely", reason));
        }
        let row = Model {
            created_by_id: caller.user().map(|user| user.0),
            created_at_ms: one.0.now_ms,
            ..row
        };
        let once = "they are linked so already";
        let made = ticket_links::insert(&transaction, row).await;
        made.map_err(|error| taken(error, "linked_already", once))?;
        let linked = |kind: LinkKind, other: &ticket::Model, now_ms| {
            let detail = json!({ "link": kind, "ticket_id": other.id, "number": other.number });
            NewEvent::new(Kind::Linked, now_ms, detail)
        };
        one.0.events.push(linked(kind, &two.0.row, one.0.now_ms));
        two.0.events.push(linked(kind.reversed(), &one.0.row, two.0.now_ms));
        let actor = Actor::from(caller);
        self.keep(&transaction, &actor, one.0, one.1).await?;
        self.keep(&transaction, &actor, two.0, two.1).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        Ok(())
    }

    pub(crate) async fn unlink_ticket(
        &self,
        caller: &Caller,
        (id, link): (Uuid, &str),
    ) -> Result<(), CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let (tenant, missing) = (caller.tenant(), || CatalogError::NotFound("link"));
        self.seen_ticket(caller, id).await?;
        let link: Uuid = link.parse().map_err(|_| missing())?;
        let row = ticket_links::by_id(self.database().read(), tenant, link).await?;
        let row = row.filter(|row| row.from_id == id || row.to_id == id).ok_or_else(missing)?;
        if is_to_problem(&row) {
            let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
            if !ticket_links::remove(&transaction, tenant, link).await? {
                return Err(missing());
            }
            let detail = json!({ "link": "problem", "problem_id": row.to_id });
            work.events.push(NewEvent::new(Kind::Unlinked, work.now_ms, detail));
            self.save(transaction, &Actor::from(caller), work, entries).await?;
            return Ok(());
        }
        let transaction = self.database().begin().await?;
        let both = ((row.from_id, None), (row.to_id, None));
        let (mut from, mut to) = self.held_both(&transaction, tenant, both).await?;
        if !ticket_links::remove(&transaction, tenant, link).await? {
            return Err(missing());
        }
        let unlinked = |is_from: bool, other: &ticket::Model, now_ms| {
            let kind = LinkKind::of(&row.kind, is_from);
            let detail = json!({ "link": kind, "ticket_id": other.id, "number": other.number });
            NewEvent::new(Kind::Unlinked, now_ms, detail)
        };
        from.0.events.push(unlinked(true, &to.0.row, from.0.now_ms));
        to.0.events.push(unlinked(false, &from.0.row, to.0.now_ms));
        let actor = Actor::from(caller);
        self.keep(&transaction, &actor, from.0, from.1).await?;
        self.keep(&transaction, &actor, to.0, to.1).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        Ok(())
    }

    /// Says that two tickets have to do with each other, where what made them so tells of it.
    pub(super) async fn relate(
        &self,
        transaction: &Transaction,
        (tenant, by): (TenantId, Option<Uuid>),
        (one, other): (Uuid, Uuid),
    ) -> Result<(), CatalogError> {
        let now_ms = self.now_ms();
        let row = link(tenant, (one, other), LinkKind::Related);
        let row = Model { created_by_id: by, created_at_ms: now_ms, ..row };
        Ok(ticket_links::insert(transaction, row).await?)
    }
}

fn is_to_problem(row: &Model) -> bool {
    row.kind == LinkKind::Problem.kept(true).0
}

/// A link as it is kept: from the one that it is said of, and of those that are said of both alike
/// from the one of the lower id.
fn link(tenant: TenantId, (one, other): (Uuid, Uuid), kind: LinkKind) -> Model {
    let (kind, is_from) = kind.kept(one < other);
    let (from_id, to_id) = if is_from { (one, other) } else { (other, one) };
    Model {
        id: Uuid::now_v7(),
        tenant_id: tenant.0,
        kind: kind.to_owned(),
        from_id,
        to_id,
        created_by_id: None,
        created_at_ms: 0,
    }
}
