//! Tasks of requests: lists, work, and what automation answers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use suite_kit::auth::Caller;
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Path, Query};
use uuid::Uuid;

use super::requests::answer as shown;
use crate::api::requests::RequestView;
use crate::api::tasks::{
    AnswerRequest, AnswerResult, AssigneeRequest, ReasonRequest, TaskFilter, TaskSummary,
};
use crate::service::{Act, Catalog};

/// Tasks that are the caller's, and those of their groups that are nobody's, the oldest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/my/tasks", operation_id = "list_my_tasks",
    tag = "tasks", security(("bearer" = ["catalog.tasks.write"])), params(PageQuery),
    responses((status = 200, body = Page<TaskSummary>)))]
pub(super) async fn own(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TaskSummary>>, Problem> {
    let tasks = catalog.own_tasks(&caller, (page.after()?, page.limit()?)).await?;
    Ok(Json(tasks.map(TaskSummary::from)))
}

/// Everybody's tasks, the oldest first.
#[utoipa::path(get, path = "/api/v1/service-catalog/tasks", operation_id = "list_tasks",
    tag = "tasks", security(("bearer" = ["catalog.all-tasks.write"])),
    params(TaskFilter, PageQuery), responses((status = 200, body = Page<TaskSummary>)))]
pub(super) async fn list(
    State(catalog): State<Catalog>,
    caller: Caller,
    Query(filter): Query<TaskFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TaskSummary>>, Problem> {
    let tasks = catalog.all_tasks(&caller, filter, (page.after()?, page.limit()?)).await?;
    Ok(Json(tasks.map(TaskSummary::from)))
}

/// Says that a task is done; also one that automation failed at, or was called for.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/tasks/{key}/complete",
    operation_id = "complete_task", tag = "tasks",
    security(("bearer" = ["catalog.tasks.write"])),
    params(("id" = Uuid, Path), ("key" = String, Path)),
    responses((status = 200, body = RequestView)))]
pub(super) async fn complete(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, key)): Path<(Uuid, String)>,
) -> Result<Response, Problem> {
    act(&catalog, &caller, (id, &key), Act::Complete).await
}

/// Says that a task has failed. Those after it wait until it is tried again, skipped or done.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/tasks/{key}/fail",
    operation_id = "fail_task", tag = "tasks", security(("bearer" = ["catalog.tasks.write"])),
    params(("id" = Uuid, Path), ("key" = String, Path)), request_body = ReasonRequest,
    responses((status = 200, body = RequestView)))]
pub(super) async fn fail(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, key)): Path<(Uuid, String)>,
    Json(body): Json<ReasonRequest>,
) -> Result<Response, Problem> {
    act(&catalog, &caller, (id, &key), Act::Fail(body.reason)).await
}

/// Goes on without a task.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/tasks/{key}/skip",
    operation_id = "skip_task", tag = "tasks", security(("bearer" = ["catalog.tasks.write"])),
    params(("id" = Uuid, Path), ("key" = String, Path)), request_body = ReasonRequest,
    responses((status = 200, body = RequestView)))]
pub(super) async fn skip(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, key)): Path<(Uuid, String)>,
    Json(body): Json<ReasonRequest>,
) -> Result<Response, Problem> {
    act(&catalog, &caller, (id, &key), Act::Skip(body.reason)).await
}

/// Tries a task that has failed again: automation is called once more.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/tasks/{key}/retry",
    operation_id = "retry_task", tag = "tasks", security(("bearer" = ["catalog.tasks.write"])),
    params(("id" = Uuid, Path), ("key" = String, Path)),
    responses((status = 200, body = RequestView)))]
pub(super) async fn retry(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, key)): Path<(Uuid, String)>,
) -> Result<Response, Problem> {
    act(&catalog, &caller, (id, &key), Act::Retry).await
}

/// Takes an open task, gives it to somebody of its group, or back to the group.
#[utoipa::path(put, path = "/api/v1/service-catalog/requests/{id}/tasks/{key}/assignee",
    operation_id = "assign_task", tag = "tasks", security(("bearer" = ["catalog.tasks.write"])),
    params(("id" = Uuid, Path), ("key" = String, Path)), request_body = AssigneeRequest,
    responses((status = 200, body = RequestView)))]
pub(super) async fn assign(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, key)): Path<(Uuid, String)>,
    Json(body): Json<AssigneeRequest>,
) -> Result<Response, Problem> {
    act(&catalog, &caller, (id, &key), Act::Assign(body.user_id)).await
}

/// Takes an answer of automation, once for each call. One that is late, repeated, or to a call that
/// was given up is a conflict, and changes nothing.
#[utoipa::path(post, path = "/api/v1/service-catalog/requests/{id}/tasks/{key}/answers",
    operation_id = "answer_call", tag = "tasks",
    security(("bearer" = ["catalog.automation.write"])),
    params(("id" = Uuid, Path), ("key" = String, Path)), request_body = AnswerRequest,
    responses((status = 204)))]
pub(super) async fn answer(
    State(catalog): State<Catalog>,
    caller: Caller,
    Path((id, key)): Path<(Uuid, String)>,
    Json(body): Json<AnswerRequest>,
) -> Result<StatusCode, Problem> {
    let result = match body.result {
        AnswerResult::Done => Ok(()),
        AnswerResult::Failed => Err(body.reason),
    };
    catalog.answer(&caller, (id, &key), (body.call, result)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn act(
    catalog: &Catalog,
    caller: &Caller,
    (id, key): (Uuid, &str),
    act: Act,
) -> Result<Response, Problem> {
    Ok(shown(catalog.act(caller, (id, key), act).await?))
}
