//! Lists in pages: a cursor names the last item of the page before, so that what is added or removed
//! meanwhile neither repeats nor hides an item.

pub mod rows;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef, LikeExpr, SimpleExpr};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

pub const LIMIT_DEFAULT: u64 = 50;
pub const LIMIT_MAX: u64 = 200;
/// No cursor of ours is longer.
const CURSOR_CHARS_MAX: usize = 1_024;

/// Which part of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items at most, 50 unless told otherwise.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// `next` of the page before.
    #[param(max_length = 1024)]
    pub cursor: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; absent in the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl PageQuery {
    pub fn limit(&self) -> Result<u64, Problem> {
        match self.limit.unwrap_or(LIMIT_DEFAULT) {
            limit @ 1..=LIMIT_MAX => Ok(limit),
            limit => {
                let detail = format!("a page has 1 to {LIMIT_MAX} items, not {limit}");
                Err(Problem::invalid("limit", detail.clone()).at("limit", detail))
            }
        }
    }

    /// The key of the last item of the page before.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = Some(cursor).filter(|cursor| cursor.len() <= CURSOR_CHARS_MAX);
        let bytes = bytes.and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
        let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let detail = "a cursor is the `next` of an earlier page of the same list";
        key.map(Some).ok_or_else(|| Problem::invalid("cursor", detail).at("cursor", detail))
    }
}

impl<T> Page<T> {
    /// A page of at most `limit` items out of `items`, which were read with a limit of one more.
    pub fn cut<K: Serialize>(mut items: Vec<T>, limit: u64, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| cursor(&key(last)));
        Self { items, next }
    }

    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

/// Keys are plain values, which serialise.
fn cursor<K: Serialize>(key: &K) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Ascending,
    Descending,
}

/// The condition that a row comes after the one with these two values, where a list is sorted by
/// `first` and then by `second`, both in the same order.
pub fn beyond(
    order: Order,
    first: (impl IntoColumnRef, impl Into<SimpleExpr>),
    second: (impl IntoColumnRef, impl Into<SimpleExpr>),
) -> SimpleExpr {
    let row = Expr::tuple([Expr::col(first.0), Expr::col(second.0)]);
    let key = Expr::tuple([first.1.into(), second.1.into()]);
    match order {
        Order::Ascending => row.gt(key),
        Order::Descending => row.lt(key),
    }
}

/// The condition that a column contains a text, in either case. `%` and `_` stand for themselves.
pub fn contains(column: impl IntoColumnRef, text: &str) -> SimpleExpr {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(pattern).escape('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_last_item() {
        let page = Page::cut(vec![1, 2, 3], 2, |item| *item);
        assert_eq!(page.items, [1, 2]);
        let query = PageQuery { limit: Some(2), cursor: page.next };
        assert_eq!(query.after::<i32>().unwrap(), Some(2));
        assert_eq!(Page::cut(vec![1, 2], 2, |item| *item).next, None);
        assert_eq!(Page::cut(Vec::<i32>::new(), 2, |item| *item).next, None);
    }

    #[test]
    fn foreign_cursors_and_limits_are_refused() {
        for cursor in ["", "!", "bm8", "aW52YWxpZA", &"x".repeat(5_000)] {
            let query = PageQuery { limit: None, cursor: Some(cursor.to_owned()) };
            assert_eq!(query.after::<(i64, String)>().unwrap_err().code(), "cursor", "{cursor}");
        }
        for limit in [0, 201, u64::MAX] {
            let query = PageQuery { limit: Some(limit), cursor: None };
            assert_eq!(query.limit().unwrap_err().code(), "limit");
        }
        assert_eq!(PageQuery::default().limit().unwrap(), LIMIT_DEFAULT);
    }
}
