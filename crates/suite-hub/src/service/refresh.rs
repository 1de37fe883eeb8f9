//! Staying signed in: a refresh token is used once and gives the next one. One that is used again
//! later was copied by somebody, and nobody can say which of the two is the thief: the session ends.
//!
//! Two tabs may well refresh at once with the same token. For [`GRACE_MS`] the token that was used
//! gives no further one but the same successor again, so that both tabs hold the same cookie and no
//! second line of tokens comes to be: whoever copied a token in that time is found out at the next
//! refresh but one.

use suite_contracts::{EventName, SessionId, TenantId, UserId};
use suite_kit::audit::{self, Entry};
use suite_kit::auth::RequestContext;
use suite_kit::db::Transaction;
use suite_kit::seal;
use zeroize::Zeroizing;

use super::Hub;
use super::homes::{RECORDED, anonymous, themself};
use super::keys::TOKEN_S;
use super::sessions::{Entering, LoggedIn, SESSION_AGE_MS_MAX, SESSION_MS_MAX};
use crate::error::HubError;
use crate::store::{self, entities::person};

const REUSED: EventName = EventName::new("hub.refresh-token.reused");
/// From the first use of a token until its second use is theft.
const GRACE_MS: i64 = 10_000;
/// Clocks of our own processes differ by less.
const CLOCKS_MS_MAX: i64 = 5_000;
/// Successors that are followed within the grace: a tab that was slow gets the newest token.
const FOLLOWED_MAX: usize = 8;

/// What a refresh token led to.
enum Rotated {
    To {
        token: Zeroizing<String>,
        session: SessionId,
    },
    /// It was used before: this session is at an end.
    Reused(SessionId),
    Unknown,
}

impl Hub {
    /// A new access token for a session, in the tenant that is asked for or that was used last.
    pub(crate) async fn refresh(
        &self,
        request: &RequestContext,
        token: &str,
        wanted: Option<TenantId>,
    ) -> Result<LoggedIn, HubError> {
        let now_ms = self.now_ms();
        let transaction = self.database().begin().await?;
        let (refresh_token, id) = match self.rotate(&transaction, token).await? {
            Rotated::To { token, session } => (token, session),
            Rotated::Reused(session) => {
                self.end_stolen(transaction, request, session).await?;
                return Err(HubError::SessionEnded);
            }
            Rotated::Unknown => return Err(HubError::SessionEnded),
        };
        let session = store::sessions::by_id(&transaction, id).await?;
        let session = session.ok_or(HubError::SessionEnded)?;
        if session.ended_at_ms.is_some() || session.expires_at_ms <= now_ms {
            return Err(HubError::SessionEnded);
        }
        let person = UserId(session.person_id);
        let oldest_ms = session.created_at_ms.saturating_add(SESSION_AGE_MS_MAX);
        let expires_at_ms = now_ms.saturating_add(SESSION_MS_MAX).min(oldest_ms);
        store::sessions::used(&transaction, id, (now_ms, expires_at_ms)).await?;
        let entering = self.entering(&*transaction, person, wanted).await?;
        let missing = || match wanted {
            Some(_) => HubError::NotFound("tenant"),
            None => HubError::SessionEnded,
        };
        let entering = entering.ok_or_else(missing)?;
        let tenant = TenantId(entering.tenant.id);
        if entering.is_usual {
            let why = "a session goes on: its start and end are recorded";
            transaction.commit_unaudited(why).await?;
        } else {
            self.switch(transaction, request, (person, id), &entering).await?;
        }
        let access_token = self.0.keys.issue(now_ms, (person, tenant, id)).await?;
        let expires_in_s = TOKEN_S;
        Ok(LoggedIn { access_token, expires_in_s, refresh_token, tenant: entering.tenant })
    }

