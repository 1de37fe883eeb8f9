//! E-mail addresses: a new one counts once a link that was sent there comes back, and the old one is
//! told.

use suite_contracts::{EventName, UserId};
use suite_kit::audit::{self, Entry};
use suite_kit::auth::{Caller, RequestContext};
use suite_kit::{db, seal};

use super::Hub;
use super::homes::{RECORDED, themself};
use super::mail::Letter;
use super::passwords::RESET;
use crate::error::HubError;
use crate::model::email::Email;
use crate::store;

const EMAIL: &str = "email";
const EMAIL_HOURS: i64 = 24;
const CHANGED: EventName = EventName::new("hub.email.changed");

impl Hub {
    /// Asks for another address, or for the present one to be confirmed. An address that somebody
    /// else has gets no letter, and the caller learns nothing of it.
    pub(crate) async fn change_email(
        &self,
        caller: &Caller,
        (email, password): (&str, &str),
    ) -> Result<(), HubError> {
        let person = self.confirm_password(caller, "password", password).await?;
        let email = Email::parse(email)?;
        let (id, now_ms) = (UserId(person.id), self.now_ms());
        let owner = store::persons::by_email(self.database(), email.as_str()).await?;
        let is_free = owner.is_none_or(|owner| owner.id == person.id);
        let token = seal::random_token();
        let transaction = self.database().begin().await?;
        store::tokens::remove_of_person(&transaction, id, EMAIL).await?;
        if is_free {
            let row = store::tokens::New {
                hash: seal::token_hash(&token),
                purpose: EMAIL,
                person: Some(id),
                tenant: None,
                data: serde_json::json!({ "email": email.as_str() }),
            };
            let until_ms = now_ms + EMAIL_HOURS * 3_600_000;
            store::tokens::insert(&transaction, row, (now_ms, until_ms)).await?;
            let link = self.link("verify", &token);
            let letter = Letter::EmailVerification { link: &link, hours: EMAIL_HOURS };
            self.write_to(&transaction, &email, letter).await?;
        }
        let entry = Entry::new("hub.email-change.requested", "user", id)
            .with(serde_json::json!({ "email": email.as_str() }));
        audit::commit(transaction, self.clock(), caller, entry).await?;
        Ok(())
    }

    /// Gives the address that a link was sent to.
    pub(crate) async fn verify_email(
        &self,
        request: &RequestContext,
        token: &str,
    ) -> Result<(), HubError> {
        let (hash, now_ms) = (seal::token_hash(token), self.now_ms());
        let transaction = self.database().begin().await?;
        let row = store::tokens::take(&transaction, EMAIL, hash, now_ms).await?;
        let row = row.ok_or(HubError::TokenUsed)?;
        let id = UserId(row.person_id.ok_or(HubError::TokenUsed)?);
        let person = store::persons::by_id_locked(&transaction, id).await?;
        let person = person.ok_or(HubError::TokenUsed)?;
        let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
        let email = data.get("email").and_then(serde_json::Value::as_str);
        let email = Email::parse(email.unwrap_or_default())?;
        let set = store::persons::set_email(&transaction, id, email.as_str(), now_ms).await;
        set.map_err(|error| if db::is_duplicate(&error) { taken() } else { error.into() })?;
        // Links that went to the old address are not for whoever reads its mail now.
        store::tokens::remove_of_person(&transaction, id, RESET).await?;
        let detail = serde_json::json!({ "old": person.email, "new": email.as_str() });
        let is_new = person.email != email.as_str();
        let action = if is_new { "hub.email.changed" } else { "hub.email.verified" };
        let entry = Entry::new(action, "user", id).with(detail.clone());
        self.record(&transaction, Some(id), &themself(&person, request), entry).await?;
        if is_new {
            self.tell(&transaction, id, CHANGED, detail).await?;
            let letter = Letter::EmailChanged { new_address: email.as_str() };
            self.write_to(&transaction, &Email::parse(&person.email)?, letter).await?;
        }
        transaction.commit_unaudited(RECORDED).await?;
        Ok(())
    }
}

fn taken() -> HubError {
    let reason = "somebody else has this address by now".to_owned();
    HubError::Conflict { code: "email_taken", reason }
}
