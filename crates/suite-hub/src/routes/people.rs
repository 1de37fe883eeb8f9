//! Who is in the tenant, to choose from, and for services in other processes.

use axum::extract::State;
use suite_kit::auth::{Caller, PeopleAnswer, PeopleQuery};
use suite_kit::page::{Page, PageQuery};
use suite_kit::problem::Problem;
use suite_kit::service::{Json, Query};

use crate::api::people::{PeopleFilter, Person};
use crate::service::Hub;

/// The active people of the tenant, by name: whom a request is for, or a ticket is given to.
#[utoipa::path(get, path = "/api/v1/hub/people", operation_id = "list_people", tag = "people",
    security(("bearer" = ["hub.people.read"])), params(PeopleFilter, PageQuery),
    responses((status = 200, body = Page<Person>)))]
pub(super) async fn list(
    State(hub): State<Hub>,
    caller: Caller,
    Query(filter): Query<PeopleFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Person>>, Problem> {
    let people = hub.people(&caller, filter.search, (page.after()?, page.limit()?)).await?;
    Ok(Json(people.map(Person::from)))
}

/// Members and groups of a tenant, asked by a service in another process. What the tenant does not
/// have is left out.
#[utoipa::path(post, path = "/api/v1/hub/people/lookup", operation_id = "look_up_people",
    tag = "people", security(("bearer" = ["hub.introspect"])),
    request_body = PeopleQuery, responses((status = 200, body = PeopleAnswer)))]
pub(super) async fn look_up(
    State(hub): State<Hub>,
    caller: Caller,
    Json(body): Json<PeopleQuery>,
) -> Result<Json<PeopleAnswer>, Problem> {
    Ok(Json(hub.look_up_people(&caller, body).await?))
}
