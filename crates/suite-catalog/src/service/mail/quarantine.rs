//! What is held: looked at as text, accepted as somebody's, or discarded.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use serde_json::json;
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::{Caller, Member};
use suite_kit::files::FilesError;
use suite_kit::page::Page;
use uuid::Uuid;

use super::receiving::parsed;
use super::{about, decided};
use crate::api::mail::{AcceptMailRequest, MailState};
use crate::error::CatalogError;
use crate::model::mail::{Incoming, Malformed};
use crate::permissions::{ALL_TICKETS_READ, ALL_TICKETS_WRITE};
use crate::service::tickets::Arrived;
use crate::service::{Catalog, Names};
use crate::store::entities::mail_message::Model;
use crate::store::{mail, tickets};

/// Of the text that is shown.
const SHOWN_CHARS_MAX: usize = 50_000;
const DAY_MS: i64 = 24 * 3_600_000;
/// For so long a message is held.
const HELD_MS_MAX: i64 = 30 * DAY_MS;
/// For so long it is known which ones came in.
const KNOWN_MS: i64 = 90 * DAY_MS;
/// Of one look.
const TIDIED_MAX: u64 = 200;

/// A message as agents see it.
#[derive(Debug, Clone)]
pub(crate) struct HeldMail {
    pub row: Model,
    pub names: Names,
    /// What it says, as far as it is kept.
    pub text: Option<String>,
    /// Names and bytes.
    pub attachments: Vec<(String, usize)>,
}

