//! Genesis: all that a network starts from. Its digest is the chain id.

use std::cmp::Ordering;

use borsh::io::{self, Read};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::address::Address;
use crate::amount::{Amount, SUPPLY};
use crate::committee::{Committee, CommitteeError, Member};
use crate::encoding::{self, Bounded, Canonical};
use crate::id::{ChainId, Digest, Epoch, LedgerBlockId, Round};

/// Accounts that genesis may fund.
pub const GENESIS_ACCOUNTS_MAX: usize = 65_536;

/// Rules that every node of a network must share.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Protocol {
    /// Leader slots of a round.
    pub leaders_per_round: u16,
    /// Blocks this many rounds below a committed leader are left out of its commit.
    pub gc_depth_rounds: Round,
    /// Commits between two recomputations of the leader schedule.
    pub schedule_commits: u64,
    /// Fee of every transaction, in base units.
    pub fee_base: Amount,
    /// Fee of every byte of a transaction's body and witness, in base units.
    pub fee_per_byte: Amount,
    /// A transaction's expiry height lies at most this far above the height it executes at.
    pub expiry_heights_max: u64,
    /// Length of an epoch; 0: the genesis committee serves for ever.
    pub epoch_length_s: u64,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            leaders_per_round: 2,
            gc_depth_rounds: 60,
            schedule_commits: 100,
            fee_base: Amount(1_000),
            fee_per_byte: Amount(10),
            expiry_heights_max: 100_000,
            epoch_length_s: 0,
        }
    }
}

/// What [`Genesis::new`] and decoding give has passed the same checks.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize)]
pub struct Genesis {
    /// A name for people, UTF-8.
    pub name: Bounded<u8, 64>,
    pub timestamp_ms: u64,
    pub protocol: Protocol,
    pub committee: Committee,
    /// In rising order of address; the amounts add up to the supply.
    pub accounts: Bounded<(Address, Amount), GENESIS_ACCOUNTS_MAX>,
}

impl Canonical for Genesis {
    const NAME: &'static str = "genesis";
    const ENCODED_BYTES_MAX: usize = 4 * 1024 * 1024;
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    #[error("{field}: {length} entries exceed the limit of {length_max}")]
    TooMany { field: &'static str, length: usize, length_max: usize },
    #[error("the name is not UTF-8 text")]
    Name,
    #[error("the genesis committee serves epoch 0, this one epoch {0}")]
    Epoch(Epoch),
    #[error("committee: {0}")]
    Committee(#[from] CommitteeError),
    #[error("account {0} is funded twice")]
    DuplicateAccount(Address),
    #[error("account {0} is out of order: accounts rise by address")]
    AccountOrder(Address),
    #[error("the accounts add up to {found} base units, the supply is {SUPPLY}")]
    Supply { found: u128 },
    #[error("protocol.{field} is {found}, must be {expected}")]
    Protocol { field: &'static str, found: u64, expected: &'static str },
}

impl Genesis {
    pub fn new(
        name: &str,
        timestamp_ms: u64,
        protocol: Protocol,
        members: Vec<Member>,
        mut accounts: Vec<(Address, Amount)>,
    ) -> Result<Self, GenesisError> {
        accounts.sort_unstable();
        let bound = |field, error: encoding::TooMany| GenesisError::TooMany {
            field,
            length: error.length,
            length_max: error.length_max,
        };
        let genesis = Self {
            name: Bounded::new(name.as_bytes().to_vec()).map_err(|e| bound("name", e))?,
            timestamp_ms,
            protocol,
            committee: Committee::new(0, members)?,
            accounts: Bounded::new(accounts).map_err(|e| bound("accounts", e))?,
        };
        genesis.check()?;
        Ok(genesis)
    }

    fn check(&self) -> Result<(), GenesisError> {
        check_protocol(&self.protocol)?;
        str::from_utf8(&self.name).map_err(|_| GenesisError::Name)?;
        if self.committee.epoch() != 0 {
            return Err(GenesisError::Epoch(self.committee.epoch()));
        }
        for pair in self.accounts.windows(2) {
            if let [(first, _), (second, _)] = pair {
                match first.cmp(second) {
                    Ordering::Less => {}
                    Ordering::Equal => return Err(GenesisError::DuplicateAccount(*first)),
                    Ordering::Greater => return Err(GenesisError::AccountOrder(*second)),
                }
            }
        }
        let found: u128 = self.accounts.iter().map(|(_, amount)| u128::from(amount.0)).sum();
        if found != u128::from(SUPPLY.0) {
            return Err(GenesisError::Supply { found });
        }
        Ok(())
    }

    pub fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    pub fn chain_id(&self) -> ChainId {
        ChainId(Digest::derive("kaldrix 2026 chain id v1", &[&encoding::to_bytes(self)]))
    }

    /// The parent of the block at height 1, and the first leaf of every history root.
    pub fn ledger_block_id(&self) -> LedgerBlockId {
        let context = "kaldrix 2026 genesis ledger block id v1";
        LedgerBlockId(Digest::derive(context, &[self.chain_id().as_bytes()]))
    }
}

impl BorshDeserialize for Genesis {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let genesis = Self {
            name: Bounded::deserialize_reader(reader)?,
            timestamp_ms: u64::deserialize_reader(reader)?,
            protocol: Protocol::deserialize_reader(reader)?,
            committee: Committee::deserialize_reader(reader)?,
            accounts: Bounded::deserialize_reader(reader)?,
        };
        genesis.check().map_err(encoding::invalid)?;
        Ok(genesis)
    }
}

fn check_protocol(protocol: &Protocol) -> Result<(), GenesisError> {
    let check = |ok: bool, field, found, expected| {
        if ok { Ok(()) } else { Err(GenesisError::Protocol { field, found, expected }) }
    };
    let Protocol { leaders_per_round, gc_depth_rounds, schedule_commits, .. } = *protocol;
    let leaders = u64::from(leaders_per_round);
    check((1..=16).contains(&leaders), "leaders_per_round", leaders, "1 to 16")?;
    let depth = gc_depth_rounds;
    check((10..=1000).contains(&depth), "gc_depth_rounds", depth, "10 to 1000")?;
    let commits = schedule_commits;
    check((1..=100_000).contains(&commits), "schedule_commits", commits, "1 to 100000")
}
