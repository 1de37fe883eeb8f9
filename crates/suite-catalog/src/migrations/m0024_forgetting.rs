//! Rows that go: in SQLite the words of tickets and articles go with them, as they do in PostgreSQL,
//! and links of a ticket are found by it alone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::store::entities::ticket_link;

#[derive(DeriveMigrationName)]
pub struct Migration;

const SQLITE: &[&str] = &[
    "CREATE TRIGGER ticket_words_removed AFTER DELETE ON ticket BEGIN \
     DELETE FROM ticket_words WHERE rowid = \
     (SELECT (number << 40) + old.number FROM ticket_words_tenant WHERE tenant_id = old.tenant_id); \
     DELETE FROM ticket_words_tenant WHERE tenant_id = old.tenant_id \
     AND NOT EXISTS (SELECT 1 FROM ticket WHERE tenant_id = old.tenant_id); END",
    "CREATE TRIGGER article_words_removed AFTER DELETE ON article BEGIN \
     DELETE FROM article_words WHERE rowid = \
     (SELECT row FROM article_words_row WHERE article_id = old.id); \
     DELETE FROM article_words_row WHERE article_id = old.id; END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut of_ticket = Index::create();
        of_ticket.name("ticket_link_from").table(ticket_link::Entity);
        manager.create_index(of_ticket.col(ticket_link::Column::FromId).to_owned()).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            for statement in SQLITE {
                manager.get_connection().execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }
}
