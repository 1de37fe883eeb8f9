//! One test a rule.

use std::time::{Duration, Instant};

use kaldrix_crypto::{KeyPair, Signer};
use kaldrix_ledger::{Excluded, Exclusion, Rules};
use kaldrix_types::account::key_digest;
use kaldrix_types::{
    Account, Address, Amount, ChainId, Genesis, Member, Payload, Protocol, Scheme, Transaction,
    TransactionBody,
};

use super::{Admitted, Candidate, Limits, Pool, Settled, Source};
use crate::handle::SubmitError;
use crate::mempool::fixtures::{key, transfer_on};
use crate::mempool::prepare;
use crate::mempool::rules::Site;

struct Bench {
    pool: Pool,
    rules: Rules,
    account: Account,
    key: KeyPair,
    registered: bool,
    now: Instant,
}

fn genesis() -> Genesis {
    let key = |seed: u8| KeyPair::from_seed(Scheme::MlDsa65, &[seed; 32]).unwrap();
    let member = Member {
        name: kaldrix_types::encoding::Bounded::default(),
        stake: 1,
        consensus_key: key(1).public_key().clone(),
        network_key: key(2).public_key().clone(),
        reward_address: Address::of(key(3).public_key()),
    };
    let accounts = vec![(member.reward_address, kaldrix_types::amount::SUPPLY)];
    Genesis::new("pool", 0, Protocol::default(), vec![member], accounts).unwrap()
}

impl Bench {
    /// A sender whose key is registered, with sequence number 5.
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        let key = key(1);
        let digest = Some(key_digest(key.public_key()));
        let account = Account { balance: Amount(1_000_000_000), sequence: 5, key: digest };
        let rules = Rules::new(&genesis());
        let pool = Pool::new(limits, false);
        Self { pool, rules, account, key, registered: true, now: Instant::now() }
    }

    fn chain_id(&self) -> ChainId {
        self.rules.chain_id()
    }

    fn transfer(&self, sequence: u64) -> Transaction {
        self.changed(sequence, |_| {})
    }

    fn changed(&self, sequence: u64, change: impl FnOnce(&mut TransactionBody)) -> Transaction {
        transfer_on(self.chain_id(), &self.key, sequence, |body| {
            if self.registered {
                body.public_key = None;
            }
            change(body);
        })
    }

    fn admit(&mut self, transaction: &Transaction) -> Result<Admitted, SubmitError> {
        self.admit_from(transaction, Source::Client, true)
    }

    fn admit_from(
        &mut self,
        transaction: &Transaction,
        source: Source,
        witness_holds: bool,
    ) -> Result<Admitted, SubmitError> {
        let candidate = Candidate { witness_holds, ..prepare(transaction.clone(), source) };
        let site = Site {
            rules: &self.rules,
            height: 100,
            account: Some(self.account),
            registered_key: self.registered.then(|| self.key.public_key()),
        };
        self.pool.admit(candidate, site, self.now)
    }

    fn taken(&mut self) -> Vec<u64> {
        let taken = self.pool.take(1_000, 1_000_000, self.now);
        taken.iter().map(|transaction| transaction.body.sequence).collect()
    }

    fn execute(&mut self, transactions: &[Transaction]) -> Vec<Settled> {
        let executed = transactions.iter().map(|t| (t.id(), t));
        self.pool.executed(100, executed, &[])
    }

    fn exclude(&mut self, transaction: &Transaction, reason: Exclusion) -> Vec<Settled> {
        let witness = transaction.witness.digest();
        let excluded = Excluded { id: transaction.id(), witness, reason };
        self.pool.executed(100, [], &[excluded])
    }
}

fn invalid(exclusion: Exclusion) -> Result<Admitted, SubmitError> {
    Err(SubmitError::Invalid(exclusion))
}

#[test]
fn proposes_in_order_and_waits_for_gaps() {
    let mut bench = Bench::new();
    for sequence in [7, 5, 9] {
        assert_eq!(bench.admit(&bench.transfer(sequence)), Ok(Admitted::New));
    }
    assert_eq!(bench.taken(), [5]);
    assert!(!bench.pool.has_proposable(), "7 and 9 come after gaps");
    assert_eq!(bench.admit(&bench.transfer(6)), Ok(Admitted::New));
    assert_eq!(bench.taken(), [6, 7]);
    let address = Address::of(bench.key.public_key());
    assert_eq!(bench.pool.sender(&address, 5), (8, 4));
}

#[test]
fn the_same_again_is_accepted_and_another_in_its_place_is_not() {
    let mut bench = Bench::new();
    let first = bench.transfer(5);
    assert_eq!(bench.admit_from(&first, Source::Peer, true), Ok(Admitted::New));
    assert_eq!(bench.admit(&first), Ok(Admitted::Known));
    let other = bench.changed(5, |body| body.fee = Amount(2_000_000));
    let taken = SubmitError::SequenceTaken { sequence: 5, pending: first.id() };
    assert_eq!(bench.admit(&other), Err(taken));
    assert_eq!(bench.pool.fill().transactions, 1);
}

