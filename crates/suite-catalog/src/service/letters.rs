//! Letters to approvers, with links to decide by. Written by a job: whom they go to, Hub says, and
//! nobody's request waits for that.

use serde::{Deserialize, Serialize};
use serde_json::json;
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;
use suite_kit::jobs::{self, Job};
use suite_kit::notify::{Notice as Letter, Rendered, Target, Template};
use uuid::Uuid;

use super::Catalog;
use super::running::{World, about};
use crate::error::CatalogError;
use crate::model::approval::{Notice, Verdict};
use crate::model::decimal::Decimal;
use crate::model::decision_link::DecisionLink;
use crate::store::entities::decision_link;
use crate::store::entities::request::Model;
use crate::store::{decision_links, requests, run};

pub(crate) const WRITE_LETTER: &str = "approval.letter";
const DAY_MS: i64 = 24 * 3_600_000;
/// For so long a link counts, or until its stage is due, if that is earlier.
const LINK_MS_MAX: i64 = 7 * DAY_MS;
/// Links that are over are known for so long, to say so.
const KNOWN_MS: i64 = 30 * DAY_MS;
const WORDS_CHARS_MAX: usize = 120;

const ASKED: Template = Template {
    subject: "Waits for your approval: {{ item }}",
    text: include_str!("../../templates/approval-requested.txt"),
    html: None,
};

/// Who is written to about what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LetterJob {
    tenant: TenantId,
    request: Uuid,
    stage: usize,
    user: UserId,
    is_reminder: bool,
}

impl Catalog {
    /// Has letters written to those who are asked, or reminded.
    pub(super) async fn plan_letters(
        &self,
        transaction: &Transaction,
        row: &Model,
        notices: &[Notice],
    ) -> Result<(), CatalogError> {
        let (tenant, request) = (TenantId(row.tenant_id), row.id);
        for notice in notices {
            let (stage, user, is_reminder) = match notice {
                Notice::Asked { stage, user, .. } => (*stage, *user, false),
                Notice::Reminded { stage, user } => (*stage, *user, true),
                _ => continue,
            };
            let letter = LetterJob { tenant, request, stage, user, is_reminder };
            let job = Job { tenant: Some(tenant), ..Job::new(WRITE_LETTER, json!(letter)) };
            jobs::enqueue(transaction, self.clock(), job).await?;
        }
        Ok(())
    }

    /// Writes a letter to somebody who still is to decide.
    pub(crate) async fn write_letter(&self, letter: LetterJob) -> Result<(), CatalogError> {
        let LetterJob { tenant, request, stage, user, .. } = letter;
        let row = requests::by_id(self.database().read(), tenant, request).await?;
        let Some(row) = row else { return Ok(()) };
        let world = self.world(&row, Some(user)).await?;
        let approval = run::read(&row.approval)?;
        let member = self.members(tenant, &[user].into()).await?.pop();
        let Some(member) = member.filter(|member| member.is_active) else { return Ok(()) };
        if super::approvals::open_to(user, &approval, &world) != Some(stage) {
            return Ok(());
        }
        let due_at_ms = approval.stages.get(stage).and_then(|stage| stage.due_at_ms);
        let now_ms = self.now_ms();
        let due_at_ms = due_at_ms.filter(|at_ms| *at_ms > now_ms).unwrap_or(i64::MAX);
        let link = decision_link::Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            request_id: row.id,
            stage: i32::try_from(stage).unwrap_or(i32::MAX),
            user_id: user.0,
            created_at_ms: now_ms,
            expires_at_ms: due_at_ms.min(now_ms + LINK_MS_MAX),
            used_at_ms: None,
        };
        let name = one_line(&member.name);
        let currency = self.currency(tenant).await?;
        let message =
            self.words((&row, &world), &link, (&name, letter.is_reminder), currency.as_deref())?;
        let target = Target::Email { to: member.email };
        let notice = Letter { sensitive: true, ..Letter::new(Some(tenant), target, message) };
        let transaction = self.database().begin().await?;
        decision_links::add(&transaction, link.clone()).await?;
        self.0.notifier.send(&transaction, notice).await?;
        let mut detail = about(&row);
        detail["link_id"] = json!(link.id);
        detail["stage"] = json!(stage);
        detail["user_id"] = json!(user);
        detail["expires_at"] = json!(rfc3339(link.expires_at_ms));
        let entry = Entry::new("service-catalog.approval.link-sent", "request", row.id);
        let system = Actor::system(tenant, "approvals");
        self.finish(transaction, system, entry.with(detail)).await
    }

    /// Forgets the links of all tenants that are over, once nobody asks what they were.
    pub(crate) async fn tidy_links(&self) -> Result<(), CatalogError> {
        let transaction = self.database().begin().await?;
        decision_links::forget_expired(&transaction, self.now_ms() - KNOWN_MS).await?;
        Ok(transaction.commit_unaudited("what is over").await?)
    }

    fn words(
        &self,
        (row, world): (&Model, &World),
        link: &decision_link::Model,
        (name, is_reminder): (&str, bool),
        currency: Option<&str>,
    ) -> Result<Rendered, CatalogError> {
        let (requester, other) = (UserId(row.requester_id), UserId(row.requested_for_id));
        let named =
            |user| world.names.get(&user).map_or("somebody".to_owned(), |name| one_line(name));
        let stage = usize::try_from(link.stage).unwrap_or(0);
        let stage = world.plan.stages().get(stage).map_or("", |stage| stage.name.as_str());
        let public_url = &self.0.public_url;
        let words = json!({
            "name": name,
            "requester": named(requester),
            "requested_for": (other != requester).then(|| named(other)),
            "item": one_line(&row.item_name),
            "stage": one_line(stage),
            "number": row.number,
            "price": Decimal::from_millionths(row.price_millionths).to_string(),
            "currency": currency,
            "approve": self.link(link, Verdict::Approve),
            "reject": self.link(link, Verdict::Reject),
            "until": rfc3339(link.expires_at_ms),
            "is_reminder": is_reminder,
            "product": self.0.app_name,
            "console": format!("{public_url}/service-catalog/approvals"),
        });
        let rendered = ASKED.render(&words);
        rendered.map_err(|error| CatalogError::Internal(error.to_string()))
    }

    /// What follows `#` reaches no server and no log.
    fn link(&self, row: &decision_link::Model, verdict: Verdict) -> String {
        let link = DecisionLink {
            id: row.id,
            tenant: TenantId(row.tenant_id),
            request: row.request_id,
            user: UserId(row.user_id),
            stage: u32::try_from(row.stage).unwrap_or(0),
            verdict,
            expires_at_ms: row.expires_at_ms,
        };
        format!("{}/decide#token={}", self.0.public_url, self.seal_link(&link))
    }
}

/// Names are others' words: in a letter they are one short line.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|one| if one.is_control() { ' ' } else { one });
    plain.take(WORDS_CHARS_MAX).collect()
}
