//! Transfers from one funded account of each client.

use kaldrix_crypto::{sign_transaction, verify_witness_with};
use kaldrix_types::{
    Address, Amount, ChainId, Digest, Payload, PublicKey, Scheme, Transaction, TransactionBody,
    Witness,
};

use crate::signatures::{Signatures, nobodys};
use crate::world;

/// A client's made-up key.
pub fn key(client: u64) -> PublicKey {
    let mut bytes = vec![0; Scheme::MlDsa44.public_key_bytes()];
    bytes.iter_mut().zip(client.to_le_bytes()).for_each(|(to, from)| *to = from);
    PublicKey::new(Scheme::MlDsa44, &bytes).expect("the length is the scheme's")
}

pub fn body(chain_id: ChainId, client: u64, sequence: u64) -> TransactionBody {
    let key = key(client);
    TransactionBody {
        chain_id,
        sender: Address::of(&key),
        sequence,
        fee: Amount(1_000_000),
        expiry_height: 90_000,
        public_key: (sequence == 0).then_some(key),
        payload: Payload::Transfer { to: Address(Digest([9; 32])), amount: Amount(1) },
    }
}

pub fn transfer(
    signatures: &Signatures,
    chain_id: ChainId,
    client: u64,
    sequence: u64,
) -> Transaction {
    let signer = signatures.signer(key(client));
    sign_transaction(body(chain_id, client, sequence), &signer)
        .expect("an ideal signer always signs")
}

/// Whether the client that a transfer is of has signed it.
pub fn is_signed(signatures: &Signatures, transaction: &Transaction) -> bool {
    let clients = (0..world::CLIENTS as u64).map(key);
    let Some(key) = clients.into_iter().find(|key| Address::of(key) == transaction.body.sender)
    else {
        return false;
    };
    verify_witness_with(signatures, &transaction.id(), &transaction.witness, &key).is_ok()
}

/// A transfer that its sender never signed.
pub fn forged(chain_id: ChainId, client: u64, sequence: u64) -> Transaction {
    let witness = Witness::Signature(nobodys(Scheme::MlDsa44));
    Transaction { body: body(chain_id, client, sequence), witness }
}

/// Puts a witness to a transaction that is not its sender's.
pub fn spoil(transaction: &mut Transaction) {
    transaction.witness = Witness::Signature(nobodys(Scheme::MlDsa44));
}
