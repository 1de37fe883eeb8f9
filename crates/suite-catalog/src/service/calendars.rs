//! Business calendars: made, changed by making versions, and worked out for whoever counts by them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use sea_orm::ConnectionTrait;
use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::Entry;
use suite_kit::auth::Caller;
use suite_kit::clock::rfc3339;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::{Catalog, changed, line, taken};
use crate::api::calendars::{
    CalendarBody, CalendarChange, CalendarRequest, CalendarVersionRequest, HolidaysRequest,
    ImportRequest, holidays,
};
use crate::api::instant_ms;
use crate::error::{CatalogError, Fault};
use crate::model::calendar::icalendar::{self, Dates};
use crate::model::calendar::{
    Calendar, CalendarError, Holiday, OpenTimes, Span, VERSIONS_MAX, Version,
};
use crate::permissions::{CALENDARS_READ, CALENDARS_WRITE};
use crate::store::entities::{calendar, calendar_version};
use crate::store::{self, document};

/// Calendars of a tenant at most.
const CALENDARS_MAX: u64 = 100;
const NAME_CHARS_MAX: usize = 100;
/// Calendars that are kept worked out at most.
const KEPT_MAX: usize = 256;
const DAY_MS: i64 = 24 * 3_600_000;
/// Windows begin and end at multiples of this, so that questions share them.
const GRID_MS: i64 = 365 * DAY_MS;
/// How far ahead it is worked out, at least: for the longest targets at few hours a week.
const AHEAD_MS: i64 = 5 * GRID_MS;

/// A calendar with its versions.
#[derive(Debug, Clone)]
pub(crate) struct CalendarDetail {
    pub row: calendar::Model,
    pub is_default: bool,
    /// In force now.
    pub content: CalendarBody,
    pub versions: Vec<VersionDetail>,
}

#[derive(Debug, Clone)]
pub(crate) struct VersionDetail {
    pub number: i32,
    pub effective_from_ms: i64,
    pub made_at_ms: i64,
    pub content: CalendarBody,
}

/// Calendars as they were worked out last, by the version that they then had.
#[derive(Debug, Default)]
pub(super) struct WorkedOut(Mutex<BTreeMap<(TenantId, Uuid), Kept>>);

type Kept = (i64, Arc<OpenTimes>);

impl WorkedOut {
    fn get(&self, id: (TenantId, Uuid), version: i64, needed: Span) -> Option<Arc<OpenTimes>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, times) = kept.get(&id)?;
        let window = times.window();
        let covers = window.from_ms <= needed.from_ms && needed.to_ms <= window.to_ms;
        (*of == version && covers).then(|| times.clone())
    }

    fn keep(&self, id: (TenantId, Uuid), version: i64, times: Arc<OpenTimes>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(id, (version, times));
    }
}

impl Catalog {
    pub(crate) async fn calendars(
        &self,
        caller: &Caller,
    ) -> Result<(Vec<calendar::Model>, Option<Uuid>), CatalogError> {
        caller.require(CALENDARS_READ)?;
        let (connection, tenant) = (self.database().read(), caller.tenant());
        let rows = store::calendars::list(connection, tenant).await?;
        Ok((rows, store::desks::default_calendar(connection, tenant).await?))
    }

