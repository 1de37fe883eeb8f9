//! A window onto the DAG.

use axum::Json;
use axum::extract::State;
use kaldrix_client::api::{DAG_ROUNDS_MAX, DagBlock, DagWindow, Timestamp};
use serde::Deserialize;

use super::Api;
use super::error::ApiError;
use super::input::{self, Parameters};
use crate::handle;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Window {
    /// The first round; without it the latest rounds are shown.
    from: Option<u64>,
    /// Rounds to show, 1 to 200.
    #[serde(default = "rounds_default")]
    #[param(default = 20)]
    rounds: u64,
}

fn rounds_default() -> u64 {
    20
}

/// Blocks of the DAG, for drawing it.
///
/// A node keeps the rounds that are not yet behind the collection of garbage; older ones are empty.
#[utoipa::path(get, path = "/v1/dag", operation_id = "get_dag",
    tag = "dag", params(Window),
    responses((status = 200, description = "The window", body = DagWindow)))]
pub(super) async fn show(
    State(api): State<Api>,
    Parameters(window): Parameters<Window>,
) -> Result<Json<DagWindow>, ApiError> {
    let rounds = input::within("rounds", window.rounds, 1, DAG_ROUNDS_MAX)?;
    let latest_round = api.node.status().snapshot.round;
    let mut blocks: Vec<DagBlock> =
        api.node.dag(window.from, rounds).await.into_iter().map(block).collect();
    blocks.sort_by_key(|block| (block.reference.round, block.reference.author));
    let first = blocks.first().map_or(latest_round, |block| block.reference.round);
    Ok(Json(DagWindow { from: window.from.unwrap_or(first), rounds, latest_round, blocks }))
}

fn block(block: handle::DagBlock) -> DagBlock {
    DagBlock {
        reference: block.reference.into(),
        timestamp: Timestamp::from_ms(block.timestamp_ms),
        parents: block.parents.into_iter().map(Into::into).collect(),
        transactions: block.transactions,
        votes: block.votes.len(),
        committed: block.committed,
    }
}
