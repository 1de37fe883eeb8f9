//! Tickets: who sees which, and where they stand.

mod answering;
mod attaching;
mod bulk;
mod canned_answers;
mod changing;
mod clocks;
mod escalating;
mod incidents;
mod letters;
mod linking;
mod mailing;
mod merging;
mod notifying;
mod opening;
mod problems;
mod rating;
mod recounting;
mod splitting;
mod views;
mod working;
mod writing;

use std::collections::BTreeSet;

use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::auth::Caller;
use suite_kit::page::Page;
use uuid::Uuid;

use super::{Catalog, Named, instant, line};
use crate::api::desk::{StateBody, TicketKind, Word, priority_number, tier};
use crate::api::tickets::{PromiseFilter, TicketFilter, TicketSort};
use crate::error::CatalogError;
use crate::model::clock::{Measure, Reading};
use crate::model::ticket::{Standing, State};
use crate::permissions::{ALL_TICKETS_READ, TICKETS_READ};
use crate::store::entities::{ticket::Model, ticket_event, ticket_rating};
use crate::store::queue::{self, Key, Wanted};
use crate::store::ticket_words;
use crate::store::{incidents as incidents_store, merges, ratings, ticket_events, tickets};

pub(crate) use bulk::BulkDone;
pub(crate) use canned_answers::{CannedDetail, Filled};
pub(crate) use clocks::Explained;
pub(crate) use escalating::ClimbDetail;
pub(crate) use incidents::{ActionDetail, AffectedDetail, IncidentDetail, ReviewDetail};
pub(crate) use letters::WRITE_TICKET_LETTER;
pub(crate) use linking::{LinkDetail, Linked};
pub(in crate::service) use mailing::{Arrived, Whole};
pub(crate) use problems::{ListedProblem, ProblemDetail};
pub(crate) use recounting::{RECOUNT, RECOUNT_DONE};
pub(crate) use views::SavedView;

const TITLE_CHARS_MAX: usize = 200;
const DESCRIPTION_CHARS_MAX: usize = 20_000;
const TAGS_MAX: usize = 20;
const TAG_CHARS_MAX: usize = 50;

/// A ticket in a list.
#[derive(Debug, Clone)]
pub(crate) struct ListedTicket {
    pub row: Model,
    pub names: Named,
    pub now_ms: i64,
}

/// A ticket, with what its clocks show.
#[derive(Debug, Clone)]
pub(crate) struct TicketDetail {
    pub row: Model,
    pub names: Named,
    pub rating: Option<ticket_rating::Model>,
    /// The ticket that remained, of one that was merged, and its number.
    pub merged_into: Option<(Uuid, i64)>,
    /// The major incident that it is, or is part of.
    pub major_incident_id: Option<Uuid>,
    /// Who hears of it besides its requester.
    pub followers: BTreeSet<UserId>,
    /// Whether an escalation calls the caller, who else would not see it.
    pub is_called: bool,
    pub readings: Vec<(Measure, Reading)>,
    pub reopens_until_ms: Option<i64>,
    pub now_ms: i64,
}

/// Whose tickets a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TicketScope {
    All,
    Own,
}

impl Catalog {
    pub(crate) async fn tickets(
        &self,
        caller: &Caller,
        (scope, filter): (TicketScope, TicketFilter),
        (after, limit): (Option<Key>, u64),
    ) -> Result<Page<ListedTicket>, CatalogError> {
        let mut wanted = self.wanted(&filter)?;
        if filter.is_mine == Some(true) {
            wanted.assignee = Some(Self::person(caller)?.0);
        }
        match scope {
            TicketScope::All => caller.require(ALL_TICKETS_READ)?,
            TicketScope::Own => {
                caller.require(TICKETS_READ)?;
                wanted.requester = Some(Self::person(caller)?.0);
            }
        }
        let after = after.map(|key| key.of(wanted.sort)).transpose();
        let after = after.map_err(|reason| CatalogError::invalid("cursor", reason))?;
        let tenant = caller.tenant();
        let rows = queue::list(self.database(), tenant, &wanted, (after, limit)).await?;
        let page = Page::cut(rows, limit, |(_, key)| *key).map(|(row, _)| row);
        let (names, now_ms) = (self.ticket_names(tenant, &page.items).await?, self.now_ms());
        Ok(page.map(|row| ListedTicket { row, names: names.clone(), now_ms }))
    }

