//! Items: what there is to ask for. What is published is never changed: a change is a draft, which
//! is published as the next version.

mod content;

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait;
use serde_json::json;
use suite_contracts::{TenantId, UserId};
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use suite_kit::page::Page;
use uuid::Uuid;

use super::Catalog;
use super::Named;
use crate::api::bundles::PartBody;
use crate::api::items::{ItemContent, ItemFilter, ItemState};
use crate::error::CatalogError;
use crate::permissions::{ITEMS_READ, ITEMS_WRITE};
use crate::store::entities::item::Model;
use crate::store::items::{DRAFT, Filter, PUBLISHED, WITHDRAWN};
use crate::store::{self};

pub(crate) use content::{Content, Versioned};

/// An item in a list.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub row: Model,
    pub is_favourite: bool,
}

/// An item, as far as the caller may see it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub row: Model,
    pub published: Option<Versioned>,
    pub draft: Option<Versioned>,
    /// The people and the groups that its versions name.
    pub named: Named,
    pub is_favourite: bool,
}

impl Catalog {
    pub(crate) async fn items(
        &self,
        caller: &Caller,
        filter: ItemFilter,
        (after, limit): (Option<(String, Uuid)>, u64),
    ) -> Result<Page<Listed>, CatalogError> {
        caller.require(ITEMS_READ)?;
        let state = filter.state.unwrap_or(ItemState::Published);
        if state != ItemState::Published {
            caller.require(ITEMS_WRITE)?;
        }
        let tenant = caller.tenant();
        self.start_with(tenant).await?;
        let groups = match caller.may(ITEMS_WRITE) {
            true => None,
            false => Some(self.groups_of(caller).await?),
        };
        let favourites_of = match filter.favourites {
            true => Some(Self::person(caller)?),
            false => None,
        };
        let (search, category) = (filter.search, filter.category_id);
        let (state, is_bundle) = (state.as_str(), filter.is_bundle);
        let filter = Filter { state, is_bundle, search, category, favourites_of, groups };
        let rows = store::items::list(self.database(), tenant, filter, (after, limit)).await?;
        let mut page = Page::cut(rows, limit, |row| (row.name.clone(), row.id));
        self.price_bundles(tenant, &mut page.items).await?;
        let ids = page.items.iter().map(|row| row.id);
        let marked = self.marked(caller, ids).await?;
        Ok(page.map(|row| Listed { is_favourite: marked.contains(&row.id), row }))
    }

    async fn marked(
        &self,
        caller: &Caller,
        ids: impl Iterator<Item = Uuid>,
    ) -> Result<BTreeSet<Uuid>, CatalogError> {
        let Some(user) = caller.user() else { return Ok(BTreeSet::new()) };
        let own = (caller.tenant(), user);
        Ok(store::items::marked(self.database().read(), own, ids).await?)
    }

    pub(crate) async fn item(&self, caller: &Caller, id: Uuid) -> Result<Shown, CatalogError> {
        caller.require(ITEMS_READ)?;
        let row = self.visible_item(caller, id).await?;
        self.whole_item(caller, row).await
    }

    /// An item that the caller may see: of those that are published, and shown to their groups.
    pub(super) async fn visible_item(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Model, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let row = store::items::by_id(connection, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("item"))?;
        if caller.may(ITEMS_WRITE) {
            return Ok(row);
        }
        let groups = self.groups_of(caller).await?;
        let offered = store::items::offered(connection, (tenant, &groups), [id]).await?;
        if offered.contains(&id) { Ok(row) } else { Err(CatalogError::NotFound("item")) }
    }

    /// Says of bundles what is required of them costs.
    async fn price_bundles(
        &self,
        tenant: TenantId,
        rows: &mut [Model],
    ) -> Result<(), CatalogError> {
        let bundles: Vec<Uuid> =
            rows.iter().filter(|row| row.is_bundle).map(|row| row.id).collect();
        if bundles.is_empty() {
            return Ok(());
        }
        let prices = store::bundles::prices(self.database().read(), tenant, bundles).await?;
        for row in rows.iter_mut().filter(|row| row.is_bundle) {
            row.price_millionths = prices.get(&row.id).copied().unwrap_or_default();
        }
        Ok(())
    }

