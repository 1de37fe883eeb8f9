//! Telling people and other systems: e-mail, Slack, webhooks, PagerDuty, SMS; each with retries and
//! a delivery log.
//!
//! [`Notifier::send`] writes the notification down in the transaction that makes it necessary; a job
//! delivers it. What can be used once (a link to reset a password) is marked *sensitive*: it is
//! stored sealed, erased when it is delivered, and never shown through an API. Nothing is lost
//! silently: what has no channel here stands in the log as *not configured*. Addresses that tenants
//! give are reached through [`Outbound`], which keeps away from the inside of the network.

mod channel;
mod email;
mod outbound;
mod signature;
mod table;
mod template;

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use suite_contracts::{NotificationId, TenantId};

use crate::clock::Clock;
use crate::config::{Config, Environment, Secret};
use crate::db::{Database, Transaction};
use crate::jobs::{self, Failure, Job, Running, Work, Worker};
use crate::page::{Page, PageQuery};
use crate::problem::{Kind, Problem};
use crate::retry::shown;
use crate::seal::Sealing;
use crate::telemetry::{Delivered, DeliveryMetrics};

pub use channel::Urgency;
pub use outbound::{Answered, Outbound, OutboundError};
pub use signature::{SIGNATURE_HEADER, TOLERANCE_MS, sign, verify};
pub(crate) use table::CreateNotifications;
pub use table::{Notification, State};
pub use template::{Rendered, Template, TemplateError};

const KIND: &str = "notification.deliver";
pub const SUBJECT_CHARS_MAX: usize = 200;
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
const RECIPIENT_CHARS_MAX: usize = 320;
const ATTEMPTS_MAX: u32 = 10;
/// Of the delivery log.
const LOG_MS_KEPT: i64 = 90 * 24 * 3_600_000;
const PURGE_MS: u64 = 24 * 3_600_000;

/// Where a notification goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Email {
        to: String,
    },
    /// An incoming webhook; its URL is a secret.
    Slack {
        url: Secret,
    },
    /// Gets JSON, signed with the secret.
    Webhook {
        url: String,
        secret: Secret,
    },
    PagerDuty {
        routing_key: Secret,
        urgency: Urgency,
        /// Of notifications with the same text PagerDuty makes one incident.
        incident: String,
    },
    Sms {
        /// With `+` and the country's code.
        to: String,
    },
}

/// How a letter stands in a conversation. Ids are without angle brackets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threading {
    pub message_id: String,
    /// What it goes on from, the oldest first.
    pub references: Vec<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// That nobody wrote it by hand (RFC 3834).
    pub is_automatic: bool,
}

/// What is told, and to whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub tenant: Option<TenantId>,
    pub target: Target,
    pub message: Rendered,
    /// The body of a webhook; the message's subject and text if there is none.
    pub data: Option<serde_json::Value>,
    /// It holds what must not be read by others, such as a one-time link.
    pub sensitive: bool,
    /// Of an e-mail that is part of a conversation.
    pub threading: Option<Threading>,
}

impl Notice {
    pub fn new(tenant: Option<TenantId>, target: Target, message: Rendered) -> Self {
        Self { tenant, target, message, data: None, sensitive: false, threading: None }
    }
}

/// Why a notification cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error("ENCRYPTION_KEY is missing")]
    NoKey,
    #[error("SMTP_URL cannot be used: {0}")]
    Smtp(String),
    #[error("MAIL_FROM is no e-mail address: {0}")]
    From(String),
    #[error("the recipient is not valid: {0}")]
    Recipient(String),
    #[error("this cannot be a header of a letter: {0:?}")]
    Header(String),
    #[error("the subject must be one line of at most {SUBJECT_CHARS_MAX} characters")]
    Subject,
    #[error("the text has more than {TEXT_BYTES_MAX} bytes")]
    Text,
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<NotifyError> for Problem {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::Database(error) => error.into(),
            NotifyError::NoKey | NotifyError::Smtp(_) | NotifyError::From(_) => {
                Self::internal(error)
            }
            _ => Self::new(Kind::Invalid, "notification", error.to_string()),
        }
    }
}

/// What is sealed of a notification until it is delivered.
#[derive(Serialize, Deserialize)]
struct Content {
    target: Target,
    message: Rendered,
    data: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threading: Option<Threading>,
}

/// Why it was not delivered this time.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Undelivered {
    Later(String),
    Never(String),
}

/// Sends notifications of a service. Cheap to clone.
#[derive(Clone)]
pub struct Notifier(Arc<Inner>);

struct Inner {
    clock: Clock,
    sealing: Sealing,
    mailer: Option<email::Mailer>,
    http: channel::Http,
    enabled: bool,
    is_development: bool,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notifier").field("mail", &self.0.mailer.is_some()).finish_non_exhaustive()
    }
}

