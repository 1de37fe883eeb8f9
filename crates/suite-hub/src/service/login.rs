//! Signing in: a password, then the second factor where one is set. Whoever is unknown, whoever is
//! wrong and whoever may not sign in get the same answer, after the same work.

use suite_contracts::UserId;
use suite_kit::auth::RequestContext;
use suite_kit::seal;
use zeroize::Zeroizing;

use super::Hub;
use super::lockout::Account;
use super::sessions::LoggedIn;
use crate::error::HubError;
use crate::model::second_factor::Method;
use crate::store::{self, entities::person};

pub(super) const CHALLENGE: &str = "second-factor";
const CHALLENGE_S_MAX: i64 = 300;
/// Codes that can be tried before the password is asked again.
const CHALLENGE_ATTEMPTS_MAX: i32 = 5;

/// What somebody who signs in shows.
#[derive(Debug)]
pub(crate) struct Login {
    pub email: String,
    pub password: Zeroizing<String>,
}

/// How far a login has come.
#[derive(Debug)]
pub(crate) enum Step {
    Done(LoggedIn),
    SecondFactor(Challenge),
}

/// The password was right; a code is asked for.
#[derive(Debug)]
pub(crate) struct Challenge {
    pub token: Zeroizing<String>,
    pub methods: Vec<Method>,
    pub expires_in_s: i64,
}

/// The answer to a challenge.
#[derive(Debug)]
pub(crate) struct Response {
    pub challenge: Zeroizing<String>,
    pub method: Method,
    pub code: Zeroizing<String>,
}

impl Hub {
    /// Signs in with a password, to the tenant that the person used last.
    pub(crate) async fn log_in(
        &self,
        request: &RequestContext,
        login: Login,
    ) -> Result<Step, HubError> {
        let account = self.account(&login.email).await?;
        self.refuse_locked(request, &account).await?;
        let passed = self.0.hasher.verify(&login.password, account.password_hash()).await?;
        self.settle(request, &account, passed).await?;
        let person = account.person.filter(|_| passed).ok_or(HubError::LoginRefused)?;
        let entering = self.entering(self.database().read(), UserId(person.id), None).await?;
        let entering = entering.ok_or(HubError::LoginRefused)?;
        if person.totp_secret.is_some() {
            return Ok(Step::SecondFactor(self.challenge(&person).await?));
        }
        let transaction = self.database().begin().await?;
        Ok(Step::Done(self.begin_session(transaction, request, &person, entering).await?))
    }

    async fn challenge(&self, person: &person::Model) -> Result<Challenge, HubError> {
        let (token, now_ms, id) = (seal::random_token(), self.now_ms(), UserId(person.id));
        let codes_left = store::persons::recovery_codes_left(self.database().read(), id).await?;
        let row = store::tokens::New {
            hash: seal::token_hash(&token),
            purpose: CHALLENGE,
            person: Some(id),
            tenant: None,
            data: serde_json::Value::Null,
        };
        let until_ms = now_ms + CHALLENGE_S_MAX * 1_000;
        let transaction = self.database().begin().await?;
        store::tokens::insert(&transaction, row, (now_ms, until_ms)).await?;
        transaction.commit_unaudited("half a login is nothing yet").await?;
        let recovery = (codes_left > 0).then_some(Method::RecoveryCode);
        let methods = [Method::Totp].into_iter().chain(recovery).collect();
        Ok(Challenge { token, methods, expires_in_s: CHALLENGE_S_MAX })
    }

    /// Goes on with a login. The attempt, the code that it uses up and the session are one
    /// transaction; of two that answer a challenge at once one is signed in.
    pub(crate) async fn answer_challenge(
        &self,
        request: &RequestContext,
        response: Response,
    ) -> Result<LoggedIn, HubError> {
        let (hash, now_ms) = (seal::token_hash(&response.challenge), self.now_ms());
        let found = store::tokens::find(self.database(), CHALLENGE, hash, now_ms).await?;
        let id = found.and_then(|token| token.person_id).ok_or(HubError::ChallengeOver)?;
        let id = UserId(id);
        let person = store::persons::by_id(self.database(), id).await?;
        let account = Account::of(person.ok_or(HubError::ChallengeOver)?);
        self.refuse_locked(request, &account).await?;
        let entering = self.entering(self.database().read(), id, None).await?;
        let entering = entering.ok_or(HubError::LoginRefused)?;

        let transaction = self.database().begin().await?;
        let person = store::persons::by_id_locked(&transaction, id).await?;
        let person = person.ok_or(HubError::ChallengeOver)?;
        self.refuse_locked_person(&person)?;
        let attempts_max = CHALLENGE_ATTEMPTS_MAX;
        store::tokens::attempt(&transaction, CHALLENGE, hash, attempts_max, now_ms)
            .await?
            .ok_or(HubError::ChallengeOver)?;
        if !self.passes(&transaction, &person, response.method, &response.code).await? {
            self.count_failure(transaction, request, &account).await?;
            return Err(HubError::SecondFactorRefused);
        }
        let taken = store::tokens::take(&transaction, CHALLENGE, hash, now_ms).await?;
        taken.ok_or(HubError::ChallengeOver)?;
        self.begin_session(transaction, request, &person, entering).await
    }
}

#[cfg(test)]
mod tests;
