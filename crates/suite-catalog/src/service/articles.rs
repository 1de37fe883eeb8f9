//! The knowledge base: written as drafts, published in versions that never change, found by their
//! words, and told whether they help.

mod reading;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite_contracts::{GroupId, TenantId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::{Catalog, Names, line, text};
use crate::api::articles::{ArticleContent, Visibility};
use crate::error::CatalogError;
use crate::permissions::ARTICLES_WRITE;
use crate::store::entities::{article::Model, article_feedback, article_version};
use crate::store::{articles, document, problems};

pub(crate) use reading::AnsweredWith;

const TITLE_CHARS_MAX: usize = 200;
const BODY_CHARS_MAX: usize = 100_000;
const CATEGORY_CHARS_MAX: usize = 100;
const GROUPS_MAX: usize = 50;

/// An article, as far as the caller sees it.
#[derive(Debug, Clone)]
pub(crate) struct ArticleDetail {
    pub row: Model,
    pub content: Option<ArticleContent>,
    pub draft: Option<ArticleContent>,
    pub own_feedback: Option<GivenFeedback>,
    /// How many the version that was published last helped, and did not.
    pub counts: Option<(u64, u64)>,
}

/// A version, with the name of who published it.
#[derive(Debug, Clone)]
pub(crate) struct ArticleVersionDetail {
    pub row: article_version::Model,
    pub content: ArticleContent,
    pub names: Names,
}

/// What somebody thought of a version.
#[derive(Debug, Clone)]
pub(crate) struct GivenFeedback {
    pub row: article_feedback::Model,
    pub names: Names,
}

impl Catalog {
    /// Makes an article, which is a draft until it is published.
    pub(crate) async fn write_article(
        &self,
        caller: &Caller,
        body: ArticleContent,
    ) -> Result<ArticleDetail, CatalogError> {
        caller.require(ARTICLES_WRITE)?;
        let (tenant, now_ms) = (caller.tenant(), self.now_ms());
        let content = self.checked_article(tenant, body).await?;
        let transaction = self.database().begin().await?;
        let row = Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            number: problems::next_number(&transaction, tenant, "article").await?,
            title: String::new(),
            body: String::new(),
            category: String::new(),
            visibility: articles::EVERYBODY.to_owned(),
            is_published: false,
            published: 0,
            published_at_ms: None,
            draft: Some(document::write(&content)?),
            draft_title: Some(content.title.clone()),
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            version: 1,
        };
        articles::insert(&transaction, row.clone()).await?;
        let entry = told("service-catalog.article.created", &row, &content.title);
        self.finish(transaction, caller, entry).await?;
        self.article_detail(caller, row).await
    }

    /// Writes what is to be published next. What is published stays as it is.
    pub(crate) async fn draft_article(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: ArticleContent,
    ) -> Result<ArticleDetail, CatalogError> {
        caller.require(ARTICLES_WRITE)?;
        let tenant = caller.tenant();
        self.article_of(tenant, id).await?;
        let content = self.checked_article(tenant, body).await?;
        let (transaction, mut row) = self.held_article((tenant, id, expected)).await?;
        row.draft = Some(document::write(&content)?);
        row.draft_title = Some(content.title.clone());
        self.changed_article(&transaction, &mut row).await?;
        let entry = told("service-catalog.article.drafted", &row, &content.title);
        self.finish(transaction, caller, entry).await?;
        self.article_detail(caller, row).await
    }

