//! Letters about tickets: to the requester and those who follow, about what they see. Written by a
//! job: whom they go to, Hub says, and nobody's work waits for that. There are none where the
//! tenant's desk takes no e-mail, as nobody could answer them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::auth::Member;
use suite_kit::db::Transaction;
use suite_kit::jobs::{self, Job};
use suite_kit::notify::{Notice, Rendered, Target, Template, Threading};
use uuid::Uuid;

use super::working::NewEvent;
use crate::error::CatalogError;
use crate::model::clock::Change;
use crate::model::mail::{MARKER, OwnId};
use crate::service::Catalog;
use crate::store::entities::{mail_desk, ticket::Model, ticket_event};
use crate::store::{mail, merges, ticket_events, tickets};

pub(crate) const WRITE_TICKET_LETTER: &str = "ticket.letter";
/// Of a letter. The rest is read in the console.
const TEXT_CHARS_MAX: usize = 10_000;
const SUBJECT_CHARS_MAX: usize = 150;
const NAME_CHARS_MAX: usize = 120;

const LETTER: Template = Template {
    subject: "[#{{ number }}] {{ title }}",
    text: include_str!("../../../templates/ticket-letter.txt"),
    html: None,
};

/// About what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TicketLetterJob {
    tenant: TenantId,
    ticket: Uuid,
    event: i32,
}

/// What a letter says happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Received,
    Replied,
    Waits,
    Resolved,
    Reopened,
    Closed,
    Merged,
    SplitOff,
}

impl About {
    /// None for what no letter is written about: what is internal, what the requester has done by
    /// a reply, and what is over without anybody's doing.
    fn of(
        kind: &str,
        detail: &Value,
        (is_public, is_agents, by_user): (bool, bool, bool),
    ) -> Option<Self> {
        if !is_public {
            return None;
        }
        let (before, after) = (detail["before"].as_str(), detail["after"].as_str());
        match kind {
            // To a machine's message nothing is answered.
            "created" if detail["mail"]["is_automatic"] == false => Some(Self::Received),
            "created" if detail["split_from"].is_object() => Some(Self::SplitOff),
            "replied" if is_agents => Some(Self::Replied),
            "merged" => Some(Self::Merged),
            "state_changed" => match after? {
                "pending_customer" => Some(Self::Waits),
                "resolved" => Some(Self::Resolved),
                "open" if before == Some("resolved") => Some(Self::Reopened),
                "closed" if by_user => Some(Self::Closed),
                _ => None,
            },
            _ => None,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Received => "We have received your message. It is ticket",
            Self::Replied => "There is a reply to ticket",
            Self::Waits => "We wait for your answer to ticket",
            Self::Resolved => "We take this for solved: ticket",
            Self::Reopened => "We work on it again: ticket",
            Self::Closed => "This is closed: ticket",
            Self::Merged => "We answer this together with another one from now on: ticket",
            Self::SplitOff => "What you wrote is about something else too, which is now ticket",
        }
    }
}

impl Catalog {
    /// Has a letter written about an event, if there is to be one.
    pub(super) async fn plan_ticket_letter(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        row: &Model,
        (number, event): (i32, &NewEvent),
    ) -> Result<(), CatalogError> {
        let is_agents = event.counts.contains(&Change::Replied);
        let facts = (event.is_public, is_agents, actor.kind == "user");
        if About::of(event.kind.as_str(), &event.detail, facts).is_none() {
            return Ok(());
        }
        let tenant = TenantId(row.tenant_id);
        if mail::desk(&**transaction, tenant).await?.is_none() {
            return Ok(());
        }
        let letter = TicketLetterJob { tenant, ticket: row.id, event: number };
        let job = Job { tenant: Some(tenant), ..Job::new(WRITE_TICKET_LETTER, json!(letter)) };
        jobs::enqueue(transaction, self.clock(), job).await?;
        Ok(())
    }

    /// Writes to the requester and the followers, but to nobody what they did themselves.
    pub(crate) async fn write_ticket_letter(
        &self,
        TicketLetterJob { tenant, ticket, event }: TicketLetterJob,
    ) -> Result<(), CatalogError> {
        let connection = self.database().read();
        let Some(desk) = mail::desk(connection, tenant).await? else { return Ok(()) };
        let own = (tenant, ticket);
        let Some(row) = tickets::by_id(connection, tenant, ticket).await? else { return Ok(()) };
        let event = ticket_events::by_number(connection, own, event).await?;
        let Some(event) = event else { return Ok(()) };
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        // That it is an agent's was looked at when the letter was planned.
        let facts = (event.is_public, true, event.actor_kind == "user");
        let Some(about) = About::of(&event.kind, &detail, facts) else { return Ok(()) };
        let mut to = merges::followers(connection, own).await?;
        to.insert(UserId(row.requester_id));
        if about != About::Received {
            to.retain(|user| Some(user.0) != event.actor_id);
        } else {
            to = BTreeSet::from([UserId(row.requester_id)]);
        }
        let members = self.members(tenant, &to).await?;
        let mut letters = Vec::new();
        for member in members.into_iter().filter(|one| one.is_active && one.tenant_is_active) {
            let words = self.ticket_words(&row, &member, (about, &event, &detail))?;
            let threading = self.threading(&desk, &row, (&member, about)).await?;
            let target = Target::Email { to: member.email };
            // It is for whoever is in the ticket, and not for who reads the log of letters.
            let notice = Notice { sensitive: true, ..Notice::new(Some(tenant), target, words) };
            letters.push(Notice { threading: Some(threading), ..notice });
        }
        let transaction = self.database().begin().await?;
        for letter in letters {
            self.0.notifier.send(&transaction, letter).await?;
        }
        transaction.commit_unaudited("the delivery log is a record of its own").await?;
        Ok(())
    }

