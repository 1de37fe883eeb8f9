//! What acceptance refuses.

use kaldrix_types::{AuthorityIndex, BlockId, BlockRef, Digest, LedgerBlockId, Vote};

use crate::acceptance::{Refusal, check};
use crate::notation::{Drawing, author, block};

fn drawing() -> Drawing {
    Drawing::parse(4, "1: A B C D\n2: A B C D")
}

fn refs(drawing: &Drawing, names: &[&str]) -> Vec<BlockRef> {
    names.iter().map(|name| drawing.reference(name)).collect()
}

fn refusal(round: u64, letter: char, parents: Vec<BlockRef>) -> Option<Refusal> {
    check(&drawing().dag, &block(round, author(letter), parents, 0, Vec::new()), 100).err()
}

#[test]
fn a_block_on_a_quorum_passes() {
    let drawing = drawing();
    assert_eq!(refusal(3, 'A', refs(&drawing, &["A2", "B2", "C2"])), None);
    assert_eq!(refusal(3, 'A', refs(&drawing, &["A1", "B2", "C2", "D2"])), None);
}

#[test]
fn each_fault_has_its_refusal() {
    let drawing = drawing();
    let genesis = |letter| drawing.dag.genesis(author(letter));
    let refuse = |round, names: &[&str]| refusal(round, 'A', refs(&drawing, names)).unwrap();
    assert_eq!(refuse(0, &[]), Refusal::GenesisRound);
    assert_eq!(refuse(3, &[]), Refusal::OwnParent);
    assert_eq!(refuse(3, &["B2", "A2", "C2"]), Refusal::OwnParent);
    assert_eq!(refuse(3, &["A2", "B2", "B1", "C2"]), Refusal::RepeatedParent(author('B')));
    assert_eq!(refuse(2, &["A1", "B2", "C1"]), Refusal::ParentRound(drawing.reference("B2")));
    assert_eq!(refuse(3, &["A2", "B2", "C1"]), Refusal::NoQuorum { stake: 2, quorum: 3 });
    assert_eq!(refuse(3, &["A1", "B1", "C1"]), Refusal::NoQuorum { stake: 0, quorum: 3 });
    let far = Refusal::TooFarAhead { round: 103, highest: 2, rounds_ahead_max: 100 };
    assert_eq!(refuse(103, &["A2", "B2", "C2"]), far);

    let stranger = BlockRef { author: AuthorityIndex(4), ..drawing.reference("B2") };
    let mut parents = refs(&drawing, &["A2", "B2", "C2"]);
    parents.push(stranger);
    assert_eq!(refusal(3, 'A', parents), Some(Refusal::UnknownParentAuthor(stranger)));

    let forged = BlockRef { id: BlockId(Digest([9; 32])), ..genesis('D') };
    let parents = vec![genesis('A'), genesis('B'), genesis('C'), forged];
    assert_eq!(refusal(1, 'A', parents), Some(Refusal::ParentGenesis(forged)));
}

#[test]
fn blocks_at_the_floor_are_stale() {
    let mut drawing = drawing();
    drawing.dag.raise_floor(3);
    let late = block(3, author('A'), refs(&drawing, &["A2", "B2", "C2"]), 0, Vec::new());
    assert_eq!(check(&drawing.dag, &late, 100), Err(Refusal::Stale { round: 3, floor: 3 }));
}

#[test]
fn votes_rise_in_height() {
    let drawing = drawing();
    let vote = |height| Vote { height, block: LedgerBlockId(Digest::ZERO) };
    let parents = refs(&drawing, &["A2", "B2", "C2"]);
    let disordered = block(3, author('A'), parents, 0, vec![vote(2), vote(2)]);
    assert_eq!(check(&drawing.dag, &disordered, 100), Err(Refusal::VoteOrder));
}
