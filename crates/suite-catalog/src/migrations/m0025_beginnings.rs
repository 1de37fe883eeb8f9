//! Words by their beginnings: SQLite's index of tickets knows what begins with three or four
//! letters, instead of gathering all such words at each search.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

const SQLITE: &[&str] = &[
    "DROP TABLE ticket_words",
    "CREATE VIRTUAL TABLE ticket_words USING fts5(tenant, title, body, content = '', \
     contentless_delete = 1, detail = column, prefix = '3 4', \
     tokenize = 'unicode61 remove_diacritics 0')",
    "INSERT INTO ticket_words (rowid, tenant, title, body) SELECT r.row, \
     't' || lower(hex(t.tenant_id)), t.number || ' ' || t.title, \
     t.description || ' ' || coalesce(t.solution, '') \
     FROM ticket t JOIN ticket_words_row r ON r.ticket_id = t.id ORDER BY r.row",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            for statement in SQLITE {
                manager.get_connection().execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }
}
