//! Executes a certified block again, as a node does that catches up, and demands the same header.

use std::fmt::Display;

use kaldrix_types::{Height, LedgerHeader};

use crate::builder::{BlockBuilder, Origin, transactions_root};
use crate::error::ReplayError;
use crate::execute::{Excluded, Execution};
use crate::ledger_block::Entry;
use crate::rules::Rules;
use crate::state::StateReader;

/// Executes the entries of a block whose header a quorum has certified.
///
/// Witnesses are not checked: the quorum did, and no id covers them. All else is, since entries
/// come from any peer: what does not lead to exactly the certified header is refused, with the
/// first field that differs. After a refusal another peer's entries may be the right ones.
pub fn replay<S: StateReader + ?Sized>(
    state: &S,
    rules: &Rules,
    header: &LedgerHeader,
    entries: &[Entry],
) -> Result<Execution, ReplayError> {
    let height = header.height;
    // Before the work of executing: so a peer cannot make it in vain.
    same(height, "chain id", &header.chain_id, &rules.chain_id())?;
    same(height, "height", &height, &state.tip()?.height.saturating_add(1))?;
    let ids: Vec<_> = entries.iter().map(|entry| entry.transaction.id()).collect();
    same(height, "transactions root", &header.transactions_root, &transactions_root(&ids))?;
    let origin = Origin {
        epoch: header.epoch,
        timestamp_ms: header.timestamp_ms,
        leader: header.leader,
        commit_index: header.commit_index,
        checkpoint: header.checkpoint,
    };
    let mut builder = BlockBuilder::new(state, rules, origin, None)?;
    for (index, (id, Entry { author, transaction })) in ids.into_iter().zip(entries).enumerate() {
        // No id covers the author: a peer that names a stranger is at fault, not the protocol.
        if rules.reward_address(*author).is_err() {
            return Err(ReplayError::Author { height, index, author: *author });
        }
        builder.add(id, *author, transaction)?;
        if let Some(&Excluded { reason, .. }) = builder.last_excluded() {
            return Err(ReplayError::Excluded { height, index, id, reason });
        }
    }
    let execution = builder.seal()?;
    compare(header, &execution.header)?;
    Ok(execution)
}

/// Names the first field in which the headers differ. What a header takes over from its commit
/// cannot, and the transactions root was compared before.
fn compare(certified: &LedgerHeader, computed: &LedgerHeader) -> Result<(), ReplayError> {
    let height = certified.height;
    same(height, "parent", &certified.parent, &computed.parent)?;
    same(height, "timestamp", &certified.timestamp_ms, &computed.timestamp_ms)?;
    let roots = [
        ("history root", &certified.history_root, &computed.history_root),
        ("receipts root", &certified.receipts_root, &computed.receipts_root),
        ("state root", &certified.state_root, &computed.state_root),
    ];
    for (field, certified, computed) in roots {
        same(height, field, certified, computed)?;
    }
    let committee = |header: &LedgerHeader| match &header.next_committee {
        Some(id) => id.to_string(),
        None => "none".to_owned(),
    };
    same(height, "next committee", &committee(certified), &committee(computed))?;
    same(height, "block id", &certified.id(), &computed.id())
}

fn same<T: PartialEq + Display>(
    height: Height,
    field: &'static str,
    certified: &T,
    computed: &T,
) -> Result<(), ReplayError> {
    if certified == computed {
        return Ok(());
    }
    let (certified, computed) = (certified.to_string(), computed.to_string());
    Err(ReplayError::Differs { height, field, certified, computed })
}
