//! Whatever commits arrive: nothing panics, the supply stays, and every node comes to the same.

use std::collections::BTreeMap;

use kaldrix_ledger::tree::{JellyfishTree, StateTree};
use kaldrix_ledger::{MemoryState, StateReader, execute};
use kaldrix_types::account::account_key;
use kaldrix_types::encoding::to_bytes;
use kaldrix_types::{Amount, ChainId, Digest, Transaction};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};

use crate::network::{
    AnyWitness, Carried, FEE, Ledger, VALIDATORS, Wallet, notarise, signed, transfer,
};

const WALLETS: u8 = 6;

/// One transaction, mostly good, as a wallet might send it in any state of the ledger.
#[derive(Debug, Clone)]
struct Sent {
    sender: u8,
    to: u8,
    amount: u64,
    fault: u8,
    notarised: bool,
}

fn sent() -> impl Strategy<Value = Sent> {
    let amount = prop_oneof![0..4_u64, 0..FEE.0 * 4, any::<u64>()];
    let fields = (0..WALLETS, 0..WALLETS, amount, 0..20_u8, any::<bool>());
    fields.prop_map(|(sender, to, amount, fault, notarised)| Sent {
        sender,
        to,
        amount,
        fault,
        notarised,
    })
}

impl Sent {
    /// `pending` counts what each wallet sent in this commit before.
    fn transaction(&self, ledger: &Ledger, pending: &mut BTreeMap<u8, u64>) -> Transaction {
        let (wallet, to) = (Wallet::new(self.sender), Wallet::new(self.to));
        let payload = match self.notarised {
            true => notarise(vec![Digest::ZERO; usize::from(self.to)]),
            false => transfer(&to, self.amount),
        };
        let count = pending.entry(self.sender).or_default();
        let mut body = wallet.after(ledger, *count, payload);
        match self.fault {
            0 => body.chain_id = ChainId::from([0; 32]),
            1 => body.sequence = self.amount,
            2 => body.fee = Amount(self.amount),
            3 => body.expiry_height = self.amount,
            4 => body.public_key = Some(to.key),
            5 => body.public_key = None,
            _ => *count += 1,
        }
        signed(body)
    }
}

/// For each commit, for each block its author and transactions.
fn commits() -> impl Strategy<Value = Vec<Vec<(u8, Vec<Sent>)>>> {
    vec(vec((0..VALIDATORS, vec(sent(), 0..6)), 1..4), 1..12)
}

/// The root of a tree built from the accounts alone.
fn rebuilt_root(state: &MemoryState) -> Digest {
    let leaves =
        state.accounts().map(|(address, account)| (account_key(address), to_bytes(account)));
    JellyfishTree::update(&MemoryState::default(), 0, leaves.collect()).unwrap().root
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn any_commits_execute_alike_everywhere_and_conserve_the_supply(commits in commits()) {
        let mut ledger = Ledger::new(&[&Wallet::new(0), &Wallet::new(1)]);
        let mut late = ledger.state.clone();
        for blocks in commits {
            let mut pending = BTreeMap::new();
            let mut carried: Vec<(u8, Vec<Transaction>)> = Vec::new();
            for (author, sent) in &blocks {
                let send = |sent: &Sent| sent.transaction(&ledger, &mut pending);
                carried.push((*author, sent.iter().map(send).collect()));
            }
            let blocks: Vec<Carried<'_>> = carried.iter().map(|(a, t)| (*a, &t[..])).collect();
            let count: usize = blocks.iter().map(|(_, transactions)| transactions.len()).sum();
            let commit = ledger.commit(&blocks);
            let executed = execute(&ledger.state, &ledger.rules, &commit, &AnyWitness).unwrap();
            assert_eq!(executed, execute(&late, &ledger.rules, &commit, &AnyWitness).unwrap());
            let Some(execution) = executed else {
                assert_eq!(count, 0);
                continue;
            };
            assert_eq!(execution.entries.len() + execution.excluded.len(), count);
            assert_eq!(execution.entries.len(), execution.receipts.len());
            let again = kaldrix_ledger::replay(
                &late, &ledger.rules, &execution.header, &execution.entries,
            );
            late.apply(&again.unwrap().writes);
            ledger.state.apply(&execution.writes);
            ledger.assert_supply();
            assert_eq!(ledger.state, late);
            assert_eq!(execution.header.state_root, rebuilt_root(&ledger.state));
            assert_eq!(ledger.state.tip().unwrap(), execution.writes.tip);
        }
    }
}
