//! Taking the caller from a request.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::{AuthError, Caller, Credential, Directory};
use crate::problem::Problem;

/// API keys begin so; everything else after `Bearer` is a token.
pub const API_KEY_PREFIX: &str = "itk_";
const CREDENTIAL_CHARS_MAX: usize = 4_096;

/// Where a request comes from; the frame puts it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(pub IpAddr);

/// What is known of a request before anybody looks at its content.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Shown in answers, logs and audit records.
    pub id: Arc<str>,
    pub address: IpAddr,
    pub user_agent: Arc<str>,
}

impl RequestContext {
    /// What its address is counted as: of IPv6 whoever has one address has the whole /64.
    pub fn network(&self) -> String {
        match self.address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                format!("{}/64", Ipv6Addr::from_bits(network))
            }
        }
    }
}

impl Default for RequestContext {
    fn default() -> Self {
        let (id, user_agent) = ("".into(), "".into());
        Self { id, address: IpAddr::V4(Ipv4Addr::LOCALHOST), user_agent }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestContext {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<dyn Directory>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let credential = credential(&parts.headers)?;
        let directory = <Arc<dyn Directory>>::from_ref(state);
        let identity = directory.identify(&credential).await?;
        let request = parts.extensions.get::<RequestContext>().cloned().unwrap_or_default();
        Ok(Self { identity, request })
    }
}

/// What a request shows: a key in `X-Api-Key`, or a key or token after `Bearer`.
pub fn credential(headers: &HeaderMap) -> Result<Credential, AuthError> {
    if let Some(key) = headers.get("x-api-key") {
        let key = key.to_str().map_err(|_| AuthError::Refused)?;
        return bounded(key).map(Credential::ApiKey);
    }
    let header = headers.get(AUTHORIZATION).ok_or(AuthError::Missing)?;
    let text = header.to_str().map_err(|_| AuthError::Refused)?;
    let (scheme, credential) = text.split_once(' ').ok_or(AuthError::Refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthError::Refused);
    }
    let credential = bounded(credential.trim())?;
    if credential.starts_with(API_KEY_PREFIX) {
        return Ok(Credential::ApiKey(credential));
    }
    Ok(Credential::Token(credential))
}

fn bounded(text: &str) -> Result<String, AuthError> {
    if text.is_empty() || text.len() > CREDENTIAL_CHARS_MAX {
        return Err(AuthError::Refused);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &'static str, value: &str) -> Result<Credential, AuthError> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        credential(&headers)
    }

    #[test]
    fn an_address_of_ipv6_counts_as_its_network() {
        let same = |text: &str| {
            let address = text.parse().unwrap();
            RequestContext { address, ..RequestContext::default() }.network()
        };
        assert_eq!(same("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(same("2001:db8:1:2::9"), same("2001:db8:1:2:3:4:5:6"));
        assert_ne!(same("2001:db8:1:3::9"), same("2001:db8:1:2::9"));
        assert_eq!(same("203.0.113.9"), "203.0.113.9");
        assert_eq!(same("::ffff:203.0.113.9"), "203.0.113.9");
    }

    #[test]
    fn tokens_and_keys_are_told_apart() {
        let token = Credential::Token("a.b.c".into());
        assert_eq!(read("authorization", "Bearer a.b.c").unwrap(), token);
        assert_eq!(read("authorization", "bearer  a.b.c").unwrap(), token);
        let key = Credential::ApiKey("itk_abc".into());
        assert_eq!(read("authorization", "Bearer itk_abc").unwrap(), key);
        assert_eq!(read("x-api-key", "itk_abc").unwrap(), key);
    }

    #[test]
    fn what_is_no_credential_is_refused() {
        for value in ["Bearer", "Bearer ", "Basic YTpi", &format!("Bearer {}", "x".repeat(5_000))] {
            assert!(matches!(read("authorization", value), Err(AuthError::Refused)), "{value}");
        }
        assert!(matches!(credential(&HeaderMap::new()), Err(AuthError::Missing)));
    }
}
