//! What an item is in one version: read, checked, kept.

use std::collections::BTreeSet;

use sea_orm::{DbErr, Set};
use suite_contracts::{GroupId, TenantId};
use uuid::Uuid;

use super::{Model, new_row};
use crate::api::approvals::ApprovalBody;
use crate::api::bundles::PartBody;
use crate::api::forms::FormBody;
use crate::api::items::ItemContent;
use crate::api::tasks::TaskPlanBody;
use crate::error::{CatalogError, Fault};
use crate::model::approval::Plan;
use crate::model::bundle::PARTS_MAX;
use crate::model::decimal::Decimal;
use crate::model::form::Form;
use crate::model::plan::TaskPlan;
use crate::service::{Catalog, line, text};
use crate::store::entities::item_version;
use crate::store::{document, option_lists};

const NAME_CHARS_MAX: usize = 100;
const SUMMARY_CHARS_MAX: usize = 300;
const DESCRIPTION_CHARS_MAX: usize = 20_000;
const GROUPS_MAX: usize = 50;

/// What an item is, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub category: Uuid,
    pub name: String,
    pub summary: String,
    pub description: String,
    pub price: Decimal,
    pub cost_centre: Option<Uuid>,
    pub groups: BTreeSet<GroupId>,
    pub form: FormBody,
    pub approval: ApprovalBody,
    pub tasks: TaskPlanBody,
    /// Of a bundle.
    pub parts: Vec<PartBody>,
}

/// One of an item's versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Versioned {
    pub number: i32,
    pub content: Content,
    /// None for a draft.
    pub published_at_ms: Option<i64>,
}

impl Catalog {
    /// Reads what an item is to be, and asks Hub for those whom it names.
    pub(crate) async fn checked(
        &self,
        tenant: TenantId,
        content: ItemContent,
    ) -> Result<Content, CatalogError> {
        let content = Content::read(content)?;
        let Content { groups, approval, tasks, form, .. } = &content;
        let groups = [
            ("/group_ids", groups.clone()),
            ("/approval", approval.groups()),
            ("/form", form.groups().collect()),
            ("/tasks", tasks.groups().collect()),
        ];
        self.require_known(tenant, ("/approval", &approval.users()), &groups).await?;
        self.require_parts(tenant, &content.parts).await?;
        let lists: BTreeSet<Uuid> = form.lists().collect();
        let connection = self.database().read();
        let known = option_lists::by_ids(connection, tenant, lists.iter().copied()).await?;
        if let Some(unknown) = lists.iter().find(|id| !known.iter().any(|row| row.id == **id)) {
            return Err(Fault::new("/form", format!("there is no list {unknown}")).into());
        }
        Ok(content)
    }
}

impl Content {
    /// As far as it can be checked without asking anybody.
    pub(crate) fn read(content: ItemContent) -> Result<Self, CatalogError> {
        let price: Decimal = content
            .price
            .trim()
            .parse()
            .ok()
            .filter(|price| *price >= Decimal::ZERO)
            .ok_or_else(|| Fault::new("/price", "a price is a number such as 1200.50, or 0"))?;
        let groups: BTreeSet<GroupId> = content.group_ids.iter().copied().collect();
        if groups.len() > GROUPS_MAX {
            let reason = format!("an item is shown to at most {GROUPS_MAX} groups");
            return Err(CatalogError::invalid("group_ids", reason));
        }
        content.form.clone().read("/form")?;
        content.approval.clone().read("/approval")?;
        content.tasks.clone().read("/tasks")?;
        read_parts(&content, price)?;
        Ok(Self {
            category: content.category_id,
            name: line("name", &content.name, NAME_CHARS_MAX)?,
            summary: text("summary", &content.summary, SUMMARY_CHARS_MAX)?,
            description: text("description", &content.description, DESCRIPTION_CHARS_MAX)?,
            price,
            cost_centre: content.cost_centre_id,
            groups,
            form: content.form,
            approval: content.approval,
            tasks: content.tasks,
            parts: content.parts,
        })
    }

    pub(crate) fn is_bundle(&self) -> bool {
        !self.parts.is_empty()
    }

