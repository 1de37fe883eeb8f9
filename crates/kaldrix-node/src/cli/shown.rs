//! What a verified proof shows, in words and as JSON.

use std::path::Path;

use kaldrix_client::Digest;
use kaldrix_client::api::{Payload, ReceiptView, Timestamp, UnsignedBody};
use kaldrix_client::proof::{Claim, Confirmation, ExecutedTransaction, Verified};
use serde::Serialize;

use super::output::Lines;

#[derive(Debug, Serialize)]
pub(super) struct Shown {
    verified: bool,
    /// The claim in one sentence.
    shows: String,
    #[serde(flatten)]
    claim: ClaimShown,
    /// Of the ledger block that the claim is about.
    height: u64,
    epoch: u64,
    block: String,
    timestamp: Timestamp,
    chain_id: String,
    /// What was trusted to begin with.
    trusted: String,
    confirmation: ConfirmationShown,
}

#[derive(Debug, Serialize)]
#[serde(tag = "claim", rename_all = "snake_case")]
enum ClaimShown {
    Block,
    Transaction {
        #[serde(flatten)]
        executed: ExecutedShown,
    },
    Notarisation {
        digest: String,
        #[serde(flatten)]
        executed: ExecutedShown,
    },
    Account {
        address: String,
        exists: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        balance: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sequence: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        key_digest: Option<String>,
    },
}

#[derive(Debug, Serialize)]
struct ExecutedShown {
    transaction: String,
    body: UnsignedBody,
    receipt: ReceiptView,
}

#[derive(Debug, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
enum ConfirmationShown {
    Certificate {
        height: u64,
        block: String,
        signers: Vec<String>,
        validators: usize,
        stake: u64,
        quorum_stake: u64,
        total_stake: u64,
        committee_changes: usize,
    },
    Checkpoint {
        height: u64,
        block: String,
    },
}

impl Shown {
    /// `asked`: the digest that was found among the notarised ones; `trusted` names what was
    /// trusted to begin with.
    pub(super) fn new(verified: &Verified, asked: Option<Digest>, trusted: String) -> Self {
        let timestamp = Timestamp::from_ms(verified.timestamp_ms);
        let height = verified.height;
        Self {
            verified: true,
            shows: sentence(&verified.claim, asked, height, timestamp),
            claim: (&verified.claim).into(),
            height,
            epoch: verified.epoch,
            block: verified.block.to_string(),
            timestamp,
            chain_id: verified.chain_id.to_string(),
            trusted,
            confirmation: (&verified.confirmation).into(),
        }
    }

    /// The file whose digest was asked for.
    pub(super) fn with_file(mut self, file: Option<&Path>) -> Self {
        if let Some(file) = file.filter(|file| !super::files::is_stdin(file)) {
            self.shows = format!("{}: this is the file {}", self.shows, file.display());
        }
        self
    }

    pub(super) fn lines(&self) -> Lines {
        let lines = Lines::default().add("verified", "yes").add("shows", &self.shows);
        let lines = self.claim.lines(lines);
        let lines = lines
            .add("height", self.height)
            .add("block_id", &self.block)
            .add("block_time", self.timestamp)
            .add("epoch", self.epoch)
            .add("chain_id", &self.chain_id);
        self.confirmation.lines(lines).add("trusted", &self.trusted)
    }
}

fn sentence(claim: &Claim, asked: Option<Digest>, height: u64, at: Timestamp) -> String {
    match (claim, asked) {
        (Claim::Block, _) => format!("block {height} of {at} is final"),
        (Claim::Notarisation { digest, transaction }, _) => notarised(transaction, digest, at),
        (Claim::Transaction(transaction), Some(digest)) => notarised(transaction, &digest, at),
        (Claim::Transaction(transaction), None) => {
            let (id, sender) = (transaction.receipt.id, transaction.body.sender);
            let outcome = ReceiptView::from(&transaction.receipt).outcome.name();
            format!("transaction {id} of {sender} was executed at {at}: {outcome}")
        }
        (Claim::Account { address, account: Some(account), .. }, _) => {
            let balance = account.balance.to_kald();
            format!("{address} held {balance} KALD after block {height} of {at}")
        }
        (Claim::Account { address, account: None, .. }, _) => {
            format!("nothing had been sent to {address} up to block {height} of {at}")
        }
    }
}

fn notarised(transaction: &ExecutedTransaction, digest: &Digest, at: Timestamp) -> String {
    format!("{} notarised {digest} at {at}", transaction.body.sender)
}

