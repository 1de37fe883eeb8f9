//! Second factors: set up, asked for, replaced and removed. A code is taken once; the password is
//! asked again before anything about them changes.

use suite_contracts::{EventName, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::seal;
use totp_rs::Totp;
use zeroize::Zeroizing;

use super::Hub;
use super::homes::RECORDED;
use super::lockout::Account;
use super::mail::Letter;
use crate::error::HubError;
use crate::model::email::Email;
use crate::model::second_factor::{self, Method, SECRET_BYTES};
use crate::store::{self, entities::person};

const ENABLED: EventName = EventName::new("hub.second-factor.enabled");
const CODES_REPLACED: EventName = EventName::new("hub.recovery-codes.replaced");
const CODE_USED: EventName = EventName::new("hub.recovery-code.used");
const DISABLED: EventName = EventName::new("hub.second-factor.disabled");

/// What an app needs to make codes.
#[derive(Debug)]
pub(crate) struct NewTotp {
    /// In base32, for whoever types it.
    pub secret: Zeroizing<String>,
    pub otpauth_uri: Zeroizing<String>,
}

impl Hub {
    /// Makes a secret, which counts once a code of it is shown.
    pub(crate) async fn begin_totp(
        &self,
        caller: &Caller,
        password: &str,
    ) -> Result<NewTotp, HubError> {
        let person = self.confirm_password(caller, "password", password).await?;
        if person.totp_secret.is_some() {
            return Err(enabled_already());
        }
        let random = seal::random_bytes();
        let secret = &random[..SECRET_BYTES];
        let totp = second_factor::totp(secret, &self.0.config.app_name, &person.email)?;
        let uri = totp.to_url().map_err(|error| HubError::Internal(error.to_string()))?;
        let sealed = self.0.sealing.seal(person.id.as_bytes(), secret);
        let transaction = self.database().begin().await?;
        store::second_factors::begin(&transaction, UserId(person.id), sealed).await?;
        let entry = Entry::new("hub.second-factor.begun", "user", person.id);
        suite_kit::audit::commit(transaction, self.clock(), caller, entry).await?;
        Ok(NewTotp {
            secret: Zeroizing::new(totp.secret().to_base32()),
            otpauth_uri: Zeroizing::new(uri),
        })
    }

    /// Asks for codes from now on, and gives the recovery codes, which are shown this once.
    pub(crate) async fn confirm_totp(
        &self,
        caller: &Caller,
        code: &str,
    ) -> Result<Vec<Zeroizing<String>>, HubError> {
        let id = Self::person(caller)?;
        let transaction = self.database().begin().await?;
        let person = store::persons::by_id_locked(&transaction, id).await?;
        let person = person.ok_or(HubError::SessionEnded)?;
        if person.totp_secret.is_some() {
            return Err(enabled_already());
        }
        let Some(sealed) = person.totp_pending.clone() else {
            let reason = "no second factor is being set up: begin anew".to_owned();
            return Err(HubError::Conflict { code: "totp_not_begun", reason });
        };
        let totp = self.totp(&person, &sealed)?;
        let step = second_factor::step(&totp, code, self.now_ms()).ok_or(HubError::CodeWrong)?;
        store::second_factors::enable(&transaction, id, sealed, step).await?;
        let codes = self.give_codes(&transaction, id).await?;
        let entry = Entry::new("hub.second-factor.enabled", "user", id);
        self.record(&transaction, Some(id), &Actor::from(caller), entry).await?;
        self.tell(&transaction, id, ENABLED, serde_json::Value::Null).await?;
        let to = Email::parse(&person.email)?;
        self.write_to(&transaction, &to, Letter::SecondFactorOn).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(codes)
    }

    /// Removes the second factor of somebody who still has it.
    pub(crate) async fn disable_totp(
        &self,
        caller: &Caller,
        (password, code): (&str, &str),
    ) -> Result<(), HubError> {
        let (transaction, person) = self.confirm_both(caller, (password, code)).await?;
        self.remove_second_factor(&transaction, &person, &Actor::from(caller)).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    /// Gives new recovery codes; the old ones stop working.
    pub(crate) async fn new_recovery_codes(
        &self,
        caller: &Caller,
        (password, code): (&str, &str),
    ) -> Result<Vec<Zeroizing<String>>, HubError> {
        let (transaction, person) = self.confirm_both(caller, (password, code)).await?;
        let id = UserId(person.id);
        let codes = self.give_codes(&transaction, id).await?;
        let entry = Entry::new("hub.recovery-codes.replaced", "user", id);
        self.record(&transaction, Some(id), &Actor::from(caller), entry).await?;
        self.tell(&transaction, id, CODES_REPLACED, serde_json::Value::Null).await?;
        transaction.commit_unaudited(RECORDED).await?;
        Ok(codes)
    }

    /// Removes a second factor and says so to everybody concerned.
    pub(super) async fn remove_second_factor(
        &self,
        transaction: &Transaction,
        person: &person::Model,
        actor: &Actor,
    ) -> Result<(), HubError> {
        let id = UserId(person.id);
        store::second_factors::remove(transaction, id).await?;
        let entry = Entry::new("hub.second-factor.disabled", "user", id);
        self.record(transaction, Some(id), actor, entry).await?;
        self.tell(transaction, id, DISABLED, serde_json::Value::Null).await?;
        let to = Email::parse(&person.email)?;
        self.write_to(transaction, &to, Letter::SecondFactorOff).await
    }

    /// Whether a code is one of the person's that was not taken yet; it is taken then. The person's
    /// row is locked.
    pub(super) async fn passes(
        &self,
        transaction: &Transaction,
        person: &person::Model,
        method: Method,
        code: &str,
    ) -> Result<bool, HubError> {
        let id = UserId(person.id);
        let Some(sealed) = &person.totp_secret else { return Ok(false) };
        if method == Method::RecoveryCode {
            return self.take_code(transaction, id, code).await;
        }
        let totp = self.totp(person, sealed)?;
        match second_factor::step(&totp, code, self.now_ms()) {
            Some(step) => Ok(store::second_factors::take_step(transaction, id, step).await?),
            None => Ok(false),
        }
    }

    /// Takes a recovery code and tells its owner, who may not be the one who has it.
    async fn take_code(
        &self,
        transaction: &Transaction,
        person: UserId,
        code: &str,
    ) -> Result<bool, HubError> {
        let (hash, now_ms) = (second_factor::recovery_hash(code), self.now_ms());
        if !store::second_factors::take_code(transaction, person, hash, now_ms).await? {
            return Ok(false);
        }
        let left = store::persons::recovery_codes_left(&**transaction, person).await?;
        let data = serde_json::json!({ "left": left });
        self.tell(transaction, person, CODE_USED, data).await?;
        Ok(true)
    }

    /// The person behind a caller, who has shown their password once more.
    pub(super) async fn confirm_password(
        &self,
        caller: &Caller,
        field: &'static str,
        password: &str,
    ) -> Result<person::Model, HubError> {
        let id = Self::person(caller)?;
        let person = store::persons::by_id(self.database(), id).await?;
        let account = Account::of(person.ok_or(HubError::SessionEnded)?);
        self.refuse_locked(&caller.request, &account).await?;
        let passed = self.0.hasher.verify(password, account.password_hash()).await?;
        self.settle(&caller.request, &account, passed).await?;
        account.person.filter(|_| passed).ok_or(HubError::PasswordWrong(field))
    }

    /// The same with a code, in whose transaction what follows is done.
    async fn confirm_both(
        &self,
        caller: &Caller,
        (password, code): (&str, &str),
    ) -> Result<(Transaction, person::Model), HubError> {
        let person = self.confirm_password(caller, "password", password).await?;
        let transaction = self.database().begin().await?;
        let person = store::persons::by_id_locked(&transaction, UserId(person.id)).await?;
        let person = person.ok_or(HubError::SessionEnded)?;
        self.refuse_locked_person(&person)?;
        if person.totp_secret.is_none() {
            let reason = "there is no second factor".to_owned();
            return Err(HubError::Conflict { code: "totp_disabled", reason });
        }
        if self.passes(&transaction, &person, Method::of(code), code).await? {
            return Ok((transaction, person));
        }
        let account = Account::of(person);
        self.count_failure(transaction, &caller.request, &account).await?;
        Err(HubError::CodeWrong)
    }

    async fn give_codes(
        &self,
        transaction: &Transaction,
        person: UserId,
    ) -> Result<Vec<Zeroizing<String>>, HubError> {
        let codes = second_factor::recovery_codes();
        let hashes: Vec<_> = codes.iter().map(|code| second_factor::recovery_hash(code)).collect();
        store::second_factors::replace_codes(transaction, person, &hashes).await?;
        Ok(codes)
    }

    fn totp(&self, person: &person::Model, sealed: &[u8]) -> Result<Totp, HubError> {
        let secret = self.0.sealing.open(person.id.as_bytes(), sealed);
        let secret = secret.map_err(|error| HubError::Internal(error.to_string()))?;
        second_factor::totp(&secret, &self.0.config.app_name, &person.email)
    }
}

fn enabled_already() -> HubError {
    let reason = "a second factor is set up already: remove it first".to_owned();
    HubError::Conflict { code: "totp_enabled", reason }
}
