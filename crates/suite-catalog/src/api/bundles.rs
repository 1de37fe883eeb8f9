//! Bundles: of what they consist, what somebody may choose of one, and what they chose.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use suite_contracts::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answers::{AnswerBody, AnswersBody};
use super::items::{ItemGroup, ItemVersion};
use super::key;
use super::requests::{PersonView, RequestSummary};
use crate::error::Fault;
use crate::model::bundle::{Preset, Presets};
use crate::model::form::Value;
use crate::service::{BundleOffer, OfferedPart, collect_users};
use crate::store::entities::request;

/// One of the items of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BundlePart)]
pub(crate) struct PartBody {
    /// A published item, and no bundle.
    pub item_id: Uuid,
    /// Whether it cannot be left out.
    #[serde(default = "yes")]
    pub is_required: bool,
    /// With what fields of the item's form begin, by their keys.
    #[serde(default)]
    pub presets: BTreeMap<String, PresetBody>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BundlePreset)]
pub(crate) struct PresetBody {
    pub answer: AnswerBody,
    /// Whether whoever asks cannot change it.
    #[serde(default)]
    pub is_fixed: bool,
}

fn yes() -> bool {
    true
}

impl PartBody {
    pub(crate) fn read(&self, at: &str) -> Result<Presets, Fault> {
        let each = self.presets.iter().map(|(name, preset)| {
            let at = format!("{at}/presets/{name}");
            let PresetBody { answer, is_fixed } = preset.clone();
            let answer = match answer.value(&at)? {
                Value::Files(_) => {
                    return Err(Fault::new(at, "files are brought by whoever asks"));
                }
                answer => answer,
            };
            Ok((key(&at, name)?, Preset { answer, is_fixed }))
        });
        each.collect()
    }

    /// The people with whom fields begin.
    pub(crate) fn users(&self) -> BTreeSet<UserId> {
        let mut users = BTreeSet::new();
        for preset in self.presets.values() {
            if let Ok(value) = preset.answer.clone().value("") {
                collect_users(&value, &mut users);
            }
        }
        users
    }
}

/// What somebody may choose of a bundle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BundleOffer)]
pub(crate) struct OfferView {
    /// Of the bundle.
    pub version: i32,
    pub parts: Vec<OfferedPartView>,
    /// The people whom these items name: approvers, and those of forms.
    pub people: Vec<PersonView>,
    /// The groups that they name.
    pub groups: Vec<ItemGroup>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfferedPart)]
pub(crate) struct OfferedPartView {
    /// In the bundle, from 0.
    pub place: usize,
    pub item_id: Uuid,
    /// Of the item.
    pub name: String,
    pub is_required: bool,
    /// The item as it can be asked for now. Its form begins with what is preset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered: Option<ItemVersion>,
    /// Why it cannot be asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The keys of the fields whose answers are fixed.
    pub fixed: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SubmitBundle {
    /// The version of the bundle that was seen. It is refused if it is not the current one.
    pub bundle_version: i32,
    /// All that are required, and of the others those that are wanted.
    #[schema(max_items = 20)]
    pub parts: Vec<ChosenPart>,
    /// Another active member whom all of it is for.
    #[serde(default)]
    pub requested_for_id: Option<UserId>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ChosenPart {
    /// In the bundle, from 0.
    #[schema(minimum = 0)]
    pub place: usize,
    /// The version of the item whose form was answered.
    pub item_version: i32,
    /// Those that are fixed may be left out.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, AnswerBody>)]
    pub answers: AnswersBody,
}

/// The requests that were made, in the order of the bundle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubmittedBundle {
    pub requests: Vec<RequestSummary>,
}

/// The bundle that a request is part of, as it was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestBundle {
    pub id: Uuid,
    pub version: i32,
    pub name: String,
    /// What was asked for with it, by number.
    pub others: Vec<SiblingRequest>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SiblingRequest {
    pub id: Uuid,
    pub number: i64,
    pub item_name: String,
    pub state: String,
    /// Whether the caller may look at it.
    pub may_see: bool,
}

impl RequestBundle {
    pub(crate) fn of(row: &request::Model, siblings: Vec<(request::Model, bool)>) -> Option<Self> {
        let (id, version) = (row.bundle_id?, row.bundle_version?);
        let other = |(other, may_see): (request::Model, bool)| SiblingRequest {
            id: other.id,
            number: other.number,
            item_name: other.item_name,
            state: other.state,
            may_see,
        };
        let others = siblings.into_iter().map(other).collect();
        Some(Self { id, version, name: row.bundle_name.clone()?, others })
    }
}

impl From<BundleOffer> for OfferView {
    fn from(BundleOffer { version, parts, named }: BundleOffer) -> Self {
        let group = |(id, name)| ItemGroup { id, name };
        Self {
            version,
            parts: parts.into_iter().map(OfferedPartView::from).collect(),
            people: PersonView::all(&named.people),
            groups: named.groups.into_iter().map(group).collect(),
        }
    }
}

impl From<OfferedPart> for OfferedPartView {
    fn from(part: OfferedPart) -> Self {
        let fixed = part.presets.iter().filter(|(_, preset)| preset.is_fixed);
        Self {
            place: part.place,
            item_id: part.item,
            name: part.name,
            is_required: part.is_required,
            fixed: fixed.map(|(key, _)| key.to_string()).collect(),
            offered: part.version.map(ItemVersion::from),
            fault: part.fault,
        }
    }
}
