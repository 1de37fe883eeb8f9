//! Transactions: the sender signs the transaction's id.

use kaldrix_types::{PublicKey, Transaction, TransactionBody, TransactionId, Witness};

use crate::purpose::Purpose;
use crate::signer::{SignError, Signer};
use crate::verifier::{MlDsaVerifier, Verifier, VerifyError};

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
    verify_witness_with(&MlDsaVerifier, id, witness, key)
}

/// As [`verify_witness`], where `verifier` judges the signature.
pub fn verify_witness_with(
    verifier: &dyn Verifier,
    id: &TransactionId,
    witness: &Witness,
    key: &PublicKey,
) -> Result<(), WitnessError> {
    match witness {
        Witness::Signature(signature) => verifier
            .verify(key, Purpose::Transaction, id.as_bytes(), signature)
            .map_err(|error| WitnessError::Signature { transaction: *id, error }),
        Witness::Multisig(reserved) => match *reserved {},
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use kaldrix_types::{Amount, Scheme, Witness};

    use super::{WitnessError, sign_transaction, verify_witness};
    use crate::fixtures::{body, key};
    use crate::purpose::Purpose;
    use crate::signer::Signer;
    use crate::verifier::VerifyError;

    #[test]
    fn a_senders_witness_verifies_for_its_transaction_alone() {
        for scheme in Scheme::ALL {
            let sender = key(scheme, 1);
            let signed = sign_transaction(body(&sender), &sender).unwrap();
            let (id, witness) = (signed.id(), &signed.witness);
            assert_eq!(verify_witness(&id, witness, sender.public_key()), Ok(()));

            let error = VerifyError::Invalid { scheme, purpose: Purpose::Transaction };
            let refused = |transaction| Err(WitnessError::Signature { transaction, error });
            let stranger = key(scheme, 2);
            assert_eq!(verify_witness(&id, witness, stranger.public_key()), refused(id));
            let mut other = signed.body.clone();
            other.fee = Amount(1);
            let other = other.id();
            assert_eq!(verify_witness(&other, witness, sender.public_key()), refused(other));
            let block = sender.sign(Purpose::DagBlock, id.as_bytes()).unwrap();
            let block = Witness::Signature(block);
            assert_eq!(verify_witness(&id, &block, sender.public_key()), refused(id));
        }
    }

    #[test]
    fn a_witness_of_another_scheme_is_refused() {
        let (sender, other) = (key(Scheme::MlDsa44, 1), key(Scheme::MlDsa87, 1));
        let signed = sign_transaction(body(&sender), &sender).unwrap();
        let transaction = signed.id();
        let error = VerifyError::Scheme { key: Scheme::MlDsa87, signature: Scheme::MlDsa44 };
        assert_eq!(
            verify_witness(&transaction, &signed.witness, other.public_key()),
            Err(WitnessError::Signature { transaction, error })
        );
    }
}
