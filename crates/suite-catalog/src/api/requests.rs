//! Requests, and decisions on them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use suite_contracts::{GroupId, UserId};
use suite_kit::clock::rfc3339;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answers::AnswersBody;
use super::approvals::RuleBody;
use super::bundles::RequestBundle;
use super::forms::FormBody;
use super::notes::RatingView;
use super::tasks::TaskView;
use crate::model::approval::{Decision, Seat, SeatState, StageRun, StageState, Verdict};
use crate::model::decimal::Decimal;
use crate::service::{Asked, Detail, Labels, Names};
use crate::store::entities::request;
use crate::store::run;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RequestFilter {
    /// A number, or words of the item's name.
    #[param(max_length = 200)]
    pub text: Option<String>,
    /// Those alone that somebody made, or that are for them.
    pub person_id: Option<UserId>,
    #[param(inline)]
    pub state: Option<RequestState>,
    /// Those alone that are approved, whether or not all is done: what is spent.
    pub is_approved: Option<bool>,
    pub item_id: Option<Uuid>,
    pub cost_centre_id: Option<Uuid>,
    /// Those alone that are charged to no cost centre.
    pub is_uncharged: Option<bool>,
    #[param(format = DateTime)]
    pub created_from: Option<String>,
    /// Not in it any more.
    #[param(format = DateTime)]
    pub created_until: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequestState {
    /// Somebody is asked.
    Approving,
    /// It is approved, and its tasks are being done.
    Fulfilling,
    /// It is approved, and nothing is left to be done.
    Fulfilled,
    Rejected,
    /// There was nobody to ask.
    Failed,
    Cancelled,
}

impl RequestState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Approving => "approving",
            Self::Fulfilling => "fulfilling",
            Self::Fulfilled => "fulfilled",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SubmitRequest {
    pub item_id: Uuid,
    /// The version whose form was answered. The request is refused if it is not the current one.
    pub item_version: i32,
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, super::answers::AnswerBody>)]
    pub answers: AnswersBody,
    /// Another active member whom it is for.
    #[serde(default)]
    pub requested_for_id: Option<UserId>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DecisionRequest {
    /// The stage that was seen, from 0. A decision for another one is refused.
    #[schema(minimum = 0)]
    pub stage: usize,
    pub verdict: VerdictBody,
    /// A rejection has one.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RestartRequest {
    /// Who is there now, or what else has changed.
    #[schema(min_length = 1, max_length = 4000)]
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Verdict)]
pub(crate) enum VerdictBody {
    Approve,
    Reject,
}

/// Somebody, with the name that they have now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NamedPerson)]
pub(crate) struct PersonView {
    pub id: UserId,
    /// Absent for who is not in the tenant any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl PersonView {
    pub(crate) fn of(id: UserId, names: &Names) -> Self {
        Self { id, name: names.get(&id).cloned() }
    }

    pub(crate) fn all(names: &Names) -> Vec<Self> {
        names.keys().map(|id| Self::of(*id, names)).collect()
    }
}

/// A group, with the name that it has now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NamedGroup)]
pub(crate) struct GroupView {
    pub id: GroupId,
    /// Absent for one that there is not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl GroupView {
    pub(crate) fn of(id: GroupId, names: &BTreeMap<GroupId, String>) -> Self {
        Self { id, name: names.get(&id).cloned() }
    }

    pub(crate) fn all(names: &BTreeMap<GroupId, String>) -> Vec<Self> {
        names.keys().map(|id| Self::of(*id, names)).collect()
    }
}

/// A request in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestSummary {
    pub id: Uuid,
    /// As people say it.
    pub number: i64,
    pub item_id: Uuid,
    pub item_name: String,
    pub item_version: i32,
    pub requester: PersonView,
    pub requested_for: PersonView,
    /// The bundle that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_name: Option<String>,
    pub state: String,
    pub price: String,
    /// The stage that is asked now, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<i32>,
    /// By when that stage is to be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
}

/// A request, with all that an approver decides on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Request)]
pub(crate) struct RequestView {
    #[serde(flatten)]
    pub summary: RequestSummary,
    /// Of the item, in the version that was asked for.
    pub description: String,
    /// The form as it was asked.
    pub form: FormBody,
    #[schema(value_type = std::collections::BTreeMap<String, super::answers::AnswerBody>)]
    pub answers: AnswersBody,
    /// What chosen options of queries are called, by `field` or `field.column`, and value.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
    pub labels: Labels,
    /// Whom the answers name.
    pub people: Vec<PersonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<ChargedCostCentre>,
    pub stages: Vec<StageView>,
    /// The stage that the caller may decide on now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_decide_stage: Option<usize>,
    pub may_cancel: bool,
    /// What is to be done once it is approved, in the order of its plan; empty until then.
    pub tasks: Vec<TaskView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingView>,
    /// Whether the caller may say how content they are.
    pub may_rate: bool,
    /// Whether the caller reads and writes internal notes.
    pub reads_internal: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<RequestBundle>,
    /// Whether the caller may have its approval, which failed, started anew.
    pub may_restart: bool,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChargedCostCentre {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub owner: PersonView,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestStage)]
pub(crate) struct StageView {
    pub name: String,
    pub rule: RuleBody,
    pub state: StageStateView,
    pub seats: Vec<SeatView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub asked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub escalated_at: Option<String>,
    pub is_overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StageState)]
pub(crate) enum StageStateView {
    Waiting,
    /// Its condition did not hold.
    Skipped,
    Open,
    Approved,
    Rejected,
    /// The approval ended before it was decided.
    Ended,
}

