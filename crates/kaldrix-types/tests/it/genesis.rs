//! Genesis and `genesis.json`.

use kaldrix_types::amount::SUPPLY;
use kaldrix_types::committee::CommitteeError;
use kaldrix_types::encoding::{Bounded, from_bytes, to_bytes};
use kaldrix_types::genesis::GenesisError;
use kaldrix_types::genesis_file::{self, GenesisFileError};
use kaldrix_types::{
    Address, Amount, Committee, Digest, Genesis, Member, Protocol, PublicKey, Scheme,
};
use proptest::prelude::{prop_assert_eq, proptest};
use serde_json::{Value, json};

use crate::strategies;

proptest! {
    #[test]
    fn the_file_says_all_of_genesis(genesis in strategies::genesis()) {
        let text = genesis_file::write(&genesis);
        let read = genesis_file::read(&text).unwrap();
        prop_assert_eq!(&read, &genesis);
        prop_assert_eq!(read.chain_id(), genesis.chain_id());
        prop_assert_eq!(genesis_file::write(&read), text);
    }
}

type Change<T> = fn(&mut T);

fn key(number: u8) -> PublicKey {
    PublicKey::new(Scheme::MlDsa65, &[number; 1952]).unwrap()
}

fn members() -> Vec<Member> {
    let member = |number: u8| Member {
        name: Bounded::new(format!("validator {number}").into_bytes()).unwrap(),
        stake: 1,
        consensus_key: key(number),
        network_key: key(100 + number),
        reward_address: address(number),
    };
    (0..4).map(member).collect()
}

fn address(number: u8) -> Address {
    Address(Digest([number; 32]))
}

fn accounts() -> Vec<(Address, Amount)> {
    vec![(address(2), Amount(1)), (address(1), Amount(SUPPLY.0 - 1))]
}

fn new(protocol: Protocol, accounts: Vec<(Address, Amount)>) -> Result<Genesis, GenesisError> {
    Genesis::new("test", 1_700_000_000_000, protocol, members(), accounts)
}

fn genesis() -> Genesis {
    new(Protocol::default(), accounts()).unwrap()
}

/// What reading says once the file's JSON is changed.
fn refusal(change: impl FnOnce(&mut Value)) -> GenesisFileError {
    let mut value: Value = serde_json::from_str(&genesis_file::write(&genesis())).unwrap();
    change(&mut value);
    genesis_file::read(&value.to_string()).unwrap_err()
}

#[test]
fn accounts_are_put_in_order() {
    let addresses: Vec<_> = genesis().accounts.iter().map(|(address, _)| *address).collect();
    assert_eq!(addresses, [address(1), address(2)]);
}

#[test]
fn the_supply_is_exact() {
    for (amount, found) in [(Amount(0), SUPPLY.0 - 1), (Amount(2), SUPPLY.0 + 1)] {
        let mut accounts = accounts();
        accounts[0].1 = amount;
        let error = new(Protocol::default(), accounts).unwrap_err();
        assert_eq!(error, GenesisError::Supply { found: u128::from(found) });
    }
    let overflowing = vec![(address(1), Amount(u64::MAX)), (address(2), Amount(u64::MAX))];
    let found = 2 * u128::from(u64::MAX);
    let error = new(Protocol::default(), overflowing).unwrap_err();
    assert_eq!(error, GenesisError::Supply { found });
}

#[test]
fn nobody_is_funded_twice() {
    let twice = vec![(address(1), Amount(1)), (address(1), Amount(SUPPLY.0 - 1))];
    let error = new(Protocol::default(), twice).unwrap_err();
    assert_eq!(error, GenesisError::DuplicateAccount(address(1)));
}

