//! Finding records: newest first, a page at a time, always of one tenant.

use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Value};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select, Statement,
};
use suite_contracts::{AuditId, TenantId};
use uuid::Uuid;

use super::store::{anchor, record};
use crate::db::Database;
use crate::page::{self, Order, Page, PageQuery};
use crate::problem::Problem;

/// The longest text that is searched for.
const FILTER_CHARS_MAX: usize = 200;

/// Which records. What is none is not asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Somewhere in the actor's name, the action, the subject's id or the detail.
    pub text: Option<String>,
    /// What the action begins with.
    pub action: Option<String>,
    /// The actor's id or name.
    pub actor: Option<String>,
    /// The subject's id or kind.
    pub subject: Option<String>,
    /// Not before.
    pub from_ms: Option<i64>,
    /// Before.
    pub to_ms: Option<i64>,
}

/// A record and how far it has come: sealed if it has a position, anchored if its anchor is final.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub record: super::chain::Record,
    pub sealed: Option<Seal>,
    pub anchor: Option<AnchorState>,
}

/// A record's place in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    pub position: u64,
    pub chain_hash: kaldrix_client::Digest,
}

/// The anchor of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorState {
    pub digest: kaldrix_client::Digest,
    pub first_position: u64,
    pub last_position: u64,
    pub transaction_id: Option<String>,
    /// Of the block that holds it, and that block's time; none until it is final.
    pub block: Option<(u64, i64)>,
}

impl Filter {
    fn check(&self) -> Result<(), Problem> {
        let texts = [
            ("text", &self.text),
            ("action", &self.action),
            ("actor", &self.actor),
            ("subject", &self.subject),
        ];
        for (name, text) in texts {
            if text.as_ref().is_some_and(|text| text.chars().count() > FILTER_CHARS_MAX) {
                let detail = format!("at most {FILTER_CHARS_MAX} characters");
                return Err(Problem::invalid("filter", detail.clone()).at(name, detail));
            }
        }
        Ok(())
    }

