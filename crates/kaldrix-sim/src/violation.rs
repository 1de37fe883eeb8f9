//! A rule that a run broke.

use std::fmt;

/// What must hold, by the name of what breaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Two honest nodes hold different ledger blocks at a height.
    Fork,
    /// An honest node took a block into its DAG that breaks a rule.
    Acceptance,
    /// Two honest nodes order different commits.
    Commits,
    /// An honest validator signed two blocks for a round.
    DoubleSigning,
    /// What an honest validator is said to have signed it did not sign.
    Signature,
    /// An honest validator understates the last round that it signed for.
    OwnRound,
    /// An own block left before it was durable.
    UnsyncedBlock,
    /// A ledger block's parent, height, timestamp or state root does not follow.
    Chain,
    Supply,
    RepeatedExecution,
    /// A certificate names what no quorum of honest and faulty validators voted for.
    Certificate,
    /// An honest validator voted for what it did not execute.
    Vote,
    /// What was durable is gone after a crash that takes nothing durable.
    Durability,
    /// A node whose last-signed-round file withstood all that it must asks for its own round.
    LostRound,
    /// A set that must stay small grew beyond its bound.
    Memory,
    /// A node asks for one tick after the other.
    Busy,
    /// An honest node stopped, though a quorum is honest.
    Halt,
    /// Not everything was final in time once faults had stopped.
    Liveness,
    /// A network with nothing to do went on making rounds.
    Quiet,
    /// A quiet network did not finish a new transaction in time.
    Wake,
    /// The states of two honest nodes differ in the end.
    State,
    /// The code under test, or the simulator, panicked.
    Panic,
    /// What a test demands beyond all this.
    Expectation,
}

/// What broke, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub seed: u64,
    pub time_ms: u64,
    pub rule: Rule,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, time_ms, rule, what } = self;
        write!(f, "seed {seed}, {time_ms} ms: {rule:?}: {what}")
    }
}

/// A broken rule, before the run says when it was.
pub type Broken = (Rule, String);

/// Fails with a rule and what broke it unless the condition holds.
macro_rules! hold {
    ($condition:expr, $rule:ident, $($what:tt)*) => {
        if !$condition {
            return Err((crate::violation::Rule::$rule, format!($($what)*)));
        }
    };
}
pub(crate) use hold;
