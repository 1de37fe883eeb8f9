//! Invitations: a link by mail, with which somebody takes their place in a tenant.

use suite_contracts::{EventName, MembershipId, TenantId, UserId};
use suite_kit::audit::{self, Entry};
use suite_kit::auth::RequestContext;
use suite_kit::db::Transaction;
use suite_kit::{events, seal};
use zeroize::Zeroizing;

use super::Hub;
use super::homes::themself;
use super::mail::Letter;
use crate::error::HubError;
use crate::model::email::Email;
use crate::model::{name, password};
use crate::store::{self, entities::one_time_token};

/// The state of a membership until its invitation is accepted.
const INVITED: &str = "invited";
const INVITATION: &str = "invitation";
const JOINED: EventName = EventName::new("hub.user.joined");
const INVITATION_DAYS: i64 = 7;
const INVITATION_MS_MAX: i64 = INVITATION_DAYS * 24 * 3_600_000;

/// Who is invited, to what, and by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invitation<'a> {
    pub tenant: TenantId,
    pub tenant_name: &'a str,
    pub person: UserId,
    pub email: &'a Email,
    /// In state `invited`.
    pub membership: MembershipId,
    /// A name, for the invited one to recognise.
    pub inviter: &'a str,
}

impl Hub {
    /// Writes to somebody who was just made a member in state `invited`. An older link to the same
    /// tenant stops working.
    pub(super) async fn invite(
        &self,
        transaction: &Transaction,
        invitation: Invitation<'_>,
    ) -> Result<(), HubError> {
        let Invitation { tenant, tenant_name, person, email, membership, inviter } = invitation;
        let (token, now_ms) = (seal::random_token(), self.now_ms());
        store::tokens::remove_of_member(transaction, tenant, person, INVITATION).await?;
        let row = store::tokens::New {
            hash: seal::token_hash(&token),
            purpose: INVITATION,
            person: Some(person),
            tenant: Some(tenant),
            data: serde_json::json!({ "membership_id": membership }),
        };
        store::tokens::insert(transaction, row, (now_ms, now_ms + INVITATION_MS_MAX)).await?;
        let link = self.link("accept", &token);
        let days = INVITATION_DAYS;
        let tenant = (tenant, tenant_name);
        let letter = Letter::Invitation { tenant, inviter, link: &link, days };
        self.write_to(transaction, email, letter).await
    }
}

/// What an invitation is about.
#[derive(Debug)]
pub(crate) struct Invited {
    pub email: String,
    pub tenant_name: String,
    /// They have no password yet, and choose one with their name.
    pub is_new_person: bool,
}

/// The answer to an invitation.
#[derive(Debug)]
pub(crate) struct Acceptance {
    pub token: Zeroizing<String>,
    pub name: Option<String>,
    pub password: Option<Zeroizing<String>>,
}

impl Hub {
    /// What an invitation is about, for whoever has its link.
    pub(crate) async fn look_at_invitation(&self, token: &str) -> Result<Invited, HubError> {
        let hash = seal::token_hash(token);
        let row = store::tokens::find(self.database(), INVITATION, hash, self.now_ms()).await?;
        let row = row.ok_or(HubError::TokenUsed)?;
        let (Some(person), Some(tenant)) = (row.person_id, row.tenant_id) else {
            return Err(HubError::TokenUsed);
        };
        let person = store::persons::by_id(self.database(), UserId(person)).await?;
        let person = person.ok_or(HubError::TokenUsed)?;
        let tenant = store::homes::tenant(self.database().read(), TenantId(tenant)).await?;
        let tenant_name = tenant.ok_or(HubError::TokenUsed)?.name;
        let is_new_person = person.password_hash.is_none();
        Ok(Invited { email: person.email, tenant_name, is_new_person })
    }

    /// Takes a place in a tenant. A new person chooses a name and a password; one who has a password
    /// only joins, and signs in as ever. Of two that use a link at once one succeeds.
    pub(crate) async fn accept_invitation(
        &self,
        request: &RequestContext,
        acceptance: Acceptance,
    ) -> Result<(UserId, TenantId), HubError> {
        let Acceptance { token, name, password } = acceptance;
        let (hash, now_ms) = (seal::token_hash(&token), self.now_ms());
        let invited = self.look_at_invitation(&token).await?;
        let chosen = match (invited.is_new_person, password) {
            (true, password) => {
                let name = name::parse("name", name.as_deref().unwrap_or_default())?;
                let password = password.unwrap_or_default();
                let weak = |error| HubError::Weak("password", error);
                password::check(&password, &[&invited.email, &name]).map_err(weak)?;
                Some((name, self.0.hasher.hash(&password).await?))
            }
            (false, Some(_)) => return Err(has_password()),
            (false, None) => None,
        };
        let transaction = self.database().begin().await?;
        let row = store::tokens::take(&transaction, INVITATION, hash, now_ms).await?;
        let row = row.ok_or(HubError::TokenUsed)?;
        let (Some(id), Some(tenant)) = (row.person_id.map(UserId), row.tenant_id.map(TenantId))
        else {
            return Err(HubError::TokenUsed);
        };
        let person = store::persons::by_id_locked(&transaction, id).await?;
        let person = person.ok_or(HubError::TokenUsed)?;
        if let Some((name, password_hash)) = chosen {
            if person.password_hash.is_some() {
                return Err(has_password());
            }
            store::persons::set_name(&transaction, id, &name, None).await?;
            store::persons::set_password(&transaction, id, password_hash, now_ms).await?;
        }
        let membership = membership_of(&row).ok_or(HubError::TokenUsed)?;
        let home = store::homes::tenant(&*transaction, tenant).await?;
        let is_open = home.is_some_and(|home| home.state == store::tenants::ACTIVE);
        let from = Some(INVITED);
        if !is_open
            || !store::administrators::activate(&transaction, tenant, membership, from).await?
        {
            return Err(HubError::TokenUsed);
        }
        store::persons::email_is_theirs(&transaction, id, now_ms).await?;
        let data = serde_json::json!({ "membership_id": membership });
        events::publish(&transaction, self.clock(), tenant, JOINED, id, data).await?;
        let person = store::persons::by_id_locked(&transaction, id).await?;
        let mut actor = themself(&person.ok_or(HubError::TokenUsed)?, request);
        actor.tenant = tenant;
        let entry = Entry::new("hub.invitation.accepted", "user", id);
        audit::commit(transaction, self.clock(), actor, entry).await?;
        Ok((id, tenant))
    }
}

fn membership_of(token: &one_time_token::Model) -> Option<MembershipId> {
    let data: serde_json::Value = serde_json::from_str(&token.data).ok()?;
    data.get("membership_id")?.as_str()?.parse().ok()
}

fn has_password() -> HubError {
    let reason = "you have a password already: accept without a new one".to_owned();
    HubError::Conflict { code: "person_exists", reason }
}

#[cfg(test)]
mod tests;
