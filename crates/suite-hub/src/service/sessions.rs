//! Sessions: one lives on a device, from a login until it is ended or not used for long. Its id is
//! always made here; none that a client brings along is ever taken for a new session.

use std::cmp::Reverse;

use sea_orm::ConnectionTrait;
use suite_contracts::{EventName, MembershipId, SessionId, TenantId, UserId};
use suite_kit::audit::{self, Entry};
use suite_kit::auth::{Caller, RequestContext};
use suite_kit::db::Transaction;
use suite_kit::page::Page;
use suite_kit::{events, seal};
use zeroize::Zeroizing;

use super::Hub;
use super::homes::themself;
use super::keys::TOKEN_S;
use crate::error::HubError;
use crate::store::{self, entities};

/// A session ends after so long without use, and its cookie with it.
pub(crate) const SESSION_MS_MAX: i64 = 14 * 24 * 3_600_000;
/// However much it is used, somebody signs in again after so long.
pub(super) const SESSION_AGE_MS_MAX: i64 = 90 * 24 * 3_600_000;

const SESSION_STARTED: EventName = EventName::new("hub.session.started");

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
    pub membership: MembershipId,
    pub tenant: entities::tenant::Model,
    /// Whether it is where they were last.
    pub is_usual: bool,
}

impl Hub {
    /// Where a person goes: the tenant that they ask for, or the one that they used last; at first
    /// the one that they joined first.
    pub(super) async fn entering(
        &self,
        connection: &impl ConnectionTrait,
        person: UserId,
        wanted: Option<TenantId>,
    ) -> Result<Option<Entering>, HubError> {
        let mut memberships = store::homes::with_tenants(connection, person).await?;
        memberships.sort_by_key(|(membership, tenant)| {
            let is_active = tenant.state == store::tenants::ACTIVE;
            (is_active, membership.last_login_at_ms, Reverse(membership.id))
        });
        let usual = memberships.last().map(|(membership, _)| membership.id);
        let is_wanted =
            |tenant: &entities::tenant::Model| wanted.is_none_or(|wanted| wanted.0 == tenant.id);
        let chosen = memberships.into_iter().rev().find(|(_, tenant)| is_wanted(tenant));
        Ok(chosen.map(|(membership, tenant)| Entering {
            is_usual: usual == Some(membership.id),
            membership: MembershipId(membership.id),
            tenant,
        }))
    }

    /// Starts a session on the device of this request, forgets failed logins and commits.
    pub(super) async fn begin_session(
        &self,
        transaction: Transaction,
        request: &RequestContext,
        person: &entities::person::Model,
        entering: Entering,
    ) -> Result<LoggedIn, HubError> {
        let now_ms = self.now_ms();
        let (session, id) = (SessionId::new(), UserId(person.id));
        let tenant = TenantId(entering.tenant.id);
        let until_ms = now_ms + SESSION_MS_MAX;
        store::sessions::insert(&transaction, (session, id), request, (now_ms, until_ms)).await?;
        store::persons::logged_in(&transaction, id).await?;
        store::members::logged_in(&transaction, tenant, entering.membership, now_ms).await?;
        let refresh_token = seal::random_token();
        let hash = seal::token_hash(&refresh_token);
        store::sessions::insert_refresh(&transaction, hash, session, now_ms).await?;
        self.notice_device(&transaction, request, (tenant, id)).await?;
        let data = serde_json::json!({ "session_id": session });
        events::publish(&transaction, self.clock(), tenant, SESSION_STARTED, id, data).await?;
        let mut actor = themself(person, request);
        actor.tenant = tenant;
        let entry = Entry::new("hub.session.started", "session", session);
        audit::commit(transaction, self.clock(), actor, entry).await?;
        let access_token = self.0.keys.issue(now_ms, (id, tenant, session)).await?;
        let expires_in_s = TOKEN_S;
        Ok(LoggedIn { access_token, expires_in_s, refresh_token, tenant: entering.tenant })
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

    /// The caller's sessions that still work.
    pub(crate) async fn my_sessions(
        &self,
        caller: &Caller,
        (after, limit): (Option<(i64, SessionId)>, u64),
    ) -> Result<Page<entities::session::Model>, HubError> {
        let person = Self::person(caller)?;
        let rows = store::sessions::live(
            self.database(),
            person,
            (after, limit.saturating_add(1)),
            self.now_ms(),
        );
        Ok(Page::cut(rows.await?, limit, |row| (row.last_used_at_ms, SessionId(row.id))))
    }

    /// Ends one session of the caller's.
    pub(crate) async fn end_my_session(
        &self,
        caller: &Caller,
        session: SessionId,
    ) -> Result<(), HubError> {
        let person = Self::person(caller)?;
        let transaction = self.database().begin().await?;
        if !store::sessions::end(&transaction, person, session, self.now_ms()).await? {
            return Err(HubError::NotFound("session"));
        }
        let entry = Entry::new("hub.session.ended", "session", session);
        audit::commit(transaction, self.clock(), caller, entry).await?;
        Ok(())
    }

    /// Ends all sessions of the caller's but the present one.
    pub(crate) async fn end_my_other_sessions(&self, caller: &Caller) -> Result<(), HubError> {
        let person = Self::person(caller)?;
        let transaction = self.database().begin().await?;
        let (now_ms, own) = (self.now_ms(), caller.session());
        let ended = store::sessions::end_all(&transaction, person, own, now_ms).await?;
        let entry = Entry::new("hub.sessions.ended", "user", person)
            .with(serde_json::json!({ "ended": ended }));
        audit::commit(transaction, self.clock(), caller, entry).await?;
        Ok(())
    }
}
