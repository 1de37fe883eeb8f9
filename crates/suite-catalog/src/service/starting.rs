//! What a tenant's catalog begins with: eight categories, and six items that can be asked for.

use std::sync::PoisonError;

use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::{Actor, Entry};
use suite_kit::db::{Transaction, is_duplicate};
use uuid::Uuid;

use super::{Catalog, Content};
use crate::api::approvals::{ApprovalBody, ApproverBody, DeadlineBody, RuleBody, StageBody};
use crate::api::conditions::ConditionBody;
use crate::api::forms::{DateBoundBody, FieldBody, FormBody, KindBody, OptionBody, PrefillBody};
use crate::api::items::ItemContent;
use crate::api::tasks::TaskPlanBody;
use crate::error::CatalogError;
use crate::store;
use crate::store::items::PUBLISHED;

const CATEGORIES: [(&str, &str); 8] = [
    ("Access", "Accounts, roles and permissions"),
    ("Data", "Databases, exports and restores"),
    ("Hardware", "Laptops, phones and what goes with them"),
    ("Infrastructure", "Servers, networks and storage"),
    ("Onboarding", "All that somebody new needs"),
    ("Security", "Reviews, certificates and exceptions"),
    ("Software", "Licences and installations"),
    ("Support", "Help with what is there"),
];
const DAY_MINUTES: i64 = 24 * 60;

impl Catalog {
    /// Makes a tenant's catalog at its first use.
    pub(super) async fn start_with(&self, tenant: TenantId) -> Result<(), CatalogError> {
        let begun = || self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if begun().contains(&tenant) {
            return Ok(());
        }
        self.start_once(tenant).await?;
        begun().insert(tenant);
        Ok(())
    }

    async fn start_once(&self, tenant: TenantId) -> Result<(), CatalogError> {
        if store::catalogs::exists(self.database().read(), tenant).await? {
            return Ok(());
        }
        let (transaction, now_ms) = (self.database().begin().await?, self.now_ms());
        match store::catalogs::insert(&transaction, tenant, now_ms).await {
            // Somebody else was quicker, and is done.
            Err(error) if is_duplicate(&error) => return Ok(transaction.roll_back().await?),
            made => made?,
        }
        let mut categories = Vec::new();
        for (name, description) in CATEGORIES {
            let id = Uuid::now_v7();
            let texts = (name, description);
            store::categories::insert(&transaction, (tenant, id), texts, now_ms).await?;
            categories.push((name, id));
        }
        let category = |wanted: &str| {
            let found = categories.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, id)| *id).unwrap_or_default()
        };
        let items = ready_items();
        for (wanted, item) in items {
            let item = ItemContent { category_id: category(wanted), ..item };
            self.publish_ready(&transaction, tenant, item).await?;
        }
        let detail = json!({ "categories": CATEGORIES.len(), "items": 6 });
        let entry = Entry::new("service-catalog.catalog.created", "catalog", tenant).with(detail);
        self.finish(transaction, Actor::system(tenant, "service catalog"), entry).await
    }

    async fn publish_ready(
        &self,
        transaction: &Transaction,
        tenant: TenantId,
        item: ItemContent,
    ) -> Result<(), CatalogError> {
        let (content, now_ms) = (Content::read(item)?, self.now_ms());
        let mut row = content.item(tenant, now_ms);
        (row.state, row.published, row.draft) = (PUBLISHED.to_owned(), Some(1), None);
        let id = row.id;
        store::items::insert(transaction, row).await?;
        let draft = content.draft((tenant, id), 1, now_ms)?;
        store::versions::replace_draft(transaction, draft).await?;
        store::versions::publish(transaction, (tenant, id), 1, now_ms).await?;
        Ok(())
    }
}

