//! A message on its way in.

use std::collections::BTreeSet;
use std::convert::Infallible;

use axum::body::Bytes;
use futures_util::Stream;
use serde_json::{Value, json};
use suite_contracts::TenantId;
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::{Caller, Member};
use suite_kit::db::{Transaction, is_duplicate};
use suite_kit::files::{self as kept, FilesError, media_type, safe_name};
use uuid::Uuid;

use super::about;
use crate::error::CatalogError;
use crate::model::mail::{
    Attachment, Checked, Incoming, MESSAGE_BYTES_MAX, Malformed, OwnId, authenticated, read,
    reply_of,
};
use crate::permissions::MAIL_WRITE;
use crate::service::Catalog;
use crate::service::tickets::{Arrived, Whole};
use crate::store::entities::{mail_desk, mail_message::Model};
use crate::store::{files, mail};

/// After this a message that did not end arriving is taken for failed.
const ARRIVING_MS_MAX: i64 = 15 * 60_000;
/// What is held of a tenant at most.
const HELD_MAX: u64 = 1_000;
const HOUR_MS: i64 = 3_600_000;
/// Messages of a sender within an hour, and of those to one ticket.
const SENDER_MAX: u64 = 60;
const TICKET_MAX: u64 = 20;
/// Of a message, with the message itself.
const FILES_MAX: usize = 20;
/// Beyond it the text of a ticket is cut.
const TEXT_CHARS_MAX: usize = 20_000;
/// Of what the trail tells of somebody else's words.
const NOTE_CHARS_MAX: usize = 300;

/// What became of a message.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub row: Model,
    /// It was there before: nothing happened.
    pub is_duplicate: bool,
}

