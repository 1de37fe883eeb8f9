//! The catalog's use cases. Each authorises first, decides, and owns its transaction.

mod answering;
mod approvals;
mod articles;
mod bundles;
mod calendars;
mod categories;
mod cost_centres;
mod decision_links;
mod delegations;
mod files;
mod following;
mod forgetting;
mod fulfilment;
mod items;
mod letters;
mod levels;
mod mail;
mod measures;
mod notes;
mod numbers;
mod option_lists;
mod options;
mod people;
mod requests;
mod running;
mod settings;
mod starting;
mod status_pages;
mod submitting;
mod tasks;
mod tickets;
mod versions;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use suite_contracts::{EventName, NotificationRequest, ServiceName, TenantId, UserId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::auth::{Caller, People};
use suite_kit::cache::Cache;
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::{Database, Transaction};
use suite_kit::events;
use suite_kit::files::Files;
use suite_kit::jobs::Worker;
use suite_kit::notify::{Notifier, NotifyError};
use suite_kit::seal::{Sealing, Tagging};
use suite_kit::service::Kit;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::api::instant_ms;
use crate::error::CatalogError;
use numbers::Numbers;

pub(crate) use answering::collect_users;
pub(crate) use articles::{AnsweredWith, ArticleDetail, ArticleVersionDetail, GivenFeedback};
pub(crate) use bundles::{BundleOffer, OfferedPart};
pub(crate) use calendars::CalendarDetail;
pub(crate) use cost_centres::Owned;
pub(crate) use decision_links::LinkedDecision;
pub(crate) use delegations::{Delegated, NewDelegation};
pub(crate) use files::{Filed, pieces};
pub(crate) use following::PEOPLE_EVENTS;
pub(crate) use forgetting::{FORGET, TENANT_EVENTS};
pub(crate) use items::{Content, Listed, Shown, Versioned};
pub(crate) use letters::WRITE_LETTER;
pub(crate) use mail::{HeldMail, Received as ReceivedMail};
pub(crate) use measures::ROLL;
pub(crate) use measures::file::Table as MeasuresTable;
pub(crate) use notes::Noted;
pub(crate) use option_lists::KeptList;
pub(crate) use options::Labels;
pub(crate) use people::Names;
pub(crate) use requests::{Asked, Detail, Scope};
pub(crate) use status_pages::{PlannedMaintenance, StatusForm};
pub(crate) use suite_kit::auth::Named;
pub(crate) use tasks::{Act, ListedTask};
pub(crate) use tickets::{
    ActionDetail, AffectedDetail, BulkDone, CannedDetail, ClimbDetail, Explained, Filled,
    IncidentDetail, LinkDetail, Linked, ListedProblem, ListedTicket, ProblemDetail, RECOUNT,
    RECOUNT_DONE, ReviewDetail, SavedView, TicketDetail, TicketScope, WRITE_TICKET_LETTER,
    spoken_of,
};

/// The catalog itself. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Catalog(Arc<Inner>);

struct Inner {
    database: Database,
    clock: Clock,
    cache: Cache,
    people: Arc<dyn People>,
    /// Tenants whose catalog there is.
    begun: Mutex<BTreeSet<TenantId>>,
    versions: versions::Known,
    calendars: calendars::WorkedOut,
    levels: levels::KnownLevels,
    ticket_numbers: Numbers,
    request_numbers: Numbers,
    files: Files,
    tenant_file_bytes_max: i64,
    notifier: Notifier,
    /// Seals what links to decide by say.
    links: Sealing,
    /// Tags the Message-IDs of letters about tickets.
    letter_ids: Tagging,
    /// The address that letters come from, in lowercase.
    mail_from: String,
    /// For those messages that are read at once.
    mail_room: Semaphore,
    public_url: String,
    app_name: String,
}

impl Catalog {
    /// What is configured wrongly, its error says.
    pub(crate) fn new(kit: &Kit) -> Result<Self, CatalogError> {
        let world = (kit.database.clone(), kit.clock.clone(), kit.cache.clone());
        Self::on(&kit.config, world, kit.people.clone())
    }

