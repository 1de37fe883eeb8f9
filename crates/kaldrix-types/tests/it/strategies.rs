//! Random values of everything that has an encoding.

use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::merkle::{InclusionProof, Path};
use kaldrix_types::{
    Address, Amount, AuthorityIndex, Block, BlockHeader, BlockId, BlockRef, Certificate, ChainId,
    Committee, CommitteeId, Digest, Genesis, LedgerBlockId, LedgerHeader, Member, Notarisation,
    Payload, Protocol, PublicKey, Scheme, Signature, SignedRoot, SignedVote, Transaction,
    TransactionBody, Vote, Witness,
};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_compose, prop_oneof};
use proptest::sample::select;

/// As many bytes as asked for, from a short seed: a key is long to generate and to shrink.
fn expand(seed: [u8; 32], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new_keyed(&seed).finalize_xof().fill(&mut bytes);
    bytes
}

/// A list with the `length` of a strategy's range, within the type's bound.
fn bounded<S: Strategy, const MAX: usize>(
    item: S,
    length: std::ops::Range<usize>,
) -> impl Strategy<Value = Bounded<S::Value, MAX>>
where
    S::Value: Clone,
{
    vec(item, length).prop_map(|items| Bounded::new(items).unwrap())
}

pub fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

pub fn address() -> impl Strategy<Value = Address> {
    digest().prop_map(Address)
}

pub fn amount() -> impl Strategy<Value = Amount> {
    any::<u64>().prop_map(Amount)
}

fn scheme() -> impl Strategy<Value = Scheme> {
    select(Scheme::ALL.to_vec())
}

pub fn public_key() -> impl Strategy<Value = PublicKey> {
    (scheme(), any::<[u8; 32]>()).prop_map(|(scheme, seed)| {
        PublicKey::new(scheme, &expand(seed, scheme.public_key_bytes())).unwrap()
    })
}

fn signature() -> impl Strategy<Value = Signature> {
    (scheme(), any::<[u8; 32]>()).prop_map(|(scheme, seed)| {
        Signature::new(scheme, &expand(seed, scheme.signature_bytes())).unwrap()
    })
}

fn payload() -> impl Strategy<Value = Payload> {
    prop_oneof![
        (address(), amount()).prop_map(|(to, amount)| Payload::Transfer { to, amount }),
        (bounded(any::<u8>(), 0..64), bounded(digest(), 0..20))
            .prop_map(|(tag, digests)| Payload::Notarise(Notarisation { tag, digests })),
    ]
}

prop_compose! {
    pub fn transaction_body()(
        (chain_id, sender) in (digest(), address()),
        (sequence, fee, expiry_height) in (any::<u64>(), amount(), any::<u64>()),
        public_key in option::of(public_key()),
        payload in payload(),
    ) -> TransactionBody {
        let chain_id = ChainId(chain_id);
        TransactionBody { chain_id, sender, sequence, fee, expiry_height, public_key, payload }
    }
}

pub fn witness() -> impl Strategy<Value = Witness> {
    signature().prop_map(Witness::Signature)
}

pub fn transaction() -> impl Strategy<Value = Transaction> {
    (transaction_body(), witness()).prop_map(|(body, witness)| Transaction { body, witness })
}

fn block_ref() -> impl Strategy<Value = BlockRef> {
    (any::<u64>(), any::<u16>(), digest()).prop_map(|(round, author, id)| BlockRef {
        round,
        author: AuthorityIndex(author),
        id: BlockId(id),
    })
}

fn vote() -> impl Strategy<Value = Vote> {
    (any::<u64>(), digest())
        .prop_map(|(height, block)| Vote { height, block: LedgerBlockId(block) })
}

prop_compose! {
    fn block_header()(
        (chain_id, epoch, round) in (digest(), any::<u64>(), any::<u64>()),
        (author, timestamp_ms) in (any::<u16>(), any::<u64>()),
        parents in bounded(block_ref(), 0..6),
        votes in bounded(vote(), 0..4),
    ) -> BlockHeader {
        let (chain_id, author) = (ChainId(chain_id), AuthorityIndex(author));
        BlockHeader { chain_id, epoch, round, author, timestamp_ms, parents, votes }
    }
}

pub fn block() -> impl Strategy<Value = Block> {
    (block_header(), bounded(transaction(), 0..4), signature())
        .prop_map(|(header, transactions, signature)| Block { header, transactions, signature })
}

