//! What one transaction does: the conditions under which it executes, and its effect.

use kaldrix_types::account::key_digest;
use kaldrix_types::{
    Account, Address, Amount, AuthorityIndex, Failure, Height, Outcome, Payload, PublicKey,
    Receipt, Transaction, TransactionBody, TransactionId, Witness,
};

use crate::error::{LedgerError, StateError};
use crate::exclusion::Exclusion;
use crate::execute::WitnessCheck;
use crate::overlay::Overlay;
use crate::rules::Rules;
use crate::state::StateReader;

/// Why a transaction did not execute: it is left out, or the ledger cannot go on.
pub(crate) enum Refusal {
    Excluded(Exclusion),
    Broken(LedgerError),
}

impl From<Exclusion> for Refusal {
    fn from(reason: Exclusion) -> Self {
        Self::Excluded(reason)
    }
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        Self::Broken(error)
    }
}

impl From<StateError> for Refusal {
    fn from(error: StateError) -> Self {
        Self::Broken(error.into())
    }
}

/// A transaction and what is known of it before the state is asked.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub id: TransactionId,
    /// Who proposed the DAG block that carries it.
    pub author: AuthorityIndex,
    pub transaction: &'a Transaction,
    /// Canonical length of the body.
    pub body_bytes: usize,
}

/// Where a transaction executes.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub rules: &'a Rules,
    pub height: Height,
    /// None: the block is certified, so a quorum has checked its witnesses.
    pub witnesses: Option<&'a dyn WitnessCheck>,
}

/// The conditions that need no state.
pub(crate) fn check_body(site: Site<'_>, body: &TransactionBody) -> Result<(), Exclusion> {
    if body.chain_id != site.rules.chain_id() {
        return Err(Exclusion::WrongChain);
    }
    let (expiry_height, height) = (body.expiry_height, site.height);
    if expiry_height < height {
        return Err(Exclusion::Expired { expiry_height, height });
    }
    let expiry_height_max = site.rules.expiry_height_max(height);
    if expiry_height > expiry_height_max {
        return Err(Exclusion::ExpiryTooFar { expiry_height, expiry_height_max });
    }
    Ok(())
}

/// Executes a transaction whose body passed [`check_body`]. A refused one has changed nothing.
pub(crate) fn execute<S: StateReader + ?Sized>(
    overlay: &mut Overlay<'_, S>,
    site: Site<'_>,
    candidate: Candidate<'_>,
) -> Result<Receipt, Refusal> {
    let Candidate { id, author, transaction, .. } = candidate;
    let body = &transaction.body;
    let reward_address = site.rules.reward_address(author)?;
    let charged = admit(overlay, site, candidate)?;
    overlay.put_account(body.sender, charged);
    overlay.credit(&reward_address, body.fee)?;
    if let Some(key) = &body.public_key {
        overlay.register(body.sender, key.clone());
    }
    let outcome = apply(overlay, &body.sender, &body.payload)?;
    Ok(Receipt { id, author, fee: body.fee, outcome })
}

/// The conditions on the sender's account, the cheap ones first. Gives the account as it is once
/// the transaction is in: the fee paid, the number used, the key registered.
fn admit<S: StateReader + ?Sized>(
    overlay: &mut Overlay<'_, S>,
    site: Site<'_>,
    candidate: Candidate<'_>,
) -> Result<Account, Refusal> {
    let body = &candidate.transaction.body;
    let account = overlay.account(&body.sender)?.ok_or(Exclusion::UnknownSender)?;
    let (found, expected) = (body.sequence, account.sequence);
    if found < expected {
        return Err(Exclusion::SequenceTooLow { found, expected }.into());
    }
    if found > expected {
        return Err(Exclusion::SequenceTooHigh { found, expected }.into());
    }
    let key = sender_key(overlay, body, &account)?;
    let minimum = site.rules.minimum_fee(candidate.body_bytes, key.scheme());
    if body.fee < minimum {
        return Err(Exclusion::FeeTooLow { found: body.fee, minimum }.into());
    }
    let (balance, fee) = (account.balance, body.fee);
    let rest = balance.checked_sub(fee).ok_or(Exclusion::FeeAboveBalance { balance, fee })?;
    if let Some(witnesses) = site.witnesses {
        let witness = &candidate.transaction.witness;
        if !fits(witness, &key) || !witnesses.check(&candidate.id, witness, &key) {
            return Err(Exclusion::BadWitness.into());
        }
    }
    let address = body.sender;
    let sequence = account.sequence.checked_add(1);
    let sequence = sequence.ok_or(LedgerError::AccountOverflow { field: "sequence", address })?;
    let key = account.key.or_else(|| Some(key_digest(&key)));
    Ok(Account { balance: rest, sequence, key })
}

/// The key that the sender signs with: the registered one, or the one that the body brings.
fn sender_key<S: StateReader + ?Sized>(
    overlay: &Overlay<'_, S>,
    body: &TransactionBody,
    account: &Account,
) -> Result<PublicKey, Refusal> {
    match (account.key, &body.public_key) {
        (Some(digest), None) => Ok(overlay.public_key(&body.sender, digest)?),
        (Some(_), Some(_)) => Err(Exclusion::KeyRegistered.into()),
        (None, None) => Err(Exclusion::KeyMissing.into()),
        (None, Some(key)) if Address::of(key) != body.sender => {
            Err(Exclusion::KeyNotSenders.into())
        }
        (None, Some(key)) => Ok(key.clone()),
    }
}

/// A signature under another scheme than the key's is none, and longer than the fee paid for.
fn fits(witness: &Witness, key: &PublicKey) -> bool {
    match witness {
        Witness::Signature(signature) => signature.scheme() == key.scheme(),
        Witness::Multisig(never) => match *never {},
    }
}

/// The payload's effect. A failed one has changed nothing.
fn apply<S: StateReader + ?Sized>(
    overlay: &mut Overlay<'_, S>,
    sender: &Address,
    payload: &Payload,
) -> Result<Outcome, LedgerError> {
    let failure = match payload {
        Payload::Transfer { amount: Amount::ZERO, .. } => Some(Failure::ZeroAmount),
        Payload::Transfer { to, amount } => {
            let moved = overlay.transfer(sender, to, *amount)?;
            (!moved).then_some(Failure::InsufficientBalance)
        }
        Payload::Notarise(notarisation) => {
            notarisation.digests.is_empty().then_some(Failure::NoDigests)
        }
        Payload::RotateKey(never)
        | Payload::CreateMultisig(never)
        | Payload::RegisterValidator(never)
        | Payload::ChangeStake(never)
        | Payload::RotateValidatorKey(never)
        | Payload::ExitValidator(never) => match *never {},
    };
    Ok(failure.map_or(Outcome::Applied, Outcome::Failed))
}
