//! The commit rule on drawn DAGs.

use kaldrix_types::AuthorityIndex;

use crate::decision::{Verdict, decide, decide_all};
use crate::notation::{Drawing, author};
use crate::schedule::{Schedule, Slot};

/// Verdicts as text, such as `1.0 commit A1 directly`.
fn verdicts(drawing: &Drawing, leaders: u16, leader: fn(Slot) -> AuthorityIndex) -> Vec<String> {
    let schedule = Schedule::new(drawing.dag.committee(), leaders).fixed(leader);
    let describe = |decision: crate::decision::Decision| {
        let Slot { round, offset } = decision.slot;
        let how = if decision.direct { "directly" } else { "indirectly" };
        match decision.verdict {
            Verdict::Commit(leader) => {
                format!("{round}.{offset} commit {} {how}", drawing.name(&leader))
            }
            Verdict::Skip => format!("{round}.{offset} skip {how}"),
            Verdict::Undecided => format!("{round}.{offset} undecided"),
        }
    };
    decide_all(&drawing.dag, &schedule, Slot::FIRST).into_iter().map(describe).collect()
}

fn first_author(slot: Slot) -> AuthorityIndex {
    AuthorityIndex(slot.offset)
}

/// Appendix A of the Mysticeti paper, with every author a leader of every round. The DAG and the
/// verdicts are those of informalsystems/mysticeti-spec (`mysticeti_paper_test.qnt`), which notes
/// that the paper's text names L4a as the anchor of L1b where its figure has L4b: L4a is skipped.
#[test]
fn the_papers_appendix_a() {
    let drawing = Drawing::parse(
        4,
        "1: A B C D
         2: A(A B C) B(A B D) C(A C D) D(A C D)
         3: A(A B C) B(A B D) D(A B C D)
         4: A(A B D) B(A B D) C(A B D) D(A B D)
         5: A(A C D) B(A B C D) C(A C D) D(A C D)
         6: A(A B C D) B(B C D) C(B C D)",
    );
    // The paper's L<round><rank>: which author leads first in each round.
    fn leader(slot: Slot) -> AuthorityIndex {
        let first = [0, 0, 1, 2, 1, 2, 3];
        AuthorityIndex((first[usize::try_from(slot.round).unwrap()] + slot.offset) % 4)
    }
    let expected = [
        "1.0 commit A1 directly",   // L1a
        "1.1 skip indirectly",      // L1b: no certified link from the anchor L4b
        "1.2 commit C1 indirectly", // L1c
        "1.3 commit D1 indirectly", // L1d
        "2.0 commit B2 directly",   // L2a
        "2.1 undecided",            // L2b: the anchor L5a is undecided
        "2.2 undecided",            // L2c
        "2.3 commit A2 directly",   // L2d
        "3.0 skip directly",        // L3a is missing
        "3.1 commit D3 directly",   // L3b
        "3.2 commit A3 directly",   // L3c
        "3.3 commit B3 directly",   // L3d
        "4.0 skip directly",        // L4a
        "4.1 commit C4 directly",   // L4b
        "4.2 commit D4 directly",   // L4c
        "4.3 commit A4 directly",   // L4d
        "5.0 undecided",
        "5.1 undecided",
        "5.2 undecided",
        "5.3 undecided",
    ];
    assert_eq!(verdicts(&drawing, 4, leader), expected);
    // The commit sequence is L1a, L1c, L1d, L2a.
    let schedule = Schedule::new(drawing.dag.committee(), 4).fixed(leader);
    let committed: Vec<String> = decide(&drawing.dag, &schedule, Slot::FIRST)
        .iter()
        .filter_map(|decision| match decision.verdict {
            Verdict::Commit(leader) => Some(drawing.name(&leader)),
            _ => None,
        })
        .collect();
    assert_eq!(committed, ["A1", "C1", "D1", "B2"]);
}

#[test]
fn a_full_dag_commits_every_leader_directly() {
    let drawing = Drawing::parse(4, "1: A B C D\n2: A B C D\n3: A B C D\n4: A B C D");
    let expected = [
        "1.0 commit A1 directly",
        "1.1 commit B1 directly",
        "2.0 commit A2 directly",
        "2.1 commit B2 directly",
        "3.0 undecided",
        "3.1 undecided",
    ];
    assert_eq!(verdicts(&drawing, 2, first_author), expected);
}

#[test]
fn a_missing_leader_is_skipped_one_round_later() {
    let drawing = Drawing::parse(4, "1: B C D\n2: B C D");
    assert_eq!(verdicts(&drawing, 1, first_author), ["1.0 skip directly"]);
}

#[test]
fn two_supporters_of_four_leave_a_leader_undecided() {
    let drawing = Drawing::parse(4, "1: A B C D\n2: A B C(B C D) D(B C D)\n3: A B C D");
    assert_eq!(verdicts(&drawing, 1, first_author), ["1.0 undecided", "2.0 undecided"]);
}

#[test]
fn an_anchor_skips_what_it_holds_no_certificate_for() {
    let drawing = Drawing::parse(
        4,
        "1: A B C D\n2: A B C(B C D) D(B C D)\n3: A B C D\n4: A B C D\n5: A B C D\n6: A B C D",
    );
    let verdicts = verdicts(&drawing, 1, first_author);
    assert_eq!(verdicts[0], "1.0 skip indirectly");
    assert_eq!(verdicts[3], "4.0 commit A4 directly");
}

/// One certificate in the anchor's history commits, although no quorum of them was ever seen.
#[test]
fn an_anchor_commits_through_one_certificate() {
    let drawing = Drawing::parse(
        4,
        "1: A B C D
         2: A B C D(B C D)
         3: A(A B C) B(B C D) C(B C D) D(B C D)
         4: A B C D
         5: A B C D
         6: A B C D",
    );
    let verdicts = verdicts(&drawing, 1, first_author);
    assert_eq!(verdicts[0], "1.0 commit A1 indirectly");
}

#[test]
fn of_equivocating_leaders_at_most_one_commits() {
    let drawing = Drawing::parse(
        4,
        "1: A A' B C D
         2: A B(A' B C D) C(A' B C D) D(A' B C D)
         3: A B C D",
    );
    assert_eq!(verdicts(&drawing, 1, first_author)[0], "1.0 commit A1' directly");
    let split = Drawing::parse(
        4,
        "1: A A' B C D
         2: A B(A B C D) C(A' B C D) D(A' B C D)
         3: A B C D
         4: A B C D
         5: A B C D
         6: A B C D",
    );
    assert_eq!(verdicts(&split, 1, first_author)[0], "1.0 skip indirectly");
}

/// A voter that equivocates counts for both sides, and still cannot make both a quorum.
#[test]
fn an_equivocating_voter_decides_nothing_by_itself() {
    let drawing = Drawing::parse(
        4,
        "1: A B C D
         2: A B C(B C D) C'(A B C D) D(B C D)
         3: A(A B C' D) B(A B C' D) D(A B C' D)",
    );
    assert_eq!(verdicts(&drawing, 1, first_author)[0], "1.0 commit A1 directly");
    assert_eq!(drawing.dag.slot(2, author('C')).count(), 2);
}
