//! A network and all that will happen to it, drawn from one seed before it runs.

use std::fmt;

use kaldrix_consensus::Parameters;
use kaldrix_types::committee::Stake;
use kaldrix_types::{Committee, Protocol};

use crate::fault::{Fault, FaultKind};
use crate::nodes::{Node, Nodes};
use crate::schedule::{self, Focus, Kind};
use crate::world;

/// Faults of these kinds happen in a random network; each is drawn with an even chance.
const KINDS_PERMILLE: u32 = 300;
/// Every so many seeds time is stretched: faults last for minutes and hours.
const STRETCHED_PERMILLE: u32 = 60;
const STRETCH: u64 = 3_000;
/// One of so many seeds is a network in which one subject is tried hard.
const FOCUSED_EVERY: u64 = 4;

#[derive(Debug, Clone)]
pub struct Scenario {
    pub seed: u64,
    /// Of each validator.
    pub stakes: Vec<Stake>,
    /// Nodes without a place in the committee.
    pub followers: usize,
    pub protocol: Protocol,
    pub parameters: Parameters,
    /// An undisturbed message takes up to this long.
    pub delay_ms_max: u64,
    pub submissions: Vec<Submission>,
    /// In the order of time.
    pub faults: Vec<Fault>,
    /// Faults and submissions end.
    pub end_ms: u64,
    /// How much longer faults last than in a network whose traffic is dense.
    pub stretch: u64,
}

/// A client hands a transaction to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submission {
    pub at_ms: u64,
    pub node: Node,
    pub client: u64,
    pub sequence: u64,
}

/// What is left of a schedule: what a shrunk run says of itself, so that it can be repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Places in the schedule of the seed; all if none are named.
    pub faults: Option<Vec<usize>>,
    pub submissions: Option<usize>,
    pub followers: Option<usize>,
}

impl Scenario {
    /// A network without faults or traffic.
    pub fn calm(seed: u64, validators: usize, followers: usize) -> Self {
        Self {
            seed,
            stakes: vec![1; validators],
            followers,
            protocol: Protocol { gc_depth_rounds: 20, schedule_commits: 20, ..Protocol::default() },
            parameters: Parameters::default(),
            delay_ms_max: 10,
            submissions: Vec::new(),
            faults: Vec::new(),
            end_ms: 0,
            stretch: 1,
        }
    }

