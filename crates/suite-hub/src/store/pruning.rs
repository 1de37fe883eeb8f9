//! Removing what has no use any more, a bounded number of rows at a time.

use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Iden, QueryFilter};
use suite_kit::db::Transaction;

use super::entities::{
    known_device, login_address, one_time_token, refresh_token, session, user_notification,
};

/// Sessions that ended or expired before a time, with their refresh tokens.
pub async fn sessions(
    transaction: &Transaction,
    before_ms: i64,
    rows_max: u64,
) -> Result<u64, DbErr> {
    use session::Column as C;
    let over = C::EndedAtMs.lt(before_ms).or(C::ExpiresAtMs.lt(before_ms));
    remove::<session::Entity>(transaction, C::Id, over, rows_max).await
}

/// Refresh tokens that were used before a time.
pub async fn refresh_tokens(
    transaction: &Transaction,
    before_ms: i64,
    rows_max: u64,
) -> Result<u64, DbErr> {
    use refresh_token::Column as C;
    remove::<refresh_token::Entity>(transaction, C::Hash, C::UsedAtMs.lt(before_ms), rows_max).await
}

/// One-time tokens that were used or expired before a time.
pub async fn tokens(
    transaction: &Transaction,
    before_ms: i64,
    rows_max: u64,
) -> Result<u64, DbErr> {
    use one_time_token::Column as C;
    let over = C::UsedAtMs.lt(before_ms).or(C::ExpiresAtMs.lt(before_ms));
    remove::<one_time_token::Entity>(transaction, C::Hash, over, rows_max).await
}

/// Addresses without a failure since a time.
pub async fn addresses(
    transaction: &Transaction,
    before_ms: i64,
    rows_max: u64,
) -> Result<u64, DbErr> {
    use login_address::Column as C;
    let quiet = C::LastFailedAtMs.lt(before_ms);
    remove::<login_address::Entity>(transaction, C::Address, quiet, rows_max).await
}

/// What people were told before a time, read or not.
pub async fn notifications(
    transaction: &Transaction,
    before_ms: i64,
    rows_max: u64,
) -> Result<u64, DbErr> {
    use user_notification::Column as C;
    let old = C::CreatedAtMs.lt(before_ms);
    remove::<user_notification::Entity>(transaction, C::Id, old, rows_max).await
}

/// Devices that nobody has signed in from since a time. They are few: no batches.
pub async fn devices(transaction: &Transaction, before_ms: i64) -> Result<u64, DbErr> {
    use known_device::Column as C;
    let old = known_device::Entity::delete_many().filter(C::LastSeenAtMs.lt(before_ms));
    Ok(old.exec(&**transaction).await?.rows_affected)
}

async fn remove<E: EntityTrait>(
    transaction: &Transaction,
    key: impl IntoColumnRef + Iden + Copy,
    condition: SimpleExpr,
    rows_max: u64,
) -> Result<u64, DbErr> {
    let mut some = Query::select();
    some.column(key).from(E::default()).and_where(condition).limit(rows_max);
    let mut delete = Query::delete();
    delete.from_table(E::default()).and_where(Expr::col(key).in_subquery(some));
    Ok(transaction.execute(&delete).await?.rows_affected())
}
