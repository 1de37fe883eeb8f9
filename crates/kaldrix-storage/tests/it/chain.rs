//! A chain of executed ledger blocks, the same in every process.

use kaldrix_crypto::{Purpose, SignError, Signer, seal_block};
use kaldrix_ledger::{
    Execution, MemoryState, Rules, StateReader, WitnessCheck, execute, genesis_state,
};
use kaldrix_storage::{BlockCommit, LedgerStore};
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Address, Amount, AuthorityIndex, BlockHeader, Certificate, ChainId, Commit, Digest, Genesis,
    Height, Member, Notarisation, Payload, Protocol, PublicKey, Scheme, Signature, Transaction,
    TransactionBody, TransactionId, VerifiedBlock, Witness,
};

/// Wallets, each of which sends a transaction a block.
const WALLETS: u8 = 4;
/// The place in its block of the transaction that notarises.
pub const NOTARISATION_INDEX: u32 = 1;

struct AnyWitness;

impl WitnessCheck for AnyWitness {
    fn check(&self, _: &TransactionId, _: &Witness, _: &PublicKey) -> bool {
        true
    }
}

/// A key that signs nothing real.
#[derive(Debug)]
struct Seal(PublicKey);

impl Signer for Seal {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn sign(&self, _: Purpose, _: &[u8]) -> Result<Signature, SignError> {
        Ok(signature(Scheme::MlDsa65))
    }
}

fn key(scheme: Scheme, seed: u8) -> PublicKey {
    PublicKey::new(scheme, &vec![seed; scheme.public_key_bytes()]).unwrap()
}

fn signature(scheme: Scheme) -> Signature {
    Signature::new(scheme, &vec![9; scheme.signature_bytes()]).unwrap()
}

fn wallet(seed: u8) -> (PublicKey, Address) {
    let key = key(Scheme::MlDsa44, seed);
    let address = Address::of(&key);
    (key, address)
}

pub fn genesis(name: &str) -> Genesis {
    let member = |author: u8| Member {
        name: Bounded::new(vec![b'a' + author]).unwrap(),
        stake: 1,
        consensus_key: key(Scheme::MlDsa65, author),
        network_key: key(Scheme::MlDsa65, 100 + author),
        reward_address: wallet(200).1,
    };
    let share = Amount(SUPPLY.0 / u64::from(WALLETS));
    let accounts = (0..WALLETS).map(|seed| (wallet(seed).1, share)).collect();
    let members = (0..4).map(member).collect();
    Genesis::new(name, 1_000, Protocol::default(), members, accounts).unwrap()
}

/// A signed block of the DAG, as far as a store can see.
pub fn dag_block(
    chain_id: ChainId,
    author: u16,
    round: u64,
    transactions: Vec<Transaction>,
) -> VerifiedBlock {
    let header = BlockHeader {
        chain_id,
        epoch: 0,
        round,
        author: AuthorityIndex(author),
        timestamp_ms: 1_000 + round,
        parents: Bounded::default(),
        votes: Bounded::default(),
    };
    let signer = Seal(key(Scheme::MlDsa65, 0));
    seal_block(header, Bounded::new(transactions).unwrap(), &signer).unwrap()
}

/// Executes block after block, over the state in memory that stores are compared with.
pub struct Chain {
    pub genesis: Genesis,
    pub state: MemoryState,
    rules: Rules,
}

impl Chain {
    pub fn new() -> Self {
        let genesis = genesis("test");
        let mut state = MemoryState::default();
        state.apply(&genesis_state(&genesis).unwrap());
        Self { rules: Rules::new(&genesis), genesis, state }
    }

    pub fn height(&self) -> Height {
        self.state.tip().unwrap().height
    }

    /// The next block: transfers, one of them to an account of its own height, and a notarisation.
    pub fn next(&mut self) -> Execution {
        self.next_with(digest_of("storage test checkpoint", self.height() + 1))
    }

