use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::{GroupId, UserId};
use uuid::Uuid;

use super::handover::{HandOver, HandedOver, hand_over};
use super::merge::{Ticket, merge, remaining, split};
use super::*;
use crate::model::id::TicketId;
use crate::model::priority::Priority;
use crate::model::target::Tier;

const CUSTOMER: State = State::Pending(Pending::Customer);
const VENDOR: State = State::Pending(Pending::Vendor);

fn standing(state: State) -> Standing {
    Standing { state, resolved_at_ms: Some(1_000), reopen_ms: 100 }
}

fn moves(from: State, to: State, by: Actor, at_ms: i64) -> Result<(), Refusal> {
    standing(from).check(Move { to, by, has_solution: true, at_ms })
}

#[test]
fn agents_go_every_way_there_is() {
    use State::{Closed, New, Open, Resolved};
    let ways = |from| -> Vec<State> {
        let all = State::ALL.into_iter();
        all.filter(|to| moves(from, *to, Actor::Agent, 9_999).is_ok()).collect()
    };
    let change = State::Pending(Pending::Change);
    assert_eq!(ways(New), [Open, CUSTOMER, VENDOR, change, Resolved]);
    assert_eq!(ways(Open), [CUSTOMER, VENDOR, change, Resolved]);
    assert_eq!(ways(CUSTOMER), [Open, VENDOR, change, Resolved]);
    assert_eq!(ways(Resolved), [Open, Closed]);
    assert_eq!(ways(Closed), []);
}

#[test]
fn requesters_and_the_service_go_fewer() {
    use State::{Closed, Open, Resolved};
    let ways = |from, by, at_ms| -> Vec<State> {
        let all = State::ALL.into_iter();
        all.filter(|to| moves(from, *to, by, at_ms).is_ok()).collect()
    };
    assert_eq!(ways(State::New, Actor::Requester, 0), [Resolved]);
    assert_eq!(ways(Open, Actor::Requester, 0), [Resolved]);
    assert_eq!(ways(VENDOR, Actor::Requester, 0), [Resolved]);
    assert_eq!(ways(CUSTOMER, Actor::Requester, 0), [Open, Resolved]);
    assert_eq!(ways(Resolved, Actor::Requester, 1_099), [Open, Closed]);
    assert_eq!(ways(Resolved, Actor::Requester, 1_100), [Closed]);
    assert_eq!(ways(VENDOR, Actor::Service, 0), [Open]);
    assert_eq!(ways(Open, Actor::Service, 0), []);
    assert_eq!(ways(Resolved, Actor::Service, 1_099), []);
    assert_eq!(ways(Resolved, Actor::Service, 1_100), [Closed]);
}

#[test]
fn what_is_refused_says_why() {
    let (from, to) = (State::Closed, State::Open);
    assert_eq!(moves(from, to, Actor::Agent, 0), Err(Refusal::NoWay { from, to }));
    let late = moves(State::Resolved, to, Actor::Requester, 1_100);
    assert_eq!(late, Err(Refusal::TooLate));
    let early = moves(State::Resolved, State::Closed, Actor::Service, 1_099);
    assert_eq!(early, Err(Refusal::TooEarly { until_ms: 1_100 }));
    let by = Actor::Requester;
    let not_yours = Err(Refusal::NotYours { by, from: State::New, to });
    assert_eq!(moves(State::New, to, by, 0), not_yours);
    let unsolved = |by| {
        let to = Move { to: State::Resolved, by, has_solution: false, at_ms: 0 };
        standing(State::Open).check(to)
    };
    assert_eq!(unsolved(Actor::Agent), Err(Refusal::NoSolution));
    assert_eq!(unsolved(Actor::Requester), Ok(()), "who needs it no more has no solution");
}

#[test]
fn a_reply_opens_what_waits_for_it_and_follows_up_what_is_history() {
    let reply = |state, at_ms| standing(state).on_reply(at_ms);
    assert_eq!(reply(State::New, 0), OnReply::Added);
    assert_eq!(reply(State::Open, 0), OnReply::Added);
    assert_eq!(reply(CUSTOMER, 0), OnReply::Opens);
    assert_eq!(reply(VENDOR, 0), OnReply::Added);
    assert_eq!(reply(State::Resolved, 1_099), OnReply::Opens);
    assert_eq!(reply(State::Resolved, 1_100), OnReply::FollowsUp);
    assert_eq!(reply(State::Closed, 1_001), OnReply::FollowsUp);
}

const fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn ticket(number: u128, priority: Priority) -> Ticket {
    Ticket {
        id: TicketId(Uuid::from_u128(number)),
        state: State::Open,
        is_major: false,
        created_ms: 100,
        priority,
        tier: Tier::Two,
        group: None,
        requester: user(number),
        followers: BTreeSet::from([user(50), user(2)]),
    }
}