/// Somebody who is, or was, asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestSeat)]
pub(crate) struct SeatView {
    pub person: PersonView,
    pub state: SeatStateView,
    pub is_escalation: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionView>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SeatState)]
pub(crate) enum SeatStateView {
    Open,
    Decided,
    /// They are not one of the approvers any more.
    Left,
    /// The stage went on without them.
    Lapsed,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub(crate) struct DecisionView {
    /// Themselves, or a delegate.
    pub by: PersonView,
    pub verdict: VerdictBody,
    pub reason: String,
    #[schema(format = DateTime)]
    pub at: String,
}

impl RequestSummary {
    fn of(row: &request::Model, names: &Names) -> Self {
        Self {
            id: row.id,
            number: row.number,
            item_id: row.item_id,
            item_name: row.item_name.clone(),
            item_version: row.item_version,
            requester: PersonView::of(UserId(row.requester_id), names),
            requested_for: PersonView::of(UserId(row.requested_for_id), names),
            bundle_name: row.bundle_name.clone(),
            state: row.state.clone(),
            price: Decimal::from_millionths(row.price_millionths).to_string(),
            stage: row.stage,
            due_at: stage_due_ms(row).map(rfc3339),
            created_at: rfc3339(row.created_at_ms),
            ended_at: row.ended_at_ms.map(rfc3339),
        }
    }
}

/// By when the stage is to be decided that is asked now.
fn stage_due_ms(row: &request::Model) -> Option<i64> {
    row.stage?;
    let approval = run::read(&row.approval).ok()?;
    approval.stages.get(approval.open_stage()?)?.due_at_ms
}

impl From<Asked> for RequestSummary {
    fn from(Asked { row, names }: Asked) -> Self {
        Self::of(&row, &names)
    }
}

impl From<Detail> for RequestView {
    fn from(detail: Detail) -> Self {
        let Detail { row, content, answers, approval, cost_centre, names, .. } = detail;
        let people = detail.answered_with.iter().map(|id| PersonView::of(*id, &names));
        let stages = content.approval.stages.iter().zip(&approval.stages);
        let stages = stages.map(|(plan, run)| StageView::of((&plan.name, plan.rule), run, &names));
        let cost_centre = cost_centre.map(|centre| ChargedCostCentre {
            owner: PersonView::of(UserId(centre.owner_id), &names),
            id: centre.id,
            code: centre.code,
            name: centre.name,
        });
        let tasks = detail.tasks.iter().map(|(task, may_work)| {
            let group = task.group_id.and_then(|id| detail.groups.get(&GroupId(id)));
            TaskView::of(task, &names, group, (*may_work, detail.reads_internal))
        });
        Self {
            summary: RequestSummary::of(&row, &names),
            bundle: RequestBundle::of(&row, detail.siblings),
            may_restart: detail.may_restart,
            stages: stages.collect(),
            tasks: tasks.collect(),
            rating: detail.rating.map(RatingView::from),
            may_rate: detail.may_rate,
            reads_internal: detail.reads_internal,
            description: content.description.clone(),
            form: content.form.clone(),
            answers,
            labels: detail.labels,
            people: people.collect(),
            cost_centre,
            may_decide_stage: detail.may_decide_stage,
            may_cancel: detail.may_cancel,
            version: row.version,
        }
    }
}

impl StageView {
    fn of((name, rule): (&str, RuleBody), run: &StageRun, names: &Names) -> Self {
        Self {
            name: name.to_owned(),
            rule,
            state: run.state.into(),
            seats: run.seats.iter().map(|seat| SeatView::of(seat, names)).collect(),
            asked_at: run.asked_at_ms.map(rfc3339),
            due_at: run.due_at_ms.map(rfc3339),
            escalated_at: run.escalated_at_ms.map(rfc3339),
            is_overdue: run.is_overdue,
            ended_at: run.ended_at_ms.map(rfc3339),
        }
    }
}

impl SeatView {
    fn of(seat: &Seat, names: &Names) -> Self {
        let (state, decision) = match &seat.state {
            SeatState::Open => (SeatStateView::Open, None),
            SeatState::Left => (SeatStateView::Left, None),
            SeatState::Lapsed => (SeatStateView::Lapsed, None),
            SeatState::Decided(Decision { by, verdict, reason, at_ms }) => {
                let decision = DecisionView {
                    by: PersonView::of(*by, names),
                    verdict: (*verdict).into(),
                    reason: reason.clone(),
                    at: rfc3339(*at_ms),
                };
                (SeatStateView::Decided, Some(decision))
            }
        };
        let person = PersonView::of(seat.user, names);
        Self { person, state, is_escalation: seat.is_escalation, decision }
    }
}

impl From<StageState> for StageStateView {
    fn from(state: StageState) -> Self {
        match state {
            StageState::Waiting => Self::Waiting,
            StageState::Skipped => Self::Skipped,
            StageState::Open => Self::Open,
            StageState::Approved => Self::Approved,
            StageState::Rejected => Self::Rejected,
            StageState::Ended => Self::Ended,
        }
    }
}

impl From<Verdict> for VerdictBody {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approve => Self::Approve,
            Verdict::Reject => Self::Reject,
        }
    }
}

impl From<VerdictBody> for Verdict {
    fn from(verdict: VerdictBody) -> Self {
        match verdict {
            VerdictBody::Approve => Self::Approve,
            VerdictBody::Reject => Self::Reject,
        }
    }
}
