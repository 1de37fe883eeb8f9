//! Problems: the cause of incidents, until it is gone.
//!
//! *Open* while the cause is looked for. A *known error* has a root cause and a workaround, and
//! keeps both. *Resolved* when the cause is gone, which says what it was; *closed* when it is
//! history, or was none.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Open,
    KnownError,
    Resolved,
    Closed,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Open, Self::KnownError, Self::Resolved, Self::Closed];
}

/// What is known of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub has_root_cause: bool,
    pub has_workaround: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a problem that is {from:?} does not become {to:?}")]
    NoWay { from: State, to: State },
    #[error("say what its root cause is")]
    NoRootCause,
    #[error("say how to work around it")]
    NoWorkaround,
}

/// Whether a problem may move.
pub fn check(from: State, to: State, known: Known) -> Result<(), Refusal> {
    let leads = match (from, to) {
        (State::Closed, _) => false,
        (State::Resolved, State::KnownError) => false,
        (from, to) => from != to,
    };
    if !leads {
        return Err(Refusal::NoWay { from, to });
    }
    holds(to, known)
}

/// Whether what is known is enough for a state.
pub fn holds(state: State, known: Known) -> Result<(), Refusal> {
    match state {
        State::KnownError | State::Resolved if !known.has_root_cause => Err(Refusal::NoRootCause),
        State::KnownError if !known.has_workaround => Err(Refusal::NoWorkaround),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_error_is_known_and_nothing_leaves_closed() {
        use State::{Closed, KnownError, Open, Resolved};
        let known = |has_root_cause, has_workaround| Known { has_root_cause, has_workaround };
        assert_eq!(check(Open, KnownError, known(true, true)), Ok(()));
        assert_eq!(check(Open, KnownError, known(true, false)), Err(Refusal::NoWorkaround));
        assert_eq!(check(Open, KnownError, known(false, true)), Err(Refusal::NoRootCause));
        assert_eq!(check(KnownError, Resolved, known(true, false)), Ok(()));
        assert_eq!(check(Open, Resolved, known(false, true)), Err(Refusal::NoRootCause));
        assert_eq!(check(Open, Closed, known(false, false)), Ok(()));
        assert_eq!(check(Resolved, Open, known(false, false)), Ok(()));
        let no_way = |from, to| check(from, to, known(true, true)).is_err();
        assert!(no_way(Resolved, KnownError) && no_way(Open, Open));
        assert!(State::ALL.into_iter().all(|to| no_way(Closed, to)));
    }
}
