//! Requests, and who is asked to decide on them.

use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::{Database, Transaction};
use suite_kit::page::contains;
use uuid::Uuid;

use super::entities::request::{ActiveModel, Column, Entity, Model};
use super::entities::{request_decision, request_seat};
use super::tasks::UNDONE;

pub const APPROVING: &str = "approving";
/// Approved, and something is still to be done.
pub const FULFILLING: &str = "fulfilling";
/// Approved, and done.
pub const FULFILLED: &str = "fulfilled";
pub const REJECTED: &str = "rejected";
pub const FAILED: &str = "failed";
pub const CANCELLED: &str = "cancelled";

/// Words of a search; further ones are passed over.
pub const WORDS_MAX: usize = 8;

/// Which requests.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// A number, or words of the item's name.
    pub text: Option<String>,
    pub state: Option<&'static str>,
    /// Approved, whether or not all is done.
    pub is_approved: bool,
    pub item: Option<Uuid>,
    pub cost_centre: Option<Uuid>,
    /// Without a cost centre.
    pub is_uncharged: bool,
    pub created_from_ms: Option<i64>,
    /// Not in it any more.
    pub created_until_ms: Option<i64>,
    /// Made by somebody, or for them.
    pub of: Option<UserId>,
    /// That somebody is asked about, for themselves or for others, whose delegate they are now.
    pub asked: Option<(UserId, Vec<UserId>)>,
    /// That somebody has decided on.
    pub decided_by: Option<UserId>,
}

/// The newest first.
pub async fn list(
    database: &Database,
    tenant: TenantId,
    filter: Filter,
    (after, limit): (Option<i64>, u64),
) -> Result<Vec<Model>, DbErr> {
    let approved = filter.is_approved.then(|| Column::State.is_in([FULFILLING, FULFILLED]));
    let all = Condition::all()
        .add(Column::TenantId.eq(tenant.0))
        .add_option(filter.state.map(|state| Column::State.eq(state)))
        .add_option(approved)
        .add_option(filter.item.map(|item| Column::ItemId.eq(item)))
        .add_option(filter.cost_centre.map(|centre| Column::CostCentreId.eq(centre)))
        .add_option(filter.is_uncharged.then(|| Column::CostCentreId.is_null()))
        .add_option(filter.created_from_ms.map(|from_ms| Column::CreatedAtMs.gte(from_ms)))
        .add_option(filter.created_until_ms.map(|until_ms| Column::CreatedAtMs.lt(until_ms)));
    let mut select = Entity::find().filter(all);
    if let Some(text) = &filter.text {
        select = select.filter(says(text));
    }
    if let Some(user) = filter.of {
        let made = Column::RequesterId.eq(user.0);
        select = select.filter(made.or(Column::RequestedForId.eq(user.0)));
    }
    if let Some((user, delegators)) = &filter.asked {
        select = select.filter(asked(tenant, *user, delegators));
    }
    if let Some(user) = filter.decided_by {
        use request_decision::Column as Decision;
        let mut decided = Query::select();
        decided.column(Decision::RequestId).from(request_decision::Entity);
        decided.and_where(Decision::TenantId.eq(tenant.0)).and_where(Decision::UserId.eq(user.0));
        select = select.filter(Column::Id.in_subquery(decided));
    }
    if let Some(number) = after {
        select = select.filter(Column::Number.lt(number));
    }
    select.order_by_desc(Column::Number).limit(limit + 1).all(database.read()).await
}

/// Has a number, or a name with all of these words.
fn says(text: &str) -> Condition {
    let words = text.split_whitespace().take(WORDS_MAX);
    let named = words.fold(Condition::all(), |all, word| all.add(contains(Column::ItemName, word)));
    let number = text.trim().trim_start_matches('#').parse::<i64>().ok();
    Condition::any().add(named).add_option(number.map(|number| Column::Number.eq(number)))
}

/// Whom the rules of seats let decide: in their own, or, without one, in that of who delegated.
fn asked(tenant: TenantId, user: UserId, delegators: &[UserId]) -> Condition {
    use request_seat::Column as Seat;
    let seats = || {
        let mut seats = Query::select();
        seats.column(Seat::RequestId).from(request_seat::Entity);
        seats.and_where(Seat::TenantId.eq(tenant.0));
        seats
    };
    let mut own = seats();
    own.and_where(Seat::UserId.eq(user.0)).and_where(Seat::ClosedById.is_null());
    let mut delegated = seats();
    delegated.and_where(Seat::UserId.is_in(delegators.iter().map(|user| user.0)));
    delegated.and_where(Seat::ClosedById.is_null());
    let mut seated = seats();
    seated.and_where(Seat::UserId.eq(user.0).or(Seat::ClosedById.eq(user.0)));
    let mut filled = seats();
    filled.and_where(Seat::ClosedById.eq(user.0));
    let own =
        Condition::all().add(Column::Id.in_subquery(own)).add(Column::Id.not_in_subquery(filled));
    let delegated = Condition::all()
        .add(Column::Id.in_subquery(delegated))
        .add(Column::Id.not_in_subquery(seated));
    Condition::all()
        .add(Column::State.eq(APPROVING))
        .add(Column::RequesterId.ne(user.0))
        .add(Column::RequestedForId.ne(user.0))
        .add(Condition::any().add(own).add(delegated))
}

pub async fn by_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0)).one(connection).await
}

