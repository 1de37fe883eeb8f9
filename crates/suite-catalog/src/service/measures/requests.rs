//! What is measured of requests.

use std::collections::BTreeMap;

use suite_kit::auth::Caller;
use uuid::Uuid;

use super::{Part, mean, period, share};
use crate::api::measures::{
    RequestMeasures, RequestMeasuresFilter, RequestMeasuresRow, RequestMeasuresView, RequestsBy,
};
use crate::error::CatalogError;
use crate::model::decimal::Decimal;
use crate::permissions::MEASURES_READ;
use crate::service::Catalog;
use crate::store::cost_centres;
use crate::store::measures::DAY_MS;
use crate::store::request_measures::{self, By, Row, Wanted};

impl Catalog {
    pub(crate) async fn request_measures(
        &self,
        caller: &Caller,
        filter: &RequestMeasuresFilter,
    ) -> Result<RequestMeasuresView, CatalogError> {
        caller.require(MEASURES_READ)?;
        let days = period(&filter.from, &filter.until)?;
        let wanted = Wanted {
            from_ms: i64::from(days.0) * DAY_MS,
            until_ms: i64::from(days.1) * DAY_MS,
            item: filter.item_id,
            cost_centre: filter.cost_centre_id,
        };
        let by = filter.by.unwrap_or_default();
        let (column, part) = match by {
            RequestsBy::Day => (By::Day, Some(Part::Day)),
            RequestsBy::Week => (By::Day, Some(Part::Week)),
            RequestsBy::Month => (By::Day, Some(Part::Month)),
            RequestsBy::Item => (By::Item, None),
            RequestsBy::CostCentre => (By::CostCentre, None),
        };
        let sums = request_measures::sums(self.database(), caller.tenant(), (&wanted, column));
        let sums = sums.await?;
        let mut total = Row::default();
        sums.iter().for_each(|row| total.add(row));
        let rows = match part {
            Some(part) => in_parts(part, days, &sums),
            None => self.rows_of_requests(caller, by, &sums).await?,
        };
        let currency = self.currency(caller.tenant()).await?;
        Ok(RequestMeasuresView { total: RequestMeasures::from(&total), currency, rows })
    }

    async fn rows_of_requests(
        &self,
        caller: &Caller,
        by: RequestsBy,
        sums: &[Row],
    ) -> Result<Vec<RequestMeasuresRow>, CatalogError> {
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let is_by_item = by == RequestsBy::Item;
        let ids = sums.iter().filter_map(|row| row.cost_centre_id).collect();
        let centres: BTreeMap<Uuid, String> = cost_centres::names(connection, tenant, ids).await?;
        let mut rows: Vec<RequestMeasuresRow> = sums
            .iter()
            .map(|row| {
                let id = if is_by_item { row.item_id } else { row.cost_centre_id };
                let name = match id {
                    None => Some("No cost centre".to_owned()),
                    Some(_) if is_by_item => row.item_name.clone(),
                    Some(id) => centres.get(&id).cloned(),
                };
                let label = name.unwrap_or_default();
                let key = id.map(|id| id.to_string()).unwrap_or_default();
                RequestMeasuresRow { key, label, measures: RequestMeasures::from(row) }
            })
            .collect();
        rows.sort_by(|one, other| (&one.label, &one.key).cmp(&(&other.label, &other.key)));
        Ok(rows)
    }
}

fn in_parts(part: Part, days: (i32, i32), sums: &[Row]) -> Vec<RequestMeasuresRow> {
    let mut parts: BTreeMap<i32, Row> = part.all(days);
    for row in sums {
        let day = row.day.and_then(|day| i32::try_from(day).ok());
        parts.entry(part.first(day.unwrap_or_default())).or_default().add(row);
    }
    let rows = parts.iter().map(|(first, row)| RequestMeasuresRow {
        key: Part::key(*first),
        label: part.label(*first),
        measures: RequestMeasures::from(row),
    });
    rows.collect()
}

impl Row {
    fn add(&mut self, other: &Self) {
        self.created += other.created;
        self.fulfilled += other.fulfilled;
        self.rejected += other.rejected;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.fulfilled_ms = self.fulfilled_ms.saturating_add(other.fulfilled_ms);
        self.spent_units = self.spent_units.saturating_add(other.spent_units);
        self.spent_millionths = self.spent_millionths.saturating_add(other.spent_millionths);
        self.rated += other.rated;
        self.score += other.score;
        self.satisfied += other.satisfied;
    }
}

impl From<&Row> for RequestMeasures {
    fn from(row: &Row) -> Self {
        Self {
            created: row.created,
            fulfilled: row.fulfilled,
            rejected: row.rejected,
            failed: row.failed,
            cancelled: row.cancelled,
            fulfilment_ms: mean(row.fulfilled_ms, row.fulfilled),
            spend: amount(row.spent_units, row.spent_millionths),
            rated: row.rated,
            mean_score: share(row.score, row.rated),
            satisfaction: share(row.satisfied, row.rated),
        }
    }
}

/// Units and millionths as people write them.
fn amount(units: i64, millionths: i64) -> String {
    let units = units.saturating_add(millionths / 1_000_000);
    let rest = Decimal::from_millionths(millionths % 1_000_000).to_string();
    let places = rest.split_once('.').map(|(_, places)| places);
    places.map_or_else(|| units.to_string(), |places| format!("{units}.{places}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_whole() {
        assert_eq!(amount(0, 0), "0");
        assert_eq!(amount(12, 500_000), "12.5");
        assert_eq!(amount(12, 2_000_001), "14.000001");
    }
}
