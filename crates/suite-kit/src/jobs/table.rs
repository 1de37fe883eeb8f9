//! The table of jobs.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType, SimpleExpr};
use sea_orm::{ActiveValue::Set, Condition, FromQueryResult, QueryOrder, QuerySelect, QueryTrait};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, text, text_null, uuid, uuid_null,
};
use suite_contracts::{JobId, TenantId};

use super::{Job, PAYLOAD_BYTES_MAX};
use crate::db::{Database, Engine, Transaction, remove_ended};

const WAITING: &str = "waiting";
const RUNNING: &str = "running";
const DONE: &str = "done";
const DEAD: &str = "dead";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Option<Uuid>,
    pub kind: String,
    /// JSON.
    pub payload: String,
    pub run_at_ms: i64,
    pub attempts: i32,
    pub attempts_max: i32,
    pub deadline_ms: Option<i64>,
    pub state: String,
    pub lease_until_ms: Option<i64>,
    /// The claim that it runs under.
    pub lease: Option<Uuid>,
    pub last_error: Option<String>,
    /// None once it is over.
    pub unique_key: Option<String>,
    pub ended_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadJob {
    pub id: JobId,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempts: u32,
    pub error: String,
    pub at_ms: i64,
}

/// How a job's run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Done,
    /// It is run again; the error is that of its last run, if that failed.
    Again {
        at_ms: i64,
        error: Option<String>,
    },
    /// It is a periodic job's turn again.
    Next {
        at_ms: i64,
        error: Option<String>,
    },
    /// The process stops: it counts as not having run.
    Released,
    Dead {
        error: String,
    },
}

impl End {
    /// For the metrics.
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::Done | Self::Next { error: None, .. } => "done",
            Self::Again { .. } | Self::Next { .. } => "retry",
            Self::Released => "released",
            Self::Dead { .. } => "dead",
        }
    }
}

pub(super) async fn insert(
    transaction: &Transaction,
    job: Job,
    now_ms: i64,
) -> Result<Option<JobId>, DbErr> {
    let (id, payload) = (JobId::new(), job.payload.to_string());
    if payload.len() > PAYLOAD_BYTES_MAX {
        let bytes = payload.len();
        return Err(DbErr::Custom(format!("the job {} has {bytes} bytes of payload", job.kind)));
    }
    let row = ActiveModel {
        id: Set(id.0),
        tenant_id: Set(job.tenant.map(|tenant| tenant.0)),
        kind: Set(job.kind.to_owned()),
        payload: Set(payload),
        run_at_ms: Set(job.run_at_ms.unwrap_or(now_ms)),
        attempts: Set(0),
        attempts_max: Set(std::cmp::min(job.attempts_max, i32::MAX.cast_unsigned()).cast_signed()),
        deadline_ms: Set(job.deadline_ms),
        state: Set(WAITING.to_owned()),
        lease_until_ms: Set(None),
        lease: Set(None),
        last_error: Set(None),
        unique_key: Set(job.unique),
        ended_ms: Set(None),
    };
    if row.unique_key.as_ref().is_none() {
        transaction.add(&row).await?;
        return Ok(Some(id));
    }
    let one_like_it = OnConflict::column(Column::UniqueKey).do_nothing().to_owned();
    let insert = Entity::insert(row).on_conflict(one_like_it);
    let inserted = insert.exec_without_returning(&**transaction).await?;
    Ok((inserted == 1).then_some(id))
}

