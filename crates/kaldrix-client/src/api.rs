//! What travels between a node's REST API and its clients, as JSON.
//!
//! Keys are snake_case; amounts are decimal strings of base units; ids, keys and signatures are
//! lowercase hex; addresses are bech32m; times are RFC 3339 in UTC. Values are parsed where they
//! are read, so that what has arrived is well formed. Nothing here decides anything.

mod account;
mod block;
mod dag;
mod health;
mod network;
mod notarisation;
pub mod problem;
mod proof;
pub mod text;
mod timestamp;
mod transaction;

pub use account::AccountView;
pub use block::{
    BlockDetail, BlockPage, BlockReference, BlockSummary, CertificateSummary, HeaderView,
};
pub use dag::{DagBlock, DagWindow};
pub use health::{Check, CheckStatus, Health};
pub use network::{
    BlockTip, Fees, MempoolView, NetworkStatus, PeerList, PeerView, Role, ValidatorList,
    ValidatorView,
};
pub use notarisation::{NotarisationPage, NotarisationView};
pub use problem::{Problem, ProblemKind};
pub use proof::ProvenCheckpoint;
pub use timestamp::Timestamp;
pub use transaction::{
    Accepted, BatchItem, BatchOutcome, BatchRequest, BatchResponse, Failure, FieldError, Key,
    Outcome, Payload, ReceiptView, SignedTransaction, TransactionState, TransactionView,
    UnsignedBody,
};

/// Transactions in one batch.
pub const BATCH_TRANSACTIONS_MAX: usize = 512;
/// Length of a request with one transaction, in either form.
pub const TRANSACTION_REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Length of a request with a batch, in either form.
pub const BATCH_REQUEST_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Blocks on one page of a list.
pub const BLOCKS_LIMIT_MAX: u64 = 100;
/// Transactions of a block in one answer.
pub const BLOCK_TRANSACTIONS_LIMIT_MAX: u64 = 1_000;
/// Notarisations of a digest on one page.
pub const NOTARISATIONS_LIMIT_MAX: u64 = 100;
/// Rounds of the DAG in one answer.
pub const DAG_ROUNDS_MAX: u64 = 200;
/// How long a request may wait until what it asks for is final, in milliseconds.
pub const WAIT_MS_MAX: u64 = 30_000;
