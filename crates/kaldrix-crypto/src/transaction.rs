//! Transactions: the sender signs the transaction's id.

use kaldrix_types::{PublicKey, Transaction, TransactionBody, TransactionId, Witness};

use crate::purpose::Purpose;
use crate::signer::{SignError, Signer};
use crate::verifier::{VerifyError, verify};

/// Why a witness does not show that the sender agreed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    #[error("witness of transaction {transaction}: {error}")]
    Signature { transaction: TransactionId, error: VerifyError },
}

/// Signs a transaction. The caller answers for the body naming the signer's account.
pub fn sign_transaction(
    body: TransactionBody,
    signer: &dyn Signer,
) -> Result<Transaction, SignError> {
    let signature = signer.sign(Purpose::Transaction, body.id().as_bytes())?;
    Ok(Transaction { body, witness: Witness::Signature(signature) })
}

/// Checks that the owner of `key` agreed to the transaction `id`. Depends on its arguments alone,
/// so the answer may be cached by all three.
pub fn verify_witness(
    id: &TransactionId,
    witness: &Witness,
    key: &PublicKey,
) -> Result<(), WitnessError> {
    match witness {
        Witness::Signature(signature) => {
            verify(key, Purpose::Transaction, id.as_bytes(), signature)
                .map_err(|error| WitnessError::Signature { transaction: *id, error })
        }
        Witness::Multisig(reserved) => match *reserved {},
    }
}
