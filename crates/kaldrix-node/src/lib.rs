//! The kaldrix-node binary: wiring, mempool, HTTP API, metrics, CLI