/// Jobs of these kinds, what was to run first in front.
fn of_kinds(kinds: &[&'static str], condition: Condition) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::Kind.is_in(kinds.iter().copied()))
        .filter(condition)
        .order_by_asc(Column::RunAtMs)
        .order_by_asc(Column::Id)
}

/// Those whose process is dead.
fn orphaned(own: &[Uuid], now_ms: i64) -> Condition {
    Condition::all()
        .add(Column::State.eq(RUNNING))
        .add(Column::LeaseUntilMs.lt(now_ms))
        // However the clock jumps: what runs here is not dead.
        .add(Column::Id.is_not_in(own.iter().copied()))
}

fn due(now_ms: i64) -> Condition {
    Condition::all().add(Column::State.eq(WAITING)).add(Column::RunAtMs.lte(now_ms))
}

/// How many are not done, by kind and state.
pub(super) async fn depths(
    connection: &impl ConnectionTrait,
) -> Result<Vec<(String, String, i64)>, DbErr> {
    Entity::find()
        .filter(Column::State.is_in([WAITING, RUNNING, DEAD]))
        .select_only()
        .column(Column::Kind)
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .group_by(Column::Kind)
        .group_by(Column::State)
        .into_tuple()
        .all(connection)
        .await
}

pub(super) async fn is_any_orphaned(
    connection: &impl ConnectionTrait,
    kinds: &[&'static str],
    own: &[Uuid],
    now_ms: i64,
) -> Result<bool, DbErr> {
    let orphaned = of_kinds(kinds, orphaned(own, now_ms)).limit(1);
    Ok(orphaned.one(connection).await?.is_some())
}

/// When the next job that waits is due.
pub(super) async fn next_ms(
    connection: &impl ConnectionTrait,
    kinds: &[&'static str],
) -> Result<Option<i64>, DbErr> {
    let waiting = Condition::all().add(Column::State.eq(WAITING));
    let next = of_kinds(kinds, waiting).limit(1);
    Ok(next.one(connection).await?.map(|row| row.run_at_ms))
}

/// Which jobs are claimed. Each has an index that has them in their order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Claimed<'a> {
    /// Those whose process is dead; what runs here is not.
    Orphaned {
        own: &'a [Uuid],
    },
    Due,
}

/// Claims up to `limit` jobs under a lease. No other process gets them.
pub(super) async fn claim(
    database: &Database,
    kinds: &[&'static str],
    claimed: Claimed<'_>,
    limit: u64,
    (now_ms, lease_until_ms): (i64, i64),
) -> Result<Vec<Model>, DbErr> {
    let condition = match claimed {
        Claimed::Orphaned { own } => orphaned(own, now_ms),
        Claimed::Due => due(now_ms),
    };
    let first = of_kinds(kinds, condition)
        .select_only()
        .column(Column::Id)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_query();
    let is_first = match database.engine() {
        Engine::Sqlite => Expr::col(Column::Id).in_subquery(first),
        // PostgreSQL asks for an array once, and might ask anew for each row otherwise.
        Engine::Postgres => {
            let first = SimpleExpr::SubQuery(None, Box::new(first.into()));
            Expr::cust_with_expr("id = ANY(ARRAY $1)", first)
        }
    };
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(RUNNING))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Lease, Expr::value(Uuid::now_v7()))
        .col_expr(Column::LeaseUntilMs, Expr::value(lease_until_ms))
        .filter(is_first)
        .into_query();
    let rows = database.alone().query_all(update.returning_all()).await?;
    let rows = rows.iter().map(|row| Model::from_query_result(row, ""));
    let mut rows = rows.collect::<Result<Vec<Model>, DbErr>>()?;
    rows.sort_by_key(|row| (row.run_at_ms, row.id));
    Ok(rows)
}

/// Renews the leases of jobs that still run under them.
pub(super) async fn renew(
    transaction: &Transaction,
    held: &[(Uuid, Uuid)],
    lease_until_ms: i64,
) -> Result<(), DbErr> {
    let is_held = held.iter().fold(Condition::any(), |any, (id, lease)| {
        any.add(Condition::all().add(Column::Id.eq(*id)).add(Column::Lease.eq(*lease)))
    });
    Entity::update_many()
        .col_expr(Column::LeaseUntilMs, Expr::value(lease_until_ms))
        .filter(Column::State.eq(RUNNING))
        .filter(is_held)
        .exec(&**transaction)
        .await
        .map(|_| ())
}

/// Records the end of a run, if the job is still this claim's.
pub(super) async fn end(
    connection: &impl ConnectionTrait,
    (id, lease): (Uuid, Uuid),
    end: End,
    now_ms: i64,
) -> Result<bool, DbErr> {
    let null = || Expr::value(None::<i64>);
    let mut update = Entity::update_many()
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeaseUntilMs, null());
    let over = |update: sea_orm::UpdateMany<Entity>, state: &str| {
        update
            .col_expr(Column::State, Expr::value(state))
            .col_expr(Column::UniqueKey, Expr::value(None::<String>))
            .col_expr(Column::EndedMs, Expr::value(now_ms))
    };
    let wait = |update: sea_orm::UpdateMany<Entity>, at_ms: i64, attempts: SimpleExpr| {
        update
            .col_expr(Column::State, Expr::value(WAITING))
            .col_expr(Column::RunAtMs, Expr::value(at_ms))
            .col_expr(Column::Attempts, attempts)
    };
    let attempts = || Expr::col(Column::Attempts);
    update = match end {
        End::Done => over(update, DONE),
        End::Dead { error } => over(update, DEAD).col_expr(Column::LastError, Expr::value(error)),
        End::Again { at_ms, error } => {
            wait(update, at_ms, attempts()).col_expr(Column::LastError, Expr::value(error))
        }
        End::Next { at_ms, error } => {
            let update = wait(update, at_ms, Expr::value(0));
            update.col_expr(Column::LastError, Expr::value(error))
        }
        End::Released => wait(update, now_ms, attempts().sub(1)),
    };
    let updated = update
        .filter(Column::Id.eq(id))
        .filter(Column::Lease.eq(lease))
        .filter(Column::State.eq(RUNNING))
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Brings forward a periodic job whose period is shorter now, or whose time was set by a clock that
/// was ahead.
pub(super) async fn bring_forward(
    transaction: &Transaction,
    unique: &str,
    at_ms: i64,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RunAtMs, Expr::value(at_ms))
        .filter(Column::UniqueKey.eq(unique))
        .filter(Column::State.eq(WAITING))
        .filter(Column::RunAtMs.gt(at_ms))
        .exec(&**transaction)
        .await
        .map(|_| ())
}

