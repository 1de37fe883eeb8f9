//! A network of four validators and some wallets, over the state in memory.

use kaldrix_crypto::{Purpose, SignError, Signer, seal_block};
use kaldrix_ledger::{
    Excluded, Exclusion, Execution, MemoryState, Rules, StateReader, WitnessCheck, execute,
    genesis_state, replay,
};
use kaldrix_types::amount::SUPPLY;
use kaldrix_types::encoding::Bounded;
use kaldrix_types::{
    Account, Address, Amount, AuthorityIndex, BlockHeader, Commit, Digest, Genesis, Member,
    Notarisation, Outcome, Payload, Protocol, PublicKey, Scheme, Signature, Transaction,
    TransactionBody, TransactionId, VerifiedBlock, Witness,
};

/// Above the minimum for the longest body.
pub const FEE: Amount = Amount(200_000);
pub const VALIDATORS: u8 = 4;

/// Whose witness is the test's business alone.
pub struct AnyWitness;

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
        Ok(signature(self.0.scheme(), 0))
    }
}

pub fn key(scheme: Scheme, seed: u8) -> PublicKey {
    PublicKey::new(scheme, &vec![seed; scheme.public_key_bytes()]).unwrap()
}

pub fn signature(scheme: Scheme, seed: u8) -> Signature {
    Signature::new(scheme, &vec![seed; scheme.signature_bytes()]).unwrap()
}

/// Where validator `author` takes its fees.
pub fn reward_address(author: u8) -> Address {
    Wallet::new(200 + author).address
}

/// An account's owner.
#[derive(Debug, Clone)]
pub struct Wallet {
    pub key: PublicKey,
    pub address: Address,
}

impl Wallet {
    pub fn new(seed: u8) -> Self {
        Self::of(key(Scheme::MlDsa44, seed))
    }

    pub fn of(key: PublicKey) -> Self {
        Self { address: Address::of(&key), key }
    }

    /// The transaction that `ledger` expects next from this wallet.
    pub fn next(&self, ledger: &Ledger, payload: Payload) -> TransactionBody {
        self.after(ledger, 0, payload)
    }

    /// The transaction after `pending` others that the ledger has not seen.
    pub fn after(&self, ledger: &Ledger, pending: u64, payload: Payload) -> TransactionBody {
        let account = ledger.account(&self.address);
        let sequence = account.sequence + pending;
        TransactionBody {
            chain_id: ledger.rules.chain_id(),
            sender: self.address,
            sequence,
            fee: FEE,
            expiry_height: ledger.height() + 100,
            public_key: (sequence == 0).then(|| self.key.clone()),
            payload,
        }
    }
}

pub fn transfer(to: &Wallet, amount: u64) -> Payload {
    Payload::Transfer { to: to.address, amount: Amount(amount) }
}

pub fn notarise(digests: Vec<Digest>) -> Payload {
    Payload::Notarise(Notarisation {
        tag: Bounded::new(b"audit".to_vec()).unwrap(),
        digests: Bounded::new(digests).unwrap(),
    })
}

/// A transaction with a witness that [`AnyWitness`] takes.
pub fn signed(body: TransactionBody) -> Transaction {
    Transaction { body, witness: Witness::Signature(signature(Scheme::MlDsa44, 7)) }
}

/// One author's block and what it carries.
pub type Carried<'a> = (u8, &'a [Transaction]);

#[derive(Debug, Clone)]
pub struct Ledger {
    pub genesis: Genesis,
    pub rules: Rules,
    pub state: MemoryState,
    commits: u64,
}

impl Ledger {
    /// `funded` share the supply; the first takes what does not divide.
    pub fn new(funded: &[&Wallet]) -> Self {
        Self::with_protocol(funded, Protocol::default())
    }

    pub fn with_protocol(funded: &[&Wallet], protocol: Protocol) -> Self {
        let members = (0..VALIDATORS).map(member).collect();
        let share = SUPPLY.0 / funded.len() as u64;
        let mut accounts: Vec<_> = funded.iter().map(|w| (w.address, Amount(share))).collect();
        accounts[0].1 = Amount(SUPPLY.0 - share * (funded.len() as u64 - 1));
        let genesis = Genesis::new("test", 1_000, protocol, members, accounts).unwrap();
        let mut state = MemoryState::default();
        state.apply(&genesis_state(&genesis).unwrap());
        Self { rules: Rules::new(&genesis), genesis, state, commits: 0 }
    }

