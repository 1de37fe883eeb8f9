use proptest::collection::vec;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::{COMMITTEE_SIZE_MAX, Committee, CommitteeError, Member, Stake, TOTAL_STAKE_MAX};
use crate::address::Address;
use crate::encoding::{Bounded, from_bytes, to_bytes};
use crate::id::{AuthorityIndex, Digest};
use crate::key::{PublicKey, Scheme};

fn key(number: u16) -> PublicKey {
    let mut bytes = [0; 1952];
    bytes[..2].copy_from_slice(&number.to_le_bytes());
    PublicKey::new(Scheme::MlDsa65, &bytes).unwrap()
}

fn member(number: u16, stake: Stake) -> Member {
    Member {
        name: Bounded::default(),
        stake,
        consensus_key: key(number),
        network_key: key(1000 + number),
        reward_address: Address(Digest::ZERO),
    }
}

fn members(stakes: &[Stake]) -> Vec<Member> {
    (0..).zip(stakes).map(|(number, stake)| member(number, *stake)).collect()
}

fn committee(stakes: &[Stake]) -> Result<Committee, CommitteeError> {
    Committee::new(0, members(stakes))
}

#[test]
fn thresholds_of_small_committees() {
    let thresholds = [
        (1, 1, 1),
        (2, 2, 1),
        (3, 3, 1),
        (4, 3, 2),
        (5, 4, 2),
        (6, 5, 2),
        (7, 5, 3),
        (8, 6, 3),
        (9, 7, 3),
        (10, 7, 4),
    ];
    for (size, quorum, validity) in thresholds {
        let committee = committee(&vec![1; size]).unwrap();
        assert_eq!(committee.quorum_stake(), quorum, "quorum of {size}");
        assert_eq!(committee.validity_stake(), validity, "validity of {size}");
        assert!(committee.is_quorum(quorum) && !committee.is_quorum(quorum - 1));
    }
}

proptest! {
    #[test]
    fn quorums_intersect_in_an_honest_member(
        stakes in vec(1..=TOTAL_STAKE_MAX / 8, 1..8),
    ) {
        let committee = committee(&stakes).unwrap();
        let total = u128::from(committee.total_stake());
        prop_assert_eq!(total, stakes.iter().map(|stake| u128::from(*stake)).sum::<u128>());
        let quorum = u128::from(committee.quorum_stake());
        let faulty_max = total - quorum;
        prop_assert!(3 * quorum > 2 * total, "more than two thirds");
        prop_assert!(3 * (quorum - 1) <= 2 * total, "and no more than needed");
        prop_assert!(2 * quorum - total > faulty_max, "two quorums share an honest member");
        prop_assert_eq!(u128::from(committee.validity_stake()), faulty_max + 1);
    }
}

#[test]
fn a_committee_needs_members_with_stake() {
    assert_eq!(committee(&[]), Err(CommitteeError::Empty));
    assert_eq!(committee(&[1, 0]), Err(CommitteeError::NoStake(1)));
}

#[test]
fn a_committee_is_bounded() {
    let largest = vec![1; COMMITTEE_SIZE_MAX];
    assert_eq!(committee(&largest).unwrap().size(), COMMITTEE_SIZE_MAX);
    let size = COMMITTEE_SIZE_MAX + 1;
    assert_eq!(committee(&vec![1; size]), Err(CommitteeError::TooMany(size)));
}

#[test]
fn stakes_are_bounded() {
    assert!(committee(&[TOTAL_STAKE_MAX - 1, 1]).is_ok());
    assert_eq!(committee(&[TOTAL_STAKE_MAX, 1]), Err(CommitteeError::TooMuchStake));
    assert_eq!(committee(&[Stake::MAX, Stake::MAX]), Err(CommitteeError::TooMuchStake));
}

#[test]
fn keys_are_not_shared() {
    let changes: [fn(&mut [Member]); 4] = [
        |members| members[2].consensus_key = key(1),
        |members| members[2].network_key = key(1001),
        |members| members[2].consensus_key = key(1001),
        |members| members[2].network_key = key(1),
    ];
    for change in changes {
        let mut members = members(&[1; 4]);
        change(&mut members);
        assert_eq!(Committee::new(0, members), Err(CommitteeError::SharedKey(1, 2)));
    }
    let mut members = members(&[1; 4]);
    members[2].network_key = key(2);
    assert_eq!(Committee::new(0, members), Err(CommitteeError::OneKey(2)));
}

#[test]
fn names_are_text() {
    let mut members = members(&[1; 4]);
    members[3].name = Bounded::new(vec![b'a', 0xff]).unwrap();
    assert_eq!(Committee::new(0, members), Err(CommitteeError::Name(3)));
}

#[test]
fn members_are_found() {
    let committee = committee(&[5, 6]).unwrap();
    let (first, second, stranger) = (AuthorityIndex(0), AuthorityIndex(1), AuthorityIndex(2));
    assert_eq!(committee.authorities().collect::<Vec<_>>(), [first, second]);
    assert_eq!([first, second, stranger].map(|author| committee.stake(author)), [5, 6, 0]);
    assert_eq!(committee.member(stranger), None);
    let peer = committee.member(second).unwrap().peer_id();
    assert_eq!(committee.authority_of_peer(&peer), Some(second));
    assert_eq!(committee.authority_of_peer(&member(9, 1).peer_id()), None);
}

#[test]
fn the_id_covers_epoch_members_and_stakes() {
    let id = |epoch, stakes: &[Stake]| Committee::new(epoch, members(stakes)).unwrap().id();
    assert_eq!(id(0, &[1, 2]), id(0, &[1, 2]));
    assert_ne!(id(0, &[1, 2]), id(1, &[1, 2]));
    assert_ne!(id(0, &[1, 2]), id(0, &[2, 1]));
    assert_ne!(id(0, &[1, 2]), id(0, &[1, 2, 3]));
}

#[test]
fn decoding_checks_what_construction_checks() {
    let mut bytes = to_bytes(&committee(&[1]).unwrap());
    // Version, epoch, member count, the empty name's length: then comes the stake.
    bytes[1 + 8 + 4 + 4] = 0;
    let error = from_bytes::<Committee>(&bytes).unwrap_err();
    assert!(error.to_string().contains("no stake"), "{error}");
}