pub(super) async fn forget(transaction: &Transaction, tenant: TenantId) -> Result<(), DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.exec(&**transaction).await?;
    Ok(())
}

pub(super) async fn purge(
    transaction: &Transaction,
    done_before_ms: i64,
    dead_before_ms: i64,
) -> Result<(), DbErr> {
    let before_ms = [(DONE, done_before_ms), (DEAD, dead_before_ms)];
    remove_ended::<Entity>(transaction, (Column::State, Column::EndedMs), before_ms).await
}

pub(super) async fn dead(
    connection: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<DeadJob>, DbErr> {
    let rows = Entity::find()
        .filter(Column::State.eq(DEAD))
        .order_by_desc(Column::EndedMs)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    let dead = |row: Model| DeadJob {
        id: row.id.into(),
        kind: row.kind,
        payload: serde_json::from_str(&row.payload).unwrap_or_default(),
        attempts: row.attempts.cast_unsigned(),
        error: row.last_error.unwrap_or_default(),
        at_ms: row.ended_ms.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(dead).collect())
}

pub(super) async fn revive(
    transaction: &Transaction,
    job: JobId,
    now_ms: i64,
) -> Result<bool, DbErr> {
    let updated = Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::RunAtMs, Expr::value(now_ms))
        .col_expr(Column::DeadlineMs, Expr::value(None::<i64>))
        .col_expr(Column::EndedMs, Expr::value(None::<i64>))
        .filter(Column::Id.eq(job.0))
        .filter(Column::State.eq(DEAD))
        .exec(&**transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

pub(crate) struct CreateJobs;

impl MigrationName for CreateJobs {
    fn name(&self) -> &'static str {
        "kit_job"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateJobs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Entity)
            .col(uuid(Column::Id).primary_key())
            .col(uuid_null(Column::TenantId))
            .col(text(Column::Kind))
            .col(text(Column::Payload))
            .col(big_integer(Column::RunAtMs))
            .col(integer(Column::Attempts))
            .col(integer(Column::AttemptsMax))
            .col(big_integer_null(Column::DeadlineMs))
            .col(text(Column::State))
            .col(big_integer_null(Column::LeaseUntilMs))
            .col(uuid_null(Column::Lease))
            .col(text_null(Column::LastError))
            .col(text_null(Column::UniqueKey).unique_key())
            .col(big_integer_null(Column::EndedMs));
        manager.create_table(table).await?;
        let mut waiting = Index::create();
        waiting.name("job_waiting").table(Entity);
        waiting.col(Column::State).col(Column::RunAtMs).col(Column::Id);
        manager.create_index(waiting).await?;
        let mut ended = Index::create();
        ended.name("job_ended").table(Entity);
        ended.col(Column::State).col(Column::EndedMs);
        manager.create_index(ended).await
    }
}
