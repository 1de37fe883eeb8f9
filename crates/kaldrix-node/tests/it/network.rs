//! Nodes agree on transfers, and join, leave and come back.

use kaldrix_ledger::StateReader;

use crate::fixture::{TestNetwork, Wallet, all_final, eventually, submit};

#[tokio::test(flavor = "multi_thread")]
async fn four_validators_agree_on_transfers() {
    let mut network = TestNetwork::new(4, 0, 4);
    network.start_all().await;
    let stranger = Wallet::new(200).address();
    let mut height = 0;
    for (node, name) in (0_u8..4).enumerate() {
        let mut wallet = Wallet::new(name);
        let transfers: Vec<_> =
            (0..25).map(|_| wallet.transfer(&network.genesis, stranger, 7)).collect();
        let ids = submit(network.handle(node), transfers).await;
        height = all_final(network.handle(node), &ids).await.max(height);
    }
    network.agree(&[0, 1, 2, 3], height).await;
    for node in 0..4 {
        let account = network.handle(node).ledger().account(&stranger).unwrap().unwrap();
        assert_eq!(account.balance.0, 4 * 25 * 7);
    }
    network.stop_all().await;
}

/// Sends one transfer after the other until the network made `rounds` more rounds.
async fn keep_busy(network: &TestNetwork, node: usize, wallet: &mut Wallet, rounds: u64) {
    let round = || network.handle(node).status().snapshot.round;
    let target = round() + rounds;
    while round() < target {
        let transfer = wallet.transfer(&network.genesis, Wallet::new(200).address(), 1);
        submit(network.handle(node), vec![transfer]).await;
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_node_catches_up_by_the_ledger_and_forwards_transactions() {
    let mut network = TestNetwork::new(4, 1, 2);
    for node in 0..4 {
        network.start(node).await;
    }
    let mut wallet = Wallet::new(0);
    keep_busy(&network, 0, &mut wallet, 150).await;
    let height = network.handle(0).status().final_height;
    network.start(4).await;
    network.agree(&[0, 4], height).await;
    let catch_ups = || network.handle(4).status().counters.catch_ups;
    eventually("the ledger was asked for", || catch_ups() > 0).await;
    // It follows the DAG from there on, and what is submitted to it is proposed by others.
    let transfer = Wallet::new(1).transfer(&network.genesis, wallet.address(), 5);
    let ids = submit(network.handle(4), vec![transfer]).await;
    let height = all_final(network.handle(4), &ids).await;
    network.agree(&[0, 1, 2, 3, 4], height).await;
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_comes_back_after_others_went_on() {
    let mut network = TestNetwork::new(4, 0, 2);
    network.start_all().await;
    let mut wallet = Wallet::new(0);
    keep_busy(&network, 0, &mut wallet, 10).await;
    let proposed = network.handle(3).status().counters.blocks_proposed;
    assert!(proposed > 0);
    network.stop(3).await;
    keep_busy(&network, 0, &mut wallet, 100).await;
    network.start(3).await;
    let height = network.handle(0).status().final_height;
    network.agree(&[0, 3], height).await;
    keep_busy(&network, 0, &mut wallet, 10).await;
    let height = network.handle(0).status().final_height;
    network.agree(&[0, 1, 2, 3], height).await;
    let proposed = || network.handle(3).status().counters.blocks_proposed;
    eventually("it takes part again", || proposed() > 0).await;
    for node in 0..4 {
        assert_eq!(network.handle(node).status().counters.equivocations, 0);
    }
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_stop_and_go_on_where_they_stopped() {
    let mut network = TestNetwork::new(4, 0, 2);
    network.start_all().await;
    let mut wallet = Wallet::new(0);
    keep_busy(&network, 0, &mut wallet, 20).await;
    network.stop_all().await;
    network.start_all().await;
    let transfer = wallet.transfer(&network.genesis, Wallet::new(200).address(), 1);
    let ids = submit(network.handle(2), vec![transfer]).await;
    let height = all_final(network.handle(2), &ids).await;
    network.agree(&[0, 1, 2, 3], height).await;
    let account = network.handle(1).ledger().account(&Wallet::new(200).address());
    assert_eq!(account.unwrap().unwrap().balance.0, wallet.next, "each transfer executed once");
    network.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_five_minutes_off_is_reported_and_harms_nothing() {
    let mut network = TestNetwork::new(4, 0, 1);
    for node in 0..4 {
        let mut settings = network.settings(node);
        settings.clock_offset_ms = if node == 3 { -5 * 60 * 1000 } else { 0 };
        network.start_with(settings, node).await;
    }
    let mut wallet = Wallet::new(0);
    keep_busy(&network, 3, &mut wallet, 20).await;
    let transfer = wallet.transfer(&network.genesis, wallet.address(), 1);
    let ids = submit(network.handle(3), vec![transfer]).await;
    let height = all_final(network.handle(3), &ids).await;
    network.agree(&[0, 1, 2, 3], height).await;
    let offsets = || network.handle(0).status().clock_offsets;
    eventually("the clock is reported", || !offsets().is_empty()).await;
    let [offset] = offsets()[..] else { panic!("{:?}", offsets()) };
    assert_eq!(offset.author.0, 3);
    assert!((-305_000..=-295_000).contains(&offset.offset_ms), "{offset:?}");
    let header = network.handle(0).ledger().header(height).unwrap().unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    assert!(u128::from(header.timestamp_ms).abs_diff(now) < 60_000, "the median is right");
    network.stop_all().await;
}
