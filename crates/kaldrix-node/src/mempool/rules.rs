//! What a transaction must keep to be accepted. A witness that does not hold is named only when
//! all else would do.

use kaldrix_ledger::{Exclusion, Rules};
use kaldrix_types::encoding::Canonical;
use kaldrix_types::{Account, Address, Height, PublicKey, Transaction};

use super::pool::{Candidate, Limits};
use super::sender::{Sender, cost};
use crate::handle::SubmitError;

/// The state that the rules are checked against: of the sender, at the next height.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    pub rules: &'a Rules,
    pub height: Height,
    pub account: Option<Account>,
    pub registered_key: Option<&'a PublicKey>,
}

/// Checks a transaction against the state and what else its sender has pending.
pub(super) fn check(
    candidate: &Candidate,
    site: Site<'_>,
    sender: Option<&Sender>,
    limits: &Limits,
) -> Result<(), SubmitError> {
    check_body(candidate, site)?;
    let account = site.account.ok_or(SubmitError::Invalid(Exclusion::UnknownSender))?;
    check_sequence(candidate, account, sender, limits)?;
    check_key(candidate, site, account, sender)?;
    check_pending(candidate, account, sender, limits)
}

fn check_body(candidate: &Candidate, site: Site<'_>) -> Result<(), SubmitError> {
    let invalid = |exclusion| Err(SubmitError::Invalid(exclusion));
    let body = &candidate.transaction.body;
    let bytes_max = Transaction::ENCODED_BYTES_MAX;
    if candidate.bytes > bytes_max {
        return Err(SubmitError::TooLarge { bytes: candidate.bytes, bytes_max });
    }
    if body.chain_id != site.rules.chain_id() {
        return invalid(Exclusion::WrongChain);
    }
    let (expiry_height, height) = (body.expiry_height, site.height);
    if expiry_height < height {
        return invalid(Exclusion::Expired { expiry_height, height });
    }
    let expiry_height_max = site.rules.expiry_height_max(height);
    if expiry_height > expiry_height_max {
        return invalid(Exclusion::ExpiryTooFar { expiry_height, expiry_height_max });
    }
    Ok(())
}

fn check_sequence(
    candidate: &Candidate,
    account: Account,
    sender: Option<&Sender>,
    limits: &Limits,
) -> Result<(), SubmitError> {
    let (found, expected) = (candidate.transaction.body.sequence, account.sequence);
    if found < expected {
        return Err(SubmitError::Invalid(Exclusion::SequenceTooLow { found, expected }));
    }
    let window = limits.sender_transactions_max as u64;
    let highest = expected.saturating_add(window.saturating_sub(1));
    if found > highest {
        return Err(SubmitError::SequenceTooFar { found, highest });
    }
    if let Some(taken) = sender.and_then(|sender| sender.transactions.get(&found)) {
        return Err(SubmitError::SequenceTaken { sequence: found, pending: taken.id });
    }
    Ok(())
}

fn check_key(
    candidate: &Candidate,
    site: Site<'_>,
    account: Account,
    sender: Option<&Sender>,
) -> Result<(), SubmitError> {
    let key = expected_key(candidate, site, account, sender.and_then(Sender::pending_key));
    let key = key.map_err(SubmitError::Invalid)?;
    let minimum = site.rules.minimum_fee(candidate.body_bytes, key.scheme());
    let fee = candidate.transaction.body.fee;
    if fee < minimum {
        return Err(SubmitError::Invalid(Exclusion::FeeTooLow { found: fee, minimum }));
    }
    if !candidate.witness_holds {
        return Err(SubmitError::Invalid(Exclusion::BadWitness));
    }
    Ok(())
}

/// The key that the sender will have when this executes.
fn expected_key<'a>(
    candidate: &'a Candidate,
    site: Site<'a>,
    account: Account,
    pending_key: Option<&'a PublicKey>,
) -> Result<&'a PublicKey, Exclusion> {
    let body = &candidate.transaction.body;
    match (&body.public_key, account.key) {
        (Some(_), Some(_)) => Err(Exclusion::KeyRegistered),
        (None, Some(_)) => site.registered_key.ok_or(Exclusion::KeyMissing),
        // Only the first of an account may bring a key.
        (Some(_), None) if body.sequence > account.sequence => Err(Exclusion::KeyRegistered),
        (Some(key), None) if Address::of(key) != body.sender => Err(Exclusion::KeyNotSenders),
        (Some(key), None) => Ok(key),
        (None, None) => pending_key.ok_or(Exclusion::KeyMissing),
    }
}

fn check_pending(
    candidate: &Candidate,
    account: Account,
    sender: Option<&Sender>,
    limits: &Limits,
) -> Result<(), SubmitError> {
    let (pending, spent) = sender.map_or((0, 0), |s| (s.transactions.len(), s.cost));
    if pending >= limits.sender_transactions_max {
        return Err(SubmitError::SenderFull { pending });
    }
    let needed = spent.saturating_add(cost(&candidate.transaction.body));
    if needed > u128::from(account.balance.0) {
        return Err(SubmitError::Unaffordable { balance: account.balance, needed });
    }
    Ok(())
}
