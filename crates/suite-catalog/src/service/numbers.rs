//! Numbers that people call tickets and requests by: one after the other in a tenant, and no two that
//! are made at once wait for each other.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use suite_contracts::TenantId;
use suite_kit::db::{Engine, Transaction};

use super::Catalog;
use crate::error::CatalogError;
use crate::store::{catalogs, desks};

/// Numbers that are set aside at once at most.
const NUMBERS_MAX: i64 = 128;
/// Who needs the next ones within so long gets twice as many.
const BUSY_MS: i64 = 1_000;

/// Numbers that were set aside for this process. So creations of a tenant do not wait
/// for each other's end; what a process does not use up is a gap. Where tickets are few there is
/// one number at a time, and no gap.
#[derive(Debug, Default)]
pub(super) struct Numbers(Mutex<BTreeMap<TenantId, SetAside>>);

#[derive(Debug, Default)]
struct SetAside {
    numbers: Vec<Range<i64>>,
    count: i64,
    at_ms: i64,
    /// Held by who sets more aside: others wait for those, instead of for the row in turn.
    more: Arc<tokio::sync::Mutex<()>>,
}

impl Numbers {
    fn of<T>(&self, tenant: TenantId, act: impl FnOnce(&mut SetAside) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(all.entry(tenant).or_default())
    }

    fn keep(&self, tenant: TenantId, numbers: Range<i64>) {
        if !numbers.is_empty() {
            self.of(tenant, |own| own.numbers.push(numbers));
        }
    }
}

impl SetAside {
    /// The next number, if there is one.
    fn next(&mut self) -> Option<i64> {
        while let Some(first) = self.numbers.first_mut() {
            if let Some(number) = first.next() {
                return Some(number);
            }
            self.numbers.remove(0);
        }
        None
    }

    /// How many to set aside.
    fn count(&mut self, now_ms: i64) -> i64 {
        let is_busy = (0..BUSY_MS).contains(&(now_ms - self.at_ms));
        self.count = if is_busy { (self.count * 2).clamp(1, NUMBERS_MAX) } else { 1 };
        self.at_ms = now_ms;
        self.count
    }
}

/// What is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbered {
    Ticket,
    Request,
}

impl Catalog {
    /// A number of those that were set aside. None on SQLite, where one writes at a time anyway:
    /// there it is taken with what is made.
    pub(super) async fn number_set_aside(
        &self,
        tenant: TenantId,
        of: Numbered,
    ) -> Result<Option<i64>, CatalogError> {
        if self.database().engine() == Engine::Sqlite {
            return Ok(None);
        }
        let numbers = match of {
            Numbered::Ticket => &self.0.ticket_numbers,
            Numbered::Request => &self.0.request_numbers,
        };
        if let Some(number) = numbers.of(tenant, SetAside::next) {
            return Ok(Some(number));
        }
        let more = numbers.of(tenant, |own| own.more.clone());
        let _turn = more.lock().await;
        // Somebody else may have been at it.
        if let Some(number) = numbers.of(tenant, SetAside::next) {
            return Ok(Some(number));
        }
        let count = numbers.of(tenant, |own| own.count(self.now_ms()));
        let transaction: Transaction = self.database().begin().await?;
        let last = match of {
            Numbered::Ticket => desks::next_numbers(&transaction, tenant, count).await?,
            Numbered::Request => catalogs::next_numbers(&transaction, tenant, count).await?,
        };
        transaction.commit_unaudited("numbers of what is made next").await?;
        let first = last - count + 1;
        numbers.keep(tenant, first + 1..last + 1);
        Ok(Some(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_makes_many_sets_more_aside() {
        let (numbers, tenant) = (Numbers::default(), TenantId::new());
        assert_eq!(numbers.of(tenant, |own| own.count(10_000)), 1);
        assert_eq!(numbers.of(tenant, |own| own.count(20_000)), 1);
        let counts = (0..9).map(|step| numbers.of(tenant, |own| own.count(20_100 + step)));
        assert_eq!(counts.collect::<Vec<_>>(), [2, 4, 8, 16, 32, 64, 128, 128, 128]);
        numbers.keep(tenant, 5..7);
        numbers.keep(tenant, 9..10);
        let taken: Vec<_> = (0..4).map(|_| numbers.of(tenant, SetAside::next)).collect();
        assert_eq!(taken, [Some(5), Some(6), Some(9), None]);
    }
}
