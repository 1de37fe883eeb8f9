//! Tickets, what happened to them, and what their clocks show.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};
use suite_contracts::{GroupId, UserId};
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::desk::{
    ImpactBody, PendingBody, PriorityBody, StateBody, TicketKind, UrgencyBody, tier_number,
};
use super::notes::RatingView;
use super::requests::{GroupView, PersonView};
use crate::model::clock::{ClockState, Interval, Measure, Reading, Why};
use crate::service::{Explained, ListedTicket, Named, TicketDetail, spoken_of};
use crate::store::entities::{ticket, ticket_event};
use crate::store::tickets::NEVER_MS;

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct OpenTicketRequest {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub description: String,
    #[serde(default)]
    pub kind: TicketKind,
    #[serde(default = "medium_impact")]
    pub impact: ImpactBody,
    #[serde(default = "medium_urgency")]
    pub urgency: UrgencyBody,
    /// An active member; the caller, unless told otherwise. For agents.
    #[serde(default)]
    pub requester_id: Option<UserId>,
    /// Who is to work on it. For agents.
    #[serde(default)]
    pub group_id: Option<GroupId>,
    /// For agents.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
    /// Files that the caller has uploaded.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub file_ids: Vec<Uuid>,
}

fn medium_impact() -> ImpactBody {
    ImpactBody::Medium
}

fn medium_urgency() -> UrgencyBody {
    UrgencyBody::Medium
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub(crate) struct TicketChange {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub description: Option<String>,
    #[serde(default)]
    pub kind: Option<TicketKind>,
    #[serde(default)]
    pub impact: Option<ImpactBody>,
    #[serde(default)]
    pub urgency: Option<UrgencyBody>,
    /// Of the ticket's tier: to another tier it is handed over. `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<GroupId>)]
    pub group_id: Option<Option<GroupId>>,
    /// An active member, of the ticket's group if it has one. `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<UserId>)]
    pub assignee_id: Option<Option<UserId>>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Option<Vec<String>>,
}

/// Tells `null` from what is absent.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(crate) struct MoveRequest {
    pub to: StateBody,
    /// How it was solved: whoever resolves a ticket as an agent says so.
    #[serde(default)]
    #[schema(max_length = 20000)]
    pub solution: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct HandOverRequest {
    #[schema(minimum = 1, maximum = 3)]
    pub tier: u8,
    /// Of that tier.
    pub group_id: GroupId,
    /// What was found, and what was tried.
    #[schema(min_length = 10, max_length = 20000)]
    pub findings: String,
}

/// Which tickets, and in which order.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct TicketFilter {
    /// Words of title, tags, description or solution, or a number; three letters and more find words that
    /// begin so, too. Of tickets that have all of them the newest 2,000 are found, by whole words if
    /// there are as many.
    #[param(max_length = 500)]
    pub text: Option<String>,
    #[param(inline)]
    pub state: Option<StateBody>,
    /// Those alone that are neither resolved nor closed, or those that are.
    pub is_open: Option<bool>,
    #[param(inline)]
    pub kind: Option<TicketKind>,
    #[param(inline)]
    pub priority: Option<PriorityBody>,
    #[param(minimum = 1, maximum = 3)]
    pub tier: Option<u8>,
    pub group_id: Option<GroupId>,
    pub assignee_id: Option<UserId>,
    /// Those alone whose assignee is the caller.
    pub is_mine: Option<bool>,
    /// Those alone that nobody has.
    pub is_unassigned: Option<bool>,
    /// Those alone that no group has.
    pub is_ungrouped: Option<bool>,
    /// Those alone that count for a measure.
    #[param(inline)]
    pub measured: Option<MeasuredFilter>,
    pub requester_id: Option<UserId>,
    #[param(inline)]
    pub promise: Option<PromiseFilter>,
    #[param(format = DateTime)]
    pub created_from: Option<String>,
    /// Not in it any more.
    #[param(format = DateTime)]
    pub created_until: Option<String>,
    #[param(inline)]
    pub sort: Option<TicketSort>,
}

/// What a ticket is measured as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MeasuredFilter {
    /// All that measures count: it was not merged into another.
    Created,
    Replied,
    ResponseKept,
    ResponseBreached,
    Resolved,
    ResolutionKept,
    ResolutionBreached,
    Escalated,
    Rated,
    /// Rated with 4 or 5.
    Satisfied,
    /// Rated with 1, 2 or 3.
    Dissatisfied,
}

/// How what was promised stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PromiseFilter {
    Breached,
    /// A clock warns, and none is breached.
    AtRisk,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TicketSort {
    /// The latest first.
    #[default]
    Created,
    /// What is due next first.
    Due,
    /// What was touched last first.
    Updated,
    /// P1 first, and of one priority the oldest.
    Priority,
    /// Those that have the words of the text in their title first, and of them the newest. So it is
    /// sorted where there is a text.
    Relevance,
}

