//! Major incidents: where one stands, and who leads what.
//!
//! *Declared*, then *investigating* until the cause is *identified*, then *monitoring* whether what
//! was done holds; back and forth between these as the facts come in. *Resolved* says how; one that
//! comes back is investigated again. *Reviewed* is the end, and needs a review that is published.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Declared,
    Investigating,
    Identified,
    Monitoring,
    Resolved,
    Reviewed,
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::Declared,
        Self::Investigating,
        Self::Identified,
        Self::Monitoring,
        Self::Resolved,
        Self::Reviewed,
    ];

    /// Whether it goes on.
    pub fn is_active(self) -> bool {
        !matches!(self, Self::Resolved | Self::Reviewed)
    }
}

/// Where one stands, as everybody reads it: that it was reviewed is no news for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicState {
    Declared,
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}

impl From<State> for PublicState {
    fn from(state: State) -> Self {
        match state {
            State::Declared => Self::Declared,
            State::Investigating => Self::Investigating,
            State::Identified => Self::Identified,
            State::Monitoring => Self::Monitoring,
            State::Resolved | State::Reviewed => Self::Resolved,
        }
    }
}

/// Who leads what. There is always a commander.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Commander,
    Technical,
    Communications,
    Operations,
    Security,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a major incident that is {from:?} does not become {to:?}")]
    NoWay { from: State, to: State },
    #[error("a major incident is reviewed once its review is published")]
    NoReview,
}

/// Whether a major incident may move.
pub fn check(from: State, to: State, has_review: bool) -> Result<(), Refusal> {
    let leads = match (from, to) {
        (_, State::Declared) | (State::Reviewed, _) => false,
        (State::Resolved, to) => matches!(to, State::Investigating | State::Reviewed),
        (_, State::Reviewed) => false,
        (from, to) => from != to,
    };
    match (leads, to) {
        (false, _) => Err(Refusal::NoWay { from, to }),
        (true, State::Reviewed) if !has_review => Err(Refusal::NoReview),
        (true, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_back_and_forth_until_it_is_reviewed() {
        use State::{Declared, Identified, Investigating, Monitoring, Resolved, Reviewed};
        let allowed = |from, to| check(from, to, true).is_ok();
        for from in [Declared, Investigating, Identified, Monitoring] {
            for to in State::ALL {
                let expected = to != from && to != Declared && to != Reviewed;
                assert_eq!(allowed(from, to), expected, "{from:?} {to:?}");
            }
        }
        let after: Vec<State> =
            State::ALL.into_iter().filter(|to| allowed(Resolved, *to)).collect();
        assert_eq!(after, [Investigating, Reviewed]);
        assert!(State::ALL.into_iter().all(|to| !allowed(Reviewed, to)));
        assert_eq!(check(Resolved, Reviewed, false), Err(Refusal::NoReview));
    }
}
