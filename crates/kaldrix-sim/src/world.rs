//! What a simulated network starts from: its committee, its accounts and its genesis.

use kaldrix_types::amount::SUPPLY;
use kaldrix_types::committee::{Stake, peer_id};
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Amount, Digest, Genesis, Member, PeerId, Protocol, PublicKey, Scheme,
};

use crate::nodes::Node;
use crate::workload;

/// Accounts that genesis funds, and that transfer.
pub const CLIENTS: usize = 8;
/// What all clocks show at the start, before they are set wrong.
const GENESIS_MS: u64 = 1_000_000_000;

fn key(node: Node, purpose: u8) -> PublicKey {
    let mut bytes = vec![0; Scheme::MlDsa65.public_key_bytes()];
    bytes[0] = u8::try_from(node).unwrap_or(u8::MAX);
    bytes[1] = purpose;
    PublicKey::new(Scheme::MlDsa65, &bytes).expect("the length is the scheme's")
}

/// A node's name on the network.
pub fn peer(node: Node) -> PeerId {
    peer_id(&key(node, 2))
}

pub fn members(stakes: &[Stake]) -> Vec<Member> {
    let member = |(node, stake): (Node, &Stake)| Member {
        name: Bounded::default(),
        stake: *stake,
        consensus_key: key(node, 1),
        network_key: key(node, 2),
        reward_address: Address(Digest([u8::try_from(node).unwrap_or(u8::MAX); 32])),
    };
    stakes.iter().enumerate().map(member).collect()
}

pub fn genesis(stakes: &[Stake], protocol: Protocol) -> Genesis {
    let clients = CLIENTS as u64;
    let share = SUPPLY.0 / clients;
    let rest = SUPPLY.0 - share * (clients - 1);
    let fund = |client| {
        let amount = if client == 0 { rest } else { share };
        (Address::of(&workload::key(client)), Amount(amount))
    };
    let accounts = (0..clients).map(fund).collect();
    Genesis::new("simulation", GENESIS_MS, protocol, members(stakes), accounts)
        .expect("the simulation's genesis is sound")
}
