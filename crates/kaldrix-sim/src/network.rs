//! The links between nodes: what becomes of a message.

use std::fmt;

use crate::nodes::{Node, Nodes};
use crate::report::Tally;

/// What a link does to messages beside delaying them a little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disturbance {
    Loss {
        permille: u32,
    },
    Duplication {
        permille: u32,
    },
    /// Some messages come late, and so behind later ones.
    Reordering {
        permille: u32,
        by_ms_max: u64,
    },
    /// Every message comes late.
    Delay {
        by_ms: u64,
    },
    SlowLinks {
        from: Nodes,
        to: Nodes,
        by_ms: u64,
    },
    /// Nothing crosses between a set of nodes and the rest.
    Partition {
        side: Nodes,
    },
    /// Nothing gets from the one set to the other, all gets back.
    OneWay {
        from: Nodes,
        to: Nodes,
    },
}

impl Disturbance {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Loss { .. } => "loss",
            Self::Duplication { .. } => "duplication",
            Self::Reordering { .. } => "reordering",
            Self::Delay { .. } => "slow network",
            Self::SlowLinks { .. } => "slow links",
            Self::Partition { .. } => "partition",
            Self::OneWay { .. } => "one-way links",
        }
    }
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loss { permille } => write!(f, "{permille} ‰ of messages are lost"),
            Self::Duplication { permille } => write!(f, "{permille} ‰ of messages come twice"),
            Self::Reordering { permille, by_ms_max } => {
                write!(f, "{permille} ‰ of messages come up to {by_ms_max} ms late")
            }
            Self::Delay { by_ms } => write!(f, "all messages come {by_ms} ms late"),
            Self::SlowLinks { from, to, by_ms } => {
                write!(f, "messages from {from} to {to} come {by_ms} ms late")
            }
            Self::Partition { side } => write!(f, "{side} are cut off from the others"),
            Self::OneWay { from, to } => write!(f, "nothing gets from {from} to {to}"),
        }
    }
}

/// The links as they are now.
#[derive(Debug)]
pub struct Network {
    delay_ms_max: u64,
    /// With the moment at which each ends.
    disturbances: Vec<(u64, Disturbance)>,
    /// How often the connection of each pair of nodes was reset, by the lower number first.
    resets: Vec<Vec<u32>>,
}

impl Network {
    pub fn new(nodes: usize, delay_ms_max: u64) -> Self {
        Self { delay_ms_max, disturbances: Vec::new(), resets: vec![vec![0; nodes]; nodes] }
    }

    pub fn disturb(&mut self, until_ms: u64, disturbance: Disturbance) {
        self.disturbances.push((until_ms, disturbance));
    }

    pub fn heal(&mut self) {
        self.disturbances.clear();
    }

    /// What was on its way between two nodes never arrives.
    pub fn reset(&mut self, one: Node, other: Node) {
        self.resets[one.min(other)][one.max(other)] += 1;
    }

    /// The connection between two nodes: a message arrives only on the one that it was sent on.
    pub fn connection(&self, one: Node, other: Node) -> u32 {
        self.resets[one.min(other)][one.max(other)]
    }

    /// After how long each copy of a message arrives; none if it is lost.
    pub fn copies(
        &mut self,
        random: &mut fastrand::Rng,
        time_ms: u64,
        (from, to): (Node, Node),
        tally: &mut Tally,
    ) -> Vec<u64> {
        self.disturbances.retain(|(until_ms, _)| *until_ms > time_ms);
        let mut count = 1;
        let mut late_ms = 0;
        for (_, disturbance) in &self.disturbances {
            let happens = match disturbance {
                Disturbance::Loss { permille }
                | Disturbance::Duplication { permille }
                | Disturbance::Reordering { permille, .. } => random.u32(0..1000) < *permille,
                Disturbance::Delay { .. } => true,
                Disturbance::SlowLinks { from: sender, to: receiver, .. }
                | Disturbance::OneWay { from: sender, to: receiver } => {
                    sender.contains(from) && receiver.contains(to)
                }
                Disturbance::Partition { side } => side.contains(from) != side.contains(to),
            };
            if !happens {
                continue;
            }
            tally.count(disturbance.name());
            match disturbance {
                Disturbance::Loss { .. }
                | Disturbance::OneWay { .. }
                | Disturbance::Partition { .. } => return Vec::new(),
                Disturbance::Duplication { .. } => count += 1,
                Disturbance::Reordering { by_ms_max, .. } => late_ms += random.u64(0..=*by_ms_max),
                Disturbance::Delay { by_ms } | Disturbance::SlowLinks { by_ms, .. } => {
                    late_ms += by_ms;
                }
            }
        }
        (0..count).map(|_| late_ms + random.u64(1..=self.delay_ms_max)).collect()
    }
}
