//! Tickets: where one stands, and what may become of it.
//!
//! **States.** *New* until somebody takes it up, *open* while somebody works on it, *pending* while
//! it waits for the customer, a vendor or a change, *resolved* when it is solved, *closed* when it
//! is history.
//!
//! | from | to | by |
//! |---|---|---|
//! | new, open, pending | open, pending | agents |
//! | pending | open | the requester, who answers; the service, when what it waited for is there |
//! | new, open, pending | resolved, with a solution | agents; the requester, who needs it no more |
//! | resolved | open | agents; the requester, within the time to reopen |
//! | resolved | closed | agents, the requester, and the service when the time to reopen is over |
//!
//! Nothing leaves *closed*. A reply to a closed ticket, or to a resolved one whose time to reopen
//! is over, makes a new ticket that follows it up ([`Standing::on_reply`]). When that time is over
//! is computed, so that a job that closes tickets late gives nobody longer.
//!
//! [`merge`](merge::merge), [`split`](merge::split) and [`hand over`](handover::hand_over) have
//! rules of their own, stated there.

pub mod handover;
pub mod merge;
#[cfg(test)]
mod tests;

/// How long a resolved ticket can be reopened by its requester, unless it is set: seven days.
pub const REOPEN_MS: i64 = 7 * 24 * 3_600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    New,
    Open,
    Pending(Pending),
    Resolved,
    Closed,
}

/// What a ticket waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pending {
    Customer,
    Vendor,
    Change,
}

impl Pending {
    pub const ALL: [Self; 3] = [Self::Customer, Self::Vendor, Self::Change];
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Open,
        Self::Pending(Pending::Customer),
        Self::Pending(Pending::Vendor),
        Self::Pending(Pending::Change),
        Self::Resolved,
        Self::Closed,
    ];

    /// Solved: clocks have stopped.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }

    pub fn pending(self) -> Option<Pending> {
        match self {
            Self::Pending(pending) => Some(pending),
            _ => None,
        }
    }
}

/// Who moves a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    Requester,
    Agent,
    /// The service itself, by a rule or a job.
    Service,
}

/// What a ticket is moved from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    /// Since when it is resolved, if it is or was when it was closed.
    pub resolved_at_ms: Option<i64>,
    /// How long it can be reopened.
    pub reopen_ms: i64,
}

/// A change of state that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub to: State,
    pub by: Actor,
    /// Whether it says how the ticket was solved.
    pub has_solution: bool,
    pub at_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a ticket that is {from:?} does not become {to:?}")]
    NoWay { from: State, to: State },
    #[error("{by:?} may not make a ticket that is {from:?} {to:?}")]
    NotYours { by: Actor, from: State, to: State },
    #[error("say how it was solved")]
    NoSolution,
    #[error("the time to reopen is over; open a ticket that follows it up")]
    TooLate,
    #[error("it can still be reopened until {until_ms}; only then it closes by itself")]
    TooEarly { until_ms: i64 },
}

/// What a reply of the requester does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnReply {
    /// It is only added.
    Added,
    /// It is added, and the ticket is open again.
    Opens,
    /// It makes a ticket that follows this one up.
    FollowsUp,
}

impl Standing {
    /// Until before when its requester can reopen it, if it is resolved.
    pub fn reopens_until_ms(&self) -> Option<i64> {
        let resolved_ms = self.resolved_at_ms.filter(|_| self.state == State::Resolved)?;
        Some(resolved_ms.saturating_add(self.reopen_ms))
    }

    /// Whether a move is allowed.
    pub fn check(&self, to: Move) -> Result<(), Refusal> {
        let Move { to, by, has_solution, at_ms } = to;
        let from = self.state;
        if !leads(from, to) {
            return Err(Refusal::NoWay { from, to });
        }
        if !may(by, from, to) {
            return Err(Refusal::NotYours { by, from, to });
        }
        let until_ms = self.reopens_until_ms();
        match (from, to, by) {
            (_, State::Resolved, Actor::Agent) if !has_solution => Err(Refusal::NoSolution),
            (State::Resolved, State::Open, Actor::Requester)
                if until_ms.is_none_or(|until_ms| at_ms >= until_ms) =>
            {
                Err(Refusal::TooLate)
            }
            (State::Resolved, State::Closed, Actor::Service) => match until_ms {
                Some(until_ms) if at_ms < until_ms => Err(Refusal::TooEarly { until_ms }),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// What a reply of the requester does.
    pub fn on_reply(&self, at_ms: i64) -> OnReply {
        match self.state {
            State::New | State::Open => OnReply::Added,
            State::Pending(Pending::Customer) => OnReply::Opens,
            // The vendor or the change is still to come.
            State::Pending(_) => OnReply::Added,
            State::Resolved if self.reopens_until_ms().is_some_and(|until| at_ms < until) => {
                OnReply::Opens
            }
            State::Resolved | State::Closed => OnReply::FollowsUp,
        }
    }
}

fn leads(from: State, to: State) -> bool {
    match (from, to) {
        (State::Closed, _) | (_, State::New) => false,
        (State::Resolved, to) => matches!(to, State::Open | State::Closed),
        (_, State::Closed) => false,
        (from, to) => from != to,
    }
}

fn may(by: Actor, from: State, to: State) -> bool {
    match by {
        Actor::Agent => true,
        Actor::Requester => match from {
            State::Pending(Pending::Customer) | State::Resolved => !matches!(to, State::Pending(_)),
            _ => to == State::Resolved,
        },
        Actor::Service => matches!(
            (from, to),
            (State::Pending(_), State::Open) | (State::Resolved, State::Closed)
        ),
    }
}
