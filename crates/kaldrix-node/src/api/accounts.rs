//! Accounts.

use axum::Json;
use axum::extract::State;
use kaldrix_client::api::{AccountView, Key};
use kaldrix_types::Address;

use super::Api;
use super::error::{self, ApiError};
use super::input::Segment;

/// An account as it stands on this node.
#[utoipa::path(get, path = "/v1/accounts/{address}", operation_id = "get_account",
    tag = "accounts",
    params(("address" = String, Path, description = "The account's address")),
    responses((status = 200, description = "The account", body = AccountView)))]
pub(super) async fn show(
    State(api): State<Api>,
    Segment(address): Segment<Address>,
) -> Result<Json<AccountView>, ApiError> {
    // Before the account is read, so that a block in between makes this too low, never too high.
    let height = api.node.status().tip.height;
    let view = api.node.account(&address).map_err(|error| error::failure(&api.node, &error))?;
    let account = view.account.ok_or_else(|| {
        ApiError::not_found(format!("nothing was ever sent to the account {address}"))
    })?;
    Ok(Json(AccountView {
        address,
        balance: account.balance,
        sequence: account.sequence,
        next_sequence: view.next_sequence,
        public_key: view.public_key.as_ref().map(Key::from),
        height,
    }))
}
