//! Commands that show what a node answers.

use kaldrix_client::api::{
    AccountView, NetworkStatus, PeerList, PeerView, TransactionView, ValidatorList, ValidatorView,
};
use kaldrix_client::{Address, Client, TransactionId};

use super::failure::Failure;
use super::output::{Lines, Output, percent, yes_or_no};

pub(super) async fn status(client: &Client, output: Output) -> Result<(), Failure> {
    output.result(&client.status().await?, status_lines)
}

/// Scripts take the height from the one line that contains `latest_block`.
fn status_lines(status: &NetworkStatus) -> String {
    let lines = Lines::default()
        .add("node", &status.node)
        .add("role", status.role.name())
        .add("version", &status.version)
        .add("network", &status.network)
        .add("chain_id", status.chain_id)
        .add("peer_id", status.peer_id)
        .add("latest_block", status.latest_block.height)
        .add("block_id", status.latest_block.id)
        .add("block_time", status.latest_block.timestamp)
        .add("final_block", status.final_height)
        .add("round", status.round)
        .add("catching_up", yes_or_no(status.catching_up))
        .add("peers", format!("{} of {}", status.peers_connected, status.peers_expected))
        .add("participation", percent(status.participation))
        .add("mempool_transactions", status.mempool.transactions)
        .add("mempool_bytes", status.mempool.bytes)
        .add("transactions_executed", status.transactions_executed)
        .add("started_at", status.started_at);
    status.warnings.iter().fold(lines, |lines, warning| lines.add("warning", warning)).done()
}

pub(super) async fn network_status(client: &Client, output: Output) -> Result<(), Failure> {
    output.result(&client.status().await?, |status| {
        Lines::default()
            .add("network", &status.network)
            .add("chain_id", status.chain_id)
            .add("epoch", status.epoch)
            .add("validators", status.validators)
            .add("participation", percent(status.participation))
            .add("latest_block", status.latest_block.height)
            .add("block_time", status.latest_block.timestamp)
            .add("final_block", status.final_height)
            .add("round", status.round)
            .add("commits", status.commit_index)
            .add("peers", format!("{} of {}", status.peers_connected, status.peers_expected))
            .add("fee_base", format!("{} KALD", status.fees.base.to_kald()))
            .add("fee_per_byte", format!("{} KALD", status.fees.per_byte.to_kald()))
            .done()
    })
}

pub(super) async fn network_peers(client: &Client, output: Output) -> Result<(), Failure> {
    output.result(&client.peers().await?, peer_lines)
}

fn peer_lines(list: &PeerList) -> String {
    let line = |peer: &PeerView| {
        let state = if peer.connected { "connected" } else { "not-connected" };
        let direction = peer.direction.as_deref().unwrap_or("-");
        let address = peer.address.as_deref().unwrap_or("-");
        let name = peer.name.as_deref().unwrap_or("-");
        let round_trip = peer.round_trip_ms.map_or("-".to_owned(), |ms| format!("{ms}ms"));
        let error = peer.error.as_deref().unwrap_or_default();
        let line =
            format!("{} {name} {state} {direction} {address} {round_trip} {error}", peer.peer_id);
        line.trim_end().to_owned() + "\n"
    };
    let heading = format!("{} of {} peers connected\n", list.connected, list.expected);
    heading + &list.peers.iter().map(line).collect::<String>()
}

pub(super) async fn validator_participation(
    client: &Client,
    output: Output,
) -> Result<(), Failure> {
    output.result(&client.validators().await?, participation_lines)
}

/// Percentages come first, so that scripts find them.
fn participation_lines(list: &ValidatorList) -> String {
    let rounds = list.validators.iter().map(|validator| validator.rounds).max().unwrap_or(0);
    let heading = format!(
        "{} of the stake took part in the last {rounds} committed rounds\n",
        percent(list.participation)
    );
    let line = |validator: &ValidatorView| {
        let excluded = if validator.excluded_from_leading { " excluded-from-leading" } else { "" };
        format!(
            "{} {} {} stake={} last_round={}{excluded}\n",
            percent(validator.participation),
            validator.index,
            validator.name,
            validator.stake,
            validator.last_round
        )
    };
    heading + &list.validators.iter().map(line).collect::<String>()
}

pub(super) async fn account(
    client: &Client,
    address: &Address,
    output: Output,
) -> Result<(), Failure> {
    let missing = || Failure::NotFound(format!("nothing was ever sent to the account {address}"));
    let account = client.account(address).await?.ok_or_else(missing)?;
    output.result(&account, |account: &AccountView| {
        Lines::default()
            .add("address", account.address)
            .add("balance", format!("{} KALD", account.balance.to_kald()))
            .add("transactions", account.sequence)
            .add("next_sequence", account.next_sequence)
            .add("key_registered", yes_or_no(account.public_key.is_some()))
            .add("height", account.height)
            .done()
    })
}

pub(super) async fn transaction(
    client: &Client,
    id: &TransactionId,
    output: Output,
) -> Result<(), Failure> {
    let missing = || Failure::NotFound(format!("this node knows no transaction {id}"));
    let view = client.transaction(id).await?.ok_or_else(missing)?;
    output.result(&view, |view| transaction_lines(view).done())
}

pub(super) fn transaction_lines(view: &TransactionView) -> Lines {
    let receipt = view.receipt.as_ref();
    Lines::default()
        .add("transaction", view.id)
        .add("status", view.status.name())
        .add_some("rejection", view.rejection.as_ref())
        .add_some("height", view.height)
        .add_some("index", view.index)
        .add_some("block_id", view.block)
        .add_some("block_time", view.timestamp)
        .add_some("outcome", receipt.map(|one| one.outcome.name()))
        .add_some("failure", receipt.and_then(|one| one.failure).map(|one| one.name()))
        .add_some("fee", receipt.map(|one| format!("{} KALD", one.fee.to_kald())))
}
