//! Transactions over HTTP: both forms, batches, duplicates, and their fate.

use kaldrix_client::api::{
    BATCH_TRANSACTIONS_MAX, BatchOutcome, BatchRequest, BatchResponse, Outcome, ProblemKind,
    SignedTransaction, TransactionState, TransactionView,
};
use kaldrix_client::binary::{BATCH_MEDIA_TYPE, TRANSACTION_MEDIA_TYPE, TransactionBatch};
use kaldrix_client::{Address, Amount, ClientError, Digest, Signer, Wallet, encoding};
use std::sync::Arc;

use super::{SOON, Served, problem, stranger};
use crate::fixture::key;
use kaldrix_client::Scheme;

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_followed_from_submission_to_finality() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());
    let transaction = served.wallet(0).transfer(&genesis, to, 5);

    let json = serde_json::to_vec(&SignedTransaction::from(&transaction)).unwrap();
    let response = served.post("/v1/transactions", "application/json", json).await;
    assert_eq!(response.status(), 202);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(location, format!("/v1/transactions/{}", transaction.id()));

    let path = format!("{location}?wait_ms=20000");
    let view: TransactionView = served.get(&path).await.json().await.unwrap();
    assert_eq!(view.status, TransactionState::Final);
    assert_eq!(view.receipt.as_ref().unwrap().outcome, Outcome::Applied);
    assert_eq!(view.receipt.unwrap().fee, transaction.body.fee);
    assert_eq!(view.body.unwrap().try_into(), Ok(transaction.body.clone()));
    let block = served.client.block(view.height.unwrap()).await.unwrap().unwrap();
    assert!(block.is_final);
    assert_eq!(Some(block.id), view.block);
    let place = usize::try_from(view.index.unwrap()).unwrap();
    assert_eq!(block.transactions[place].id, transaction.id());

    // The same transaction again, in the other form: accepted, and executed once.
    let compact = encoding::to_bytes(&transaction);
    let response = served.post("/v1/transactions", TRANSACTION_MEDIA_TYPE, compact).await;
    assert_eq!(response.status(), 202);
    let account = served.client.account(&to).await.unwrap().unwrap();
    assert_eq!(account.balance, Amount(5));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_sends_and_registers_its_key_once() {
    let served = Served::start().await;
    let signer: Arc<dyn Signer> = Arc::new(key(Scheme::MlDsa44, 0, 9));
    let wallet = Wallet::open(served.client.clone(), signer, None).await.unwrap();
    assert_eq!(wallet.chain_id(), served.network.genesis.chain_id());

    let to = Address::of(stranger().public_key());
    let first = wallet.transfer(to, Amount(7)).await.unwrap();
    let second = wallet.notarise(b"tag", vec![Digest([3; 32])]).await.unwrap();
    for id in [first, second] {
        let view = wallet.wait_final(&id, SOON).await.unwrap();
        assert_eq!(view.receipt.unwrap().outcome, Outcome::Applied);
    }
    let account = wallet.account().await.unwrap().unwrap();
    assert_eq!((account.sequence, account.next_sequence), (2, 2));
    let key = account.public_key.unwrap().public_key("public_key").unwrap();
    assert_eq!(Address::of(&key), wallet.address());

    // The fee is the least one that the ledger takes.
    let spare = wallet.sign(kaldrix_client::Payload::Transfer { to, amount: Amount(1) });
    let body = spare.await.unwrap().body;
    let rules = kaldrix_ledger::Rules::new(&served.network.genesis);
    assert_eq!(body.fee, rules.minimum_fee_of(&body, Scheme::MlDsa44));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_may_share_a_wallet() {
    let served = Served::start().await;
    let signer: Arc<dyn Signer> = Arc::new(key(Scheme::MlDsa44, 1, 9));
    let wallet = Wallet::open(served.client.clone(), signer, None).await.unwrap();
    let to = Address::of(stranger().public_key());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let wallet = wallet.clone();
        tasks.spawn(async move {
            let id = wallet.transfer(to, Amount(1)).await.unwrap();
            wallet.wait_final(&id, SOON).await.unwrap()
        });
    }
    let views = tasks.join_all().await;
    assert!(views.iter().all(|view| view.status == TransactionState::Final));
    let account = served.client.account(&to).await.unwrap().unwrap();
    assert_eq!(account.balance, Amount(10));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_tells_of_each_transaction() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());
    let mut wallet = served.wallet(0);
    let good = [wallet.transfer(&genesis, to, 1), wallet.transfer(&genesis, to, 1)];
    let mut bad = wallet.transfer(&genesis, to, 1);
    bad.witness = good[0].witness.clone();

    let batch = TransactionBatch::new(good.to_vec()).unwrap();
    let bytes = encoding::to_bytes(&batch);
    let response = served.post("/v1/transactions/batch", BATCH_MEDIA_TYPE, bytes).await;
    assert_eq!(response.status(), 202);
    let answer: BatchResponse = response.json().await.unwrap();
    assert_eq!((answer.accepted, answer.refused), (2, 0));

    let all = [&good[0], &bad, &good[1]];
    let transactions = all.map(SignedTransaction::from).to_vec();
    let json = serde_json::to_vec(&BatchRequest { transactions }).unwrap();
    let response = served.post("/v1/transactions/batch", "application/json", json).await;
    assert_eq!(response.status(), 207);
    let answer: BatchResponse = response.json().await.unwrap();
    assert_eq!((answer.accepted, answer.refused), (2, 1));
    for (item, transaction) in answer.results.iter().zip(all) {
        assert_eq!(item.id, transaction.id());
        assert_eq!(item.outcome == BatchOutcome::Refused, transaction.id() == bad.id());
    }
    let refusal = answer.results[1].problem.as_ref().unwrap();
    assert_eq!(refusal.kind, ProblemKind::BadWitness);
    for transaction in &good {
        served.client.wait_final(&transaction.id(), SOON).await.unwrap();
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_bounded() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());
    let transaction = served.wallet(0).transfer(&genesis, to, 1);
    let many = vec![transaction; BATCH_TRANSACTIONS_MAX + 1];

    let error = served.client.submit_batch(many.clone()).await.unwrap_err();
    assert_eq!(error.problem().unwrap().kind, ProblemKind::BodyTooLarge);

    let transactions: Vec<_> = many.iter().map(SignedTransaction::from).collect();
    let json = serde_json::to_vec(&BatchRequest { transactions }).unwrap();
    let response = served.post("/v1/transactions/batch", "application/json", json).await;
    let found = problem(response, ProblemKind::BodyTooLarge).await;
    assert_eq!(found.field.as_deref(), Some("transactions"));

    let mut compact = vec![1];
    compact.extend(u32::try_from(many.len()).unwrap().to_le_bytes());
    compact.extend(many.iter().flat_map(|one| encoding::to_bytes(one)[1..].to_vec()));
    let response = served.post("/v1/transactions/batch", BATCH_MEDIA_TYPE, compact).await;
    problem(response, ProblemKind::InvalidBody).await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_never_comes_is_waited_for_in_vain() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let to = Address::of(stranger().public_key());
    let id = served.wallet(0).transfer(&genesis, to, 1).id();
    assert_eq!(served.client.transaction(&id).await.unwrap(), None);
    let patience = std::time::Duration::from_millis(300);
    let error = served.client.wait_final(&id, patience).await.unwrap_err();
    assert!(matches!(error, ClientError::NotFinal { .. }), "{error}");
    served.stop().await;
}
