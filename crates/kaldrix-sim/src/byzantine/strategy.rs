//! The ways in which a committee member is faulty.

/// What a Byzantine validator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// Says nothing at all.
    Silence,
    /// Signs two blocks for every round and tells each half of the network another one.
    TwinBlocks,
}

impl Strategy {
    pub const ALL: &[Self] = &[Self::Silence, Self::TwinBlocks];

    pub fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::TwinBlocks => "twin blocks",
        }
    }
}
