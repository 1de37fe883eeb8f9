//! A small network whose blocks are executed by the ledger and signed with real keys, and the
//! proofs that its nodes would give. It changes its committee whenever the test says so.

use kaldrix_crypto::{KeyPair, Signer, seal_block, sign_transaction};
use kaldrix_ledger::tree::{JellyfishTree, StateTree};
use kaldrix_ledger::{MemoryState, Rules, StateReader, VerifyWitnesses, execute, genesis_state};
use kaldrix_proof::{
    Checkpoint, Claim, CommitteeChange, ExecutedTransaction, Finality, LaterBlock, Proof, Trust,
    Votes,
};
use kaldrix_types::account::account_key;
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::{self, Bounded};
use kaldrix_types::merkle::{self, Blake3, InclusionProof};
use kaldrix_types::{
    Address, Amount, AuthorityIndex, BlockHeader, BlockRef, Commit, Committee, CommitteeId, Digest,
    Epoch, Genesis, LedgerBlockId, LedgerHeader, Member, Notarisation, Payload, Protocol, Receipt,
    Scheme, SignedVote, TransactionBody, VerifiedBlock,
};

pub fn digest(byte: u8) -> Digest {
    Digest([byte; 32])
}

pub fn address(byte: u8) -> Address {
    Address(digest(byte))
}

/// Nine blocks in three epochs of 4, 3 and 1 validators, with keys of every scheme. The second
/// block holds five transactions, of which the second and the fourth failed; the fourth block and
/// the seventh end epochs.
pub fn story(name: &str) -> Chain {
    let mut chain = Chain::new(name, Validators::four(0, 1));
    chain.blocks(1);
    chain.block(vec![
        transfer(address(1), 7),
        transfer(address(1), 0),
        notarise(&[digest(50), digest(51)]),
        notarise(&[]),
        transfer(address(2), 1),
    ]);
    chain.blocks(1);
    let second = [(Scheme::MlDsa44, 40), (Scheme::MlDsa87, 35), (Scheme::MlDsa65, 25)];
    chain.end_epoch(Validators::new(1, 50, &second));
    chain.blocks(2);
    chain.end_epoch(Validators::new(2, 60, &[(Scheme::MlDsa65, 1)]));
    chain.blocks(2);
    chain
}

/// Who signs in an epoch.
#[derive(Debug)]
pub struct Validators {
    pub committee: Committee,
    pub keys: Vec<KeyPair>,
}

/// A ledger block and what proofs of it are made from.
#[derive(Debug)]
struct Block {
    header: LedgerHeader,
    bodies: Vec<TransactionBody>,
    receipts: Vec<Receipt>,
    /// After the block.
    state: MemoryState,
}

#[derive(Debug)]
pub struct Chain {
    pub genesis: Genesis,
    rules: Rules,
    /// By height, from genesis.
    ids: Vec<LedgerBlockId>,
    /// By height, from 1.
    blocks: Vec<Block>,
    /// By epoch.
    pub terms: Vec<Validators>,
    wallet: KeyPair,
}

/// A key pair that no other place and number gives.
pub fn key(scheme: Scheme, place: u8, number: u16) -> KeyPair {
    let mut seed = [place; 32];
    seed[..2].copy_from_slice(&number.to_le_bytes());
    KeyPair::from_seed(scheme, &seed).unwrap()
}

impl Validators {
    /// Members with these schemes and stakes, whose keys follow from `seed`.
    pub fn new(epoch: Epoch, seed: u8, members: &[(Scheme, u64)]) -> Self {
        let keys: Vec<_> =
            (0..).zip(members).map(|(index, (scheme, _))| key(*scheme, seed, index)).collect();
        let member = |(index, (key, (_, stake))): (u16, (&KeyPair, &(Scheme, u64)))| Member {
            name: Bounded::new(format!("validator {index}").into_bytes()).unwrap(),
            stake: *stake,
            consensus_key: key.public_key().clone(),
            network_key: self::key(Scheme::MlDsa44, seed, 1000 + index).public_key().clone(),
            reward_address: Address::of(key.public_key()),
        };
        let members = (0..).zip(keys.iter().zip(members)).map(member).collect();
        Self { committee: Committee::new(epoch, members).unwrap(), keys }
    }

    /// Four of equal stake.
    pub fn four(epoch: Epoch, seed: u8) -> Self {
        Self::new(epoch, seed, &[(Scheme::MlDsa65, 10); 4])
    }

    /// The first members that hold a quorum.
    pub fn quorum(&self) -> Vec<u16> {
        let mut stake = 0;
        let mut authors = Vec::new();
        for (author, member) in self.committee.members() {
            if !self.committee.is_quorum(stake) {
                stake += member.stake;
                authors.push(author.0);
            }
        }
        authors
    }

    /// The DAG block in which an author votes for `headers`.
    pub fn ballot(&self, author: u16, headers: &[&LedgerHeader]) -> BlockHeader {
        let last = headers.last().unwrap();
        let author = AuthorityIndex(author);
        let parent = BlockRef::genesis(last.chain_id, self.committee.epoch(), author);
        BlockHeader {
            chain_id: last.chain_id,
            epoch: self.committee.epoch(),
            round: 100 + last.height,
            author,
            timestamp_ms: last.timestamp_ms + 200,
            parents: Bounded::new(vec![parent]).unwrap(),
            votes: Bounded::new(headers.iter().map(|header| header.vote()).collect()).unwrap(),
        }
    }

