//! Bundles: what somebody may choose of one, and asking for what they chose: all of it, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sea_orm::ConnectionTrait;
use suite_contracts::{TenantId, UserId};
use suite_kit::auth::Caller;
use uuid::Uuid;

use super::items::Versioned;
use super::requests::Asked;
use super::submitting::{OfBundle, Prepared, Wanted, item_changed};
use super::{Catalog, Content, Named};
use crate::api::bundles::{ChosenPart, PartBody, SubmitBundle};
use crate::api::forms::PrefillBody;
use crate::error::{CatalogError, Fault};
use crate::model::bundle::{self, ChoiceError, Presets};
use crate::model::form::Form;
use crate::permissions::{ITEMS_READ, ITEMS_WRITE, REQUESTS_WRITE};
use crate::store::entities::{item, request};
use crate::store::items::PUBLISHED;
use crate::store::{self, versions};

/// What somebody may choose of a bundle.
#[derive(Debug, Clone)]
pub(crate) struct BundleOffer {
    pub version: i32,
    pub parts: Vec<OfferedPart>,
    /// Whom the items name.
    pub named: Named,
}

#[derive(Debug, Clone)]
pub(crate) struct OfferedPart {
    /// In the bundle, from 0.
    pub place: usize,
    pub item: Uuid,
    pub name: String,
    pub is_required: bool,
    pub presets: Presets,
    /// The item as it can be asked for; its form begins with what is preset.
    pub version: Option<Versioned>,
    /// Why it cannot be.
    pub fault: Option<String>,
}

/// The items of parts, by their ids, each with its published version.
type Items = BTreeMap<Uuid, (item::Model, Option<Versioned>)>;

impl Catalog {
    /// What the caller may choose of a bundle. What is not shown to them, and may be left out, is.
    pub(crate) async fn bundle_offer(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<BundleOffer, CatalogError> {
        caller.require(ITEMS_READ)?;
        let row = self.visible_item(caller, id).await?;
        let (version, parts) = self.offered_parts(caller, &row).await?;
        let versions = parts.iter().filter_map(|part| part.version.as_ref());
        let named = self.named(caller.tenant(), versions).await?;
        Ok(BundleOffer { version, parts, named })
    }

    async fn offered_parts(
        &self,
        caller: &Caller,
        bundle: &item::Model,
    ) -> Result<(i32, Vec<OfferedPart>), CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let number = bundle.published.filter(|_| bundle.is_bundle);
        let number = number.ok_or(CatalogError::NotFound("bundle"))?;
        let content = self.version((tenant, bundle.id), number).await?;
        let parts = &content.as_ref().ok_or(CatalogError::NotFound("version"))?.parts;
        let shown: BTreeSet<Uuid> = match caller.may(ITEMS_WRITE) {
            true => parts.iter().map(|part| part.item_id).collect(),
            false => {
                let groups = self.groups_of(caller).await?;
                let ids = parts.iter().map(|part| part.item_id);
                store::items::offered(connection, (tenant, &groups), ids).await?
            }
        };
        let items = items_of(connection, tenant, parts).await?;
        let offered = parts.iter().enumerate();
        let offered = offered.filter(|(_, part)| shown.contains(&part.item_id));
        let offered = offered.map(|(place, part)| offered_part(place, part, &items));
        Ok((number, offered.collect()))
    }

    /// Refuses parts of which nobody could ask for one.
    pub(super) async fn require_parts(
        &self,
        tenant: TenantId,
        parts: &[PartBody],
    ) -> Result<(), CatalogError> {
        if parts.is_empty() {
            return Ok(());
        }
        let items = items_of(self.database().read(), tenant, parts).await?;
        let checked = parts.iter().enumerate().map(|(place, part)| standing(place, part, &items));
        let faults: Vec<Fault> = checked.filter_map(Result::err).collect();
        if !faults.is_empty() {
            return Err(CatalogError::Invalid(faults));
        }
        let users = parts.iter().flat_map(PartBody::users).collect();
        self.require_known(tenant, ("/parts", &users), &[]).await
    }