    pub fn height(&self) -> u64 {
        self.state.tip().unwrap().height
    }

    /// An account, or the empty one that nothing was sent to.
    pub fn account(&self, address: &Address) -> Account {
        self.state.account(address).unwrap().unwrap_or_default()
    }

    pub fn balance(&self, wallet: &Wallet) -> u64 {
        self.account(&wallet.address).balance.0
    }

    pub fn reward(&self, author: u8) -> u64 {
        self.account(&reward_address(author)).balance.0
    }

    /// The next commit, carrying `blocks`.
    pub fn commit(&mut self, blocks: &[Carried<'_>]) -> Commit {
        self.commits += 1;
        let blocks: Vec<_> = blocks.iter().map(|carried| self.block(*carried)).collect();
        let leader = blocks.last().expect("a commit has its leader's block").reference();
        Commit {
            index: self.commits,
            epoch: 0,
            leader,
            timestamp_ms: 1_000 + self.commits * 50,
            blocks,
            checkpoint: Digest::derive("test checkpoint", &[&self.commits.to_le_bytes()]),
        }
    }

    fn block(&self, (author, transactions): Carried<'_>) -> VerifiedBlock {
        let header = BlockHeader {
            chain_id: self.rules.chain_id(),
            epoch: 0,
            round: self.commits,
            author: AuthorityIndex(u16::from(author)),
            timestamp_ms: 1_000,
            parents: Bounded::default(),
            votes: Bounded::default(),
        };
        let transactions = Bounded::new(transactions.to_vec()).unwrap();
        seal_block(header, transactions, &Seal(key(Scheme::MlDsa65, author))).unwrap()
    }

    pub fn run(&mut self, blocks: &[Carried<'_>]) -> Execution {
        self.run_checked(blocks, &AnyWitness)
    }

    /// Executes and applies the next commit; its replay must come to the same.
    pub fn run_checked(
        &mut self,
        blocks: &[Carried<'_>],
        witnesses: &dyn WitnessCheck,
    ) -> Execution {
        let commit = self.commit(blocks);
        let execution = execute(&self.state, &self.rules, &commit, witnesses).unwrap().unwrap();
        let again =
            replay(&self.state, &self.rules, &execution.header, &execution.entries).unwrap();
        assert_eq!(again.writes, execution.writes);
        assert_eq!(again.receipts, execution.receipts);
        self.state.apply(&execution.writes);
        self.assert_supply();
        execution
    }

    /// What becomes of one body, alone in a block of author 0.
    pub fn submit(&mut self, body: TransactionBody) -> Fate {
        Fate::of(&self.run(&[(0, &[signed(body)])]), 0)
    }

    pub fn assert_supply(&self) {
        let total: u128 = self.state.accounts().map(|(_, a)| u128::from(a.balance.0)).sum();
        assert_eq!(total, u128::from(SUPPLY.0), "the supply is conserved");
    }
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Included(Outcome),
    Excluded(Exclusion),
}

impl Fate {
    /// The fate of the only transaction, or of that at `index` among those of its kind.
    pub fn of(execution: &Execution, index: usize) -> Self {
        match execution.receipts.get(index) {
            Some(receipt) => Self::Included(receipt.outcome),
            None => Self::Excluded(execution.excluded[index].reason),
        }
    }
}

pub fn reasons(execution: &Execution) -> Vec<Exclusion> {
    execution.excluded.iter().map(|Excluded { reason, .. }| *reason).collect()
}

fn member(author: u8) -> Member {
    Member {
        name: Bounded::new(format!("validator {author}").into_bytes()).unwrap(),
        stake: 1,
        consensus_key: key(Scheme::MlDsa65, author),
        network_key: key(Scheme::MlDsa65, 100 + author),
        reward_address: reward_address(author),
    }
}
