//! Rows of tables that are only added to, such as events and audit records.
//!
//! Nobody waits for what such an insertion says, so a transaction keeps its rows and writes them
//! together right before it commits: one way to the database and back instead of one for each.

use std::borrow::Cow;
use std::fmt::Write;

use parking_lot::Mutex;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityName, EntityTrait,
    IdenStatic, Iterable, Statement, Value,
};

use super::Engine;

/// Rows that one statement adds.
const ROWS_MAX: usize = 16;

/// A row to be added to a table.
#[derive(Debug)]
pub(crate) struct Row {
    pub table: Cow<'static, str>,
    /// Names, with commas between them.
    pub columns: Cow<'static, str>,
    /// In the order of the columns.
    pub values: Vec<Value>,
}

impl Row {
    /// Of an entity's table; what is not set is left to the table.
    pub(super) fn of<A: ActiveModelTrait>(row: &A) -> Self {
        let (mut columns, mut values) = (String::new(), Vec::new());
        for column in <A::Entity as EntityTrait>::Column::iter() {
            let Some(value) = row.get(column).into_value() else { continue };
            let comma = if values.is_empty() { "" } else { ", " };
            let _ = write!(columns, "{comma}\"{}\"", column.as_str());
            values.push(value);
        }
        let table = format!("\"{}\"", A::Entity::default().table_name());
        Self { table: table.into(), columns: columns.into(), values }
    }
}

/// What a transaction has still to write.
#[derive(Debug, Default)]
pub(super) struct Appended(Mutex<Vec<Row>>);

impl Appended {
    /// Keeps a row; whether it is time to write.
    pub(super) fn keep(&self, row: Row) -> bool {
        let mut rows = self.0.lock();
        rows.push(row);
        rows.len() >= ROWS_MAX
    }

    pub(super) async fn write(
        &self,
        transaction: &DatabaseTransaction,
        engine: Engine,
    ) -> Result<(), DbErr> {
        let rows = std::mem::take(&mut *self.0.lock());
        if rows.is_empty() {
            return Ok(());
        }
        let sql = text(&rows, engine);
        let values = rows.into_iter().flat_map(|row| row.values);
        let backend = transaction.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        transaction.execute_raw(statement).await?;
        Ok(())
    }
}

/// One statement. PostgreSQL takes all insertions but the last as common table expressions; SQLite
/// knows none that write, but takes several statements at once.
fn text(rows: &[Row], engine: Engine) -> String {
    let (mut sql, mut parameters) = (String::with_capacity(512), 0);
    let last = rows.len().saturating_sub(1);
    for (at, row) in rows.iter().enumerate() {
        match engine {
            Engine::Postgres if at < last => {
                let _ = write!(sql, "{} a{at} AS (", if at == 0 { "WITH" } else { "," });
                insertion(&mut sql, row, &mut parameters);
                sql.push(')');
            }
            Engine::Postgres => insertion(&mut sql, row, &mut parameters),
            Engine::Sqlite => {
                insertion(&mut sql, row, &mut parameters);
                sql.push(';');
            }
        }
    }
    sql
}

fn insertion(sql: &mut String, row: &Row, parameters: &mut usize) {
    let _ = write!(sql, " INSERT INTO {} ({}) VALUES (", row.table, row.columns);
    for column in 0..row.values.len() {
        *parameters += 1;
        let comma = if column == 0 { "" } else { ", " };
        let _ = write!(sql, "{comma}${parameters}");
    }
    sql.push(')');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(table: &'static str) -> Row {
        Row { table: table.into(), columns: "x, y".into(), values: vec![1.into(), 2.into()] }
    }

    #[test]
    fn rows_of_several_tables_are_one_statement() {
        let rows = [row("a"), row("b"), row("b")];
        assert_eq!(
            text(&rows, Engine::Postgres),
            "WITH a0 AS ( INSERT INTO a (x, y) VALUES ($1, $2)), \
             a1 AS ( INSERT INTO b (x, y) VALUES ($3, $4)) \
             INSERT INTO b (x, y) VALUES ($5, $6)"
        );
        assert_eq!(
            text(&rows, Engine::Sqlite),
            " INSERT INTO a (x, y) VALUES ($1, $2); INSERT INTO b (x, y) VALUES ($3, $4); \
             INSERT INTO b (x, y) VALUES ($5, $6);"
        );
    }

    #[test]
    fn one_row_is_a_plain_insertion() {
        let sql = text(&[row("a")], Engine::Postgres);
        assert_eq!(sql, " INSERT INTO a (x, y) VALUES ($1, $2)");
    }
}
