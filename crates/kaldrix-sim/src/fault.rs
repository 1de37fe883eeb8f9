//! One thing that goes wrong, with explicit values: a schedule of them can be shown, repeated and
//! shrunk.

use std::fmt;

use crate::byzantine::Strategy;
use crate::disk_fault::DiskFault;
use crate::network::Disturbance;
use crate::nodes::Node;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub at_ms: u64,
    pub kind: FaultKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    Network {
        disturbance: Disturbance,
        for_ms: u64,
    },
    /// The connection of two nodes breaks and is made anew.
    Reset {
        nodes: (Node, Node),
        down_ms: u64,
    },
    /// A node's disk and processor take up to this long for each piece of work.
    SlowNode {
        node: Node,
        work_ms_max: u64,
        for_ms: u64,
    },
    Crash {
        node: Node,
        disk: Vec<DiskFault>,
        down_ms: u64,
    },
    /// The node crashes when next an own block is durable, before the block leaves.
    CrashOnceSigned {
        node: Node,
        disk: Vec<DiskFault>,
        down_ms: u64,
    },
    /// Someone sets a node's wall clock.
    ClockJump {
        node: Node,
        by_ms: i64,
    },
    ClockDrift {
        node: Node,
        ppm: i64,
    },
    /// From now on the node plays this strategy. It counts as faulty from the start.
    Byzantine {
        node: Node,
        strategy: Strategy,
    },
}

impl FaultKind {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Network { disturbance, .. } => disturbance.name(),
            Self::Reset { .. } => "connection reset",
            Self::SlowNode { .. } => "slow node",
            Self::Crash { disk, .. } if disk.is_empty() => "crash",
            Self::Crash { .. } => "crash with disk fault",
            Self::CrashOnceSigned { .. } => "crash before a signed block leaves",
            Self::ClockJump { .. } => "clock jump",
            Self::ClockDrift { .. } => "clock drift",
            Self::Byzantine { .. } => "Byzantine",
        }
    }

    /// Whether it concerns none but the first `nodes` nodes.
    pub fn strikes_within(&self, nodes: usize) -> bool {
        match self {
            Self::Network { .. } => true,
            Self::Reset { nodes: (one, other), .. } => *one < nodes && *other < nodes,
            Self::SlowNode { node, .. }
            | Self::Crash { node, .. }
            | Self::CrashOnceSigned { node, .. }
            | Self::ClockJump { node, .. }
            | Self::ClockDrift { node, .. }
            | Self::Byzantine { node, .. } => *node < nodes,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>8} ms  ", self.at_ms)?;
        match &self.kind {
            FaultKind::Network { disturbance, for_ms } => {
                write!(f, "{disturbance}, for {for_ms} ms")
            }
            FaultKind::Reset { nodes: (one, other), down_ms } => {
                write!(f, "the connection of {one} and {other} breaks, for {down_ms} ms")
            }
            FaultKind::SlowNode { node, work_ms_max, for_ms } => {
                write!(f, "node {node} takes up to {work_ms_max} ms to work, for {for_ms} ms")
            }
            FaultKind::Crash { node, disk, down_ms } => {
                write!(f, "node {node} crashes, for {down_ms} ms")?;
                disk.iter().try_for_each(|fault| write!(f, ", {fault:?}"))
            }
            FaultKind::CrashOnceSigned { node, disk, down_ms } => {
                write!(f, "node {node} crashes once it has signed next, for {down_ms} ms")?;
                disk.iter().try_for_each(|fault| write!(f, ", {fault:?}"))
            }
            FaultKind::ClockJump { node, by_ms } => {
                write!(f, "node {node}'s wall clock jumps by {by_ms} ms")
            }
            FaultKind::ClockDrift { node, ppm } => {
                write!(f, "node {node}'s clocks gain {ppm} µs a second")
            }
            FaultKind::Byzantine { node, strategy } => {
                write!(f, "node {node} is Byzantine: {}", strategy.name())
            }
        }
    }
}