impl Catalog {
    pub(crate) async fn mail_messages(
        &self,
        caller: &Caller,
        state: MailState,
        (after, limit): (Option<Uuid>, u64),
    ) -> Result<Page<HeldMail>, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        let (tenant, page) = (caller.tenant(), (after, limit));
        let rows = mail::list(self.database(), tenant, state.as_str(), page).await?;
        let page = Page::cut(rows, limit, |row| row.id);
        let users: BTreeSet<UserId> =
            page.items.iter().filter_map(|row| row.user_id).map(UserId).collect();
        let names = self.names(tenant, &users).await?;
        Ok(page.map(|row| HeldMail {
            row,
            names: names.clone(),
            text: None,
            attachments: Vec::new(),
        }))
    }

    pub(crate) async fn mail_message(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<HeldMail, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        let tenant = caller.tenant();
        let row = mail::by_id(self.database().read(), tenant, id).await?;
        let row = row.filter(|row| row.state != mail::ARRIVING);
        let row = row.ok_or(CatalogError::NotFound("message"))?;
        let names = self.names(tenant, &row.user_id.into_iter().map(UserId).collect()).await?;
        if row.state != mail::HELD {
            return Ok(HeldMail { row, names, text: None, attachments: Vec::new() });
        }
        let closed = |_| CatalogError::Internal("nothing is read any more".to_owned());
        let _room = self.0.mail_room.acquire().await.map_err(closed)?;
        let raw = self.held_content(&row).await?;
        let (text, attachments) = match parsed(raw.clone()).await {
            Ok(message) => {
                let names = message.attachments.into_iter();
                let names = names.map(|one| (one.name, one.content.len())).collect();
                (message.text, names)
            }
            Err(_) => (as_it_came(&raw), Vec::new()),
        };
        let text = Some(text.chars().take(SHOWN_CHARS_MAX).collect());
        Ok(HeldMail { row, names, text, attachments })
    }

    async fn held_content(&self, row: &Model) -> Result<Vec<u8>, CatalogError> {
        let own = (TenantId(row.tenant_id), row.id);
        let content = self.files().read(own, &row.sha256).await?;
        let add = |mut all: Vec<u8>, piece: axum::body::Bytes| async move {
            all.extend_from_slice(&piece);
            Ok::<_, FilesError>(all)
        };
        Ok(content.try_fold(Vec::new(), add).await?)
    }

    /// Takes a message that is held, as an active member's; to a ticket, or to the one that it
    /// answers, or as a new one.
    pub(crate) async fn accept_mail(
        &self,
        caller: &Caller,
        id: Uuid,
        body: AcceptMailRequest,
    ) -> Result<HeldMail, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let tenant = caller.tenant();
        let row = self.held_message(tenant, id).await?;
        let people = BTreeSet::from([body.user_id]);
        self.require_known(tenant, ("/user_id", &people), &[]).await?;
        let member = self.members(tenant, &people).await?.pop();
        let member: Member = member.ok_or(CatalogError::NotFound("member"))?;
        if let Some(ticket) = body.ticket_id {
            let found = tickets::by_id(self.database().read(), tenant, ticket).await?;
            if found.is_none() {
                return Err(CatalogError::invalid("ticket_id", "there is no such ticket"));
            }
        }
        let closed = |_| CatalogError::Internal("nothing is read any more".to_owned());
        let room = self.0.mail_room.acquire().await.map_err(closed)?;
        let raw = self.held_content(&row).await?;
        let again = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(
            axum::body::Bytes::from(raw.clone()),
        )]);
        let received = self.files().receive(again).await?;
        let message = match parsed(raw.clone()).await {
            Ok(message) => message,
            Err(malformed) => unread(&row, (&raw, malformed)),
        };
        drop(raw);
        let sender = self.as_sender(caller, &member);
        // Nobody asked for a letter: it may have been a machine, or nobody whom it names.
        let told = json!({
            "checked": "agent", "is_automatic": true, "accepted_by": caller.user(),
        });
        let arrived = Arrived {
            caller: &sender,
            member: &member,
            by: Actor::from(caller),
            action: "service-catalog.mail.accepted",
            row: &row,
        };
        let whole = (message, received, told);
        let taken = self.bring_in(caller, &arrived, (whole, body.ticket_id)).await?;
        drop(room);
        self.drop_content(&taken).await?;
        self.mail_message(caller, id).await
    }

    /// Throws a message away that is held.
    pub(crate) async fn discard_mail(&self, caller: &Caller, id: Uuid) -> Result<(), CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let row = self.held_message(caller.tenant(), id).await?;
        let action = "service-catalog.mail.discarded";
        self.throw_away(&row, Actor::from(caller), action).await
    }

    async fn throw_away(
        &self,
        row: &Model,
        by: Actor,
        action: &'static str,
    ) -> Result<(), CatalogError> {
        let row = Model {
            state: mail::DISCARDED.to_owned(),
            decided_at_ms: Some(self.now_ms()),
            ..row.clone()
        };
        let transaction = self.database().begin().await?;
        if !mail::decide(&transaction, &row, mail::HELD).await? {
            return Err(decided());
        }
        let entry = Entry::new(action, "mail-message", row.id).with(about(&row));
        self.finish(transaction, by, entry).await?;
        self.drop_content(&row).await
    }

    async fn held_message(&self, tenant: TenantId, id: Uuid) -> Result<Model, CatalogError> {
        let row = mail::by_id(self.database().read(), tenant, id).await?;
        match row {
            Some(row) if row.state == mail::HELD => Ok(row),
            Some(row) if row.state != mail::ARRIVING => Err(decided()),
            _ => Err(CatalogError::NotFound("message")),
        }
    }

    /// Discards what nobody looked at, forgets what came in long ago, and drops what is kept for
    /// nothing.
    pub(crate) async fn tidy_mail(&self) -> Result<(), CatalogError> {
        let (connection, now_ms) = (self.database().read(), self.now_ms());
        let old = (now_ms - HELD_MS_MAX, TIDIED_MAX);
        for row in mail::since(connection, &[mail::HELD], old).await? {
            let system = Actor::system(TenantId(row.tenant_id), "mail");
            match self.throw_away(&row, system, "service-catalog.mail.expired").await {
                Ok(()) | Err(CatalogError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        for row in mail::kept_for_nothing(connection, TIDIED_MAX).await? {
            self.drop_content(&row).await?;
        }
        let over = [mail::TAKEN, mail::REFUSED, mail::DISCARDED];
        let mut gone = mail::since(connection, &over, (now_ms - KNOWN_MS, TIDIED_MAX)).await?;
        // A process died while these arrived.
        let left = (now_ms - DAY_MS, TIDIED_MAX);
        for row in mail::since(connection, &[mail::ARRIVING], left).await? {
            self.drop_content(&row).await?;
            gone.push(row);
        }
        for row in gone {
            let transaction = self.database().begin().await?;
            let own = (TenantId(row.tenant_id), row.id);
            mail::forget(&transaction, own, &row.state).await?;
            transaction.commit_unaudited("what became of it was told").await?;
        }
        Ok(())
    }
}

/// A message that cannot be read, as far as a ticket can hold it: the rest is attached.
fn unread(row: &Model, (raw, malformed): (&[u8], Malformed)) -> Incoming {
    Incoming {
        message_id: None,
        from: String::new(),
        subject: row.subject.clone(),
        text: format!("This message cannot be read: {malformed}.\n\n{}", as_it_came(raw)),
        is_doubtful: true,
        references: Vec::new(),
        attachments: Vec::new(),
        automatic: None,
        results: Vec::new(),
    }
}

/// Its bytes as text, without what no text has.
fn as_it_came(raw: &[u8]) -> String {
    let head = raw.get(..64 * 1024).unwrap_or(raw);
    let text = String::from_utf8_lossy(head);
    text.chars().filter(|one| !one.is_control() || matches!(one, '\n' | '\t')).collect()
}