/// A ticket in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketSummary {
    pub id: Uuid,
    /// As people say it.
    pub number: i64,
    pub kind: String,
    pub title: String,
    pub state: String,
    pub requester: PersonView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonView>,
    #[schema(value_type = PriorityBody)]
    pub priority: String,
    pub tier: i32,
    pub tags: Vec<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// When the next promise is due, or was; absent while it waits or when all is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    pub is_breached: bool,
    pub is_at_risk: bool,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketView {
    #[serde(flatten)]
    pub summary: TicketSummary,
    pub description: String,
    pub impact: String,
    pub urgency: String,
    /// How it was solved, while it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solution: Option<String>,
    /// By which it is counted; around the clock if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// Until before when its requester can reopen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub reopens_until: Option<String>,
    /// What its requester thought of how it was solved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingView>,
    /// The ticket that remained, of one that was merged: what is written to this one goes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<TicketRef>,
    /// The major incident that it is, or is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub major_incident_id: Option<Uuid>,
    /// Who sees and hears of it besides its requester: those whose tickets were merged into it. For
    /// who sees everybody's tickets.
    pub followers: Vec<PersonView>,
    /// Whether an escalation of it calls whoever reads this, who does not see everybody's tickets.
    pub is_called: bool,
    /// Of the answer and the solution, as they are now.
    pub clocks: Vec<ClockView>,
}

/// Another ticket, as people say it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct TicketRef {
    pub id: Uuid,
    pub number: i64,
}

/// What a clock shows now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketClock)]
pub(crate) struct ClockView {
    pub measure: MeasureView,
    pub state: ClockStateView,
    pub target_ms: i64,
    pub elapsed_ms: i64,
    /// Negative by as much as it is late.
    pub remaining_ms: i64,
    /// When it first counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub started_at: Option<String>,
    /// When the target is reached if it runs on from now; once breached, when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub warn_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub breached_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub stopped_at: Option<String>,
}

/// What a clock counts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClockMeasure)]
pub(crate) enum MeasureView {
    /// Until the first public reply of an agent.
    Response,
    /// Until the solution.
    Resolution,
    /// While a group has it.
    Group(GroupId),
    /// Until a tier's first reply.
    Tier(u8),
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClockState)]
pub(crate) enum ClockStateView {
    Running,
    Paused,
    Met,
    Breached,
}

/// A clock, and why it shows what it shows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedClock {
    pub clock: ClockView,
    /// From the creation until it stopped, or now, without gaps.
    pub intervals: Vec<IntervalView>,
    /// Whether there are earlier ones, which are left out.
    pub is_cut: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedClocks {
    pub items: Vec<ExplainedClock>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClockInterval)]
pub(crate) struct IntervalView {
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub to: String,
    pub counted_ms: i64,
    pub why: WhyView,
}

/// Why an interval counts, or does not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ClockReason)]
pub(crate) enum WhyView {
    Counts,
    OutsideHours,
    /// With its name.
    Holiday(String),
    /// For what it waits.
    Paused(PendingBody),
    OtherGroup(Option<GroupId>),
    OtherTier(u8),
    /// Resolved, until it was reopened.
    Stopped,
}

/// Something that happened to a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketEvent {
    /// From 1, in the order of recording.
    pub number: i32,
    #[schema(format = DateTime)]
    pub at: String,
    /// `created`, `changed`, `prioritised`, `assigned`, `handed_over`, `state_changed`, `replied`,
    /// `noted`, `attached`, `clock_warned`, `clock_breached`, `escalated`, `rated`, `merged`,
    /// `took_in`, `split_off`, `linked` or `unlinked`.
    pub kind: String,
    /// Whether the requester sees it.
    pub is_public: bool,
    /// Absent where the service did it by itself, or an API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    /// What somebody wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What changed. `files` are those that came with it.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// Whom its detail speaks of.
    pub people: Vec<PersonView>,
    pub groups: Vec<GroupView>,
}

impl TicketSummary {
    fn of(row: &ticket::Model, names: &Named, now_ms: i64) -> Self {
        let person = |id| PersonView::of(UserId(id), &names.people);
        let is_breached = row.breach_at_ms.is_some_and(|at_ms| at_ms < now_ms);
        Self {
            id: row.id,
            number: row.number,
            kind: row.kind.clone(),
            title: row.title.clone(),
            state: row.state.clone(),
            requester: person(row.requester_id),
            group: row.group_id.map(|id| GroupView::of(GroupId(id), &names.groups)),
            assignee: row.assignee_id.map(person),
            priority: format!("P{}", row.priority),
            tier: row.tier,
            tags: serde_json::from_str(&row.tags).unwrap_or_default(),
            created_at: rfc3339(row.created_at_ms),
            updated_at: rfc3339(row.updated_at_ms),
            due_at: (row.due_at_ms < NEVER_MS).then(|| rfc3339(row.due_at_ms)),
            is_breached,
            is_at_risk: !is_breached && row.warn_at_ms.is_some_and(|at_ms| at_ms <= now_ms),
            version: row.version,
        }
    }
}

