//! Proofs as the API gives them, and what they show once the node is gone.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use kaldrix_client::api::ProblemKind;
use kaldrix_client::proof::{
    Checkpoint, Claim, Confirmation, Finality, Link, Proof, Trust, Verified, verify,
};
use kaldrix_client::{
    Address, Client, ClientError, Digest, Genesis, Scheme, TransactionId, Wallet,
};
use kaldrix_node::handle::Subject;
use kaldrix_storage::{Batch, DiskStore, Durability, LEDGER_TABLES, Records, Table};

use super::{SOON, Served, problem};
use crate::fixture::{self, PATIENCE, TestNetwork, key};

/// The wallet of a funded account, on a served network.
async fn wallet(served: &Served, name: u8) -> Wallet {
    let signer = Arc::new(key(Scheme::MlDsa44, name, 9));
    Wallet::open(served.client.clone(), signer, None).await.unwrap()
}

async fn notarise(wallet: &Wallet, digests: &[Digest]) -> TransactionId {
    let id = wallet.notarise(b"audit", digests.to_vec()).await.unwrap();
    wallet.wait_final(&id, SOON).await.unwrap();
    id
}

fn nobody() -> Address {
    Address(Digest([77; 32]))
}

/// What a text shows to somebody who has nothing but the genesis file.
fn read(text: &str, genesis: &Genesis) -> Verified {
    verify(&Proof::from_json(text).unwrap(), Trust::Genesis(genesis)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_hold_when_the_network_is_gone() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let trust = Trust::Genesis(&genesis);
    let wallet = wallet(&served, 0).await;
    let digests = [Digest([1; 32]), Digest([2; 32])];
    let id = notarise(&wallet, &digests).await;

    let client = &served.client;
    let transaction = client.prove_transaction(&id, trust).await.unwrap().unwrap();
    let notarised = client.prove_notarisation(&digests[1], trust).await.unwrap().unwrap();
    let account = client.prove_account(&wallet.address(), trust).await.unwrap();
    let absent = client.prove_account(&nobody(), trust).await.unwrap();
    let (checkpoint, block) = client.checkpoint(trust).await.unwrap();
    let texts = [transaction, notarised, account, absent, block].map(|one| one.proof.to_json());
    let view = client.transaction(&id).await.unwrap().unwrap();
    served.stop().await;

    let [transaction, notarised, account, absent, block] =
        texts.each_ref().map(|text| read(text, &genesis));
    assert_eq!((transaction.height, Some(transaction.block)), (view.height.unwrap(), view.block));
    assert_eq!(Some(transaction.timestamp_ms), view.timestamp.map(|at| at.ms()));
    assert!(matches!(&transaction.claim, Claim::Transaction(one) if one.receipt.id == id));
    digests.iter().for_each(|digest| transaction.notarises(digest).unwrap());
    notarised.notarises(&digests[1]).unwrap();
    notarised.notarises(&digests[0]).unwrap_err();
    let Claim::Account { account: Some(found), .. } = account.claim else { panic!("{account:?}") };
    assert_eq!(found.sequence, 1);
    assert!(matches!(absent.claim, Claim::Account { account: None, .. }), "{absent:?}");
    assert_eq!(block.checkpoint(), Some(checkpoint));

    // Another network with the same validators is another chain.
    let other = TestNetwork::new(1, 0, 2).genesis.clone();
    for text in texts {
        let proof = Proof::from_json(&text).unwrap();
        assert_eq!(verify(&proof, Trust::Genesis(&other)).unwrap_err().link, Link::Header);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_checkpoint_takes_the_place_of_genesis() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let wallet = wallet(&served, 0).await;
    let client = &served.client;
    let old = notarise(&wallet, &[Digest([1; 32])]).await;
    notarise(&wallet, &[Digest([2; 32])]).await;
    let (pinned, _) = client.checkpoint(Trust::Genesis(&genesis)).await.unwrap();
    let new = notarise(&wallet, &[Digest([3; 32])]).await;

    let trust = Trust::Checkpoint(&pinned);
    let below = client.prove_transaction(&old, trust).await.unwrap().unwrap();
    assert_eq!(below.proof.finality, Finality::Pinned);
    assert!(below.proof.later.is_some());
    let Confirmation::Checkpoint { block, .. } = below.verified.confirmation else {
        panic!("{below:?}")
    };
    assert_eq!(block, pinned.block);
    let above = client.prove_transaction(&new, trust).await.unwrap().unwrap();
    let Finality::Certified { checkpoint_path, .. } = &above.proof.finality else {
        panic!("{above:?}")
    };
    assert!(checkpoint_path.is_some());
    let (next, _) = client.checkpoint(trust).await.unwrap();
    assert!(next.height > pinned.height);

    // Each is for the trust that it was taken for.
    for proof in [below.proof, above.proof] {
        let error = verify(&proof, Trust::Genesis(&genesis)).unwrap_err();
        assert_eq!(error.link, Link::Checkpoint);
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_whose_certificate_is_gone_is_proven_by_a_later_one() {
    let mut network = TestNetwork::new(1, 0, 1);
    let genesis = network.genesis.clone();
    network.start(0).await;
    let mut wallet = fixture::Wallet::new(0);
    let mut ids = Vec::new();
    for _ in 0..6 {
        let transaction = wallet.transfer(&genesis, nobody(), 1);
        let submitted = fixture::submit(network.handle(0), vec![transaction]).await;
        fixture::all_final(network.handle(0), &submitted).await;
        ids.extend(submitted);
    }
    let top = network.handle(0).ledger().latest().height;
    network.stop_all().await;

    // As it is for blocks that are old enough, and for all that share a vote with a later one.
    let ledger = network.data_dir(0).join("ledger");
    let store = DiskStore::open(&ledger, LEDGER_TABLES, 1 << 20).unwrap();
    let records = Records::open(Arc::new(store)).unwrap();
    let mut batch = Batch::default();
    (1..top).for_each(|height| batch.remove(Table::Certificate, height.to_be_bytes()));
    records.write(batch, Durability::Synced).unwrap();
    drop(records);

    network.start(0).await;
    for id in ids {
        let proven = network.handle(0).prove(Subject::Transaction(id), None, PATIENCE).await;
        let text = proven.unwrap().to_json();
        let verified = read(&text, &genesis);
        let Confirmation::Certificate { height, .. } = verified.confirmation else {
            panic!("{verified:?}")
        };
        let later = Proof::from_json(&text).unwrap().later;
        assert_eq!(later.is_some(), verified.height < height);
        assert!(height >= top, "{height}");
    }
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_proven_says_why() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let id = "ab".repeat(32);
    for path in ["/v1/checkpoint".to_owned(), format!("/v1/accounts/{}/proof", nobody())] {
        let early = served.get(&format!("{path}?wait_ms=0")).await;
        let early = problem(early, ProblemKind::NotFinal).await;
        assert!(early.detail.contains("no final block yet"), "{early:?}");
    }

    let mut wallet = served.wallet(0);
    let first = wallet.transfer(&genesis, nobody(), 1);
    served.client.submit(&first).await.unwrap();
    served.client.wait_final(&first.id(), SOON).await.unwrap();
    wallet.next += 1;
    let waiting = wallet.transfer(&genesis, nobody(), 1);
    served.client.submit(&waiting).await.unwrap();
    let path = format!("/v1/transactions/{}/proof?wait_ms=50", waiting.id());
    let pending = problem(served.get(&path).await, ProblemKind::NotFinal).await;
    assert!(pending.detail.contains("waits for a block"), "{pending:?}");
    let path = format!("/v1/transactions/{}/proof?wait_ms=0&checkpoint_height=9999", first.id());
    let ahead = problem(served.get(&path).await, ProblemKind::NotFinal).await;
    assert!(ahead.detail.contains("9999"), "{ahead:?}");

    for path in [format!("/v1/transactions/{id}/proof"), format!("/v1/notarisations/{id}/proof")] {
        let unknown = problem(served.get(&path).await, ProblemKind::NotFound).await;
        assert!(unknown.detail.contains(&id), "{unknown:?}");
    }
    problem(served.get(&format!("/v1/notarisations/{id}")).await, ProblemKind::NotFound).await;
    for (path, field) in [
        ("/v1/transactions/xyz/proof".to_owned(), "id"),
        ("/v1/accounts/kald1xyz/proof".to_owned(), "address"),
        (format!("/v1/notarisations/{}/proof", id.to_uppercase()), "digest"),
        (format!("/v1/notarisations/{id}?limit=101"), "limit"),
        (format!("/v1/notarisations/{id}?after={id}"), "after"),
        (format!("/v1/transactions/{id}/proof?wait_ms=30001"), "wait_ms"),
        (format!("/v1/transactions/{id}/proof?checkpoint_height=0"), "checkpoint_height"),
        (format!("/v1/transactions/{id}/proof?wait=1"), "query"),
    ] {
        let wrong = problem(served.get(&path).await, ProblemKind::InvalidParameter).await;
        assert_eq!(wrong.field.as_deref(), Some(field), "{path}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_shows_who_notarised_it_and_when() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let wallets = [wallet(&served, 0).await, wallet(&served, 1).await];
    let digest = Digest([5; 32]);
    let mut ids = Vec::new();
    for wallet in [&wallets[0], &wallets[1], &wallets[0]] {
        ids.push(notarise(wallet, &[Digest([6; 32]), digest, digest]).await);
    }
    let client = &served.client;
    let page = client.notarisations(&digest, None, 2).await.unwrap().unwrap();
    let found: Vec<_> = page.notarisations.iter().map(|one| one.transaction).collect();
    assert_eq!((found, page.next_after), (ids[..2].to_vec(), Some(ids[1])));
    for (view, wallet) in page.notarisations.iter().zip(&wallets) {
        assert_eq!((view.sender, view.tag.as_slice()), (wallet.address(), &b"audit"[..]));
        let transaction = client.transaction(&view.transaction).await.unwrap().unwrap();
        assert_eq!(transaction.timestamp, Some(view.timestamp));
        assert!(view.is_final && transaction.block == Some(view.block));
    }
    let rest = client.notarisations(&digest, page.next_after, 2).await.unwrap().unwrap();
    assert_eq!((rest.notarisations.len(), rest.next_after), (1, None));
    assert_eq!(rest.notarisations[0].transaction, ids[2]);
    let end = client.notarisations(&digest, Some(ids[2]), 2).await.unwrap().unwrap();
    assert_eq!(end.notarisations, []);
    assert_eq!(client.notarisations(&Digest([9; 32]), None, 2).await.unwrap(), None);

    let first = client.prove_notarisation(&digest, Trust::Genesis(&genesis)).await;
    let Claim::Notarisation { transaction, .. } = first.unwrap().unwrap().verified.claim else {
        panic!("the claim is of a notarisation")
    };
    assert_eq!(transaction.receipt.id, ids[0]);
    served.stop().await;
}

/// A server that answers every request with `text`.
async fn liar(text: String) -> Client {
    let (listener, url) = super::listen().await;
    let router = Router::new().fallback(move || async move { text });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Client::new(&url).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_lies_is_not_believed() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let trust = Trust::Genesis(&genesis);
    let wallet = wallet(&served, 0).await;
    let (asked, other) = (Digest([1; 32]), Digest([2; 32]));
    let id = notarise(&wallet, &[asked]).await;
    notarise(&wallet, &[other]).await;
    let sound = served.client.prove_notarisation(&other, trust).await.unwrap().unwrap();
    let transaction = served.client.prove_transaction(&id, trust).await.unwrap().unwrap();
    let account = served.client.prove_account(&wallet.address(), trust).await.unwrap();
    served.stop().await;

    // Sound, but of something else.
    let other_claim = liar(sound.proof.to_json()).await;
    let found = other_claim.prove_notarisation(&asked, trust).await.map(drop);
    assert!(matches!(&found, Err(ClientError::Refuted { .. })), "{found:?}");
    let found = other_claim.prove_account(&wallet.address(), trust).await.map(drop);
    assert!(matches!(&found, Err(ClientError::Refuted { .. })), "{found:?}");
    // Forged.
    let mut forged = transaction.proof;
    if let Claim::Transaction(executed) = &mut forged.claim {
        executed.body.fee.0 += 1;
    }
    let found = liar(forged.to_json()).await.prove_transaction(&id, trust).await.map(drop);
    let Err(ClientError::Refuted { reason, .. }) = found else { panic!("{found:?}") };
    assert!(reason.starts_with("claim: "), "{reason}");
    let mut richer = account.proof;
    if let Claim::Account { account: Some(account), .. } = &mut richer.claim {
        account.balance.0 += 1;
    }
    let found = liar(richer.to_json()).await.prove_account(&wallet.address(), trust).await;
    assert!(matches!(&found, Err(ClientError::Refuted { .. })), "{found:?}");
    // No proof at all.
    let found = liar("{}".to_owned()).await.prove_transaction(&id, trust).await.map(drop);
    assert!(matches!(&found, Err(ClientError::NotANode { .. })), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_no_proof_shows_is_not_pinned() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let wallet = wallet(&served, 0).await;
    notarise(&wallet, &[Digest([1; 32])]).await;
    let (pinned, proven) = served.client.checkpoint(Trust::Genesis(&genesis)).await.unwrap();
    let again = Trust::Checkpoint(&pinned);
    let (same, rests) = served.client.checkpoint(again).await.unwrap();
    assert_eq!((&same, rests.proof.finality), (&pinned, Finality::Pinned));
    served.stop().await;

    let mut forged = pinned.clone();
    forged.height += 1;
    let resting = Proof { finality: Finality::Pinned, ..proven.proof.clone() };
    for (proof, trust) in [(&proven.proof, Trust::Genesis(&genesis)), (&resting, again)] {
        let answer = |checkpoint: &Checkpoint| {
            let (checkpoint, proof) = (checkpoint.to_json(), proof.to_json());
            format!("{{\"checkpoint\":{checkpoint},\"proof\":{proof}}}")
        };
        let honest = liar(answer(&pinned)).await.checkpoint(trust).await;
        assert_eq!(honest.unwrap().0, pinned);
        let error = liar(answer(&forged)).await.checkpoint(trust).await.unwrap_err();
        assert!(matches!(error, ClientError::Refuted { .. }), "{error}");
    }
}

/// The state moves on while it is read, so every proof must be of one block, whole.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_proven_while_blocks_come() {
    let served = Served::start().await;
    let genesis = served.network.genesis.clone();
    let mut sender = served.wallet(0);
    let transfers: Vec<_> = (0..300).map(|_| sender.transfer(&genesis, nobody(), 1)).collect();
    let last = transfers[299].id();
    let client = served.client.clone();
    let sending = tokio::spawn(async move {
        for transaction in transfers {
            client.submit(&transaction).await.unwrap();
        }
    });
    let (mut height, mut heights) = (0, BTreeSet::new());
    loop {
        let proven = served.client.prove_account(&nobody(), Trust::Genesis(&genesis)).await;
        let Verified { claim: Claim::Account { account, .. }, height: at, .. } =
            proven.unwrap().verified
        else {
            panic!("the claim is of an account")
        };
        assert!(at >= height, "{at} after {height}");
        height = at;
        heights.insert(at);
        // Transfers of one base unit are all that it gets.
        if account.is_some_and(|account| account.balance.0 == 300) {
            break;
        }
    }
    sending.await.unwrap();
    served.client.wait_final(&last, SOON).await.unwrap();
    assert!(heights.len() > 3, "{heights:?}");
    served.stop().await;
}
