//! Finding tickets by their words. What the two databases share is the answer alone.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, Query, SimpleExpr};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Statement, TransactionTrait, Value,
};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Engine};

use super::entities::ticket::{Column, Entity};

/// Tickets that are put into the order of their relevance at most: the newest that have the words.
pub const FOUND_MAX: u64 = 500;
/// Tickets with the words that SQLite looks at, where more is asked of them than words.
const LOOKED_AT_MAX: u64 = 2_000;
/// The newest tickets tell how many have the words: what one in fifty has is found sooner one by one
/// than by an index that knows all of them.
const NEWEST: i64 = 1_000;
const COMMON_MIN: i64 = NEWEST / 50;
/// Words of a question at most; further ones are passed over.
const WORDS_MAX: usize = 8;
const WORD_CHARS_MAX: usize = 50;
const BEGINNING_CHARS_MIN: usize = 3;
/// Of its id, at the end of it.
const TENANT_CHARS: usize = 6;

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
    tenant: TenantId,
    words: Vec<Word>,
    /// Of the tenant in SQLite's index, from one before the first row to the last.
    rows: (i64, i64),
    asks_more: bool,
    /// So many that have the words are looked at in SQLite.
    looked_at_max: u64,
}

#[derive(Debug)]
struct Word {
    text: String,
    /// Whether words that begin so count, too.
    begins: bool,
}

impl Search {
    /// For some words. `asks_more` says whether tickets are to be more than such that have the words.
    pub fn new(engine: Engine, tenant: TenantId, words: &[String], asks_more: bool) -> Self {
        // A letter or two begin too many words for that to help anybody. What is not of ASCII may
        // be a whole word of one character.
        let begins = |word: &str| !word.is_ascii() || word.len() >= BEGINNING_CHARS_MIN;
        let word = |text: &String| Word { text: text.clone(), begins: begins(text) };
        let words = words.iter().map(word).collect();
        let looked_at_max = if asks_more { LOOKED_AT_MAX } else { FOUND_MAX };
        Self { engine, tenant, words, rows: (0, 0), asks_more, looked_at_max }
    }

    /// Whether a ticket has the words.
    pub fn has_them(&self) -> SimpleExpr {
        if self.engine == Engine::Postgres {
            return Expr::cust_with_values(POSTGRES, [self.question_postgres(false)]);
        }
        let (first, last) = self.rows;
        let question = Value::from(self.question_sqlite(false));
        let values = [first.into(), question, first.into(), last.into(), self.looked_at_max.into()];
        Expr::cust_with_values(SQLITE, values)
    }

    /// The numbers of the newest of these tickets with the words, and whether they have them all in
    /// their titles, which says more.
    pub async fn newest(
        &self,
        connection: &impl ConnectionTrait,
        these: Select<Entity>,
    ) -> Result<Vec<(i64, bool)>, DbErr> {
        match self.engine {
            Engine::Postgres => self.newest_postgres(connection, these).await,
            Engine::Sqlite => self.newest_sqlite(connection, these).await,
        }
    }

