//! Inputs that are valid: where the mutations begin.

use std::path::Path;

use kaldrix_client::api::{BatchRequest, SignedTransaction};
use kaldrix_consensus::{Checkpoint, LedgerReply, Message, PeerStatus};
use kaldrix_crypto::{KeyPair, Signer, keystore, seal_block, sign_transaction, verify_certificate};
use kaldrix_ledger::{Entry, LedgerBlock};
use kaldrix_node::wire::WireMessage;
use kaldrix_types::encoding::{Bounded, Canonical, to_bytes};
use kaldrix_types::{
    Address, Amount, AuthorityIndex, Block, BlockHeader, BlockRef, Certificate, ChainId, Committee,
    Digest, Genesis, LedgerBlockId, LedgerHeader, Member, Notarisation, Payload, Scheme,
    SignedVote, Transaction, TransactionBody, VerifiedBlock, Vote, genesis_file,
};

const CHAIN: ChainId = ChainId(Digest([7; 32]));
const MEMBERS: u8 = 4;

fn key(scheme: Scheme, number: u8) -> KeyPair {
    KeyPair::from_seed(scheme, &[number; 32]).expect("a key of a seed")
}

fn bounded<T, const MAX: usize>(items: Vec<T>) -> Bounded<T, MAX> {
    Bounded::new(items).unwrap_or_default()
}

fn encoded<T: Canonical>(values: &[T]) -> Vec<Vec<u8>> {
    values.iter().map(to_bytes).collect()
}

fn some_transactions() -> Vec<Transaction> {
    let to = Address(Digest([1; 32]));
    let digests = bounded(vec![Digest([2; 32]), Digest([3; 32])]);
    let tag = bounded(b"report".to_vec());
    let payloads = [
        Payload::Transfer { to, amount: Amount(5) },
        Payload::Notarise(Notarisation { tag, digests }),
    ];
    let signed = |(scheme, payload): (Scheme, Payload)| {
        let sender = key(scheme, 200);
        let body = TransactionBody {
            chain_id: CHAIN,
            sender: Address::of(sender.public_key()),
            sequence: 0,
            fee: Amount(100_000),
            expiry_height: 50,
            public_key: Some(sender.public_key().clone()),
            payload,
        };
        sign_transaction(body, &sender).expect("signed")
    };
    [Scheme::MlDsa44, Scheme::MlDsa65].into_iter().zip(payloads).map(signed).collect()
}

fn votes() -> Vec<Vote> {
    (4..7).map(|height| Vote { height, block: LedgerBlockId(Digest([9; 32])) }).collect()
}

fn committee() -> Committee {
    let member = |author: u8| {
        let consensus_key = key(Scheme::MlDsa65, author).public_key().clone();
        let network_key = key(Scheme::MlDsa65, 100 + author).public_key().clone();
        let reward_address = Address::of(&consensus_key);
        Member { name: bounded(vec![b'a']), stake: 10, consensus_key, network_key, reward_address }
    };
    Committee::new(0, (0..MEMBERS).map(member).collect()).expect("a committee")
}

fn some_blocks() -> Vec<VerifiedBlock> {
    let block = |author: u8| {
        let signer = key(Scheme::MlDsa65, author);
        let author = AuthorityIndex(u16::from(author));
        let header = BlockHeader {
            chain_id: CHAIN,
            epoch: 0,
            round: 1,
            author,
            timestamp_ms: 1_700_000_000_000,
            parents: bounded(vec![BlockRef::genesis(CHAIN, 0, author)]),
            votes: bounded(votes()),
        };
        let transactions = if author.0 == 0 { some_transactions() } else { Vec::new() };
        seal_block(header, bounded(transactions), &signer).expect("sealed")
    };
    (0..MEMBERS).map(block).collect()
}

fn certificate() -> Certificate {
    let signed = some_blocks().iter().filter_map(|block| SignedVote::of(block, 1)).collect();
    Certificate { vote: votes()[1], votes: bounded(signed) }
}

/// A certificate that verifies certifies what the specimens' committee voted for.
pub(crate) fn judge(certificate: &Certificate) {
    if verify_certificate(certificate, CHAIN, &committee()).is_ok() {
        assert!(votes().contains(&certificate.vote), "a forged certificate: {certificate:?}");
    }
}

fn some_header() -> LedgerHeader {
    LedgerHeader {
        chain_id: CHAIN,
        height: 1,
        epoch: 0,
        parent: LedgerBlockId(Digest([1; 32])),
        timestamp_ms: 1_700_000_000_000,
        leader: BlockRef::genesis(CHAIN, 0, AuthorityIndex(0)),
        commit_index: 1,
        checkpoint: Digest([2; 32]),
        transactions_root: Digest([3; 32]),
        receipts_root: Digest([4; 32]),
        state_root: Digest([5; 32]),
        next_committee: Some(committee().id()),
        history_root: Digest([6; 32]),
    }
}

fn some_checkpoint() -> Checkpoint {
    let references = |authors: std::ops::Range<u16>| {
        authors.map(|author| BlockRef::genesis(CHAIN, 0, AuthorityIndex(author))).collect()
    };
    Checkpoint {
        commit_index: 7,
        leader: BlockRef::genesis(CHAIN, 0, AuthorityIndex(1)),
        leader_offset: 1,
        timestamp_ms: 1_700_000_000_000,
        committed: bounded(references(0..4)),
        excluded: bounded(vec![AuthorityIndex(3)]),
        scores: bounded(vec![1, 2, 3, 0]),
    }
}