#[test]
fn refuses_what_cannot_execute() {
    let mut bench = Bench::new();
    let cases: Vec<(Transaction, Exclusion)> = vec![
        (transfer_on(ChainId::from([9; 32]), &bench.key, 5, |_| {}), Exclusion::WrongChain),
        (
            bench.changed(5, |body| body.expiry_height = 99),
            Exclusion::Expired { expiry_height: 99, height: 100 },
        ),
        (
            bench.changed(5, |body| body.expiry_height = 100_101),
            Exclusion::ExpiryTooFar { expiry_height: 100_101, expiry_height_max: 100_100 },
        ),
        (bench.transfer(4), Exclusion::SequenceTooLow { found: 4, expected: 5 }),
        (
            bench.changed(5, |body| body.public_key = Some(key(1).public_key().clone())),
            Exclusion::KeyRegistered,
        ),
    ];
    for (transaction, exclusion) in cases {
        assert_eq!(bench.admit(&transaction), invalid(exclusion));
    }
    let cheap = bench.changed(5, |body| body.fee = Amount(1));
    let refused = bench.admit(&cheap).unwrap_err();
    assert!(matches!(refused, SubmitError::Invalid(Exclusion::FeeTooLow { .. })), "{refused}");
    let far = bench.transfer(5 + 16_384);
    let too_far = SubmitError::SequenceTooFar { found: 16_389, highest: 16_388 };
    assert_eq!(bench.admit(&far), Err(too_far));
    assert_eq!(bench.pool.fill().transactions, 0);
}

#[test]
fn a_bad_witness_is_refused_and_the_good_one_is_not() {
    let mut bench = Bench::new();
    let transaction = bench.transfer(5);
    let bad = bench.admit_from(&transaction, Source::Peer, false);
    assert_eq!(bad, invalid(Exclusion::BadWitness));
    assert_eq!(bench.admit(&transaction), Ok(Admitted::New));
    // A block carried it with a witness of someone else's: that says nothing of this one.
    let other = Excluded {
        id: transaction.id(),
        witness: kaldrix_types::Digest::ZERO,
        reason: Exclusion::BadWitness,
    };
    assert_eq!(bench.pool.executed(100, [], &[other]), []);
    assert!(bench.pool.contains(&transaction.id()));
}

#[test]
fn the_balance_covers_all_that_waits() {
    let mut bench = Bench::new();
    let pays = |amount| {
        move |body: &mut TransactionBody| {
            body.payload = Payload::Transfer { to: body.sender, amount: Amount(amount) };
        }
    };
    let first = bench.changed(5, pays(500_000_000));
    assert_eq!(bench.admit(&first), Ok(Admitted::New));
    let second = bench.changed(6, pays(500_000_000));
    let balance = bench.account.balance;
    let unaffordable = SubmitError::Unaffordable { balance, needed: 1_002_000_000 };
    assert_eq!(bench.admit(&second), Err(unaffordable));
    let third = bench.changed(6, pays(400_000_000));
    assert_eq!(bench.admit(&third), Ok(Admitted::New));
    bench.account.sequence = 6;
    bench.execute(&[first]);
    assert_eq!(bench.admit(&bench.changed(7, pays(500_000_000))), Ok(Admitted::New));
}

#[test]
fn a_new_account_s_pending_key_serves_its_next_transactions() {
    let mut bench = Bench::new();
    bench.account = Account { sequence: 0, key: None, ..bench.account };
    bench.registered = false;
    let second = bench.transfer(1);
    assert_eq!(bench.admit(&second), invalid(Exclusion::KeyMissing));
    let late_key = bench.changed(1, |body| body.public_key = Some(key(1).public_key().clone()));
    assert_eq!(bench.admit(&late_key), invalid(Exclusion::KeyRegistered));
    let stolen = bench.changed(0, |body| body.public_key = Some(key(2).public_key().clone()));
    assert_eq!(bench.admit(&stolen), invalid(Exclusion::KeyNotSenders));
    assert_eq!(bench.admit(&bench.transfer(0)), Ok(Admitted::New));
    let address = Address::of(bench.key.public_key());
    assert_eq!(bench.pool.pending_key(&address), Some(bench.key.public_key()));
    assert_eq!(bench.admit(&second), Ok(Admitted::New));
    assert_eq!(bench.taken(), [0, 1]);
}

#[test]
fn limits_hold() {
    let mut bench = Bench::with(Limits { sender_transactions_max: 2, ..Limits::default() });
    for sequence in [5, 6] {
        bench.admit(&bench.transfer(sequence)).unwrap();
    }
    bench.account.sequence = 6;
    assert_eq!(bench.admit(&bench.transfer(7)), Err(SubmitError::SenderFull { pending: 2 }));
    let mut bench = Bench::with(Limits { transactions_max: 1, ..Limits::default() });
    bench.admit(&bench.transfer(5)).unwrap();
    assert_eq!(bench.admit(&bench.transfer(6)), Err(SubmitError::Full));
    let mut bench = Bench::with(Limits { bytes_max: 5_000, ..Limits::default() });
    bench.admit(&bench.transfer(5)).unwrap();
    assert_eq!(bench.admit(&bench.transfer(6)), Err(SubmitError::Full));
    let mut bench = Bench::new();
    for sequence in 5..9 {
        bench.admit(&bench.transfer(sequence)).unwrap();
    }
    let sequences = |taken: &[Transaction]| taken.iter().map(|t| t.body.sequence).collect();
    let taken: Vec<u64> = sequences(&bench.pool.take(1, 1_000_000, bench.now));
    assert_eq!(taken, [5]);
    let taken: Vec<u64> = sequences(&bench.pool.take(100, 6_000, bench.now));
    assert_eq!(taken, [6, 7], "two of 2.6 KB fit");
}

