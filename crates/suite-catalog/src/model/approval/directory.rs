//! Who there is, as far as approvals ask.

use std::collections::{BTreeMap, BTreeSet};

use suite_contracts::{GroupId, UserId};

use super::plan::{Approver, Subject};
use crate::model::calendar::Span;
use crate::model::id::CostCentreId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub is_active: bool,
    pub manager: Option<UserId>,
}

/// One person decides for another, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delegation {
    pub from: UserId,
    pub to: UserId,
    pub period: Span,
}

/// A tenant's people at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    pub people: BTreeMap<UserId, Person>,
    pub groups: BTreeMap<GroupId, BTreeSet<UserId>>,
    pub cost_centre_owners: BTreeMap<CostCentreId, UserId>,
    pub delegations: Vec<Delegation>,
}

impl Directory {
    pub fn is_active(&self, user: UserId) -> bool {
        self.people.get(&user).is_some_and(|person| person.is_active)
    }

    pub fn is_member(&self, group: GroupId, user: UserId) -> bool {
        self.groups.get(&group).is_some_and(|members| members.contains(&user))
    }

    pub(super) fn delegated(&self, from: UserId, to: UserId, now_ms: i64) -> bool {
        self.delegations.iter().any(|delegation| {
            let Span { from_ms, to_ms } = delegation.period;
            delegation.from == from && delegation.to == to && (from_ms..to_ms).contains(&now_ms)
        })
    }

    /// Who decides for somebody now, if they may decide on it themselves.
    pub(super) fn delegates<'a>(
        &'a self,
        from: UserId,
        subject: &'a Subject,
        now_ms: i64,
    ) -> impl Iterator<Item = UserId> + 'a {
        let all = self.delegations.iter().map(|delegation| delegation.to);
        all.filter(move |to| {
            self.delegated(from, *to, now_ms) && self.is_active(*to) && !subject.concerns(*to)
        })
    }

    /// Whom approvers stand for, each with the approvers that do.
    pub(super) fn eligible(
        &self,
        approvers: &[Approver],
        subject: &Subject,
    ) -> BTreeMap<UserId, Vec<usize>> {
        let mut eligible: BTreeMap<UserId, Vec<usize>> = BTreeMap::new();
        for (index, approver) in approvers.iter().enumerate() {
            for user in self.people_of(*approver, subject) {
                if self.is_active(user) && !subject.concerns(user) {
                    eligible.entry(user).or_default().push(index);
                }
            }
        }
        eligible
    }

    fn people_of(&self, approver: Approver, subject: &Subject) -> Vec<UserId> {
        match approver {
            Approver::User(user) => vec![user],
            Approver::Group(group) => {
                self.groups.get(&group).into_iter().flatten().copied().collect()
            }
            Approver::Manager => {
                let person = self.people.get(&subject.requested_for);
                person.and_then(|person| person.manager).into_iter().collect()
            }
            Approver::CostCentreOwner => {
                let owner = |centre| self.cost_centre_owners.get(&centre).copied();
                subject.cost_centre.and_then(owner).into_iter().collect()
            }
        }
    }
}