    fn ticket_words(
        &self,
        row: &Model,
        member: &Member,
        (about, event, detail): (About, &ticket_event::Model, &Value),
    ) -> Result<Rendered, CatalogError> {
        let said = match about {
            About::Received | About::SplitOff => Some(row.description.as_str()),
            _ => event.text.as_deref(),
        };
        let author = event.actor_name.as_str();
        let link = format!("{}/service-catalog/tickets/{}", self.0.public_url, row.id);
        let words = json!({
            "marker": MARKER,
            "name": one_line(&member.name, NAME_CHARS_MAX),
            "what": about.text(),
            "number": row.number,
            "title": one_line(&row.title, SUBJECT_CHARS_MAX),
            "author": (about == About::Replied).then(|| one_line(author, NAME_CHARS_MAX)),
            "text": said.map(cut).filter(|text| !text.is_empty()),
            "into": detail["number"].as_i64().filter(|_| about == About::Merged),
            "asks_rating": detail["asks_rating"] == true && member.id.0 == row.requester_id,
            "link": link,
            "product": self.0.app_name,
        });
        LETTER.render(&words).map_err(|error| CatalogError::Internal(error.to_string()))
    }

    /// A Message-ID of its own, and what the recipient's program shows it below: the ticket, and
    /// what they wrote last.
    async fn threading(
        &self,
        desk: &mail_desk::Model,
        row: &Model,
        (member, about): (&Member, About),
    ) -> Result<Threading, CatalogError> {
        let tenant = TenantId(row.tenant_id);
        let domain = desk.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let own = |letter: Uuid| {
            let tag = self.0.letter_ids.tag(&OwnId::tagged(tenant.0, row.id, letter));
            OwnId { ticket: row.id, letter, tag }.write(domain)
        };
        let last = mail::last_of(self.database().read(), (tenant, row.id), member.id).await?;
        let is_plain = |id: &String| id.bytes().all(|byte| byte.is_ascii_graphic());
        let mut references = vec![own(row.id)];
        references.extend(last.filter(is_plain));
        Ok(Threading {
            message_id: own(Uuid::now_v7()),
            references,
            reply_to: Some(desk.address.clone()),
            is_automatic: about != About::Replied,
        })
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= TEXT_CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(TEXT_CHARS_MAX).chain(['…']).collect()
}

/// Names and titles are others' words: in a letter they are one short line.
fn one_line(text: &str, chars_max: usize) -> String {
    let plain = text.chars().map(|one| if one.is_control() { ' ' } else { one });
    plain.take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::super::working::Kind;
    use super::*;

    #[test]
    fn letters_are_about_what_requesters_see() {
        let of = |kind: &str, detail: Value, facts| About::of(kind, &detail, facts);
        let public = (true, true, true);
        assert_eq!(of("replied", json!({}), public), Some(About::Replied));
        assert_eq!(of("replied", json!({}), (true, false, true)), None);
        assert_eq!(of("replied", json!({}), (false, true, true)), None);
        assert_eq!(of("noted", json!({}), public), None);
        assert_eq!(of("created", json!({}), public), None);
        let mail = |is_automatic: bool| json!({ "mail": { "is_automatic": is_automatic } });
        assert_eq!(of("created", mail(false), public), Some(About::Received));
        assert_eq!(of("created", mail(true), public), None);
        let state = |before: &str, after: &str| json!({ "before": before, "after": after });
        assert_eq!(of("state_changed", state("open", "resolved"), public), Some(About::Resolved));
        assert_eq!(of("state_changed", state("new", "open"), public), None);
        assert_eq!(of("state_changed", state("resolved", "open"), public), Some(About::Reopened));
        assert_eq!(of("state_changed", state("resolved", "closed"), (true, false, false)), None);
        assert_eq!(Kind::Replied.as_str(), "replied");
        assert_eq!(Kind::StateChanged.as_str(), "state_changed");
        assert_eq!((Kind::Created.as_str(), Kind::Merged.as_str()), ("created", "merged"));
    }
}
