//! What the API shows of the node, its blocks and its network; and the OpenAPI document.

use std::collections::BTreeSet;

use kaldrix_client::api::{CheckStatus, Health, Role};
use kaldrix_client::{Address, LedgerHeader, Signer};
use kaldrix_node::api;

use super::{SOON, Served, stranger};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_shows_itself_and_its_network() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();

    let status = served.client.status().await.unwrap();
    assert_eq!((status.chain_id, status.network.as_str()), (genesis.chain_id(), "test"));
    assert_eq!((status.role, status.node.as_str()), (Role::Validator, "node-0"));
    assert_eq!(status.latest_block.id, genesis.ledger_block_id());
    assert_eq!(status.fees.base, genesis.protocol.fee_base);

    let validators = served.client.validators().await.unwrap();
    assert_eq!(validators.validators.len(), 1);
    assert_eq!(validators.validators[0].name, "validator-0");
    assert!(validators.validators[0].connected);
    assert_eq!((validators.total_stake, validators.quorum_stake), (1, 1));

    let peers = served.client.peers().await.unwrap();
    assert_eq!((peers.connected, peers.expected, peers.peers.len()), (0, 0, 0));
    assert_eq!(served.client.genesis().await.unwrap(), *genesis);

    let health: Health = served.get("/health").await.json().await.unwrap();
    assert_eq!(health.checks.keys().collect::<Vec<_>>(), ["live", "ready"]);
    let live: Health = served.get("/health/live").await.json().await.unwrap();
    assert_eq!(live.status, CheckStatus::Ok);
    let ready = served.get("/health/ready").await;
    let (code, body) = (ready.status(), ready.json::<Health>().await.unwrap());
    assert_eq!(code == 200, body.status == CheckStatus::Ok);
    assert_eq!(served.client.health().await.unwrap().version, env!("CARGO_PKG_VERSION"));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_paged_and_their_ids_recompute() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());
    let mut wallet = served.wallet(0);
    // One at a time, so that each gets a block of its own.
    for _ in 0..5 {
        let transaction = wallet.transfer(&genesis, to, 1);
        served.client.submit(&transaction).await.unwrap();
        served.client.wait_final(&transaction.id(), SOON).await.unwrap();
    }
    let mut heights = Vec::new();
    let mut before = None;
    loop {
        let page = served.client.blocks(before, 2).await.unwrap();
        assert!(page.blocks.len() <= 2);
        for block in &page.blocks {
            heights.push(block.height);
            let detail = served.client.block_by_id(&block.id).await.unwrap().unwrap();
            assert_eq!(LedgerHeader::from(&detail.header).id(), block.id);
            assert_eq!(detail.transactions_total, block.transactions);
        }
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    let latest = served.client.status().await.unwrap().latest_block.height;
    assert_eq!(heights, (1..=latest).rev().collect::<Vec<_>>());

    let first = served.client.block(1).await.unwrap().unwrap();
    let certificate = first.certificate.unwrap();
    assert!(certificate.height >= 1 && certificate.stake >= certificate.quorum_stake);
    assert_eq!(certificate.validators, [0]);
    let none = served.get("/v1/blocks/1?transactions_limit=0").await;
    let none: kaldrix_client::api::BlockDetail = none.json().await.unwrap();
    assert_eq!((none.transactions.len(), none.transactions_total), (0, first.transactions_total));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dag_is_shown_in_windows() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());
    let transaction = served.wallet(0).transfer(&genesis, to, 1);
    served.client.submit(&transaction).await.unwrap();
    served.client.wait_final(&transaction.id(), SOON).await.unwrap();

    let window = served.client.dag(Some(1), 5).await.unwrap();
    assert_eq!((window.from, window.rounds), (1, 5));
    assert!(!window.blocks.is_empty());
    let ids: BTreeSet<_> = window.blocks.iter().map(|block| block.reference.id).collect();
    assert_eq!(ids.len(), window.blocks.len());
    for block in &window.blocks {
        assert!((1..6).contains(&block.reference.round));
        assert!(block.parents.iter().all(|parent| parent.round < block.reference.round));
    }
    let latest = served.client.dag(None, 3).await.unwrap();
    assert!(latest.blocks.iter().all(|block| block.reference.round + 3 >= latest.from));
    served.stop().await;
}

#[test]
fn the_committed_openapi_document_is_what_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../api/kaldrix-node.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(committed == api::openapi_json(), "run `cargo xtask gen-api` and commit the change");
}

#[test]
fn the_openapi_document_names_every_route_and_schema() {
    let document: serde_json::Value = serde_json::from_str(&api::openapi_json()).unwrap();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    for path in [
        "/v1/transactions",
        "/v1/transactions/batch",
        "/v1/transactions/{id}",
        "/v1/transactions/{id}/proof",
        "/v1/accounts/{address}",
        "/v1/accounts/{address}/proof",
        "/v1/notarisations/{digest}",
        "/v1/notarisations/{digest}/proof",
        "/v1/checkpoint",
        "/v1/blocks",
        "/v1/blocks/{height_or_id}",
        "/v1/dag",
        "/v1/validators",
        "/v1/peers",
        "/v1/status",
        "/v1/genesis",
        "/health",
        "/health/ready",
        "/health/live",
    ] {
        assert!(paths.iter().any(|found| found == path), "{path} is missing from {paths:?}");
    }
    let operations = document["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|path| path.as_object().unwrap().values());
    let ids: Vec<_> = operations.map(|one| one["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    // An alias of a number type in a wire type would make a schema of that name.
    assert!(
        schemas.keys().all(|name| name.starts_with(char::is_uppercase)),
        "{:?}",
        schemas.keys()
    );
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and not there");
    }
}
