//! Articles of the knowledge base: their versions, what was thought of them, and the tickets that
//! were answered with them.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, Iterable,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::{Transaction, padded};
use uuid::Uuid;

use super::entities::{
    article::{ActiveModel, Column, Entity, Model},
    article_feedback as feedback, article_group as group, article_version as version,
    ticket_article as answered,
};

pub const EVERYBODY: &str = "everybody";
pub const AGENTS: &str = "agents";
pub const GROUPS: &str = "groups";

/// Who reads.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// Sees all that is published, and drafts.
    pub is_editor: bool,
    pub is_agent: bool,
    pub groups: Vec<Uuid>,
}

impl Reader {
    /// What is published and for this reader.
    fn sees(&self) -> Condition {
        let published = Condition::all().add(Column::IsPublished.eq(true));
        if self.is_editor {
            return published;
        }
        let mut any = Condition::any().add(Column::Visibility.eq(EVERYBODY));
        if self.is_agent {
            any = any.add(Column::Visibility.eq(AGENTS));
        }
        if !self.groups.is_empty() {
            let own = group::Entity::find()
                .select_only()
                .column(group::Column::ArticleId)
                .filter(group::Column::GroupId.is_in(padded(self.groups.clone())));
            let own = Column::Id.in_subquery(sea_orm::QueryTrait::into_query(own));
            any = any.add(Condition::all().add(Column::Visibility.eq(GROUPS)).add(own));
        }
        published.add(any)
    }
}

/// Which articles.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub reader: Reader,
    pub category: Option<String>,
    /// With those that are not published, for editors.
    pub with_drafts: bool,
}

impl Wanted {
    fn condition(&self, tenant: TenantId) -> Condition {
        let mut all = Condition::all().add(Column::TenantId.eq(tenant.0));
        if !(self.with_drafts && self.reader.is_editor) {
            all = all.add(self.reader.sees());
        }
        if let Some(category) = &self.category {
            all = all.add(Column::Category.eq(category.as_str()));
        }
        all
    }
}

/// Rows without what they say at length, which lists do not need.
fn light(found: sea_orm::Select<Entity>) -> sea_orm::Select<Entity> {
    let long = |column: &Column| matches!(column, Column::Body | Column::Draft);
    let found = found.select_only().columns(Column::iter().filter(|column| !long(column)));
    let empty = Expr::val(String::new());
    found.column_as(empty, "body").column_as(Expr::val(None::<String>), "draft")
}

/// The latest first, before a number if there is one.
pub async fn list(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    wanted: &Wanted,
    (before, limit): (Option<i64>, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut found = Entity::find().filter(wanted.condition(tenant));
    if let Some(number) = before {
        found = found.filter(Column::Number.lt(number));
    }
    light(found).order_by_desc(Column::Number).limit(limit + 1).all(connection).await
}

/// Those of these ids that a reader sees, without what they say at length.
pub async fn seen(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    wanted: &Wanted,
    ids: Vec<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let found = Entity::find().filter(wanted.condition(tenant));
    light(found).filter(Column::Id.is_in(padded(ids))).all(connection).await
}

/// One that a reader sees, published or, for editors, not.
pub async fn read(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    (reader, id): (&Reader, Uuid),
) -> Result<Option<Model>, DbErr> {
    let wanted = Wanted { reader: reader.clone(), category: None, with_drafts: true };
    Entity::find_by_id(id).filter(wanted.condition(tenant)).one(connection).await
}

/// The categories of what a reader sees, each with how many there are, by name.
pub async fn categories(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    reader: &Reader,
) -> Result<Vec<(String, i64)>, DbErr> {
    let wanted = Wanted { reader: reader.clone(), ..Wanted::default() };
    let found = Entity::find().filter(wanted.condition(tenant)).select_only();
    let counted = found.column(Column::Category).column_as(Column::Id.count(), "count");
    let grouped = counted.group_by(Column::Category).order_by_asc(Column::Category);
    grouped.into_tuple().all(connection).await
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

/// One that something happens to: others wait until the transaction ends.
pub async fn locked(
    transaction: &Transaction,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0));
    own.lock(LockType::NoKeyUpdate).one(&**transaction).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Writes what one has become. Its row is locked.
pub async fn write(transaction: &Transaction, row: &Model) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::Title, Expr::val(row.title.as_str()))
        .col_expr(Column::Body, Expr::val(row.body.as_str()))
        .col_expr(Column::Category, Expr::val(row.category.as_str()))
        .col_expr(Column::Visibility, Expr::val(row.visibility.as_str()))
        .col_expr(Column::IsPublished, Expr::val(row.is_published))
        .col_expr(Column::Published, Expr::val(row.published))
        .col_expr(Column::PublishedAtMs, Expr::val(row.published_at_ms))
        .col_expr(Column::Draft, Expr::val(row.draft.clone()))
        .col_expr(Column::DraftTitle, Expr::val(row.draft_title.clone()))
        .col_expr(Column::UpdatedAtMs, Expr::val(row.updated_at_ms))
        .col_expr(Column::Version, Expr::val(row.version));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    own.exec(&**transaction).await?;
    Ok(())
}

