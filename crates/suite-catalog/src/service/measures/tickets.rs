//! What is measured of tickets.

use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::GroupId;
use suite_kit::auth::Caller;

use super::{Part, mean, period, share};
use crate::api::desk::{TicketKind, priority_number, tier};
use crate::api::measures::{
    Targets, TicketMeasures, TicketMeasuresFilter, TicketMeasuresRow, TicketMeasuresView, TicketsBy,
};
use crate::error::CatalogError;
use crate::permissions::MEASURES_READ;
use crate::service::Catalog;
use crate::store::measures::{self, By, Key, Sums, Wanted};

impl Catalog {
    pub(crate) async fn ticket_measures(
        &self,
        caller: &Caller,
        filter: &TicketMeasuresFilter,
    ) -> Result<TicketMeasuresView, CatalogError> {
        caller.require(MEASURES_READ)?;
        let days = period(&filter.from, &filter.until)?;
        let tier = filter.tier.map(|number| tier("/tier", number).map(|_| i32::from(number)));
        let wanted = Wanted {
            from_day: days.0,
            until_day: days.1,
            group: filter.group_id.map(|group| group.0),
            tier: tier.transpose()?,
            priority: filter.priority.map(|priority| priority_number(priority.into())),
            kind: filter.kind.map(TicketKind::as_str),
        };
        let by = filter.by.unwrap_or_default();
        let (column, part) = match by {
            TicketsBy::Day => (By::Day, Some(Part::Day)),
            TicketsBy::Week => (By::Day, Some(Part::Week)),
            TicketsBy::Month => (By::Day, Some(Part::Month)),
            TicketsBy::Group => (By::Group, None),
            TicketsBy::Tier => (By::Tier, None),
            TicketsBy::Priority => (By::Priority, None),
            TicketsBy::Kind => (By::Kind, None),
        };
        let tenant = caller.tenant();
        let sums = measures::sums(self.database(), tenant, (&wanted, column)).await?;
        let mut total = Sums::default();
        sums.values().for_each(|one| total.add(one));
        let rows = match part {
            Some(part) => in_parts(part, days, &sums),
            None => self.rows_of_tickets(caller, by, sums).await?,
        };
        Ok(TicketMeasuresView {
            total: TicketMeasures::from(&total),
            targets: Targets::DEFAULT,
            rows,
        })
    }

    async fn rows_of_tickets(
        &self,
        caller: &Caller,
        by: TicketsBy,
        sums: BTreeMap<Key, Sums>,
    ) -> Result<Vec<TicketMeasuresRow>, CatalogError> {
        let ids: BTreeSet<GroupId> = sums
            .keys()
            .filter_map(|key| match key {
                Key::Group(Some(id)) => Some(GroupId(*id)),
                _ => None,
            })
            .collect();
        let groups = self.groups(caller.tenant(), &ids).await?;
        let names: BTreeMap<GroupId, String> =
            groups.into_iter().map(|group| (group.id, group.name)).collect();
        let named = sums.into_iter().map(|(key, sums)| {
            let (key, label) = match key {
                Key::Number(number) if by == TicketsBy::Priority => {
                    (format!("P{number}"), format!("P{number}"))
                }
                Key::Number(number) => (number.to_string(), format!("Tier {number}")),
                Key::Group(None) => (String::new(), "No group".to_owned()),
                Key::Group(Some(id)) => {
                    let name = names.get(&GroupId(id)).cloned();
                    (id.to_string(), name.unwrap_or_else(|| "A group that is gone".to_owned()))
                }
                Key::Kind(kind) => (kind.clone(), kind.replace('_', " ")),
            };
            TicketMeasuresRow { key, label, measures: TicketMeasures::from(&sums) }
        });
        let mut rows: Vec<TicketMeasuresRow> = named.collect();
        if by == TicketsBy::Group {
            rows.sort_by(|one, other| one.label.cmp(&other.label));
        }
        Ok(rows)
    }
}

fn in_parts(part: Part, days: (i32, i32), sums: &BTreeMap<Key, Sums>) -> Vec<TicketMeasuresRow> {
    let mut parts: BTreeMap<i32, Sums> = part.all(days);
    for (key, sums) in sums {
        if let Key::Number(day) = key {
            parts.entry(part.first(*day)).or_default().add(sums);
        }
    }
    let rows = parts.iter().map(|(first, sums)| TicketMeasuresRow {
        key: Part::key(*first),
        label: part.label(*first),
        measures: TicketMeasures::from(sums),
    });
    rows.collect()
}

impl From<&Sums> for TicketMeasures {
    fn from(sums: &Sums) -> Self {
        let kept = sums.response_kept + sums.resolution_kept;
        let decided = kept + sums.response_breached + sums.resolution_breached;
        Self {
            created: sums.created,
            replied: sums.replied,
            first_response_ms: mean(sums.response_ms, sums.replied),
            response_kept: sums.response_kept,
            response_breached: sums.response_breached,
            resolved: sums.resolved,
            resolution_ms: mean(sums.resolution_ms, sums.resolved),
            resolution_kept: sums.resolution_kept,
            resolution_breached: sums.resolution_breached,
            sla_compliance: share(kept, decided),
            escalated: sums.escalated,
            escalation_rate: share(sums.escalated, sums.created),
            resolution_rate: share(sums.resolved, sums.created),
            rated: sums.rated,
            mean_score: share(sums.score, sums.rated),
            satisfaction: share(sums.satisfied, sums.rated),
        }
    }
}
