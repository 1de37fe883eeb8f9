//! Tickets by e-mail: opened, and written to, as whoever sent the message.

use serde_json::{Value, json};
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::{Caller, Member};
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::writing::{NOTE_CHARS_MAX, agent_replies, requester_replies};
use super::{DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX};
use crate::api::desk::{ImpactBody, TicketKind, UrgencyBody};
use crate::api::tickets::OpenTicketRequest;
use crate::error::CatalogError;
use crate::model::mail::{OwnId, numbers_in, reply_of, without_prefixes};
use crate::model::ticket::{OnReply, State};
use crate::service::Catalog;
use crate::service::files::about_files;
use crate::service::numbers::Numbered;
use crate::store::entities::{mail_message, ticket::Model};
use crate::store::files::{Place, Use};
use crate::store::{mail, merges, tickets};

const NO_SUBJECT: &str = "(no subject)";
const NO_TEXT: &str = "(no text)";

/// A message that is to be taken, as far as a ticket holds it.
#[derive(Debug, Clone)]
pub(in crate::service) struct Whole {
    pub subject: String,
    pub text: String,
    pub references: Vec<String>,
    /// Its attachments, which were uploaded as whoever it is taken as.
    pub file_ids: Vec<Uuid>,
    /// For the history and the trail.
    pub about: Value,
}

/// Whose it is taken as, by whom, and its row, whose state is what it was before.
#[derive(Debug)]
pub(in crate::service) struct Arrived<'a> {
    pub caller: &'a Caller,
    pub member: &'a Member,
    pub by: Actor,
    pub action: &'static str,
    pub row: &'a mail_message::Model,
}

/// On which side of a ticket somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Requester,
    Agent,
}

impl Catalog {
    /// Takes a message: as a reply, where it answers a ticket, and else as a new one. An agent may
    /// have said which.
    pub(in crate::service) async fn take_message(
        &self,
        arrived: &Arrived<'_>,
        message: &Whole,
        said: Option<Uuid>,
    ) -> Result<Model, CatalogError> {
        let tenant = arrived.caller.tenant();
        let mut follows = None;
        if let Some((row, side)) = self.answered(tenant, arrived.member, (message, said)).await? {
            match self.take_reply(arrived, message, (row.id, side)).await? {
                Some(row) => return Ok(row),
                None => follows = Some(row.id),
            }
        }
        self.take_new(arrived, message, follows).await
    }

    /// The ticket that a message answers, if its sender may.
    async fn answered(
        &self,
        tenant: TenantId,
        member: &Member,
        (message, said): (&Whole, Option<Uuid>),
    ) -> Result<Option<(Model, Side)>, CatalogError> {
        let connection = self.database().read();
        let own = message.references.iter().filter_map(|id| self.own_letter(tenant, id));
        if let Some(id) = said.or_else(|| own.into_iter().next()) {
            let found = tickets::by_id(connection, tenant, id).await?;
            if let Some(row) = found {
                let row = self.remaining(&row).await?.unwrap_or(row);
                let side = self.side(tenant, member, &row).await?;
                // Who has a letter of ours was sent it, or shown it by who was.
                return Ok(Some((row, side.unwrap_or(Side::Requester))));
            }
        }
        for number in numbers_in(&message.subject) {
            let Some(row) = tickets::by_number(connection, tenant, number).await? else { continue };
            let before = self.side(tenant, member, &row).await?;
            let row = self.remaining(&row).await?.unwrap_or(row);
            if let Some(side) = self.side(tenant, member, &row).await?.or(before) {
                return Ok(Some((row, side)));
            }
        }
        Ok(None)
    }

    /// The ticket of a Message-ID of ours.
    fn own_letter(&self, tenant: TenantId, id: &str) -> Option<Uuid> {
        let own = OwnId::read(id)?;
        let tagged = OwnId::tagged(tenant.0, own.ticket, own.letter);
        self.0.letter_ids.is_tag(&tagged, &own.tag).then_some(own.ticket)
    }

    async fn side(
        &self,
        tenant: TenantId,
        member: &Member,
        row: &Model,
    ) -> Result<Option<Side>, CatalogError> {
        if row.requester_id == member.id.0 {
            return Ok(Some(Side::Requester));
        }
        let is_of_group =
            row.group_id.is_some_and(|id| member.group_ids.iter().any(|group| group.0 == id));
        if row.assignee_id == Some(member.id.0) || is_of_group {
            return Ok(Some(Side::Agent));
        }
        let followers = merges::followers(self.database().read(), (tenant, row.id)).await?;
        Ok(followers.contains(&member.id).then_some(Side::Requester))
    }

