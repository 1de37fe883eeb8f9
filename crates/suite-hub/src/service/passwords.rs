//! Passwords: changed by somebody who knows the present one, or set anew with a link by mail. Either
//! way what others may hold ends: sessions, links and half-finished logins.

use suite_contracts::{EventName, SessionId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::{Caller, RequestContext};
use suite_kit::db::Transaction;
use suite_kit::seal;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::Hub;
use super::homes::{RECORDED, anonymous, themself};
use super::lockout::Account;
use super::login::CHALLENGE;
use super::mail::Letter;
use crate::error::HubError;
use crate::model::email::Email;
use crate::model::password;
use crate::model::second_factor::Method;
use crate::store::{
    self,
    entities::{one_time_token, person},
};

pub(super) const RESET: &str = "password-reset";
pub(super) const RESET_MINUTES: i64 = 60;
const CHANGED: EventName = EventName::new("hub.password.changed");
/// A person gets no more letters with links than one in so long.
const RESET_MS_MIN: i64 = 60_000;
/// Requests for links that wait to be looked at; further ones are dropped.
pub(super) const FORGOTTEN_MAX: usize = 256;

/// Somebody who says that they forgot their password.
#[derive(Debug)]
pub(super) struct Forgotten {
    request: RequestContext,
    email: String,
}

/// Whoever has a link sets a password with it.
#[derive(Debug)]
pub(crate) struct Reset {
    pub token: Zeroizing<String>,
    pub password: Zeroizing<String>,
    /// Of the second factor, where one is set.
    pub code: Option<Zeroizing<String>>,
}

impl Hub {
    /// Changes the caller's password and ends their other sessions.
    pub(crate) async fn change_password(
        &self,
        caller: &Caller,
        (current, new): (&str, &str),
    ) -> Result<(), HubError> {
        let person = self.confirm_password(caller, "current_password", current).await?;
        let weak = |error| HubError::Weak("new_password", error);
        password::check(new, &[&person.email, &person.name]).map_err(weak)?;
        let hash = self.0.hasher.hash(new).await?;
        let transaction = self.database().begin().await?;
        let kept = caller.session();
        self.set_password(&transaction, &person, hash, (&Actor::from(caller), kept)).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    /// Takes note that somebody forgot their password. What follows happens later and elsewhere, so
    /// that neither the answer nor its time tells whether there is such a person.
    pub(crate) fn forgot_password(&self, request: RequestContext, email: String) {
        if let Err(error) = self.0.forgotten.try_send(Forgotten { request, email }) {
            tracing::warn!(%error, "a request for a new password is dropped");
        }
    }

    /// Writes to those who forgot their password, one after the other.
    pub(super) async fn remind(
        self,
        mut forgotten: mpsc::Receiver<Forgotten>,
        stop: CancellationToken,
    ) {
        loop {
            let next = tokio::select! {
                () = stop.cancelled() => return,
                next = forgotten.recv() => next,
            };
            let Some(next) = next else { return };
            if let Err(error) = self.remind_one(next).await {
                tracing::warn!(%error, "a link for a new password could not be sent");
            }
        }
    }

    async fn remind_one(&self, forgotten: Forgotten) -> Result<(), HubError> {
        let account = self.account(&forgotten.email).await?;
        let Some(person) = account.person else { return Ok(()) };
        let (id, since_ms) = (UserId(person.id), self.now_ms() - RESET_MS_MIN);
        let transaction = self.database().begin().await?;
        if store::tokens::any_since(&transaction, id, RESET, since_ms).await? {
            return Ok(());
        }
        self.send_password_reset(&transaction, &person).await?;
        let entry = Entry::new("hub.password-reset.requested", "user", id);
        self.record(&transaction, Some(id), &anonymous(&forgotten.request), entry).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    /// Sends a person a link to set a password with. An older one stops working. The caller records
    /// who asked for it.
    pub(super) async fn send_password_reset(
        &self,
        transaction: &Transaction,
        person: &person::Model,
    ) -> Result<(), HubError> {
        let link = self.reset_link(transaction, UserId(person.id), false).await?;
        let letter = Letter::PasswordReset { link: &link, minutes: RESET_MINUTES };
        self.write_to(transaction, &Email::parse(&person.email)?, letter).await
    }

    /// A link to set a password with, and to remove the second factor if the operator says so.
    pub(super) async fn reset_link(
        &self,
        transaction: &Transaction,
        person: UserId,
        without_second_factor: bool,
    ) -> Result<Zeroizing<String>, HubError> {
        let (token, now_ms) = (seal::random_token(), self.now_ms());
        store::tokens::remove_of_person(transaction, person, RESET).await?;
        let row = store::tokens::New {
            hash: seal::token_hash(&token),
            purpose: RESET,
            person: Some(person),
            tenant: None,
            data: serde_json::json!({ "without_second_factor": without_second_factor }),
        };
        let until_ms = now_ms + RESET_MINUTES * 60_000;
        store::tokens::insert(transaction, row, (now_ms, until_ms)).await?;
        Ok(Zeroizing::new(self.link("reset", &token)))
    }

    /// Sets a password with a link, and with a code where a second factor is set. Of two that use a
    /// link at once one succeeds.
    pub(crate) async fn reset_password(
        &self,
        request: &RequestContext,
        reset: Reset,
    ) -> Result<(), HubError> {
        let (hash, now_ms) = (seal::token_hash(&reset.token), self.now_ms());
        let token = store::tokens::find(self.database(), RESET, hash, now_ms).await?;
        let token = token.ok_or(HubError::TokenUsed)?;
        let (id, is_without) = (token.person_id.ok_or(HubError::TokenUsed)?, without(&token));
        let person = store::persons::by_id(self.database(), UserId(id)).await?;
        let person = person.ok_or(HubError::TokenUsed)?;
        if person.totp_secret.is_some() && !is_without {
            self.refuse_locked(request, &Account::of(person.clone())).await?;
            reset.code.as_ref().ok_or(HubError::SecondFactorNeeded)?;
        }
        let weak = |error| HubError::Weak("password", error);
        password::check(&reset.password, &[&person.email, &person.name]).map_err(weak)?;
        let password_hash = self.0.hasher.hash(&reset.password).await?;

        let transaction = self.database().begin().await?;
        let person = store::persons::by_id_locked(&transaction, UserId(id)).await?;
        let person = person.ok_or(HubError::TokenUsed)?;
        let asks_code = person.totp_secret.is_some() && !is_without;
        if asks_code {
            self.refuse_locked_person(&person)?;
            let code = reset.code.ok_or(HubError::SecondFactorNeeded)?;
            if !self.passes(&transaction, &person, Method::of(&code), &code).await? {
                // The link stays as it was, and the failure counts.
                self.count_failure(transaction, request, &Account::of(person)).await?;
                return Err(HubError::CodeWrong);
            }
        }
        let taken = store::tokens::take(&transaction, RESET, hash, now_ms).await?;
        taken.ok_or(HubError::TokenUsed)?;
        let actor = themself(&person, request);
        if is_without && person.totp_secret.is_some() {
            self.remove_second_factor(&transaction, &person, &actor).await?;
        }
        store::persons::email_is_theirs(&transaction, UserId(id), now_ms).await?;
        self.unlock(&transaction, UserId(id)).await?;
        self.set_password(&transaction, &person, password_hash, (&actor, None)).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    /// Sets a password and ends what others may hold, but for one session.
    async fn set_password(
        &self,
        transaction: &Transaction,
        person: &person::Model,
        hash: String,
        (actor, kept): (&Actor, Option<SessionId>),
    ) -> Result<(), HubError> {
        let (id, now_ms) = (UserId(person.id), self.now_ms());
        store::persons::set_password(transaction, id, hash, now_ms).await?;
        let ended = store::sessions::end_all(transaction, id, kept, now_ms).await?;
        store::tokens::remove_of_person(transaction, id, RESET).await?;
        store::tokens::remove_of_person(transaction, id, CHALLENGE).await?;
        let data = serde_json::json!({ "sessions_ended": ended });
        let entry = Entry::new("hub.password.changed", "user", id).with(data.clone());
        self.record(transaction, Some(id), actor, entry).await?;
        self.tell(transaction, id, CHANGED, data).await?;
        let to = Email::parse(&person.email)?;
        self.write_to(transaction, &to, Letter::PasswordChanged).await
    }
}

/// Whether an operator gave a link that removes the second factor.
fn without(token: &one_time_token::Model) -> bool {
    let data: serde_json::Value = serde_json::from_str(&token.data).unwrap_or_default();
    data.get("without_second_factor").and_then(serde_json::Value::as_bool) == Some(true)
}
