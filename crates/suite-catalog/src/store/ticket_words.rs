//! Finding tickets by their words. What the two databases share is the answer alone.

use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement, TransactionTrait, Value};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Engine};

/// Tickets that are found by words at most: the newest of those that have them.
pub const FOUND_MAX: u64 = 500;
/// The newest tickets tell how many have the words: if a few hundred of them have, they are found
/// sooner one by one than by an index that knows all of them.
const NEWEST: i64 = 2_000;
const COMMON_MIN: i64 = NEWEST / 50;
/// Words of a question at most; further ones are passed over.
const WORDS_MAX: usize = 8;
const WORD_CHARS_MAX: usize = 50;
const BEGINNING_CHARS_MIN: usize = 3;

/// The words of a question: what is not a letter or a digit parts them, as it does in the index.
pub fn words(text: &str) -> Vec<String> {
    let parts = text.split(|character: char| !character.is_alphanumeric());
    let words = parts.filter(|word| !word.is_empty());
    let short = |word: &str| word.to_lowercase().chars().take(WORD_CHARS_MAX).collect();
    words.take(WORDS_MAX).map(short).collect()
}

/// Looks for tickets that have all of these words, or words that begin with them.
#[derive(Debug)]
pub struct Search {
    engine: Engine,
    anywhere: String,
    in_title: String,
}

impl Search {
    pub fn new(engine: Engine, tenant: TenantId, words: &[String]) -> Self {
        let of_tenant = format!("t{}", tenant.0.simple());
        let question = match engine {
            Engine::Postgres => in_postgres,
            Engine::Sqlite => in_sqlite,
        };
        let (anywhere, in_title) =
            (question(&of_tenant, words, false), question(&of_tenant, words, true));
        Self { engine, anywhere, in_title }
    }

    /// Whether a ticket has the words.
    pub fn has_them(&self) -> SimpleExpr {
        self.has(&self.anywhere)
    }

    /// Whether it has them all in its title, which says more.
    pub fn has_them_in_title(&self) -> SimpleExpr {
        self.has(&self.in_title)
    }

    fn has(&self, question: &str) -> SimpleExpr {
        let condition = match self.engine {
            Engine::Postgres => POSTGRES,
            Engine::Sqlite => SQLITE,
        };
        Expr::cust_with_values(condition, [question])
    }

    /// What to ask in, so that the database looks in the way that suits the words. None where there
    /// is one way.
    pub async fn prepared(
        &self,
        database: &Database,
        tenant: TenantId,
    ) -> Result<Option<DatabaseTransaction>, DbErr> {
        if self.engine == Engine::Sqlite {
            return Ok(None);
        }
        let transaction = database.read().begin().await?;
        // A plan for whatever words would suit none.
        transaction.execute_unprepared("SET LOCAL plan_cache_mode = force_custom_plan").await?;
        let values: [Value; 3] = [tenant.0.into(), NEWEST.into(), self.anywhere.as_str().into()];
        let backend = transaction.get_database_backend();
        let question = Statement::from_sql_and_values(backend, OF_THE_NEWEST, values);
        let row = transaction.query_one_raw(question).await?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "found"))?;
        if count >= COMMON_MIN {
            transaction.execute_unprepared(ONE_BY_ONE).await?;
        }
        Ok(Some(transaction))
    }
}

const POSTGRES: &str = "words @@ CAST($1 AS tsquery)";
const OF_THE_NEWEST: &str = "SELECT COUNT(*) AS found FROM (SELECT words FROM ticket \
                             WHERE tenant_id = $1 ORDER BY number DESC LIMIT $2) AS newest \
                             WHERE words @@ CAST($3 AS tsquery)";
/// In the order that is asked for, until there are enough of them.
const ONE_BY_ONE: &str = "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off";
/// The newest that have them: rows of the index are in the order of numbers.
const SQLITE: &str = "ticket.id IN (SELECT r.ticket_id FROM ticket_words \
                      JOIN ticket_words_row r ON r.row = ticket_words.rowid \
                      WHERE ticket_words MATCH ? ORDER BY ticket_words.rowid DESC LIMIT 500)";

/// A letter or two begin too many words for that to help anybody. What is not of ASCII may be a
/// whole word of one character.
fn begins(word: &str) -> bool {
    !word.is_ascii() || word.len() >= BEGINNING_CHARS_MIN
}

/// Words have letters and digits alone, so that nothing in them needs to be escaped.
fn in_postgres(of_tenant: &str, words: &[String], in_title: bool) -> String {
    let all = words.iter().map(|word| match (begins(word), in_title) {
        (true, true) => format!(" & '{word}':*A"),
        (true, false) => format!(" & '{word}':*"),
        (false, true) => format!(" & '{word}':A"),
        (false, false) => format!(" & '{word}'"),
    });
    format!("'{of_tenant}'{}", all.collect::<String>())
}

fn in_sqlite(of_tenant: &str, words: &[String], in_title: bool) -> String {
    let columns = if in_title { "title" } else { "{title body}" };
    let all = words.iter().map(|word| {
        let more = if begins(word) { "*" } else { "" };
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
