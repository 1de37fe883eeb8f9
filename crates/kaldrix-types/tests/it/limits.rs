//! The largest value of each kind is within its encoding's limit.

use std::fmt::Debug;

use kaldrix_types::amount::SUPPLY;
use kaldrix_types::block::BLOCK_VOTES_MAX;
use kaldrix_types::committee::COMMITTEE_SIZE_MAX;
use kaldrix_types::encoding::{Bounded, Canonical, from_bytes, to_bytes};
use kaldrix_types::genesis::GENESIS_ACCOUNTS_MAX;
use kaldrix_types::merkle::{self, Blake3};
use kaldrix_types::transaction::{NOTARISE_DIGESTS_MAX, NOTARISE_TAG_BYTES_MAX};
use kaldrix_types::{
    Address, Amount, AuthorityIndex, BlockId, BlockRef, Certificate, ChainId, Committee,
    CommitteeId, Digest, Genesis, LedgerBlockId, LedgerHeader, Member, Notarisation, Payload,
    Protocol, PublicKey, Scheme, Signature, SignedRoot, SignedVote, Transaction, TransactionBody,
    Vote, Witness,
};

const CHAIN: ChainId = ChainId(Digest::ZERO);

fn full<T: Clone, const MAX: usize>(item: &T) -> Bounded<T, MAX> {
    Bounded::new(vec![item.clone(); MAX]).unwrap()
}

fn key(number: u16) -> PublicKey {
    let mut bytes = [0; 2592];
    bytes[..2].copy_from_slice(&number.to_le_bytes());
    PublicKey::new(Scheme::MlDsa87, &bytes).unwrap()
}

fn signature() -> Signature {
    Signature::new(Scheme::MlDsa87, &[0; 4627]).unwrap()
}

fn members() -> Vec<Member> {
    let size = u16::try_from(COMMITTEE_SIZE_MAX).unwrap();
    let member = |number| Member {
        name: full(&b'x'),
        stake: 1,
        consensus_key: key(number),
        network_key: key(1000 + number),
        reward_address: Address(Digest::ZERO),
    };
    (0..size).map(member).collect()
}

fn assert_decodes<T: Canonical + PartialEq + Debug>(value: &T) {
    assert_eq!(from_bytes(&to_bytes(value)).as_ref(), Ok(value));
}

#[test]
fn the_largest_transaction_fits() {
    let payload = Payload::Notarise(Notarisation {
        tag: full::<_, NOTARISE_TAG_BYTES_MAX>(&b'x'),
        digests: full::<_, NOTARISE_DIGESTS_MAX>(&Digest::ZERO),
    });
    let body = TransactionBody {
        chain_id: CHAIN,
        sender: Address(Digest::ZERO),
        sequence: 0,
        fee: Amount::ZERO,
        expiry_height: 0,
        public_key: Some(key(0)),
        payload,
    };
    assert_decodes(&body);
    let witness = Witness::Signature(signature());
    assert_decodes(&witness);
    assert_decodes(&Transaction { body, witness });
}

#[test]
fn the_largest_committee_and_genesis_fit() {
    assert_decodes(&Committee::new(u64::MAX, members()).unwrap());
    let account = |number: usize| {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        (Address(Digest(bytes)), if number == 0 { SUPPLY } else { Amount::ZERO })
    };
    let accounts = (0..GENESIS_ACCOUNTS_MAX).map(account).collect();
    let name = "x".repeat(64);
    assert_decodes(&Genesis::new(&name, 0, Protocol::default(), members(), accounts).unwrap());
}

#[test]
fn the_largest_certificate_fits() {
    let votes: Vec<_> = (0..BLOCK_VOTES_MAX as u64)
        .map(|height| Vote { height, block: LedgerBlockId(Digest::ZERO) }.leaf())
        .collect();
    let path = merkle::prove::<Blake3, _>(&votes, 0).unwrap();
    let root = SignedRoot {
        chain_id: CHAIN,
        epoch: 0,
        round: 0,
        author: AuthorityIndex(0),
        timestamp_ms: 0,
        parents_root: Digest::ZERO,
        votes_root: Digest::ZERO,
        payload_root: Digest::ZERO,
    };
    assert_eq!(to_bytes(&root).len(), SignedRoot::ENCODED_BYTES_MAX);
    let vote = SignedVote { root, path, signature: signature() };
    let block = LedgerBlockId(Digest::ZERO);
    assert_decodes(&Certificate { vote: Vote { height: 0, block }, votes: full(&vote) });
}

#[test]
fn the_largest_ledger_header_fits() {
    assert_decodes(&LedgerHeader {
        chain_id: CHAIN,
        height: 1,
        epoch: 0,
        parent: LedgerBlockId(Digest::ZERO),
        timestamp_ms: 0,
        leader: BlockRef { round: 1, author: AuthorityIndex(0), id: BlockId(Digest::ZERO) },
        commit_index: 1,
        checkpoint: Digest::ZERO,
        transactions_root: Digest::ZERO,
        receipts_root: Digest::ZERO,
        state_root: Digest::ZERO,
        next_committee: Some(CommitteeId(Digest::ZERO)),
        history_root: Digest::ZERO,
    });
}
