//! Asking for an item, by itself or as a part of a bundle: checked first, and then made in one
//! transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use suite_contracts::{TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::answering::CheckedAnswers;
use super::files::about_files;
use super::numbers::Numbered;
use super::requests::Detail;
use super::running::{World, about, told};
use super::{Catalog, Content, Labels};
use crate::api::answers::{self, AnswersBody};
use crate::api::requests::SubmitRequest;
use crate::error::CatalogError;
use crate::model::approval::{Approval, Notice, Outcome, Subject};
use crate::model::bundle::Presets;
use crate::model::id::CostCentreId;
use crate::permissions::{ITEMS_WRITE, REQUESTS_WRITE};
use crate::store::entities::request;
use crate::store::items::PUBLISHED;
use crate::store::requests::APPROVING;
use crate::store::{self, document};

/// An item that somebody asks for, and their answers.
pub(super) struct Wanted<'a> {
    pub item: Uuid,
    pub version: i32,
    /// Its form begins with what is preset.
    pub content: Arc<Content>,
    pub presets: &'a Presets,
    pub answers: &'a AnswersBody,
}

/// The same, once it is checked, with those who are asked about it.
pub(super) struct Prepared {
    item: Uuid,
    version: i32,
    pub world: World,
    labels: Labels,
    approval: Approval,
    notices: Vec<Notice>,
    /// None where it is taken with what is made.
    number: Option<i64>,
}

impl Prepared {
    pub(super) fn is_approved(&self) -> bool {
        self.approval.outcome == Some(Outcome::Approved)
    }
}

/// The bundle that a request is part of.
pub(super) struct OfBundle {
    /// What was asked for at once.
    pub submission: Uuid,
    pub bundle: Uuid,
    pub version: i32,
    pub name: String,
}

impl Catalog {
    /// Asks for an item. The people of the first stage are asked at once.
    pub(crate) async fn submit(
        &self,
        caller: &Caller,
        body: SubmitRequest,
    ) -> Result<Detail, CatalogError> {
        caller.require(REQUESTS_WRITE)?;
        let (tenant, requester) = (caller.tenant(), Self::person(caller)?);
        self.start_with(tenant).await?;
        let asked = (body.item_id, body.item_version);
        let content = match self.shown_version(caller, asked).await? {
            Some(content) => content,
            None => self.asked_version(caller, asked).await?,
        };
        let made = self.submit_of(caller, (tenant, requester), body, content).await;
        if made.is_err() {
            // To whom the item is not shown any more, nothing else is said of it.
            self.asked_version(caller, asked).await?;
        }
        made
    }

    async fn submit_of(
        &self,
        caller: &Caller,
        (tenant, requester): (TenantId, UserId),
        body: SubmitRequest,
        content: Arc<Content>,
    ) -> Result<Detail, CatalogError> {
        let (item, version) = (body.item_id, body.item_version);
        let requested_for = self.recipient(tenant, requester, body.requested_for_id).await?;
        let (presets, answers) = (&Presets::new(), &body.answers);
        let wanted = Wanted { item, version, content, presets, answers };
        let prepared = self.prepare((tenant, requester, requested_for), wanted).await?;
        let transaction = self.database().begin().await?;
        let (row, entries) = self.make(&transaction, (caller, None), &prepared).await?;
        self.tell_all(transaction, &row, entries).await?;
        self.detail_in(caller, row, (prepared.world, None)).await
    }

    /// A version of an item that is no bundle, if it was published for the caller to see. Whether it
    /// is still the one to ask for, the transaction finds out that holds the item.
    async fn shown_version(
        &self,
        caller: &Caller,
        (item, version): (Uuid, i32),
    ) -> Result<Option<Arc<Content>>, CatalogError> {
        let content = self.published_version((caller.tenant(), item), version).await?;
        let Some(content) = content.filter(|content| !content.is_bundle()) else {
            return Ok(None);
        };
        let is_shown = caller.may(ITEMS_WRITE)
            || content.groups.is_empty()
            || !content.groups.is_disjoint(&self.groups_of(caller).await?);
        Ok(is_shown.then_some(content))
    }

    /// The version whose form was answered, if it is still the one to ask for.
    async fn asked_version(
        &self,
        caller: &Caller,
        (item, version): (Uuid, i32),
    ) -> Result<Arc<Content>, CatalogError> {
        let item = self.visible_item(caller, item).await?;
        if item.is_bundle {
            let reason = "this item is a bundle: choose of its parts";
            return Err(CatalogError::conflict("is_bundle", reason));
        }
        let changed = || item_changed(&item.name);
        if item.state != PUBLISHED || item.published != Some(version) {
            return Err(changed());
        }
        self.version((caller.tenant(), item.id), version).await?.ok_or_else(changed)
    }

    /// Whom a request is for: an active member.
    pub(super) async fn recipient(
        &self,
        tenant: TenantId,
        requester: UserId,
        given: Option<UserId>,
    ) -> Result<UserId, CatalogError> {
        // Who asks is one: they are signed in.
        let requested_for = given.unwrap_or(requester);
        if requested_for != requester {
            let people = BTreeSet::from([requested_for]);
            self.require_known(tenant, ("/requested_for_id", &people), &[]).await?;
        }
        Ok(requested_for)
    }

