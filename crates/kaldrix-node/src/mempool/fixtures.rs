//! Transactions for tests.

use kaldrix_crypto::{KeyPair, Signer, sign_transaction};
use kaldrix_types::{Address, Amount, ChainId, Payload, Scheme, Transaction, TransactionBody};

pub fn key(seed: u8) -> KeyPair {
    KeyPair::from_seed(Scheme::MlDsa44, &[seed; 32]).unwrap()
}

/// A signed transfer of one base unit to its sender itself.
pub fn transfer(seed: u8, sequence: u64) -> Transaction {
    transfer_on(ChainId::from([7; 32]), &key(seed), sequence, |_| {})
}

/// A signed transfer, changed before it is signed.
pub fn transfer_on(
    chain_id: ChainId,
    key: &KeyPair,
    sequence: u64,
    change: impl FnOnce(&mut TransactionBody),
) -> Transaction {
    let sender = Address::of(key.public_key());
    let mut body = TransactionBody {
        chain_id,
        sender,
        sequence,
        fee: Amount(1_000_000),
        expiry_height: 1_000,
        public_key: (sequence == 0).then(|| key.public_key().clone()),
        payload: Payload::Transfer { to: sender, amount: Amount(1) },
    };
    change(&mut body);
    sign_transaction(body, key).unwrap()
}
