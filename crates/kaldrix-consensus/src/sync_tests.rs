//! Which blocks may wait for ancestors, and how these are asked for.

use std::collections::BTreeSet;

use kaldrix_types::{BlockRef, PeerId};

use super::{Asking, Pending};
use crate::notation::Drawing;
use crate::parameters::Parameters;

/// An author may be charged for two blocks.
fn parameters() -> Parameters {
    Parameters { pending_blocks_per_author_max: 2, ..Parameters::default() }
}

fn peer(number: u8) -> PeerId {
    PeerId::from([number; 32])
}

/// Three chains of D, and C's block on top of the third.
fn drawing() -> Drawing {
    Drawing::parse(
        4,
        "1: A B C D D' D''\n2: A B C D(D A B) D'(D' A B) D''(D'' A B)\n\
         3: C(C A B D'')\n4: C(C3 A2 B2)",
    )
}

/// Holds a block for the lack of one parent.
fn hold(pending: &mut Pending, drawing: &Drawing, block: &str, missing: &str) -> bool {
    let missing: BTreeSet<BlockRef> = BTreeSet::from([drawing.reference(missing)]);
    pending.hold(drawing.block(block).clone(), missing, peer(1), 0, &parameters())
}

/// Found: an author filled its share with blocks that were never complete, and a block of it that
/// others had built on found no room, for ever.
#[test]
fn an_ancestor_is_charged_to_who_needs_it() {
    let drawing = drawing();
    let mut pending = Pending::default();
    assert!(hold(&mut pending, &drawing, "D2", "D1"));
    assert!(hold(&mut pending, &drawing, "D2'", "D1'"));
    assert!(hold(&mut pending, &drawing, "C3", "D2''"));
    assert!(hold(&mut pending, &drawing, "D2''", "D1''"), "C needs it, and C has room");
    let released = pending.release(&drawing.reference("D1''"));
    assert_eq!(released, [drawing.block("D2''").clone()]);
    assert_eq!(pending.waiting_count(), 3);
}

/// Found: who woke up with little read blocks from the top down and gave up the two highest for want
/// of room; half a minute went by until a status told of them again.
#[test]
fn who_sent_what_was_given_up_is_named_once_there_is_room() {
    let drawing = drawing();
    let mut pending = Pending::default();
    hold(&mut pending, &drawing, "C4", "C3");
    hold(&mut pending, &drawing, "C3", "C2");
    assert_eq!(pending.take_roomy(&parameters()), BTreeSet::new(), "nothing was given up");
    hold(&mut pending, &drawing, "C2", "C1");
    assert!(!pending.contains(&drawing.reference("C4")));
    assert_eq!(pending.take_roomy(&parameters()), BTreeSet::new(), "there is no room yet");
    pending.release(&drawing.reference("C1"));
    assert_eq!(pending.take_roomy(&parameters()), BTreeSet::from([peer(1)]));
    assert_eq!(pending.take_roomy(&parameters()), BTreeSet::new(), "that was said");
}

#[test]
fn a_full_share_gives_up_its_highest_block_for_a_lower_one() {
    let drawing = drawing();
    let mut pending = Pending::default();
    assert!(hold(&mut pending, &drawing, "C4", "C3"));
    assert!(hold(&mut pending, &drawing, "C2", "C1"));
    assert!(!hold(&mut pending, &drawing, "D2", "D1") || pending.waiting_count() == 3);
    assert!(hold(&mut pending, &drawing, "C1", "B1"));
    assert!(!pending.contains(&drawing.reference("C4")));
    assert!(!hold(&mut pending, &drawing, "C4", "C2"), "nothing higher is left to give up");
    assert_eq!(pending.missing_count(), 2, "C3 is not asked for any more");
}

/// When a block that nobody sends is asked for, as long as it is.
fn asked_at(pending: &mut Pending, asking: Asking<'_>, count: usize) -> Vec<u64> {
    let mut asked = Vec::new();
    while asked.len() < count
        && let Some(at) = pending.wake_at(asking)
    {
        assert_eq!(pending.requests(at, asking, &parameters()).len(), 1);
        asked.push(at);
    }
    asked
}

#[test]
fn what_nobody_sends_is_asked_for_ever_more_rarely() {
    let drawing = drawing();
    let mut pending = Pending::default();
    hold(&mut pending, &drawing, "C3", "D2''");
    let peers = BTreeSet::from([peer(1), peer(2)]);
    let asking = Asking { peers: &peers, is_urgent: true };
    let asked = asked_at(&mut pending, asking, 14);
    let gaps: Vec<u64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let expected =
        [300, 300, 600, 600, 1200, 1200, 2400, 2400, 4800, 4800, 4800, 4800, 4800].to_vec();
    assert_eq!(gaps, expected);
}

