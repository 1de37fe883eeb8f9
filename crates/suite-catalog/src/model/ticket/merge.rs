//! Tickets that are one, and those that are two.
//!
//! **Merging** a ticket into another closes it for good; what is written to it goes to the other.
//! The other takes its people, and the more urgent of both priorities; it keeps its own clocks,
//! which are older or younger as they are. Tickets that are done are not merged, nor is a major
//! incident into anything. Merging into a ticket that was merged itself is merging into the one
//! that remained.
//!
//! **Splitting** makes a ticket of a part of another, of one of its messages. It begins when that
//! message came in, not when it was split off: nobody gains time by splitting. It takes priority,
//! tier and group along, and begins as new. Of a ticket that is done nothing is split off.

use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::{GroupId, UserId};

use super::State;
use crate::model::id::TicketId;
use crate::model::priority::Priority;
use crate::model::target::Tier;

/// How many merges are followed to the ticket that remained.
const MERGES_MAX: usize = 1_000;

/// A ticket, as far as these rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub id: TicketId,
    pub state: State,
    pub is_major: bool,
    pub created_ms: i64,
    pub priority: Priority,
    pub tier: Tier,
    pub group: Option<GroupId>,
    pub requester: UserId,
    /// Who else hears of it.
    pub followers: BTreeSet<UserId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a ticket is not merged into itself")]
    Itself,
    #[error("{0} is done; reopen it first, or link the two")]
    Done(TicketId),
    #[error("{0} is a major incident; merge the other one into it")]
    Major(TicketId),
    #[error("the message is not of the ticket's time")]
    Time,
}

/// What the ticket that remains becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    pub priority: Priority,
    /// With the other's requester.
    pub followers: BTreeSet<UserId>,
}

/// What a ticket that is split off begins as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitOff {
    pub state: State,
    pub created_ms: i64,
    pub priority: Priority,
    pub tier: Tier,
    pub group: Option<GroupId>,
    pub requester: UserId,
}

/// The ticket that remained, of one that may have been merged. `None` where merges lead in a
/// circle, which they never do unless somebody wrote them by hand.
pub fn remaining(ticket: TicketId, merged_into: &BTreeMap<TicketId, TicketId>) -> Option<TicketId> {
    let mut remaining = ticket;
    for _ in 0..MERGES_MAX {
        match merged_into.get(&remaining) {
            Some(next) => remaining = *next,
            None => return Some(remaining),
        }
    }
    None
}

/// Merges a ticket into one that remains.
pub fn merge(from: &Ticket, into: &Ticket) -> Result<Merged, Refusal> {
    if from.id == into.id {
        return Err(Refusal::Itself);
    }
    for ticket in [from, into] {
        if ticket.state.is_done() {
            return Err(Refusal::Done(ticket.id));
        }
    }
    if from.is_major {
        return Err(Refusal::Major(from.id));
    }
    let mut followers = &into.followers | &from.followers;
    followers.insert(from.requester);
    followers.remove(&into.requester);
    // P1 is the least.
    Ok(Merged { priority: into.priority.min(from.priority), followers })
}

/// Splits off a message that came in at an instant.
pub fn split(
    ticket: &Ticket,
    from: UserId,
    message_ms: i64,
    now_ms: i64,
) -> Result<SplitOff, Refusal> {
    if ticket.state.is_done() {
        return Err(Refusal::Done(ticket.id));
    }
    if !(ticket.created_ms..=now_ms).contains(&message_ms) {
        return Err(Refusal::Time);
    }
    Ok(SplitOff {
        state: State::New,
        created_ms: message_ms,
        priority: ticket.priority,
        tier: ticket.tier,
        group: ticket.group,
        requester: from,
    })
}