    /// On a database, with a clock, a cache and people of one's own.
    pub(crate) fn on(
        config: &Config,
        (database, clock, cache): (Database, Clock, Cache),
        people: Arc<dyn People>,
    ) -> Result<Self, CatalogError> {
        let bytes_max = config.tenant_file_bytes_max;
        let notifier = Notifier::new(config, clock.clone())?;
        let key = config.encryption_key.as_ref().ok_or(NotifyError::NoKey)?;
        let links = Sealing::new(key.expose(), decision_links::PURPOSE);
        let letter_ids = Tagging::new(key.expose(), mail::LETTERS);
        Ok(Self(Arc::new(Inner {
            database,
            clock,
            cache,
            people,
            begun: Mutex::default(),
            versions: versions::Known::default(),
            calendars: calendars::WorkedOut::default(),
            levels: levels::KnownLevels::default(),
            ticket_numbers: Numbers::default(),
            request_numbers: Numbers::default(),
            files: Files::open(config, ServiceName::ServiceCatalog)?,
            notifier,
            links,
            letter_ids,
            mail_from: mail::bare(&config.mail_from),
            mail_room: Semaphore::new(mail::READ_AT_ONCE_MAX),
            public_url: config.public_url(),
            app_name: config.app_name.clone(),
            tenant_file_bytes_max: i64::try_from(bytes_max).unwrap_or(i64::MAX),
        })))
    }

    /// What delivers letters.
    pub(crate) fn deliverers(&self, kit: &Kit) -> Vec<Worker> {
        self.0.notifier.workers(self.database(), &kit.metrics.deliveries)
    }

    fn files(&self) -> &Files {
        &self.0.files
    }

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// The person behind a caller.
    fn person(caller: &Caller) -> Result<UserId, CatalogError> {
        caller.user().ok_or(CatalogError::PersonNeeded)
    }

    /// Ends a use case: its event, its audit record and what it did, all or nothing.
    async fn finish(
        &self,
        transaction: Transaction,
        actor: impl Into<Actor>,
        entry: Entry,
    ) -> Result<(), CatalogError> {
        let actor = actor.into();
        self.tell(&transaction, &actor, &entry).await?;
        audit::commit(transaction, self.clock(), actor, entry).await?;
        Ok(())
    }

    /// One of several things that a use case does: its event and its audit record.
    async fn note(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        entry: Entry,
    ) -> Result<(), CatalogError> {
        self.tell(transaction, actor, &entry).await?;
        audit::insert(transaction, self.clock(), actor, entry).await?;
        Ok(())
    }

    /// Asks Hub to tell people something in their console.
    async fn ask_to_tell(
        &self,
        transaction: &Transaction,
        (tenant, about): (TenantId, Uuid),
        request: &NotificationRequest,
    ) -> Result<(), CatalogError> {
        let name = NotificationRequest::event(ServiceName::ServiceCatalog);
        let data = serde_json::json!(request);
        events::publish(transaction, self.clock(), tenant, name, about, data).await?;
        Ok(())
    }

    async fn tell(
        &self,
        transaction: &Transaction,
        actor: &Actor,
        entry: &Entry,
    ) -> Result<(), CatalogError> {
        let (name, subject) = (EventName::new(entry.action), entry.subject_id.clone());
        let data = entry.detail.clone();
        events::publish(transaction, self.clock(), actor.tenant, name, subject, data).await?;
        Ok(())
    }
}

/// One line of text: trimmed, not empty, bounded, without control characters.
fn line(field: &str, text: &str, chars_max: usize) -> Result<String, CatalogError> {
    let line = text.trim();
    let chars = line.chars().count();
    if chars == 0 || chars > chars_max || line.chars().any(char::is_control) {
        let reason = format!("this has 1 to {chars_max} characters in one line");
        return Err(CatalogError::invalid(field, reason));
    }
    Ok(line.to_owned())
}

/// An instant of a query, in milliseconds since 1970.
fn instant(field: &str, text: Option<&str>) -> Result<Option<i64>, CatalogError> {
    Ok(text.map(|text| instant_ms(field, text)).transpose()?)
}

/// Text of any number of lines: trimmed and bounded.
fn text(field: &str, text: &str, chars_max: usize) -> Result<String, CatalogError> {
    let text = text.trim();
    if text.chars().count() > chars_max {
        let reason = format!("this has at most {chars_max} characters");
        return Err(CatalogError::invalid(field, reason));
    }
    Ok(text.to_owned())
}

/// A write that met a row of the same unique value, told as what it means.
fn taken(error: sea_orm::DbErr, code: &'static str, reason: &str) -> CatalogError {
    if suite_kit::db::is_duplicate(&error) {
        return CatalogError::conflict(code, reason);
    }
    error.into()
}

/// What an object was and what it is, for the trail.
fn changed(before: &Value, after: &Value) -> Value {
    serde_json::json!({ "before": before, "after": after })
}
