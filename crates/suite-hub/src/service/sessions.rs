//! Signing in, and staying so: a session lives on a device, its refresh token changes with every
//! use, and access tokens are short.

use suite_contracts::{EventName, MembershipId, SessionId, TenantId, UserId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::auth::{Caller, RequestContext};
use suite_kit::db::Transaction;
use suite_kit::events;
use suite_kit::seal;
use zeroize::Zeroizing;

use super::Hub;
use super::keys::TOKEN_S;
use crate::error::HubError;
use crate::store::{self, entities};

/// A session ends after so long without use, and its cookie with it.
pub(crate) const SESSION_MS_MAX: i64 = 14 * 24 * 3_600_000;

const SESSION_STARTED: EventName = EventName::new("hub.session.started");

/// What somebody who signs in shows.
#[derive(Debug)]
pub(crate) struct Login {
    pub email: String,
    pub password: Zeroizing<String>,
}

/// Somebody who is signed in.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    pub access_token: String,
    pub expires_in_s: i64,
    /// Shown once, in a cookie.
    pub refresh_token: Zeroizing<String>,
    pub tenant: entities::tenant::Model,
}

/// A person in the tenant that they sign in to.
#[derive(Debug, Clone)]
pub(super) struct Entering {
    pub person: entities::person::Model,
    pub membership: MembershipId,
    pub tenant: entities::tenant::Model,
}

impl Hub {
    /// Signs in with a password, to the tenant that the person used last.
    pub(crate) async fn log_in(
        &self,
        request: &RequestContext,
        login: Login,
    ) -> Result<LoggedIn, HubError> {
        let email = login.email.trim().to_lowercase();
        let person = store::persons::by_email(self.database(), &email).await?;
        let hash = person.as_ref().and_then(|person| person.password_hash.as_deref());
        if !self.0.hasher.verify(&login.password, hash).await? {
            return Err(HubError::LoginRefused);
        }
        let person = person.ok_or(HubError::LoginRefused)?;
        let entering = self.entering(person, None).await?;
        self.begin_session(request, entering).await
    }

    /// Where a person goes: the tenant that they ask for, or the one that they used last.
    pub(super) async fn entering(
        &self,
        person: entities::person::Model,
        wanted: Option<TenantId>,
    ) -> Result<Entering, HubError> {
        let memberships = store::members::of_person(self.database(), UserId(person.id)).await?;
        let chosen = memberships
            .into_iter()
            .filter(|(_, tenant)| wanted.is_none_or(|wanted| wanted.0 == tenant.id))
            .max_by_key(|(membership, tenant)| {
                (tenant.state == store::tenants::ACTIVE, membership.last_login_at_ms)
            });
        let (membership, tenant) = chosen.ok_or(HubError::LoginRefused)?;
        Ok(Entering { person, membership: MembershipId(membership.id), tenant })
    }

    /// Starts a session on the device of this request.
    pub(super) async fn begin_session(
        &self,
        request: &RequestContext,
        entering: Entering,
    ) -> Result<LoggedIn, HubError> {
        let now_ms = self.now_ms();
        let (session, person) = (SessionId::new(), UserId(entering.person.id));
        let tenant = TenantId(entering.tenant.id);
        let transaction = self.database().begin().await?;
        let expires_at_ms = now_ms + SESSION_MS_MAX;
        store::sessions::insert(&transaction, (session, person), request, (now_ms, expires_at_ms))
            .await?;
        store::persons::logged_in(&transaction, person).await?;
        store::members::logged_in(&transaction, tenant, entering.membership, now_ms).await?;
        let refresh_token = self.new_refresh_token(&transaction, session).await?;
        let (clock, subject) = (self.clock(), person.to_string());
        let data = serde_json::json!({ "session_id": session });
        events::publish(&transaction, clock, tenant, SESSION_STARTED, subject, data).await?;
        let mut actor = Actor::anonymous(tenant, request);
        actor.kind = "user";
        actor.id = person.to_string();
        actor.name.clone_from(&entering.person.name);
        let entry = Entry::new("hub.session.started", "session", session);
        audit::commit(transaction, clock, actor, entry).await?;
        let access_token = self.0.keys.issue(now_ms, (person, tenant, session)).await?;
        let expires_in_s = TOKEN_S;
        Ok(LoggedIn { access_token, expires_in_s, refresh_token, tenant: entering.tenant })
    }

    pub(super) async fn new_refresh_token(
        &self,
        transaction: &Transaction,
        session: SessionId,
    ) -> Result<Zeroizing<String>, HubError> {
        let token = seal::random_token();
        let hash = seal::token_hash(&token);
        store::sessions::insert_refresh(transaction, hash, session, self.now_ms()).await?;
        Ok(token)
    }

    /// Ends the caller's own session.
    pub(crate) async fn log_out(&self, caller: &Caller) -> Result<(), HubError> {
        let (Some(user), Some(session)) = (caller.user(), caller.session()) else { return Ok(()) };
        let transaction = self.database().begin().await?;
        store::sessions::end(&transaction, user, session, self.now_ms()).await?;
        let entry = Entry::new("hub.session.ended", "session", session);
        audit::commit(transaction, self.clock(), caller, entry).await?;
        Ok(())
    }
}