    /// Adds a reply; none where the time to reply is over.
    async fn take_reply(
        &self,
        arrived: &Arrived<'_>,
        message: &Whole,
        (id, side): (Uuid, Side),
    ) -> Result<Option<Model>, CatalogError> {
        let tenant = arrived.caller.tenant();
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        let standing = work.standing()?;
        let is_over = match side {
            Side::Requester => standing.on_reply(work.now_ms) == OnReply::FollowsUp,
            Side::Agent => standing.state == State::Closed,
        };
        if is_over {
            transaction.roll_back().await?;
            return Ok(None);
        }
        let said = cut(reply_of(&message.text).0, NOTE_CHARS_MAX);
        let mut detail = json!({ "mail": message.about });
        if !message.file_ids.is_empty() {
            let used =
                Use { place: Place::Ticket(id), note: None, is_internal: false, is_answer: false };
            let (owner, ids) = ((tenant, arrived.member.id), ("file_ids", &*message.file_ids));
            let bound = self.use_files(&transaction, owner, ids, used).await?;
            detail["files"] = about_files(&bound);
        }
        match side {
            Side::Requester => requester_replies(&mut work, (said, detail))?,
            Side::Agent => agent_replies(&mut work, (said, detail))?,
        }
        self.note_taken(&transaction, arrived, id).await?;
        let row = self.save(transaction, &Actor::from(arrived.caller), work, entries).await?;
        Ok(Some(row))
    }

    async fn take_new(
        &self,
        arrived: &Arrived<'_>,
        message: &Whole,
        follows: Option<Uuid>,
    ) -> Result<Model, CatalogError> {
        let (tenant, requester) = (arrived.caller.tenant(), arrived.member.id);
        let body = OpenTicketRequest {
            title: String::new(),
            description: String::new(),
            kind: TicketKind::default(),
            impact: ImpactBody::Medium,
            urgency: UrgencyBody::Medium,
            requester_id: None,
            group_id: None,
            tags: Vec::new(),
            file_ids: message.file_ids.clone(),
        };
        let row = self.new_ticket(tenant, requester, &body).await?;
        let title = match without_prefixes(&message.subject) {
            subject if subject.is_empty() => NO_SUBJECT.to_owned(),
            subject => subject.chars().take(TITLE_CHARS_MAX).collect(),
        };
        let description = cut(&message.text, DESCRIPTION_CHARS_MAX);
        let tags = "[]".to_owned();
        let row = Model { title, description, tags, ..row };
        let (row, created) = self.counted_first(row, &body).await?;
        let set_aside = self.number_set_aside(tenant, Numbered::Ticket).await?;
        let transaction = self.database().begin().await?;
        let new = (row, created, set_aside);
        let mail = (&body, message.about.clone());
        let row = self.put_ticket(&transaction, arrived.caller, new, mail).await?;
        if let Some(follows) = follows {
            let by = (tenant, Some(requester.0));
            self.relate(&transaction, by, (follows, row.id)).await?;
        }
        self.note_taken(&transaction, arrived, row.id).await?;
        transaction.commit_unaudited("its audit records were inserted").await?;
        Ok(row)
    }

    /// Notes that a message is part of a ticket now, unless somebody was quicker.
    async fn note_taken(
        &self,
        transaction: &Transaction,
        arrived: &Arrived<'_>,
        ticket: Uuid,
    ) -> Result<(), CatalogError> {
        let UserId(user) = arrived.member.id;
        let row = mail_message::Model {
            state: mail::TAKEN.to_owned(),
            user_id: Some(user),
            ticket_id: Some(ticket),
            decided_at_ms: Some(self.now_ms()),
            ..arrived.row.clone()
        };
        if !mail::decide(transaction, &row, &arrived.row.state).await? {
            return Err(crate::service::mail::decided());
        }
        let entry = Entry::new(arrived.action, "mail-message", row.id);
        let entry = entry.with(crate::service::mail::about(&row));
        self.note(transaction, &arrived.by, entry).await
    }
}

/// As much as there is room for. The whole message is attached then.
fn cut(text: &str, chars_max: usize) -> String {
    if text.is_empty() {
        return NO_TEXT.to_owned();
    }
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max - 1).chain(['…']).collect()
}