pub(crate) fn transactions() -> Vec<Vec<u8>> {
    encoded(&some_transactions())
}

pub(crate) fn blocks() -> Vec<Vec<u8>> {
    some_blocks().iter().map(|block| to_bytes::<Block>(block)).collect()
}

pub(crate) fn certificates() -> Vec<Vec<u8>> {
    encoded(&[certificate()])
}

pub(crate) fn ledger_blocks() -> Vec<Vec<u8>> {
    let entry = |transaction| Entry { author: AuthorityIndex(0), transaction };
    let entries = bounded(some_transactions().into_iter().map(entry).collect());
    encoded(&[LedgerBlock { header: some_header(), entries }])
}

pub(crate) fn checkpoints() -> Vec<Vec<u8>> {
    encoded(&[some_checkpoint()])
}

pub(crate) fn messages() -> Vec<Vec<u8>> {
    let blocks = some_blocks().iter().map(|block| Block::clone(block)).collect();
    let references: Vec<BlockRef> = some_blocks().iter().map(VerifiedBlock::reference).collect();
    let accepted = bounded(vec![1, 2, 3, 4]);
    let status =
        PeerStatus { accepted, committed_round: 3, executed_height: 2, certified_height: 1 };
    let range = LedgerReply {
        after: 0,
        blocks: bounded(ledger_blocks()),
        headers: bounded(encoded(&[some_header()])),
        certificate: certificate(),
        checkpoint: to_bytes(&some_checkpoint()),
    };
    let consensus = [
        Message::Blocks(bounded(blocks)),
        Message::FetchBlocks(bounded(references.clone())),
        Message::FetchAbove(bounded(vec![5, 6, 7, 8])),
        Message::Status(status),
        Message::Nudge { round: 9 },
        Message::OwnRoundQuery,
        Message::OwnRound { proposed: 4 },
        Message::FetchLedger { after: 3 },
        Message::Ledger(Box::new(range)),
        Message::Absent(bounded(references.clone())),
        Message::Passed(bounded(references)),
    ];
    let forwarded = WireMessage::Transactions(bounded(some_transactions()));
    let messages = consensus.into_iter().map(WireMessage::Consensus).chain([forwarded]);
    encoded(&messages.collect::<Vec<_>>())
}

/// A connection's first bytes: hello, accept, data, ping, pong, goodbye.
pub(crate) fn frames() -> Vec<Vec<u8>> {
    let frame = |kind: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&length[..], &[kind], payload].concat()
    };
    let hello = [&[1][..], CHAIN.as_bytes(), &[0; 16], &65_536_u32.to_le_bytes()].concat();
    let all = [
        frame(1, &hello),
        frame(2, &[0; 8]),
        frame(3, b"a consensus message"),
        frame(4, &[1; 8]),
        frame(5, &[1; 8]),
        frame(6, &[1]),
    ];
    vec![all.concat(), frame(3, &[7; 3_000])]
}

pub(crate) fn keystores() -> Vec<Vec<u8>> {
    let key = key(Scheme::MlDsa44, 1);
    vec![keystore::store_unprotected(&key).into_bytes()]
}

pub(crate) fn genesis_files() -> Vec<Vec<u8>> {
    vec![genesis_file::write(&proven_genesis()).into_bytes()]
}

/// The files of another crate's tests.
fn proof_vectors(wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kaldrix-proof/tests/vectors");
    let files = std::fs::read_dir(folder).expect("the proofs' vectors");
    let mut paths: Vec<_> = files.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    paths.retain(|path| name(path).is_some_and(|name| name.ends_with(".json") && wanted(&name)));
    paths.iter().map(|path| std::fs::read(path).expect("a vector")).collect()
}

/// The genesis that the specimens' proofs verify against.
pub(crate) fn proven_genesis() -> Genesis {
    let text = proof_vectors(|name| name == "genesis.json").concat();
    genesis_file::read(&String::from_utf8_lossy(&text)).expect("a genesis file")
}

pub(crate) fn proofs() -> Vec<Vec<u8>> {
    let others = ["genesis.json", "checkpoint.json", "vectors.json"];
    proof_vectors(|name| !others.contains(&name))
}

pub(crate) fn pinned_checkpoints() -> Vec<Vec<u8>> {
    proof_vectors(|name| name == "checkpoint.json")
}

pub(crate) fn json_bodies() -> Vec<Vec<u8>> {
    let body =
        |transaction: &Transaction| serde_json::to_vec(&SignedTransaction::from(transaction));
    some_transactions().iter().flat_map(body).collect()
}

pub(crate) fn json_batches() -> Vec<Vec<u8>> {
    let transactions = some_transactions().iter().map(SignedTransaction::from).collect();
    serde_json::to_vec(&BatchRequest { transactions }).into_iter().collect()
}

pub(crate) fn requests() -> Vec<Vec<u8>> {
    let id = "00".repeat(32);
    let address = Address(Digest([1; 32]));
    let paths = [
        "/v1/blocks?limit=3".to_owned(),
        "/v1/blocks/1".to_owned(),
        format!("/v1/blocks/{id}"),
        format!("/v1/transactions/{id}"),
        format!("/v1/transactions/{id}/proof"),
        format!("/v1/accounts/{address}"),
        format!("/v1/accounts/{address}/proof"),
        format!("/v1/notarisations/{id}?limit=2"),
        "/v1/dag?from=1&limit=10".to_owned(),
        "/v1/peers".to_owned(),
        "/v1/validators".to_owned(),
        "/health/ready".to_owned(),
    ];
    paths.into_iter().map(String::into_bytes).collect()
}
