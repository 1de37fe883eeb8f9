//! The tasks of requests: how far each has come, who works on it, and whose turn is next.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::db::Transaction;
use suite_kit::page::{Order, beyond};
use uuid::Uuid;

use super::entities::request_task::{ActiveModel, Column, Entity, Model};
use super::entities::team;
use crate::model::plan::{Failure, PlanRun, TaskPlan, TaskRun, TaskState, Teams, Work};

pub const OPEN: &str = "open";
/// For people to see to.
pub const UNDONE: [&str; 3] = [OPEN, "failed", "timed_out"];

/// Which tasks.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Somebody's, and those of these groups that are nobody's.
    pub of: Option<(UserId, BTreeSet<GroupId>)>,
    pub assignee: Option<UserId>,
    pub group: Option<GroupId>,
    pub states: Vec<&'static str>,
}

/// Those that opened first.
pub async fn list(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    filter: Filter,
    (after, limit): (Option<(i64, Uuid)>, u64),
) -> Result<Vec<Model>, DbErr> {
    let mut select = Entity::find().filter(Column::TenantId.eq(tenant.0));
    select = select.filter(Column::State.is_in(filter.states));
    if let Some((user, groups)) = filter.of {
        let of_group = Column::GroupId.is_in(groups.into_iter().map(|group| group.0));
        let free = Condition::all().add(Column::AssigneeId.is_null()).add(of_group);
        select = select.filter(Condition::any().add(Column::AssigneeId.eq(user.0)).add(free));
    }
    if let Some(user) = filter.assignee {
        select = select.filter(Column::AssigneeId.eq(user.0));
    }
    if let Some(group) = filter.group {
        select = select.filter(Column::GroupId.eq(group.0));
    }
    if let Some((at_ms, id)) = after {
        let first = (Column::OpenedAtMs, at_ms);
        select = select.filter(beyond(Order::Ascending, first, (Column::Id, id)));
    }
    let sorted = select.order_by_asc(Column::OpenedAtMs).order_by_asc(Column::Id);
    sorted.limit(limit + 1).all(connection).await
}

/// A request's, in the order of its plan.
pub async fn of_request(
    connection: &impl ConnectionTrait,
    (tenant, request): (TenantId, Uuid),
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let own = own.filter(Column::RequestId.eq(request));
    own.order_by_asc(Column::Place).all(connection).await
}

/// How far a plan has come, of the rows of all its tasks.
pub fn run_of(rows: &[Model], is_cancelled: bool) -> Result<PlanRun, DbErr> {
    let tasks = rows.iter().map(task_of).collect::<Result<_, _>>()?;
    Ok(PlanRun { tasks, is_cancelled, is_done_told: false })
}

fn task_of(row: &Model) -> Result<TaskRun, DbErr> {
    let reason = || row.reason.clone().unwrap_or_default();
    let state = match row.state.as_str() {
        "waiting" => TaskState::Waiting,
        OPEN => TaskState::Open,
        "called" => TaskState::Called { due_at_ms: row.due_at_ms.unwrap_or(0) },
        "done" => TaskState::Done,
        "failed" => TaskState::Failed(Failure::Reported(reason())),
        "timed_out" => TaskState::Failed(Failure::TimedOut),
        "skipped" => TaskState::Skipped(reason()),
        "cancelled" => TaskState::Cancelled,
        other => return Err(DbErr::Custom(format!("a task is in the unknown state `{other}`"))),
    };
    Ok(TaskRun {
        state,
        assignee: row.assignee_id.map(UserId),
        calls: u32::try_from(row.calls).unwrap_or(0),
        opened_at_ms: row.opened_at_ms,
        ended_at_ms: row.ended_at_ms,
    })
}

/// The word for a state, why, and by when.
fn words(state: &TaskState) -> (&'static str, Option<&str>, Option<i64>) {
    match state {
        TaskState::Waiting => ("waiting", None, None),
        TaskState::Open => (OPEN, None, None),
        TaskState::Called { due_at_ms } => ("called", None, Some(*due_at_ms)),
        TaskState::Done => ("done", None, None),
        TaskState::Failed(Failure::Reported(why)) => ("failed", Some(why), None),
        TaskState::Failed(Failure::TimedOut) => ("timed_out", None, None),
        TaskState::Skipped(why) => ("skipped", Some(why), None),
        TaskState::Cancelled => ("cancelled", None, None),
    }
}

