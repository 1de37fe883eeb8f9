//! What goes wrong in a simulated network, and how often.

/// Chances are in thousandths. Faults stop at `until_ms`; then the network must recover.
#[derive(Debug, Clone)]
pub struct Faults {
    pub until_ms: u64,
    pub delay_ms_min: u64,
    pub delay_ms_max: u64,
    /// Of a message to be lost.
    pub loss_permille: u32,
    /// Of a message to come twice.
    pub duplicate_permille: u32,
    /// Of a message to come up to a second late, and so behind later ones.
    pub reorder_permille: u32,
    /// Of a node to crash, asked every 100 ms for each node.
    pub crash_permille: u32,
    pub crash: Crash,
    pub down_ms_max: u64,
    /// Of a set of nodes to be cut off from the others, asked every second.
    pub partition_permille: u32,
    pub partition_ms_max: u64,
    /// The last validator signs two blocks for every round and tells each half of the network
    /// another one, and now and then sends a block that breaks the rules.
    pub equivocates: bool,
    /// Clocks are off by up to this much, constantly.
    pub clock_offset_ms_max: u64,
}

/// What a crash takes from a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process dies, the disk keeps all that was written.
    KeepsDisk,
    /// What was not synced is gone too.
    LosesUnsynced,
    /// Now and then everything is gone, the last-signed-round file included.
    MayLoseDisk,
}

impl Faults {
    /// A quick and faithful network.
    pub fn none() -> Self {
        Self {
            until_ms: 0,
            delay_ms_min: 1,
            delay_ms_max: 10,
            loss_permille: 0,
            duplicate_permille: 0,
            reorder_permille: 0,
            crash_permille: 0,
            crash: Crash::KeepsDisk,
            down_ms_max: 0,
            partition_permille: 0,
            partition_ms_max: 0,
            equivocates: false,
            clock_offset_ms_max: 0,
        }
    }
}
