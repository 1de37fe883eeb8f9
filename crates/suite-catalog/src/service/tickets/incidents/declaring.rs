//! Declaring a major incident, which calls the technical ladder if there is one.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::{Audience, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::publishing::public_title;
use super::{IncidentDetail, Kind, NewEntry, TEXT_CHARS_MAX, notification, page_of};
use crate::api::desk::Word;
use crate::api::escalations::TrackBody;
use crate::api::incidents::{DeclareRequest, IncidentStateBody, RoleBody};
use crate::error::CatalogError;
use crate::permissions::{INCIDENTS_READ, INCIDENTS_WRITE};
use crate::service::tickets::TITLE_CHARS_MAX;
use crate::service::tickets::working::{Kind as EventKind, NewEvent, Work};
use crate::service::{Catalog, line, taken, text};
use crate::store::entities::{incident_role, major_incident::Model};
use crate::store::incidents;

/// P1 and P2.
const PRIORITY_MAX: i32 = 2;

impl Catalog {
    /// Declares a ticket a major incident. Of two who do it at once one has.
    pub(crate) async fn declare_incident(
        &self,
        caller: &Caller,
        ticket: Uuid,
        body: DeclareRequest,
    ) -> Result<IncidentDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let (tenant, seen) = (caller.tenant(), self.seen_ticket(caller, ticket).await?);
        let title = body.title.as_deref().unwrap_or(&seen.title);
        let title = line("title", title, TITLE_CHARS_MAX)?;
        let public_title = public_title(body.public_title.as_deref())?;
        let reason = text("reason", &body.reason, TEXT_CHARS_MAX)?;
        if reason.is_empty() {
            return Err(CatalogError::invalid("reason", "say why it is a major incident"));
        }
        let Some(commander) = body.commander_id.or(caller.user()) else {
            let reason = "a major incident has a commander: say who leads it";
            return Err(CatalogError::invalid("commander_id", reason));
        };
        let people = BTreeSet::from([commander]);
        self.require_known(tenant, ("/commander_id", &people), &[]).await?;
        let ladder = self.ladder_of(tenant, TrackBody::Technical).await?;
        let (transaction, mut work, entries) = self.hold((tenant, ticket, None)).await?;
        declarable(&work)?;
        let row = declared(&work, (title, public_title));
        let once = "it was declared a major incident already";
        let made = incidents::insert(&transaction, row.clone()).await;
        made.map_err(|error| taken(error, "declared_already", once))?;
        let detail = json!({ "link": "major_incident", "incident_id": row.id });
        work.events.push(NewEvent::new(EventKind::Linked, work.now_ms, detail));
        let actor = Actor::from(caller);
        if let Some(ladder) = &ladder {
            self.call_ladder(&transaction, &mut work, TrackBody::Technical, ladder).await?;
        }
        self.keep(&transaction, &actor, work, entries).await?;
        let row = self.begin_incident(&transaction, &actor, row, (commander, reason)).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        self.forget_status(tenant).await;
        self.incident_detail(row).await
    }

    async fn begin_incident(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        row: Model,
        (commander, reason): (UserId, String),
    ) -> Result<Model, CatalogError> {
        let role = incident_role::Model {
            incident_id: row.id,
            role: RoleBody::Commander.as_str().to_owned(),
            tenant_id: row.tenant_id,
            user_id: commander.0,
            since_ms: row.declared_at_ms,
        };
        incidents::set_role(transaction, role).await?;
        let detail = json!({
            "commander_id": commander, "priority": row.priority, "public_title": row.public_title,
        });
        let mut entry = NewEntry::new(Kind::Declared, row.declared_at_ms, detail);
        entry.text = Some(reason);
        let row = self.keep_incident(transaction, actor, row, vec![entry]).await?;
        let (own, title) = ((TenantId(row.tenant_id), row.id), &row.title);
        let said = format!("Major incident {}: {title}", row.number);
        let all = Audience::HoldersOf(INCIDENTS_READ.name.to_owned());
        let request = notification(all, ("declared", page_of(&row)), (&said, ""));
        self.ask_to_tell(transaction, own, &request).await?;
        let said = format!("You lead major incident {} (commander): {title}", row.number);
        let request = notification(
            Audience::Users(vec![commander]),
            ("role-assigned", page_of(&row)),
            (&said, ""),
        );
        self.ask_to_tell(transaction, own, &request).await?;
        Ok(row)
    }
}

fn declarable(work: &Work) -> Result<(), CatalogError> {
    if work.standing()?.state.is_done() {
        let reason = "the ticket is done: reopen it first";
        return Err(CatalogError::conflict("ticket_done", reason));
    }
    if work.row.priority > PRIORITY_MAX {
        let reason = format!(
            "the ticket is P{}, and a major incident is P1 or P2: raise impact or urgency first",
            work.row.priority
        );
        return Err(CatalogError::conflict("not_urgent_enough", reason));
    }
    Ok(())
}

fn declared(work: &Work, (title, public_title): (String, Option<String>)) -> Model {
    Model {
        id: Uuid::now_v7(),
        tenant_id: work.row.tenant_id,
        ticket_id: work.row.id,
        number: work.row.number,
        title,
        public_title,
        state: IncidentStateBody::Declared.as_str().to_owned(),
        priority: work.row.priority,
        solution: None,
        declared_at_ms: work.now_ms,
        resolved_at_ms: None,
        reviewed_at_ms: None,
        entries: 0,
        version: 1,
    }
}