    pub(crate) async fn calendar(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<CalendarDetail, CatalogError> {
        caller.require(CALENDARS_READ)?;
        self.calendar_detail(caller.tenant(), id).await
    }

    async fn calendar_detail(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<CalendarDetail, CatalogError> {
        let connection = self.database().read();
        let row = store::calendars::by_id(connection, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("calendar"))?;
        let is_default = store::desks::default_calendar(connection, tenant).await? == Some(id);
        let rows = store::calendars::versions(connection, (tenant, id)).await?;
        let calendar = calendar_of(&rows)?;
        let versions: Result<Vec<VersionDetail>, CatalogError> = rows
            .into_iter()
            .map(|row| {
                Ok(VersionDetail {
                    number: row.number,
                    effective_from_ms: row.effective_from_ms,
                    made_at_ms: row.created_at_ms,
                    content: document::read(&row.content)?,
                })
            })
            .collect();
        let content = CalendarBody::from(calendar.in_force(self.now_ms()));
        Ok(CalendarDetail { row, is_default, content, versions: versions? })
    }

    /// What one version says.
    pub(crate) async fn calendar_version(
        &self,
        caller: &Caller,
        (id, number): (Uuid, i32),
    ) -> Result<CalendarBody, CatalogError> {
        let detail = self.calendar(caller, id).await?;
        let found = detail.versions.into_iter().find(|version| version.number == number);
        Ok(found.ok_or(CatalogError::NotFound("version of this calendar"))?.content)
    }

    pub(crate) async fn create_calendar(
        &self,
        caller: &Caller,
        body: CalendarRequest,
    ) -> Result<CalendarDetail, CatalogError> {
        caller.require(CALENDARS_WRITE)?;
        let name = line("name", &body.name, NAME_CHARS_MAX)?;
        let (tenant, now_ms, id) = (caller.tenant(), self.now_ms(), Uuid::now_v7());
        let version = body.content.version("/content", now_ms)?;
        check(vec![version.clone()])?;
        let transaction = self.database().begin().await?;
        if store::calendars::count(&*transaction, tenant).await? >= CALENDARS_MAX {
            let reason = format!("a tenant has at most {CALENDARS_MAX} calendars");
            return Err(CatalogError::conflict("too_many_calendars", reason));
        }
        let made = store::calendars::insert(&transaction, (tenant, id), &name, now_ms).await;
        made.map_err(name_taken)?;
        self.add_versions(&transaction, (tenant, id), 0, &[version]).await?;
        if body.is_default {
            store::desks::set_default_calendar(&transaction, tenant, Some(id)).await?;
        }
        let detail = json!({
            "name": name, "is_default": body.is_default, "zone": body.content.zone,
            "holidays": body.content.holidays.len(),
        });
        let entry = Entry::new("service-catalog.calendar.created", "calendar", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.calendar_detail(tenant, id).await
    }

    /// Changes what a calendar is called, and whether it is the default. It counts as before.
    pub(crate) async fn change_calendar(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: CalendarChange,
    ) -> Result<CalendarDetail, CatalogError> {
        caller.require(CALENDARS_WRITE)?;
        let tenant = caller.tenant();
        let new_name = body.name.as_deref().map(|name| line("name", name, NAME_CHARS_MAX));
        let new_name = new_name.transpose()?;
        let transaction = self.database().begin().await?;
        let old = store::calendars::by_id(&*transaction, tenant, id).await?;
        let old = old.ok_or(CatalogError::NotFound("calendar"))?;
        let default = store::desks::default_calendar(&*transaction, tenant).await?;
        let (was_default, name) = (default == Some(id), new_name.unwrap_or(old.name.clone()));
        let changing = store::calendars::change(&transaction, (tenant, id, expected), &name).await;
        if !changing.map_err(name_taken)? {
            return Err(CatalogError::Stale("calendar"));
        }
        let is_default = body.is_default.unwrap_or(was_default);
        if is_default != was_default {
            let default = is_default.then_some(id);
            store::desks::set_default_calendar(&transaction, tenant, default).await?;
        }
        let before = json!({ "name": old.name, "is_default": was_default });
        let after = json!({ "name": name, "is_default": is_default });
        let entry = Entry::new("service-catalog.calendar.changed", "calendar", id);
        self.finish(transaction, caller, entry.with(changed(&before, &after))).await?;
        self.calendar_detail(tenant, id).await
    }

    /// Makes a version that is in force from an instant on.
    pub(crate) async fn revise_calendar(
        &self,
        caller: &Caller,
        own: (Uuid, i64),
        body: CalendarVersionRequest,
    ) -> Result<CalendarDetail, CatalogError> {
        caller.require(CALENDARS_WRITE)?;
        let from_ms = match &body.effective_from {
            None => self.now_ms(),
            Some(text) => instant_ms("/effective_from", text)?,
        };
        let version = body.content.version("/content", from_ms)?;
        self.take_on(caller, own, |_| Ok(vec![version])).await
    }

    /// Closes a calendar at these times, too, in the past as in the future.
    pub(crate) async fn add_holidays(
        &self,
        caller: &Caller,
        own: (Uuid, i64),
        body: HolidaysRequest,
    ) -> Result<CalendarDetail, CatalogError> {
        caller.require(CALENDARS_WRITE)?;
        let added = holidays("/holidays", body.holidays)?;
        self.close(caller, own, ("/holidays", added)).await
    }

    pub(crate) async fn import_holidays(
        &self,
        caller: &Caller,
        own: (Uuid, i64),
        body: ImportRequest,
    ) -> Result<CalendarDetail, CatalogError> {
        caller.require(CALENDARS_WRITE)?;
        let date = |at: &str, text: &str| {
            let reason = "this is no date, such as 2026-12-24";
            text.parse::<Date>().map_err(|_| Fault::new(at, reason))
        };
        let dates = Dates { first: date("/first", &body.first)?, last: date("/last", &body.last)? };
        let added = icalendar::read(&body.file, dates);
        let added = added.map_err(|error| Fault::new("/file", error))?;
        self.close(caller, own, ("/file", added)).await
    }

    async fn close(
        &self,
        caller: &Caller,
        own: (Uuid, i64),
        (at, added): (&str, Vec<Holiday>),
    ) -> Result<CalendarDetail, CatalogError> {
        let Some(first_ms) = added.iter().map(Holiday::begins_after_ms).min() else {
            let reason = "there is no holiday in this, at these dates";
            return Err(Fault::new(at, reason).into());
        };
        let from_ms = first_ms.min(self.now_ms());
        self.take_on(caller, own, |calendar| Ok(calendar.with_holidays(from_ms, &added))).await
    }

    /// Adds versions to a calendar that is still as it was seen. Where there are none to add
    /// nothing changes.
    async fn take_on(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        versions: impl FnOnce(&Calendar) -> Result<Vec<Version>, CatalogError>,
    ) -> Result<CalendarDetail, CatalogError> {
        let tenant = caller.tenant();
        let transaction = self.database().begin().await?;
        let row = store::calendars::by_id(&*transaction, tenant, id).await?;
        let row = row.ok_or(CatalogError::NotFound("calendar"))?;
        // Others that change it wait from here on.
        if !store::calendars::change(&transaction, (tenant, id, expected), &row.name).await? {
            return Err(CatalogError::Stale("calendar"));
        }
        let rows = store::calendars::versions(&*transaction, (tenant, id)).await?;
        let calendar = calendar_of(&rows)?;
        let added = versions(&calendar)?;
        let Some(first) = added.first() else {
            transaction.roll_back().await?;
            return self.calendar_detail(tenant, id).await;
        };
        check([calendar.versions(), &added].concat())?;
        self.add_versions(&transaction, (tenant, id), rows.len(), &added).await?;
        self.recount_later(&transaction, (tenant, id), first.effective_from_ms).await?;
        let detail = json!({
            "name": row.name,
            "versions": added.len(),
            "effective_from": rfc3339(first.effective_from_ms),
            "zone": first.zone.name(),
            "holidays": { "before": rows.last().map_or(Ok(0), holidays_of)?,
                "after": added.last().map_or(0, |version| version.holidays.len()) },
        });
        let entry = Entry::new("service-catalog.calendar.revised", "calendar", id).with(detail);
        self.finish(transaction, caller, entry).await?;
        self.calendar_detail(tenant, id).await
    }

    async fn add_versions(
        &self,
        transaction: &Transaction,
        (tenant, id): (TenantId, Uuid),
        count: usize,
        versions: &[Version],
    ) -> Result<(), CatalogError> {
        for (number, version) in (count + 1..).zip(versions) {
            let number = i32::try_from(number);
            let row = calendar_version::Model {
                calendar_id: id,
                number: number.map_err(|error| CatalogError::Internal(error.to_string()))?,
                tenant_id: tenant.0,
                effective_from_ms: version.effective_from_ms,
                content: document::write(&CalendarBody::from(version))?,
                created_at_ms: self.now_ms(),
            };
            store::calendars::add_version(transaction, row).await?;
        }
        Ok(())
    }

    /// When a calendar is open, from an instant until long after now; always, if there is none.
    pub(super) async fn open_times(
        &self,
        connection: &impl ConnectionTrait,
        (tenant, calendar): (TenantId, Option<Uuid>),
        from_ms: i64,
    ) -> Result<Arc<OpenTimes>, CatalogError> {
        let now_ms = self.now_ms();
        let needed = Span::new(from_ms.min(now_ms) - DAY_MS, now_ms.max(from_ms) + AHEAD_MS);
        let id = calendar.unwrap_or_default();
        let row = match calendar {
            None => None,
            Some(id) => store::calendars::by_id(connection, tenant, id).await?,
        };
        let version = row.map_or(0, |row| row.version);
        // Around the clock is the same for all.
        let own = if calendar.is_some() { tenant } else { TenantId(Uuid::nil()) };
        if let Some(times) = self.0.calendars.get((own, id), version, needed) {
            return Ok(times);
        }
        let worked_out = match calendar {
            None => Calendar::always(),
            Some(id) => {
                let rows = store::calendars::versions(connection, (tenant, id)).await?;
                calendar_of(&rows)?
            }
        };
        let floor = |at_ms: i64| at_ms.div_euclid(GRID_MS) * GRID_MS;
        let window = Span::new(floor(needed.from_ms), floor(needed.to_ms) + GRID_MS);
        let times = Arc::new(worked_out.open_times(window).map_err(internal)?);
        self.0.calendars.keep((own, id), version, times.clone());
        Ok(times)
    }
}

fn check(versions: Vec<Version>) -> Result<(), CatalogError> {
    let error = match Calendar::new(versions) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    Err(match error {
        CalendarError::Versions => {
            let reason =
                format!("a calendar has at most {VERSIONS_MAX} versions: make another calendar");
            CatalogError::conflict("too_many_versions", reason)
        }
        error => CatalogError::invalid("content", error),
    })
}

fn calendar_of(rows: &[calendar_version::Model]) -> Result<Calendar, CatalogError> {
    let versions: Result<Vec<Version>, CatalogError> = rows
        .iter()
        .map(|row| {
            let body: CalendarBody = document::read(&row.content)?;
            let read = body.version("", row.effective_from_ms);
            read.map_err(|fault| CatalogError::Internal(fault.reason))
        })
        .collect();
    Calendar::new(versions?).map_err(internal)
}

fn holidays_of(row: &calendar_version::Model) -> Result<usize, CatalogError> {
    Ok(document::read::<CalendarBody>(&row.content)?.holidays.len())
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn internal(error: CalendarError) -> CatalogError {
    CatalogError::Internal(error.to_string())
}

fn name_taken(error: sea_orm::DbErr) -> CatalogError {
    taken(error, "name_taken", "there is a calendar of this name already")
}
