//! Proofs as text.

use kaldrix_types::account::account_key;
use kaldrix_types::encoding;
use kaldrix_types::merkle::{InclusionProof, Step};
use kaldrix_types::state_proof::StateLeaf;
use kaldrix_types::{Account, Address, SignedVote, StateProof};

use super::field::Field;
use super::node::Node;
use crate::error::FormatError;
use crate::proof::{
    Claim, CommitteeChange, ExecutedTransaction, Finality, LaterBlock, PROOF_TEXT_BYTES_MAX, Proof,
    Votes,
};

const FORMAT: &str = "kaldrix-proof";
const VERSION: u64 = 1;

/// Steps of a Merkle path: enough for 2^63 leaves.
const PATH_STEPS_MAX: usize = 63;

pub(crate) fn write(proof: &Proof) -> String {
    let later = |later: &LaterBlock| {
        Node::object([
            ("header", Node::canonical(&later.header)),
            ("history_path", path(&later.history_path)),
        ])
    };
    Node::object([
        ("format", Node::text(FORMAT)),
        ("version", Node::Number(VERSION)),
        ("claim", claim(&proof.claim)),
        ("header", Node::canonical(&proof.header)),
        ("later", Node::nullable(proof.later.as_ref(), later)),
        ("finality", finality(&proof.finality)),
    ])
    .write()
}

fn claim(claim: &Claim) -> Node {
    match claim {
        Claim::Block => Node::object([("block", Node::object([]))]),
        Claim::Transaction(executed) => Node::object([("transaction", transaction(executed))]),
        Claim::Notarisation { digest, transaction: executed } => {
            let members = [("digest", Node::text(digest)), ("transaction", transaction(executed))];
            Node::object([("notarisation", Node::object(members))])
        }
        Claim::Account { address, account, proof } => {
            // With the account at hand its leaf follows.
            let neighbour = proof.leaf.as_ref().filter(|_| account.is_none());
            let leaf = |leaf: &StateLeaf| {
                Node::object([
                    ("key", Node::text(leaf.key)),
                    ("value_digest", Node::text(leaf.value_digest)),
                ])
            };
            let members = [
                ("address", Node::text(address)),
                ("account", Node::nullable(account.as_ref(), Node::canonical)),
                ("neighbour", Node::nullable(neighbour, leaf)),
                ("siblings", Node::list(&proof.siblings, Node::text)),
            ];
            Node::object([("account", Node::object(members))])
        }
    }
}

fn transaction(executed: &ExecutedTransaction) -> Node {
    Node::object([
        ("body", Node::canonical(&executed.body)),
        ("receipt", Node::canonical(&executed.receipt)),
        ("receipt_path", path(&executed.receipt_path)),
    ])
}

fn finality(finality: &Finality) -> Node {
    match finality {
        Finality::Pinned => Node::object([("pinned", Node::object([]))]),
        Finality::Certified { committee_changes, votes: of_block, checkpoint_path } => {
            let change = |change: &CommitteeChange| {
                Node::object([
                    ("header", Node::canonical(&change.header)),
                    ("votes", votes(&change.votes)),
                    ("committee", Node::canonical(&change.committee)),
                ])
            };
            let members = [
                ("committee_changes", Node::list(committee_changes, change)),
                ("votes", votes(of_block)),
                ("checkpoint_path", Node::nullable(checkpoint_path.as_ref(), path)),
            ];
            Node::object([("certified", Node::object(members))])
        }
    }
}

fn votes(votes: &Votes) -> Node {
    Node::list(votes, |vote: &SignedVote| {
        Node::object([
            ("signed_root", Node::canonical(&vote.root)),
            ("vote_path", path(&vote.path)),
            ("signature", Node::canonical(&vote.signature)),
        ])
    })
}

/// An [`InclusionProof`] without a shape has no steps, and its text no root.
fn path(proof: &InclusionProof) -> Node {
    Node::list(proof.steps().unwrap_or_default(), |step| match step {
        Step::Left(sibling) => Node::object([("left", Node::text(sibling))]),
        Step::Right(sibling) => Node::object([("right", Node::text(sibling))]),
    })
}

pub(crate) fn read(text: &str) -> Result<Proof, FormatError> {
    let node = Node::read(text, PROOF_TEXT_BYTES_MAX)?;
    let root = Field::root(&node);
    root.format(FORMAT, VERSION)?;
    root.only(&["format", "version", "claim", "header", "later", "finality"])?;
    Ok(Proof {
        claim: read_claim(&root.get("claim")?)?,
        header: root.get("header")?.canonical()?,
        later: root.get("later")?.nullable().map(read_later).transpose()?,
        finality: read_finality(&root.get("finality")?)?,
    })
}

