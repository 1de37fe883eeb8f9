//! Refused writes, lost power, and bits that flip under a store in memory.

use std::sync::Arc;

use kaldrix_storage::{Durability, Faults, FaultyStore, LedgerStore, MemoryStore, StoreError};

use crate::backend::{Random, seed};
use crate::chain::{History, commit};

fn faulty(seed: u64, faults: Faults) -> Arc<FaultyStore> {
    Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), seed, faults))
}

#[test]
fn refused_writes_change_nothing_and_lost_power_costs_only_what_was_not_synced() {
    let mut random = Random::new(seed(7));
    let history = History::of(40);
    for _ in 0..20 {
        let store = faulty(random.next(), Faults::default());
        let mut ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
        let mut synced = 0;
        store.set_faults(Faults { failed_writes_per_mille: 300, ..Faults::default() });
        while ledger.latest().height < 40 {
            let at = ledger.latest().height;
            let execution = &history.executions[usize::try_from(at).unwrap()];
            let durability =
                if random.below(3) == 0 { Durability::Synced } else { Durability::Buffered };
            match commit(&ledger, execution, durability) {
                Ok(()) if durability == Durability::Synced => synced = at + 1,
                Ok(()) => {}
                Err(StoreError::Injected { .. }) => assert_eq!(ledger.latest().height, at),
                Err(error) => panic!("{error}"),
            }
            if random.below(10) == 0 {
                store.crash().unwrap();
                ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
                assert!(ledger.latest().height >= synced);
                history.assert_holds(&ledger);
            }
        }
        history.assert_holds(&ledger);
    }
}

#[test]
fn bits_flipped_on_the_way_are_noticed_too() {
    let history = History::of(3);
    let store = faulty(seed(5), Faults::default());
    let ledger = LedgerStore::open(store.clone(), &history.genesis).unwrap();
    for execution in &history.executions {
        commit(&ledger, execution, Durability::Synced).unwrap();
    }
    store.set_faults(Faults { flipped_reads_per_mille: 500, ..Faults::default() });
    let (mut right, mut damaged) = (0, 0);
    for _ in 0..100 {
        match ledger.header(2) {
            Ok(header) => {
                assert_eq!(header.as_ref(), Some(&history.executions[1].header));
                right += 1;
            }
            Err(StoreError::Damaged(_)) => damaged += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(right > 20 && damaged > 20, "{right} right, {damaged} damaged");
    store.set_faults(Faults { failed_reads_per_mille: 1000, ..Faults::default() });
    assert!(matches!(ledger.header(2), Err(StoreError::Injected { action: "get" })));
}
