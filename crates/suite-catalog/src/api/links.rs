//! Merging and splitting tickets, and what they have to do with others.

use serde::{Deserialize, Serialize};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use super::problems::ProblemStateBody;
use crate::service::{LinkDetail, Linked};
use crate::store::entities::ticket;

/// What is kept of a link to a problem.
const PROBLEM: &str = "problem";

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MergeRequest {
    /// The ticket that remains. One that was merged itself stands for the one that remained.
    pub into_id: Uuid,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SplitRequest {
    /// The number of the message in the ticket's history: what it was opened with, or a reply.
    #[schema(minimum = 1)]
    pub event: i32,
    /// As the ticket's, unless told otherwise.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
}

/// What a ticket has to do with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TicketLinkKind)]
pub(crate) enum LinkKind {
    Related,
    /// It is about what the other is about.
    DuplicateOf,
    DuplicatedBy,
    Causes,
    CausedBy,
    /// The problem that causes it.
    Problem,
    /// The same, once root cause and workaround are known.
    KnownError,
}

impl LinkKind {
    /// What is kept of it, and whether from the ticket that it is said of. What is said of both
    /// alike is kept from the first.
    pub(crate) const fn kept(self, is_first: bool) -> (&'static str, bool) {
        match self {
            Self::Related => ("related", is_first),
            Self::DuplicateOf => ("duplicate", true),
            Self::DuplicatedBy => ("duplicate", false),
            Self::Causes => ("causes", true),
            Self::CausedBy => ("causes", false),
            Self::Problem | Self::KnownError => (PROBLEM, true),
        }
    }

    /// What is kept, as the ticket has it that it is from, or to.
    pub(crate) fn of(kept: &str, is_from: bool) -> Option<Self> {
        match (kept, is_from) {
            ("related", _) => Some(Self::Related),
            ("duplicate", true) => Some(Self::DuplicateOf),
            ("duplicate", false) => Some(Self::DuplicatedBy),
            ("causes", true) => Some(Self::Causes),
            ("causes", false) => Some(Self::CausedBy),
            (PROBLEM, true) => Some(Self::Problem),
            _ => None,
        }
    }

    /// As the other ticket has it.
    pub(crate) const fn reversed(self) -> Self {
        match self {
            Self::Related => Self::Related,
            Self::DuplicateOf => Self::DuplicatedBy,
            Self::DuplicatedBy => Self::DuplicateOf,
            Self::Causes => Self::CausedBy,
            Self::CausedBy => Self::Causes,
            // A problem is no ticket, and has its tickets as such.
            Self::Problem | Self::KnownError => self,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TicketLinkRequest)]
pub(crate) struct LinkRequest {
    pub kind: LinkKind,
    /// The other ticket.
    #[serde(default)]
    pub ticket_id: Option<Uuid>,
    /// In its place, the problem of the kinds `problem` and `known_error`, which are one.
    #[serde(default)]
    pub problem_id: Option<Uuid>,
}

/// A link, as the ticket has it that was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketLink)]
pub(crate) struct LinkView {
    pub id: Uuid,
    pub kind: LinkKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<LinkedTicket>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<LinkedProblem>,
    #[schema(format = DateTime)]
    pub created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedProblem {
    pub id: Uuid,
    pub number: i64,
    pub title: String,
    #[schema(value_type = ProblemStateBody)]
    pub state: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedTicket {
    pub id: Uuid,
    pub number: i64,
    pub title: String,
    pub state: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketLinks {
    pub items: Vec<LinkView>,
}

impl From<LinkDetail> for LinkView {
    fn from(LinkDetail { id, kind, other, created_at_ms }: LinkDetail) -> Self {
        let (ticket, problem) = match other {
            Linked::Ticket(row) => (Some(LinkedTicket::from(*row)), None),
            Linked::Problem(row) => {
                let (number, title, state) = (row.number, row.title, row.state);
                (None, Some(LinkedProblem { id: row.id, number, title, state }))
            }
        };
        Self { id, kind, ticket, problem, created_at: rfc3339(created_at_ms) }
    }
}

impl From<ticket::Model> for LinkedTicket {
    fn from(row: ticket::Model) -> Self {
        Self { id: row.id, number: row.number, title: row.title, state: row.state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_say_the_same() {
        use LinkKind::{CausedBy, Causes, DuplicateOf, DuplicatedBy, Related};
        for kind in [Related, DuplicateOf, DuplicatedBy, Causes, CausedBy] {
            for is_first in [true, false] {
                let (kept, is_from) = kind.kept(is_first);
                assert_eq!(LinkKind::of(kept, is_from), Some(kind));
                assert_eq!(LinkKind::of(kept, !is_from), Some(kind.reversed()));
            }
        }
        for kind in [LinkKind::Problem, LinkKind::KnownError] {
            assert_eq!(kind.kept(false), (PROBLEM, true));
        }
        assert_eq!(LinkKind::of("odd", true), None);
    }
}
