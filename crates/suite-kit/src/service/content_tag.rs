//! What an answer has, as a tag by which who asks again learns that it is still the same.

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const DIGEST_BYTES: usize = 16;

/// An entity tag of content (RFC 9110, section 8.8.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentTag(String);

impl ContentTag {
    pub fn of(content: &[u8]) -> Self {
        Self::of_digest(&Sha256::digest(content))
    }

    /// Of content whose SHA-256 is known.
    pub fn of_digest(digest: &[u8]) -> Self {
        Self(format!("\"{}\"", hex::encode(digest.get(..DIGEST_BYTES).unwrap_or(digest))))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether who asks has this content already. Tags are compared weakly (section 13.1.2): what
    /// stands between may have compressed it.
    pub fn is_known(&self, asked: &HeaderMap) -> bool {
        let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut tags = known.flat_map(|known| known.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.0)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_known_is_told_by_its_tag() {
        let (tag, other) = (ContentTag::of(b"one"), ContentTag::of(b"other"));
        assert_eq!(tag, ContentTag::of_digest(&Sha256::digest(b"one")));
        let asked = |known: &str| {
            let value = HeaderValue::from_str(known).expect("a header");
            HeaderMap::from_iter([(IF_NONE_MATCH, value)])
        };
        for known in [tag.0.clone(), format!("W/{}", tag.0), format!("\"x\", {}", tag.0)] {
            assert!(tag.is_known(&asked(&known)), "{known}");
            assert!(!other.is_known(&asked(&known)), "{known}");
        }
        assert!(tag.is_known(&asked("*")));
        assert!(!tag.is_known(&HeaderMap::new()));
        assert!(!tag.is_known(&asked(tag.0.trim_matches('"'))));
    }
}
