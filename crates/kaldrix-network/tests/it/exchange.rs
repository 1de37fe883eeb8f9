//! Two honest nodes: frames pass both ways, in order, over the promised cryptography.

use bytes::Bytes;
use kaldrix_network::Direction;

use crate::nodes::{pair, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_pass_both_ways_in_order() {
    let (mut a, mut b) = pair().await;
    for number in 0..500_u32 {
        a.network.send(&b.id(), Bytes::from(number.to_be_bytes().to_vec())).unwrap();
        b.network.send(&a.id(), Bytes::from(vec![0; number as usize])).unwrap();
    }
    for number in 0..500_u32 {
        assert_eq!(b.wait_frame().await, (a.id(), Bytes::from(number.to_be_bytes().to_vec())));
        assert_eq!(a.wait_frame().await, (b.id(), Bytes::from(vec![0; number as usize])));
    }
}

#[tokio::test]
async fn the_session_is_post_quantum_and_the_keys_are_proven() {
    let (a, b) = pair().await;
    until("a measured round trip", || {
        a.info(b.id()).connection.is_some_and(|connection| connection.round_trip.is_some())
    })
    .await;
    for (here, there, direction) in [(&a, &b, Direction::Outbound), (&b, &a, Direction::Inbound)] {
        let info = here.info(there.id());
        assert!(info.pinned);
        assert_eq!(kaldrix_types::committee::peer_id(&info.public_key), there.id());
        let connection = info.connection.unwrap();
        assert_eq!(connection.session.protocol, "TLSv1_3");
        assert_eq!(connection.session.key_exchange, "X25519MLKEM768");
        assert_eq!(connection.session.cipher_suite, "TLS13_AES_256_GCM_SHA384");
        assert_eq!(connection.direction, direction);
    }
}
