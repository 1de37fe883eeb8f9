//! Every problem that a caller can provoke, and what it says.

use kaldrix_client::api::{
    BATCH_REQUEST_BYTES_MAX, ProblemKind, SignedTransaction, TRANSACTION_REQUEST_BYTES_MAX,
};
use kaldrix_client::binary::{BATCH_MEDIA_TYPE, TRANSACTION_MEDIA_TYPE};
use kaldrix_client::{
    Address, Amount, ChainId, Digest, KeyPair, Payload, Signer, Transaction, TransactionBody,
    encoding, sign_transaction,
};

use kaldrix_node::mempool::Limits;

use super::{SOON, Served, problem, stranger};

const PATH: &str = "/v1/transactions";

/// A good transaction of the first wallet's key, changed by `change` before it is signed.
fn changed(served: &Served, change: impl FnOnce(&mut TransactionBody)) -> Transaction {
    let mut wallet = served.wallet(0);
    let to = Address::of(stranger().public_key());
    let mut body = wallet.transfer(&served.network.genesis, to, 1).body;
    change(&mut body);
    sign_transaction(body, &wallet.key).unwrap()
}

async fn refused(
    served: &Served,
    transaction: &Transaction,
    kind: ProblemKind,
    field: &str,
) -> String {
    let json = serde_json::to_vec(&SignedTransaction::from(transaction)).unwrap();
    let response = served.post(PATH, "application/json", json).await;
    let from_json = problem(response, kind).await;
    assert_eq!(from_json.field.as_deref(), Some(field));
    let compact = encoding::to_bytes(transaction);
    let response = served.post(PATH, TRANSACTION_MEDIA_TYPE, compact).await;
    assert_eq!(problem(response, kind).await.detail, from_json.detail);
    from_json.detail
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_cannot_execute_say_why() {
    let served = Served::start().await;
    let other_chain = ChainId(Digest([9; 32]));
    let wrong = changed(&served, |body| body.chain_id = other_chain);
    refused(&served, &wrong, ProblemKind::WrongChain, "body.chain_id").await;
    let far = changed(&served, |body| body.expiry_height = u64::MAX);
    refused(&served, &far, ProblemKind::ExpiryTooFar, "body.expiry_height").await;
    let ahead = changed(&served, |body| body.sequence = 1_000_000);
    refused(&served, &ahead, ProblemKind::SequenceTooFar, "body.sequence").await;
    let keyless = changed(&served, |body| body.public_key = None);
    refused(&served, &keyless, ProblemKind::InvalidKey, "body.public_key").await;
    let cheap = changed(&served, |body| body.fee = Amount(1));
    let detail = refused(&served, &cheap, ProblemKind::FeeTooLow, "body.fee").await;
    assert!(detail.contains("at least"), "{detail}");
    let mut forged = changed(&served, |_| {});
    forged.witness = changed(&served, |body| body.fee = Amount(2_000_000)).witness;
    refused(&served, &forged, ProblemKind::BadWitness, "signature").await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_the_sender_counts() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());

    let poor: KeyPair = stranger();
    let mut body = changed(&served, |_| {}).body;
    body.sender = Address::of(poor.public_key());
    body.public_key = Some(poor.public_key().clone());
    let unknown = sign_transaction(body, &poor).unwrap();
    let json = serde_json::to_vec(&SignedTransaction::from(&unknown)).unwrap();
    let response = served.post(PATH, "application/json", json).await;
    problem(response, ProblemKind::Unaffordable).await;

    let mut wallet = served.wallet(0);
    let first = wallet.transfer(&genesis, to, 1);
    served.client.submit(&first).await.unwrap();
    served.client.wait_final(&first.id(), SOON).await.unwrap();
    let again = changed(&served, |body| body.fee = Amount(3_000_000));
    refused(&served, &again, ProblemKind::SequenceUsed, "body.sequence").await;

    let height = served.client.status().await.unwrap().latest_block.height;
    let late = changed(&served, |body| {
        (body.sequence, body.public_key, body.expiry_height) = (1, None, height - 1);
    });
    refused(&served, &late, ProblemKind::Expired, "body.expiry_height").await;
    let rich = changed(&served, |body| {
        (body.sequence, body.public_key) = (1, None);
        body.payload = Payload::Transfer { to, amount: Amount(1) };
        body.fee = Amount(u64::MAX);
    });
    let json = serde_json::to_vec(&SignedTransaction::from(&rich)).unwrap();
    let response = served.post(PATH, "application/json", json).await;
    problem(response, ProblemKind::Unaffordable).await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_number_is_taken_once() {
    let served = Served::start().await;
    let first = changed(&served, |_| {});
    served.client.submit(&first).await.unwrap();
    served.client.wait_final(&first.id(), SOON).await.unwrap();
    // Ahead of a gap, so that it stays pending.
    let ahead = |fee| {
        changed(&served, |body| {
            (body.sequence, body.public_key, body.fee) = (2, None, Amount(fee));
        })
    };
    served.client.submit(&ahead(1_000_000)).await.unwrap();
    let rival = ahead(1_000_001);
    refused(&served, &rival, ProblemKind::SequenceTaken, "body.sequence").await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mempool_says_when_to_try_again() {
    let served = Served::start_with(Limits { transactions_max: 1, ..Limits::default() }).await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());
    let mut wallet = served.wallet(0);
    let first = wallet.transfer(&genesis, to, 1);
    served.client.submit(&first).await.unwrap();
    served.client.wait_final(&first.id(), SOON).await.unwrap();
    // Behind a gap, so that it takes the one place there is and keeps it.
    wallet.next += 1;
    served.client.submit(&wallet.transfer(&genesis, to, 1)).await.unwrap();

    let other = served.wallet(1).transfer(&genesis, to, 1);
    let compact = encoding::to_bytes(&other);
    let response = served.post(PATH, TRANSACTION_MEDIA_TYPE, compact).await;
    problem(response, ProblemKind::MempoolFull).await;
    let error = served.client.submit(&other).await.unwrap_err();
    assert!(error.is_temporary(), "{error}");
    let batch = served.client.submit_batch(vec![other]).await.unwrap();
    assert_eq!((batch.accepted, batch.refused), (0, 1));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_say_where() {
    let served = Served::start().await;
    let good = serde_json::to_value(SignedTransaction::from(&changed(&served, |_| {}))).unwrap();
    let edited = |path: &str, value: serde_json::Value| {
        let mut json = good.clone();
        *json.pointer_mut(path).unwrap() = value;
        json.to_string()
    };
    let hex_key = "/body/public_key/bytes";
    for (body, field) in [
        (String::new(), None),
        ("{".to_owned(), None),
        ("[]".to_owned(), None),
        (good.to_string() + "x", None),
        (edited("/body/fee", 5.into()), Some("body.fee")),
        (edited("/body/fee", "05".into()), Some("body.fee")),
        (edited("/body/fee", "-1".into()), Some("body.fee")),
        (edited("/body/sequence", "1".into()), Some("body.sequence")),
        (edited("/body/sequence", (-1).into()), Some("body.sequence")),
        (edited("/body/sender", "kald1qqq".into()), Some("body.sender")),
        (edited("/body/chain_id", "AB".into()), Some("body.chain_id")),
        (edited(hex_key, "xy".into()), Some("body.public_key.bytes")),
        (edited(hex_key, "AB".into()), Some("body.public_key.bytes")),
        (edited(hex_key, "ab".into()), Some("body.public_key")),
        (edited("/body/public_key/scheme", "rsa".into()), Some("body.public_key")),
        (edited("/signature/scheme", "ml-dsa-87".into()), Some("signature")),
        (edited("/body/payload/type", "mint".into()), Some("body.payload.type")),
        (edited("/body/payload/to", "x".into()), Some("body.payload")),
        (good.to_string().replacen("\"signature\"", "\"sig\"", 1), Some("sig")),
        ("[".repeat(10_000), Some("[0][0]")),
    ] {
        let response = served.post(PATH, "application/json", body.clone().into_bytes()).await;
        let found = problem(response, ProblemKind::InvalidBody).await;
        assert_eq!(found.field.as_deref(), field, "{body:.200} {found:?}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn truncated_and_padded_compact_bodies_are_refused() {
    let served = Served::start().await;
    let good = encoding::to_bytes(&changed(&served, |_| {}));
    let mut bodies: Vec<Vec<u8>> = (0..good.len()).step_by(97).map(|n| good[..n].into()).collect();
    bodies.push([good.as_slice(), &[0]].concat());
    bodies.push([&[2], &good[1..]].concat());
    bodies.push(vec![0xff; 1000]);
    for body in bodies {
        for (path, media_type) in
            [(PATH, TRANSACTION_MEDIA_TYPE), ("/v1/transactions/batch", BATCH_MEDIA_TYPE)]
        {
            let response = served.post(path, media_type, body.clone()).await;
            problem(response, ProblemKind::InvalidBody).await;
        }
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_bodies_and_foreign_media_types_are_refused() {
    let served = Served::start().await;
    for (path, bytes_max) in
        [(PATH, TRANSACTION_REQUEST_BYTES_MAX), ("/v1/transactions/batch", BATCH_REQUEST_BYTES_MAX)]
    {
        let response = served.post(path, "application/json", vec![b' '; bytes_max + 1]).await;
        let found = problem(response, ProblemKind::BodyTooLarge).await;
        assert!(found.detail.contains(&bytes_max.to_string()), "{found}");
        for media_type in ["text/plain", "application/xml", "", "application/octet-stream"] {
            let response = served.post(path, media_type, b"{}".to_vec()).await;
            problem(response, ProblemKind::UnsupportedMediaType).await;
        }
    }
    // A batch's media type is not a single transaction's.
    let body = encoding::to_bytes(&changed(&served, |_| {}));
    let response = served.post(PATH, BATCH_MEDIA_TYPE, body.clone()).await;
    problem(response, ProblemKind::UnsupportedMediaType).await;
    // Case and parameters do not matter.
    let json = serde_json::to_vec(&SignedTransaction::from(&changed(&served, |_| {}))).unwrap();
    let response = served.post(PATH, "Application/JSON; charset=utf-8", json).await;
    assert_eq!(response.status(), 202);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let served = Served::start().await;
    let id = "ab".repeat(32);
    let address = Address::of(stranger().public_key());
    for path in [
        format!("/v1/transactions/{id}"),
        format!("/v1/transactions/{id}?wait_ms=10"),
        format!("/v1/accounts/{address}"),
        format!("/v1/blocks/{id}"),
        "/v1/blocks/0".to_owned(),
        "/v1/blocks/999999".to_owned(),
        format!("/v1/blocks/{}", u64::MAX),
    ] {
        problem(served.get(&path).await, ProblemKind::NotFound).await;
    }
    for path in ["/", "/v1", "/v2/status", "/v1/transactions/a/b", "/metrics"] {
        problem(served.get(path).await, ProblemKind::RouteNotFound).await;
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_checked() {
    let served = Served::start().await;
    let id = "ab".repeat(32);
    for (path, field) in [
        ("/v1/transactions/xyz".to_owned(), "id"),
        (format!("/v1/transactions/{}", id.to_uppercase()), "id"),
        (format!("/v1/transactions/{id}?wait_ms=30001"), "wait_ms"),
        (format!("/v1/transactions/{id}?wait_ms=-1"), "query"),
        (format!("/v1/transactions/{id}?wait=1"), "query"),
        ("/v1/transactions/%ff".to_owned(), "path"),
        ("/v1/accounts/kald1nonsense".to_owned(), "address"),
        ("/v1/blocks?limit=0".to_owned(), "limit"),
        ("/v1/blocks?limit=101".to_owned(), "limit"),
        ("/v1/blocks?before=x".to_owned(), "query"),
        ("/v1/blocks?limits=5".to_owned(), "query"),
        ("/v1/blocks/latest".to_owned(), "height_or_id"),
        ("/v1/blocks/1?transactions_limit=1001".to_owned(), "transactions_limit"),
        ("/v1/dag?rounds=0".to_owned(), "rounds"),
        ("/v1/dag?rounds=201".to_owned(), "rounds"),
        ("/v1/dag?from=-5".to_owned(), "query"),
    ] {
        let found = problem(served.get(&path).await, ProblemKind::InvalidParameter).await;
        assert_eq!(found.field.as_deref(), Some(field), "{path}: {found}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_are_checked_and_named() {
    let served = Served::start().await;
    for (method, path, allow) in [
        ("DELETE", "/v1/transactions", "POST"),
        ("GET", "/v1/transactions", "POST"),
        ("POST", "/v1/status", "GET,HEAD"),
        ("BREW", "/health", "GET,HEAD"),
    ] {
        let method = method.parse().unwrap();
        let request = served.http.request(method, format!("{}{path}", served.url));
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["allow"], allow, "{path}");
        problem(response, ProblemKind::MethodNotAllowed).await;
    }
    let head = served.http.head(format!("{}/v1/status", served.url)).send().await.unwrap();
    assert_eq!(head.status(), 200);
    served.stop().await;
}