/// Found: for a block that a Byzantine author named and never sent, a quiet network asked for ever.
#[test]
fn what_nobody_sends_and_nobody_needs_is_forgotten_until_someone_may_have_it() {
    let drawing = drawing();
    let mut pending = Pending::default();
    hold(&mut pending, &drawing, "C3", "D2''");
    let peers = BTreeSet::from([peer(1), peer(2)]);
    let asking = Asking { peers: &peers, is_urgent: false };
    assert_eq!(asked_at(&mut pending, asking, 100).len(), 8);
    pending.ask_again(50_000);
    assert_eq!(asked_at(&mut pending, asking, 100).len(), 8, "a peer connected");
    let mut left = Pending::default();
    hold(&mut left, &drawing, "C3", "D2''");
    let others = Asking { peers: &BTreeSet::from([peer(2), peer(3)]), is_urgent: false };
    assert_eq!(asked_at(&mut left, others, 100).len(), 8, "who sent the child has left");
    let nobody = Asking { peers: &BTreeSet::new(), is_urgent: true };
    assert_eq!(pending.wake_at(nobody), None);
}

/// Found: a Byzantine author named a block and never sent it, and sent its descendants again and
/// again. It was asked for the block each time, and nobody else was, who had it.
#[test]
fn who_sends_children_and_not_the_block_is_asked_no_more_than_every_other_time() {
    let drawing = drawing();
    let liars = [peer(1), peer(2)];
    let peers: BTreeSet<PeerId> = (1..=4).map(peer).collect();
    let asking = Asking { peers: &peers, is_urgent: true };
    for sends_new_children in [false, true] {
        let mut pending = Pending::default();
        hold(&mut pending, &drawing, "C3", "D2''");
        let mut asked = Vec::new();
        for turn in 0..8 {
            let at = pending.wake_at(asking).unwrap();
            asked.extend(pending.requests(at, asking, &parameters()).into_keys());
            if sends_new_children {
                hold(&mut pending, &drawing, "C3", "D2''");
            }
            let child = drawing.reference("C3");
            pending.offer(&child, liars[turn % 2], &parameters());
        }
        let honest = |number| asked.iter().filter(|asked| **asked == peer(number)).count();
        assert_eq!(asked.len(), 8, "{asked:?}");
        assert!(honest(3) >= 1 && honest(4) >= 1, "{asked:?}");
        let of_liars = asked.iter().filter(|asked| liars.contains(asked)).count();
        assert!(of_liars >= 4, "who has accepted a child likely has the block: {asked:?}");
    }
}

/// Found: a liar sent waiting blocks again and again, for hours, and was asked for each missing
/// ancestor once in a time-out by everybody.
#[test]
fn offers_that_bring_nothing_are_taken_up_ever_more_rarely() {
    let drawing = drawing();
    let mut pending = Pending::default();
    hold(&mut pending, &drawing, "C3", "D2''");
    let peers: BTreeSet<PeerId> = (1..=4).map(peer).collect();
    let asking = Asking { peers: &peers, is_urgent: false };
    let child = drawing.reference("C3");
    let mut asked = Vec::new();
    for at in (0..100_000).step_by(50) {
        pending.offer(&child, peer(1), &parameters());
        asked.extend(pending.requests(at, asking, &parameters()).into_keys());
    }
    let of_liar = asked.iter().filter(|asked| **asked == peer(1)).count();
    assert!((10..=30).contains(&of_liar), "{of_liar}");
    assert!(asked.len() <= 60, "{}", asked.len());
    // Another peer sends the child for the first time, and the liar does so at once after it.
    pending.offer(&child, peer(3), &parameters());
    pending.offer(&child, peer(1), &parameters());
    let next: Vec<PeerId> = (100_000..101_000)
        .step_by(50)
        .flat_map(|at| pending.requests(at, asking, &parameters()).into_keys())
        .collect();
    assert!(next.contains(&peer(3)), "{next:?}");
}

/// Found: every second request for a block of a long chain went to a peer that lacked it and was
/// silent, and a time-out passed for each of its blocks.
#[test]
fn who_has_not_what_it_is_asked_for_says_so_and_the_next_is_asked_at_once() {
    let drawing = drawing();
    let mut pending = Pending::default();
    hold(&mut pending, &drawing, "C3", "D2''");
    let missing = drawing.reference("D2''");
    let peers: BTreeSet<PeerId> = (1..=3).map(peer).collect();
    let asking = Asking { peers: &peers, is_urgent: true };
    let ask = |pending: &mut Pending, at: u64| {
        pending.requests(at, asking, &parameters()).into_keys().next()
    };
    assert_eq!(ask(&mut pending, 50), Some(peer(1)));
    pending.absent(&missing, peer(2), 60, 3);
    assert_eq!(ask(&mut pending, 60), None, "that one was not asked");
    pending.absent(&missing, peer(1), 60, 3);
    assert_eq!(ask(&mut pending, 60), Some(peer(2)));
    pending.absent(&missing, peer(2), 70, 3);
    assert_eq!(ask(&mut pending, 70), Some(peer(3)));
    pending.absent(&missing, peer(3), 80, 3);
    assert_eq!(ask(&mut pending, 80), None, "all were asked");
    assert_eq!(pending.wake_at(asking), Some(370));
}