#[test]
fn protocol_limits_are_named() {
    let cases: [(Change<Protocol>, &str); 6] = [
        (|protocol| protocol.leaders_per_round = 0, "leaders_per_round"),
        (|protocol| protocol.leaders_per_round = 17, "leaders_per_round"),
        (|protocol| protocol.gc_depth_rounds = 9, "gc_depth_rounds"),
        (|protocol| protocol.gc_depth_rounds = 1001, "gc_depth_rounds"),
        (|protocol| protocol.schedule_commits = 0, "schedule_commits"),
        (|protocol| protocol.schedule_commits = 100_001, "schedule_commits"),
    ];
    for (change, expected) in cases {
        let mut protocol = Protocol::default();
        change(&mut protocol);
        match new(protocol, accounts()).unwrap_err() {
            GenesisError::Protocol { field, .. } => assert_eq!(field, expected),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_name_is_bounded() {
    let result = Genesis::new(&"x".repeat(65), 0, Protocol::default(), members(), accounts());
    let error = GenesisError::TooMany { field: "name", length: 65, length_max: 64 };
    assert_eq!(result.unwrap_err(), error);
}

#[test]
fn decoding_checks_what_construction_checks() {
    let changes: [(Change<Genesis>, &str); 5] = [
        (|genesis| swap_accounts(genesis), "out of order"),
        (|genesis| genesis.accounts = Bounded::default(), "supply"),
        (|genesis| genesis.name = Bounded::new(vec![0xff]).unwrap(), "UTF-8"),
        (|genesis| genesis.protocol.leaders_per_round = 0, "leaders_per_round"),
        (|genesis| genesis.committee = committee_of_epoch_1(), "epoch 1"),
    ];
    for (change, expected) in changes {
        let mut genesis = genesis();
        change(&mut genesis);
        let error = from_bytes::<Genesis>(&to_bytes(&genesis)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

fn swap_accounts(genesis: &mut Genesis) {
    let mut accounts = genesis.accounts.to_vec();
    accounts.reverse();
    genesis.accounts = Bounded::new(accounts).unwrap();
}

fn committee_of_epoch_1() -> Committee {
    Committee::new(1, members()).unwrap()
}

#[test]
fn a_changed_file_does_not_match_its_chain_id() {
    let stated = genesis().chain_id().to_string();
    let changes: [Change<Value>; 4] = [
        |file| file["timestamp_ms"] = json!(5),
        |file| file["name"] = json!("other"),
        |file| file["validators"][2]["stake"] = json!(7),
        |file| file["protocol"]["fee_base"] = json!("1"),
    ];
    for change in changes {
        match refusal(change) {
            GenesisFileError::ChainId { stated: found, .. } => assert_eq!(found, stated),
            other => panic!("{other}"),
        }
    }
    let changed = refusal(|file| file["chain_id"] = json!("00"));
    assert!(matches!(changed, GenesisFileError::ChainId { .. }), "{changed}");
}

#[test]
fn a_wrong_supply_is_told() {
    let error = refusal(|file| file["accounts"][0]["amount"] = json!("5"));
    let supply = GenesisFileError::Genesis(GenesisError::Supply { found: 6 });
    assert_eq!(error.to_string(), supply.to_string());
}

#[test]
fn shared_keys_are_told() {
    let error = refusal(|file| {
        file["validators"][3]["network_key"] = file["validators"][1]["consensus_key"].clone();
    });
    let shared = GenesisError::Committee(CommitteeError::SharedKey(1, 3));
    assert_eq!(error.to_string(), GenesisFileError::Genesis(shared).to_string());
}

#[test]
fn json_errors_are_told() {
    let error = refusal(|file| file["protocol"]["surprise"] = json!(1));
    assert!(error.to_string().contains("surprise"), "{error}");
    let error = refusal(|file| file["timestamp_ms"] = json!("now"));
    assert!(matches!(error, GenesisFileError::Json(_)), "{error}");
    let error = genesis_file::read("{").unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
}

#[test]
fn another_format_is_told() {
    let error = refusal(|file| file["format"] = json!(2));
    assert!(matches!(error, GenesisFileError::Format { found: 2 }), "{error}");
}

#[test]
fn a_bad_field_is_named() {
    let cases: [(Change<Value>, &str); 8] = [
        (|file| file["validators"][1]["name"] = json!("x".repeat(65)), "validators[1].name"),
        (
            |file| file["validators"][2]["reward_address"] = json!("kald1x"),
            "validators[2].reward_address",
        ),
        (
            |file| file["validators"][0]["consensus_key"]["scheme"] = json!("ed25519"),
            "validators[0].consensus_key.scheme",
        ),
        (
            |file| file["validators"][0]["network_key"]["public_key"] = json!("0102"),
            "validators[0].network_key.public_key",
        ),
        (
            |file| file["validators"][0]["network_key"]["public_key"] = json!("0x"),
            "validators[0].network_key.public_key",
        ),
        (|file| file["accounts"][1]["address"] = json!(""), "accounts[1].address"),
        (|file| file["accounts"][1]["amount"] = json!("1.5"), "accounts[1].amount"),
        (|file| file["protocol"]["fee_per_byte"] = json!("-1"), "protocol.fee_per_byte"),
    ];
    for (change, expected) in cases {
        match refusal(change) {
            GenesisFileError::Field { field, .. } => assert_eq!(field, expected),
            other => panic!("{expected}: {other}"),
        }
    }
}
