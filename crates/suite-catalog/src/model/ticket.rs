//! Where a ticket stands.

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