impl From<&Claim> for ClaimShown {
    fn from(claim: &Claim) -> Self {
        match claim {
            Claim::Block => Self::Block,
            Claim::Transaction(transaction) => Self::Transaction { executed: transaction.into() },
            Claim::Notarisation { digest, transaction } => {
                Self::Notarisation { digest: digest.to_string(), executed: transaction.into() }
            }
            Claim::Account { address, account, .. } => Self::Account {
                address: address.to_string(),
                exists: account.is_some(),
                balance: account.map(|account| account.balance.to_string()),
                sequence: account.map(|account| account.sequence),
                key_digest: account.and_then(|account| account.key).map(|key| key.to_string()),
            },
        }
    }
}

impl From<&ExecutedTransaction> for ExecutedShown {
    fn from(transaction: &ExecutedTransaction) -> Self {
        Self {
            transaction: transaction.receipt.id.to_string(),
            body: (&transaction.body).into(),
            receipt: (&transaction.receipt).into(),
        }
    }
}

impl From<&Confirmation> for ConfirmationShown {
    fn from(confirmation: &Confirmation) -> Self {
        match confirmation {
            Confirmation::Certificate { height, block, committee, signers, stake, changes } => {
                let name = |author| committee.member(author).map_or_else(String::new, |m| m.name());
                Self::Certificate {
                    height: *height,
                    block: block.to_string(),
                    signers: signers.iter().copied().map(name).collect(),
                    validators: committee.size(),
                    stake: *stake,
                    quorum_stake: committee.quorum_stake(),
                    total_stake: committee.total_stake(),
                    committee_changes: *changes,
                }
            }
            Confirmation::Checkpoint { height, block } => {
                Self::Checkpoint { height: *height, block: block.to_string() }
            }
        }
    }
}

impl ClaimShown {
    fn lines(&self, lines: Lines) -> Lines {
        match self {
            Self::Block => lines,
            Self::Transaction { executed } => {
                payload_lines(executed.lines(lines), &executed.body.payload)
            }
            Self::Notarisation { digest, executed } => {
                let lines = executed.lines(lines.add("digest", digest));
                lines.add_some("tag", tag_of(&executed.body.payload))
            }
            Self::Account { address, exists, balance, sequence, key_digest } => lines
                .add("address", address)
                .add("exists", super::output::yes_or_no(*exists))
                .add_some("balance_units", balance.as_ref())
                .add_some("transactions", sequence.as_ref())
                .add_some("key_digest", key_digest.as_ref()),
        }
    }
}

impl ExecutedShown {
    fn lines(&self, lines: Lines) -> Lines {
        let Self { transaction, body, receipt } = self;
        lines
            .add("transaction", transaction)
            .add("sender", body.sender)
            .add("sequence", body.sequence)
            .add("outcome", receipt.outcome.name())
            .add_some("failure", receipt.failure.map(|failure| failure.text()))
            .add("fee", format!("{} KALD", receipt.fee.to_kald()))
    }
}

fn payload_lines(lines: Lines, payload: &Payload) -> Lines {
    match payload {
        Payload::Transfer { to, amount } => {
            lines.add("to", to).add("amount", format!("{} KALD", amount.to_kald()))
        }
        Payload::Notarise { digests, .. } => {
            let lines = lines.add_some("tag", tag_of(payload));
            digests.iter().fold(lines, |lines, digest| lines.add("digest", digest))
        }
    }
}

/// A tag is the owner's: text where it is plain text, else hex, so that it can neither forge a
/// line nor move the cursor.
fn tag_of(payload: &Payload) -> Option<String> {
    match payload {
        Payload::Notarise { tag, .. } if !tag.is_empty() => Some(match std::str::from_utf8(tag) {
            Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
            _ => format!("0x{}", hex::encode(tag)),
        }),
        _ => None,
    }
}

impl ConfirmationShown {
    fn lines(&self, lines: Lines) -> Lines {
        match self {
            Self::Certificate {
                height,
                block: _,
                signers,
                validators,
                stake,
                quorum_stake,
                total_stake,
                committee_changes,
            } => lines
                .add("certified_height", height)
                .add(
                    "certified_by",
                    format!("{} of {validators} validators: {}", signers.len(), signers.join(", ")),
                )
                .add(
                    "certified_stake",
                    format!("{stake} of {total_stake}, a quorum is {quorum_stake}"),
                )
                .add("committee_changes", committee_changes),
            Self::Checkpoint { height, .. } => lines.add("checkpoint_height", height),
        }
    }
}
