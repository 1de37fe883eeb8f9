//! E-mail for the desk: taken in, held where something speaks against it, and refused where a
//! tenant says so. Nothing that comes in is lost without a record, and nothing that a machine has
//! sent is answered.

mod quarantine;
mod receiving;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use suite_contracts::SessionId;
use suite_kit::audit::Entry;
use suite_kit::auth::{Caller, Identity, Member, Principal};
use uuid::Uuid;

use super::Catalog;
use crate::api::mail::MailSettingsBody;
use crate::error::CatalogError;
use crate::permissions::{
    FILES_READ, FILES_WRITE, MAIL_SETTINGS_WRITE, TICKETS_READ, TICKETS_WRITE,
};
use crate::store::entities::{mail_desk, mail_message::Model};
use crate::store::mail;

pub(crate) use quarantine::HeldMail;
pub(crate) use receiving::Received;

/// What tags of Message-IDs are made for.
pub(super) const LETTERS: &str = "ticket letter";
/// Messages that are in memory at once. Others wait.
pub(super) const READ_AT_ONCE_MAX: usize = 4;
const ADDRESS_CHARS_MAX: usize = 254;

impl Catalog {
    /// How the caller's tenant takes e-mail, with its version: 0 while it takes none.
    pub(crate) async fn mail_settings(
        &self,
        caller: &Caller,
    ) -> Result<(i64, Option<MailSettingsBody>), CatalogError> {
        caller.require(MAIL_SETTINGS_WRITE)?;
        let row = mail::desk(self.database().read(), caller.tenant()).await?;
        Ok(row.map_or((0, None), |row| (row.version, Some(row.into()))))
    }

    pub(crate) async fn set_mail_settings(
        &self,
        caller: &Caller,
        expected: i64,
        body: MailSettingsBody,
    ) -> Result<(i64, MailSettingsBody), CatalogError> {
        caller.require(MAIL_SETTINGS_WRITE)?;
        let tenant = caller.tenant();
        let address = address(&body.address)?;
        let authserv_id = body.authserv_id.as_deref().map(authserv_id).transpose()?;
        let row = mail_desk::Model {
            tenant_id: tenant.0,
            address,
            authserv_id,
            server_checks: body.server_checks,
            holds_unknown: body.unknown_senders.are_held(),
            version: expected + 1,
        };
        let transaction = self.database().begin().await?;
        let before = mail::desk(&*transaction, tenant).await?;
        let is_stale = before.as_ref().map_or(0, |row| row.version) != expected;
        if is_stale || !mail::set_desk(&transaction, row.clone()).await? {
            return Err(CatalogError::Stale("set of mail settings"));
        }
        let after = MailSettingsBody::from(row);
        let detail = json!({ "before": before.map(MailSettingsBody::from), "after": after });
        let action = "service-catalog.mail-settings.changed";
        let entry = Entry::new(action, "mail-settings", expected + 1).with(detail);
        self.finish(transaction, caller, entry).await?;
        Ok((expected + 1, after))
    }

    /// Whoever sent a message, with what a letter is for and nothing else.
    fn as_sender(&self, by: &Caller, member: &Member) -> Caller {
        let permissions = [TICKETS_READ, TICKETS_WRITE, FILES_READ, FILES_WRITE];
        let permissions: BTreeSet<String> =
            permissions.iter().map(|one| one.name.to_owned()).collect();
        let identity = Identity {
            tenant: by.tenant(),
            // Nobody is signed in: no session has this id.
            principal: Principal::User { id: member.id, session: SessionId(Uuid::nil()) },
            name: member.name.as_str().into(),
            permissions: Arc::new(permissions),
            valid_until_ms: by.identity.valid_until_ms,
        };
        Caller { identity, request: by.request.clone() }
    }
}

fn address(text: &str) -> Result<String, CatalogError> {
    let address = text.trim().to_lowercase();
    let is_part = |part: &str| {
        !part.is_empty()
            && part.chars().all(|one| one.is_ascii_graphic())
            && !part.contains(['@', '<', '>', ',', ';', ':', '"', '(', ')', '[', ']', '\\'])
    };
    let parts = address.rsplit_once('@');
    let is_sound = parts.is_some_and(|(local, domain)| is_part(local) && is_part(domain));
    if is_sound && address.chars().count() <= ADDRESS_CHARS_MAX {
        return Ok(address);
    }
    Err(CatalogError::invalid("address", "this is no e-mail address, such as it@example.com"))
}

fn authserv_id(text: &str) -> Result<String, CatalogError> {
    let id = text.trim().to_lowercase();
    let is_sound = !id.is_empty()
        && id.len() <= ADDRESS_CHARS_MAX
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let reason = "this is no name of a mail server, such as mx.example.com";
    if is_sound { Ok(id) } else { Err(CatalogError::invalid("authserv_id", reason)) }
}

/// The address in `IT <it@example.com>`.
pub(super) fn bare(from: &str) -> String {
    let inner = from.rsplit_once('<').map_or(from, |(_, address)| address);
    inner.trim().trim_end_matches('>').to_lowercase()
}

/// Somebody was quicker.
pub(super) fn decided() -> CatalogError {
    CatalogError::conflict("mail_decided", "this message was accepted or discarded meanwhile")
}

/// What the trail and whoever follows events are told of a message.
pub(super) fn about(row: &Model) -> Value {
    json!({
        "mail_id": row.id,
        "message_id": row.message_id,
        "sender": row.sender,
        "subject": row.subject,
        "bytes": row.bytes,
        "sha256": row.sha256,
        "state": row.state,
        "reason": row.reason,
        "note": row.note,
        "user_id": row.user_id,
        "ticket_id": row.ticket_id,
    })
}
