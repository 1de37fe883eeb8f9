//! Ledger blocks: the list, and one with all that it executed.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use kaldrix_client::api::{
    BLOCK_TRANSACTIONS_LIMIT_MAX, BLOCKS_LIMIT_MAX, BlockDetail, BlockPage, BlockSummary,
    CertificateSummary, Timestamp,
};
use kaldrix_types::{Certificate, Committee, Height, LedgerBlockId};
use serde::Deserialize;

use super::Api;
use super::error::{self, ApiError};
use super::input::{self, Parameters, Segment};
use super::transactions::executed_view;
use crate::handle::{Executed, NodeHandle};

#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Blocks below this height only; the cursor `next_before` of the page before.
    before: Option<u64>,
    /// Blocks on the page, 1 to 100.
    #[serde(default = "limit_default")]
    #[param(default = 20)]
    limit: u64,
}

fn limit_default() -> u64 {
    20
}

/// Ledger blocks, the highest first.
///
/// Follow `next_before` for more.
#[utoipa::path(get, path = "/v1/blocks", operation_id = "list_blocks",
    tag = "blocks", params(Page),
    responses((status = 200, description = "A page of blocks", body = BlockPage)))]
pub(super) async fn list(
    State(api): State<Api>,
    Parameters(page): Parameters<Page>,
) -> Result<Json<BlockPage>, ApiError> {
    input::within("limit", page.limit, 1, BLOCKS_LIMIT_MAX)?;
    off_thread(move || read_page(&api.node, page)).await.map(Json)
}

fn read_page(node: &NodeHandle, page: Page) -> Result<BlockPage, ApiError> {
    let failed = |error| error::store_failure(node, &error);
    let status = node.status();
    let above = status.tip.height.saturating_add(1);
    let top = page.before.map_or(above, |before| before.min(above));
    let bottom = top.saturating_sub(page.limit).max(1);
    let mut blocks = Vec::new();
    for height in (bottom..top).rev() {
        let header = node.ledger().header(height).map_err(failed)?;
        let receipts = node.ledger().receipts(height).map_err(failed)?;
        // A node that joined late may not have the oldest blocks.
        let (Some(header), Some(receipts)) = (header, receipts) else {
            return Ok(BlockPage { blocks, next_before: None });
        };
        blocks.push(BlockSummary {
            height,
            id: header.id(),
            timestamp: Timestamp::from_ms(header.timestamp_ms),
            leader: header.leader.into(),
            transactions: receipts.len(),
            is_final: height <= status.final_height,
        });
    }
    Ok(BlockPage { blocks, next_before: (bottom > 1 && bottom < top).then_some(bottom) })
}

/// What a path names a block by.
#[derive(Debug, Clone, Copy)]
pub(super) enum BlockName {
    Height(Height),
    Id(LedgerBlockId),
}

impl FromStr for BlockName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let reason =
            || format!("expected a height or 64 lowercase hexadecimal digits, got {text:?}");
        text.parse()
            .map(Self::Id)
            .or_else(|_| text.parse().map(Self::Height))
            .map_err(|_| reason().chars().take(160).collect())
    }
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// The first transaction to show, by its index.
    #[serde(default)]
    transactions_offset: u64,
    /// Transactions to show, 0 to 1000.
    #[serde(default = "transactions_limit_default")]
    #[param(default = 100)]
    transactions_limit: u64,
}

fn transactions_limit_default() -> u64 {
    100
}

/// A ledger block with its transactions, receipts and certificate.
#[utoipa::path(get, path = "/v1/blocks/{height_or_id}", operation_id = "get_block",
    tag = "blocks",
    params(("height_or_id" = String, Path, description = "The block's height or id"), Part),
    responses((status = 200, description = "The block", body = BlockDetail)))]
pub(super) async fn show(
    State(api): State<Api>,
    Segment(name): Segment<BlockName>,
    Parameters(part): Parameters<Part>,
) -> Result<Json<BlockDetail>, ApiError> {
    input::within("transactions_limit", part.transactions_limit, 0, BLOCK_TRANSACTIONS_LIMIT_MAX)?;
    off_thread(move || read_block(&api.node, name, part)).await.map(Json)
}

fn read_block(node: &NodeHandle, name: BlockName, part: Part) -> Result<BlockDetail, ApiError> {
    let failed = |error| error::store_failure(node, &error);
    let ledger = node.ledger();
    let final_height = node.status().final_height;
    let (height, missing) = match name {
        BlockName::Height(height) => (Some(height), format!("at height {height}")),
        BlockName::Id(id) => (ledger.height_of(&id).map_err(failed)?, format!("of id {id}")),
    };
    let missing = || ApiError::not_found(format!("this node has no ledger block {missing}"));
    let height = height.ok_or_else(missing)?;
    let block = ledger.block(height).map_err(failed)?.ok_or_else(missing)?;
    let receipts = ledger.receipts(height).map_err(failed)?.ok_or_else(missing)?;
    let certificate = ledger.certificate_from(height).map_err(failed)?;
    let (header, is_final) = (&block.header, height <= final_height);
    let offset = usize::try_from(part.transactions_offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(part.transactions_limit).unwrap_or(usize::MAX);
    let entries = (0u32..).zip(block.entries.iter().zip(&receipts));
    let transactions = entries.skip(offset).take(limit).map(|(index, (entry, receipt))| {
        let (transaction, receipt) = (entry.transaction.clone(), *receipt);
        executed_view(&Executed { height, index, receipt, transaction, is_final }, Some(header))
    });
    let committee = &node.genesis().committee;
    Ok(BlockDetail {
        id: header.id(),
        header: header.into(),
        is_final,
        certificate: certificate.filter(|_| is_final).map(|one| summary(&one, committee)),
        transactions_total: receipts.len(),
        transactions: transactions.collect(),
    })
}

fn summary(certificate: &Certificate, committee: &Committee) -> CertificateSummary {
    let authors = certificate.votes.iter().map(|vote| vote.root.author);
    CertificateSummary {
        height: certificate.vote.height,
        block: certificate.vote.block,
        validators: authors.clone().map(|author| author.0).collect(),
        // Distinct members of one committee, whose total fits.
        stake: authors.map(|author| committee.stake(author)).sum(),
        quorum_stake: committee.quorum_stake(),
        total_stake: committee.total_stake(),
    }
}

/// Reads that may take long leave the threads that serve requests alone.
pub(super) async fn off_thread<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let internal = |_| {
        let detail = "the node failed; its log says why";
        ApiError::new(kaldrix_client::api::ProblemKind::Internal, detail)
    };
    tokio::task::spawn_blocking(read).await.map_err(internal)?
}
