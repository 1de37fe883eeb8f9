//! Finding a safe round to sign for after the last-signed-round file was lost.
//!
//! Signing for round `r` takes a quorum of blocks of round `r - 1`. If a quorum of *others* says
//! for which round each last proposed, one of them is an honest author of that quorum, so `r` was
//! at most the highest answer plus one, whoever has seen the block.
//!
//! An answer counts once the answering author's block of that round is here: else one liar could
//! name a round that the network will not reach for years, and this validator would wait for it.

use std::collections::{BTreeMap, BTreeSet};

use kaldrix_types::{AuthorityIndex, Round};

use crate::dag::Dag;

#[derive(Debug)]
pub enum OwnRound {
    Known,
    Asking { answers: BTreeMap<AuthorityIndex, Round> },
}

impl OwnRound {
    pub fn lost() -> Self {
        Self::Asking { answers: BTreeMap::new() }
    }

    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known)
    }

    /// Notes the round that another validator says it last proposed for.
    pub fn note(&mut self, from: AuthorityIndex, proposed: Round) {
        if let Self::Asking { answers } = self {
            answers.insert(from, proposed);
        }
    }

    /// The last round that may have been signed, once the answers of a quorum of others count.
    /// Where the others hold no quorum, all of them must answer.
    pub fn settle(&mut self, dag: &Dag, own: AuthorityIndex) -> Option<Round> {
        let Self::Asking { answers } = self else { return None };
        let shown = |author: AuthorityIndex| dag.accepted_round(author).max(dag.floor());
        let counting = answers
            .iter()
            .filter(|(author, proposed)| **author != own && **proposed <= shown(**author));
        let answers: BTreeMap<AuthorityIndex, Round> =
            counting.map(|(author, proposed)| (*author, *proposed)).collect();
        let answered: BTreeSet<AuthorityIndex> = answers.keys().copied().collect();
        let committee = dag.committee();
        let others = committee.total_stake().saturating_sub(committee.stake(own));
        if dag.stake_of(&answered) < committee.quorum_stake().min(others) {
            return None;
        }
        let highest = answers.values().copied().max().unwrap_or(0);
        *self = Self::Known;
        Some(highest.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::{Drawing, author};

    /// Someone who asked, and heard these answers.
    fn asked(answers: &[(char, Round)]) -> OwnRound {
        let mut own_round = OwnRound::lost();
        answers.iter().for_each(|(from, round)| own_round.note(author(*from), *round));
        own_round
    }

    #[test]
    fn a_quorum_of_others_must_answer() {
        let drawing = Drawing::parse(4, "1: A B C D\n2: A B C D\n3: A B");
        let own = author('D');
        let answers = [('A', 3), ('B', 3), ('D', 9)];
        assert_eq!(asked(&answers).settle(&drawing.dag, own), None);
        let mut own_round = asked(&[('A', 3), ('B', 3), ('C', 2)]);
        assert_eq!(own_round.settle(&drawing.dag, own), Some(4));
        assert!(own_round.is_known());
        assert_eq!(own_round.settle(&drawing.dag, own), None);
    }

    /// Found: one answer of the highest round there is, and the validator never signed again.
    #[test]
    fn a_round_that_nobody_has_reached_does_not_count() {
        let mut drawing = Drawing::parse(5, "1: A B C D E\n2: A B C D E");
        let own = author('D');
        let mut own_round = asked(&[('A', 2), ('B', 2), ('C', 2), ('E', Round::MAX)]);
        assert_eq!(own_round.settle(&drawing.dag, own), None);
        own_round.note(author('E'), 2);
        assert_eq!(own_round.settle(&drawing.dag, own), Some(3));

        let mut behind = asked(&[('A', 2), ('B', 2), ('C', 2), ('E', 7)]);
        assert_eq!(behind.settle(&drawing.dag, own), None);
        drawing.dag.raise_floor(7);
        assert_eq!(behind.settle(&drawing.dag, own), Some(8));
    }

    #[test]
    fn an_answer_counts_once_its_block_is_here() {
        let before = Drawing::parse(4, "1: A B C D\n2: A B C");
        let after = Drawing::parse(4, "1: A B C D\n2: A B C\n3: A");
        let mut own_round = asked(&[('A', 3), ('B', 2), ('C', 2)]);
        assert_eq!(own_round.settle(&before.dag, author('D')), None);
        assert_eq!(own_round.settle(&after.dag, author('D')), Some(4));
    }
}