    /// Checks the answers, and finds out whom the first stage asks.
    pub(super) async fn prepare(
        &self,
        (tenant, requester, requested_for): (TenantId, UserId, UserId),
        wanted: Wanted<'_>,
    ) -> Result<Prepared, CatalogError> {
        let Wanted { item, version, content, presets, answers } = wanted;
        let asked = (content.as_ref(), presets);
        let checked = self.checked_answers((tenant, requester), asked, answers).await?;
        let CheckedAnswers { answers, labels } = checked;
        let subject = Subject {
            requester,
            requested_for,
            price: content.price,
            cost_centre: content.cost_centre.map(CostCentreId),
            answers,
        };
        let world = self.world_of(tenant, content, subject, BTreeSet::new()).await?;
        let (approval, notices) = Approval::start(&world.context());
        let number = self.number_set_aside(tenant, Numbered::Request).await?;
        Ok(Prepared { item, version, world, labels, approval, notices, number })
    }

    /// Makes a request, with all that it begins with. What to tell of it is the caller's to tell, at
    /// the end of the transaction.
    pub(super) async fn make(
        &self,
        transaction: &Transaction,
        (caller, of): (&Caller, Option<&OfBundle>),
        prepared: &Prepared,
    ) -> Result<(request::Model, Vec<(Actor, Entry)>), CatalogError> {
        let tenant = caller.tenant();
        let item = store::items::held(transaction, tenant, prepared.item).await?;
        let item = item.ok_or(CatalogError::NotFound("item"))?;
        if item.state != PUBLISHED || item.published != Some(prepared.version) {
            return Err(item_changed(&item.name));
        }
        let row = self.new_row(transaction, (tenant, item.name), prepared).await?;
        let Prepared { world, approval, notices, .. } = prepared;
        let mut row = of_bundle(self.with(row, approval)?, of);
        let answered = (row.id, &world.subject.answers);
        let owner = (tenant, world.subject.requester);
        let files = self.use_answered(transaction, owner, answered).await?;
        let mut detail = about(&row);
        if !files.is_empty() {
            detail["files"] = about_files(&files);
        }
        let entry = Entry::new("service-catalog.request.submitted", "request", row.id);
        let mut entries = vec![(Actor::from(caller), entry.with(detail))];
        entries.extend(told(&row, &world.plan, notices));
        let mut begun = None;
        if approval.outcome == Some(Outcome::Approved) {
            let (next, run, told) = self.begin_work(transaction, row, world).await?;
            (row, begun) = (next, Some(run));
            entries.extend(told);
        }
        match begun.filter(|_| !world.tasks.tasks().is_empty()) {
            // The next one of a bundle counts who has how many.
            Some(run) => {
                store::requests::insert(transaction, row.clone()).await?;
                let own = (tenant, row.id);
                store::tasks::insert(transaction, own, (&world.tasks, &run), self.now_ms()).await?;
            }
            None => store::requests::add(transaction, row.clone()).await?,
        }
        self.write_seats(transaction, &row, approval).await?;
        self.tell_approvers(transaction, &row, notices).await?;
        Ok((row, entries))
    }

    async fn new_row(
        &self,
        transaction: &Transaction,
        (tenant, item_name): (TenantId, String),
        prepared: &Prepared,
    ) -> Result<request::Model, CatalogError> {
        let Subject { requester, requested_for, price, cost_centre, answers } =
            &prepared.world.subject;
        let number = match prepared.number {
            Some(number) => number,
            None => store::catalogs::next_numbers(transaction, tenant, 1).await?,
        };
        Ok(request::Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            number,
            item_id: prepared.item,
            item_version: prepared.version,
            item_name,
            requester_id: requester.0,
            requested_for_id: requested_for.0,
            state: APPROVING.to_owned(),
            answers: document::write(&answers::shown(answers))?,
            labels: document::write(&prepared.labels)?,
            price_millionths: price.millionths(),
            cost_centre_id: cost_centre.map(|CostCentreId(id)| id),
            submission_id: None,
            bundle_id: None,
            bundle_version: None,
            bundle_name: None,
            approval: String::new(),
            stage: None,
            look_at_ms: None,
            created_at_ms: self.now_ms(),
            ended_at_ms: None,
            version: 1,
        })
    }
}

fn of_bundle(row: request::Model, of: Option<&OfBundle>) -> request::Model {
    request::Model {
        submission_id: of.map(|of| of.submission),
        bundle_id: of.map(|of| of.bundle),
        bundle_version: of.map(|of| of.version),
        bundle_name: of.map(|of| of.name.clone()),
        ..row
    }
}

pub(super) fn item_changed(name: &str) -> CatalogError {
    let reason = format!("{name} is not offered any more as you saw it: look at it again");
    CatalogError::conflict("item_changed", reason)
}