impl Notifier {
    pub fn new(config: &Config, clock: Clock) -> Result<Self, NotifyError> {
        let key = config.encryption_key.as_ref().ok_or(NotifyError::NoKey)?;
        let mailer = email::Mailer::configured(config)?;
        Ok(Self(Arc::new(Inner {
            clock,
            sealing: Sealing::new(key.expose(), "notification"),
            mailer,
            http: channel::Http::new(config)?,
            enabled: config.enable_notifications,
            is_development: config.environment == Environment::Development,
        })))
    }

    /// Writes a notification down. It is delivered after the transaction has committed.
    pub async fn send(
        &self,
        transaction: &Transaction,
        notice: Notice,
    ) -> Result<NotificationId, NotifyError> {
        let Notice { tenant, target, message, data, sensitive, threading } = notice;
        let recipient = check(&target, &message)?;
        threading.as_ref().map_or(Ok(()), email::check)?;
        let lacking = self.lacking(&target);
        let state = if lacking.is_some() { State::NotConfigured } else { State::Waiting };
        // An operator of a development machine without mail finds the link here.
        let is_readable = !sensitive || (self.0.is_development && lacking.is_some());
        let id = NotificationId::new();
        let row = table::New {
            id,
            tenant,
            channel: channel(&target),
            recipient,
            subject: message.subject.clone(),
            text: is_readable.then(|| message.text.clone()),
            sensitive,
            state,
            error: lacking.map(str::to_owned),
            now_ms: self.0.clock.now_ms(),
        };
        let content = serde_json::to_vec(&Content { target, message, data, threading })
            .map_err(|error| DbErr::Json(error.to_string()))?;
        let content = self.0.sealing.seal(id.0.as_bytes(), &content);
        table::insert(transaction, row, content).await?;
        if let Some(lacking) = lacking {
            tracing::warn!(notification = %id, lacking, "a notification is not sent");
            return Ok(id);
        }
        let payload = serde_json::json!({ "id": id });
        let job = Job { tenant, attempts_max: ATTEMPTS_MAX, ..Job::new(KIND, payload) };
        jobs::enqueue(transaction, &self.0.clock, job).await?;
        Ok(id)
    }

    /// What delivers, and what tidies the log, for the runner of the service's jobs.
    pub fn workers(&self, database: &Database, metrics: &DeliveryMetrics) -> Vec<Worker> {
        let (notifier, database, metrics) = (self.clone(), database.clone(), metrics.clone());
        let purge = Purge { notifier: notifier.clone(), database: database.clone() };
        vec![
            Worker::new(KIND, Deliver { notifier, database, metrics }),
            Worker::every("notification.purge", PURGE_MS, purge),
        ]
    }

    /// Why nothing can be sent this way here.
    fn lacking(&self, target: &Target) -> Option<&'static str> {
        match target {
            _ if !self.0.enabled => Some("not configured: ENABLE_NOTIFICATIONS is off"),
            Target::Email { .. } if self.0.mailer.is_none() => {
                Some("not configured: SMTP_URL is not set")
            }
            Target::Sms { .. } if !self.0.http.can_sms() => {
                Some("not configured: SMS_URL is not set")
            }
            _ => None,
        }
    }

    async fn deliver(&self, id: NotificationId, sealed: &[u8]) -> Result<(), Undelivered> {
        let never = |error: &dyn std::fmt::Display| Undelivered::Never(error.to_string());
        let opened = self.0.sealing.open(id.0.as_bytes(), sealed).map_err(|e| never(&e))?;
        let content: Content = serde_json::from_slice(&opened).map_err(|e| never(&e))?;
        let now_ms = self.0.clock.now_ms();
        match (&content.target, &self.0.mailer) {
            (Target::Email { to }, Some(mailer)) => {
                let letter = (&content.message, content.threading.as_ref());
                mailer.send(id, to, letter, now_ms).await
            }
            (Target::Email { .. }, None) => {
                Err(Undelivered::Later("SMTP_URL is not set any more".to_owned()))
            }
            (target, _) => {
                self.0.http.send(id, target, &content.message, content.data, now_ms).await
            }
        }
    }
}

/// A tenant's notifications, latest first. What is sensitive has no text here.
pub async fn log(
    database: &Database,
    tenant: TenantId,
    query: &PageQuery,
) -> Result<Page<Notification>, Problem> {
    let (limit, after) = (query.limit()?, query.after()?);
    let rows = table::page(database.read(), tenant, limit + 1, after).await?;
    Ok(Page::cut(rows, limit, |row| row.id))
}

/// The texts that were not sent because a channel is not configured, latest first, for an operator
/// on the machine: they may hold one-time links. On a development machine only.
pub async fn unsent_texts(database: &Database, limit: u64) -> Result<Vec<Notification>, DbErr> {
    table::not_configured(database.read(), limit).await
}