#[test]
fn what_is_in_flight_comes_back_when_it_is_reclaimed_or_late() {
    let mut bench = Bench::new();
    let transactions: Vec<_> = (5..8).map(|sequence| bench.transfer(sequence)).collect();
    for transaction in &transactions {
        bench.admit(transaction).unwrap();
    }
    assert_eq!(bench.taken(), [5, 6, 7]);
    assert_eq!(bench.taken(), [0; 0]);
    bench.pool.reclaim(&[transactions[1].id()]);
    assert_eq!(bench.taken(), [6]);
    bench.now += Duration::from_millis(15_001);
    bench.pool.reclaim_stale(bench.now);
    assert_eq!(bench.taken(), [5, 6, 7]);
    bench.exclude(&transactions[2], Exclusion::BlockFull);
    assert_eq!(bench.taken(), [7]);
}

#[test]
fn execution_and_expiry_settle() {
    let mut bench = Bench::new();
    let first = bench.transfer(5);
    let rival = bench.changed(6, |body| body.fee = Amount(2_000_000));
    let second = bench.transfer(6);
    let fleeting = bench.changed(7, |body| body.expiry_height = 100);
    let last = bench.transfer(8);
    for transaction in [&first, &second, &fleeting, &last] {
        bench.admit(transaction).unwrap();
    }
    bench.taken();
    let settled = bench.execute(&[first.clone(), rival]);
    let executed_of = Some(bench.now);
    assert_eq!(
        settled,
        [
            Settled { id: first.id(), executed_of },
            Settled { id: second.id(), executed_of: None },
            Settled { id: fleeting.id(), executed_of: None },
        ]
    );
    assert_eq!(bench.pool.rejection(&first.id()), None);
    let reason = |t: &Transaction| bench.pool.rejection(&t.id()).cloned().unwrap_or_default();
    assert!(reason(&second).contains("was used already"), "{}", reason(&second));
    assert!(reason(&fleeting).contains("expired at height 100"), "{}", reason(&fleeting));
    assert_eq!(bench.pool.fill().transactions, 1, "the one after the gap waits");
    assert!(!bench.pool.has_proposable());
}

#[test]
fn what_can_execute_no_more_is_rejected_with_its_reason() {
    let mut bench = Bench::new();
    let transaction = bench.transfer(5);
    bench.admit(&transaction).unwrap();
    bench.taken();
    let reason = Exclusion::FeeAboveBalance { balance: Amount(1), fee: Amount(2) };
    assert_eq!(bench.exclude(&transaction, reason).len(), 1);
    assert_eq!(bench.pool.rejection(&transaction.id()), Some(&reason.to_string()));
    assert_eq!(bench.admit(&transaction), Ok(Admitted::New), "with funds it may come again");
    assert_eq!(bench.pool.rejection(&transaction.id()), None);
}

#[test]
fn forwards_go_on_until_execution_with_growing_pauses() {
    let mut bench = Bench::new();
    let transaction = bench.transfer(5);
    bench.admit(&transaction).unwrap();
    let mut at = bench.now;
    let mut pauses = Vec::new();
    for attempt in 0..3 {
        let next = bench.pool.forward_at().unwrap();
        pauses.push((next - at).as_millis());
        at = next;
        assert_eq!(bench.pool.take_forwards(at, 10), [(attempt, transaction.clone())]);
        assert_eq!(bench.pool.take_forwards(at, 10), []);
    }
    assert_eq!(pauses, [3_000, 3_000, 6_000]);
    bench.execute(&[transaction]);
    assert_eq!(bench.pool.forward_at(), None);
}

#[test]
fn a_node_that_proposes_keeps_its_transactions_until_a_block_carried_them_in_vain() {
    let mut bench = Bench::new();
    let (first, second) = (bench.transfer(5), bench.transfer(7));
    bench.admit(&first).unwrap();
    bench.admit(&second).unwrap();
    assert_eq!(bench.taken(), [5]);
    let due = |bench: &mut Bench, after_ms: u64| {
        bench.now += Duration::from_millis(after_ms);
        let due = bench.pool.take_forwards(bench.now, 10);
        let due = due.iter().map(|(_, transaction)| transaction.body.sequence);
        due.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(due(&mut bench, 2_999), [0; 0]);
    assert_eq!(due(&mut bench, 1), [7], "no block was made for three seconds, 5 is in flight");
    bench.pool.reclaim(&[first.id()]);
    assert_eq!(bench.taken(), [5]);
    assert_eq!(due(&mut bench, 3_000), [5, 7]);
}