    async fn newest_postgres(
        &self,
        connection: &impl ConnectionTrait,
        these: Select<Entity>,
    ) -> Result<Vec<(i64, bool)>, DbErr> {
        let newest = these.filter(self.has_them()).select_only().column(Column::Number);
        let newest = newest.expr_as(Expr::cust("words"), "words");
        let newest = newest.order_by_desc(Column::Number).limit(FOUND_MAX).into_query();
        // Only of them it is asked what their titles say.
        let in_title = Expr::cust_with_values(POSTGRES, [self.question_postgres(true)]);
        let mut found = Query::select();
        found.column(Column::Number).expr_as(in_title, "in_title").from_subquery(newest, "newest");
        let rows = connection.query_all(&found).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "number")?, row.try_get("", "in_title")?)))
            .collect()
    }

    /// The index knows numbers: of tickets nothing is read, unless more is asked of them than words.
    async fn newest_sqlite(
        &self,
        connection: &impl ConnectionTrait,
        these: Select<Entity>,
    ) -> Result<Vec<(i64, bool)>, DbErr> {
        let numbers: Vec<i64> = if self.asks_more {
            let newest = these.filter(self.has_them()).select_only().column(Column::Number);
            let newest = newest.order_by_desc(Column::Number).limit(FOUND_MAX);
            newest.into_tuple().all(connection).await?
        } else {
            self.rows_with(connection, (false, 0)).await?
        };
        let Some(oldest) = numbers.last() else { return Ok(Vec::new()) };
        let in_title = self.rows_with(connection, (true, *oldest)).await?;
        let in_title: BTreeSet<i64> = in_title.into_iter().collect();
        Ok(numbers.into_iter().map(|number| (number, in_title.contains(&number))).collect())
    }

    /// The numbers in SQLite's index of the newest tickets that have the words, from a number on.
    async fn rows_with(
        &self,
        connection: &impl ConnectionTrait,
        (in_title, from): (bool, i64),
    ) -> Result<Vec<i64>, DbErr> {
        let (first, last) = self.rows;
        let question = self.question_sqlite(in_title).into();
        let values =
            [first.into(), question, (first + from).into(), last.into(), self.looked_at_max.into()];
        let rows = Statement::from_sql_and_values(DbBackend::Sqlite, SQLITE_NUMBERS, values);
        let rows = connection.query_all_raw(rows).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    /// Words have letters and digits alone, so that nothing in them needs to be escaped.
    fn question_postgres(&self, in_title: bool) -> String {
        let one = |Word { text, begins }: &Word| {
            let more = match (begins, in_title) {
                (true, true) => ":*A",
                (true, false) => ":*",
                (false, true) => ":A",
                (false, false) => "",
            };
            format!("'{}{text}'{more}", self.of_tenant())
        };
        self.words.iter().map(one).collect::<Vec<_>>().join(" & ")
    }

    fn question_sqlite(&self, in_title: bool) -> String {
        let columns = if in_title { "title" } else { "{title body}" };
        let one = |Word { text, begins }: &Word| {
            let more = if *begins { "*" } else { "" };
            format!("{columns} : \"{text}\"{more}")
        };
        self.words.iter().map(one).collect::<Vec<_>>().join(" AND ")
    }

    /// What its words begin with in PostgreSQL. Two tenants in millions share it, and neither is
    /// found for the other: tickets are asked for by their tenant, too.
    fn of_tenant(&self) -> String {
        let id = self.tenant.0.simple().to_string();
        format!("t{}", &id[id.len() - TENANT_CHARS..])
    }

    /// What to ask in, so that the database looks in the way that suits the words. None where there
    /// is one way.
    pub async fn prepare(
        &mut self,
        database: &Database,
    ) -> Result<Option<DatabaseTransaction>, DbErr> {
        if self.engine == Engine::Sqlite {
            self.rows = rows_of(database.read(), self.tenant).await?;
            let many = have_many(database.read(), self.rows, &self.words).await?;
            self.pass_beginnings_over(many);
            return Ok(None);
        }
        let transaction = database.read().begin().await?;
        // A plan for whatever words would suit none.
        transaction.execute_unprepared("SET LOCAL plan_cache_mode = force_custom_plan").await?;
        let of_tenant = self.of_tenant();
        let exactly = self.words.iter().map(|word| format!("'{of_tenant}{}'", word.text));
        let questions: Vec<String> =
            std::iter::once(self.question_postgres(false)).chain(exactly).collect();
        let counted = counted(&transaction, self.tenant, &questions).await?;
        let mut is_common = counted.into_iter().map(|count| count >= COMMON_MIN);
        if is_common.next() == Some(true) {
            transaction.execute_unprepared(ONE_BY_ONE).await?;
            return Ok(Some(transaction));
        }
        self.pass_beginnings_over(is_common);
        Ok(Some(transaction))
    }

    /// What many have as it is, is not looked for by its beginning, which takes all of an index that
    /// begins so.
    fn pass_beginnings_over(&mut self, is_common: impl IntoIterator<Item = bool>) {
        for (word, is_common) in self.words.iter_mut().zip(is_common) {
            word.begins &= !is_common;
        }
    }
}

