//! Major incidents: declared from a ticket, led by people, told to those who are affected, and
//! reviewed.
//!
//! Whoever does something to one has its row locked. Where tickets are locked, too, they are taken
//! before it.

mod declaring;
mod leading;
mod parts;
mod publishing;
mod reviewing;

use serde_json::{Value, json};
use suite_contracts::notification::{BODY_CHARS_MAX, RECIPIENTS_MAX, TITLE_CHARS_MAX};
use suite_contracts::{Audience, NotificationRequest, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::page::Page;
use uuid::Uuid;

use crate::api::desk::Word;
use crate::api::incidents::{IncidentStateBody, UpdateAudience};
use crate::error::CatalogError;
use crate::model::incident::State;
use crate::permissions::{INCIDENTS_READ, TICKETS_READ};
use crate::service::{Catalog, Names};
use crate::store::entities::{
    incident_component, incident_entry, incident_role, major_incident::Model, ticket,
};
use crate::store::{incidents, merges, reviews, tickets};

pub(crate) use reviewing::{ActionDetail, ReviewDetail};

/// What a timeline has at most, from whoever writes; what ends it still has room then.
const ENTRIES_MAX: i32 = 5_000;
const TEXT_CHARS_MAX: usize = 10_000;
/// Updates that those see who are affected: the latest.
const UPDATES_SHOWN: u64 = 50;

/// A major incident, with who leads what, and what is part of it.
#[derive(Debug, Clone)]
pub(crate) struct IncidentDetail {
    pub row: Model,
    pub roles: Vec<incident_role::Model>,
    pub names: Names,
    pub tickets: Vec<ticket::Model>,
    /// What it does to the components of the status page, in their order.
    pub components: Vec<incident_component::Model>,
    /// None where there is no review.
    pub is_review_published: Option<bool>,
}

/// What those see of one whose tickets are part of it.
#[derive(Debug, Clone)]
pub(crate) struct AffectedDetail {
    pub row: Model,
    pub updates: Vec<incident_entry::Model>,
}

/// What kind of entry of a timeline it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Declared,
    RoleAssigned,
    StateChanged,
    Noted,
    Updated,
    TicketLinked,
    TicketUnlinked,
    Published,
    ReviewPublished,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::RoleAssigned => "role_assigned",
            Self::StateChanged => "state_changed",
            Self::Noted => "noted",
            Self::Updated => "updated",
            Self::TicketLinked => "ticket_linked",
            Self::TicketUnlinked => "ticket_unlinked",
            Self::Published => "published",
            Self::ReviewPublished => "review_published",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Declared => "service-catalog.major-incident.declared",
            Self::RoleAssigned => "service-catalog.major-incident.role-assigned",
            Self::StateChanged => "service-catalog.major-incident.state-changed",
            Self::Noted => "service-catalog.major-incident.noted",
            Self::Updated => "service-catalog.major-incident.updated",
            Self::TicketLinked => "service-catalog.major-incident.ticket-linked",
            Self::TicketUnlinked => "service-catalog.major-incident.ticket-unlinked",
            Self::Published => "service-catalog.major-incident.published",
            Self::ReviewPublished => "service-catalog.major-incident.review-published",
        }
    }

    /// Whether it makes another version, which others have not seen.
    const fn changes(self) -> bool {
        matches!(self, Self::RoleAssigned | Self::StateChanged | Self::Published)
    }
}

/// An entry that is to be recorded.
struct NewEntry {
    kind: Kind,
    at_ms: i64,
    audience: Option<UpdateAudience>,
    text: Option<String>,
    /// For the timeline and the trail. Never what somebody wrote.
    detail: Value,
}

impl NewEntry {
    fn new(kind: Kind, at_ms: i64, detail: Value) -> Self {
        Self { kind, at_ms, audience: None, text: None, detail }
    }
}

