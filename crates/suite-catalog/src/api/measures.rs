//! What is measured of tickets and requests, and what it is measured against.

use serde::{Deserialize, Serialize};
use suite_contracts::GroupId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::desk::{PriorityBody, TicketKind};

/// What the sums of tickets are told apart by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TicketsBy {
    Day,
    /// From Monday on.
    Week,
    #[default]
    Month,
    Group,
    Tier,
    Priority,
    Kind,
}

/// Tickets that were opened in a period. Days are those of UTC.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketMeasuresFilter {
    /// The first day, such as `2026-01-01`.
    #[param(format = Date)]
    pub from: String,
    /// The last day, itself included; at most ten years later.
    #[param(format = Date)]
    pub until: String,
    #[param(inline)]
    pub by: Option<TicketsBy>,
    pub group_id: Option<GroupId>,
    #[param(minimum = 1, maximum = 3)]
    pub tier: Option<u8>,
    #[param(inline)]
    pub priority: Option<PriorityBody>,
    #[param(inline)]
    pub kind: Option<TicketKind>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileFormat {
    #[default]
    Csv,
    Xlsx,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FileQuery {
    #[param(inline)]
    pub format: Option<FileFormat>,
}

/// What is measured of the tickets that were opened in a period, as things stand with them now.
/// Shares are of 1. Times are those of the calendar that each ticket is counted by, without pauses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct TicketMeasures {
    pub created: i64,
    /// Those with a first reply, or a solution.
    pub replied: i64,
    /// The mean time until then.
    pub first_response_ms: Option<i64>,
    pub response_kept: i64,
    pub response_breached: i64,
    pub resolved: i64,
    /// The mean time to resolve.
    pub resolution_ms: Option<i64>,
    pub resolution_kept: i64,
    pub resolution_breached: i64,
    /// Of both promises together, as far as they are decided.
    pub sla_compliance: Option<f64>,
    /// Those that came to a higher tier, or onto a ladder.
    pub escalated: i64,
    pub escalation_rate: Option<f64>,
    pub resolution_rate: Option<f64>,
    pub rated: i64,
    /// From 1 to 5.
    pub mean_score: Option<f64>,
    /// The share of scores of 4 and 5.
    pub satisfaction: Option<f64>,
}

/// What the desk is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(crate) struct Targets {
    pub first_response_ms_max: i64,
    /// Of tier 1, and where tiers are mixed.
    pub resolution_ms_max: i64,
    pub resolution_ms_max_tier_2: i64,
    pub satisfaction_min: f64,
    pub escalation_rate_max: f64,
    pub resolution_rate_min: f64,
}

const HOUR_MS: i64 = 3_600_000;

impl Targets {
    pub(crate) const DEFAULT: Self = Self {
        first_response_ms_max: HOUR_MS,
        resolution_ms_max: 24 * HOUR_MS,
        resolution_ms_max_tier_2: 48 * HOUR_MS,
        satisfaction_min: 0.9,
        escalation_rate_max: 0.2,
        resolution_rate_min: 0.95,
    };
}

/// The tickets of a part of the period, or with something in common.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct TicketMeasuresRow {
    /// A day (the first of a week or month), a group's id, a tier, a priority or a kind; empty for
    /// tickets of no group.
    pub key: String,
    pub label: String,
    #[serde(flatten)]
    pub measures: TicketMeasures,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct TicketMeasuresView {
    pub total: TicketMeasures,
    pub targets: Targets,
    pub rows: Vec<TicketMeasuresRow>,
}

/// What the sums of requests are told apart by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequestsBy {
    Day,
    Week,
    #[default]
    Month,
    Item,
    CostCentre,
}

/// Requests that were made in a period. Days are those of UTC.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RequestMeasuresFilter {
    /// The first day, such as `2026-01-01`.
    #[param(format = Date)]
    pub from: String,
    /// The last day, itself included; at most ten years later.
    #[param(format = Date)]
    pub until: String,
    #[param(inline)]
    pub by: Option<RequestsBy>,
    pub item_id: Option<Uuid>,
    pub cost_centre_id: Option<Uuid>,
}

/// What is measured of the requests that were made in a period, as things stand with them now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub(crate) struct RequestMeasures {
    pub created: i64,
    pub fulfilled: i64,
    pub rejected: i64,
    pub failed: i64,
    pub cancelled: i64,
    /// The mean time from a request until it was fulfilled.
    pub fulfilment_ms: Option<i64>,
    /// The prices of what is approved, or was.
    #[schema(example = "1299.50")]
    pub spend: String,
    pub rated: i64,
    pub mean_score: Option<f64>,
    pub satisfaction: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct RequestMeasuresRow {
    /// A day (the first of a week or month), or the id of an item or a cost centre; empty for
    /// requests of no cost centre.
    pub key: String,
    pub label: String,
    #[serde(flatten)]
    pub measures: RequestMeasures,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct RequestMeasuresView {
    pub total: RequestMeasures,
    /// What is spent is in: a code of ISO 4217, if the tenant has set one.
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    pub rows: Vec<RequestMeasuresRow>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BacklogFilter {
    pub group_id: Option<GroupId>,
    #[param(inline)]
    pub priority: Option<PriorityBody>,
}

/// Open tickets of an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BacklogAge {
    /// Whole days since the day of creation, by UTC.
    pub days_min: i64,
    /// None for the oldest.
    pub days_max: Option<i64>,
    pub open: i64,
}

/// What is open now, by its age.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Backlog {
    pub open: i64,
    /// The mean of whole days.
    pub mean_days: Option<f64>,
    pub ages: Vec<BacklogAge>,
}
