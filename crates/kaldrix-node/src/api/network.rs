//! The network and this node in it.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use kaldrix_client::api::{
    BlockTip, MempoolView, NetworkStatus, PeerList, PeerView, Role, Timestamp, ValidatorList,
    ValidatorView,
};
use kaldrix_network::PeerInfo;
use kaldrix_types::{AuthorityIndex, Committee, Member};

use super::Api;
use crate::handle::{self, NodeHandle, NodeStatus};
use crate::participation;

/// The validators and how they take part.
#[utoipa::path(get, path = "/v1/validators", operation_id = "list_validators",
    tag = "network",
    responses((status = 200, description = "The committee", body = ValidatorList)))]
pub(super) async fn validators(State(api): State<Api>) -> Json<ValidatorList> {
    let (status, committee) = (api.node.status(), &api.node.genesis().committee);
    let peers = api.node.peers();
    let own = api.node.info().peer_id;
    let view = |(index, member): (AuthorityIndex, &Member)| {
        let peer_id = member.peer_id();
        let is_connected = |peer: &PeerInfo| peer.peer == peer_id && peer.connection.is_some();
        let connected = peer_id == own || peers.iter().any(is_connected);
        validator(&status, index, member, connected)
    };
    Json(ValidatorList {
        epoch: committee.epoch(),
        total_stake: committee.total_stake(),
        quorum_stake: committee.quorum_stake(),
        participation: participation::overall(&status.participation, committee),
        validators: committee.members().map(view).collect(),
    })
}

fn validator(
    status: &NodeStatus,
    index: AuthorityIndex,
    member: &Member,
    connected: bool,
) -> ValidatorView {
    let found = status.participation.iter().find(|found| found.author == index);
    ValidatorView {
        index: index.0,
        name: member.name(),
        stake: member.stake,
        reward_address: member.reward_address,
        peer_id: member.peer_id(),
        participation: found.map_or(0.0, participation::ratio),
        rounds_committed: found.map_or(0, |found| found.committed_rounds),
        rounds: found.map_or(0, |found| found.rounds),
        last_round: found.map_or(0, |found| found.last_round),
        excluded_from_leading: found.is_some_and(|found| found.excluded),
        connected,
    }
}

/// The nodes that this node knows.
#[utoipa::path(get, path = "/v1/peers", operation_id = "list_peers",
    tag = "network",
    responses((status = 200, description = "The peers", body = PeerList)))]
pub(super) async fn peers(State(api): State<Api>) -> Json<PeerList> {
    let committee = &api.node.genesis().committee;
    let peers = api.node.peers();
    Json(PeerList {
        connected: connected(&peers),
        expected: expected(&api.node),
        peers: peers.into_iter().map(|info| peer(&api.node, committee, info)).collect(),
    })
}

fn connected(peers: &[PeerInfo]) -> u64 {
    count(peers.iter().filter(|peer| peer.connection.is_some()).count())
}

fn expected(node: &NodeHandle) -> u64 {
    count(node.expected_peers().len())
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn peer(node: &NodeHandle, committee: &Committee, info: PeerInfo) -> PeerView {
    let authority = committee.authority_of_peer(&info.peer);
    let configured = node.expected_peers().iter().find(|peer| peer.peer_id == info.peer);
    let member = authority.and_then(|authority| committee.member(authority));
    let connection = info.connection.as_ref();
    PeerView {
        peer_id: info.peer,
        name: configured.map(|peer| peer.name.clone()).or_else(|| member.map(Member::name)),
        validator: authority.map(|authority| authority.0),
        pinned: info.pinned,
        connected: connection.is_some(),
        address: connection.map(|one| one.address.to_string()).or(info.dial_address),
        direction: connection.map(|one| one.direction.name().to_owned()),
        connected_since: connection.map(|one| one.connected_since.into()),
        round_trip_ms: connection
            .and_then(|one| one.round_trip)
            .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        key_exchange: connection.map(|one| one.session.key_exchange.clone()),
        bytes_in: connection.map_or(0, |one| one.bytes_in),
        bytes_out: connection.map_or(0, |one| one.bytes_out),
        frames_dropped: connection.map_or(0, |one| one.frames_dropped),
        error: info.dial_error.filter(|_| info.connection.is_none()),
    }
}

/// This node and the network as it sees it.
#[utoipa::path(get, path = "/v1/status", operation_id = "get_status",
    tag = "network",
    responses((status = 200, description = "The status", body = NetworkStatus)))]
pub(super) async fn status(State(api): State<Api>) -> Json<NetworkStatus> {
    let (node, status) = (&api.node, api.node.status());
    let (genesis, info) = (node.genesis(), node.info());
    let role = match info.role {
        handle::Role::Validator { .. } => Role::Validator,
        handle::Role::Full => Role::Full,
    };
    Json(NetworkStatus {
        network: genesis.name(),
        chain_id: status.chain_id,
        node: info.name.clone(),
        role,
        version: info.version.to_owned(),
        peer_id: info.peer_id,
        latest_block: BlockTip {
            height: status.tip.height,
            id: status.tip.block,
            timestamp: Timestamp::from_ms(status.tip_timestamp_ms),
        },
        final_height: status.final_height,
        epoch: genesis.committee.epoch(),
        round: status.snapshot.round,
        commit_index: status.snapshot.commit_index,
        catching_up: status.snapshot.catching_up,
        validators: count(genesis.committee.size()),
        participation: participation::overall(&status.participation, &genesis.committee),
        peers_connected: connected(&node.peers()),
        peers_expected: expected(node),
        mempool: MempoolView {
            transactions: count(status.mempool.transactions),
            bytes: count(status.mempool.bytes),
        },
        transactions_executed: status.work.transactions_executed,
        fees: (&genesis.protocol).into(),
        expiry_heights_max: genesis.protocol.expiry_heights_max,
        started_at: info.started_at.into(),
        warnings: warnings(&status, &genesis.committee),
    })
}

fn warnings(status: &NodeStatus, committee: &Committee) -> Vec<String> {
    let clocks = status.clock_offsets.iter().map(|offset| {
        let name = committee.member(offset.author).map(Member::name).unwrap_or_default();
        format!(
            "the clock of validator {name} is {} ms from this node's: check that both are \
             synchronised",
            offset.offset_ms
        )
    });
    status.damages.iter().cloned().chain(clocks).collect()
}

/// The network's genesis, from which its chain id follows.
#[utoipa::path(get, path = "/v1/genesis", operation_id = "get_genesis",
    tag = "network",
    responses((status = 200, description = "The file genesis.json", body = Object)))]
pub(super) async fn genesis(State(api): State<Api>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], api.genesis)
}