    async fn rotate(&self, transaction: &Transaction, token: &str) -> Result<Rotated, HubError> {
        let (hash, now_ms) = (seal::token_hash(token), self.now_ms());
        let next = seal::random_token();
        let sealed = self.0.sealing.seal(&hash, next.as_bytes());
        let is_first = store::sessions::take_refresh(transaction, hash, sealed, now_ms).await?;
        let Some(row) = store::sessions::refresh(transaction, hash).await? else {
            return Ok(Rotated::Unknown);
        };
        let session = SessionId(row.session_id);
        if is_first {
            let hash = seal::token_hash(&next);
            store::sessions::insert_refresh(transaction, hash, session, now_ms).await?;
            return Ok(Rotated::To { token: next, session });
        }
        let age_ms = now_ms.saturating_sub(row.used_at_ms.unwrap_or_default());
        if !(-CLOCKS_MS_MAX..=GRACE_MS).contains(&age_ms) {
            return Ok(Rotated::Reused(session));
        }
        let token = self.newest(transaction, (hash, row.successor)).await?;
        Ok(token.map_or(Rotated::Reused(session), |token| Rotated::To { token, session }))
    }

    /// The unused token at the end of a line of used ones.
    async fn newest(
        &self,
        transaction: &Transaction,
        (mut hash, mut sealed): ([u8; 32], Option<Vec<u8>>),
    ) -> Result<Option<Zeroizing<String>>, HubError> {
        for _ in 0..FOLLOWED_MAX {
            let Some(successor) = sealed else { return Ok(None) };
            let Ok(token) = self.0.sealing.open(&hash, &successor) else { return Ok(None) };
            let token = Zeroizing::new(String::from_utf8_lossy(&token).into_owned());
            hash = seal::token_hash(&token);
            let Some(row) = store::sessions::refresh(transaction, hash).await? else {
                return Ok(None);
            };
            if row.used_at_ms.is_none() {
                return Ok(Some(token));
            }
            sealed = row.successor;
        }
        Ok(None)
    }

    async fn switch(
        &self,
        transaction: Transaction,
        request: &RequestContext,
        (person, session): (UserId, SessionId),
        entering: &Entering,
    ) -> Result<(), HubError> {
        let tenant = TenantId(entering.tenant.id);
        let now_ms = self.now_ms();
        store::members::logged_in(&transaction, tenant, entering.membership, now_ms).await?;
        let person = store::persons::by_id_locked(&transaction, person).await?;
        let mut actor = themself(&person.ok_or(HubError::SessionEnded)?, request);
        actor.tenant = tenant;
        let entry = Entry::new("hub.session.switched", "session", session);
        audit::commit(transaction, self.clock(), actor, entry).await?;
        Ok(())
    }

    async fn end_stolen(
        &self,
        transaction: Transaction,
        request: &RequestContext,
        id: SessionId,
    ) -> Result<(), HubError> {
        let Some(session) = store::sessions::by_id(&transaction, id).await? else { return Ok(()) };
        let person = UserId(session.person_id);
        if !store::sessions::end(&transaction, person, id, self.now_ms()).await? {
            return Ok(());
        }
        tracing::warn!(%person, session = %id, address = %request.address, "a refresh token was used twice: the session is ended");
        let entry = Entry::new("hub.session.ended", "session", id)
            .with(serde_json::json!({ "reason": "a refresh token was used twice" }));
        self.record(&transaction, Some(person), &anonymous(request), entry).await?;
        let data = serde_json::json!({ "session_id": id });
        self.tell(&transaction, person, REUSED, data).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    /// Ends the session of a refresh token, whether or not it is the newest one.
    pub(crate) async fn log_out_by_cookie(
        &self,
        request: &RequestContext,
        token: &str,
    ) -> Result<(), HubError> {
        let transaction = self.database().begin().await?;
        let row = store::sessions::refresh(&transaction, seal::token_hash(token)).await?;
        let Some(row) = row else { return Ok(()) };
        let id = SessionId(row.session_id);
        let Some(session) = store::sessions::by_id(&transaction, id).await? else { return Ok(()) };
        let person = UserId(session.person_id);
        if !store::sessions::end(&transaction, person, id, self.now_ms()).await? {
            return Ok(());
        }
        let owner: Option<person::Model> =
            store::persons::by_id_locked(&transaction, person).await?;
        let actor = owner.map_or_else(|| anonymous(request), |owner| themself(&owner, request));
        let entry = Entry::new("hub.session.ended", "session", id);
        self.record(&transaction, Some(person), &actor, entry).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }
}
