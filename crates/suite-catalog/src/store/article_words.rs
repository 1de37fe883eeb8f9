//! Finding articles by their words, what says more first. What the two databases share is the
//! answer alone: which articles, those with the words in their title before the others.

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use suite_contracts::TenantId;
use suite_kit::db::{Database, Engine};
use uuid::Uuid;

use super::articles::{AGENTS, EVERYBODY, GROUPS, Reader};

/// Whether all words are asked for, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    All,
    Any,
}

/// The published articles that a reader sees and whose words begin with these.
pub async fn find(
    database: &Database,
    tenant: TenantId,
    (words, how): (&[String], Match),
    (reader, category): (&Reader, Option<&str>),
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let of_tenant = format!("t{}", tenant.0.simple());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let is_postgres = database.engine() == Engine::Postgres;
    let (question, rank) = if is_postgres {
        in_postgres(&of_tenant, words, how)
    } else {
        (in_sqlite(&of_tenant, words, how), String::new())
    };
    let mut values: Vec<Value> = vec![tenant.0.into(), question.into(), limit.into()];
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let mut conditions = String::new();
    if let Some(category) = category {
        conditions += &format!(" AND a.category = {}", place(category.into()));
    }
    if !reader.is_editor {
        conditions += &format!(" AND ({})", seen_by(reader, &mut place));
    }
    let sql = if is_postgres {
        let rank = place(rank.into());
        POSTGRES.replace("{rank}", &rank).replace("{conditions}", &conditions)
    } else {
        SQLITE.replace("{conditions}", &conditions)
    };
    let backend = database.read().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = database.read().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

fn seen_by(reader: &Reader, place: &mut impl FnMut(Value) -> String) -> String {
    let mut any = vec![format!("a.visibility = '{EVERYBODY}'")];
    if reader.is_agent {
        any.push(format!("a.visibility = '{AGENTS}'"));
    }
    if !reader.groups.is_empty() {
        let groups: Vec<String> = reader.groups.iter().map(|id| place((*id).into())).collect();
        any.push(format!(
            "(a.visibility = '{GROUPS}' AND EXISTS (SELECT 1 FROM article_group g \
             WHERE g.article_id = a.id AND g.group_id IN ({})))",
            groups.join(", ")
        ));
    }
    any.join(" OR ")
}

const POSTGRES: &str = "SELECT a.id AS id FROM article a WHERE a.tenant_id = $1 \
                        AND a.words @@ CAST($2 AS tsquery) AND a.is_published{conditions} \
                        ORDER BY ts_rank('{0, 0, 0.1, 1}', a.words, CAST({rank} AS tsquery)) DESC, \
                        a.number DESC LIMIT $3";
const SQLITE: &str = "SELECT a.id AS id FROM article_words \
                      JOIN article_words_row r ON r.row = article_words.rowid \
                      JOIN article a ON a.id = r.article_id \
                      WHERE article_words MATCH $2 AND a.tenant_id = $1 \
                      AND a.is_published{conditions} \
                      ORDER BY bm25(article_words, 0, 10, 1), a.number DESC LIMIT $3";

/// Words have letters and digits alone, so that nothing in them needs to be escaped. The question,
/// and what it is ranked by, which is not the tenant's word.
fn in_postgres(of_tenant: &str, words: &[String], how: Match) -> (String, String) {
    let parts: Vec<String> = words.iter().map(|word| any_case(word)).collect();
    let asked = parts.join(if how == Match::All { " & " } else { " | " });
    // For rank, any word that is there counts.
    (format!("'{of_tenant}' & ({asked})"), parts.join(" | "))
}

/// What is a capital letter beyond A to Z, PostgreSQL may not know: it is asked for as people write
/// it.
fn any_case(word: &str) -> String {
    let mut letters = word.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let capital = format!("{first}{}", letters.as_str());
    let mut forms = vec![word.to_owned()];
    if !word.is_ascii() {
        forms.extend([capital, word.to_uppercase()]);
    }
    let forms: Vec<String> = forms.iter().map(|form| format!("'{form}':*AB")).collect();
    format!("({})", forms.join(" | "))
}

fn in_sqlite(of_tenant: &str, words: &[String], how: Match) -> String {
    let parts: Vec<String> =
        words.iter().map(|word| format!("{{title body}} : \"{word}\"*")).collect();
    let asked = parts.join(if how == Match::All { " AND " } else { " OR " });
    format!("tenant : \"{of_tenant}\" AND ({asked})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_the_tenants_and_of_all_words_or_any() {
        let words = ["a".to_owned(), "ü2".to_owned()];
        let (asked, rank) = in_postgres("t1", &words, Match::All);
        assert_eq!(asked, "'t1' & (('a':*AB) & ('ü2':*AB | 'Ü2':*AB | 'Ü2':*AB))");
        assert_eq!(rank, "('a':*AB) | ('ü2':*AB | 'Ü2':*AB | 'Ü2':*AB)");
        let asked = in_sqlite("t1", &words, Match::Any);
        let expected = "tenant : \"t1\" AND ({title body} : \"a\"* OR {title body} : \"ü2\"*)";
        assert_eq!(asked, expected);
    }
}