/// What is to become of it.
enum Verdict {
    Refuse(&'static str),
    Hold(&'static str, String),
    Take(Box<Member>, &'static str),
}

impl Catalog {
    /// Takes a message that a mail server passes on. One that was there before comes in no more.
    pub(crate) async fn receive_mail<E: std::fmt::Display>(
        &self,
        caller: &Caller,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Received, CatalogError> {
        caller.require(MAIL_WRITE)?;
        let tenant = caller.tenant();
        let desk = mail::desk(self.database().read(), tenant).await?;
        let Some(desk) = desk else {
            let reason = "this desk takes no e-mail: set its address first";
            return Err(CatalogError::conflict("mail_not_set_up", reason));
        };
        let received = self.files().receive(body).await?;
        if received.bytes >= MESSAGE_BYTES_MAX {
            let bytes_max = MESSAGE_BYTES_MAX - 1;
            return Err(FilesError::TooLarge { bytes_max }.into());
        }
        let closed = |_| CatalogError::Internal("nothing is read any more".to_owned());
        let _room = self.0.mail_room.acquire().await.map_err(closed)?;
        let read = parsed(received.content().await?).await;
        let row = new_row(tenant, (&received, &read), self.now_ms());
        let (row, is_duplicate) = self.claim(row).await?;
        if is_duplicate {
            return Ok(Received { row, is_duplicate });
        }
        let done = self.weigh(caller, &desk, (&row, received, read)).await;
        if done.is_err() {
            // The mail server tries again.
            let transaction = self.database().begin().await?;
            mail::forget(&transaction, (tenant, row.id), mail::ARRIVING).await?;
            transaction.commit_unaudited("the message has not come in").await?;
        }
        Ok(Received { row: done?, is_duplicate })
    }

    /// Makes it this process's to take the message in. Otherwise it is there, or arriving.
    async fn claim(&self, row: Model) -> Result<(Model, bool), CatalogError> {
        let tenant = TenantId(row.tenant_id);
        let transaction = self.database().begin().await?;
        match mail::insert(&transaction, row.clone()).await {
            Ok(()) => {
                transaction.commit_unaudited("the message is not there yet").await?;
                return Ok((row, false));
            }
            Err(error) if is_duplicate(&error) => transaction.roll_back().await?,
            Err(error) => return Err(error.into()),
        }
        let there = mail::by_digest(self.database().read(), tenant, &row.digest).await?;
        let busy = || {
            let reason = "the same message is arriving: try again later";
            CatalogError::conflict("mail_arriving", reason)
        };
        let there = there.ok_or_else(busy)?;
        if there.state != mail::ARRIVING {
            return Ok((there, true));
        }
        let now_ms = self.now_ms();
        if there.created_at_ms > now_ms - ARRIVING_MS_MAX {
            return Err(busy());
        }
        let transaction = self.database().begin().await?;
        if !mail::take_over(&transaction, &there, now_ms).await? {
            return Err(busy());
        }
        transaction.commit_unaudited("the message is not there yet").await?;
        Ok((Model { created_at_ms: now_ms, ..there }, false))
    }

    async fn weigh(
        &self,
        caller: &Caller,
        desk: &mail_desk::Model,
        (row, received, read): (&Model, kept::Received, Result<Incoming, Malformed>),
    ) -> Result<Model, CatalogError> {
        let message = match read {
            Ok(message) => message,
            Err(malformed) => {
                let why = ("malformed", malformed.to_string());
                return self.hold_message(caller, row, (received, why)).await;
            }
        };
        match self.judge(desk, &message).await? {
            Verdict::Refuse(reason) => self.refuse_message(caller, row, reason).await,
            Verdict::Hold(reason, note) => {
                self.hold_message(caller, row, (received, (reason, note))).await
            }
            Verdict::Take(member, checked) => {
                let sender = self.as_sender(caller, &member);
                let told = json!({ "checked": checked, "is_automatic": false });
                let whole = (message, received, told);
                let arrived = Arrived {
                    caller: &sender,
                    member: &member,
                    by: Actor::from(caller),
                    action: "service-catalog.mail.taken",
                    row,
                };
                self.bring_in(caller, &arrived, (whole, None)).await
            }
        }
    }

    /// Takes a message, or holds it where it cannot be taken as it is. It is held already where an
    /// agent accepts it.
    pub(super) async fn bring_in(
        &self,
        caller: &Caller,
        arrived: &Arrived<'_>,
        ((message, received, told), said): ((Incoming, kept::Received, Value), Option<Uuid>),
    ) -> Result<Model, CatalogError> {
        let content = received.content().await?;
        let whole = self.uploaded(arrived, (message, received, told)).await;
        let taken = match whole {
            Ok(whole) => self.take_message(arrived, &whole, said).await,
            Err(error) => Err(error),
        };
        let row = arrived.row;
        match taken {
            Ok(ticket) => Ok(Model {
                state: mail::TAKEN.to_owned(),
                user_id: Some(arrived.member.id.0),
                ticket_id: Some(ticket.id),
                decided_at_ms: Some(self.now_ms()),
                ..row.clone()
            }),
            Err(error @ (CatalogError::Conflict { .. } | CatalogError::Invalid(_)))
                if row.state == mail::ARRIVING =>
            {
                let again = self.files().receive(once(content)).await?;
                let why = ("cannot_be_taken", error.to_string());
                self.hold_message(caller, row, (again, why)).await
            }
            Err(error) => Err(error),
        }
    }

    /// What speaks against a message.
    async fn judge(
        &self,
        desk: &mail_desk::Model,
        message: &Incoming,
    ) -> Result<Verdict, CatalogError> {
        let tenant = TenantId(desk.tenant_id);
        let is_ours = message.message_id.as_deref().and_then(OwnId::read).is_some_and(|id| {
            let tagged = OwnId::tagged(tenant.0, id.ticket, id.letter);
            self.0.letter_ids.is_tag(&tagged, &id.tag)
        });
        if is_ours || message.from == desk.address || message.from == self.0.mail_from {
            return Ok(Verdict::Refuse("loop"));
        }
        let emails = BTreeSet::from([message.from.clone()]);
        let found = self.0.people.members_by_email(tenant, &emails).await?;
        let member = found.into_iter().find(|member| member.is_active && member.tenant_is_active);
        let Some(member) = member else {
            let why = "no active member has this address".to_owned();
            return Ok(if desk.holds_unknown {
                Verdict::Hold("unknown_sender", why)
            } else {
                Verdict::Refuse("unknown_sender")
            });
        };
        if let Some(automatic) = message.automatic {
            let why = format!("{} says that nobody wrote it by hand", automatic.as_str());
            return Ok(Verdict::Hold("automatic", why));
        }
        let Some(checked) = checked(desk, message) else {
            let why = "the mail server does not say that it is from whom it says".to_owned();
            return Ok(Verdict::Hold("unauthenticated", why));
        };
        let since_ms = self.now_ms() - HOUR_MS;
        let connection = self.database().read();
        let own = (tenant, message.from.as_str());
        let sent = mail::taken_since(connection, own, (None, since_ms)).await?;
        let mut is_flood = sent >= SENDER_MAX;
        for ticket in message.references.iter().filter_map(|id| OwnId::read(id)).take(1) {
            let about = (Some(ticket.ticket), since_ms);
            is_flood |= mail::taken_since(connection, own, about).await? >= TICKET_MAX;
        }
        if is_flood {
            let why = format!(
                "a sender has at most {SENDER_MAX} messages in an hour, {TICKET_MAX} to a ticket"
            );
            return Ok(Verdict::Hold("too_many", why));
        }
        Ok(Verdict::Take(Box::new(member), checked))
    }

    /// A message whose attachments are files of whoever sent it.
    async fn uploaded(
        &self,
        arrived: &Arrived<'_>,
        (message, received, mut told): (Incoming, kept::Received, Value),
    ) -> Result<Whole, CatalogError> {
        let own = (arrived.caller.tenant(), arrived.member.id);
        let actor = Actor::from(arrived.caller);
        let mut attachments = message.attachments;
        let is_cut = message.text.chars().count() > TEXT_CHARS_MAX;
        let is_whole_kept = is_cut
            || message.is_doubtful
            || reply_of(&message.text).1
            || attachments.len() >= FILES_MAX;
        attachments.truncate(FILES_MAX - 1);
        let (mut file_ids, mut misnamed) = (Vec::new(), Vec::new());
        for attachment in attachments {
            let (name, is_lie) = honest_name(&attachment);
            if is_lie {
                misnamed.push(name.clone());
            }
            let file = self.files().receive(once(attachment.content)).await?;
            file_ids.push(self.take_in(own, &actor, (&name, file)).await?.id);
        }
        if is_whole_kept {
            let name = whole_name(&received.head);
            file_ids.push(self.take_in(own, &actor, (name, received)).await?.id);
        }
        told["mail_id"] = json!(arrived.row.id);
        told["misnamed"] = json!(misnamed);
        let (subject, text, references) = (message.subject, message.text, message.references);
        Ok(Whole { subject, text, references, file_ids, about: told })
    }

    async fn refuse_message(
        &self,
        caller: &Caller,
        row: &Model,
        reason: &str,
    ) -> Result<Model, CatalogError> {
        let row = Model {
            state: mail::REFUSED.to_owned(),
            reason: Some(reason.to_owned()),
            decided_at_ms: Some(self.now_ms()),
            ..row.clone()
        };
        let transaction = self.database().begin().await?;
        self.settle(transaction, caller, (&row, "service-catalog.mail.refused")).await?;
        Ok(row)
    }

    /// Keeps a message for an agent to look at. Its content first, then that it is held.
    async fn hold_message(
        &self,
        caller: &Caller,
        row: &Model,
        (received, (reason, note)): (kept::Received, (&str, String)),
    ) -> Result<Model, CatalogError> {
        let tenant = caller.tenant();
        let own = (tenant, row.id);
        if mail::held(self.database().read(), tenant).await? >= HELD_MAX {
            let reason = format!("{HELD_MAX} messages are held: accept or discard some first");
            return Err(CatalogError::conflict("quarantine_full", reason));
        }
        let transaction = self.database().begin().await?;
        if mail::set_kept(&transaction, own, true).await? {
            let bytes = (row.bytes, self.0.tenant_file_bytes_max);
            if !files::reserve(&transaction, tenant, bytes).await? {
                let reason = "there is no room for more: ask whoever runs this installation";
                return Err(CatalogError::conflict("files_full", reason));
            }
        }
        transaction.commit_unaudited("the message is not held yet").await?;
        if let Err(error) = self.files().keep(own, received).await {
            self.drop_content(row).await?;
            return Err(error.into());
        }
        let row = Model {
            state: mail::HELD.to_owned(),
            reason: Some(reason.to_owned()),
            note: Some(note.chars().take(NOTE_CHARS_MAX).collect()),
            is_kept: true,
            ..row.clone()
        };
        let transaction = self.database().begin().await?;
        self.settle(transaction, caller, (&row, "service-catalog.mail.held")).await?;
        Ok(row)
    }

    /// Writes what became of a message that was arriving.
    async fn settle(
        &self,
        transaction: Transaction,
        caller: &Caller,
        (row, action): (&Model, &'static str),
    ) -> Result<(), CatalogError> {
        if !mail::decide(&transaction, row, mail::ARRIVING).await? {
            return Err(super::decided());
        }
        let entry = Entry::new(action, "mail-message", row.id).with(about(row));
        self.finish(transaction, caller, entry).await
    }

    /// Drops the content of a message, and then counts it no more.
    pub(super) async fn drop_content(&self, row: &Model) -> Result<(), CatalogError> {
        let own = (TenantId(row.tenant_id), row.id);
        self.files().remove(own).await?;
        let transaction = self.database().begin().await?;
        if mail::set_kept(&transaction, own, false).await? {
            files::release(&transaction, own.0, row.bytes).await?;
        }
        Ok(transaction.commit_unaudited("what became of the message was told").await?)
    }
}

/// What vouches for a sender.
fn checked(desk: &mail_desk::Model, message: &Incoming) -> Option<&'static str> {
    let by_results = || {
        let id = desk.authserv_id.as_deref()?;
        authenticated(&message.results, id, &message.from).map(Checked::as_str)
    };
    if desk.server_checks { Some("server") } else { by_results() }
}

/// Reads a message beside what else is done: it takes time in which nothing else could be. Should
/// that ever end in a panic, the message is one that cannot be read.
pub(super) async fn parsed(raw: Vec<u8>) -> Result<Incoming, Malformed> {
    let reading = tokio::task::spawn_blocking(move || read(&raw));
    reading.await.unwrap_or(Err(Malformed::Unreadable))
}

fn new_row(
    tenant: TenantId,
    (received, read): (&kept::Received, &Result<Incoming, Malformed>),
    now_ms: i64,
) -> Model {
    let message = read.as_ref().ok();
    let message_id = message.and_then(|message| message.message_id.clone());
    let digest = match &message_id {
        Some(id) => format!("id:{}:{id}", message.map_or("", |message| message.from.as_str())),
        None => format!("sha256:{}", received.sha256),
    };
    Model {
        id: Uuid::now_v7(),
        tenant_id: tenant.0,
        digest,
        message_id,
        sender: message.map(|message| message.from.clone()),
        subject: message.map(|message| message.subject.clone()).unwrap_or_default(),
        state: mail::ARRIVING.to_owned(),
        reason: None,
        note: None,
        is_automatic: message.is_some_and(|message| message.automatic.is_some()),
        bytes: i64::try_from(received.bytes).unwrap_or(i64::MAX),
        sha256: received.sha256.clone(),
        is_kept: false,
        user_id: None,
        ticket_id: None,
        created_at_ms: now_ms,
        decided_at_ms: None,
    }
}

/// What an attachment is called. One that is not what its name says is called by another name,
/// by which nobody opens it unawares.
fn honest_name(attachment: &Attachment) -> (String, bool) {
    let name = safe_name(&attachment.name);
    let head = attachment.content.get(..8 * 1024).unwrap_or(&attachment.content);
    if media_type(&name, head).is_ok() {
        return (name, false);
    }
    (safe_name(&format!("{name}.misnamed")), true)
}

/// The whole message is text, as a rule.
fn whole_name(head: &[u8]) -> &'static str {
    if media_type("message.eml", head).is_ok() { "message.eml" } else { "message" }
}

fn once(content: Vec<u8>) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    futures_util::stream::iter([Ok(Bytes::from(content))])
}