pub async fn by_ids(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    own.filter(Column::Id.is_in(ids)).all(connection).await
}

/// What was asked for at once, by number.
pub async fn submitted(
    connection: &impl ConnectionTrait,
    (tenant, submission): (TenantId, Uuid),
) -> Result<Vec<Model>, DbErr> {
    let own = Entity::find().filter(Column::TenantId.eq(tenant.0));
    let together = own.filter(Column::SubmissionId.eq(submission));
    together.order_by_asc(Column::Number).all(connection).await
}

/// A request that is being moved on: others wait until the transaction ends.
pub async fn locked(
    transaction: &Transaction,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    let own = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant.0));
    own.lock(LockType::NoKeyUpdate).one(&**transaction).await
}

pub async fn insert(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    let row = ActiveModel::from(row).reset_all();
    Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

/// The same, where nothing else in the transaction asks for it.
pub async fn add(transaction: &Transaction, row: Model) -> Result<(), DbErr> {
    transaction.add(&ActiveModel::from(row).reset_all()).await
}

/// Writes how far a request has come. Its row is locked.
pub async fn advance(transaction: &Transaction, row: &Model) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::val(row.state.as_str()))
        .col_expr(Column::Approval, Expr::val(row.approval.as_str()))
        .col_expr(Column::Stage, Expr::val(row.stage))
        .col_expr(Column::LookAtMs, Expr::val(row.look_at_ms))
        .col_expr(Column::EndedAtMs, Expr::val(row.ended_at_ms))
        .col_expr(Column::Version, Expr::val(row.version));
    let own = update.filter(Column::TenantId.eq(row.tenant_id)).filter(Column::Id.eq(row.id));
    own.exec(&**transaction).await?;
    Ok(())
}

/// Nobody is asked, nor has decided.
pub async fn unseat(
    transaction: &Transaction,
    (tenant, request): (TenantId, Uuid),
) -> Result<(), DbErr> {
    use request_seat::Column as Seat;
    let old = request_seat::Entity::delete_many().filter(Seat::TenantId.eq(tenant.0));
    old.filter(Seat::RequestId.eq(request)).exec(&**transaction).await?;
    Ok(())
}

/// These are asked, or have decided.
pub async fn seat(
    transaction: &Transaction,
    (tenant, request): (TenantId, Uuid),
    seats: impl IntoIterator<Item = (UserId, Option<UserId>)>,
) -> Result<(), DbErr> {
    for (user, decided_by) in seats {
        let row = request_seat::ActiveModel {
            tenant_id: Set(tenant.0),
            request_id: Set(request),
            user_id: Set(user.0),
            closed_by_id: Set(decided_by.map(|user| user.0)),
        };
        transaction.add(&row).await?;
    }
    Ok(())
}

/// Keeps that these have decided, who had not before.
pub async fn note_decisions(
    transaction: &Transaction,
    (tenant, request): (TenantId, Uuid),
    users: impl IntoIterator<Item = UserId>,
) -> Result<(), DbErr> {
    for user in users {
        let row = request_decision::ActiveModel {
            tenant_id: Set(tenant.0),
            request_id: Set(request),
            user_id: Set(user.0),
        };
        request_decision::Entity::insert(row).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}

/// Those of all tenants that are to be looked at by now, those that wait longest first.
pub async fn due(
    connection: &impl ConnectionTrait,
    now_ms: i64,
    limit: u64,
) -> Result<Vec<(TenantId, Uuid)>, DbErr> {
    let due = Entity::find().filter(Column::LookAtMs.lte(now_ms));
    let rows: Vec<(Uuid, Uuid)> = due
        .select_only()
        .column(Column::TenantId)
        .column(Column::Id)
        .order_by_asc(Column::LookAtMs)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|(tenant, id)| (TenantId(tenant), id)).collect())
}

/// Has all of a tenant's requests that wait for somebody looked at soon.
pub async fn look_again(
    transaction: &Transaction,
    tenant: TenantId,
    now_ms: i64,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::LookAtMs, Expr::val(now_ms));
    let open = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::State.eq(APPROVING));
    open.exec(&**transaction).await?;
    Ok(())
}

/// Has those looked at in which somebody has tasks to do.
pub async fn look_at_work_of(
    transaction: &Transaction,
    (tenant, user): (TenantId, Uuid),
    now_ms: i64,
) -> Result<(), DbErr> {
    use super::entities::request_task::{Column as Task, Entity as Tasks};
    let theirs = Tasks::find().filter(Task::TenantId.eq(tenant.0));
    let theirs = theirs.filter(Task::AssigneeId.eq(user)).filter(Task::State.is_in(UNDONE));
    let theirs = theirs.select_only().column(Task::RequestId).into_query();
    let update = Entity::update_many().col_expr(Column::LookAtMs, Expr::val(now_ms));
    let open = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::State.eq(FULFILLING));
    open.filter(Column::Id.in_subquery(theirs)).exec(&**transaction).await?;
    Ok(())
}

/// Notes when to look at a request again, where nothing has changed.
pub async fn look_later(
    transaction: &Transaction,
    (tenant, id): (TenantId, Uuid),
    at_ms: Option<i64>,
) -> Result<(), DbErr> {
    let update = Entity::update_many().col_expr(Column::LookAtMs, Expr::val(at_ms));
    let own = update.filter(Column::TenantId.eq(tenant.0)).filter(Column::Id.eq(id));
    own.exec(&**transaction).await?;
    Ok(())
}
