//! Leading a major incident: roles, states, the timeline, and status updates.

use std::collections::BTreeSet;

use serde_json::json;
use suite_contracts::{Audience, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use suite_kit::clock::parse_rfc3339;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::publishing::{public_title, titled};
use super::{IncidentDetail, Kind, NewEntry, TEXT_CHARS_MAX, notification, page_of, state_of};
use crate::api::desk::Word;
use crate::api::incidents::{
    IncidentMoveRequest, IncidentStateBody, RoleBody, TimelineRequest, UpdateAudience,
    UpdateRequest,
};
use crate::error::CatalogError;
use crate::model::incident::{self, Refusal, State};
use crate::permissions::INCIDENTS_WRITE;
use crate::service::{Catalog, text};
use crate::store::entities::{incident_role, major_incident::Model};
use crate::store::{incidents, reviews};

const SOLUTION_CHARS_MAX: usize = 20_000;

impl Catalog {
    /// Gives a role to somebody, or to somebody else.
    pub(crate) async fn assign_incident_role(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        (role, user): (&str, Option<UserId>),
    ) -> Result<IncidentDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let tenant = caller.tenant();
        self.incident_of(caller, id).await?;
        let role = RoleBody::of(role).ok_or(CatalogError::NotFound("role"))?;
        if user.is_none() && role == RoleBody::Commander {
            let reason = "a major incident has a commander: hand it over to somebody";
            return Err(CatalogError::invalid("user_id", reason));
        }
        let people: BTreeSet<UserId> = user.into_iter().collect();
        self.require_known(tenant, ("/user_id", &people), &[]).await?;
        let transaction = self.database().begin().await?;
        let row = self.held_incident(&transaction, (tenant, id, Some(expected))).await?;
        if state_of(&row)? == State::Reviewed {
            return Err(CatalogError::conflict("incident_over", "it is reviewed, and over"));
        }
        let roles = incidents::roles(&*transaction, (tenant, id)).await?;
        let before = roles.iter().find(|one| one.role == role.as_str()).map(|one| one.user_id);
        if before == user.map(|user| user.0) {
            transaction.roll_back().await?;
            return self.incident_detail(row).await;
        }
        let now_ms = self.now_ms();
        match user {
            Some(user) => {
                let led = incident_role::Model {
                    incident_id: id,
                    role: role.as_str().to_owned(),
                    tenant_id: tenant.0,
                    user_id: user.0,
                    since_ms: now_ms,
                };
                incidents::set_role(&transaction, led).await?;
                self.tell_role(&transaction, (&row, role), user).await?;
            }
            None => incidents::clear_role(&transaction, (tenant, id), role.as_str()).await?,
        }
        let detail = json!({ "role": role, "before": before, "after": user });
        let entry = NewEntry::new(Kind::RoleAssigned, now_ms, detail);
        let actor = Actor::from(caller);
        let row = self.keep_incident(&transaction, &actor, row, vec![entry]).await?;
        transaction.commit_unaudited("its audit record was inserted").await?;
        self.incident_detail(row).await
    }

    /// Moves it to another state. Those who are affected are told when it is resolved.
    pub(crate) async fn move_incident(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: IncidentMoveRequest,
    ) -> Result<IncidentDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let (tenant, to) = (caller.tenant(), State::from(body.to));
        self.incident_of(caller, id).await?;
        let solution = body.solution.as_deref().unwrap_or_default();
        let solution = text("solution", solution, SOLUTION_CHARS_MAX)?;
        if solution.is_empty() == (to == State::Resolved) {
            let reason = "one that becomes resolved says how, and no other does";
            return Err(CatalogError::invalid("solution", reason));
        }
        let transaction = self.database().begin().await?;
        let mut row = self.held_incident(&transaction, (tenant, id, Some(expected))).await?;
        let review = reviews::of(&*transaction, (tenant, id)).await?;
        let has_review = review.is_some_and(|review| review.published_at_ms.is_some());
        let now_ms = self.now_ms();
        incident::check(state_of(&row)?, to, has_review).map_err(refused)?;
        let detail = json!({ "before": row.state, "after": body.to });
        let mut entry = NewEntry::new(Kind::StateChanged, now_ms, detail);
        body.to.as_str().clone_into(&mut row.state);
        match to {
            State::Resolved => {
                entry.text = Some(solution.clone());
                (row.resolved_at_ms, row.solution) = (Some(now_ms), Some(solution));
                let title = format!("Major incident resolved: {}", row.title);
                let said = row.solution.as_deref().unwrap_or_default();
                let what = ("resolved", title.as_str(), said);
                self.tell_affected(&transaction, &row, what).await?;
            }
            State::Reviewed => row.reviewed_at_ms = Some(now_ms),
            _ => (row.resolved_at_ms, row.solution) = (None, None),
        }
        let actor = Actor::from(caller);
        let row = self.keep_incident(&transaction, &actor, row, vec![entry]).await?;
        self.derive_affected(&transaction, &row).await?;
        transaction.commit_unaudited("its audit record was inserted").await?;
        self.forget_status(tenant).await;
        self.incident_detail(row).await
    }

    /// Adds to the timeline, as of when it happened. What is wrong in it a later entry says.
    pub(crate) async fn add_to_timeline(
        &self,
        caller: &Caller,
        id: Uuid,
        body: TimelineRequest,
    ) -> Result<(), CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        self.incident_of(caller, id).await?;
        let now_ms = self.now_ms();
        let at_ms = match body.at.as_deref() {
            None => now_ms,
            Some(at) => parse_rfc3339(at).filter(|at_ms| *at_ms <= now_ms).ok_or_else(|| {
                let reason = "this is a time such as 2026-02-28T08:00:00Z, and none to come";
                CatalogError::invalid("at", reason)
            })?,
        };
        let entry = NewEntry::new(Kind::Noted, at_ms, serde_json::Value::Null);
        self.say(caller, id, (entry, &body.text, None)).await
    }

    /// Says how it stands, to those of its own, to those who are affected, or to everybody.
    pub(crate) async fn update_status(
        &self,
        caller: &Caller,
        id: Uuid,
        body: UpdateRequest,
    ) -> Result<(), CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        self.incident_of(caller, id).await?;
        let mut entry = NewEntry::new(Kind::Updated, self.now_ms(), serde_json::Value::Null);
        entry.audience = Some(body.audience);
        let called = public_title(body.public_title.as_deref())?;
        if called.is_some() && body.audience != UpdateAudience::Public {
            let reason = "what everybody reads it called, a public update says";
            return Err(CatalogError::invalid("public_title", reason));
        }
        self.say(caller, id, (entry, &body.text, called)).await
    }

    async fn say(
        &self,
        caller: &Caller,
        id: Uuid,
        (mut entry, said, called): (NewEntry, &str, Option<String>),
    ) -> Result<(), CatalogError> {
        let said = text("text", said, TEXT_CHARS_MAX)?;
        if said.is_empty() {
            return Err(CatalogError::invalid("text", "there is nothing in this"));
        }
        let transaction = self.database().begin().await?;
        let mut row = self.held_incident(&transaction, (caller.tenant(), id, None)).await?;
        if state_of(&row)? == State::Reviewed {
            return Err(CatalogError::conflict("incident_over", "it is reviewed, and over"));
        }
        let is_public = entry.audience == Some(UpdateAudience::Public);
        if is_public && called.is_none() && row.public_title.is_none() {
            let reason = "say what everybody reads it called: it is on no status page yet";
            return Err(CatalogError::invalid("public_title", reason));
        }
        let is_told = entry.audience.is_some_and(|audience| audience != UpdateAudience::Internal);
        if is_told {
            let title = format!("Update on a major incident: {}", row.title);
            self.tell_affected(&transaction, &row, ("updated", title.as_str(), &said)).await?;
        }
        entry.text = Some(said);
        let mut entries = Vec::new();
        if let Some(title) = called.filter(|title| row.public_title.as_ref() != Some(title)) {
            entries.push(titled(&row, &title, entry.at_ms));
            row.public_title = Some(title);
        }
        entries.push(entry);
        self.keep_incident(&transaction, &Actor::from(caller), row, entries).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        if is_public {
            self.forget_status(caller.tenant()).await;
        }
        Ok(())
    }

    async fn tell_role(
        &self,
        transaction: &Transaction,
        (row, role): (&Model, RoleBody),
        user: UserId,
    ) -> Result<(), CatalogError> {
        let (number, title, role) = (row.number, &row.title, role.as_str());
        let said = format!("You lead major incident {number} ({role}): {title}");
        let request =
            notification(Audience::Users(vec![user]), ("role-assigned", page_of(row)), (&said, ""));
        self.ask_to_tell(transaction, (TenantId(row.tenant_id), row.id), &request).await
    }
}

fn refused(refusal: Refusal) -> CatalogError {
    match refusal {
        Refusal::NoWay { from, to } => {
            let word = |state| IncidentStateBody::from(state).as_str();
            let reason =
                format!("a major incident that is {} does not become {}", word(from), word(to));
            CatalogError::conflict("no_such_move", reason)
        }
        Refusal::NoReview => CatalogError::conflict("no_review", refusal.to_string()),
    }
}
