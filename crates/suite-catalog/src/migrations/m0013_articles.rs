//! The knowledge base, and finding articles by their words.
//!
//! As with tickets, PostgreSQL keeps the words in a column that it computes, SQLite in an index of
//! its own, which triggers follow. Both keep a word that stands for the tenant.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, text, text_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

use crate::store::entities::{
    article, article_feedback, article_group, article_version, ticket, ticket_article,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const POSTGRES: &[&str] = &[
    r"ALTER TABLE article ADD COLUMN words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', regexp_replace(title,
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+',
    ' ', 'g')), 'A') ||
    setweight(to_tsvector('simple', regexp_replace(body,
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+',
    ' ', 'g')), 'B') ||
    array_to_tsvector(ARRAY['t' || replace(tenant_id::text, '-', '')])) STORED",
    "CREATE INDEX article_words ON article USING gin (words)",
];

const SQLITE: &[&str] = &[
    "CREATE TABLE article_words_row (row INTEGER PRIMARY KEY, article_id BLOB NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE article_words USING fts5(tenant, title, body, content = '', \
     contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0')",
    "CREATE TRIGGER article_words_added AFTER INSERT ON article BEGIN \
     INSERT INTO article_words_row (article_id) VALUES (new.id); \
     INSERT INTO article_words (rowid, tenant, title, body) VALUES (\
     (SELECT row FROM article_words_row WHERE article_id = new.id), \
     't' || lower(hex(new.tenant_id)), new.title, new.body); END",
    "CREATE TRIGGER article_words_changed AFTER UPDATE OF title, body ON article \
     WHEN new.title IS NOT old.title OR new.body IS NOT old.body BEGIN \
     UPDATE article_words SET tenant = 't' || lower(hex(new.tenant_id)), \
     title = new.title, body = new.body \
     WHERE rowid = (SELECT row FROM article_words_row WHERE article_id = new.id); END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [articles(), groups(), versions(), feedback(), answered()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for statement in if is_postgres { POSTGRES } else { SQLITE } {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn indexes() -> Vec<IndexCreateStatement> {
    use article::Column as A;
    let mut numbered = Index::create();
    numbered.name("article_number").unique().table(article::Entity);
    numbered.col(A::TenantId).col(A::Number);
    let mut listed = Index::create();
    listed.name("article_category").table(article::Entity);
    listed.col(A::TenantId).col(A::IsPublished).col(A::Category).col(A::Number);
    vec![numbered, listed]
}

fn articles() -> TableCreateStatement {
    use article::Column as C;
    let mut table = Table::create();
    table
        .table(article::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::TenantId))
        .col(big_integer(C::Number))
        .col(text(C::Title))
        .col(text(C::Body))
        .col(text(C::Category))
        .col(text(C::Visibility))
        .col(boolean(C::IsPublished))
        .col(integer(C::Published))
        .col(big_integer_null(C::PublishedAtMs))
        .col(text_null(C::Draft))
        .col(text_null(C::DraftTitle))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::UpdatedAtMs))
        .col(big_integer(C::Version));
    table
}

fn groups() -> TableCreateStatement {
    use article_group::Column as C;
    let mut table = Table::create();
    table
        .table(article_group::Entity)
        .col(uuid(C::ArticleId))
        .col(uuid(C::GroupId))
        .col(uuid(C::TenantId))
        .primary_key(Index::create().col(C::ArticleId).col(C::GroupId))
        .foreign_key(&mut of("article_group_article", article_group::Entity, C::ArticleId));
    table
}

fn versions() -> TableCreateStatement {
    use article_version::Column as C;
    let mut table = Table::create();
    table
        .table(article_version::Entity)
        .col(uuid(C::ArticleId))
        .col(integer(C::Number))
        .col(uuid(C::TenantId))
        .col(text(C::Content))
        .col(big_integer(C::PublishedAtMs))
        .col(uuid_null(C::PublishedById))
        .primary_key(Index::create().col(C::ArticleId).col(C::Number))
        .foreign_key(&mut of("article_version_article", article_version::Entity, C::ArticleId));
    table
}

fn feedback() -> TableCreateStatement {
    use article_feedback::Column as C;
    let mut table = Table::create();
    table
        .table(article_feedback::Entity)
        .col(uuid(C::ArticleId))
        .col(integer(C::Number))
        .col(uuid(C::UserId))
        .col(uuid(C::TenantId))
        .col(boolean(C::IsHelpful))
        .col(text(C::Comment))
        .col(big_integer(C::GivenAtMs))
        .primary_key(Index::create().col(C::ArticleId).col(C::Number).col(C::UserId))
        .foreign_key(&mut of("article_feedback_article", article_feedback::Entity, C::ArticleId));
    table
}

fn answered() -> TableCreateStatement {
    use ticket_article::Column as C;
    let mut of_ticket = ForeignKey::create();
    of_ticket.name("ticket_article_ticket").from(ticket_article::Entity, C::TicketId);
    of_ticket.to(ticket::Entity, ticket::Column::Id).on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(ticket_article::Entity)
        .col(uuid(C::TicketId))
        .col(uuid(C::ArticleId))
        .col(uuid(C::TenantId))
        .col(integer(C::Number))
        .col(big_integer(C::LinkedAtMs))
        .primary_key(Index::create().col(C::TicketId).col(C::ArticleId))
        .foreign_key(&mut of_ticket)
        .foreign_key(&mut of("ticket_article_article", ticket_article::Entity, C::ArticleId));
    table
}

/// Of an article.
fn of(name: &str, table: impl IntoTableRef, column: impl IntoIden) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(name).from(table, column).to(article::Entity, article::Column::Id);
    key.on_delete(ForeignKeyAction::Cascade).to_owned()
}