    /// The network that a seed stands for: its shape, its traffic and a random part of all kinds
    /// of faults, each with a random strength.
    pub fn draw(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut scenario = Self::calm(seed, 4, random.usize(0..=1));
        scenario.draw_shape(&mut random);
        let mut random_limits = fastrand::Rng::with_seed(seed ^ 0x006c_696d_6974);
        scenario.parameters.executing_commits_max = [2, 8, 64][random_limits.usize(0..3)];
        if seed % FOCUSED_EVERY == 1 {
            return scenario.focused(Focus::ALL[random.usize(0..Focus::ALL.len())]);
        }
        let drawn = |random: &mut fastrand::Rng| random.u32(0..1000) < KINDS_PERMILLE;
        let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|_| drawn(&mut random)).collect();
        scenario.faulted(&kinds, random.u64(0..60))
    }

    /// The same network under faults of these kinds, with `submissions` transactions.
    pub fn faulted(mut self, kinds: &[Kind], submissions: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(self.seed ^ 0x6661_756c_7473);
        if self.end_ms == 0 {
            self.end_ms = random.u64(2_000..8_000) * self.stretch;
        }
        self.faults = schedule::draw(&mut random, &self, kinds);
        self.submit(&mut random, submissions);
        self
    }

    /// A network in which faults that must come together to do harm do so often.
    pub fn focused(mut self, focus: Focus) -> Self {
        let mut random = fastrand::Rng::with_seed(self.seed ^ 0x0066_6f63_7573);
        // A liar beside one that forgets takes seven.
        let sizes = match focus {
            Focus::ForgottenRounds => [4, 7, 7, 7, 8, 10],
            _ => [4, 4, 5, 7, 7, 10],
        };
        self.stakes = vec![1; sizes[random.usize(0..sizes.len())]];
        (self.followers, self.stretch) = (random.usize(0..=2), 1);
        self.parameters.status_interval_ms = Parameters::default().status_interval_ms;
        self.protocol.gc_depth_rounds = [10, 10, 12, 20][random.usize(0..4)];
        self.end_ms = random.u64(3_000..8_000);
        if focus == Focus::FalseRanges {
            // A liar is soon asked again.
            self.parameters.ledger_timeout_ms = 500;
        }
        self.faults = schedule::draw_focused(&mut random, &self, focus);
        let submissions = random.u64(20..80);
        self.submit(&mut random, submissions);
        self
    }

    fn draw_shape(&mut self, random: &mut fastrand::Rng) {
        let sizes = [4, 4, 4, 4, 4, 4, 1, 2, 3, 3, 5, 6, 7, 7, 10];
        let size = sizes[random.usize(0..sizes.len())];
        let stake_max = [1, 1, 1, 3, 10][random.usize(0..5)];
        self.stakes = (0..size).map(|_| random.u64(1..=stake_max)).collect();
        self.protocol.leaders_per_round = random.u16(1..=3);
        self.protocol.gc_depth_rounds = [10, 12, 20, 40][random.usize(0..4)];
        self.protocol.schedule_commits = [1, 3, 10, 30][random.usize(0..4)];
        self.delay_ms_max = [2, 10, 10, 30, 100][random.usize(0..5)];
        self.parameters.round_interval_ms_min = [20, 40, 40, 100][random.usize(0..4)];
        self.parameters.pending_blocks_per_author_max = [16, 64, 256][random.usize(0..3)];
        self.parameters.fetch_blocks_max = [2, 8, 64][random.usize(0..3)];
        if random.u32(0..1000) < STRETCHED_PERMILLE {
            self.stretch = STRETCH;
            self.parameters.status_interval_ms = 30_000;
        }
    }

    /// Plans transfers of eight clients, each at a validator that is not Byzantine. Every tenth is
    /// handed to a second one too.
    pub fn submit(&mut self, random: &mut fastrand::Rng, count: u64) {
        let byzantine = self.byzantine();
        let honest: Vec<Node> =
            (0..self.stakes.len()).filter(|node| !byzantine.contains(*node)).collect();
        let mut times: Vec<u64> = (0..count).map(|_| random.u64(0..self.end_ms.max(1))).collect();
        times.sort_unstable();
        let mut sequences = [0; world::CLIENTS];
        for at_ms in times {
            let client = random.usize(0..world::CLIENTS);
            let sequence = sequences[client];
            sequences[client] += 1;
            let node = honest[client % honest.len()];
            let client = client as u64;
            self.submissions.push(Submission { at_ms, node, client, sequence });
            if random.u32(0..10) == 0 {
                let node = honest[random.usize(0..honest.len())];
                self.submissions.push(Submission { at_ms, node, client, sequence });
            }
        }
    }

    /// Leaves out what is not kept.
    pub fn keep(mut self, kept: &Kept) -> Self {
        if let Some(places) = &kept.faults {
            let faults = std::mem::take(&mut self.faults).into_iter().enumerate();
            self.faults = faults
                .filter(|(place, _)| places.contains(place))
                .map(|(_, fault)| fault)
                .collect();
        }
        self.submissions.truncate(kept.submissions.unwrap_or(usize::MAX));
        self.followers = self.followers.min(kept.followers.unwrap_or(usize::MAX));
        let nodes = self.nodes();
        self.faults.retain(|fault| fault.kind.strikes_within(nodes));
        self
    }

    pub fn nodes(&self) -> usize {
        self.stakes.len() + self.followers
    }

    /// Nodes that play a Byzantine strategy at some time.
    pub fn byzantine(&self) -> Nodes {
        let node = |fault: &Fault| match fault.kind {
            FaultKind::Byzantine { node, .. } => Some(node),
            _ => None,
        };
        self.faults.iter().filter_map(node).collect()
    }

    /// Validators that may be faulty beyond a crash: a random set with less than a third of stake.
    pub fn draw_faulty(&self, random: &mut fastrand::Rng) -> Nodes {
        let committee = Committee::new(0, world::members(&self.stakes)).expect("a sound committee");
        let mut left = committee.total_stake() - committee.quorum_stake();
        let mut order: Vec<Node> = (0..self.stakes.len()).collect();
        random.shuffle(&mut order);
        let mut faulty = Nodes::default();
        for node in order {
            if self.stakes[node] <= left {
                left -= self.stakes[node];
                faulty.insert(node);
            }
        }
        faulty
    }
}

impl Kept {
    /// What repeats the run on the command line. Places are those of the seed's own schedule.
    pub fn arguments(&self, seed: u64) -> String {
        let mut line = format!("--seed {seed}");
        if let Some(faults) = &self.faults {
            let places: Vec<String> = faults.iter().map(|place| place.to_string()).collect();
            line.push_str(&format!(" --keep {}", places.join(",")));
        }
        if let Some(submissions) = self.submissions {
            line.push_str(&format!(" --submissions {submissions}"));
        }
        if let Some(followers) = self.followers {
            line.push_str(&format!(" --followers {followers}"));
        }
        line
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stakes, followers, protocol, delay_ms_max, end_ms, .. } = self;
        let submissions = self.submissions.len();
        writeln!(f, "validators with stakes {stakes:?}, {followers} followers, {protocol:?}")?;
        writeln!(f, "{:?}", self.parameters)?;
        writeln!(f, "messages take up to {delay_ms_max} ms; {submissions} submissions")?;
        self.faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))?;
        writeln!(f, "{end_ms:>8} ms  faults stop, and every node is up")
    }
}