impl Catalog {
    pub(crate) async fn major_incidents(
        &self,
        caller: &Caller,
        is_active: Option<bool>,
        (before, limit): (Option<Uuid>, u64),
    ) -> Result<Page<Model>, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        let wanted = State::ALL.into_iter().filter(|state| Some(state.is_active()) == is_active);
        let wanted: Vec<&str> =
            wanted.map(|state| IncidentStateBody::from(state).as_str()).collect();
        let connection = self.database().read();
        let page = (before, limit);
        let rows = incidents::list(connection, caller.tenant(), &wanted, page).await?;
        Ok(Page::cut(rows, limit, |row| row.id))
    }

    pub(crate) async fn major_incident(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<IncidentDetail, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        self.incident_detail(self.incident_of(caller, id).await?).await
    }

    async fn incident_of(&self, caller: &Caller, id: Uuid) -> Result<Model, CatalogError> {
        let row = incidents::by_id(self.database().read(), caller.tenant(), id).await?;
        row.ok_or(CatalogError::NotFound("major incident"))
    }

    async fn incident_detail(&self, row: Model) -> Result<IncidentDetail, CatalogError> {
        let connection = self.database().read();
        let (tenant, own) = (TenantId(row.tenant_id), (TenantId(row.tenant_id), row.id));
        let roles = incidents::roles(connection, own).await?;
        let people = roles.iter().map(|role| UserId(role.user_id)).collect();
        let children = incidents::children(connection, own).await?;
        let mut children = tickets::by_ids(connection, tenant, children).await?;
        children.sort_by_key(|ticket| ticket.number);
        let review = reviews::of(connection, own).await?;
        let components = self.affected_components(&row).await?;
        Ok(IncidentDetail {
            names: self.names(tenant, &people).await?,
            is_review_published: review.map(|review| review.published_at_ms.is_some()),
            tickets: children,
            components,
            roles,
            row,
        })
    }

    /// What happened, the latest recorded first.
    pub(crate) async fn incident_timeline(
        &self,
        caller: &Caller,
        id: Uuid,
        (before, limit): (Option<i32>, u64),
    ) -> Result<Page<incident_entry::Model>, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        let own = (caller.tenant(), self.incident_of(caller, id).await?.id);
        let page = (before, limit);
        let rows = incidents::entries(self.database().read(), own, &[], page).await?;
        Ok(Page::cut(rows, limit, |row| row.number))
    }

    /// The major incident that a ticket is part of, or the one that it was merged into, for whoever
    /// sees the ticket.
    pub(crate) async fn affecting_incident(
        &self,
        caller: &Caller,
        ticket: Uuid,
    ) -> Result<AffectedDetail, CatalogError> {
        caller.require(TICKETS_READ)?;
        let row = self.seen_ticket(caller, ticket).await?;
        let row = self.remaining(&row).await?.unwrap_or(row);
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let row = incidents::of_ticket(connection, (tenant, row.id)).await?;
        let row = row.ok_or(CatalogError::NotFound("major incident"))?;
        let heard = [UpdateAudience::Requesters.as_str(), UpdateAudience::Public.as_str()];
        let page = (None, UPDATES_SHOWN - 1);
        let updates = incidents::entries(connection, (tenant, row.id), &heard, page).await?;
        Ok(AffectedDetail { row, updates })
    }

    /// Takes one into one's hands: others wait until the transaction ends.
    async fn held_incident(
        &self,
        transaction: &Transaction,
        (tenant, id, expected): (TenantId, Uuid, Option<i64>),
    ) -> Result<Model, CatalogError> {
        let row = incidents::locked(transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("major incident"))?;
        if expected.is_some_and(|version| version != row.version) {
            return Err(CatalogError::Stale("major incident"));
        }
        Ok(row)
    }

    /// Writes what one has become, and what happened, each entry with its audit record.
    async fn keep_incident(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        mut row: Model,
        entries: Vec<NewEntry>,
    ) -> Result<Model, CatalogError> {
        let is_talk = |entry: &NewEntry| !entry.kind.changes();
        if row.entries >= ENTRIES_MAX && entries.iter().any(is_talk) {
            let reason = format!("a timeline has at most {ENTRIES_MAX} entries");
            return Err(CatalogError::conflict("timeline_full", reason));
        }
        let now_ms = self.now_ms();
        row.version += i64::from(entries.iter().any(|entry| entry.kind.changes()));
        let mut rows = Vec::new();
        for entry in entries {
            row.entries += 1;
            let mut detail = json!({
                "incident_id": row.id, "ticket_id": row.ticket_id, "number": row.number,
                "title": row.title, "state": row.state, "audience": entry.audience,
            });
            if !entry.detail.is_null() {
                detail["change"] = entry.detail.clone();
            }
            let record = Entry::new(entry.kind.action(), "major-incident", row.id).with(detail);
            self.note(transaction, actor, record).await?;
            rows.push(incident_entry::Model {
                incident_id: row.id,
                number: row.entries,
                tenant_id: row.tenant_id,
                kind: entry.kind.as_str().to_owned(),
                recorded_at_ms: now_ms,
                at_ms: entry.at_ms,
                audience: entry.audience.map(|audience| audience.as_str().to_owned()),
                actor_kind: actor.kind.to_owned(),
                actor_id: actor.id.parse().ok(),
                actor_name: actor.name.clone(),
                text: entry.text,
                detail: entry.detail.to_string(),
            });
        }
        incidents::add_entries(transaction, rows).await?;
        incidents::write(transaction, &row).await?;
        Ok(row)
    }

    /// Tells those whose tickets are part of it: requesters, and who follows them.
    async fn tell_affected(
        &self,
        transaction: &Transaction,
        row: &Model,
        (kind, title, body): (&str, &str, &str),
    ) -> Result<(), CatalogError> {
        let (tenant, own) = (TenantId(row.tenant_id), (TenantId(row.tenant_id), row.id));
        let mut all = incidents::children(&**transaction, own).await?;
        all.push(row.ticket_id);
        let mut people = merges::followers_of(&**transaction, tenant, all.clone()).await?;
        let affected = tickets::by_ids(&**transaction, tenant, all).await?;
        people.extend(affected.iter().map(|ticket| UserId(ticket.requester_id)));
        let people: Vec<UserId> = people.into_iter().collect();
        for some in people.chunks(RECIPIENTS_MAX) {
            let to = Audience::Users(some.to_vec());
            let request = notification(to, (kind, OWN_TICKETS.to_owned()), (title, body));
            self.ask_to_tell(transaction, (tenant, row.id), &request).await?;
        }
        Ok(())
    }
}

/// Where those who are affected see how it stands with theirs.
const OWN_TICKETS: &str = "/service-catalog/tickets";

/// A major incident's page in the console.
fn page_of(row: &Model) -> String {
    format!("/service-catalog/major-incidents/{}", row.id)
}

/// What is told in a console: cut to what fits there.
fn notification(
    to: Audience,
    (kind, link): (&str, String),
    (title, body): (&str, &str),
) -> NotificationRequest {
    let cut = |text: &str, chars_max: usize| {
        let plain = |character: &char| !character.is_control() || *character == '\n';
        let text: String = text.chars().filter(plain).collect();
        if text.chars().count() <= chars_max {
            return text;
        }
        text.chars().take(chars_max - 1).chain(['…']).collect()
    };
    NotificationRequest {
        to,
        kind: format!("service-catalog.major-incident.{kind}"),
        title: cut(title, TITLE_CHARS_MAX),
        body: cut(body, BODY_CHARS_MAX),
        link: Some(link),
    }
}

fn state_of(row: &Model) -> Result<State, CatalogError> {
    let unknown = || CatalogError::Internal(format!("a major incident is {:?}", row.state));
    IncidentStateBody::of(&row.state).map(State::from).ok_or_else(unknown)
}