    /// Refuses to publish a bundle of which an item is not offered any more, or has become another.
    pub(super) async fn require_sound(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<(), CatalogError> {
        let row = self.known_item(tenant, id).await?;
        let number = row.draft.or(row.published).filter(|_| row.is_bundle);
        let Some(number) = number else { return Ok(()) };
        let content = self.version((tenant, id), number).await?;
        let parts = &content.as_ref().ok_or(CatalogError::NotFound("version"))?.parts;
        match self.require_parts(tenant, parts).await {
            Err(CatalogError::Invalid(faults)) => {
                let reasons: Vec<String> = faults.into_iter().map(|fault| fault.reason).collect();
                Err(CatalogError::conflict("bundle_unsound", reasons.join("; ")))
            }
            checked => checked,
        }
    }

    /// Asks for a bundle: for each part that was chosen, by a request of its own.
    pub(crate) async fn submit_bundle(
        &self,
        caller: &Caller,
        id: Uuid,
        body: SubmitBundle,
    ) -> Result<Vec<Asked>, CatalogError> {
        caller.require(REQUESTS_WRITE)?;
        let (tenant, requester) = (caller.tenant(), Self::person(caller)?);
        self.start_with(tenant).await?;
        let bundle = self.visible_item(caller, id).await?;
        if !bundle.is_bundle {
            let reason = "this item is no bundle: ask for it as such";
            return Err(CatalogError::conflict("no_bundle", reason));
        }
        if bundle.state != PUBLISHED || bundle.published != Some(body.bundle_version) {
            return Err(item_changed(&bundle.name));
        }
        let (_, offered) = self.offered_parts(caller, &bundle).await?;
        check_choice(&offered, &body.parts)?;
        let requested_for = self.recipient(tenant, requester, body.requested_for_id).await?;
        let people = (tenant, requester, requested_for);
        let prepared = self.prepare_parts(people, &offered, &body.parts).await?;
        let of = OfBundle {
            submission: Uuid::now_v7(),
            bundle: bundle.id,
            version: body.bundle_version,
            name: bundle.name,
        };
        let rows = self.make_together(caller, &of, prepared).await?;
        let names = self.names(tenant, &BTreeSet::from([requester, requested_for])).await?;
        Ok(rows.into_iter().map(|row| Asked { row, names: names.clone() }).collect())
    }

    /// Checks each part that was chosen; what is wrong with any of them is said at once.
    async fn prepare_parts(
        &self,
        people: (TenantId, UserId, UserId),
        offered: &[OfferedPart],
        chosen: &[ChosenPart],
    ) -> Result<Vec<(String, Prepared)>, CatalogError> {
        let mut chosen: Vec<(usize, &ChosenPart)> = chosen.iter().enumerate().collect();
        chosen.sort_by_key(|(_, part)| part.place);
        let (mut prepared, mut faults) = (Vec::new(), Vec::new());
        for (at, chosen) in chosen {
            let part = offered.iter().find(|part| part.place == chosen.place);
            let part = part.ok_or(CatalogError::NotFound("part"))?;
            let version = part.version.as_ref();
            let version = version.filter(|version| version.number == chosen.item_version);
            let version = version.ok_or_else(|| match &part.fault {
                Some(fault) => CatalogError::conflict("item_changed", fault.as_str()),
                None => item_changed(&part.name),
            })?;
            let wanted = Wanted {
                item: part.item,
                version: version.number,
                content: Arc::new(version.content.clone()),
                presets: &part.presets,
                answers: &chosen.answers,
            };
            let place = format!("/parts/{at}");
            match self.prepare(people, wanted).await.map_err(|error| within(&place, part, error)) {
                Ok(one) => prepared.push((place, one)),
                Err(CatalogError::Invalid(found)) => faults.extend(found),
                Err(error) => return Err(error),
            }
        }
        if faults.is_empty() { Ok(prepared) } else { Err(CatalogError::Invalid(faults)) }
    }

    /// Makes a request of each, in one transaction.
    async fn make_together(
        &self,
        caller: &Caller,
        of: &OfBundle,
        prepared: Vec<(String, Prepared)>,
    ) -> Result<Vec<request::Model>, CatalogError> {
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let bundle = store::items::held(&transaction, tenant, of.bundle).await?;
        let bundle = bundle.ok_or(CatalogError::NotFound("item"))?;
        if bundle.state != PUBLISHED || bundle.published != Some(of.version) {
            return Err(item_changed(&of.name));
        }
        let worlds = prepared.iter().filter(|(_, one)| one.is_approved());
        self.lock_teams(&transaction, tenant, worlds.map(|(_, one)| &one.world)).await?;
        let (mut rows, mut entries) = (Vec::new(), Vec::new());
        for (place, one) in prepared {
            let made = self.make(&transaction, (caller, Some(of)), &one).await;
            let (row, told) = made.map_err(|error| prefixed(&place, error))?;
            rows.push(row);
            entries.extend(told);
        }
        let Some(row) = rows.first() else { return Ok(rows) };
        self.tell_all(transaction, row, entries).await?;
        Ok(rows)
    }
}

impl Versioned {
    /// Of which items a bundle consists is for those who write them; others are offered parts.
    pub(super) fn leave_out_parts(&mut self, caller: &Caller) {
        if !caller.may(ITEMS_WRITE) {
            self.content.parts.clear();
        }
    }
}

impl Content {
    /// The items of a bundle, each with whether it is required.
    pub(super) fn consists_of(&self) -> impl Iterator<Item = (Uuid, bool)> {
        self.parts.iter().map(|part| (part.item_id, part.is_required))
    }
}

async fn items_of(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    parts: &[PartBody],
) -> Result<Items, CatalogError> {
    let ids: BTreeSet<Uuid> = parts.iter().map(|part| part.item_id).collect();
    let rows = store::items::by_ids(connection, tenant, ids).await?;
    let numbers = rows.iter().filter_map(|row| row.published.map(|number| (row.id, number)));
    let versions = versions::of_items(connection, tenant, numbers).await?;
    let mut items = Items::new();
    for row in rows {
        let version = versions.iter().find(|version| version.item_id == row.id);
        items.insert(row.id, (row, version.map(Versioned::of).transpose()?));
    }
    Ok(items)
}

/// A part's item and its form as it is asked, or why nobody can ask for it.
fn standing<'a>(
    place: usize,
    part: &PartBody,
    items: &'a Items,
) -> Result<(&'a Versioned, Form, Presets), Fault> {
    let at = format!("/parts/{place}");
    let presets = part.read(&at)?;
    let not_offered = |reason: String| Fault::new(format!("{at}/item_id"), reason);
    let (row, version) =
        items.get(&part.item_id).ok_or_else(|| not_offered("there is no such item".to_owned()))?;
    let name = &row.name;
    if row.is_bundle {
        let reason = format!("{name} is a bundle itself, and no bundle has another");
        return Err(not_offered(reason));
    }
    let version = version.as_ref().filter(|_| row.state == PUBLISHED);
    let version = version.ok_or_else(|| {
        not_offered(format!("{name} cannot be asked for: it is {}; publish it first", row.state))
    })?;
    let form = version.content.form.clone().read("/form");
    let form = form.map_err(|fault| Fault::new(at.as_str(), fault.reason))?;
    let form = bundle::asked(&form, &presets).map_err(|error| {
        let field = error.field().map(|field| format!("/presets/{field}")).unwrap_or_default();
        Fault::new(format!("{at}{field}"), format!("{name}: {error}"))
    })?;
    Ok((version, form, presets))
}