    pub(super) fn apply(&self, tenant: TenantId) -> Result<Select<record::Entity>, Problem> {
        self.check()?;
        let mut all = Condition::all().add(record::Column::TenantId.eq(tenant.0));
        if let Some(text) = &self.text {
            let columns = [
                record::Column::ActorName,
                record::Column::Action,
                record::Column::SubjectId,
                record::Column::Detail,
            ];
            // SQLite folds the case of ASCII alone, so the text as it is counts too.
            let exact = LikeExpr::new(format!("%{}%", escaped(text))).escape('\\');
            let folded = LikeExpr::new(format!("%{}%", escaped(&text.to_lowercase()))).escape('\\');
            let any = columns.into_iter().fold(Condition::any(), |any, column| {
                any.add(Expr::col(column).like(exact.clone()))
                    .add(Func::lower(Expr::col(column)).like(folded.clone()))
            });
            all = all.add(any);
        }
        if let Some(action) = &self.action {
            let prefix = LikeExpr::new(format!("{}%", escaped(action))).escape('\\');
            all = all.add(Expr::col(record::Column::Action).like(prefix));
        }
        if let Some(actor) = &self.actor {
            let any = Condition::any().add(record::Column::ActorId.eq(actor));
            all = all.add(any.add(record::Column::ActorName.eq(actor)));
        }
        if let Some(subject) = &self.subject {
            let any = Condition::any().add(record::Column::SubjectId.eq(subject));
            all = all.add(any.add(record::Column::SubjectKind.eq(subject)));
        }
        if let Some(from_ms) = self.from_ms {
            all = all.add(record::Column::AtMs.gte(from_ms));
        }
        if let Some(to_ms) = self.to_ms {
            all = all.add(record::Column::AtMs.lt(to_ms));
        }
        Ok(record::Entity::find().filter(all))
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A page of a tenant's records, the newest first.
pub async fn search(
    database: &Database,
    tenant: TenantId,
    filter: &Filter,
    page: &PageQuery,
) -> Result<Page<Found>, Problem> {
    let limit = page.limit()?;
    let after: Option<(i64, Uuid)> = page.after()?;
    let rows = newest_first(filter.apply(tenant)?, after, limit + 1).all(database.read()).await?;
    let page = Page::cut(rows, limit, |row| (row.at_ms, row.id));
    let items = with_anchors(database, tenant, page.items).await?;
    Ok(Page { items, next: page.next })
}

pub(super) fn newest_first(
    query: Select<record::Entity>,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Select<record::Entity> {
    let query = match after {
        None => query,
        Some((at_ms, id)) => query.filter(page::beyond(
            Order::Descending,
            (record::Column::AtMs, Value::from(at_ms)),
            (record::Column::Id, Value::from(id)),
        )),
    };
    query.order_by_desc(record::Column::AtMs).order_by_desc(record::Column::Id).limit(limit)
}

/// A tenant's record; none if there is none of that id, or it is another tenant's.
pub async fn get(
    database: &Database,
    tenant: TenantId,
    id: AuditId,
) -> Result<Option<Found>, DbErr> {
    let row = record::Entity::find_by_id(id.0).filter(record::Column::TenantId.eq(tenant.0));
    let row = row.one(database.read()).await?;
    Ok(with_anchors(database, tenant, row.into_iter().collect()).await?.pop())
}

#[derive(Debug, FromQueryResult)]
struct Covering {
    position: i64,
    digest: Vec<u8>,
    first_position: i64,
    last_position: i64,
    transaction_id: Option<String>,
    state: String,
    height: Option<i64>,
    block_time_ms: Option<i64>,
}

/// Each position's anchor is looked up in the index, however far apart the positions are.
const COVERING: &str = "SELECT v.column1 AS position, a.digest, a.first_position, a.last_position, \
     a.transaction_id, a.state, a.height, a.block_time_ms FROM (VALUES {rows}) AS v \
     JOIN audit_anchor a ON a.id = (SELECT b.id FROM audit_anchor b WHERE b.tenant_id = $1 \
     AND b.last_position >= v.column1 ORDER BY b.last_position LIMIT 1)";

pub(super) async fn with_anchors(
    database: &Database,
    tenant: TenantId,
    rows: Vec<record::Model>,
) -> Result<Vec<Found>, DbErr> {
    let positions: Vec<i64> = rows.iter().filter_map(|row| row.position).collect();
    let mut anchors = std::collections::HashMap::new();
    if !positions.is_empty() {
        let places: Vec<String> =
            (0..positions.len()).map(|place| format!("(${})", place + 2)).collect();
        let sql = COVERING.replace("{rows}", &places.join(","));
        let values: Vec<Value> = std::iter::once(Value::from(tenant.0))
            .chain(positions.into_iter().map(Value::from))
            .collect();
        let backend = sea_orm::ConnectionTrait::get_database_backend(database.read());
        let statement = Statement::from_sql_and_values(backend, sql, values);
        for found in Covering::find_by_statement(statement).all(database.read()).await? {
            anchors.insert(found.position, found);
        }
    }
    let found = rows.into_iter().map(|row| {
        let covering = row.position.and_then(|position| anchors.remove(&position));
        let anchor = covering.filter(|found| found.first_position <= found.position);
        let sealed = row.position.zip(row.chain_hash.as_ref()).map(|(position, hash)| {
            let chain_hash = super::sealer::digest(hash)?;
            Ok::<_, DbErr>(Seal { position: position.cast_unsigned(), chain_hash })
        });
        let (sealed, anchor) = (sealed.transpose()?, anchor.map(AnchorState::try_from));
        Ok(Found { record: row.into(), sealed, anchor: anchor.transpose()? })
    });
    found.collect()
}

impl TryFrom<Covering> for AnchorState {
    type Error = DbErr;

    fn try_from(found: Covering) -> Result<Self, DbErr> {
        let block = found.height.zip(found.block_time_ms).filter(|_| found.state == anchor::FINAL);
        Ok(Self {
            digest: super::sealer::digest(&found.digest)?,
            first_position: found.first_position.cast_unsigned(),
            last_position: found.last_position.cast_unsigned(),
            transaction_id: found.transaction_id,
            block: block.map(|(height, time_ms)| (height.cast_unsigned(), time_ms)),
        })
    }
}
