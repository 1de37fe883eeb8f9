use super::Registry;
use std::sync::Arc;

use kaldrix_crypto::KeyPair;
use kaldrix_types::{ChainId, PeerId, PublicKey, Scheme, committee};

use crate::config::{Config, Limits, PinnedPeer};
use crate::error::{ConnectError, DisconnectReason};
use crate::frame::Hello;
use crate::link::{Link, Proven};
use crate::peer::Direction::{self, Inbound, Outbound};
use crate::peer::Session;

fn key(fill: u8) -> PublicKey {
    PublicKey::new(Scheme::MlDsa65, &[fill; 1952]).unwrap()
}

fn peer() -> PeerId {
    committee::peer_id(&key(1))
}

/// A registry of a node that decides for the pair with [`peer`], or that follows.
fn registry(decides: bool, stable_ms_min: u64) -> Registry {
    let local = if decides { PeerId::from([0; 32]) } else { PeerId::from([255; 32]) };
    let config = Config {
        identity: Arc::new(KeyPair::generate(Scheme::MlDsa65).unwrap()),
        chain_id: ChainId::from([7; 32]),
        listen: "127.0.0.1:0".parse().unwrap(),
        pinned: vec![PinnedPeer { public_key: key(1), address: None }],
        limits: Limits { peers_unknown_max: 1, stable_ms_min, ..Limits::default() },
    };
    Registry::new(local, &config)
}

fn link(direction: Direction, instance: u64, lost: u64, number: u64) -> Arc<Link> {
    let proven = Proven {
        public_key: key(1),
        address: "127.0.0.1:1".parse().unwrap(),
        direction,
        session: Session {
            protocol: String::new(),
            key_exchange: String::new(),
            cipher_suite: String::new(),
        },
        remote: Hello { chain_id: ChainId::from([7; 32]), instance, lost, frame_bytes_max: 1 },
        slot: None,
    };
    Arc::new(Link::new(proven, number, &Limits::default()))
}

#[test]
fn the_deciding_node_keeps_the_first_of_two_simultaneous_dials() {
    let registry = registry(true, 0);
    let first = link(Inbound, 5, 0, 1);
    assert!(registry.admit(&first).unwrap().is_none());
    let second = registry.admit(&link(Outbound, 5, 0, 2));
    assert!(matches!(second, Err(ConnectError::Duplicate)));
    assert!(Arc::ptr_eq(&registry.link(&peer()).unwrap(), &first));
}

#[test]
fn the_deciding_node_takes_a_link_that_shows_the_old_one_is_dead() {
    for (name, newer) in [
        ("the peer restarted", link(Inbound, 6, 0, 2)),
        ("the peer lost the old link", link(Inbound, 5, 1, 2)),
        ("the side that dialled the old one dialled again", link(Outbound, 5, 0, 2)),
    ] {
        let registry = registry(true, 0);
        let old = link(Outbound, 5, 0, 1);
        registry.admit(&old).unwrap();
        let replaced = registry.admit(&newer).unwrap().expect(name);
        assert!(Arc::ptr_eq(&replaced, &old), "{name}");
        registry.remove(&old);
        assert!(Arc::ptr_eq(&registry.link(&peer()).unwrap(), &newer), "{name}");
    }
}

#[test]
fn the_other_node_follows_the_newest_number() {
    let registry = registry(false, 0);
    registry.admit(&link(Inbound, 5, 0, 2)).unwrap();
    let late = registry.admit(&link(Outbound, 5, 0, 1));
    assert!(matches!(late, Err(ConnectError::Duplicate)), "word of the older link came late");
    assert!(registry.admit(&link(Outbound, 5, 0, 3)).unwrap().is_some());
    assert!(registry.admit(&link(Inbound, 6, 0, 1)).unwrap().is_some(), "it restarted");
}

#[test]
fn counts_lost_links_and_tells_the_dialler() {
    let registry = registry(true, 0);
    let up = registry.pinned(&peer()).unwrap().up.subscribe();
    let first = link(Inbound, 5, 0, 1);
    registry.admit(&first).unwrap();
    assert!(*up.borrow());
    registry.remove(&first);
    assert_eq!((registry.lost(&peer()), *up.borrow()), (1, false));
    assert!(registry.link(&peer()).is_none());
}

#[test]
fn only_a_stable_link_resets_the_back_off() {
    use std::sync::atomic::Ordering::Relaxed;
    for (stable_ms_min, attempts) in [(0, 0), (60_000, 4)] {
        let registry = registry(true, stable_ms_min);
        registry.pinned(&peer()).unwrap().attempts.store(4, Relaxed);
        let link = link(Inbound, 5, 0, 1);
        registry.admit(&link).unwrap();
        registry.remove(&link);
        assert_eq!(registry.pinned(&peer()).unwrap().attempts.load(Relaxed), attempts);
    }
}

#[test]
fn a_stopping_node_admits_no_one() {
    let registry = registry(true, 0);
    registry.stop();
    let refused = registry.admit(&link(Inbound, 5, 0, 1));
    assert!(matches!(refused, Err(ConnectError::Stopping)));
}

#[test]
fn the_first_reason_to_close_stands() {
    let link = link(Inbound, 5, 0, 1);
    link.close(DisconnectReason::Replaced);
    link.close(DisconnectReason::Stopping);
    assert_eq!(link.closing(), Some(DisconnectReason::Replaced));
}

#[test]
fn an_unknown_identity_holds_one_place_for_all_its_connections() {
    let registry = registry(true, 0);
    let (first, second) = (PeerId::from([3; 32]), PeerId::from([4; 32]));
    let slot = registry.unknown_slot(first).unwrap();
    let again = registry.unknown_slot(first).unwrap();
    drop(slot);
    let full = registry.unknown_slot(second);
    assert!(matches!(full, Err(ConnectError::TooManyUnknown { peers_max: 1 })));
    drop(again);
    registry.unknown_slot(second).unwrap();
}
