//! Decisions: one after the other, each for the stage that its maker saw.

use serde_json::json;
use suite_contracts::UserId;
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::clock::rfc3339;
use uuid::Uuid;

use super::requests::Detail;
use super::running::{Step, World, about};
use super::{Catalog, Names, text};
use crate::api::requests::{DecisionRequest, RestartRequest};
use crate::error::CatalogError;
use crate::model::approval::{
    Approval, Cause, Decision, NoRestart, Outcome, REASON_CHARS_MAX, Refusal, SeatState, Verdict,
    Vote,
};
use crate::permissions::{ALL_REQUESTS_WRITE, APPROVALS_WRITE};
use crate::store::entities::request::Model;
use crate::store::requests;

impl Catalog {
    /// Approves or rejects. Of two at once one counts, and the other is told what happened.
    pub(crate) async fn decide(
        &self,
        caller: &Caller,
        id: Uuid,
        body: DecisionRequest,
    ) -> Result<Detail, CatalogError> {
        self.decide_with(caller, id, body, None).await
    }

    /// The same, by a link if there is one.
    pub(super) async fn decide_with(
        &self,
        caller: &Caller,
        id: Uuid,
        body: DecisionRequest,
        link: Option<Uuid>,
    ) -> Result<Detail, CatalogError> {
        caller.require(APPROVALS_WRITE)?;
        self.seen_request(caller, id).await?;
        let by = Self::person(caller)?;
        let DecisionRequest { stage, verdict, reason } = body;
        let verdict = Verdict::from(verdict);
        let reason = reason.trim().to_owned();
        let vote = Vote { stage, by, verdict, reason };
        let decide = |row: &Model, approval: &mut Approval, world: &World| {
            let entry = decided(row, &vote, (world, link));
            Ok(match approval.decide(vote, &world.context()) {
                Ok(notices) => (notices, vec![(Actor::from(caller), entry)], None),
                Err((refusal, notices)) => (notices, Vec::new(), Some((refusal, approval.clone()))),
            })
        };
        let own = (caller.tenant(), id);
        if let Some(refused) = self.step_by(own, (Some(by), link), decide).await? {
            return Err(self.refused(caller, stage, refused).await?);
        }
        let row = requests::by_id(self.database().read(), caller.tenant(), id).await?;
        self.detail(caller, row.ok_or(CatalogError::NotFound("request"))?).await
    }

    /// Asks anew the stage in which an approval failed, now that there are people.
    pub(crate) async fn restart(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: RestartRequest,
    ) -> Result<Detail, CatalogError> {
        caller.require(ALL_REQUESTS_WRITE)?;
        self.seen_request(caller, id).await?;
        let reason = text("reason", &body.reason, REASON_CHARS_MAX)?;
        if reason.is_empty() {
            return Err(CatalogError::invalid("reason", "say why it is started anew"));
        }
        let restart = |row: &Model, approval: &mut Approval, world: &World| {
            if row.version != expected {
                return Err(CatalogError::Stale("request"));
            }
            let notices = approval.restart(&world.context());
            let notices = notices.map_err(|error| not_restarted(row, world, error))?;
            let mut detail = about(row);
            detail["reason"] = json!(reason);
            let entry = Entry::new("service-catalog.approval.restarted", "request", row.id);
            Ok::<Step<()>, CatalogError>((
                notices,
                vec![(Actor::from(caller), entry.with(detail))],
                (),
            ))
        };
        self.step((caller.tenant(), id), None, restart).await?;
        let row = self.seen_request(caller, id).await?;
        self.detail(caller, row).await
    }

    /// Why a decision did not count, in words that say what happened.
    pub(super) async fn refused(
        &self,
        caller: &Caller,
        stage: usize,
        (refusal, approval): (Refusal, Approval),
    ) -> Result<CatalogError, CatalogError> {
        let decision = last_decision(&approval, stage);
        let by = decision.iter().map(|decision| decision.by).collect();
        let names = self.names(caller.tenant(), &by).await?;
        let happened = decision.map(|decision| shown(decision, &names)).unwrap_or_default();
        let conflict = |code, reason: String| CatalogError::conflict(code, reason + &happened);
        Ok(match refusal {
            Refusal::Over(outcome) => {
                let ended = outcome_text(outcome);
                conflict("approval_over", format!("the approval has ended already: {ended}"))
            }
            Refusal::OtherStage { open } => {
                let reason = format!("stage {stage} is not open: stage {open} is");
                conflict("stage_passed", reason)
            }
            Refusal::AlreadyDecided { .. } => {
                let reason = "this has been decided already".to_owned();
                conflict("already_decided", reason)
            }
            Refusal::Reason => CatalogError::invalid("reason", refusal),
            Refusal::OwnRequest => {
                CatalogError::Forbidden { code: "own_request", reason: refusal.to_string() }
            }
            Refusal::NotAsked => {
                CatalogError::Forbidden { code: "not_asked", reason: refusal.to_string() }
            }
        })
    }
}

/// The stage that somebody may decide on now: found out by trying.
pub(super) fn open_to(user: UserId, approval: &Approval, world: &World) -> Option<usize> {
    let stage = approval.open_stage()?;
    let vote = Vote { stage, by: user, verdict: Verdict::Approve, reason: String::new() };
    approval.clone().decide(vote, &world.context()).is_ok().then_some(stage)
}

fn not_restarted(row: &Model, world: &World, error: NoRestart) -> CatalogError {
    match error {
        NoRestart::NotFailed => {
            let reason =
                format!("only what failed is started anew, and the request is {}", row.state);
            CatalogError::conflict("not_failed", reason)
        }
        NoRestart::TooFew { stage } => {
            let name = world.plan.stages().get(stage).map_or("", |stage| stage.name.as_str());
            let reason = format!(
                "there still are too few people to ask in stage {name}: see to it that there are, \
                 then start it anew"
            );
            CatalogError::conflict("still_too_few", reason)
        }
    }
}

fn decided(row: &Model, vote: &Vote, (world, link): (&World, Option<Uuid>)) -> Entry {
    let mut detail = about(row);
    let stage = world.plan.stages().get(vote.stage);
    detail["stage"] = json!(vote.stage);
    detail["stage_name"] = json!(stage.map(|stage| stage.name.as_str()));
    detail["user_id"] = json!(vote.by);
    detail["verdict"] = json!(if vote.verdict == Verdict::Approve { "approve" } else { "reject" });
    detail["reason"] = json!(vote.reason);
    if let Some(link) = link {
        detail["link_id"] = json!(link);
    }
    Entry::new("service-catalog.approval.decided", "request", row.id).with(detail)
}

/// The latest decision of a stage.
fn last_decision(approval: &Approval, stage: usize) -> Option<&Decision> {
    let seats = approval.stages.get(stage)?.seats.iter();
    let decisions = seats.filter_map(|seat| match &seat.state {
        SeatState::Decided(decision) => Some(decision),
        _ => None,
    });
    decisions.max_by_key(|decision| decision.at_ms)
}

fn shown(decision: &Decision, names: &Names) -> String {
    let name = names.get(&decision.by).map_or("somebody", String::as_str);
    let verb = if decision.verdict == Verdict::Approve { "approved" } else { "rejected" };
    format!("; {name} {verb} at {}", rfc3339(decision.at_ms))
}

fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Approved => "approved",
        Outcome::Rejected { cause: Cause::Decided, .. } => "rejected",
        Outcome::Rejected { cause: Cause::TooFewLeft, .. } => "rejected, as too few were left",
        Outcome::Failed { .. } => "failed, as there was nobody to ask",
        Outcome::Withdrawn => "the request was taken back",
    }
}
