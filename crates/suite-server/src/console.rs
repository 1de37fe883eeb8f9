//! The web console, which is part of the binary: every path that is no file of it and no API is a
//! page of the one-page application.

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};
use suite_contracts::ServiceName;
use suite_kit::service::ContentTag;
use tower_http::compression::CompressionLayer;

/// What `npm run build` has made. Debug builds read it from there at run time.
#[derive(RustEmbed)]
#[folder = "../../web/apps/console/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
/// Files below have the hash of their content in their name.
const HASHED: &str = "assets/";
/// Scripts and styles of our own alone. The hash is that of an empty style element: the theme adds its
/// rules to it by script.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; \
     style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The console, opened at one product.
pub fn router(product: ServiceName) -> Router {
    let home = format!("/{product}");
    Router::new()
        .route("/", get(move || async move { Redirect::temporary(&home) }))
        .fallback(get(serve))
        .layer(CompressionLayer::new())
}

async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Files::get(path) {
        return answer(path, &file, &headers);
    }
    if path.starts_with(HASHED) {
        // An old page asks for what a new release no longer has; no page would help it.
        return (StatusCode::NOT_FOUND, "this file is of another release: load the page again")
            .into_response();
    }
    match Files::get(INDEX) {
        Some(file) => answer(INDEX, &file, &headers),
        None => {
            let text = "The console was not built into this program: run `cargo xtask build`.\n";
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        }
    }
}

fn answer(path: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag = ContentTag::of_digest(&file.metadata.sha256_hash());
    let mut response = match tag.is_known(asked) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(file.data.to_vec()).into_response(),
    };
    let caching =
        if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, file.metadata.mimetype()),
        (ETAG, tag.as_str()),
        (CACHE_CONTROL, caching),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}
