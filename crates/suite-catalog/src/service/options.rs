//! Options that a form takes from what the catalog and Hub know, for who answers it: found by a
//! search while they choose, and looked up again when they send it, by the same rules.

use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::auth::{Caller, Member};
use uuid::Uuid;

use super::Catalog;
use super::option_lists::KeptList;
use crate::api::option_lists::{ListOption, OptionsQuery};
use crate::error::CatalogError;
use crate::model::form::{Answers, Form, Kind, Listed, Options, Query, Resolved, Value};
use crate::permissions::ITEMS_READ;
use crate::store::entities::{cost_centre, request, ticket};
use crate::store::options::{self, Pick};
use crate::store::{self, option_lists};

/// Options that are shown at once.
const SHOWN_MAX: usize = 50;
/// Options that answers choose at most, of all queries together.
const CHOSEN_MAX: usize = 500;

/// What chosen options were called, by field, or `field.column`, and value.
pub(crate) type Labels = BTreeMap<String, BTreeMap<String, String>>;

/// Where options come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    List(Uuid),
    PeopleOf(GroupId),
    CostCentres,
    Categories,
    OwnRequests,
    OwnTickets,
}

impl Source {
    fn of(query: &Resolved) -> Option<Self> {
        let id = |name: &str| query.parameters.get(name)?.parse::<Uuid>().ok();
        Some(match query.source.as_str() {
            "list" => Self::List(id("list")?),
            "people" => Self::PeopleOf(GroupId(id("group")?)),
            "cost_centres" => Self::CostCentres,
            "categories" => Self::Categories,
            "own_requests" => Self::OwnRequests,
            "own_tickets" => Self::OwnTickets,
            _ => return None,
        })
    }
}

/// What was chosen of queries' options, as far as it is offered to who answers.
#[derive(Debug, Default)]
pub(super) struct Offered {
    lists: BTreeMap<Uuid, Vec<ListOption>>,
    others: BTreeMap<(Source, String), String>,
}

impl Offered {
    /// What an option is called, if the query offers it.
    pub(super) fn label(&self, query: &Resolved, option: &str) -> Option<String> {
        match Source::of(query)? {
            Source::List(id) => {
                let of = query.parameters.get("of").map(String::as_str);
                let found = self.lists.get(&id)?.iter().find(|one| one.value == option)?;
                is_of(found, of).then(|| found.label.clone())
            }
            other => self.others.get(&(other, option.to_owned())).cloned(),
        }
    }

    /// What all that is chosen in checked answers is called.
    pub(super) fn labels(&self, form: &Form, answers: &Answers) -> Labels {
        let mut labels = Labels::new();
        for (path, query, value) in chosen(form, answers) {
            if let Some(label) = self.label(&query.filled(answers), value) {
                labels.entry(path).or_default().insert(value.to_owned(), label);
            }
        }
        labels
    }
}

fn is_of(option: &ListOption, of: Option<&str>) -> bool {
    option.of.as_deref().is_none_or(|wanted| Some(wanted) == of)
}

/// All that answers choose of queries' options: where, of which query, and what.
fn chosen<'a>(form: &'a Form, answers: &'a Answers) -> Vec<(String, &'a Query, &'a str)> {
    let mut found = Vec::new();
    for field in form.fields() {
        let key = field.key.to_string();
        match (&field.kind, answers.get(&field.key)) {
            (Kind::Table { columns, .. }, Some(Value::Table(rows))) => {
                for column in columns {
                    let path = format!("{key}.{}", column.key);
                    for cell in rows.iter().filter_map(|row| row.get(&column.key)) {
                        add(&path, (&column.kind, cell), &mut found);
                    }
                }
            }
            (kind, Some(value)) => add(&key, (kind, value), &mut found),
            (_, None) => {}
        }
    }
    found
}