fn read_claim(field: &Field<'_>) -> Result<Claim, FormatError> {
    let (kind, claim) = field.variant()?;
    match kind {
        "block" => {
            claim.only(&[])?;
            Ok(Claim::Block)
        }
        "transaction" => Ok(Claim::Transaction(read_transaction(&claim)?)),
        "notarisation" => {
            claim.only(&["digest", "transaction"])?;
            Ok(Claim::Notarisation {
                digest: claim.get("digest")?.parse()?,
                transaction: read_transaction(&claim.get("transaction")?)?,
            })
        }
        "account" => read_account(&claim),
        _ => Err(claim.error("unknown kind of claim")),
    }
}

fn read_transaction(field: &Field<'_>) -> Result<ExecutedTransaction, FormatError> {
    field.only(&["body", "receipt", "receipt_path"])?;
    Ok(ExecutedTransaction {
        body: field.get("body")?.canonical()?,
        receipt: field.get("receipt")?.canonical()?,
        receipt_path: read_path(&field.get("receipt_path")?)?,
    })
}

fn read_account(field: &Field<'_>) -> Result<Claim, FormatError> {
    field.only(&["address", "account", "neighbour", "siblings"])?;
    let address: Address = field.get("address")?.parse()?;
    let account: Option<Account> =
        field.get("account")?.nullable().map(Field::canonical).transpose()?;
    let neighbour = field.get("neighbour")?;
    let leaf = match (&account, neighbour.nullable()) {
        (Some(_), Some(neighbour)) => {
            return Err(neighbour.error("expected null beside an account"));
        }
        (Some(account), None) => {
            Some(StateLeaf::new(account_key(&address), &encoding::to_bytes(account)))
        }
        (None, Some(neighbour)) => Some(read_leaf(neighbour)?),
        (None, None) => None,
    };
    let siblings = field.get("siblings")?.list(Field::parse)?;
    Ok(Claim::Account { address, account, proof: StateProof { leaf, siblings } })
}

fn read_leaf(field: &Field<'_>) -> Result<StateLeaf, FormatError> {
    field.only(&["key", "value_digest"])?;
    Ok(StateLeaf {
        key: field.get("key")?.parse()?,
        value_digest: field.get("value_digest")?.parse()?,
    })
}

fn read_later(field: &Field<'_>) -> Result<LaterBlock, FormatError> {
    field.only(&["header", "history_path"])?;
    Ok(LaterBlock {
        header: field.get("header")?.canonical()?,
        history_path: read_path(&field.get("history_path")?)?,
    })
}

fn read_finality(field: &Field<'_>) -> Result<Finality, FormatError> {
    let (kind, finality) = field.variant()?;
    match kind {
        "pinned" => {
            finality.only(&[])?;
            Ok(Finality::Pinned)
        }
        "certified" => {
            finality.only(&["committee_changes", "votes", "checkpoint_path"])?;
            Ok(Finality::Certified {
                committee_changes: finality.get("committee_changes")?.list(read_change)?,
                votes: finality.get("votes")?.list(read_vote)?,
                checkpoint_path: finality
                    .get("checkpoint_path")?
                    .nullable()
                    .map(read_path)
                    .transpose()?,
            })
        }
        _ => Err(finality.error("unknown kind of finality")),
    }
}

fn read_change(field: &Field<'_>) -> Result<CommitteeChange, FormatError> {
    field.only(&["header", "votes", "committee"])?;
    Ok(CommitteeChange {
        header: field.get("header")?.canonical()?,
        votes: field.get("votes")?.list(read_vote)?,
        committee: field.get("committee")?.canonical()?,
    })
}

fn read_vote(field: &Field<'_>) -> Result<SignedVote, FormatError> {
    field.only(&["signed_root", "vote_path", "signature"])?;
    Ok(SignedVote {
        root: field.get("signed_root")?.canonical()?,
        path: read_path(&field.get("vote_path")?)?,
        signature: field.get("signature")?.canonical()?,
    })
}

fn read_path(field: &Field<'_>) -> Result<InclusionProof, FormatError> {
    let steps = field.list::<Step, PATH_STEPS_MAX>(|step| {
        let (side, sibling) = step.variant()?;
        match side {
            "left" => Ok(Step::Left(sibling.parse()?)),
            "right" => Ok(Step::Right(sibling.parse()?)),
            _ => Err(sibling.error("expected left or right")),
        }
    })?;
    InclusionProof::from_steps(&steps).ok_or_else(|| field.error("too many steps"))
}
