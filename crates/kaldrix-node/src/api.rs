//! The REST API: what clients may ask of this node, as `kaldrix_client::api` writes it.
//!
//! A handler extracts, asks the [`NodeHandle`] and maps; it decides nothing. Errors are RFC 9457
//! problems of a closed set. Bodies, waits, pages and connections are bounded. The OpenAPI document
//! in `api/kaldrix-node.json` is generated from these handlers.

mod accounts;
mod blocks;
mod dag;
mod error;
mod frame;
mod health;
mod input;
mod network;
mod notarisations;
mod proofs;
mod transactions;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use kaldrix_client::api::problem::PROBLEM_MEDIA_TYPE;
use kaldrix_client::api::{Problem, ProblemKind};
use kaldrix_types::genesis_file;
use tokio::net::TcpListener;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handle::NodeHandle;
use crate::http_server::{self, Limits};
use crate::metrics::HttpMetrics;
use crate::open_files;

/// Of the files that this process may open, one in so many may be a client's connection.
const CONNECTIONS_SHARE: u64 = 8;

/// What the handlers share.
#[derive(Debug, Clone)]
struct Api {
    node: NodeHandle,
    /// Written once: it never changes, and takes a while for a large network.
    genesis: Bytes,
    openapi: Bytes,
}

/// Serves the API on `listener` until `shutdown` resolves.
pub async fn serve(
    node: NodeHandle,
    metrics: HttpMetrics,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) {
    let open = metrics.connections().clone();
    let limits = Limits { connections_max: connections_max(), ..Limits::default() };
    http_server::serve(router(node, metrics), listener, limits, open, shutdown).await;
}

/// So many that the node's store and its peers never lack a file, even with several nodes in one
/// process.
fn connections_max() -> usize {
    let share = open_files::limit() / CONNECTIONS_SHARE;
    Limits::default().connections_max.min(usize::try_from(share).unwrap_or(usize::MAX)).max(1)
}

/// The API as a service that takes requests, wherever they come from.
pub fn router(node: NodeHandle, metrics: HttpMetrics) -> Router {
    let genesis = Bytes::from(genesis_file::write(node.genesis()));
    let api = Api { node, genesis, openapi: Bytes::from(openapi_json()) };
    let (router, _) = described().split_for_parts();
    let router = router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(route_not_found)
        .with_state(api);
    frame::wrap(router, metrics)
}

/// The handlers with their description.
fn described() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(OpenApi::default())
        .routes(routes!(transactions::submit))
        .routes(routes!(transactions::submit_batch))
        .routes(routes!(transactions::show))
        .routes(routes!(proofs::transaction))
        .routes(routes!(accounts::show))
        .routes(routes!(proofs::account))
        .routes(routes!(notarisations::list))
        .routes(routes!(proofs::notarisation))
        .routes(routes!(proofs::checkpoint))
        .routes(routes!(blocks::list))
        .routes(routes!(blocks::show))
        .routes(routes!(dag::show))
        .routes(routes!(network::validators))
        .routes(routes!(network::peers))
        .routes(routes!(network::status))
        .routes(routes!(network::genesis))
        .routes(routes!(describe))
        .routes(routes!(health::overall))
        .routes(routes!(health::ready))
        .routes(routes!(health::live))
}

/// The OpenAPI document of this API.
pub fn openapi() -> OpenApi {
    let mut document = described().into_openapi();
    document.info.title = "KALDRIX node".to_owned();
    document.info.version = "1".to_owned();
    document.info.description = Some(description());
    let components = document.components.get_or_insert_default();
    let mut schemas = Vec::new();
    <Problem as utoipa::ToSchema>::schemas(&mut schemas);
    schemas.push(("Problem".to_owned(), <Problem as utoipa::PartialSchema>::schema()));
    components.schemas.extend(schemas);
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            describe_problems(operation);
        }
    }
    document
}

/// [`openapi`] as it is committed.
pub fn openapi_json() -> String {
    // A document of plain values, which serialise.
    openapi().to_pretty_json().unwrap_or_default() + "\n"
}

fn describe_problems(operation: &mut Operation) {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new()
        .description("A problem (RFC 9457) of the closed set that the description lists")
        .content(PROBLEM_MEDIA_TYPE, content)
        .build();
    operation.responses.responses.insert("default".to_owned(), response.into());
}

fn description() -> String {
    let mut text = String::from(
        "The REST API of a KALDRIX node. Keys are snake_case; amounts are decimal strings of base \
         units (10^-9 KALD); ids, keys and signatures are lowercase hex; addresses are bech32m; \
         times are RFC 3339 in UTC. Errors are problems as RFC 9457 describes them, of these \
         types:\n\n| type | status | title |\n|---|---|---|\n",
    );
    for kind in ProblemKind::ALL {
        text += &format!("| `{kind}` | {} | {} |\n", kind.status(), kind.title());
    }
    text
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", operation_id = "get_openapi",
    tag = "network",
    responses((status = 200, description = "The OpenAPI document of this API", body = Object)))]
async fn describe(State(api): State<Api>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], api.openapi)
}

async fn route_not_found(uri: axum::http::Uri) -> error::ApiError {
    Problem::new(ProblemKind::RouteNotFound, format!("there is no route {}", uri.path())).into()
}

async fn method_not_allowed(method: axum::http::Method, uri: axum::http::Uri) -> error::ApiError {
    let detail = format!("{} has no method {method}", uri.path());
    Problem::new(ProblemKind::MethodNotAllowed, detail).into()
}
