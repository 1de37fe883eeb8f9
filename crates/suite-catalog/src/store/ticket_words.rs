//! Finding tickets by their words. What the two databases share is the answer alone.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Engine};
use uuid::Uuid;

/// Tickets that are found by words at most: the newest of those that have them.
pub const FOUND_MAX: u64 = 2_000;
/// Words of a question at most; further ones are passed over.
const WORDS_MAX: usize = 8;
const WORD_CHARS_MAX: usize = 50;
const BEGINNING_CHARS_MIN: usize = 3;

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
    /// Where it stands in the order of the index.
    place: i64,
}

/// How words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    in_title: bool,
    /// Words that begin so count, too.
    by_beginning: bool,
    from_place: i64,
}

/// The words of a question: what is not a letter or a digit parts them, as it does in the index.
pub fn words(text: &str) -> Vec<String> {
    let parts = text.split(|character: char| !character.is_alphanumeric());
    let words = parts.filter(|word| !word.is_empty());
    let short = |word: &str| word.to_lowercase().chars().take(WORD_CHARS_MAX).collect();
    words.take(WORDS_MAX).map(short).collect()
}

/// Tickets that have all of these words, or words that begin with them. What many have as they are is
/// not looked for by its beginning, which takes all of an index that begins so.
pub async fn find(
    database: &Database,
    tenant: TenantId,
    words: &[String],
) -> Result<Vec<Found>, DbErr> {
    let whole = Look { in_title: false, by_beginning: false, from_place: i64::MIN };
    let mut all = look(database, tenant, (words, whole)).await?;
    let is_full = u64::try_from(all.len()).is_ok_and(|count| count >= FOUND_MAX);
    let lowest = all.iter().map(|hit| hit.place).min().filter(|_| is_full);
    let by_beginning = !is_full;
    let from_place = lowest.unwrap_or(i64::MIN);
    let titles = Look { in_title: true, by_beginning, from_place };
    let titles = look(database, tenant, (words, titles)).await?;
    if by_beginning {
        all = look(database, tenant, (words, Look { by_beginning, ..whole })).await?;
    }
    let known: BTreeSet<Uuid> = titles.iter().map(|hit| hit.id).collect();
    let found = |in_title: bool| move |hit: Hit| Found { id: hit.id, number: hit.number, in_title };
    let others = all.into_iter().filter(|hit| !known.contains(&hit.id)).map(found(false));
    let mut found: Vec<Found> = titles.into_iter().map(found(true)).chain(others).collect();
    found.truncate(usize::try_from(FOUND_MAX).unwrap_or(usize::MAX));
    Ok(found)
}

/// The newest that have them.
async fn look(
    database: &Database,
    tenant: TenantId,
    (words, look): (&[String], Look),
) -> Result<Vec<Hit>, DbErr> {
    let of_tenant = format!("t{}", tenant.0.simple());
    let (sql, question) = match database.engine() {
        Engine::Postgres => (POSTGRES, in_postgres(&of_tenant, words, look)),
        Engine::Sqlite => (SQLITE, in_sqlite(&of_tenant, words, look)),
    };
    let backend = database.read().get_database_backend();
    let limit = i64::try_from(FOUND_MAX).unwrap_or(i64::MAX);
    let values: [Value; 4] =
        [tenant.0.into(), question.into(), limit.into(), look.from_place.into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = database.read().query_all_raw(statement).await?;
    rows.iter().map(|row| Hit::from_query_result(row, "")).collect()
}

const POSTGRES: &str = "SELECT id, number, number AS place FROM ticket WHERE tenant_id = $1 \
                        AND words @@ CAST($2 AS tsquery) AND number >= $4 \
                        ORDER BY number DESC LIMIT $3";
const SQLITE: &str = "SELECT t.id AS id, t.number AS number, r.row AS place FROM ticket_words \
                      JOIN ticket_words_row r ON r.row = ticket_words.rowid \
                      JOIN ticket t ON t.id = r.ticket_id \
                      WHERE ticket_words MATCH $2 AND t.tenant_id = $1 \
                      AND ticket_words.rowid >= $4 \
                      ORDER BY ticket_words.rowid DESC LIMIT $3";

/// A letter or two begin too many words for that to help anybody. What is not of ASCII may be a
/// whole word of one character.
fn begins(word: &str, look: Look) -> bool {
    look.by_beginning && (!word.is_ascii() || word.len() >= BEGINNING_CHARS_MIN)
}

/// Words have letters and digits alone, so that nothing in them needs to be escaped.
fn in_postgres(of_tenant: &str, words: &[String], look: Look) -> String {
    let all = words.iter().map(|word| {
        let weight = if look.in_title { "A" } else { "" };
        match (begins(word, look), look.in_title) {
            (true, _) => format!(" & '{word}':*{weight}"),
            (false, true) => format!(" & '{word}':{weight}"),
            (false, false) => format!(" & '{word}'"),
        }
    });
    format!("'{of_tenant}'{}", all.collect::<String>())
}

fn in_sqlite(of_tenant: &str, words: &[String], look: Look) -> String {
    let columns = if look.in_title { "title" } else { "{title body}" };
    let all = words.iter().map(|word| {
        let more = if begins(word, look) { "*" } else { "" };
        format!(" AND {columns} : \"{word}\"{more}")
    });
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