fn add<'a>(
    path: &str,
    (kind, value): (&'a Kind, &'a Value),
    found: &mut Vec<(String, &'a Query, &'a str)>,
) {
    let Some(query) = query_of(kind) else { return };
    match value {
        Value::Choice(option) => found.push((path.to_owned(), query, option)),
        Value::Choices(options) => {
            found.extend(options.iter().map(|option| (path.to_owned(), query, option.as_str())));
        }
        _ => {}
    }
}

fn query_of(kind: &Kind) -> Option<&Query> {
    match kind {
        Kind::Choice(Options::Query(query))
        | Kind::Choices { options: Options::Query(query), .. } => Some(query),
        _ => None,
    }
}

impl Catalog {
    /// Looks up what answers choose of queries' options.
    pub(super) async fn offered(
        &self,
        (tenant, user): (TenantId, UserId),
        form: &Form,
        answers: &Answers,
    ) -> Result<Offered, CatalogError> {
        let mut wanted: BTreeMap<Source, BTreeSet<Uuid>> = BTreeMap::new();
        let all = chosen(form, answers);
        if all.len() > CHOSEN_MAX {
            let reason = format!("at most {CHOSEN_MAX} options are chosen");
            return Err(CatalogError::invalid("answers", reason));
        }
        for (_, query, option) in all {
            if let Some(source) = Source::of(&query.filled(answers)) {
                wanted.entry(source).or_default().extend(option.parse::<Uuid>().ok());
            }
        }
        let mut offered = Offered::default();
        let lists = wanted.keys().filter_map(|source| match source {
            Source::List(id) => Some(*id),
            _ => None,
        });
        let lists: Vec<Uuid> = lists.collect();
        let rows = match lists.as_slice() {
            [] => Vec::new(),
            _ => option_lists::by_ids(self.database().read(), tenant, lists).await?,
        };
        for row in rows {
            let KeptList { row, options } = KeptList::of(row)?;
            offered.lists.insert(row.id, options);
        }
        for (source, ids) in wanted {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            for Listed { value, label } in
                self.picked((tenant, user), source, Pick::Ids(&ids)).await?
            {
                offered.others.insert((source, value), label);
            }
        }
        Ok(offered)
    }

    /// Options of a field that somebody may choose, by a part of their labels.
    pub(crate) async fn find_options(
        &self,
        caller: &Caller,
        item: Uuid,
        asked: OptionsQuery,
    ) -> Result<(Vec<Listed>, bool), CatalogError> {
        caller.require(ITEMS_READ)?;
        let own = (caller.tenant(), Self::person(caller)?);
        let row = self.visible_item(caller, item).await?;
        let version = asked.version.or(row.published).ok_or(CatalogError::NotFound("version"))?;
        let form = self.item_version(caller, (item, version)).await?.content.asked()?;
        let search = asked.search.unwrap_or_default().trim().to_lowercase();
        let options = options_of(&form, &asked.field);
        let options = options.ok_or_else(|| {
            CatalogError::invalid("field", "the form has no such field that takes options")
        })?;
        let found = match options {
            Options::Listed(listed) => listed.clone(),
            Options::Query(query) => {
                let of = asked.of.as_deref().filter(|of| !of.is_empty());
                match Source::of(&query.followed(of)) {
                    Some(Source::List(id)) => self.of_list(own.0, id, of).await?,
                    Some(source) => self.picked(own, source, Pick::Search(&search)).await?,
                    None => Vec::new(),
                }
            }
        };
        let has = |one: &Listed| one.label.to_lowercase().contains(&search);
        let mut found: Vec<Listed> = found.into_iter().filter(has).collect();
        let is_complete = found.len() <= SHOWN_MAX;
        found.truncate(SHOWN_MAX);
        Ok((found, is_complete))
    }

