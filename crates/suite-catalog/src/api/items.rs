//! Items and their versions.

use serde::{Deserialize, Serialize};
use suite_contracts::GroupId;
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::approvals::ApprovalBody;
use super::bundles::PartBody;
use super::forms::FormBody;
use super::requests::PersonView;
use super::tasks::TaskPlanBody;
use crate::model::decimal::Decimal;
use crate::service::{Content, Listed, Shown, Versioned};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemFilter {
    /// Part of a name or a summary.
    pub search: Option<String>,
    pub category_id: Option<Uuid>,
    /// Bundles alone, or those alone that are none.
    pub is_bundle: Option<bool>,
    /// Those alone that the caller has marked.
    #[serde(default)]
    #[param(required = false)]
    pub favourites: bool,
    /// `published` unless told otherwise; the others are for those who write items.
    #[param(inline)]
    pub state: Option<ItemState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemState {
    Draft,
    Published,
    Withdrawn,
}

impl ItemState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// An item in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemSummary {
    pub id: Uuid,
    pub category_id: Uuid,
    pub name: String,
    pub summary: String,
    /// In the tenant's currency; of a bundle that of all that is required.
    pub price: String,
    pub state: String,
    /// Whether it consists of other items.
    pub is_bundle: bool,
    pub is_favourite: bool,
}

/// An item, with its published version; for those who write items also with its draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Item {
    pub id: Uuid,
    pub state: String,
    /// Whether it consists of other items.
    pub is_bundle: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<ItemVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<ItemVersion>,
    /// The people whom these versions name: approvers, and those of forms.
    pub people: Vec<PersonView>,
    /// The groups that they name.
    pub groups: Vec<ItemGroup>,
    pub is_favourite: bool,
    pub version: i64,
}

/// A group that an item names.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemGroup {
    pub id: GroupId,
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemVersion {
    /// From 1.
    pub number: i32,
    #[serde(flatten)]
    pub content: ItemContent,
    /// Absent in a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub published_at: Option<String>,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ItemContent {
    pub category_id: Uuid,
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 300)]
    pub summary: String,
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub description: String,
    /// In the tenant's currency; nothing unless told otherwise.
    #[serde(default = "free")]
    #[schema(example = "1200.50")]
    pub price: String,
    /// To which it is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_centre_id: Option<Uuid>,
    /// To whose members it is shown; to everybody if there is none.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub group_ids: Vec<GroupId>,
    #[serde(default)]
    pub form: FormBody,
    #[serde(default)]
    pub approval: ApprovalBody,
    #[serde(default)]
    pub tasks: TaskPlanBody,
    /// Makes it a bundle: the items that are asked for with it. A bundle has no form, approval, tasks,
    /// price or cost centre of its own. Told to those alone who write items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub parts: Vec<PartBody>,
}

fn free() -> String {
    "0".to_owned()
}

impl From<Listed> for ItemSummary {
    fn from(Listed { row, is_favourite }: Listed) -> Self {
        Self {
            id: row.id,
            category_id: row.category_id,
            name: row.name,
            summary: row.summary,
            price: Decimal::from_millionths(row.price_millionths).to_string(),
            state: row.state,
            is_bundle: row.is_bundle,
            is_favourite,
        }
    }
}

impl From<Shown> for Item {
    fn from(Shown { row, published, draft, named, is_favourite }: Shown) -> Self {
        let [published, draft] = [published, draft].map(|one| one.map(ItemVersion::from));
        let (id, state, version) = (row.id, row.state, row.version);
        let is_bundle = row.is_bundle;
        let people = named.people.keys().map(|id| PersonView::of(*id, &named.people)).collect();
        let group = |(id, name)| ItemGroup { id, name };
        let groups = named.groups.into_iter().map(group).collect();
        Self { id, state, is_bundle, published, draft, people, groups, is_favourite, version }
    }
}

impl From<Versioned> for ItemVersion {
    fn from(Versioned { number, content, published_at_ms }: Versioned) -> Self {
        let Content { category, name, summary, description, price, cost_centre, .. } = &content;
        let content = ItemContent {
            category_id: *category,
            name: name.clone(),
            summary: summary.clone(),
            description: description.clone(),
            price: price.to_string(),
            cost_centre_id: *cost_centre,
            group_ids: content.groups.iter().copied().collect(),
            form: content.form.clone(),
            approval: content.approval.clone(),
            tasks: content.tasks.clone(),
            parts: content.parts.clone(),
        };
        Self { number, content, published_at: published_at_ms.map(rfc3339) }
    }
}