/// Which rows of SQLite's index are of a tenant; none if it has no tickets.
async fn rows_of(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<(i64, i64), DbErr> {
    let text = "SELECT number << 40 AS first, (number + 1 << 40) - 1 AS last \
                FROM ticket_words_tenant WHERE tenant_id = $1";
    let question = Statement::from_sql_and_values(DbBackend::Sqlite, text, [tenant.0.into()]);
    let Some(row) = connection.query_one_raw(question).await? else { return Ok((0, 0)) };
    Ok((row.try_get("", "first")?, row.try_get("", "last")?))
}

/// Whether as many have each word as are found at most. SQLite reads no more of its index for that.
async fn have_many(
    connection: &impl ConnectionTrait,
    (first, last): (i64, i64),
    words: &[Word],
) -> Result<Vec<bool>, DbErr> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let asked = |word: &Word| -> Value { format!("{{title body}} : \"{}\"", word.text).into() };
    let count = |place: usize| {
        format!(
            "(SELECT COUNT(*) FROM (SELECT 1 FROM ticket_words WHERE ticket_words MATCH ${} \
             AND rowid BETWEEN {first} AND {last} ORDER BY rowid DESC LIMIT {FOUND_MAX})) AS c{place}",
            place + 1
        )
    };
    let counts: Vec<String> = (0..words.len()).map(count).collect();
    let text = format!("SELECT {}", counts.join(", "));
    let question = Statement::from_sql_and_values(DbBackend::Sqlite, text, words.iter().map(asked));
    let row = connection.query_one_raw(question).await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let has_many = |place: usize| {
        let count: i64 = row.try_get("", &format!("c{place}"))?;
        Ok(u64::try_from(count).unwrap_or(0) >= FOUND_MAX)
    };
    (0..words.len()).map(has_many).collect()
}

/// How many of the newest tickets each question finds.
async fn counted(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    questions: &[String],
) -> Result<Vec<i64>, DbErr> {
    let mut values: Vec<Value> = vec![tenant.0.into(), NEWEST.into()];
    let mut counts = Vec::new();
    for (index, question) in questions.iter().enumerate() {
        values.push(question.as_str().into());
        let place = values.len();
        counts.push(format!(
            "COUNT(*) FILTER (WHERE words @@ CAST(${place} AS tsquery)) AS c{index}"
        ));
    }
    let text = format!(
        "SELECT {} FROM (SELECT words FROM ticket WHERE tenant_id = $1 \
         ORDER BY number DESC LIMIT $2) AS newest",
        counts.join(", ")
    );
    let question = Statement::from_sql_and_values(DbBackend::Postgres, text, values);
    let row = connection.query_one_raw(question).await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    (0..questions.len()).map(|index| row.try_get("", &format!("c{index}"))).collect()
}

const POSTGRES: &str = "words @@ CAST($1 AS tsquery)";
/// In the order that is asked for, until there are enough of them.
const ONE_BY_ONE: &str = "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off";
/// The newest that have them: a tenant's rows of the index are in the order of numbers.
const SQLITE_NUMBERS: &str = "SELECT rowid - ? FROM ticket_words WHERE ticket_words MATCH ? \
                              AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?";
const SQLITE: &str = "ticket.number IN (SELECT ticket_words.rowid - ? FROM ticket_words \
                      WHERE ticket_words MATCH ? AND ticket_words.rowid BETWEEN ? AND ? \
                      ORDER BY ticket_words.rowid DESC LIMIT ?)";

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