    async fn whole_item(&self, caller: &Caller, row: Model) -> Result<Shown, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let numbers = row.published.into_iter().chain(row.draft);
        let versions = store::versions::by_numbers(connection, (tenant, row.id), numbers).await?;
        let find = |number: Option<i32>| {
            let found = versions.iter().find(|version| Some(version.number) == number);
            found.map(Versioned::of).transpose()
        };
        let (mut published, draft) = (find(row.published)?, find(row.draft)?);
        let draft = draft.filter(|_| caller.may(ITEMS_WRITE));
        published.iter_mut().for_each(|version| version.leave_out_parts(caller));
        let is_favourite = self.marked(caller, [row.id].into_iter()).await?.contains(&row.id);
        let named = self.named(tenant, published.iter().chain(&draft)).await?;
        Ok(Shown { row, published, draft, named, is_favourite })
    }

    pub(super) async fn named(
        &self,
        tenant: TenantId,
        versions: impl Iterator<Item = &Versioned>,
    ) -> Result<Named, CatalogError> {
        let (mut users, mut groups) = (BTreeSet::new(), BTreeSet::new());
        for Versioned { content, .. } in versions {
            users.extend(content.approval.users());
            users.extend(content.form.users());
            users.extend(content.parts.iter().flat_map(PartBody::users));
            groups.extend(&content.groups);
            groups.extend(content.approval.groups());
            groups.extend(content.form.groups());
            groups.extend(content.tasks.groups());
        }
        self.called(tenant, &users, &groups).await
    }

    /// One version of an item, of those that were published.
    pub(crate) async fn item_version(
        &self,
        caller: &Caller,
        (id, number): (Uuid, i32),
    ) -> Result<Versioned, CatalogError> {
        caller.require(ITEMS_READ)?;
        self.visible_item(caller, id).await?;
        let own = (caller.tenant(), id);
        let version = store::versions::by_number(self.database().read(), own, number).await?;
        let seen =
            version.filter(|version| version.published_at_ms.is_some() || caller.may(ITEMS_WRITE));
        let seen = seen.ok_or(CatalogError::NotFound("version"))?;
        let mut version = Versioned::of(&seen)?;
        let groups = &version.content.groups;
        if !caller.may(ITEMS_WRITE)
            && !groups.is_empty()
            && groups.is_disjoint(&self.groups_of(caller).await?)
        {
            return Err(CatalogError::NotFound("version"));
        }
        version.leave_out_parts(caller);
        Ok(version)
    }

    /// Makes an item, as a draft.
    pub(crate) async fn create_item(
        &self,
        caller: &Caller,
        content: ItemContent,
    ) -> Result<Shown, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let tenant = caller.tenant();
        self.start_with(tenant).await?;
        let content = self.checked(tenant, content).await?;
        let (row, now_ms) = (content.item(tenant, self.now_ms()), self.now_ms());
        let transaction = self.database().begin().await?;
        self.require_places(&transaction, tenant, &content).await?;
        store::items::insert(&transaction, row.clone()).await?;
        store::bundles::consist(&transaction, (tenant, row.id), content.consists_of()).await?;
        let draft = content.draft((tenant, row.id), 1, now_ms)?;
        store::versions::replace_draft(&transaction, draft).await?;
        let entry = Entry::new("service-catalog.item.created", "item", row.id);
        let entry = entry.with(json!({ "name": row.name, "number": 1 }));
        self.finish(transaction, caller, entry).await?;
        self.whole_item(caller, row).await
    }

    /// Writes the draft of an item, in the place of the one that there is.
    pub(crate) async fn draft_item(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        content: ItemContent,
    ) -> Result<Shown, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let tenant = caller.tenant();
        let known = self.known_item(tenant, id).await?;
        let content = self.checked(tenant, content).await?;
        if known.is_bundle != content.is_bundle() {
            let reason = "an item stays an item, and a bundle a bundle: make a new one";
            return Err(CatalogError::invalid("parts", reason));
        }
        let (transaction, mut row) = self.begin_with_item(tenant, (id, expected)).await?;
        self.require_places(&transaction, tenant, &content).await?;
        let number = row.draft.unwrap_or(row.published.unwrap_or_default() + 1);
        let draft = content.draft((tenant, id), number, self.now_ms())?;
        store::versions::replace_draft(&transaction, draft).await?;
        row.draft = Some(number);
        if row.published.is_none() {
            content.show_in(&mut row);
            store::bundles::consist(&transaction, (tenant, id), content.consists_of()).await?;
        }
        let detail = json!({ "name": content.name, "number": number });
        let entry = Entry::new("service-catalog.item.drafted", "item", id).with(detail);
        self.end_with_item(transaction, caller, (row, expected), entry).await
    }

    /// Publishes an item's draft: from now on it is what people ask for. What was asked for before
    /// keeps its version. An item that was withdrawn and has no draft is offered again as it was.
    pub(crate) async fn publish_item(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<Shown, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let tenant = caller.tenant();
        self.require_sound(tenant, id).await?;
        let (transaction, mut row) = self.begin_with_item(tenant, (id, expected)).await?;
        let number = match (row.draft, row.published, row.state.as_str()) {
            (Some(draft), _, _) => draft,
            (None, Some(published), WITHDRAWN) => published,
            _ => {
                let reason = "the item has no draft to publish: write one first";
                return Err(CatalogError::conflict("nothing_to_publish", reason));
            }
        };
        let now_ms = self.now_ms();
        store::versions::publish(&transaction, (tenant, id), number, now_ms).await?;
        let version = store::versions::by_number(&*transaction, (tenant, id), number).await?;
        let version = version.ok_or(CatalogError::NotFound("version"))?;
        let content = Versioned::of(&version)?.content;
        content.show_in(&mut row);
        (row.state, row.published, row.draft) = (PUBLISHED.to_owned(), Some(number), None);
        store::items::show_to(&transaction, (tenant, id), &content.groups).await?;
        store::bundles::consist(&transaction, (tenant, id), content.consists_of()).await?;
        let detail = json!({
            "name": row.name, "number": number, "price": content.price.to_string(),
        });
        let entry = Entry::new("service-catalog.item.published", "item", id).with(detail);
        self.end_with_item(transaction, caller, (row, expected), entry).await
    }

    /// Takes an item out of the portal. What was asked for already goes on.
    pub(crate) async fn withdraw_item(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
    ) -> Result<Shown, CatalogError> {
        caller.require(ITEMS_WRITE)?;
        let (transaction, mut row) = self.begin_with_item(caller.tenant(), (id, expected)).await?;
        if row.state != PUBLISHED {
            let reason = format!("the item is not published: it is {}", row.state);
            return Err(CatalogError::conflict("not_published", reason));
        }
        row.state = WITHDRAWN.to_owned();
        let detail = json!({ "name": row.name, "number": row.published });
        let entry = Entry::new("service-catalog.item.withdrawn", "item", id).with(detail);
        self.end_with_item(transaction, caller, (row, expected), entry).await
    }

    pub(super) async fn known_item(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Model, CatalogError> {
        let row = store::items::by_id(self.database().read(), tenant, id).await?;
        row.ok_or(CatalogError::NotFound("item"))
    }

    async fn begin_with_item(
        &self,
        tenant: TenantId,
        (id, expected): (Uuid, i64),
    ) -> Result<(Transaction, Model), CatalogError> {
        let transaction = self.database().begin().await?;
        let row = store::items::locked(&transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("item"))?;
        if row.version != expected {
            return Err(CatalogError::Stale("item"));
        }
        Ok((transaction, row))
    }

    async fn end_with_item(
        &self,
        transaction: Transaction,
        caller: &Caller,
        (row, expected): (Model, i64),
        entry: Entry,
    ) -> Result<Shown, CatalogError> {
        if !store::items::replace(&transaction, &row, expected).await? {
            return Err(CatalogError::Stale("item"));
        }
        self.finish(transaction, caller, entry).await?;
        let row = Model { version: expected + 1, ..row };
        self.whole_item(caller, row).await
    }

    /// Refuses a category or a cost centre that there is not.
    async fn require_places(
        &self,
        connection: &Transaction,
        tenant: TenantId,
        content: &Content,
    ) -> Result<(), CatalogError> {
        let connection: &sea_orm::DatabaseTransaction = connection;
        require_category(connection, tenant, content.category).await?;
        if let Some(id) = content.cost_centre {
            let known = store::cost_centres::by_id(connection, tenant, id).await?;
            let reason = "there is no cost centre of this id";
            known.ok_or_else(|| CatalogError::invalid("cost_centre_id", reason))?;
        }
        Ok(())
    }

    /// Marks an item for the caller, or takes the mark away.
    pub(crate) async fn mark_item(
        &self,
        caller: &Caller,
        id: Uuid,
        is_favourite: bool,
    ) -> Result<(), CatalogError> {
        caller.require(ITEMS_READ)?;
        let user: UserId = Self::person(caller)?;
        self.visible_item(caller, id).await?;
        let own = (caller.tenant(), user);
        let transaction = self.database().begin().await?;
        let action = if is_favourite {
            store::items::mark(&transaction, own, id).await?;
            "service-catalog.item.marked"
        } else {
            store::items::unmark(&transaction, own, id).await?;
            "service-catalog.item.unmarked"
        };
        let entry = Entry::new(action, "item", id).with(json!({ "user_id": user }));
        self.finish(transaction, caller, entry).await
    }
}

async fn require_category(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<(), CatalogError> {
    let known = store::categories::by_id(connection, tenant, id).await?;
    let reason = "there is no category of this id";
    known.map(|_| ()).ok_or_else(|| CatalogError::invalid("category_id", reason))
}

/// What lists show of a draft.
pub(super) fn new_row(tenant: TenantId, content: &Content, now_ms: i64) -> Model {
    Model {
        id: Uuid::now_v7(),
        tenant_id: tenant.0,
        category_id: content.category,
        name: content.name.clone(),
        summary: content.summary.clone(),
        price_millionths: content.price.millionths(),
        state: DRAFT.to_owned(),
        published: None,
        draft: Some(1),
        is_bundle: content.is_bundle(),
        created_at_ms: now_ms,
        version: 1,
    }
}