/// Keeps a plan that begins.
pub async fn insert(
    transaction: &Transaction,
    (tenant, request): (TenantId, Uuid),
    (plan, run): (&TaskPlan, &PlanRun),
    now_ms: i64,
) -> Result<(), DbErr> {
    let rows = plan.tasks().iter().zip(&run.tasks).enumerate().map(|(place, (task, run))| {
        let group_id = match &task.work {
            Work::People { group, .. } => Some(group.0),
            Work::Automation { .. } => None,
        };
        let row = Model {
            id: Uuid::now_v7(),
            tenant_id: tenant.0,
            request_id: request,
            place: i32::try_from(place).unwrap_or(i32::MAX),
            key: task.key.to_string(),
            name: task.name.clone(),
            group_id,
            state: String::new(),
            reason: None,
            assignee_id: None,
            calls: 0,
            due_at_ms: None,
            opened_at_ms: None,
            assigned_at_ms: None,
            ended_at_ms: None,
            ended_by_id: None,
        };
        ActiveModel::from(changed(&row, run, (None, now_ms))).reset_all()
    });
    let rows: Vec<ActiveModel> = rows.collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// Keeps what has changed, by whom if somebody did it.
pub async fn update(
    transaction: &Transaction,
    rows: &[Model],
    run: &PlanRun,
    (by, now_ms): (Option<UserId>, i64),
) -> Result<(), DbErr> {
    for (row, run) in rows.iter().zip(&run.tasks) {
        let next = changed(row, run, (by, now_ms));
        if next == *row {
            continue;
        }
        let update = Entity::update_many()
            .col_expr(Column::State, Expr::val(next.state))
            .col_expr(Column::Reason, Expr::val(next.reason))
            .col_expr(Column::AssigneeId, Expr::val(next.assignee_id))
            .col_expr(Column::Calls, Expr::val(next.calls))
            .col_expr(Column::DueAtMs, Expr::val(next.due_at_ms))
            .col_expr(Column::OpenedAtMs, Expr::val(next.opened_at_ms))
            .col_expr(Column::AssignedAtMs, Expr::val(next.assigned_at_ms))
            .col_expr(Column::EndedAtMs, Expr::val(next.ended_at_ms))
            .col_expr(Column::EndedById, Expr::val(next.ended_by_id));
        let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
        own.exec(&**transaction).await?;
    }
    Ok(())
}

fn changed(row: &Model, run: &TaskRun, (by, now_ms): (Option<UserId>, i64)) -> Model {
    let (state, reason, due_at_ms) = words(&run.state);
    let assignee_id = run.assignee.map(|user| user.0);
    let is_new = assignee_id.is_some() && assignee_id != row.assignee_id;
    let has_ended = run.ended_at_ms != row.ended_at_ms;
    Model {
        state: state.to_owned(),
        reason: reason.map(str::to_owned),
        assignee_id,
        calls: i32::try_from(run.calls).unwrap_or(i32::MAX),
        due_at_ms,
        opened_at_ms: run.opened_at_ms,
        assigned_at_ms: if is_new { Some(now_ms) } else { row.assigned_at_ms },
        ended_at_ms: run.ended_at_ms,
        ended_by_id: if has_ended { by.map(|user| user.0) } else { row.ended_by_id },
        ..row.clone()
    }
}

/// Whose turn it was last in a group. Others wait for theirs until the transaction ends.
pub async fn last_turn(
    transaction: &Transaction,
    (tenant, group): (TenantId, GroupId),
) -> Result<Option<UserId>, DbErr> {
    let key = [team::Column::TenantId, team::Column::GroupId];
    let row =
        team::ActiveModel { tenant_id: Set(tenant.0), group_id: Set(group.0), last_id: Set(None) };
    // An update of nothing, which locks.
    let there = OnConflict::columns(key).update_column(team::Column::GroupId).to_owned();
    team::Entity::insert(row).on_conflict(there).exec_without_returning(&**transaction).await?;
    let row = team::Entity::find_by_id((tenant.0, group.0)).one(&**transaction).await?;
    Ok(row.and_then(|row| row.last_id).map(UserId))
}

/// Notes whose turn it was.
pub async fn note_turns(
    transaction: &Transaction,
    tenant: TenantId,
    (before, after): (&Teams, &Teams),
) -> Result<(), DbErr> {
    for (group, team) in after {
        let last = before.get(group).and_then(|team| team.last);
        if team.last == last {
            continue;
        }
        let update = team::Entity::update_many()
            .col_expr(team::Column::LastId, Expr::val(team.last.map(|user| user.0)));
        let own = update.filter(team::Column::TenantId.eq(tenant.0));
        own.filter(team::Column::GroupId.eq(group.0)).exec(&**transaction).await?;
    }
    Ok(())
}

/// How many open tasks each has, and when one came to them last.
pub async fn loads(
    transaction: &Transaction,
    tenant: TenantId,
    users: &BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, (u32, Option<i64>)>, DbErr> {
    let of = || {
        let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
        let own = own.filter(Column::AssigneeId.is_in(users.iter().map(|user| user.0)));
        own.select_only().column(Column::AssigneeId).group_by(Column::AssigneeId)
    };
    let open = of().filter(Column::State.eq(OPEN)).column_as(Column::Id.count(), "open");
    let open: Vec<(Uuid, i64)> = open.into_tuple().all(&**transaction).await?;
    let latest = of().column_as(Column::AssignedAtMs.max(), "latest");
    let latest: Vec<(Uuid, Option<i64>)> = latest.into_tuple().all(&**transaction).await?;
    let mut loads: BTreeMap<UserId, (u32, Option<i64>)> = BTreeMap::new();
    for (user, at_ms) in latest {
        loads.entry(UserId(user)).or_default().1 = at_ms;
    }
    for (user, count) in open {
        loads.entry(UserId(user)).or_default().0 = u32::try_from(count).unwrap_or(u32::MAX);
    }
    Ok(loads)
}
