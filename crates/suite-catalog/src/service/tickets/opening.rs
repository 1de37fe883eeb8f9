//! Opening tickets.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::auth::{Caller, Denied};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::working::{Kind, NewEvent};
use super::{DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX, TicketDetail, clocks, tags};
use crate::api::desk::{StateBody, Word, priority_number, tier_number};
use crate::api::tickets::OpenTicketRequest;
use crate::error::CatalogError;
use crate::model::clock::{Change, Entry};
use crate::model::id::CalendarId;
use crate::model::target::Tier;
use crate::model::ticket::State;
use crate::permissions::{ALL_TICKETS_WRITE, TICKETS_WRITE};
use crate::service::files::about_files;
use crate::service::numbers::Numbered;
use crate::service::{Catalog, line, text};
use crate::store::entities::ticket::Model;
use crate::store::files::{Place, Use};
use crate::store::tickets::{self, NEVER_MS};
use crate::store::{desks, measures};

impl Catalog {
    /// Opens a ticket, for oneself or, as an agent, for somebody.
    pub(crate) async fn open_ticket(
        &self,
        caller: &Caller,
        body: OpenTicketRequest,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(TICKETS_WRITE)?;
        let is_agent = caller.may(ALL_TICKETS_WRITE);
        let requester = match body.requester_id {
            None => Self::person(caller)?,
            Some(somebody) if caller.user() == Some(somebody) => somebody,
            Some(somebody) if is_agent => somebody,
            Some(_) => return Err(Denied(ALL_TICKETS_WRITE).into()),
        };
        if body.group_id.is_some() || !body.tags.is_empty() {
            caller.require(ALL_TICKETS_WRITE)?;
        }
        let title = line("title", &body.title, TITLE_CHARS_MAX)?;
        let description = text("description", &body.description, DESCRIPTION_CHARS_MAX)?;
        let tags = tags(&body.tags)?;
        let tenant = caller.tenant();
        if caller.user() != Some(requester) {
            let people = BTreeSet::from([requester]);
            self.require_known(tenant, ("/requester_id", &people), &[]).await?;
        }
        let row =
            Model { title, description, tags, ..self.new_ticket(tenant, requester, &body).await? };
        let row = self.insert_ticket(caller, row, &body).await?;
        self.ticket_detail(caller, row).await
    }

    pub(super) async fn new_ticket(
        &self,
        tenant: TenantId,
        requester: UserId,
        body: &OpenTicketRequest,
    ) -> Result<Model, CatalogError> {
        let (connection, now_ms) = (self.database().read(), self.now_ms());
        let (number, levels) = self.current_levels(connection, tenant).await?;
        let tier = match body.group_id {
            None => Tier::One,
            Some(group) => {
                self.require_desk_group(tenant, group).await?;
                levels.groups.get(&group).map_or(Tier::One, |desk| desk.tier)
            }
        };
        let priority = levels.matrix.priority(body.impact.into(), body.urgency.into());
        Ok(Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            number: 0,
            kind: body.kind.as_str().to_owned(),
            title: String::new(),
            description: String::new(),
            state: StateBody::from(State::New).as_str().to_owned(),
            is_open: true,
            requester_id: requester.0,
            group_id: body.group_id.map(|group| group.0),
            assignee_id: None,
            impact: body.impact.as_str().to_owned(),
            urgency: body.urgency.as_str().to_owned(),
            priority: priority_number(priority),
            tier: i32::from(tier_number(tier)),
            tags: String::new(),
            solution: None,
            calendar_id: desks::default_calendar(connection, tenant).await?,
            levels: number,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            resolved_at_ms: None,
            closed_at_ms: None,
            events: 1,
            told: "[]".to_owned(),
            response_due_ms: None,
            resolution_due_ms: None,
            due_at_ms: NEVER_MS,
            warn_at_ms: None,
            breach_at_ms: None,
            look_at_ms: None,
            version: 1,
            created_day: measures::day_of(now_ms),
            response_ms: None,
            response_kept: None,
            resolution_ms: None,
            resolution_kept: None,
            is_escalated: false,
            score: None,
            is_merged: false,
        })
    }

    async fn insert_ticket(
        &self,
        caller: &Caller,
        row: Model,
        body: &OpenTicketRequest,
    ) -> Result<Model, CatalogError> {
        let (row, created) = self.counted_first(row, body).await?;
        let set_aside = self.number_set_aside(TenantId(row.tenant_id), Numbered::Ticket).await?;
        let transaction = self.database().begin().await?;
        let new = (row, created, set_aside);
        let row = self.put_ticket(&transaction, caller, new, (body, Value::Null)).await?;
        transaction.commit_unaudited("its audit record was inserted").await?;
        Ok(row)
    }

    /// A new ticket with what its clocks show, and the change that begins its history.
    pub(super) async fn counted_first(
        &self,
        mut row: Model,
        body: &OpenTicketRequest,
    ) -> Result<(Model, Change), CatalogError> {
        let at_ms = row.created_at_ms;
        let counting = self.counting(self.database().read(), &row).await?;
        let priority = counting.levels.matrix.priority(body.impact.into(), body.urgency.into());
        let calendar = CalendarId(row.calendar_id.unwrap_or_default());
        let tier = crate::api::desk::tier_of(row.tier).unwrap_or(Tier::One);
        let group = row.group_id.map(GroupId);
        let created = Change::Created { priority, calendar, tier, group };
        let history = clocks::history(vec![Entry { at_ms, change: created }])?;
        counting.count(&mut row, &history, at_ms)?;
        Ok((row, created))
    }

    /// Opens it within a transaction, by e-mail if that says so.
    pub(super) async fn put_ticket(
        &self,
        transaction: &Transaction,
        caller: &Caller,
        (mut row, created, set_aside): (Model, Change, Option<i64>),
        (body, mail): (&OpenTicketRequest, Value),
    ) -> Result<Model, CatalogError> {
        let (tenant, at_ms) = (TenantId(row.tenant_id), row.created_at_ms);
        row.number = match set_aside {
            Some(number) => number,
            None => desks::next_numbers(transaction, tenant, 1).await?,
        };
        tickets::insert(transaction, row.clone()).await?;
        let mut detail = json!({ "impact": row.impact, "urgency": row.urgency });
        if !mail.is_null() {
            detail["mail"] = mail;
        }
        if !body.file_ids.is_empty() {
            let owner = (tenant, Self::person(caller)?);
            let place = Place::Ticket(row.id);
            let used = Use { place, note: None, is_internal: false, is_answer: false };
            let ids = ("file_ids", body.file_ids.as_slice());
            let bound = self.use_files(transaction, owner, ids, used).await?;
            detail["files"] = about_files(&bound);
        }
        let event = NewEvent::new(Kind::Created, at_ms, detail).public().counting(created);
        self.record(transaction, &Actor::from(caller), &row, (1, vec![event])).await?;
        Ok(row)
    }
}