/// Each with the name of its category. Who does the work, a tenant says with its own groups.
fn ready_items() -> [(&'static str, ItemContent); 6] {
    let manager = || vec![stage("Manager", ApproverBody::Manager, None)];
    let above = |price: &str| Some(ConditionBody::PriceAbove(price.to_owned()));
    let owner = |condition| stage("Cost centre", ApproverBody::CostCentreOwner, condition);
    [
        (
            "Hardware",
            item("Laptop", "A laptop for work, with what goes with it", laptop(), manager()),
        ),
        ("Software", item("Software licence", "A licence of a program", licence(), manager())),
        (
            "Access",
            item("Access to a system", "An account, or more rights in one", access(), manager()),
        ),
        ("Infrastructure", item("Virtual machine", "A server of one's own", machine(), manager())),
        (
            "Onboarding",
            item("Onboarding", "All that somebody new needs on the first day", onboarding(), {
                let mut stages = manager();
                stages.push(owner(above("1000")));
                stages
            }),
        ),
        ("Infrastructure", item("KALDRIX node", "A full node of the ledger", node(), manager())),
    ]
}

fn item(name: &str, summary: &str, fields: Vec<FieldBody>, stages: Vec<StageBody>) -> ItemContent {
    ItemContent {
        category_id: Uuid::nil(),
        name: name.to_owned(),
        summary: summary.to_owned(),
        description: String::new(),
        price: "0".to_owned(),
        cost_centre_id: None,
        group_ids: Vec::new(),
        form: FormBody { fields },
        approval: ApprovalBody { stages },
        tasks: TaskPlanBody::default(),
        parts: Vec::new(),
    }
}

/// Within three days, with a reminder after each.
fn stage(name: &str, approver: ApproverBody, condition: Option<ConditionBody>) -> StageBody {
    let remind_after_minutes = vec![DAY_MINUTES, 2 * DAY_MINUTES];
    StageBody {
        name: name.to_owned(),
        rule: RuleBody::Any,
        approvers: vec![approver],
        condition,
        deadline: Some(DeadlineBody { within_minutes: 3 * DAY_MINUTES, remind_after_minutes }),
        escalate_to: Vec::new(),
    }
}

fn field(key: &str, label: &str, kind: KindBody) -> FieldBody {
    FieldBody {
        key: key.to_owned(),
        label: label.to_owned(),
        help: String::new(),
        kind,
        required: true,
        prefill: None,
        show: None,
        require: None,
    }
}

fn optional(key: &str, label: &str, kind: KindBody) -> FieldBody {
    FieldBody { required: false, ..field(key, label, kind) }
}

fn short() -> KindBody {
    KindBody::Text { is_long: false, chars_min: 0, chars_max: 200, pattern: None }
}

fn long() -> KindBody {
    KindBody::Text { is_long: true, chars_min: 0, chars_max: 4_000, pattern: None }
}

fn choice(options: &[(&str, &str)]) -> KindBody {
    let option = |(value, label): &(&str, &str)| OptionBody {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
    };
    KindBody::Choice { options: options.iter().map(option).collect(), query: None }
}

fn number(min: &str, max: &str) -> KindBody {
    let (min, max) = (Some(min.to_owned()), Some(max.to_owned()));
    KindBody::Number { min, max, step: Some("1".to_owned()) }
}

fn coming() -> KindBody {
    KindBody::Date { earliest: Some(DateBoundBody::DaysFromToday(0)), latest: None }
}

fn laptop() -> Vec<FieldBody> {
    let systems = [("linux", "Linux"), ("macos", "macOS"), ("windows", "Windows")];
    let sizes = [("light", "Light, 13 or 14 inches"), ("large", "Large, 16 inches")];
    vec![
        field("system", "Operating system", choice(&systems)),
        field("size", "Size", choice(&sizes)),
        FieldBody {
            prefill: Some(PrefillBody::DaysFromToday(14)),
            ..field("needed_on", "Needed on", coming())
        },
        optional("remarks", "What else we should know", long()),
    ]
}

fn licence() -> Vec<FieldBody> {
    vec![
        field("program", "Program", short()),
        field("seats", "Seats", number("1", "1000")),
        field("purpose", "What it is for", long()),
    ]
}

fn access() -> Vec<FieldBody> {
    let rights = [("read", "See"), ("write", "See and change"), ("admin", "Administrate")];
    vec![
        field("system", "System", short()),
        field("rights", "Rights", choice(&rights)),
        optional("until", "Until", coming()),
        field("purpose", "What it is for", long()),
    ]
}

fn machine() -> Vec<FieldBody> {
    let systems =
        [("debian", "Debian"), ("rhel", "Red Hat Enterprise Linux"), ("windows", "Windows Server")];
    let places = [("test", "Test"), ("production", "Production")];
    vec![
        field("name", "Name", short()),
        field("system", "Operating system", choice(&systems)),
        field("place", "Where it runs", choice(&places)),
        field("cores", "Processor cores", number("1", "128")),
        field("memory_gib", "Memory in GiB", number("1", "2048")),
        field("disk_gib", "Disk in GiB", number("10", "65536")),
    ]
}

fn onboarding() -> Vec<FieldBody> {
    vec![
        field("name", "Name of who is new", short()),
        field("starts_on", "First day", coming()),
        FieldBody {
            prefill: Some(PrefillBody::Requester),
            ..field("mentor", "Who looks after them", KindBody::User { group_id: None })
        },
        optional("remarks", "What else they need", long()),
    ]
}

fn node() -> Vec<FieldBody> {
    let networks = [("test", "Test network"), ("main", "Main network")];
    vec![
        field("network", "Network", choice(&networks)),
        field("site", "Site", short()),
        field("purpose", "What it is for", long()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ready_item_can_be_asked_for() {
        let names: Vec<&str> = CATEGORIES.iter().map(|(name, _)| *name).collect();
        for (category, item) in ready_items() {
            assert!(names.contains(&category), "{category}");
            let name = item.name.clone();
            let content = Content::read(item).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!content.asked().unwrap().fields().is_empty(), "{name}");
            assert!(!content.plan().unwrap().stages().is_empty(), "{name}");
        }
    }
}
