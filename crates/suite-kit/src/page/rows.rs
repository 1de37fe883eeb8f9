//! Pages of rows. Each is read with one row more than it has: that there is one says that another
//! page follows.

use super::{Order, beyond};
use crate::db::Database;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

/// In the order in which they were made, or the latest first.
pub async fn by_id<E: EntityTrait>(
    database: &Database,
    mut rows: Select<E>,
    (id, order): (E::Column, Order),
    (after, limit): (Option<Uuid>, u64),
) -> Result<Vec<E::Model>, DbErr> {
    if let Some(after) = after {
        rows = rows.filter(match order {
            Order::Ascending => id.gt(after),
            Order::Descending => id.lt(after),
        });
    }
    let sorted = match order {
        Order::Ascending => rows.order_by_asc(id),
        Order::Descending => rows.order_by_desc(id),
    };
    sorted.limit(limit + 1).all(database.read()).await
}

/// In the order of their names.
pub async fn by_name<E: EntityTrait>(
    database: &Database,
    mut rows: Select<E>,
    (name, id): (E::Column, E::Column),
    (after, limit): (Option<(String, Uuid)>, u64),
) -> Result<Vec<E::Model>, DbErr> {
    if let Some((last_name, last_id)) = after {
        let key = ((name, Expr::val(last_name)), (id, Expr::val(last_id)));
        rows = rows.filter(beyond(Order::Ascending, key.0, key.1));
    }
    let sorted = rows.order_by_asc(name).order_by_asc(id);
    sorted.limit(limit + 1).all(database.read()).await
}
