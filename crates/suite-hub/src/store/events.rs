//! Events of all services, kept for a while.

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use suite_contracts::{Event, TenantId};
use suite_kit::db::{Database, Transaction, padded};
use suite_kit::page::Order;
use uuid::Uuid;

use super::entities::event_record::{ActiveModel, Column, Entity, Model};
use suite_kit::page::rows;

/// Keeps events; one that is here already stays as it is.
pub async fn insert(transaction: &Transaction, events: &[Event]) -> Result<(), DbErr> {
    if events.is_empty() {
        return Ok(());
    }
    let row = |event: &Event| ActiveModel {
        id: Set(event.id.0),
        tenant_id: Set(event.tenant_id.0),
        name: Set(event.name.to_string()),
        at_ms: Set(event.at_ms),
        subject: Set(event.subject.clone()),
        data: Set(event.data.to_string()),
    };
    let rows = padded(events.iter().map(row).collect());
    let once = OnConflict::column(Column::Id).do_nothing().to_owned();
    let insert = Entity::insert_many(rows).on_conflict(once);
    insert.exec_without_returning(&**transaction).await?;
    Ok(())
}

/// Events, the latest first: all, or those of a name, or of a name's beginning up to a dot.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    pattern: Option<&str>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut select = Entity::find().filter(Column::TenantId.eq(tenant.0));
    match pattern.map(|pattern| (pattern.strip_suffix('*'), pattern)) {
        None | Some((Some(""), _)) => {}
        Some((Some(beginning), _)) => {
            let escaped = beginning.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let begins = LikeExpr::new(format!("{escaped}%")).escape('\\');
            select = select.filter(Expr::col(Column::Name).like(begins));
        }
        Some((None, name)) => select = select.filter(Column::Name.eq(name)),
    }
    rows::by_id(database, select, (Column::Id, Order::Descending), (after, limit)).await
}

pub async fn prune(transaction: &Transaction, before_ms: i64) -> Result<(), DbErr> {
    let old = Entity::delete_many().filter(Column::AtMs.lt(before_ms));
    old.exec(&**transaction).await?;
    Ok(())
}
