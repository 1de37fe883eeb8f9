//! Reviews of major incidents, what is to be done after them, and what they begin as.

use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::entities::{incident_review as review, review_action as action, review_template};

pub async fn of(
    connection: &impl ConnectionTrait,
    (tenant, incident): (TenantId, Uuid),
) -> Result<Option<review::Model>, DbErr> {
    let own = review::Entity::find_by_id(incident);
    own.filter(review::Column::TenantId.eq(tenant.0)).one(connection).await
}

/// One that something happens to: others wait until the transaction ends.
pub async fn locked(
    transaction: &Transaction,
    (tenant, incident): (TenantId, Uuid),
) -> Result<Option<review::Model>, DbErr> {
    let own = review::Entity::find_by_id(incident);
    let own = own.filter(review::Column::TenantId.eq(tenant.0));
    own.lock(LockType::NoKeyUpdate).one(&**transaction).await
}

pub async fn insert(transaction: &Transaction, row: review::Model) -> Result<(), DbErr> {
    let row = review::ActiveModel::from(row).reset_all();
    review::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Writes what a review has become. Its row is locked.
pub async fn write(transaction: &Transaction, row: &review::Model) -> Result<(), DbErr> {
    use review::Column as C;
    let update = review::Entity::update_many()
        .col_expr(C::Content, Expr::val(row.content.as_str()))
        .col_expr(C::UpdatedAtMs, Expr::val(row.updated_at_ms))
        .col_expr(C::PublishedAtMs, Expr::val(row.published_at_ms))
        .col_expr(C::PublishedById, Expr::val(row.published_by_id))
        .col_expr(C::Version, Expr::val(row.version));
    let own = update.filter(C::TenantId.eq(row.tenant_id));
    own.filter(C::IncidentId.eq(row.incident_id)).exec(&**transaction).await?;
    Ok(())
}

pub async fn actions(
    connection: &impl ConnectionTrait,
    (tenant, incident): (TenantId, Uuid),
) -> Result<Vec<action::Model>, DbErr> {
    let own = action::Entity::find().filter(action::Column::TenantId.eq(tenant.0));
    let own = own.filter(action::Column::IncidentId.eq(incident));
    own.order_by_asc(action::Column::Number).all(connection).await
}

/// Puts these in the place of all that there were.
pub async fn set_actions(
    transaction: &Transaction,
    (tenant, incident): (TenantId, Uuid),
    rows: Vec<action::Model>,
) -> Result<(), DbErr> {
    let own = action::Entity::delete_many().filter(action::Column::TenantId.eq(tenant.0));
    own.filter(action::Column::IncidentId.eq(incident)).exec(&**transaction).await?;
    for row in rows {
        let row = action::ActiveModel::from(row).reset_all();
        action::Entity::insert(row).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

pub async fn set_action_state(
    transaction: &Transaction,
    (tenant, incident): (TenantId, Uuid),
    (number, state): (i32, &str),
) -> Result<(), DbErr> {
    use action::Column as C;
    let own = action::Entity::update_many().filter(C::TenantId.eq(tenant.0));
    let own = own.filter(C::IncidentId.eq(incident)).filter(C::Number.eq(number));
    own.col_expr(C::State, Expr::val(state)).exec(&**transaction).await?;
    Ok(())
}

pub async fn template(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
) -> Result<Option<review_template::Model>, DbErr> {
    review_template::Entity::find_by_id(tenant.0).one(connection).await
}

/// Sets it anew, if it still has the version before; whether it had.
pub async fn set_template(
    transaction: &Transaction,
    row: review_template::Model,
) -> Result<bool, DbErr> {
    use review_template::Column as C;
    if row.version == 1 {
        let once = OnConflict::column(C::TenantId).do_nothing().to_owned();
        let row = review_template::ActiveModel::from(row).reset_all();
        let new = review_template::Entity::insert(row).on_conflict(once);
        return Ok(new.exec_without_returning(&**transaction).await? > 0);
    }
    let own = review_template::Entity::update_many().filter(C::TenantId.eq(row.tenant_id));
    let update = own
        .filter(C::Version.eq(row.version - 1))
        .col_expr(C::Content, Expr::val(row.content))
        .col_expr(C::Version, Expr::val(row.version));
    Ok(update.exec(&**transaction).await?.rows_affected > 0)
}
