//! Whose a task becomes.

use std::collections::BTreeMap;

use suite_contracts::{GroupId, UserId};

/// How one of a group is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignment {
    /// Nobody is: whoever takes it.
    Group,
    /// The next after the last who was, in the order of their ids, and from the first again.
    RoundRobin,
    /// Who has the fewest open tasks; of those, who has been without a new one for longest.
    LeastLoaded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub user: UserId,
    /// Here, and taking tasks.
    pub is_available: bool,
    pub open_tasks: u32,
    pub assigned_at_ms: Option<i64>,
}

/// Those who work on a group's tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Team {
    pub members: Vec<Member>,
    /// Who was chosen last; they may have left since.
    pub last: Option<UserId>,
}

/// The teams that a plan may need.
pub type Teams = BTreeMap<GroupId, Team>;

impl Team {
    /// Whom a task falls to, if anybody.
    pub fn choose(&self, assignment: Assignment) -> Option<UserId> {
        let available = || self.members.iter().filter(|member| member.is_available);
        match assignment {
            Assignment::Group => None,
            Assignment::RoundRobin => {
                let users = || available().map(|member| member.user);
                let next = users().filter(|user| self.last.is_some_and(|last| *user > last)).min();
                next.or_else(|| users().min())
            }
            Assignment::LeastLoaded => available()
                .min_by_key(|member| (member.open_tasks, member.assigned_at_ms, member.user))
                .map(|member| member.user),
        }
    }

    /// Chooses, and remembers it for the next.
    pub(super) fn assign(&mut self, assignment: Assignment, now_ms: i64) -> Option<UserId> {
        let user = self.choose(assignment)?;
        self.last = Some(user);
        for member in self.members.iter_mut().filter(|member| member.user == user) {
            member.open_tasks = member.open_tasks.saturating_add(1);
            member.assigned_at_ms = Some(now_ms);
        }
        Some(user)
    }
}