struct Deliver {
    notifier: Notifier,
    database: Database,
    metrics: DeliveryMetrics,
}

#[derive(Deserialize)]
struct Payload {
    id: NotificationId,
}

#[async_trait]
impl Work for Deliver {
    async fn run(&self, job: &Running) -> Result<(), Failure> {
        let Payload { id } = job.payload()?;
        let Some((channel, sealed)) = table::waiting(self.database.read(), id).await? else {
            // It was sent, and the process died before the job was marked done.
            return Ok(());
        };
        let delivered = self.notifier.deliver(id, &sealed).await;
        let now_ms = self.notifier.0.clock.now_ms();
        let (state, error) = match &delivered {
            Ok(()) => (State::Sent, None),
            Err(Undelivered::Later(error)) if !job.is_last => (State::Waiting, Some(error)),
            Err(Undelivered::Later(error) | Undelivered::Never(error)) => {
                (State::Failed, Some(error))
            }
        };
        let ended = match state {
            State::Sent => Delivered::Sent,
            State::Waiting => Delivered::Retry,
            State::Failed | State::NotConfigured => Delivered::Failed,
        };
        self.metrics.tried(&channel, ended);
        let transaction = self.database.begin().await?;
        table::attempted(&transaction, id, state, error.map(shown), now_ms).await?;
        transaction.commit_unaudited("the delivery log is a record of its own").await?;
        delivered.map_err(|undelivered| match undelivered {
            Undelivered::Later(error) => Failure::Retry(error),
            Undelivered::Never(error) => Failure::GiveUp(error),
        })
    }
}

/// Forgets what of a tenant is still to be delivered, and its part of the delivery log.
pub async fn forget(transaction: &Transaction, tenant: TenantId) -> Result<(), DbErr> {
    table::forget(transaction, tenant).await
}

struct Purge {
    notifier: Notifier,
    database: Database,
}

#[async_trait]
impl Work for Purge {
    async fn run(&self, _: &Running) -> Result<(), Failure> {
        let before_ms = self.notifier.0.clock.now_ms().saturating_sub(LOG_MS_KEPT);
        let transaction = self.database.begin().await?;
        table::purge(&transaction, before_ms).await?;
        transaction.commit_unaudited("entries are kept for as long as they may help").await?;
        Ok(())
    }
}

/// Why a server was not reached, and what to do where its certificate is at fault.
fn explained(error: &dyn std::fmt::Display) -> String {
    let reason = error.to_string();
    if !reason.contains("invalid peer certificate") {
        return reason;
    }
    let unknown = "whoever issued it is not trusted: name your own authorities in CA_CERTIFICATES";
    let hint = if reason.contains("UnknownIssuer") { unknown } else { "mend it at the server" };
    format!("{reason}; {hint}")
}

const fn channel(target: &Target) -> &'static str {
    match target {
        Target::Email { .. } => "email",
        Target::Slack { .. } => "slack",
        Target::Webhook { .. } => "webhook",
        Target::PagerDuty { .. } => "pagerduty",
        Target::Sms { .. } => "sms",
    }
}

/// Refuses what could become another header or another recipient. Gives the recipient as the log
/// shows it, without secrets.
fn check(target: &Target, message: &Rendered) -> Result<String, NotifyError> {
    let subject = &message.subject;
    if subject.chars().any(char::is_control) || subject.chars().count() > SUBJECT_CHARS_MAX {
        return Err(NotifyError::Subject);
    }
    let html_bytes = message.html.as_ref().map_or(0, String::len);
    if message.text.len() + html_bytes > TEXT_BYTES_MAX {
        return Err(NotifyError::Text);
    }
    let refused = |why: &str| NotifyError::Recipient(why.to_owned());
    let host = |url: &str| -> Result<String, NotifyError> {
        let parsed = Outbound::parse(url).map_err(|error| refused(&error.to_string()))?;
        Ok(parsed.host_str().unwrap_or_default().to_owned())
    };
    let recipient = match target {
        Target::Email { to } => email::parse(to).map(|_| to.clone())?,
        Target::Slack { url } => host(url.expose())?,
        Target::Webhook { url, .. } => host(url)?,
        Target::PagerDuty { incident, .. } => incident.clone(),
        Target::Sms { to } => {
            let digits = to.strip_prefix('+').unwrap_or_default();
            let is_number = (7..=15).contains(&digits.len())
                && digits.chars().all(|digit| digit.is_ascii_digit());
            if !is_number {
                return Err(refused("a telephone number is `+`, the country's code and digits"));
            }
            to.clone()
        }
    };
    let is_plain = !recipient.chars().any(char::is_control)
        && recipient.chars().count() <= RECIPIENT_CHARS_MAX;
    if is_plain { Ok(recipient) } else { Err(refused("it is too long, or has line breaks")) }
}

#[cfg(test)]
mod tests;
