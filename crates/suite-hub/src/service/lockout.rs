//! Lock-out: whoever fails to prove who they are too often waits, longer and longer, in every flow
//! that asks for a proof. Failures are counted for the account and for the address; those for an
//! e-mail address that nobody has are counted alike, so that a lock does not tell who is known.

use std::fmt::Write;

use suite_contracts::{EventName, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::RequestContext;
use suite_kit::db::Transaction;
use suite_kit::seal;

use super::Hub;
use super::homes::{RECORDED, anonymous};
use super::mail::Letter;
use crate::error::HubError;
use crate::model::email::Email;
use crate::model::lockout::{ACCOUNT, ADDRESS, Failures};
use crate::store::{self, entities::person};

const LOCKED: EventName = EventName::new("hub.user.locked");
/// Of the hash of an e-mail address, in records: enough to tell two apart.
const SHOWN_CHARS: usize = 18;

/// Whom somebody says to be, whether or not there is such a one.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub person: Option<person::Model>,
    /// What failures are counted under when there is nobody.
    key: String,
}

impl Account {
    pub fn of(person: person::Model) -> Self {
        let key = key(&person.email);
        Self { person: Some(person), key }
    }

    pub fn password_hash(&self) -> Option<&str> {
        self.person.as_ref()?.password_hash.as_deref()
    }
}

impl Hub {
    /// Whom an e-mail address means. What is no address means nobody.
    pub(super) async fn account(&self, email: &str) -> Result<Account, HubError> {
        let Ok(email) = Email::parse(email) else {
            return Ok(Account { person: None, key: key(email) });
        };
        let person = store::persons::by_email(self.database(), email.as_str()).await?;
        Ok(Account { person, key: key(email.as_str()) })
    }

    /// Refuses while the account or the address is locked.
    pub(super) async fn refuse_locked(
        &self,
        request: &RequestContext,
        account: &Account,
    ) -> Result<(), HubError> {
        let (address, now_ms) = (request.network(), self.now_ms());
        let rows = store::lockouts::of(self.database(), [&address, &account.key]).await?;
        let of = |key: &str| rows.iter().find(|row| row.address == key).map(|row| row.failures());
        let of_account = match &account.person {
            Some(person) => person.failures(),
            None => of(&account.key).unwrap_or_default(),
        };
        let of_address = of(&address).unwrap_or_default();
        let left_ms = of_account.locked_ms(ACCOUNT, now_ms);
        match left_ms.max(of_address.locked_ms(ADDRESS, now_ms)) {
            Some(left_ms) => Err(locked_out(left_ms)),
            None => Ok(()),
        }
    }

    /// What follows the check of a password: a failure is counted, and what was right is refused
    /// all the same if others failed too often meanwhile. Failures are forgotten only when somebody
    /// is signed in, not after the first of two factors.
    pub(super) async fn settle(
        &self,
        request: &RequestContext,
        account: &Account,
        passed: bool,
    ) -> Result<(), HubError> {
        if !passed {
            let transaction = self.database().begin().await?;
            return self.count_failure(transaction, request, account).await;
        }
        let Some(person) = &account.person else { return Ok(()) };
        let now = store::persons::by_id(self.database(), UserId(person.id)).await?;
        self.refuse_locked(request, &Account { person: now, key: account.key.clone() }).await
    }

    /// Counts a failure and commits what the transaction did so far. Where others have locked the
    /// account meanwhile, it refuses.
    pub(super) async fn count_failure(
        &self,
        transaction: Transaction,
        request: &RequestContext,
        account: &Account,
    ) -> Result<(), HubError> {
        let (address, now_ms) = (request.network(), self.now_ms());
        let before = self.failures(&transaction, account).await?;
        if let Some(left_ms) = before.locked_ms(ACCOUNT, now_ms) {
            transaction.roll_back().await?;
            return Err(locked_out(left_ms));
        }
        let failures = before.with_another(ACCOUNT, now_ms);
        match &account.person {
            Some(person) => {
                let id = UserId(person.id);
                store::persons::set_failures(&transaction, id, failures).await?;
            }
            None => store::lockouts::set(&transaction, &account.key, failures, now_ms).await?,
        }
        if failures.locked_ms(ACCOUNT, now_ms).is_some() {
            self.account_locked(&transaction, request, account, failures).await?;
        }
        let before = store::lockouts::locked(&transaction, &address, now_ms).await?;
        if before.locked_ms(ADDRESS, now_ms).is_none() {
            let failures = before.with_another(ADDRESS, now_ms);
            store::lockouts::set(&transaction, &address, failures, now_ms).await?;
            if failures.locked_ms(ADDRESS, now_ms).is_some() {
                let entry = Entry::new("hub.address.locked", "address", &address)
                    .with(serde_json::json!({ "failures": failures.count }));
                self.record(&transaction, None, &anonymous(request), entry).await?;
                tracing::warn!(address, failures = failures.count, "an address is locked out");
            }
        }
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }

    /// The failures of an account, which others cannot change until the transaction ends.
    async fn failures(
        &self,
        transaction: &Transaction,
        account: &Account,
    ) -> Result<Failures, HubError> {
        let Some(person) = &account.person else {
            let now_ms = self.now_ms();
            return Ok(store::lockouts::locked(transaction, &account.key, now_ms).await?);
        };
        let person = store::persons::by_id_locked(transaction, UserId(person.id)).await?;
        Ok(person.map_or_else(Failures::default, |person| person.failures()))
    }

    /// Refuses a proof of somebody whose row is locked for this transaction.
    pub(super) fn refuse_locked_person(&self, person: &person::Model) -> Result<(), HubError> {
        let left_ms = person.failures().locked_ms(ACCOUNT, self.now_ms());
        left_ms.map_or(Ok(()), |left_ms| Err(locked_out(left_ms)))
    }

    async fn account_locked(
        &self,
        transaction: &Transaction,
        request: &RequestContext,
        account: &Account,
        failures: Failures,
    ) -> Result<(), HubError> {
        let actor = anonymous(request);
        let detail = serde_json::json!({
            "failures": failures.count,
            "until": failures.until_ms.map(suite_kit::clock::rfc3339),
        });
        let Some(person) = &account.person else {
            // Whoever typed a password in place of an address finds no record of it.
            let shown: String = account.key.chars().take(SHOWN_CHARS).collect();
            let entry = Entry::new("hub.unknown-user.locked", "email_hash", shown).with(detail);
            return self.record(transaction, None, &actor, entry).await;
        };
        let id = UserId(person.id);
        let entry = Entry::new("hub.user.locked", "user", id).with(detail.clone());
        self.record(transaction, Some(id), &actor, entry).await?;
        self.tell(transaction, id, LOCKED, detail).await?;
        if failures.count == ACCOUNT.failures_max {
            let to = Email::parse(&person.email)?;
            self.write_to(transaction, &to, Letter::Locked).await?;
        }
        Ok(())
    }

    /// Forgets the failures of a person. The caller records who did it.
    pub(super) async fn unlock(
        &self,
        transaction: &Transaction,
        person: UserId,
    ) -> Result<(), HubError> {
        store::persons::set_failures(transaction, person, Failures::default()).await?;
        Ok(())
    }
}

fn locked_out(left_ms: i64) -> HubError {
    let after_s = u64::try_from(left_ms).unwrap_or_default().div_ceil(1_000);
    HubError::LockedOut { after_s }
}

fn key(email: &str) -> String {
    let mut key = String::from("email:");
    for byte in seal::token_hash(email) {
        let _ = write!(key, "{byte:02x}");
    }
    key
}

#[cfg(test)]
mod tests;
