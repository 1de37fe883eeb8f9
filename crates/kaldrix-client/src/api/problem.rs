//! Errors as RFC 9457 describes them: `application/problem+json`.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text;

/// The media type of a problem.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";
/// What comes before a kind's name in a problem's `type`.
pub const TYPE_PREFIX: &str = "urn:kaldrix:problem:";

/// Why a request was not served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A URN of the closed set; `urn:kaldrix:problem:internal` and so on.
    #[serde(rename = "type", with = "text")]
    #[schema(value_type = String, example = "urn:kaldrix:problem:fee-too-low")]
    pub kind: ProblemKind,
    /// The kind in words; always the same for one type.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time.
    pub detail: String,
    /// Where: a field of the body or a parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to do about it.
    pub help: String,
    /// The path that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Names this request in the node's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            field: None,
            help: kind.help().to_owned(),
            instance: None,
            request_id: None,
        }
    }

    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{}", self.detail)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

macro_rules! kinds {
    ($(
        $(#[$doc:meta])*
        $kind:ident: $name:literal, $status:literal, $title:literal, $help:literal;
    )*) => {
        /// The closed set of problems.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $($(#[$doc])* $kind,)*
            /// A kind that a newer node knows and this client does not.
            Unknown,
        }

        impl ProblemKind {
            /// Every kind that a node of this version gives.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The last part of its `type`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* Self::Unknown => "unknown" }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$kind => $status,)* Self::Unknown => 500 }
            }

            pub fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)* Self::Unknown => "Unknown problem" }
            }

            /// What the caller can do about it.
            pub fn help(self) -> &'static str {
                match self { $(Self::$kind => $help,)* Self::Unknown => "" }
            }
        }
    };
}

kinds! {
    InvalidBody: "invalid-body", 400, "The body cannot be read",
        "compare the body with the schema in the OpenAPI document";
    InvalidParameter: "invalid-parameter", 400, "A parameter cannot be read",
        "correct the parameter";
    NotFound: "not-found", 404, "There is no such thing",
        "check the identifier and that this node is on the right network";
    RouteNotFound: "route-not-found", 404, "There is no such route",
        "see GET /v1/openapi.json for the routes there are";
    MethodNotAllowed: "method-not-allowed", 405, "The route has no such method",
        "use a method that the Allow header names";
    RequestTimeout: "request-timeout", 408, "The request took too long",
        "send it again, over a faster connection if its body was slow";
    /// Another transaction of the sender with the same sequence number is pending.
    SequenceTaken: "sequence-taken", 409, "The sequence number is taken",
        "use the account's next_sequence";
    SequenceUsed: "sequence-used", 409, "The sequence number was used already",
        "use the account's next_sequence";
    NotFinal: "not-final", 409, "It is not final yet",
        "ask again after the time that Retry-After gives, or wait longer with wait_ms";
    BodyTooLarge: "body-too-large", 413, "The body is too large",
        "send fewer transactions at once, or the compact binary form";
    UnsupportedMediaType: "unsupported-media-type", 415, "The body's media type is not supported",
        "send application/json or the compact binary form that the route documents";
    WrongChain: "wrong-chain", 422, "The transaction is for another chain",
        "sign it for the chain id that GET /v1/status gives";
    Expired: "expired", 422, "The transaction has expired",
        "sign it again with a later expiry_height";
    ExpiryTooFar: "expiry-too-far", 422, "The transaction's expiry lies too far ahead",
        "sign it again with an earlier expiry_height";
    SequenceTooFar: "sequence-too-far", 422, "The sequence number lies too far ahead",
        "send the transactions before it first, and wait until they are final";
    InvalidKey: "invalid-key", 422, "The transaction's public key does not fit its account",
        "carry the key in the account's first transaction and in no other";
    FeeTooLow: "fee-too-low", 422, "The fee is too low",
        "sign it again with at least the fee that is due";
    Unaffordable: "unaffordable", 422, "The sender cannot pay for the transaction",
        "send funds to the sender first";
    BadWitness: "bad-witness", 422, "The signature is not the sender's",
        "sign the transaction's id with the sender's key";
    RateLimited: "rate-limited", 429, "Too many transactions of one sender wait",
        "wait until some of them are final";
    Internal: "internal", 500, "The node failed to serve the request",
        "look for the request id in the node's log";
    MempoolFull: "mempool-full", 503, "The node holds as many transactions as it can",
        "send it again after the time that Retry-After gives, or to another node";
    Unavailable: "unavailable", 503, "The node cannot serve this now",
        "send it again after the time that Retry-After gives, or to another node";
}

impl ProblemKind {
    /// Whether the same request may succeed later without a change.
    pub fn is_temporary(self) -> bool {
        matches!(
            self,
            Self::RequestTimeout
                | Self::NotFinal
                | Self::RateLimited
                | Self::MempoolFull
                | Self::Unavailable
        )
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{TYPE_PREFIX}{}", self.name())
    }
}

impl FromStr for ProblemKind {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let name = text.strip_prefix(TYPE_PREFIX);
        let kind = Self::ALL.iter().find(|kind| Some(kind.name()) == name);
        Ok(kind.copied().unwrap_or(Self::Unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, ProblemKind};

    #[test]
    fn every_kind_reads_back_and_says_what_to_do() {
        for (index, &kind) in ProblemKind::ALL.iter().enumerate() {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert!((400..600).contains(&kind.status()) && !kind.help().is_empty());
            assert!(ProblemKind::ALL[..index].iter().all(|other| other.name() != kind.name()));
        }
    }

    #[test]
    fn a_newer_nodes_kind_is_unknown_but_its_words_are_kept() {
        let text = r#"{"type":"urn:kaldrix:problem:new","title":"t","status":418,
            "detail":"d","help":"h"}"#;
        let problem: Problem = serde_json::from_str(text).unwrap();
        assert_eq!(problem.kind, ProblemKind::Unknown);
        assert_eq!(problem.to_string(), "d; h");
    }
}
