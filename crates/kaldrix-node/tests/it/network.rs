//! Nodes agree on transfers, and join, leave and come back.

use kaldrix_ledger::StateReader;

use crate::fixture::{TestNetwork, Wallet, all_final, submit};

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
