//! The ways in which a committee member is faulty.

/// What a Byzantine validator does. Some are those of `iotaledger/starfish`, named in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// Says nothing at all.
    Silence,
    /// Loses half of what it says \[RandomDrop\].
    DroppedMessages,
    /// Signs two blocks for every round and tells each side of the network another one.
    TwinBlocks,
    /// Tells every peer another block of each round.
    ManyBlocks,
    /// Keeps two chains of own blocks, one for each side \[EquivocatingTwoChains\].
    TwinChains,
    /// Keeps a chain of own blocks for every peer \[EquivocatingChains\].
    ManyChains,
    /// Withholds a chain of own blocks and releases it at once \[ChainBomb\].
    ChainBomb,
    /// Does so with another chain for every peer \[EquivocatingChainsBomb\].
    ManyChainsBomb,
    /// References the blocks of its first peer in what it tells that peer alone: to all others it
    /// tells a chain that knows nothing of them.
    TwoFaces,
    /// Sends own blocks after others have timed out \[TimeoutLeader\].
    LateBlocks,
    /// Sends each block to too few validators for a quorum \[LeaderWithholding\].
    FewRecipients,
    /// Sends every second block only to those of one side that ask for it.
    UnsentBlocks,
    /// Sends blocks that break each rule of acceptance.
    InvalidBlocks,
    /// References no more blocks than a quorum, other ones on every chain.
    StingyParents,
    /// Puts transactions of others into own blocks, some executed already, some with a bad witness.
    StolenTransactions,
    /// Votes for blocks that do not exist, for two of one height, and for the far future.
    FalseVotes,
    /// Has a clock that is years off, to and fro.
    FalseTimestamps,
    /// Claims to have more, or less, than it has, and that no commit has what it is asked for.
    FalseStatus,
    /// Tells those that lost their last signed round a wrong one, and sends no blocks at times.
    FalseOwnRounds,
    /// Answers those that catch up with ranges that are cut, shuffled, forged or not certified.
    FalseRanges,
    /// Repeats old messages, and own blocks under the signs of other epochs and chains.
    Replays,
    /// Asks for much, again and again.
    Floods,
}

impl Strategy {
    pub const ALL: &[Self] = &[
        Self::Silence,
        Self::DroppedMessages,
        Self::TwinBlocks,
        Self::ManyBlocks,
        Self::TwinChains,
        Self::ManyChains,
        Self::ChainBomb,
        Self::ManyChainsBomb,
        Self::TwoFaces,
        Self::LateBlocks,
        Self::FewRecipients,
        Self::UnsentBlocks,
        Self::InvalidBlocks,
        Self::StingyParents,
        Self::StolenTransactions,
        Self::FalseVotes,
        Self::FalseTimestamps,
        Self::FalseStatus,
        Self::FalseOwnRounds,
        Self::FalseRanges,
        Self::Replays,
        Self::Floods,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::DroppedMessages => "dropped messages",
            Self::TwinBlocks => "twin blocks",
            Self::ManyBlocks => "many blocks",
            Self::TwinChains => "twin chains",
            Self::ManyChains => "many chains",
            Self::ChainBomb => "chain bomb",
            Self::ManyChainsBomb => "many chains bomb",
            Self::TwoFaces => "two faces",
            Self::LateBlocks => "late blocks",
            Self::FewRecipients => "few recipients",
            Self::UnsentBlocks => "unsent blocks",
            Self::InvalidBlocks => "invalid blocks",
            Self::StingyParents => "stingy parents",
            Self::StolenTransactions => "stolen transactions",
            Self::FalseVotes => "false votes",
            Self::FalseTimestamps => "false timestamps",
            Self::FalseStatus => "false status",
            Self::FalseOwnRounds => "false own rounds",
            Self::FalseRanges => "false ranges",
            Self::Replays => "replays",
            Self::Floods => "floods",
        }
    }
}
