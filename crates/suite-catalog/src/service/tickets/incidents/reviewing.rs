//! The review after a major incident: a draft that begins as the tenant's template, with the
//! timeline in it, until it is published. Published it never changes; what is to be done after it
//! goes on.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::json;
use suite_contracts::{Audience, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::{Kind, NewEntry, notification, page_of, state_of};
use crate::api::reviews::{
    ActionRequest, ActionState, ReviewRequest, ReviewSection, ReviewTemplate, ReviewTemplateView,
    TemplateSection,
};
use crate::error::{CatalogError, Fault};
use crate::permissions::{INCIDENTS_READ, INCIDENTS_WRITE, REVIEW_TEMPLATE_WRITE};
use crate::service::{Catalog, Names, changed, line, taken, text};
use crate::store::entities::{
    incident_entry, incident_review, major_incident, review_action, review_template,
};
use crate::store::{document, incidents, reviews};

const SECTIONS_MAX: usize = 20;
const KEY_CHARS_MAX: usize = 50;
const SECTION_TITLE_CHARS_MAX: usize = 100;
const HELP_CHARS_MAX: usize = 1_000;
const SECTION_CHARS_MAX: usize = 50_000;
const ACTIONS_MAX: usize = 50;
const ACTION_CHARS_MAX: usize = 1_000;
/// Of the timeline, the latest, that a draft begins with.
const PREFILLED_MAX: u64 = 200;
/// The section that begins with the timeline.
const TIMELINE: &str = "timeline";

/// A review, with what it says.
#[derive(Debug, Clone)]
pub(crate) struct ReviewDetail {
    pub row: incident_review::Model,
    pub sections: Vec<ReviewSection>,
    pub actions: Vec<ActionDetail>,
}

/// What is to be done, and what its owner is called.
#[derive(Debug, Clone)]
pub(crate) struct ActionDetail {
    pub row: review_action::Model,
    pub names: Names,
}

impl Catalog {
    pub(crate) async fn review_template(
        &self,
        caller: &Caller,
    ) -> Result<ReviewTemplateView, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        self.template_of(caller.tenant()).await
    }

    async fn template_of(&self, tenant: TenantId) -> Result<ReviewTemplateView, CatalogError> {
        Ok(match reviews::template(self.database().read(), tenant).await? {
            None => ReviewTemplateView { template: initial(), version: 0 },
            Some(row) => {
                let template = document::read(&row.content)?;
                ReviewTemplateView { template, version: row.version }
            }
        })
    }

    /// Sets the template anew. Reviews that were begun stay as they began.
    pub(crate) async fn set_review_template(
        &self,
        caller: &Caller,
        expected: i64,
        body: ReviewTemplate,
    ) -> Result<ReviewTemplateView, CatalogError> {
        caller.require(REVIEW_TEMPLATE_WRITE)?;
        let tenant = caller.tenant();
        let template = checked_template(body)?;
        let before = self.template_of(tenant).await?;
        let transaction = self.database().begin().await?;
        let row = review_template::Model {
            tenant_id: tenant.0,
            content: document::write(&template)?,
            version: expected.saturating_add(1),
        };
        let is_same = before.version == expected;
        if !is_same || !reviews::set_template(&transaction, row).await? {
            return Err(CatalogError::Stale("review template"));
        }
        let entry =
            Entry::new("service-catalog.review-template.changed", "review-template", tenant);
        let entry = entry.with(changed(&json!(before.template), &json!(template)));
        self.finish(transaction, caller, entry).await?;
        Ok(ReviewTemplateView { template, version: expected + 1 })
    }

    pub(crate) async fn review(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<ReviewDetail, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        let own = (caller.tenant(), self.incident_of(caller, id).await?.id);
        let row = reviews::of(self.database().read(), own).await?;
        self.review_detail(row.ok_or(CatalogError::NotFound("review"))?).await
    }

    async fn review_detail(
        &self,
        row: incident_review::Model,
    ) -> Result<ReviewDetail, CatalogError> {
        let (tenant, own) = (TenantId(row.tenant_id), (TenantId(row.tenant_id), row.incident_id));
        let actions = reviews::actions(self.database().read(), own).await?;
        let owners = actions.iter().map(|action| UserId(action.owner_id)).collect();
        let names = self.names(tenant, &owners).await?;
        let sections = document::read(&row.content)?;
        let actions = actions.into_iter().map(|row| ActionDetail { row, names: names.clone() });
        Ok(ReviewDetail { row, sections, actions: actions.collect() })
    }

    /// Begins a review as the template has it. There is one.
    pub(crate) async fn begin_review(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<ReviewDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let (tenant, incident) = (caller.tenant(), self.incident_of(caller, id).await?);
        let template = self.template_of(tenant).await?.template;
        let connection = self.database().read();
        let page = (None, PREFILLED_MAX - 1);
        let entries = incidents::entries(connection, (tenant, id), &[], page).await?;
        let sections = template.sections.into_iter().map(|section| {
            let is_timeline = section.key == TIMELINE;
            let text = if is_timeline { timeline(&entries) } else { String::new() };
            let TemplateSection { key, title, help, is_required } = section;
            ReviewSection { key, title, help, is_required, text }
        });
        let row = incident_review::Model {
            incident_id: id,
            tenant_id: tenant.0,
            content: document::write(&sections.collect::<Vec<_>>())?,
            updated_at_ms: self.now_ms(),
            published_at_ms: None,
            published_by_id: None,
            version: 1,
        };
        let transaction = self.database().begin().await?;
        let begun = reviews::insert(&transaction, row.clone()).await;
        begun.map_err(|error| taken(error, "review_begun", "it has a review already"))?;
        let action = "service-catalog.major-incident.review-begun";
        let entry = Entry::new(action, "major-incident", id);
        let entry = entry.with(json!({ "number": incident.number, "title": incident.title }));
        self.finish(transaction, caller, entry).await?;
        self.review_detail(row).await
    }

    /// Writes a draft.
    pub(crate) async fn write_review(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: ReviewRequest,
    ) -> Result<ReviewDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let tenant = caller.tenant();
        let incident = self.incident_of(caller, id).await?;
        let actions = self.checked_actions((tenant, id), &body.actions).await?;
        let transaction = self.database().begin().await?;
        let mut row = self.draft(&transaction, (tenant, id, expected)).await?;
        let mut sections: Vec<ReviewSection> = document::read(&row.content)?;
        let mut written = Vec::new();
        for (index, section) in body.sections.iter().enumerate() {
            let at = |field: &str| format!("sections/{index}/{field}");
            let own = sections.iter_mut().find(|own| own.key == section.key);
            let own = own.ok_or_else(|| {
                CatalogError::invalid(&at("key"), "the review has no section of this key")
            })?;
            own.text = text(&at("text"), &section.text, SECTION_CHARS_MAX)?;
            written.push(own.key.clone());
        }
        row.content = document::write(&sections)?;
        row.updated_at_ms = self.now_ms();
        row.version += 1;
        reviews::write(&transaction, &row).await?;
        let count = actions.len();
        reviews::set_actions(&transaction, (tenant, id), actions).await?;
        let action = "service-catalog.major-incident.review-written";
        let entry = Entry::new(action, "major-incident", id);
        let entry = entry.with(json!({
            "number": incident.number, "sections": written, "actions": count,
        }));
        self.finish(transaction, caller, entry).await?;
        self.review_detail(row).await
    }

    /// Publishes a draft whose sections are filled in that have to be, of a major incident that is
    /// resolved. It is published once.
    pub(crate) async fn publish_review(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<ReviewDetail, CatalogError> {
        caller.require(INCIDENTS_WRITE)?;
        let tenant = caller.tenant();
        self.incident_of(caller, id).await?;
        let transaction = self.database().begin().await?;
        let incident = self.held_incident(&transaction, (tenant, id, None)).await?;
        if state_of(&incident)?.is_active() {
            let reason = "the major incident is not resolved yet";
            return Err(CatalogError::conflict("incident_open", reason));
        }
        let mut row = self.draft(&transaction, (tenant, id, expected)).await?;
        let sections: Vec<ReviewSection> = document::read(&row.content)?;
        let missing = sections.iter().filter(|section| section.is_required);
        let missing = missing.filter(|section| section.text.is_empty());
        let missing: Vec<&str> = missing.map(|section| section.title.as_str()).collect();
        if !missing.is_empty() {
            let reason = format!("these sections are empty yet: {}", missing.join(", "));
            return Err(CatalogError::conflict("review_unfinished", reason));
        }
        let now_ms = self.now_ms();
        row.published_at_ms = Some(now_ms);
        row.published_by_id = caller.user().map(|user| user.0);
        row.version += 1;
        reviews::write(&transaction, &row).await?;
        self.tell_owners(&transaction, (tenant, id), &incident).await?;
        let entry = NewEntry::new(Kind::ReviewPublished, now_ms, serde_json::Value::Null);
        self.keep_incident(&transaction, &Actor::from(caller), incident, vec![entry]).await?;
        transaction.commit_unaudited("its audit record was inserted").await?;
        self.review_detail(row).await
    }

    async fn tell_owners(
        &self,
        transaction: &Transaction,
        own: (TenantId, Uuid),
        incident: &major_incident::Model,
    ) -> Result<(), CatalogError> {
        let open = reviews::actions(&**transaction, own).await?.into_iter();
        let open = open.filter(|action| action.state == ActionState::Open.as_str());
        let owners: BTreeSet<UserId> = open.map(|action| UserId(action.owner_id)).collect();
        if owners.is_empty() {
            return Ok(());
        }
        let to = Audience::Users(owners.into_iter().collect());
        let title = format!("You have actions after major incident {}", incident.number);
        let request = notification(
            to,
            ("review-published", format!("{}/review", page_of(incident))),
            (&title, &incident.title),
        );
        self.ask_to_tell(transaction, own, &request).await
    }

    /// Says that an action is done, or is not: for its owner too.
    pub(crate) async fn move_review_action(
        &self,
        caller: &Caller,
        (id, number): (Uuid, i32),
        to: ActionState,
    ) -> Result<ReviewDetail, CatalogError> {
        caller.require(INCIDENTS_READ)?;
        let tenant = caller.tenant();
        self.incident_of(caller, id).await?;
        let transaction = self.database().begin().await?;
        let row = reviews::locked(&transaction, (tenant, id)).await?;
        let row = row.ok_or(CatalogError::NotFound("review"))?;
        let actions = reviews::actions(&*transaction, (tenant, id)).await?;
        let action = actions.into_iter().find(|action| action.number == number);
        let action = action.ok_or(CatalogError::NotFound("action"))?;
        if caller.user().is_none_or(|user| user.0 != action.owner_id) {
            caller.require(INCIDENTS_WRITE)?;
        }
        if action.state == to.as_str() {
            transaction.roll_back().await?;
            return self.review_detail(row).await;
        }
        reviews::set_action_state(&transaction, (tenant, id), (number, to.as_str())).await?;
        let name = "service-catalog.major-incident.action-moved";
        let entry = Entry::new(name, "major-incident", id);
        let entry = entry.with(json!({
            "action": number, "before": action.state, "after": to,
        }));
        self.finish(transaction, caller, entry).await?;
        self.review_detail(row).await
    }

    /// A review that is still written.
    async fn draft(
        &self,
        transaction: &Transaction,
        (tenant, id, expected): (TenantId, Uuid, i64),
    ) -> Result<incident_review::Model, CatalogError> {
        let row = reviews::locked(transaction, (tenant, id)).await?;
        let row = row.ok_or(CatalogError::NotFound("review"))?;
        if row.published_at_ms.is_some() {
            let reason = "the review is published, and changes no more";
            return Err(CatalogError::conflict("review_published", reason));
        }
        if row.version != expected {
            return Err(CatalogError::Stale("review"));
        }
        Ok(row)
    }

    async fn checked_actions(
        &self,
        (tenant, id): (TenantId, Uuid),
        actions: &[ActionRequest],
    ) -> Result<Vec<review_action::Model>, CatalogError> {
        if actions.len() > ACTIONS_MAX {
            let reason = format!("a review has at most {ACTIONS_MAX} actions");
            return Err(CatalogError::invalid("actions", reason));
        }
        let owners = actions.iter().map(|action| action.owner_id).collect();
        self.require_known(tenant, ("/actions", &owners), &[]).await?;
        let rows = (1..).zip(actions).map(|(number, action)| {
            let at = |field: &str| format!("actions/{}/{field}", number - 1);
            let due: Date = action.due_on.parse().map_err(|_| {
                CatalogError::invalid(&at("due_on"), "this is no date, such as 2026-12-24")
            })?;
            Ok(review_action::Model {
                incident_id: id,
                number,
                tenant_id: tenant.0,
                text: line(&at("text"), &action.text, ACTION_CHARS_MAX)?,
                owner_id: action.owner_id.0,
                due_on: due.to_string(),
                state: action.state.as_str().to_owned(),
            })
        });
        rows.collect()
    }
}

