//! The cookie of the refresh token: out of scripts' reach, sent to one path alone, and believed only
//! from pages of this installation.
//!
//! Against forged requests three things stand: `SameSite=Strict`, a header that no foreign page can
//! send without being asked first (CORS), and the origin that browsers name.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HOST, HeaderValue, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::Response;
use suite_kit::problem::Problem;
use zeroize::Zeroizing;

use super::Routes;
use crate::error::HubError;
use crate::service::Hub;

const NAME: &str = "itechsmart_refresh";
const PATH: &str = "/api/v1/hub/session";
/// No token of ours is longer.
const TOKEN_CHARS_MAX: usize = 64;
const REQUESTED_WITH: &str = "x-requested-with";
const REQUESTED_BY_US: &str = "itechsmart";

/// The refresh token of a request that a page of ours makes.
pub(super) struct RefreshToken(pub Zeroizing<String>);

impl FromRequestParts<Routes> for RefreshToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, routes: &Routes) -> Result<Self, Problem> {
        if !is_ours(&parts.headers, |origin| routes.hub.is_own_origin(origin)) {
            return Err(HubError::ForeignPage.into());
        }
        let token = token(&parts.headers).ok_or(HubError::SessionEnded)?;
        Ok(Self(token))
    }
}

/// Whether the headers are those of a page of ours. Programs that are no browsers name no origin.
fn is_ours(headers: &HeaderMap, is_own_origin: impl Fn(&str) -> bool) -> bool {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    if headers.get(REQUESTED_WITH).map(text).as_deref() != Some(REQUESTED_BY_US) {
        return false;
    }
    let Some(origin) = headers.get(ORIGIN).map(text) else { return true };
    // Where it was sent to: the cookie is of that host.
    let host = headers.get(HOST).map(text).unwrap_or_default();
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    (!host.is_empty() && authority == host) || is_own_origin(&origin)
}

fn token(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    let token = pairs.find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))?;
    let is_sound = (1..=TOKEN_CHARS_MAX).contains(&token.len());
    is_sound.then(|| Zeroizing::new(token.to_owned()))
}

/// Gives a cookie, or takes it away with an empty one.
pub(super) fn set(hub: &Hub, response: &mut Response, token: &str) {
    let secure = if hub.is_secure() { "; Secure" } else { "" };
    let age_s = if token.is_empty() { 0 } else { hub.cookie_s() };
    let cookie =
        format!("{NAME}={token}; Path={PATH}; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(mut value) = HeaderValue::from_str(&cookie) {
        value.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_pages_of_this_installation_are_believed() {
        let own = |origin: &str| origin == "https://it.example.com";
        let ours = ("x-requested-with", "itechsmart");
        let host = ("host", "127.0.0.1:8000");
        assert!(is_ours(&headers(&[ours, host]), own));
        assert!(is_ours(&headers(&[ours, host, ("origin", "https://it.example.com")]), own));
        assert!(is_ours(&headers(&[ours, host, ("origin", "http://127.0.0.1:8000")]), own));
        for origin in ["https://example.com", "null", "", "http://127.0.0.1:8001", "127.0.0.1:8000"]
        {
            assert!(!is_ours(&headers(&[ours, host, ("origin", origin)]), own), "{origin}");
            assert!(!is_ours(&headers(&[ours, ("origin", origin)]), own), "{origin}");
        }
        assert!(!is_ours(&headers(&[host]), own));
        assert!(!is_ours(&headers(&[host, ("x-requested-with", "XMLHttpRequest")]), own));
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let found = |cookie: &str| token(&headers(&[("cookie", cookie)])).map(|t| t.to_string());
        assert_eq!(found("a=b; itechsmart_refresh=abc; c=d").as_deref(), Some("abc"));
        assert_eq!(found("itechsmart_refresh_2=abc"), None);
        assert_eq!(found("itechsmart_refresh="), None);
        assert_eq!(found(&format!("itechsmart_refresh={}", "x".repeat(65))), None);
    }
}
