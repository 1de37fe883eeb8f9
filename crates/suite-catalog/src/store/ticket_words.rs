//! Finding tickets by their words. What the two databases share is the answer alone.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Engine};
use uuid::Uuid;

/// Tickets that are found by words at most: the newest of those that have them.
pub const FOUND_MAX: u64 = 2_000;
/// Words of a question at most; further ones are passed over.
const WORDS_MAX: usize = 8;
const WORD_CHARS_MAX: usize = 50;

/// A ticket that has the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub id: Uuid,
    pub number: i64,
    /// Whether they are all in its title, which says more.
    pub in_title: bool,
}

#[derive(Debug, FromQueryResult)]
struct Hit {
    id: Uuid,
    number: i64,
}

/// The words of a question: what is not a letter or a digit parts them, as it does in the index.
pub fn words(text: &str) -> Vec<String> {
    let parts = text.split(|character: char| !character.is_alphanumeric());
    let words = parts.filter(|word| !word.is_empty());
    let short = |word: &str| word.to_lowercase().chars().take(WORD_CHARS_MAX).collect();
    words.take(WORDS_MAX).map(short).collect()
}

/// Tickets whose words begin with all of these.
pub async fn find(
    database: &Database,
    tenant: TenantId,
    words: &[String],
) -> Result<Vec<Found>, DbErr> {
    let of_tenant = format!("t{}", tenant.0.simple());
    let mut found: Vec<Found> = Vec::new();
    for in_title in [true, false] {
        let (sql, question) = match database.engine() {
            Engine::Postgres => (POSTGRES, in_postgres(&of_tenant, words, in_title)),
            Engine::Sqlite => (SQLITE, in_sqlite(&of_tenant, words, in_title)),
        };
        let backend = database.read().get_database_backend();
        let limit = i64::try_from(FOUND_MAX).unwrap_or(i64::MAX);
        let values: [Value; 3] = [tenant.0.into(), question.into(), limit.into()];
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let rows = database.read().query_all_raw(statement).await?;
        let known: std::collections::BTreeSet<Uuid> = found.iter().map(|one| one.id).collect();
        for row in rows {
            let Hit { id, number } = Hit::from_query_result(&row, "")?;
            if !known.contains(&id) {
                found.push(Found { id, number, in_title });
            }
        }
    }
    found.truncate(usize::try_from(FOUND_MAX).unwrap_or(usize::MAX));
    Ok(found)
}

const POSTGRES: &str = "SELECT id, number FROM ticket WHERE tenant_id = $1 \
                        AND words @@ CAST($2 AS tsquery) ORDER BY number DESC LIMIT $3";
const SQLITE: &str = "SELECT t.id AS id, t.number AS number FROM ticket_words \
                      JOIN ticket_words_row r ON r.row = ticket_words.rowid \
                      JOIN ticket t ON t.id = r.ticket_id \
                      WHERE ticket_words MATCH $2 AND t.tenant_id = $1 \
                      ORDER BY ticket_words.rowid DESC LIMIT $3";

/// Words have letters and digits alone, so that nothing in them needs to be escaped.
fn in_postgres(of_tenant: &str, words: &[String], in_title: bool) -> String {
    let weight = if in_title { "A" } else { "" };
    let all = words.iter().map(|word| format!(" & '{word}':*{weight}"));
    format!("'{of_tenant}'{}", all.collect::<String>())
}

fn in_sqlite(of_tenant: &str, words: &[String], in_title: bool) -> String {
    let columns = if in_title { "title" } else { "{title body}" };
    let all = words.iter().map(|word| format!(" AND {columns} : \"{word}\"*"));
    format!("tenant : \"{of_tenant}\"{}", all.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_words_and_nothing_else() {
        assert_eq!(
            words("  ORA-00060: Deadlock's \"end\" "),
            ["ora", "00060", "deadlock", "s", "end"]
        );
        assert!(words("'; -- * ()").is_empty());
        assert_eq!(words("a b c d e f g h i j").len(), WORDS_MAX);
        assert_eq!(words(&"Ü".repeat(99)), ["ü".repeat(50)]);
    }
}
