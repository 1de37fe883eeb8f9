//! Handing a ticket from tier to tier.
//!
//! A ticket goes up one tier at a time, and a P1 at once to where it is solved; it goes back one at
//! a time. Whoever hands over says what was found, and to which group of the tier. The assignee
//! lets go of it, and its state stays: one that waits goes on waiting for what it waits for. What
//! is done is handed to nobody.
//!
//! A ticket that comes to a tier for the fourth time is not handed on as before: somebody who leads
//! has to say whose it is.

use suite_contracts::GroupId;

use super::State;
use crate::model::priority::Priority;
use crate::model::target::Tier;

/// How often a tier gets a ticket without anybody leading who says so.
pub const ARRIVALS_MAX: usize = 3;
/// Characters that what was found has at least.
pub const FINDINGS_CHARS_MIN: usize = 10;

/// A hand-over that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandOver<'a> {
    pub to: Tier,
    pub group: GroupId,
    /// What was found, and what was tried.
    pub findings: &'a str,
    /// By somebody who leads.
    pub is_led: bool,
}

/// The ticket, as far as these rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    pub state: State,
    pub priority: Priority,
    pub tier: Tier,
    /// The tiers that it came to, the present one last.
    pub arrivals: &'a [Tier],
    /// The groups of each tier.
    pub groups: &'a [(Tier, GroupId)],
}

/// What becomes of the ticket; it is nobody's until the group takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandedOver {
    pub state: State,
    pub tier: Tier,
    pub group: GroupId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the ticket is done")]
    Done,
    #[error("the ticket is there already")]
    SameTier,
    #[error("only a P1 passes over a tier, and only upwards")]
    OverTier,
    #[error("the group is none of that tier")]
    OtherGroup,
    #[error("say what was found and tried, in {FINDINGS_CHARS_MIN} characters at least")]
    Findings,
    #[error(
        "it has come to that tier {ARRIVALS_MAX} times; somebody who leads has to hand it over"
    )]
    BackAndForth,
}

pub fn hand_over(standing: Standing<'_>, over: HandOver<'_>) -> Result<HandedOver, Refusal> {
    let HandOver { to, group, findings, is_led } = over;
    let (here, there) = (standing.tier as usize, to as usize);
    if standing.state.is_done() {
        return Err(Refusal::Done);
    }
    if here == there {
        return Err(Refusal::SameTier);
    }
    let is_urgent = standing.priority == Priority::P1 && there > here;
    if here.abs_diff(there) > 1 && !is_urgent {
        return Err(Refusal::OverTier);
    }
    if !standing.groups.contains(&(to, group)) {
        return Err(Refusal::OtherGroup);
    }
    if findings.trim().chars().count() < FINDINGS_CHARS_MIN {
        return Err(Refusal::Findings);
    }
    let arrivals = standing.arrivals.iter().filter(|tier| **tier == to).count();
    if arrivals >= ARRIVALS_MAX && !is_led {
        return Err(Refusal::BackAndForth);
    }
    Ok(HandedOver { state: standing.state, tier: to, group })
}
