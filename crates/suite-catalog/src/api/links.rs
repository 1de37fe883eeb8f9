//! Merging and splitting tickets, and what they have to do with others.

use serde::{Deserialize, Serialize};
use suite_kit::clock::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::service::LinkDetail;
use crate::store::entities::ticket;

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
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TicketLinkRequest)]
pub(crate) struct LinkRequest {
    pub kind: LinkKind,
    /// The other ticket.
    pub ticket_id: Uuid,
}

/// A link, as the ticket has it that was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketLink)]
pub(crate) struct LinkView {
    pub id: Uuid,
    pub kind: LinkKind,
    pub ticket: LinkedTicket,
    #[schema(format = DateTime)]
    pub created_at: String,
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
        Self { id, kind, ticket: other.into(), created_at: rfc3339(created_at_ms) }
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
        assert_eq!(LinkKind::of("odd", true), None);
    }
}