/// What there is from the start.
fn initial() -> ReviewTemplate {
    let section = |(key, title, help, is_required): (&str, &str, &str, bool)| TemplateSection {
        key: key.to_owned(),
        title: title.to_owned(),
        help: help.to_owned(),
        is_required,
    };
    let sections = [
        ("summary", "Summary", "What happened, in a few sentences.", true),
        ("impact", "Impact", "Who was affected, how, and for how long.", true),
        (TIMELINE, "Timeline", "What happened when, and what was done.", true),
        ("root_cause", "Root cause", "Why it happened, and not who did it.", true),
        ("went_well", "What went well", "What is to be kept.", false),
        ("went_badly", "What went badly", "What is to be changed.", false),
    ];
    ReviewTemplate { sections: sections.into_iter().map(section).collect() }
}

fn checked_template(body: ReviewTemplate) -> Result<ReviewTemplate, CatalogError> {
    let count = body.sections.len();
    if count == 0 || count > SECTIONS_MAX {
        let reason = format!("a review has 1 to {SECTIONS_MAX} sections");
        return Err(CatalogError::invalid("sections", reason));
    }
    let (mut keys, mut sections) = (BTreeSet::new(), Vec::with_capacity(count));
    for (index, section) in body.sections.into_iter().enumerate() {
        let at = |field: &str| format!("sections/{index}/{field}");
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let chars = section.key.chars().count();
        if chars == 0 || chars > KEY_CHARS_MAX || !section.key.chars().all(is_key) {
            let reason = format!("a key is 1 to {KEY_CHARS_MAX} small letters, digits and _");
            return Err(CatalogError::invalid(&at("key"), reason));
        }
        if !keys.insert(section.key.clone()) {
            return Err(Fault::new(format!("/{}", at("key")), "this key is there twice").into());
        }
        sections.push(TemplateSection {
            title: line(&at("title"), &section.title, SECTION_TITLE_CHARS_MAX)?,
            help: text(&at("help"), &section.help, HELP_CHARS_MAX)?,
            ..section
        });
    }
    Ok(ReviewTemplate { sections })
}

/// What happened, by when it did, as a list in Markdown.
fn timeline(entries: &[incident_entry::Model]) -> String {
    let mut entries: Vec<&incident_entry::Model> = entries.iter().collect();
    entries.sort_by_key(|entry| (entry.at_ms, entry.number));
    let lines = entries.into_iter().map(|entry| {
        let what = entry.kind.replace('_', " ");
        let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap_or_default();
        let to = detail["after"].as_str().filter(|_| entry.kind == Kind::StateChanged.as_str());
        let what = to.map_or(what, str::to_owned);
        let said = entry.text.as_deref().unwrap_or_default().replace('\n', "\n  ");
        let said = if said.is_empty() { said } else { format!(": {said}") };
        format!("- {} {what} ({}){said}", rfc3339(entry.at_ms), entry.actor_name)
    });
    let all: String = lines.collect::<Vec<_>>().join("\n");
    all.chars().take(SECTION_CHARS_MAX).collect()
}
