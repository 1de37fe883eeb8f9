//! Finding a safe round to sign for after the last-signed-round file was lost.
//!
//! Signing for round `r` takes a quorum of blocks of round `r - 1`. If a quorum of *others* says
//! for which round each last proposed, one of them is an honest author of that quorum, so `r` was
//! at most the highest answer plus one, whoever has seen the block.

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

    /// Notes an answer, and returns the last round that may have been signed once a quorum of
    /// others has answered. Where the others hold no quorum, all of them must answer.
    pub fn answer(
        &mut self,
        dag: &Dag,
        own: AuthorityIndex,
        from: AuthorityIndex,
        proposed: Round,
    ) -> Option<Round> {
        let Self::Asking { answers } = self else { return None };
        if from != own {
            answers.insert(from, proposed);
        }
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
