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
        let (sql, order) = text(&rows, engine);
        let mut rows: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
        let in_order = order.into_iter().filter_map(|at| rows.get_mut(at)?.take());
        let values = in_order.flat_map(|row| row.values);
        let backend = transaction.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        transaction.execute_raw(statement).await?;
        Ok(())
    }
}

/// One statement. PostgreSQL takes the rows of a table at once, and all insertions but the last as
/// common table expressions; SQLite knows none that write, but takes several statements at once.
fn text(rows: &[Row], engine: Engine) -> (String, Vec<usize>) {
    let tables = match engine {
        Engine::Postgres => by_table(rows),
        // What rows refer to is looked for row by row.
        Engine::Sqlite => (0..rows.len()).map(|at| vec![at]).collect(),
    };
    let (mut sql, mut parameters) = (String::with_capacity(512), 0);
    let last = tables.len().saturating_sub(1);
    for (at, of_table) in tables.iter().enumerate() {
        let of_table = of_table.iter().filter_map(|at| rows.get(*at));
        match engine {
            Engine::Postgres if at < last => {
                let _ = write!(sql, "{} a{at} AS (", if at == 0 { "WITH" } else { "," });
                insertion(&mut sql, of_table, &mut parameters);
                sql.push(')');
            }
            Engine::Postgres => insertion(&mut sql, of_table, &mut parameters),
            Engine::Sqlite => {
                insertion(&mut sql, of_table, &mut parameters);
                sql.push(';');
            }
        }
    }
    (sql, tables.concat())
}

/// The places of rows with the same columns of the same table.
fn by_table(rows: &[Row]) -> Vec<Vec<usize>> {
    let mut tables: Vec<((&str, &str), Vec<usize>)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let table = (row.table.as_ref(), row.columns.as_ref());
        match tables.iter_mut().find(|(of, _)| *of == table) {
            Some((_, places)) => places.push(at),
            None => tables.push((table, vec![at])),
        }
    }
    tables.into_iter().map(|(_, places)| places).collect()
}

/// Of rows with the same columns of one table.
fn insertion<'a>(sql: &mut String, rows: impl Iterator<Item = &'a Row>, parameters: &mut usize) {
    for (at, row) in rows.enumerate() {
        let _ = match at {
            0 => write!(sql, " INSERT INTO {} ({}) VALUES (", row.table, row.columns),
            _ => write!(sql, ", ("),
        };
        for column in 0..row.values.len() {
            *parameters += 1;
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}${parameters}");
        }
        sql.push(')');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(table: &'static str) -> Row {
        Row { table: table.into(), columns: "x, y".into(), values: vec![1.into(), 2.into()] }
    }

    #[test]
    fn rows_of_several_tables_are_one_statement() {
        let rows = [row("a"), row("b"), row("a"), row("b")];
        let (sql, order) = text(&rows, Engine::Postgres);
        assert_eq!(
            sql,
            "WITH a0 AS ( INSERT INTO a (x, y) VALUES ($1, $2), ($3, $4)) \
             INSERT INTO b (x, y) VALUES ($5, $6), ($7, $8)"
        );
        assert_eq!(order, [0, 2, 1, 3]);
        let (sql, order) = text(&rows, Engine::Sqlite);
        assert_eq!(
            sql,
            " INSERT INTO a (x, y) VALUES ($1, $2); INSERT INTO b (x, y) VALUES ($3, $4); \
             INSERT INTO a (x, y) VALUES ($5, $6); INSERT INTO b (x, y) VALUES ($7, $8);"
        );
        assert_eq!(order, [0, 1, 2, 3]);
    }

    #[test]
    fn rows_of_other_columns_are_an_insertion_of_their_own() {
        let other = Row { columns: "x, z".into(), ..row("a") };
        let (sql, _) = text(&[row("a"), other], Engine::Postgres);
        assert_eq!(
            sql,
            "WITH a0 AS ( INSERT INTO a (x, y) VALUES ($1, $2)) \
             INSERT INTO a (x, z) VALUES ($3, $4)"
        );
    }

    #[test]
    fn one_row_is_a_plain_insertion() {
        let (sql, _) = text(&[row("a")], Engine::Postgres);
        assert_eq!(sql, " INSERT INTO a (x, y) VALUES ($1, $2)");
    }

    mod thing {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
        #[sea_orm(table_name = "thing")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: i64,
            pub name: String,
            pub made_at_ms: Option<i64>,
        }

        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}
    }

    #[test]
    fn of_an_entity_what_is_not_set_is_left_to_the_table() {
        use sea_orm::ActiveValue::{NotSet, Set};
        let row = thing::ActiveModel { id: Set(7), name: NotSet, made_at_ms: Set(None) };
        let row = Row::of(&row);
        assert_eq!((&*row.table, &*row.columns), ("\"thing\"", "\"id\", \"made_at_ms\""));
        assert_eq!(row.values, [Value::from(7_i64), Value::from(None::<i64>)]);
    }
}
