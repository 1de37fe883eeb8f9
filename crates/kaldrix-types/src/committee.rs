//! The validators of an epoch, their stakes and the quorums over them.

#[cfg(test)]
mod tests;

use borsh::io::{self, Read};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::address::Address;
use crate::encoding::{self, Bounded, Canonical};
use crate::id::{AuthorityIndex, CommitteeId, Digest, Epoch, PeerId};
use crate::key::PublicKey;

/// Members of a committee.
pub const COMMITTEE_SIZE_MAX: usize = 128;

/// Voting power.
pub type Stake = u64;
/// The most that a committee's stakes may add up to: sums and thresholds cannot overflow.
pub const TOTAL_STAKE_MAX: Stake = u64::MAX / 4;

#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Member {
    /// A name for people, from the genesis file.
    pub name: Bounded<u8, 64>,
    pub stake: Stake,
    /// Signs DAG blocks.
    pub consensus_key: PublicKey,
    /// Authenticates connections.
    pub network_key: PublicKey,
    /// Receives the fees of transactions that this member's blocks carry.
    pub reward_address: Address,
}

impl Member {
    pub fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    pub fn peer_id(&self) -> PeerId {
        peer_id(&self.network_key)
    }
}

/// A node's name on the network.
pub fn peer_id(network_key: &PublicKey) -> PeerId {
    let parts: [&[u8]; 2] = [&[network_key.scheme().tag()], network_key.bytes()];
    PeerId(Digest::derive("kaldrix 2026 peer id v1", &parts))
}

/// Every value of it, decoded ones too, passed the checks of [`Committee::new`].
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize)]
pub struct Committee {
    epoch: Epoch,
    members: Bounded<Member, COMMITTEE_SIZE_MAX>,
    /// Follows from the members, so it is not encoded.
    #[borsh(skip)]
    total_stake: Stake,
}

impl BorshDeserialize for Committee {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let epoch = Epoch::deserialize_reader(reader)?;
        let members = Bounded::<_, COMMITTEE_SIZE_MAX>::deserialize_reader(reader)?;
        Self::new(epoch, members.into_inner()).map_err(encoding::invalid)
    }
}

impl Canonical for Committee {
    const NAME: &'static str = "committee";
    const ENCODED_BYTES_MAX: usize = 1024 * 1024;
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitteeError {
    #[error("a committee needs at least one member")]
    Empty,
    #[error("{0} members exceed the limit of {COMMITTEE_SIZE_MAX}")]
    TooMany(usize),
    #[error("member {0} has no stake")]
    NoStake(usize),
    #[error("the stakes add up to more than {TOTAL_STAKE_MAX}")]
    TooMuchStake,
    #[error("member {0} signs blocks and authenticates connections with one key")]
    OneKey(usize),
    #[error("members {0} and {1} share a key; every member needs keys of its own")]
    SharedKey(usize, usize),
    #[error("the name of member {0} is not UTF-8 text")]
    Name(usize),
}

impl Committee {
    pub fn new(epoch: Epoch, members: Vec<Member>) -> Result<Self, CommitteeError> {
        if members.is_empty() {
            return Err(CommitteeError::Empty);
        }
        // First of all: what follows takes time that is quadratic in the size.
        let members =
            Bounded::new(members).map_err(|error| CommitteeError::TooMany(error.length))?;
        let mut total_stake: Stake = 0;
        for (index, member) in members.iter().enumerate() {
            if member.stake == 0 {
                return Err(CommitteeError::NoStake(index));
            }
            total_stake = total_stake
                .checked_add(member.stake)
                .filter(|total| *total <= TOTAL_STAKE_MAX)
                .ok_or(CommitteeError::TooMuchStake)?;
            if str::from_utf8(&member.name).is_err() {
                return Err(CommitteeError::Name(index));
            }
            if member.consensus_key == member.network_key {
                return Err(CommitteeError::OneKey(index));
            }
            let shares = |other: &Member| {
                other.consensus_key == member.consensus_key
                    || other.network_key == member.network_key
                    || other.consensus_key == member.network_key
                    || other.network_key == member.consensus_key
            };
            if let Some(other) = members.iter().take(index).position(shares) {
                return Err(CommitteeError::SharedKey(other, index));
            }
        }
        Ok(Self { epoch, members, total_stake })
    }

    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub fn size(&self) -> usize {
        self.members.len()
    }

    pub fn members(&self) -> impl Iterator<Item = (AuthorityIndex, &Member)> {
        (0..).map(AuthorityIndex).zip(self.members.iter())
    }

    pub fn authorities(&self) -> impl Iterator<Item = AuthorityIndex> + use<> {
        let size = u16::try_from(self.members.len()).unwrap_or(u16::MAX);
        (0..size).map(AuthorityIndex)
    }

    pub fn member(&self, authority: AuthorityIndex) -> Option<&Member> {
        self.members.get(usize::from(authority.0))
    }

    /// The stake of a member, and none for who is not one.
    pub fn stake(&self, authority: AuthorityIndex) -> Stake {
        self.member(authority).map_or(0, |member| member.stake)
    }

    pub fn authority_of_peer(&self, peer: &PeerId) -> Option<AuthorityIndex> {
        self.members().find(|(_, member)| member.peer_id() == *peer).map(|(index, _)| index)
    }

    pub fn total_stake(&self) -> Stake {
        self.total_stake
    }

    /// More than two thirds: two quorums share an honest member.
    pub fn quorum_stake(&self) -> Stake {
        // `TOTAL_STAKE_MAX` keeps this from overflowing.
        self.total_stake.saturating_mul(2) / 3 + 1
    }

    /// More than may be faulty while quorums exist: at least one honest member.
    pub fn validity_stake(&self) -> Stake {
        self.total_stake.saturating_sub(self.quorum_stake()).saturating_add(1)
    }

    pub fn is_quorum(&self, stake: Stake) -> bool {
        stake >= self.quorum_stake()
    }

    pub fn id(&self) -> CommitteeId {
        CommitteeId(Digest::derive("kaldrix 2026 committee id v1", &[&encoding::to_bytes(self)]))
    }
}