    fn wanted(&self, filter: &TicketFilter) -> Result<Wanted, CatalogError> {
        let tier = filter.tier.map(|number| tier("tier", number).map(|_| i32::from(number)));
        let is_open = match (filter.is_open, filter.state) {
            (None, Some(state)) => Some(!State::from(state).is_done()),
            (is_open, _) => is_open,
        };
        let sort = filter.sort.unwrap_or(match filter.text {
            Some(_) => TicketSort::Relevance,
            None => TicketSort::Created,
        });
        if sort == TicketSort::Relevance && filter.text.is_none() {
            let reason = "without a text nothing is more relevant than another";
            return Err(CatalogError::invalid("sort", reason));
        }
        let words = filter.text.as_deref().map(ticket_words::words);
        if words.as_ref().is_some_and(Vec::is_empty) {
            return Err(CatalogError::invalid("text", "there is no word in this"));
        }
        let now_ms = self.now_ms();
        Ok(Wanted {
            state: filter.state.map(StateBody::as_str),
            is_open,
            kind: filter.kind.map(TicketKind::as_str),
            priority: filter.priority.map(|priority| priority_number(priority.into())),
            tier: tier.transpose()?,
            group: filter.group_id.map(|group| group.0),
            assignee: filter.assignee_id.map(|user| user.0),
            requester: filter.requester_id.map(|user| user.0),
            breached_at_ms: (filter.promise == Some(PromiseFilter::Breached)).then_some(now_ms),
            at_risk_at_ms: (filter.promise == Some(PromiseFilter::AtRisk)).then_some(now_ms),
            created_from_ms: instant("created_from", filter.created_from.as_deref())?,
            created_until_ms: instant("created_until", filter.created_until.as_deref())?,
            is_unassigned: filter.is_unassigned == Some(true),
            is_ungrouped: filter.is_ungrouped == Some(true),
            measured: filter.measured,
            words,
            sort,
        })
    }

    async fn ticket_names(&self, tenant: TenantId, rows: &[Model]) -> Result<Named, CatalogError> {
        let users =
            rows.iter().flat_map(|row| row.assignee_id.into_iter().chain([row.requester_id]));
        let groups: BTreeSet<GroupId> =
            rows.iter().filter_map(|row| row.group_id).map(GroupId).collect();
        self.called(tenant, &users.map(UserId).collect(), &groups).await
    }

    /// A ticket of the caller's, or anybody's for who sees everybody's.
    pub(crate) async fn ticket(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(TICKETS_READ)?;
        let row = self.seen_ticket(caller, id).await?;
        self.ticket_detail(caller, row).await
    }