prop_compose! {
    pub fn signed_root()(
        (chain_id, epoch, round) in (digest(), any::<u64>(), any::<u64>()),
        (author, timestamp_ms) in (any::<u16>(), any::<u64>()),
        (parents_root, votes_root, payload_root) in (digest(), digest(), digest()),
    ) -> SignedRoot {
        SignedRoot {
            chain_id: ChainId(chain_id),
            epoch,
            round,
            author: AuthorityIndex(author),
            timestamp_ms,
            parents_root,
            votes_root,
            payload_root,
        }
    }
}

fn inclusion_proof() -> impl Strategy<Value = InclusionProof> {
    (any::<u64>(), any::<u64>(), bounded(digest(), 0..8)).prop_map(|(index, leaf_count, path)| {
        let path: Path = path;
        InclusionProof { index, leaf_count, path }
    })
}

pub fn certificate() -> impl Strategy<Value = Certificate> {
    let signed = (signed_root(), inclusion_proof(), signature())
        .prop_map(|(root, path, signature)| SignedVote { root, path, signature });
    (vote(), bounded(signed, 0..4)).prop_map(|(vote, votes)| Certificate { vote, votes })
}

prop_compose! {
    pub fn ledger_header()(
        (chain_id, parent, leader) in (digest(), digest(), block_ref()),
        (height, epoch, timestamp_ms, commit_index) in any::<(u64, u64, u64, u64)>(),
        (checkpoint, transactions_root, receipts_root) in (digest(), digest(), digest()),
        (state_root, history_root) in (digest(), digest()),
        next_committee in option::of(digest()),
    ) -> LedgerHeader {
        LedgerHeader {
            chain_id: ChainId(chain_id),
            height,
            epoch,
            parent: LedgerBlockId(parent),
            timestamp_ms,
            leader,
            commit_index,
            checkpoint,
            transactions_root,
            receipts_root,
            state_root,
            next_committee: next_committee.map(CommitteeId),
            history_root,
        }
    }
}

/// Members with keys of their own.
fn members() -> impl Strategy<Value = Vec<Member>> {
    let seeds = btree_set(any::<[u8; 32]>(), 1..5);
    (seeds, scheme(), 1..1000_u64, "[a-zé ]{0,20}").prop_map(|(seeds, scheme, stake, name)| {
        let key = |seed: [u8; 32], purpose: u8| {
            let mut bytes = expand(seed, scheme.public_key_bytes());
            bytes[0] = purpose;
            PublicKey::new(scheme, &bytes).unwrap()
        };
        let member = |seed| Member {
            name: Bounded::new(name.clone().into_bytes()).unwrap(),
            stake,
            consensus_key: key(seed, 0),
            network_key: key(seed, 1),
            reward_address: Address(Digest(seed)),
        };
        seeds.into_iter().map(member).collect()
    })
}

pub fn committee() -> impl Strategy<Value = Committee> {
    (any::<u64>(), members()).prop_map(|(epoch, members)| Committee::new(epoch, members).unwrap())
}

/// Accounts that hold the whole supply.
fn accounts() -> impl Strategy<Value = Vec<(Address, Amount)>> {
    let addresses = btree_set(address(), 1..6);
    (addresses, vec(any::<u64>(), 6)).prop_map(|(addresses, shares)| {
        let mut rest = SUPPLY.0;
        let mut accounts: Vec<_> = addresses
            .into_iter()
            .zip(shares)
            .map(|(address, share)| {
                let amount = share % (rest + 1);
                rest -= amount;
                (address, Amount(amount))
            })
            .collect();
        accounts[0].1.0 += rest;
        accounts
    })
}

fn protocol() -> impl Strategy<Value = Protocol> {
    (1..=16_u16, 10..=1000_u64, 1..=100_000_u64, any::<[u64; 4]>()).prop_map(
        |(leaders_per_round, gc_depth_rounds, schedule_commits, [base, byte, expiry, epoch])| {
            Protocol {
                leaders_per_round,
                gc_depth_rounds,
                schedule_commits,
                fee_base: Amount(base),
                fee_per_byte: Amount(byte),
                expiry_heights_max: expiry,
                epoch_length_s: epoch,
            }
        },
    )
}

pub fn genesis() -> impl Strategy<Value = Genesis> {
    let name = prop_oneof![Just(String::new()), "[a-zA-Zäß 0-9]{1,20}"];
    (name, any::<u64>(), protocol(), members(), accounts()).prop_map(
        |(name, timestamp_ms, protocol, members, accounts)| {
            Genesis::new(&name, timestamp_ms, protocol, members, accounts).unwrap()
        },
    )
}