    /// A vote of each author for the last of `headers`, beside votes for the others.
    pub fn vote(&self, authors: &[u16], headers: &[&LedgerHeader]) -> Votes {
        let keys = authors.iter().map(|author| &self.keys[usize::from(*author)]);
        let ballots = authors.iter().map(|author| self.ballot(*author, headers));
        Bounded::new(ballots.zip(keys).map(|(ballot, key)| cast(ballot, key)).collect()).unwrap()
    }
}

/// The last vote of a ballot, signed with `key`.
pub fn cast(ballot: BlockHeader, key: &KeyPair) -> SignedVote {
    let last = ballot.votes.len() - 1;
    SignedVote::of(&seal_block(ballot, Bounded::default(), key).unwrap(), last).unwrap()
}

impl Chain {
    pub fn new(name: &str, validators: Validators) -> Self {
        let wallet = key(Scheme::MlDsa44, 200, 0);
        let members = validators.committee.members().map(|(_, member)| member.clone()).collect();
        let accounts = vec![
            (Address::of(wallet.public_key()), Amount(SUPPLY.0 - 5)),
            (Address::of(key(Scheme::MlDsa44, 200, 1).public_key()), Amount(5)),
        ];
        let genesis =
            Genesis::new(name, 1_000_000, Protocol::default(), members, accounts).unwrap();
        let mut state = MemoryState::default();
        state.apply(&genesis_state(&genesis).unwrap());
        Self {
            rules: Rules::new(&genesis),
            ids: vec![genesis.ledger_block_id()],
            blocks: Vec::new(),
            terms: vec![validators],
            wallet,
            genesis,
        }
    }

