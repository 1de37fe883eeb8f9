//! Access tokens: JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037), short-lived.
//!
//! The algorithm is ours and not the token's to choose, so `none` and a public key taken for a
//! shared secret lead nowhere. Keys rotate: a token names its key, and the verifier knows the present
//! ones (JWKS, RFC 7517).

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use suite_contracts::{SessionId, TenantId, UserId};
use zeroize::Zeroizing;

/// The only audience of tokens that name none other.
pub const AUDIENCE: &str = "itechsmart";
/// PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410, section 7).
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// Clocks of our own machines differ by less.
const LEEWAY_MS: i64 = 5_000;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: UserId,
    /// The tenant that the caller works in.
    pub tid: TenantId,
    pub sid: SessionId,
    /// Seconds since 1970, as RFC 7519 has it.
    pub iat: i64,
    pub exp: i64,
}

/// Why a token does not hold. For the log: the caller learns only that it was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("malformed, or signed in another way: {0}")]
    Malformed(String),
    #[error("signed with the unknown key `{0}`")]
    UnknownKey(String),
    #[error("expired at {exp} s, and it is {now_s} s")]
    Expired { exp: i64, now_s: i64 },
    #[error("issued at {iat} s, and it is {now_s} s")]
    NotYet { iat: i64, now_s: i64 },
}

/// A private key that signs tokens.
#[derive(Clone)]
pub struct SigningKey {
    id: String,
    seed: Zeroizing<[u8; 32]>,
}

impl SigningKey {
    /// The key of these 32 random bytes.
    pub fn new(id: impl Into<String>, seed: [u8; 32]) -> Self {
        Self { id: id.into(), seed: Zeroizing::new(seed) }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.encoding()).map_err(|error| malformed(&error))
    }

    /// The public key, as others fetch it.
    pub fn jwk(&self) -> Result<Jwk, TokenError> {
        let mut jwk = Jwk::from_encoding_key(&self.encoding(), Algorithm::EdDSA)
            .map_err(|error| malformed(&error))?;
        jwk.common.key_id = Some(self.id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(jwk)
    }

    fn encoding(&self) -> EncodingKey {
        let pkcs8 = Zeroizing::new([&PKCS8_HEAD[..], &*self.seed].concat());
        EncodingKey::from_ed_der(&pkcs8)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Verifies tokens of one issuer. Clones share their keys.
#[derive(Clone)]
pub struct TokenVerifier {
    keys: Arc<RwLock<BTreeMap<String, DecodingKey>>>,
    validation: Arc<Validation>,
}

impl TokenVerifier {
    pub fn new(issuer: &str) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Against our own clock, below.
        validation.validate_exp = false;
        Self { keys: Arc::default(), validation: Arc::new(validation) }
    }

    /// From now on these keys hold, and no others.
    pub fn trust(&self, keys: &JwkSet) -> Result<(), TokenError> {
        let read = |jwk: &Jwk| {
            let id = jwk.common.key_id.clone().unwrap_or_default();
            DecodingKey::from_jwk(jwk).map(|key| (id, key)).map_err(|error| malformed(&error))
        };
        let keys = keys.keys.iter().map(read).collect::<Result<_, _>>()?;
        *self.keys.write() = keys;
        Ok(())
    }

    pub fn verify(&self, token: &str, now_ms: i64) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| malformed(&error))?;
        let id = header.kid.unwrap_or_default();
        let keys = self.keys.read();
        let key = keys.get(&id).ok_or(TokenError::UnknownKey(id))?;
        let claims: Claims = jsonwebtoken::decode(token, key, &self.validation)
            .map_err(|error| malformed(&error))?
            .claims;
        let now_s = now_ms / 1_000;
        if claims.exp.saturating_mul(1_000) <= now_ms {
            return Err(TokenError::Expired { exp: claims.exp, now_s });
        }
        if claims.iat.saturating_mul(1_000) > now_ms + LEEWAY_MS {
            return Err(TokenError::NotYet { iat: claims.iat, now_s });
        }
        Ok(claims)
    }
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.read().keys()).finish()
    }
}

fn malformed(error: &jsonwebtoken::errors::Error) -> TokenError {
    TokenError::Malformed(error.to_string())
}

#[cfg(test)]
mod tests;