/// Sets who sees an article that is for groups.
pub async fn set_groups(
    transaction: &Transaction,
    (tenant, article): (TenantId, Uuid),
    groups: &[Uuid],
) -> Result<(), DbErr> {
    let own = group::Entity::delete_many().filter(group::Column::TenantId.eq(tenant.0));
    own.filter(group::Column::ArticleId.eq(article)).exec(&**transaction).await?;
    for id in groups {
        let row = group::Model { article_id: article, group_id: *id, tenant_id: tenant.0 };
        let row = group::ActiveModel::from(row).reset_all();
        group::Entity::insert(row).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

pub async fn add_version(transaction: &Transaction, row: version::Model) -> Result<(), DbErr> {
    let row = version::ActiveModel::from(row).reset_all();
    version::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn version(
    connection: &impl ConnectionTrait,
    (tenant, article): (TenantId, Uuid),
    number: i32,
) -> Result<Option<version::Model>, DbErr> {
    let own = version::Entity::find_by_id((article, number));
    own.filter(version::Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn add_feedback(transaction: &Transaction, row: feedback::Model) -> Result<(), DbErr> {
    let row = feedback::ActiveModel::from(row).reset_all();
    feedback::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// What was thought of a version, in the order of those who thought it.
pub async fn feedback(
    connection: &impl ConnectionTrait,
    (tenant, article, number): (TenantId, Uuid, i32),
    (after, limit): (Option<Uuid>, u64),
) -> Result<Vec<feedback::Model>, DbErr> {
    let mut own = of_version(tenant, article, number);
    if let Some(user) = after {
        own = own.filter(feedback::Column::UserId.gt(user));
    }
    own.order_by_asc(feedback::Column::UserId).limit(limit + 1).all(connection).await
}

/// How many a version helped, and did not.
pub async fn count_feedback(
    connection: &impl ConnectionTrait,
    (tenant, article, number): (TenantId, Uuid, i32),
) -> Result<(u64, u64), DbErr> {
    let of = |is_helpful: bool| {
        of_version(tenant, article, number).filter(feedback::Column::IsHelpful.eq(is_helpful))
    };
    Ok((of(true).count(connection).await?, of(false).count(connection).await?))
}

/// What somebody thought of a version.
pub async fn feedback_of(
    connection: &impl ConnectionTrait,
    (tenant, article, number): (TenantId, Uuid, i32),
    user: Uuid,
) -> Result<Option<feedback::Model>, DbErr> {
    let own = of_version(tenant, article, number);
    own.filter(feedback::Column::UserId.eq(user)).one(connection).await
}

fn of_version(tenant: TenantId, article: Uuid, number: i32) -> sea_orm::Select<feedback::Entity> {
    feedback::Entity::find()
        .filter(feedback::Column::TenantId.eq(tenant.0))
        .filter(feedback::Column::ArticleId.eq(article))
        .filter(feedback::Column::Number.eq(number))
}

/// What a ticket was answered with, in the order in which it was.
pub async fn of_ticket(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<Vec<answered::Model>, DbErr> {
    let own = answered::Entity::find().filter(answered::Column::TenantId.eq(tenant.0));
    let own = own.filter(answered::Column::TicketId.eq(ticket));
    let own = own.order_by_asc(answered::Column::LinkedAtMs);
    own.order_by_asc(answered::Column::ArticleId).all(connection).await
}

pub async fn answer(transaction: &Transaction, row: answered::Model) -> Result<(), DbErr> {
    let row = answered::ActiveModel::from(row).reset_all();
    answered::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Takes an article from a ticket; whether it was there.
pub async fn take_back(
    transaction: &Transaction,
    tenant: TenantId,
    (ticket, article): (Uuid, Uuid),
) -> Result<bool, DbErr> {
    let own = answered::Entity::delete_many().filter(answered::Column::TenantId.eq(tenant.0));
    let own = own.filter(answered::Column::TicketId.eq(ticket));
    let own = own.filter(answered::Column::ArticleId.eq(article));
    Ok(own.exec(&**transaction).await?.rows_affected > 0)
}