    pub fn trust(&self) -> Trust<'_> {
        Trust::Genesis(&self.genesis)
    }

    /// The wallet that sends every transaction.
    pub fn sender(&self) -> Address {
        Address::of(self.wallet.public_key())
    }

    pub fn height(&self) -> u64 {
        self.blocks.len() as u64
    }

    fn at(&self, height: u64) -> &Block {
        &self.blocks[usize::try_from(height - 1).unwrap()]
    }

    pub fn header(&self, height: u64) -> &LedgerHeader {
        &self.at(height).header
    }

    /// Executes a block of these payloads and gives its height.
    pub fn block(&mut self, payloads: Vec<Payload>) -> u64 {
        self.seal(payloads, None)
    }

    /// Blocks of one notarisation each.
    pub fn blocks(&mut self, count: u8) -> &mut Self {
        for number in 0..count {
            self.block(vec![notarise(&[digest(number)])]);
        }
        self
    }

    /// The last block of the epoch, which names `next`.
    pub fn end_epoch(&mut self, next: Validators) -> u64 {
        let id = next.committee.id();
        let height = self.seal(vec![notarise(&[digest(9)])], Some(id));
        self.terms.push(next);
        height
    }

    fn seal(&mut self, payloads: Vec<Payload>, next_committee: Option<CommitteeId>) -> u64 {
        let mut state = match self.blocks.last() {
            Some(block) => block.state.clone(),
            None => {
                let mut state = MemoryState::default();
                state.apply(&genesis_state(&self.genesis).unwrap());
                state
            }
        };
        let sequence = state.account(&self.sender()).unwrap().unwrap().sequence;
        let bodies: Vec<_> =
            (sequence..).zip(payloads).map(|(next, payload)| self.body(next, payload)).collect();
        let commit = self.commit(&bodies);
        let execution = execute(&state, &self.rules, &commit, &VerifyWitnesses).unwrap().unwrap();
        assert_eq!(execution.excluded, []);
        state.apply(&execution.writes);
        let header = LedgerHeader {
            epoch: self.terms.last().unwrap().committee.epoch(),
            parent: *self.ids.last().unwrap(),
            next_committee,
            history_root: merkle::root::<Blake3, _>(self.ids.iter().map(LedgerBlockId::as_bytes)),
            ..execution.header.clone()
        };
        // The ledger knows one epoch: until the first ends, its header is the chain's.
        if self.terms.len() == 1 && next_committee.is_none() {
            assert_eq!(header, execution.header);
        }
        self.ids.push(header.id());
        self.blocks.push(Block { header, bodies, receipts: execution.receipts, state });
        self.height()
    }

    fn body(&self, sequence: u64, payload: Payload) -> TransactionBody {
        TransactionBody {
            chain_id: self.genesis.chain_id(),
            sender: self.sender(),
            sequence,
            fee: Amount(200_000),
            expiry_height: self.height() + 100,
            public_key: (sequence == 0).then(|| self.wallet.public_key().clone()),
            payload,
        }
    }

    fn commit(&self, bodies: &[TransactionBody]) -> Commit {
        let sign = |body: &TransactionBody| sign_transaction(body.clone(), &self.wallet).unwrap();
        let transactions = Bounded::new(bodies.iter().map(sign).collect()).unwrap();
        let index = self.height() + 1;
        let header = BlockHeader {
            chain_id: self.genesis.chain_id(),
            epoch: 0,
            round: index * 2,
            author: AuthorityIndex(1),
            timestamp_ms: 1_000_000,
            parents: Bounded::default(),
            votes: Bounded::default(),
        };
        let leader: VerifiedBlock =
            seal_block(header, transactions, &self.terms[0].keys[1]).unwrap();
        Commit {
            index,
            epoch: 0,
            leader: leader.reference(),
            timestamp_ms: 1_000_000 + index * 250,
            blocks: vec![leader],
            checkpoint: Digest::derive("kaldrix 2026 test checkpoint", &[&index.to_le_bytes()]),
        }
    }

    fn term(&self, height: u64) -> &Validators {
        &self.terms[usize::try_from(self.header(height).epoch).unwrap()]
    }

    /// A quorum's votes for the block at `height`.
    pub fn votes(&self, height: u64) -> Votes {
        let term = self.term(height);
        self.votes_of(height, &term.quorum())
    }

    pub fn votes_of(&self, height: u64, authors: &[u16]) -> Votes {
        let first = height.saturating_sub(2).max(1);
        let headers: Vec<_> = (first..=height).map(|height| self.header(height)).collect();
        self.term(height).vote(authors, &headers)
    }

    pub fn transaction(&self, height: u64, index: usize) -> ExecutedTransaction {
        let block = self.at(height);
        let leaves: Vec<_> = block.receipts.iter().map(encoding::to_bytes).collect();
        ExecutedTransaction {
            body: block.bodies[index].clone(),
            receipt: block.receipts[index],
            receipt_path: merkle::prove::<Blake3, _>(&leaves, index).unwrap(),
        }
    }

    pub fn account(&self, height: u64, address: Address) -> Claim {
        let state = &self.at(height).state;
        let proof = JellyfishTree::prove(state, height, &account_key(&address)).unwrap();
        Claim::Account { address, account: state.account(&address).unwrap(), proof }
    }

    /// From the block at `height` to the history root of that at `later`.
    pub fn history_path(&self, height: u64, later: u64) -> InclusionProof {
        let ids = &self.ids[..usize::try_from(later).unwrap()];
        let leaves: Vec<_> = ids.iter().map(LedgerBlockId::as_bytes).collect();
        merkle::prove::<Blake3, _>(&leaves, usize::try_from(height).unwrap()).unwrap()
    }

    /// The ends of the epochs from `first` up to the one that `height` is in.
    fn changes(&self, first: Epoch, height: u64) -> Vec<CommitteeChange> {
        let change = |block: &Block| CommitteeChange {
            header: block.header.clone(),
            votes: self.votes(block.header.height),
            committee: self.term(block.header.height + 1).committee.clone(),
        };
        let epochs = first..self.header(height).epoch;
        let ends = self.blocks.iter().filter(|block| block.header.next_committee.is_some());
        ends.filter(|block| epochs.contains(&block.header.epoch)).map(change).collect()
    }

    fn later(&self, height: u64, later: u64) -> Option<LaterBlock> {
        (later > height).then(|| LaterBlock {
            header: self.header(later).clone(),
            history_path: self.history_path(height, later),
        })
    }

    /// A proof since genesis by the certificate of the block at `certified`.
    pub fn proof(&self, claim: Claim, height: u64, certified: u64) -> Proof {
        Proof {
            claim,
            header: self.header(height).clone(),
            later: self.later(height, certified),
            finality: Finality::Certified {
                committee_changes: Bounded::new(self.changes(0, certified)).unwrap(),
                votes: self.votes(certified),
                checkpoint_path: None,
            },
        }
    }

    pub fn checkpoint(&self, height: u64) -> Checkpoint {
        Checkpoint {
            chain_id: self.genesis.chain_id(),
            height,
            block: self.header(height).id(),
            committee: self.term(height).committee.clone(),
        }
    }

    /// A proof since the checkpoint at `pinned`, by the certificate of the block at `certified`,
    /// or by the checkpoint's own block.
    pub fn proof_since(&self, pinned: u64, claim: Claim, height: u64, certified: u64) -> Proof {
        let finality = if certified == pinned {
            Finality::Pinned
        } else {
            let changes = self.changes(self.header(pinned).epoch, certified);
            Finality::Certified {
                committee_changes: Bounded::new(changes).unwrap(),
                votes: self.votes(certified),
                checkpoint_path: Some(self.history_path(pinned, certified)),
            }
        };
        Proof {
            claim,
            header: self.header(height).clone(),
            later: self.later(height, certified),
            finality,
        }
    }
}

pub fn notarise(digests: &[Digest]) -> Payload {
    Payload::Notarise(Notarisation {
        tag: Bounded::new(b"audit".to_vec()).unwrap(),
        digests: Bounded::new(digests.to_vec()).unwrap(),
    })
}

pub fn transfer(to: Address, amount: u64) -> Payload {
    Payload::Transfer { to, amount: Amount(amount) }
}