    /// Publishes the draft as a version, which never changes, or anew what was withdrawn.
    pub(crate) async fn publish_article(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<ArticleDetail, CatalogError> {
        caller.require(ARTICLES_WRITE)?;
        let tenant = caller.tenant();
        self.article_of(tenant, id).await?;
        let (transaction, mut row) = self.held_article((tenant, id, expected)).await?;
        match row.draft.take() {
            Some(draft) => {
                let content: ArticleContent = document::read(&draft)?;
                row.published += 1;
                row.published_at_ms = Some(self.now_ms());
                let version = article_version::Model {
                    article_id: id,
                    number: row.published,
                    tenant_id: tenant.0,
                    content: draft,
                    published_at_ms: self.now_ms(),
                    published_by_id: caller.user().map(|user| user.0),
                };
                articles::add_version(&transaction, version).await?;
                let (visibility, groups) = kept(&content.visibility);
                articles::set_groups(&transaction, (tenant, id), &groups).await?;
                visibility.clone_into(&mut row.visibility);
                (row.title, row.body) = (content.title, content.body);
                (row.category, row.draft_title) = (content.category, None);
            }
            None if row.is_published => {
                let reason = "it is published as it is: write a draft first";
                return Err(CatalogError::conflict("no_draft", reason));
            }
            None => {}
        }
        row.is_published = true;
        self.changed_article(&transaction, &mut row).await?;
        let entry = told("service-catalog.article.published", &row, &row.title);
        self.finish(transaction, caller, entry).await?;
        self.article_detail(caller, row).await
    }

    /// Takes it from readers. Those who write still have it, with all its versions.
    pub(crate) async fn withdraw_article(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<ArticleDetail, CatalogError> {
        caller.require(ARTICLES_WRITE)?;
        let tenant = caller.tenant();
        self.article_of(tenant, id).await?;
        let (transaction, mut row) = self.held_article((tenant, id, expected)).await?;
        if !row.is_published {
            let reason = "it is not published";
            return Err(CatalogError::conflict("not_published", reason));
        }
        row.is_published = false;
        self.changed_article(&transaction, &mut row).await?;
        let entry = told("service-catalog.article.withdrawn", &row, &row.title);
        self.finish(transaction, caller, entry).await?;
        self.article_detail(caller, row).await
    }

    async fn article_of(&self, tenant: TenantId, id: Uuid) -> Result<Model, CatalogError> {
        let row = articles::by_id(self.database().read(), tenant, id).await?;
        row.ok_or(CatalogError::NotFound("article"))
    }

    async fn held_article(
        &self,
        (tenant, id, expected): (TenantId, Uuid, i64),
    ) -> Result<(Transaction, Model), CatalogError> {
        let transaction = self.database().begin().await?;
        let row = articles::locked(&transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("article"))?;
        if row.version != expected {
            return Err(CatalogError::Stale("article"));
        }
        Ok((transaction, row))
    }

    async fn changed_article(
        &self,
        transaction: &Transaction,
        row: &mut Model,
    ) -> Result<(), CatalogError> {
        (row.updated_at_ms, row.version) = (self.now_ms(), row.version + 1);
        Ok(articles::write(transaction, row).await?)
    }

    async fn checked_article(
        &self,
        tenant: TenantId,
        body: ArticleContent,
    ) -> Result<ArticleContent, CatalogError> {
        let said = text("body", &body.body, BODY_CHARS_MAX)?;
        if said.is_empty() {
            return Err(CatalogError::invalid("body", "there is nothing in this"));
        }
        let visibility = match body.visibility {
            Visibility::Groups(groups) => {
                let groups: BTreeSet<GroupId> = groups.into_iter().collect();
                if groups.is_empty() || groups.len() > GROUPS_MAX {
                    let reason = format!("an article is for 1 to {GROUPS_MAX} groups");
                    return Err(CatalogError::invalid("visibility/groups", reason));
                }
                let asked = [("/visibility/groups", groups.clone())];
                self.require_known(tenant, ("", &BTreeSet::new()), &asked).await?;
                Visibility::Groups(groups.into_iter().collect())
            }
            other => other,
        };
        Ok(ArticleContent {
            title: line("title", &body.title, TITLE_CHARS_MAX)?,
            body: said,
            category: line("category", &body.category, CATEGORY_CHARS_MAX)?,
            visibility,
        })
    }
}

/// A visibility as rows keep it, and its groups.
fn kept(visibility: &Visibility) -> (&'static str, Vec<Uuid>) {
    match visibility {
        Visibility::Everybody => (articles::EVERYBODY, Vec::new()),
        Visibility::Agents => (articles::AGENTS, Vec::new()),
        Visibility::Groups(groups) => {
            (articles::GROUPS, groups.iter().map(|group| group.0).collect())
        }
    }
}

fn told(action: &'static str, row: &Model, title: &str) -> Entry {
    let detail: Value = json!({
        "article_id": row.id, "number": row.number, "title": title,
        "published": row.published, "is_published": row.is_published,
    });
    Entry::new(action, "article", row.id).with(detail)
}