    /// The next block, which binds a checkpoint.
    pub fn next_with(&mut self, checkpoint: Digest) -> Execution {
        let height = self.height() + 1;
        let transactions = (0..WALLETS).map(|seed| self.transaction(seed, height)).collect();
        let block = dag_block(self.rules.chain_id(), 0, height, transactions);
        let commit = Commit {
            index: height,
            epoch: 0,
            leader: block.reference(),
            timestamp_ms: 1_000 + height,
            blocks: vec![block],
            checkpoint,
        };
        let execution = execute(&self.state, &self.rules, &commit, &AnyWitness).unwrap().unwrap();
        assert_eq!(execution.entries.len(), usize::from(WALLETS), "{:?}", execution.excluded);
        self.state.apply(&execution.writes);
        execution
    }

    fn transaction(&self, seed: u8, height: Height) -> Transaction {
        let (key, sender) = wallet(seed);
        let account = self.state.account(&sender).unwrap().unwrap();
        let transfer = |to| Payload::Transfer { to, amount: Amount(height) };
        let payload = match seed {
            0 => transfer(Address(digest_of("storage test account", height))),
            1 => Payload::Notarise(Notarisation {
                tag: Bounded::new(b"storage".to_vec()).unwrap(),
                digests: Bounded::new(vec![notarised_always(), notarised(height)]).unwrap(),
            }),
            seed => transfer(wallet(seed - 1).1),
        };
        let body = TransactionBody {
            chain_id: self.rules.chain_id(),
            sender,
            sequence: account.sequence,
            fee: Amount(200_000),
            expiry_height: height + 100,
            public_key: (account.sequence == 0).then_some(key),
            payload,
        };
        Transaction { body, witness: Witness::Signature(signature(Scheme::MlDsa44)) }
    }
}

fn digest_of(context: &'static str, height: Height) -> Digest {
    Digest::derive(context, &[&height.to_le_bytes()])
}

/// The digest that the block at `height` alone notarises.
pub fn notarised(height: Height) -> Digest {
    digest_of("storage test notarised", height)
}

/// The digest that every block notarises.
pub fn notarised_always() -> Digest {
    notarised(0)
}

/// The replica's state after `height`, as far as a store can see.
pub fn checkpoint(height: Height) -> Vec<u8> {
    height.to_le_bytes().repeat(40)
}

/// Commits one block with its checkpoint.
pub fn commit(
    store: &LedgerStore,
    execution: &Execution,
    durability: kaldrix_storage::Durability,
) -> Result<(), kaldrix_storage::StoreError> {
    let checkpoint = checkpoint(execution.header.height);
    store.commit(&[BlockCommit::new(execution, Some(&checkpoint))], durability)
}

pub fn certificate(execution: &Execution) -> Certificate {
    Certificate { vote: execution.header.vote(), votes: Bounded::default() }
}

/// A chain's blocks, and the state in memory after each, genesis first.
pub struct History {
    pub genesis: Genesis,
    pub executions: Vec<Execution>,
    pub states: Vec<MemoryState>,
}

impl History {
    pub fn of(heights: Height) -> Self {
        let mut chain = Chain::new();
        let mut states = vec![chain.state.clone()];
        let mut executions = Vec::new();
        for _ in 0..heights {
            executions.push(chain.next());
            states.push(chain.state.clone());
        }
        Self { genesis: chain.genesis, executions, states }
    }

    /// The store holds this chain up to its tip, whole, and the state after it.
    pub fn assert_holds(&self, store: &LedgerStore) {
        let tip = store.latest();
        let at = usize::try_from(tip.height).unwrap();
        let state = &self.states[at];
        assert_eq!(tip, state.tip().unwrap());
        for (execution, height) in self.executions[..at].iter().zip(1..) {
            let block = store.block(height).unwrap().expect("a block below the tip");
            assert_eq!(block.header, execution.header);
            assert_eq!(&*block.entries, &*execution.entries);
            assert_eq!(store.receipts(height).unwrap().unwrap(), execution.receipts);
            assert_eq!(store.height_of(&execution.header.id()).unwrap(), Some(height));
        }
        assert_eq!(store.header(tip.height + 1).unwrap(), None);
        for (address, account) in state.accounts() {
            assert_eq!(store.account(address).unwrap().as_ref(), Some(account));
            assert_eq!(store.public_key(address).unwrap(), state.public_key(address).unwrap());
        }
        for (key, node) in state.tree_nodes() {
            assert_eq!(store.tree_node(key).unwrap().as_deref(), Some(node));
        }
        let audit = store.check();
        assert!(audit.is_sound(), "{:?}", audit.damages);
    }
}