impl From<ListedTicket> for TicketSummary {
    fn from(ListedTicket { row, names, now_ms }: ListedTicket) -> Self {
        Self::of(&row, &names, now_ms)
    }
}

impl From<TicketDetail> for TicketView {
    fn from(detail: TicketDetail) -> Self {
        let TicketDetail { row, names, rating, readings, reopens_until_ms, now_ms, .. } = detail;
        let people = detail.followers.into_iter();
        let followers = people.map(|user| PersonView::of(user, &names.people)).collect();
        let merged_into = detail.merged_into.map(|(id, number)| TicketRef { id, number });
        let rating = rating.map(|rating| RatingView {
            score: rating.score,
            comment: rating.comment,
            at: rfc3339(rating.rated_at_ms),
        });
        let summary = TicketSummary::of(&row, &names, now_ms);
        Self {
            summary,
            description: row.description,
            impact: row.impact,
            urgency: row.urgency,
            solution: row.solution,
            calendar_id: row.calendar_id,
            resolved_at: row.resolved_at_ms.map(rfc3339),
            closed_at: row.closed_at_ms.map(rfc3339),
            reopens_until: reopens_until_ms.map(rfc3339),
            rating,
            merged_into,
            major_incident_id: detail.major_incident_id,
            followers,
            is_called: detail.is_called,
            clocks: readings.into_iter().map(ClockView::from).collect(),
        }
    }
}

impl From<(Measure, Reading)> for ClockView {
    fn from((measure, reading): (Measure, Reading)) -> Self {
        Self {
            measure: match measure {
                Measure::Response => MeasureView::Response,
                Measure::Resolution => MeasureView::Resolution,
                Measure::Group(group) => MeasureView::Group(group),
                Measure::Tier(tier) => MeasureView::Tier(tier_number(tier)),
            },
            state: match reading.state {
                ClockState::Running => ClockStateView::Running,
                ClockState::Paused => ClockStateView::Paused,
                ClockState::Met => ClockStateView::Met,
                ClockState::Breached => ClockStateView::Breached,
            },
            target_ms: reading.target_ms,
            elapsed_ms: reading.elapsed_ms,
            remaining_ms: reading.remaining_ms,
            started_at: reading.started_at_ms.map(rfc3339),
            due_at: reading.due_at_ms.map(rfc3339),
            warn_at: reading.warn_at_ms.map(rfc3339),
            breached_at: reading.breached_at_ms.map(rfc3339),
            stopped_at: reading.stopped_at_ms.map(rfc3339),
        }
    }
}

impl From<Explained> for ExplainedClock {
    fn from(explained: Explained) -> Self {
        let Explained { measure, reading, intervals, is_cut } = explained;
        let intervals = intervals.into_iter().map(IntervalView::from).collect();
        Self { clock: ClockView::from((measure, reading)), intervals, is_cut }
    }
}

impl From<Interval> for IntervalView {
    fn from(Interval { span, counted_ms, why }: Interval) -> Self {
        let why = match why {
            Why::Counts => WhyView::Counts,
            Why::OutsideHours => WhyView::OutsideHours,
            Why::Holiday(name) => WhyView::Holiday(name),
            Why::Paused(pending) => WhyView::Paused(pending.into()),
            Why::OtherGroup(group) => WhyView::OtherGroup(group),
            Why::OtherTier(tier) => WhyView::OtherTier(tier_number(tier)),
            Why::Stopped => WhyView::Stopped,
        };
        Self { from: rfc3339(span.from_ms), to: rfc3339(span.to_ms), counted_ms, why }
    }
}

impl TicketEvent {
    pub(crate) fn of(row: ticket_event::Model, names: &Named) -> Self {
        let ids: BTreeSet<Uuid> = spoken_of(&row.detail).into_iter().collect();
        let people = ids.iter().map(|id| UserId(*id)).filter(|id| names.people.contains_key(id));
        let groups = ids.iter().map(|id| GroupId(*id)).filter(|id| names.groups.contains_key(id));
        Self {
            people: people.map(|id| PersonView::of(id, &names.people)).collect(),
            groups: groups.map(|id| GroupView::of(id, &names.groups)).collect(),
            number: row.number,
            at: rfc3339(row.at_ms),
            kind: row.kind,
            is_public: row.is_public,
            actor_id: row.actor_id.filter(|_| row.actor_kind == "user"),
            actor_name: row.actor_name,
            text: row.text,
            detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        }
    }
}
