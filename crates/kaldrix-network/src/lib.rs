//! PQ-TLS handshake, framing, peers, limits
