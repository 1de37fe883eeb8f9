//! Finding tickets by their words, and queues that people keep.
//!
//! The databases have nothing in common here: PostgreSQL keeps the words in a column of the ticket
//! that it computes, SQLite in an index of its own, which triggers follow. So that a search never
//! meets another tenant's, PostgreSQL's words begin with what stands for the tenant, and SQLite gives
//! each tenant a range of the index's rows: a word that all have would have to be read whole.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, text, uuid};
use sea_orm_migration::sea_orm::DbBackend;

use crate::store::entities::ticket_view;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What parts words is named by its code points: what a letter is, PostgreSQL knows only of the
/// language that its database was made with, and there may be none. Controls, punctuation, arrows,
/// symbols and pictures are not.
const POSTGRES: &[&str] = &[
    r"ALTER TABLE ticket ADD COLUMN words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', 't' || right(tenant_id::text, 6) || regexp_replace(
    number::text || ' ' || title || ' ' || tags, '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\U0001f000-\U0001faff]+',
    ' t' || right(tenant_id::text, 6), 'g')), 'A') ||
    setweight(to_tsvector('simple', 't' || right(tenant_id::text, 6) || regexp_replace(
    description || ' ' || coalesce(solution, ''), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\U0001f000-\U0001faff]+',
    ' t' || right(tenant_id::text, 6), 'g')), 'B')) STORED",
    "CREATE INDEX ticket_words ON ticket USING gin (words)",
];

/// A row of the index is its ticket's number, behind its tenant's: a tenant's begin at its number
/// times 2^40. The index knows what begins with three or four letters, instead of gathering all such
/// words at each search.
const SQLITE: &[&str] = &[
    "CREATE TABLE ticket_words_tenant (number INTEGER PRIMARY KEY, tenant_id BLOB NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE ticket_words USING fts5(title, body, content = '', \
     contentless_delete = 1, detail = column, prefix = '3 4', \
     tokenize = 'unicode61 remove_diacritics 0')",
    "CREATE TRIGGER ticket_words_added AFTER INSERT ON ticket BEGIN \
     INSERT OR IGNORE INTO ticket_words_tenant (tenant_id) VALUES (new.tenant_id); \
     INSERT INTO ticket_words (rowid, title, body) VALUES (\
     (SELECT (number << 40) + new.number FROM ticket_words_tenant WHERE tenant_id = new.tenant_id), \
     new.number || ' ' || new.title || ' ' || new.tags, new.description || ' ' || coalesce(new.solution, '')); END",
    "CREATE TRIGGER ticket_words_changed AFTER UPDATE OF title, tags, description, solution ON ticket \
     WHEN new.title IS NOT old.title OR new.tags IS NOT old.tags \
     OR new.description IS NOT old.description OR new.solution IS NOT old.solution BEGIN \
     UPDATE ticket_words SET title = new.number || ' ' || new.title || ' ' || new.tags, \
     body = new.description || ' ' || coalesce(new.solution, '') WHERE rowid = \
     (SELECT (number << 40) + new.number FROM ticket_words_tenant WHERE tenant_id = new.tenant_id); \
     END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for statement in if is_postgres { POSTGRES } else { SQLITE } {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        manager.create_table(views()).await?;
        let mut owned = Index::create();
        owned.name("ticket_view_name").unique().table(ticket_view::Entity);
        owned.col(ticket_view::Column::TenantId).col(ticket_view::Column::OwnerId);
        owned.col(ticket_view::Column::Name);
        manager.create_index(owned).await?;
        let mut shared = Index::create();
        shared.name("ticket_view_shared").table(ticket_view::Entity);
        shared.col(ticket_view::Column::TenantId).col(ticket_view::Column::IsShared);
        manager.create_index(shared).await
    }
}

fn views() -> TableCreateStatement {
    use ticket_view::Column as C;
    let mut table = Table::create();
    table
        .table(ticket_view::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(uuid(C::OwnerId))
        .col(text(C::Name))
        .col(boolean(C::IsShared))
        .col(text(C::Content))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version));
    table
}
