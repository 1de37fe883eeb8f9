//! Transfers from one funded account of each client.

use kaldrix_types::{
    Address, Amount, ChainId, Digest, Payload, PublicKey, Scheme, Signature, Transaction,
    TransactionBody, Witness,
};

/// A client's made-up key; nothing is signed in a simulation.
pub fn key(client: u64) -> PublicKey {
    let mut bytes = vec![0; Scheme::MlDsa44.public_key_bytes()];
    bytes.iter_mut().zip(client.to_le_bytes()).for_each(|(to, from)| *to = from);
    PublicKey::new(Scheme::MlDsa44, &bytes).expect("the length is the scheme's")
}

pub fn transfer(chain_id: ChainId, client: u64, sequence: u64) -> Transaction {
    let key = key(client);
    let body = TransactionBody {
        chain_id,
        sender: Address::of(&key),
        sequence,
        fee: Amount(1_000_000),
        expiry_height: 90_000,
        public_key: (sequence == 0).then_some(key),
        payload: Payload::Transfer { to: Address(Digest([9; 32])), amount: Amount(1) },
    };
    let signature = vec![0; Scheme::MlDsa44.signature_bytes()];
    let signature =
        Signature::new(Scheme::MlDsa44, &signature).expect("the length is the scheme's");
    Transaction { body, witness: Witness::Signature(signature) }
}