#[test]
fn merging_keeps_the_more_urgent_and_all_the_people() {
    let (from, into) = (ticket(1, Priority::P2), ticket(2, Priority::P3));
    let merged = merge(&from, &into).unwrap();
    assert_eq!(merged.priority, Priority::P2);
    assert_eq!(merged.followers, BTreeSet::from([user(1), user(50)]));
    assert_eq!(merge(&from, &from), Err(merge::Refusal::Itself));
    let done = Ticket { state: State::Resolved, ..from.clone() };
    assert_eq!(merge(&done, &into), Err(merge::Refusal::Done(done.id)));
    assert_eq!(merge(&into, &done), Err(merge::Refusal::Done(done.id)));
    let major = Ticket { is_major: true, ..from };
    assert_eq!(merge(&major, &into), Err(merge::Refusal::Major(major.id)));
    assert!(merge(&into, &major).is_ok());
}

#[test]
fn merges_are_followed_to_what_remained() {
    let id = |number| TicketId(Uuid::from_u128(number));
    let into = BTreeMap::from([(id(1), id(2)), (id(2), id(3)), (id(7), id(8)), (id(8), id(7))]);
    assert_eq!(remaining(id(1), &into), Some(id(3)));
    assert_eq!(remaining(id(4), &into), Some(id(4)));
    assert_eq!(remaining(id(7), &into), None);
}

#[test]
fn splitting_gains_no_time() {
    let whole = ticket(1, Priority::P2);
    let part = split(&whole, user(9), 150, 900).unwrap();
    assert_eq!((part.created_ms, part.state), (150, State::New));
    assert_eq!((part.requester, part.priority, part.tier), (user(9), Priority::P2, Tier::Two));
    for message_ms in [99, 901] {
        assert_eq!(split(&whole, user(9), message_ms, 900), Err(merge::Refusal::Time));
    }
    let done = Ticket { state: State::Closed, ..whole };
    assert_eq!(split(&done, user(9), 150, 900), Err(merge::Refusal::Done(done.id)));
}

#[test]
fn tickets_go_from_tier_to_tier_with_what_was_found() {
    use handover::Refusal;
    let group = |number| GroupId(Uuid::from_u128(number));
    let groups = [(Tier::One, group(1)), (Tier::Two, group(2)), (Tier::Three, group(3))];
    let at = |tier, priority| handover::Standing {
        state: State::Open,
        priority,
        tier,
        arrivals: &[Tier::One, Tier::Two, Tier::One, Tier::Two, Tier::One, Tier::Two],
        groups: &groups,
    };
    let over = |to: Tier| {
        let group = group(to as u128 + 1);
        HandOver { to, group, findings: "the disk is full", is_led: false }
    };
    let p3 = Priority::P3;
    let handed = hand_over(at(Tier::Two, p3), over(Tier::Three));
    let expected = HandedOver { state: State::Open, tier: Tier::Three, group: group(3) };
    assert_eq!(handed, Ok(expected));
    assert_eq!(hand_over(at(Tier::One, p3), over(Tier::Three)), Err(Refusal::OverTier));
    assert!(hand_over(at(Tier::One, Priority::P1), over(Tier::Three)).is_ok());
    let down = hand_over(at(Tier::Three, Priority::P1), over(Tier::One));
    assert_eq!(down, Err(Refusal::OverTier));
    assert_eq!(hand_over(at(Tier::Two, p3), over(Tier::Two)), Err(Refusal::SameTier));
    let wrong = HandOver { group: group(1), ..over(Tier::Three) };
    assert_eq!(hand_over(at(Tier::Two, p3), wrong), Err(Refusal::OtherGroup));
    let silent = HandOver { findings: " help!   ", ..over(Tier::Three) };
    assert_eq!(hand_over(at(Tier::Two, p3), silent), Err(Refusal::Findings));
    assert_eq!(hand_over(at(Tier::Two, p3), over(Tier::One)), Err(Refusal::BackAndForth));
    let led = HandOver { is_led: true, ..over(Tier::One) };
    assert!(hand_over(at(Tier::Two, p3), led).is_ok());
    let done = handover::Standing { state: State::Resolved, ..at(Tier::Two, p3) };
    assert_eq!(hand_over(done, over(Tier::Three)), Err(Refusal::Done));
    let waits = handover::Standing { state: VENDOR, ..at(Tier::Two, p3) };
    assert_eq!(hand_over(waits, over(Tier::Three)).unwrap().state, VENDOR);
}