    pub(super) async fn seen_ticket(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Model, CatalogError> {
        let row = tickets::by_id(self.database().read(), caller.tenant(), id).await?;
        let row = row.ok_or(CatalogError::NotFound("ticket"))?;
        let is_own = caller.user().is_some_and(|user| user.0 == row.requester_id);
        let is_seen = is_own
            || caller.may(ALL_TICKETS_READ)
            || self.follows(caller, id).await?
            || self.is_called(caller, id).await?;
        if is_seen { Ok(row) } else { Err(CatalogError::NotFound("ticket")) }
    }

    async fn ticket_detail(
        &self,
        caller: &Caller,
        row: Model,
    ) -> Result<TicketDetail, CatalogError> {
        let connection = self.database().read();
        let counting = self.counting(connection, &row).await?;
        let history = clocks::history(self.entries(connection, &row).await?)?;
        let now_ms = self.now_ms();
        let readings = counting.promised(&history, now_ms)?;
        // What its row says may be older.
        let mut row = row;
        counting.count(&mut row, &history, now_ms)?;
        let own = (caller.tenant(), row.id);
        // Who else asked for the same is for agents to know.
        let followers = if caller.may(ALL_TICKETS_READ) {
            merges::followers(connection, own).await?
        } else {
            BTreeSet::new()
        };
        let mut names = self.ticket_names(caller.tenant(), std::slice::from_ref(&row)).await?;
        names.people.extend(self.names(caller.tenant(), &followers).await?);
        let incident = incidents_store::of_ticket(connection, own).await?;
        let merged_into = self.merged_into(connection, &row).await?;
        let state = State::from_row(&row.state).unwrap_or(State::Closed);
        let (resolved_at_ms, reopen_ms) = (row.resolved_at_ms, counting.levels.reopen_ms);
        let standing = Standing { state, resolved_at_ms, reopen_ms };
        let reopens_until_ms = standing.reopens_until_ms();
        let rating = ratings::of(connection, own).await?;
        Ok(TicketDetail {
            row,
            names,
            rating,
            merged_into,
            major_incident_id: incident.map(|incident| incident.id),
            followers,
            is_called: !caller.may(ALL_TICKETS_READ) && self.is_called(caller, own.1).await?,
            readings,
            reopens_until_ms,
            now_ms,
        })
    }

    /// What happened to a ticket, the latest first; without what is internal for who sees only
    /// their own. With the names of whom it speaks of.
    pub(crate) async fn ticket_history(
        &self,
        caller: &Caller,
        id: Uuid,
        (before, limit): (Option<i32>, u64),
    ) -> Result<(Page<ticket_event::Model>, Named), CatalogError> {
        caller.require(TICKETS_READ)?;
        let row = self.seen_ticket(caller, id).await?;
        let own = (caller.tenant(), row.id);
        let is_public = !caller.may(ALL_TICKETS_READ);
        let page = (before, limit);
        let rows = ticket_events::list(self.database(), own, is_public, page).await?;
        let page = Page::cut(rows, limit, |row| row.number);
        let spoken_of: BTreeSet<Uuid> =
            page.items.iter().flat_map(|row| spoken_of(&row.detail)).collect();
        let users = spoken_of.iter().copied().map(UserId).collect();
        let groups = spoken_of.iter().copied().map(GroupId).collect();
        let names = self.called(caller.tenant(), &users, &groups).await?;
        Ok((page, names))
    }
}

/// The ids in what an event tells, of people and of groups.
pub(crate) fn spoken_of(detail: &str) -> Vec<Uuid> {
    fn walk(value: &serde_json::Value, found: &mut Vec<Uuid>) {
        match value {
            // A clock of a group is told as `group:` and its id.
            serde_json::Value::String(text) => {
                let id = text.rsplit(':').next().and_then(|id| id.parse::<Uuid>().ok());
                found.extend(id);
            }
            serde_json::Value::Array(all) => all.iter().for_each(|one| walk(one, found)),
            serde_json::Value::Object(all) => all.values().for_each(|one| walk(one, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&serde_json::from_str(detail).unwrap_or_default(), &mut found);
    found
}

/// Tags as a row keeps them: trimmed, in order, each once.
fn tags(given: &[String]) -> Result<String, CatalogError> {
    if given.len() > TAGS_MAX {
        let reason = format!("a ticket has at most {TAGS_MAX} tags");
        return Err(CatalogError::invalid("tags", reason));
    }
    let read: Result<BTreeSet<String>, CatalogError> = given
        .iter()
        .enumerate()
        .map(|(index, tag)| line(&format!("tags/{index}"), tag, TAG_CHARS_MAX))
        .collect();
    serde_json::to_string(&read?).map_err(|error| CatalogError::Internal(error.to_string()))
}