    /// What is to be done once it is approved.
    pub(crate) fn task_plan(&self) -> Result<TaskPlan, CatalogError> {
        self.tasks.clone().read("/tasks").map_err(|fault| unsound(&fault))
    }

    /// A new item with it.
    pub(crate) fn item(&self, tenant: TenantId, now_ms: i64) -> Model {
        new_row(tenant, self, now_ms)
    }

    /// What lists show.
    pub(super) fn show_in(&self, row: &mut Model) {
        row.category_id = self.category;
        row.name.clone_from(&self.name);
        row.summary.clone_from(&self.summary);
        row.price_millionths = self.price.millionths();
    }

    pub(crate) fn draft(
        &self,
        (tenant, item): (TenantId, Uuid),
        number: i32,
        now_ms: i64,
    ) -> Result<item_version::ActiveModel, DbErr> {
        Ok(item_version::ActiveModel {
            id: Set(Uuid::now_v7()),
            tenant_id: Set(tenant.0),
            item_id: Set(item),
            number: Set(number),
            category_id: Set(self.category),
            name: Set(self.name.clone()),
            summary: Set(self.summary.clone()),
            description: Set(self.description.clone()),
            price_millionths: Set(self.price.millionths()),
            cost_centre_id: Set(self.cost_centre),
            groups: Set(serde_json::json!(self.groups).to_string()),
            form: Set(document::write(&self.form)?),
            approval: Set(document::write(&self.approval)?),
            tasks: Set(document::write(&self.tasks)?),
            parts: Set(document::write(&self.parts)?),
            created_at_ms: Set(now_ms),
            published_at_ms: Set(None),
        })
    }

    /// The form as it is asked. It was checked when it was written.
    pub(crate) fn asked(&self) -> Result<Form, CatalogError> {
        self.form.clone().read("/form").map_err(|fault| unsound(&fault))
    }

    pub(crate) fn plan(&self) -> Result<Plan, CatalogError> {
        self.approval.clone().read("/approval").map_err(|fault| unsound(&fault))
    }
}

/// A bundle has parts that can be read, and nothing that they have themselves.
fn read_parts(content: &ItemContent, price: Decimal) -> Result<(), CatalogError> {
    if content.parts.is_empty() {
        return Ok(());
    }
    if content.parts.len() > PARTS_MAX {
        let reason = format!("a bundle has at most {PARTS_MAX} parts");
        return Err(CatalogError::invalid("parts", reason));
    }
    for (place, part) in content.parts.iter().enumerate() {
        part.read(&format!("/parts/{place}"))?;
    }
    let own = [
        ("form", !content.form.fields.is_empty()),
        ("approval", !content.approval.stages.is_empty()),
        ("tasks", !content.tasks.tasks.is_empty()),
        ("price", price != Decimal::ZERO),
        ("cost_centre_id", content.cost_centre_id.is_some()),
    ];
    match own.into_iter().find(|(_, is_there)| *is_there) {
        Some((field, _)) => {
            let reason = "a bundle has none of its own: that of its items counts";
            Err(CatalogError::invalid(field, reason))
        }
        None => Ok(()),
    }
}

fn unsound(fault: &Fault) -> CatalogError {
    CatalogError::Internal(format!("a version that is kept is unsound: {}", fault.reason))
}

impl Versioned {
    pub(crate) fn of(row: &item_version::Model) -> Result<Self, DbErr> {
        let groups = serde_json::from_str(&row.groups);
        let content = Content {
            category: row.category_id,
            name: row.name.clone(),
            summary: row.summary.clone(),
            description: row.description.clone(),
            price: Decimal::from_millionths(row.price_millionths),
            cost_centre: row.cost_centre_id,
            groups: groups.map_err(|error| DbErr::Custom(error.to_string()))?,
            form: document::read(&row.form)?,
            approval: document::read(&row.approval)?,
            tasks: document::read(&row.tasks)?,
            parts: document::read(&row.parts)?,
        };
        Ok(Self { number: row.number, content, published_at_ms: row.published_at_ms })
    }
}
