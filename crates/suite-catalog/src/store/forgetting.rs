//! Forgetting a tenant: all of its rows, a bounded number at a time.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Statement,
};
use suite_contracts::TenantId;
use suite_kit::db::{Engine, Transaction};
use uuid::Uuid;

use super::entities::{file, mail_message};

/// All tables of the catalog's. Requests and tickets are first, so that nothing more is done to
/// them, and take most others with them; what other rows refer to comes after those.
pub const TABLES: &[&str] = &[
    "request",
    "ticket",
    "bundle_part",
    "item",
    "category",
    "cost_centre",
    "article",
    "problem",
    "desk",
    "calendar",
    "article_feedback",
    "article_group",
    "article_version",
    "calendar_version",
    "canned_answer",
    "catalog",
    "decision_link",
    "delegation",
    "escalation_ladder",
    "favourite",
    "file",
    "file_usage",
    "incident_entry",
    "incident_review",
    "incident_role",
    "incident_ticket",
    "item_group",
    "item_version",
    "mail_desk",
    "mail_message",
    "major_incident",
    "numbering",
    "option_list",
    "request_decision",
    "request_note",
    "request_rating",
    "request_seat",
    "request_task",
    "review_action",
    "review_template",
    "service_levels",
    "status_page",
    "status_component",
    "status_maintenance",
    "incident_component",
    "maintenance_component",
    "status_change",
    "team",
    "ticket_article",
    "ticket_climb",
    "ticket_day",
    "ticket_day_changed",
    "ticket_days",
    "ticket_event",
    "ticket_follower",
    "ticket_link",
    "ticket_merge",
    "ticket_rating",
    "ticket_view",
];

/// Removes rows of a tenant from a table; how many, without those that went with them.
pub async fn remove_some(
    transaction: &Transaction,
    (tenant, table): (TenantId, &'static str),
    rows_max: u64,
) -> Result<u64, DbErr> {
    // By where a row is: keys differ from table to table.
    let some =
        |row: &str| format!("SELECT {row} FROM {table} WHERE tenant_id = $1 LIMIT {rows_max}");
    let these = match (transaction.engine(), table) {
        (Engine::Postgres, _) => format!("ctid = ANY (ARRAY ({}))", some("ctid")),
        // Its rows are where their key says.
        (Engine::Sqlite, "ticket_event") => {
            format!("(ticket_id, number) IN ({})", some("ticket_id, number"))
        }
        (Engine::Sqlite, _) => format!("rowid IN ({})", some("rowid")),
    };
    let text = format!("DELETE FROM {table} WHERE {these}");
    let backend = transaction.get_database_backend();
    let delete = Statement::from_sql_and_values(backend, text, [tenant.0.into()]);
    Ok(transaction.execute_raw(delete).await?.rows_affected())
}

/// Files and messages of a tenant whose content is kept.
pub async fn kept(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    use mail_message::Column as M;
    let files = file::Entity::find().filter(file::Column::TenantId.eq(tenant.0));
    let files = files.select_only().column(file::Column::Id).limit(limit);
    let mut ids: Vec<Uuid> = files.into_tuple().all(connection).await?;
    let messages = mail_message::Entity::find().filter(M::TenantId.eq(tenant.0));
    let messages = messages.filter(M::IsKept.eq(true));
    let messages = messages.select_only().column(M::Id).limit(limit);
    ids.extend(messages.into_tuple::<Uuid>().all(connection).await?);
    Ok(ids)
}

/// Removes files and messages of a tenant whose content is gone.
pub async fn remove_kept(
    transaction: &Transaction,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<u64, DbErr> {
    let files = file::Entity::delete_many().filter(file::Column::TenantId.eq(tenant.0));
    let files = files.filter(file::Column::Id.is_in(ids.iter().copied()));
    let own = mail_message::Entity::delete_many();
    let own = own.filter(mail_message::Column::TenantId.eq(tenant.0));
    let messages = own.filter(mail_message::Column::Id.is_in(ids.iter().copied()));
    let removed = files.exec(&**transaction).await?.rows_affected;
    Ok(removed + messages.exec(&**transaction).await?.rows_affected)
}