fn offered_part(place: usize, part: &PartBody, items: &Items) -> OfferedPart {
    let name = items.get(&part.item_id).map(|(row, _)| row.name.clone()).unwrap_or_default();
    let (item, is_required) = (part.item_id, part.is_required);
    match standing(place, part, items) {
        Ok((version, _, presets)) => {
            let mut version = version.clone();
            for field in &mut version.content.form.fields {
                if let Some(preset) = part.presets.get(&field.key) {
                    field.prefill = Some(PrefillBody::Value(preset.answer.clone()));
                }
            }
            let version = Some(version);
            OfferedPart { place, item, name, is_required, presets, version, fault: None }
        }
        Err(Fault { reason, .. }) => {
            let (presets, fault) = (Presets::new(), Some(reason));
            OfferedPart { place, item, name, is_required, presets, version: None, fault }
        }
    }
}

fn check_choice(offered: &[OfferedPart], chosen: &[ChosenPart]) -> Result<(), CatalogError> {
    let required = offered.iter().map(|part| (part.place, part.is_required)).collect();
    let places: Vec<usize> = chosen.iter().map(|part| part.place).collect();
    let checked = bundle::check_choice(&required, &places).map_err(|error| match error {
        ChoiceError::NoPart { at, .. } | ChoiceError::Doubled { at, .. } => {
            Fault::new(format!("/parts/{at}/place"), error)
        }
        ChoiceError::LeftOut { place } => {
            let part = offered.iter().find(|part| part.place == place);
            let name = part.map(|part| part.name.as_str()).unwrap_or_default();
            let reason = format!("{name} belongs to the bundle, and cannot be left out");
            Fault::new("/parts", reason)
        }
        ChoiceError::Nothing => Fault::new("/parts", error),
    });
    Ok(checked?)
}

/// What is wrong with a part's answers, by its place, and with the name of its item.
fn within(place: &str, part: &OfferedPart, error: CatalogError) -> CatalogError {
    match prefixed(place, error) {
        CatalogError::Invalid(faults) => {
            let named = |Fault { at, reason }| Fault::new(at, format!("{}: {reason}", part.name));
            CatalogError::Invalid(faults.into_iter().map(named).collect())
        }
        error => error,
    }
}

fn prefixed(place: &str, error: CatalogError) -> CatalogError {
    match error {
        CatalogError::Invalid(faults) => {
            let placed = |Fault { at, reason }| Fault::new(format!("{place}{at}"), reason);
            CatalogError::Invalid(faults.into_iter().map(placed).collect())
        }
        error => error,
    }
}
