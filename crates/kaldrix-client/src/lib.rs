//! HTTP client and wallet
