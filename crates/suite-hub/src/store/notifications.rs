//! What the members of a tenant are told.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    Set,
};
use suite_contracts::{NotificationId, NotificationRequest, TenantId, UserId};
use suite_kit::db::{Database, Transaction, padded};
use uuid::Uuid;

use super::entities::user_notification::{ActiveModel, Column, Entity, Model};

/// Bound values in a statement are limited: so many rows go into one.
const ROWS_MAX: usize = 512;

/// Whose notifications: a person's, in one tenant.
pub type Owner = (TenantId, UserId);

fn of((tenant, user): Owner) -> Select<Entity> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::PersonId.eq(user.0))
}

/// Tells people, who are members, each of something that happened at a time.
pub async fn insert(
    transaction: &Transaction,
    tenant: TenantId,
    told: &[(UserId, &NotificationRequest, i64)],
) -> Result<(), DbErr> {
    for told in told.chunks(ROWS_MAX) {
        let rows = told.iter().map(|(person, told, at_ms)| ActiveModel {
            id: Set(NotificationId::new().0),
            tenant_id: Set(tenant.0),
            person_id: Set(person.0),
            kind: Set(told.kind.clone()),
            title: Set(told.title.clone()),
            body: Set(told.body.clone()),
            link: Set(told.link.clone()),
            created_at_ms: Set(*at_ms),
            read_at_ms: Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// Forgets all but so many of the newest of each of these people.
pub async fn keep_newest(
    transaction: &Transaction,
    tenant: TenantId,
    people: &BTreeSet<UserId>,
    kept_max: u64,
) -> Result<(), DbErr> {
    let many = i64::try_from(kept_max).unwrap_or(i64::MAX);
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    for ids in ids.chunks(ROWS_MAX) {
        let full: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::PersonId)
            .filter(Column::TenantId.eq(tenant.0))
            .filter(Column::PersonId.is_in(padded(ids.to_vec())))
            .group_by(Column::PersonId)
            .having(Expr::col(Column::Id).count().gt(many))
            .into_tuple()
            .all(&**transaction)
            .await?;
        for person in full {
            let owner = (tenant, UserId(person));
            let newest = of(owner).order_by_desc(Column::Id).offset(kept_max).limit(1);
            let Some(first_over) = newest.one(&**transaction).await? else { continue };
            Entity::delete_many()
                .filter(Column::TenantId.eq(tenant.0))
                .filter(Column::PersonId.eq(person))
                .filter(Column::Id.lte(first_over.id))
                .exec(&**transaction)
                .await?;
        }
    }
    Ok(())
}

/// The latest first.
pub async fn list(
    database: &Database,
    owner: Owner,
    is_unread_only: bool,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut select = of(owner);
    if is_unread_only {
        select = select.filter(Column::ReadAtMs.is_null());
    }
    if let Some(id) = after {
        select = select.filter(Column::Id.lt(id));
    }
    select.order_by_desc(Column::Id).limit(limit + 1).all(database.read()).await
}

pub async fn unread(database: &Database, owner: Owner) -> Result<u64, DbErr> {
    of(owner).filter(Column::ReadAtMs.is_null()).count(database.read()).await
}

/// Marks one as read; whether there is such a one. One that is read stays as it was.
pub async fn read(
    transaction: &Transaction,
    owner: Owner,
    id: NotificationId,
    now_ms: i64,
) -> Result<bool, DbErr> {
    if of(owner).filter(Column::Id.eq(id.0)).count(&**transaction).await? == 0 {
        return Ok(false);
    }
    mark(transaction, owner, Column::Id.eq(id.0), now_ms).await?;
    Ok(true)
}

/// Marks as read what there is, or what there was when this one was the newest.
pub async fn read_all(
    transaction: &Transaction,
    owner: Owner,
    up_to: Option<NotificationId>,
    now_ms: i64,
) -> Result<(), DbErr> {
    let which = match up_to {
        Some(id) => Column::Id.lte(id.0),
        None => Column::Id.is_not_null(),
    };
    mark(transaction, owner, which, now_ms).await
}

async fn mark(
    transaction: &Transaction,
    (tenant, user): Owner,
    which: Expr,
    now_ms: i64,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::ReadAtMs, Expr::val(now_ms));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::PersonId.eq(user.0));
    own.filter(which).filter(Column::ReadAtMs.is_null()).exec(&**transaction).await?;
    Ok(())
}
