//! What a signature is for.

use std::fmt;

/// What a signature is for. A signature made for one purpose is refused for every other, because
/// the purpose is part of what ML-DSA signs: its context string (FIPS 204, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// An account agrees to a transaction.
    Transaction,
    /// A validator proposes a block of the DAG, and with it casts the votes that it carries.
    DagBlock,
    /// A node proves its identity in a TLS 1.3 handshake.
    TlsHandshake,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::Transaction, Self::DagBlock, Self::TlsHandshake];

    /// The FIPS 204 context string, at most 255 bytes.
    pub fn context(self) -> &'static [u8] {
        match self {
            Self::Transaction => b"kaldrix-transaction-v1",
            Self::DagBlock => b"kaldrix-dag-block-v1",
            // draft-ietf-tls-mldsa fixes the empty context; TLS puts its own context string,
            // with 64 leading spaces, into the message (RFC 8446, section 4.4.3).
            Self::TlsHandshake => b"",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::DagBlock => "dag block",
            Self::TlsHandshake => "tls handshake",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Purpose;

    #[test]
    fn contexts_are_distinct_and_fit_fips_204() {
        for (index, purpose) in Purpose::ALL.into_iter().enumerate() {
            assert!(purpose.context().len() <= 255);
            for other in &Purpose::ALL[..index] {
                assert_ne!(purpose.context(), other.context());
            }
        }
    }
}
