//! The tickets that are part of a major incident, and solving them with it.

use serde_json::json;
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use uuid::Uuid;

use super::{IncidentDetail, Kind, NewEntry, state_of};
use crate::error::CatalogError;
use crate::model::incident::State;
use crate::model::ticket;
use crate::permissions::{ALL_TICKETS_WRITE, INCIDENTS_WRITE};
use crate::service::tickets::bulk::refused;
use crate::service::tickets::working::{Kind as EventKind, NewEvent, Work};
use crate::service::{BulkDone, Catalog, taken, text};
use crate::store::entities::incident_ticket;
use crate::store::{incidents, tickets};

/// Of one major incident.
const TICKETS_MAX: u64 = 500;
const SOLUTION_CHARS_MAX: usize = 20_000;

impl Catalog {
    /// Makes a ticket part of a major incident.
    pub(crate) async fn add_incident_ticket(
        &self,
        caller: &Caller,
        (id, ticket): (Uuid, Uuid),
    ) -> Result<IncidentDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let tenant = caller.tenant();
        self.incident_of(caller, id).await?;
        if tickets::by_id(self.database().read(), tenant, ticket).await?.is_none() {
            return Err(CatalogError::invalid("ticket_id", "there is no such ticket"));
        }
        let (transaction, mut work, entries) = self.hold((tenant, ticket, None)).await?;
        let row = self.held_incident(&transaction, (tenant, id, None)).await?;
        if state_of(&row)? == State::Reviewed {
            return Err(CatalogError::conflict("incident_over", "it is reviewed, and over"));
        }
        if incidents::declared_from(&*transaction, (tenant, ticket)).await?.is_some() {
            let reason = "the ticket is a major incident itself";
            return Err(CatalogError::conflict("major_incident", reason));
        }
        if incidents::count_children(&*transaction, (tenant, id)).await? >= TICKETS_MAX {
            let reason = format!("{TICKETS_MAX} tickets are part of it already: merge some");
            return Err(CatalogError::conflict("too_many_tickets", reason));
        }
        let child = incident_ticket::Model {
            ticket_id: ticket,
            tenant_id: tenant.0,
            incident_id: id,
            linked_at_ms: work.now_ms,
        };
        let once = "the ticket is part of a major incident already";
        let added = incidents::add_child(&transaction, child).await;
        added.map_err(|error| taken(error, "linked_already", once))?;
        let detail = json!({ "ticket_id": ticket, "number": work.row.number });
        let entry = NewEntry::new(Kind::TicketLinked, work.now_ms, detail);
        let detail = json!({ "link": "major_incident", "incident_id": id, "number": row.number });
        work.events.push(NewEvent::new(EventKind::Linked, work.now_ms, detail));
        let actor = Actor::from(caller);
        self.keep(&transaction, &actor, work, entries).await?;
        let row = self.keep_incident(&transaction, &actor, row, vec![entry]).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        self.incident_detail(row).await
    }

    pub(crate) async fn remove_incident_ticket(
        &self,
        caller: &Caller,
        (id, ticket): (Uuid, &str),
    ) -> Result<(), CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let (tenant, missing) = (caller.tenant(), || CatalogError::NotFound("ticket"));
        self.incident_of(caller, id).await?;
        let ticket: Uuid = ticket.parse().map_err(|_| missing())?;
        let (transaction, mut work, entries) = self.hold((tenant, ticket, None)).await?;
        let row = self.held_incident(&transaction, (tenant, id, None)).await?;
        if state_of(&row)? == State::Reviewed {
            return Err(CatalogError::conflict("incident_over", "it is reviewed, and over"));
        }
        if !incidents::remove_child(&transaction, tenant, (id, ticket)).await? {
            return Err(missing());
        }
        let detail = json!({ "ticket_id": ticket, "number": work.row.number });
        let entry = NewEntry::new(Kind::TicketUnlinked, work.now_ms, detail);
        let detail = json!({ "link": "major_incident", "incident_id": id, "number": row.number });
        work.events.push(NewEvent::new(EventKind::Unlinked, work.now_ms, detail));
        let actor = Actor::from(caller);
        self.keep(&transaction, &actor, work, entries).await?;
        self.keep_incident(&transaction, &actor, row, vec![entry]).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        Ok(())
    }

    /// Resolves the tickets that a resolved major incident was, each by itself: the one that it
    /// was declared from, and those that are part of it. Those that are done are left out.
    pub(crate) async fn resolve_incident_tickets(
        &self,
        caller: &Caller,
        id: Uuid,
        solution: Option<&str>,
    ) -> Result<Vec<BulkDone>, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let tenant = caller.tenant();
        let row = self.incident_of(caller, id).await?;
        caller.require(ALL_TICKETS_WRITE)?;
        let solution =
            solution.map(|said| text("solution", said, SOLUTION_CHARS_MAX)).transpose()?;
        let solution = solution.filter(|said| !said.is_empty()).or(row.solution);
        let Some(solution) = solution.filter(|_| row.resolved_at_ms.is_some()) else {
            let reason = "the major incident is not resolved: its tickets are not, either";
            return Err(CatalogError::conflict("incident_open", reason));
        };
        let connection = self.database().read();
        let mut all = incidents::children(connection, (tenant, id)).await?;
        all.push(row.ticket_id);
        let mut open = tickets::by_ids(connection, tenant, all).await?;
        open.retain(|ticket| ticket.is_open);
        open.sort_by_key(|ticket| ticket.number);
        let (actor, mut done) = (Actor::from(caller), Vec::with_capacity(open.len()));
        for ticket in open {
            let said = solution.clone();
            let act = |work: &mut Work| {
                let to = ticket::State::Resolved;
                work.move_to(to, ticket::Actor::Agent, Some(said))
            };
            let own = (tenant, ticket.id, None);
            let outcome = self.on_ticket(&actor, own, act).await;
            let version = outcome.as_ref().ok().map(|row| row.version);
            let refusal = outcome.map_or_else(refused, |_| Ok(None))?;
            done.push(BulkDone { id: ticket.id, version, refusal });
        }
        Ok(done)
    }
}
