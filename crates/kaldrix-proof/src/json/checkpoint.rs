//! Checkpoints as text.

use super::field::Field;
use super::node::Node;
use crate::checkpoint::{CHECKPOINT_TEXT_BYTES_MAX, Checkpoint};
use crate::error::FormatError;

const FORMAT: &str = "kaldrix-checkpoint";
const VERSION: u64 = 1;

pub(crate) fn write(checkpoint: &Checkpoint) -> String {
    Node::object([
        ("format", Node::text(FORMAT)),
        ("version", Node::Number(VERSION)),
        ("chain_id", Node::text(checkpoint.chain_id)),
        ("height", Node::Number(checkpoint.height)),
        ("block", Node::text(checkpoint.block)),
        ("committee", Node::canonical(&checkpoint.committee)),
    ])
    .write()
}

pub(crate) fn read(text: &str) -> Result<Checkpoint, FormatError> {
    let node = Node::read(text, CHECKPOINT_TEXT_BYTES_MAX)?;
    let root = Field::root(&node);
    root.format(FORMAT, VERSION)?;
    root.only(&["format", "version", "chain_id", "height", "block", "committee"])?;
    Ok(Checkpoint {
        chain_id: root.get("chain_id")?.parse()?,
        height: root.get("height")?.number()?,
        block: root.get("block")?.parse()?,
        committee: root.get("committee")?.canonical()?,
    })
}