    async fn of_list(
        &self,
        tenant: TenantId,
        id: Uuid,
        of: Option<&str>,
    ) -> Result<Vec<Listed>, CatalogError> {
        let rows = option_lists::by_ids(self.database().read(), tenant, [id]).await?;
        let Some(row) = rows.into_iter().next() else { return Ok(Vec::new()) };
        let options = KeptList::of(row)?.options.into_iter().filter(|one| is_of(one, of));
        Ok(options.map(|ListOption { value, label, .. }| Listed { value, label }).collect())
    }

    /// Options of a source that is no list, one more than are shown at most.
    async fn picked(
        &self,
        (tenant, user): (TenantId, UserId),
        source: Source,
        pick: Pick<'_>,
    ) -> Result<Vec<Listed>, CatalogError> {
        let connection = self.database().read();
        let limit = match pick {
            Pick::Ids(ids) => ids.len() as u64,
            Pick::Search(_) => SHOWN_MAX as u64 + 1,
        };
        let own = (tenant, user);
        Ok(match source {
            Source::List(_) => Vec::new(),
            Source::PeopleOf(group) => self.people_of(tenant, group, pick).await?,
            Source::CostCentres => {
                let rows = options::cost_centres(connection, tenant, (pick, limit)).await?;
                rows.iter().map(of_cost_centre).collect()
            }
            Source::Categories => {
                let rows = store::categories::list(connection, tenant).await?;
                let all = rows.into_iter().map(|row| listed(row.id, row.name));
                all.filter(|one| is_picked(one, pick)).collect()
            }
            Source::OwnRequests => {
                let rows = options::requests(connection, own, (pick, limit)).await?;
                rows.iter().map(of_request).collect()
            }
            Source::OwnTickets => {
                let rows = options::tickets(connection, own, (pick, limit)).await?;
                rows.iter().map(of_ticket).collect()
            }
        })
    }

    async fn people_of(
        &self,
        tenant: TenantId,
        group: GroupId,
        pick: Pick<'_>,
    ) -> Result<Vec<Listed>, CatalogError> {
        let ids = match pick {
            Pick::Ids(ids) => ids.iter().copied().map(UserId).collect(),
            Pick::Search(_) => {
                let found = self.groups(tenant, &[group].into()).await?.pop();
                found.map(|group| group.member_ids).unwrap_or_default()
            }
        };
        let members = self.members(tenant, &ids).await?.into_iter();
        let is_offered = |one: &Member| one.is_active && one.group_ids.contains(&group);
        let listed = members.filter(is_offered).map(|one| listed(one.id.0, one.name));
        Ok(listed.filter(|one| is_picked(one, pick)).collect())
    }
}

fn options_of<'a>(form: &'a Form, path: &str) -> Option<&'a Options> {
    let (key, column) = path.split_once('.').map_or((path, None), |(key, one)| (key, Some(one)));
    let field = form.fields().iter().find(|field| field.key.as_str() == key)?;
    let kind = match (&field.kind, column) {
        (Kind::Table { columns, .. }, Some(column)) => {
            &columns.iter().find(|one| one.key.as_str() == column)?.kind
        }
        (kind, None) => kind,
        _ => return None,
    };
    match kind {
        Kind::Choice(options) | Kind::Choices { options, .. } => Some(options),
        _ => None,
    }
}

fn is_picked(one: &Listed, pick: Pick<'_>) -> bool {
    match pick {
        Pick::Ids(ids) => ids.iter().any(|id| id.to_string() == one.value),
        Pick::Search(text) => one.label.to_lowercase().contains(text),
    }
}

fn listed(id: Uuid, label: String) -> Listed {
    Listed { value: id.to_string(), label }
}

fn of_cost_centre(row: &cost_centre::Model) -> Listed {
    listed(row.id, format!("{} {}", row.code, row.name))
}

fn of_request(row: &request::Model) -> Listed {
    listed(row.id, format!("#{} {}", row.number, row.item_name))
}

fn of_ticket(row: &ticket::Model) -> Listed {
    listed(row.id, format!("#{} {}", row.number, row.title))
}
