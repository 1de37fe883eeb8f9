//! E-mail for the desk.

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::requests::PersonView;
use crate::service::{HeldMail, ReceivedMail};
use crate::store::entities::mail_desk;
use crate::store::mail;

/// What becomes of messages of those who are no active members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnknownSenders {
    /// A record is left, and nothing else.
    Refuse,
    /// An agent says whose they are.
    Hold,
}

impl UnknownSenders {
    pub(crate) fn are_held(self) -> bool {
        self == Self::Hold
    }
}

/// How a tenant's desk takes e-mail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = MailSettings)]
pub(crate) struct MailSettingsBody {
    /// The desk's: where answers to its letters go.
    #[schema(max_length = 254, example = "it@example.com")]
    pub address: String,
    /// The mail server's name in `Authentication-Results`. Only its results count.
    #[serde(default)]
    #[schema(max_length = 254, example = "mx.example.com")]
    pub authserv_id: Option<String>,
    /// The mail server passes on only what is from whom it says it is: nothing is looked for.
    #[serde(default)]
    pub server_checks: bool,
    pub unknown_senders: UnknownSenders,
}

impl From<mail_desk::Model> for MailSettingsBody {
    fn from(row: mail_desk::Model) -> Self {
        let held = row.holds_unknown;
        Self {
            address: row.address,
            authserv_id: row.authserv_id,
            server_checks: row.server_checks,
            unknown_senders: if held { UnknownSenders::Hold } else { UnknownSenders::Refuse },
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailSettingsView {
    /// 0 while none are set.
    pub version: i64,
    /// None while the desk takes no e-mail.
    pub settings: Option<MailSettingsBody>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailState {
    /// It waits for an agent.
    #[default]
    Held,
    Refused,
    Taken,
    Discarded,
}

impl MailState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Held => mail::HELD,
            Self::Refused => mail::REFUSED,
            Self::Taken => mail::TAKEN,
            Self::Discarded => mail::DISCARDED,
        }
    }

    fn of(state: &str) -> Self {
        let all = [Self::Refused, Self::Taken, Self::Discarded];
        all.into_iter().find(|one| one.as_str() == state).unwrap_or(Self::Held)
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MailFilter {
    /// Those that are held, unless told otherwise.
    pub state: Option<MailState>,
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailReceipt {
    pub id: Uuid,
    pub state: MailState,
    /// It had come in before.
    pub is_duplicate: bool,
    /// Why it is held or refused.
    pub reason: Option<String>,
    pub ticket_id: Option<Uuid>,
}

impl From<ReceivedMail> for MailReceipt {
    fn from(ReceivedMail { row, is_duplicate }: ReceivedMail) -> Self {
        let (id, state, reason) = (row.id, MailState::of(&row.state), row.reason);
        Self { id, state, is_duplicate, reason, ticket_id: row.ticket_id }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailAttachment {
    pub name: String,
    pub bytes: usize,
}

/// A message. All of it was written by whoever sent it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailMessage {
    pub id: Uuid,
    pub state: MailState,
    /// `malformed`, `automatic`, `unauthenticated`, `unknown_sender`, `too_many`,
    /// `cannot_be_taken` or `loop`.
    pub reason: Option<String>,
    /// The same in words.
    pub note: Option<String>,
    /// As it says.
    pub sender: Option<String>,
    pub subject: String,
    pub message_id: Option<String>,
    pub bytes: i64,
    pub sha256: String,
    /// What it says, of one that is held and asked for by its id.
    pub text: Option<String>,
    pub attachments: Vec<MailAttachment>,
    /// Whose it was taken as.
    pub user: Option<PersonView>,
    pub ticket_id: Option<Uuid>,
    pub created_at: String,
    pub decided_at: Option<String>,
}

impl From<HeldMail> for MailMessage {
    fn from(HeldMail { row, names, text, attachments }: HeldMail) -> Self {
        let attachments = attachments.into_iter();
        Self {
            id: row.id,
            state: MailState::of(&row.state),
            reason: row.reason,
            note: row.note,
            sender: row.sender,
            subject: row.subject,
            message_id: row.message_id,
            bytes: row.bytes,
            sha256: row.sha256,
            text,
            attachments: attachments.map(|(name, bytes)| MailAttachment { name, bytes }).collect(),
            user: row.user_id.map(|user| PersonView::of(UserId(user), &names)),
            ticket_id: row.ticket_id,
            created_at: rfc3339(row.created_at_ms),
            decided_at: row.decided_at_ms.map(rfc3339),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AcceptMailRequest {
    /// Whose it is: an active member.
    pub user_id: UserId,
    /// The ticket that it is a reply to; the one that it answers, or a new one, if none is named.
    #[serde(default)]
    pub ticket_id: Option<Uuid>,
}
