//! Changing tickets: what they are about, whose they are, and how they stand.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::Actor;
use suite_kit::auth::{Caller, Denied};
use uuid::Uuid;

use super::working::{Kind, NewEvent, Work};
use super::{DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX, TicketDetail, tags};
use crate::api::desk::{
    ImpactBody, TicketKind, UrgencyBody, Word, priority_number, tier_number, tier_of,
};
use crate::api::tickets::{HandOverRequest, MoveRequest, TicketChange};
use crate::error::{CatalogError, Fault};
use crate::model::clock::Change;
use crate::model::levels::ServiceLevels;
use crate::model::priority::Priority;
use crate::model::target::Tier;
use crate::model::ticket::handover::{self, HandOver, HandedOver};
use crate::model::ticket::{self, Move, Standing, State};
use crate::permissions::{ALL_TICKETS_WRITE, DESK_LEAD, TICKETS_WRITE};
use crate::service::{Catalog, line, text};
use crate::store::entities::ticket::Model;
use crate::store::tickets;

const SOLUTION_CHARS_MAX: usize = 20_000;
const FINDINGS_CHARS_MAX: usize = 20_000;

/// What is to change, checked.
struct Changes {
    title: Option<String>,
    description: Option<String>,
    kind: Option<TicketKind>,
    impact: Option<ImpactBody>,
    urgency: Option<UrgencyBody>,
    tags: Option<String>,
    group: Option<Option<Uuid>>,
    assignee: Option<Option<Uuid>>,
}

impl Catalog {
    /// Changes what a ticket is about, and whose it is.
    pub(crate) async fn change_ticket(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: TicketChange,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let row = tickets::by_id(self.database().read(), caller.tenant(), id).await?;
        let row = row.ok_or(CatalogError::NotFound("ticket"))?;
        let changes = self.checked_change(&row, body).await?;
        let own = (caller.tenant(), id, Some(expected));
        let act = |work: &mut Work| {
            if work.standing()?.state == State::Closed {
                let reason = "the ticket is closed, and changes no more: open one that follows it";
                return Err(CatalogError::conflict("ticket_closed", reason));
            }
            describe(work, &changes);
            prioritise(work, &changes);
            assign(work, &changes)
        };
        let row = self.on_ticket(&Actor::from(caller), own, act).await?;
        self.ticket_detail(caller, row).await
    }

    /// Who a ticket is given to, Hub is asked before its lock is taken. That it then is still the
    /// one that was seen, its version says.
    async fn checked_change(
        &self,
        row: &Model,
        body: TicketChange,
    ) -> Result<Changes, CatalogError> {
        let tenant = TenantId(row.tenant_id);
        let group = body.group_id.map(|group| group.map(|group| group.0));
        if let Some(Some(group)) = body.group_id
            && row.group_id != Some(group.0)
        {
            self.require_desk_group(tenant, group).await?;
            let (_, levels) = self.current_levels(self.database().read(), tenant).await?;
            require_tier(&levels, group, row.tier)?;
        }
        let of_group = group.unwrap_or(row.group_id);
        let assignee = body.assignee_id.map(|user| user.map(|user| user.0));
        if let Some(Some(user)) = body.assignee_id {
            self.require_worker(tenant, user, of_group.map(GroupId)).await?;
        }
        let title = body.title.map(|title| line("title", &title, TITLE_CHARS_MAX));
        let description =
            body.description.map(|body| text("description", &body, DESCRIPTION_CHARS_MAX));
        Ok(Changes {
            title: title.transpose()?,
            description: description.transpose()?,
            kind: body.kind,
            impact: body.impact,
            urgency: body.urgency,
            tags: body.tags.map(|given| tags(&given)).transpose()?,
            group,
            assignee,
        })
    }

    pub(super) async fn require_desk_group(
        &self,
        tenant: TenantId,
        group: GroupId,
    ) -> Result<(), CatalogError> {
        let groups = [("/group_id", BTreeSet::from([group]))];
        self.require_known(tenant, ("", &BTreeSet::new()), &groups).await
    }

    /// Refuses who is not active, or not in the group that has the ticket.
    async fn require_worker(
        &self,
        tenant: TenantId,
        user: UserId,
        group: Option<GroupId>,
    ) -> Result<(), CatalogError> {
        let users = BTreeSet::from([user]);
        let member = self.members(tenant, &users).await?.pop();
        let Some(member) = member.filter(|member| member.is_active) else {
            let reason = format!("{user} is no active member of this tenant");
            return Err(CatalogError::invalid("assignee_id", reason));
        };
        if group.is_some_and(|group| !member.group_ids.contains(&group)) {
            let reason = format!("{} is not in the group that has the ticket", member.name);
            return Err(CatalogError::invalid("assignee_id", reason));
        }
        Ok(())
    }

    /// Moves a ticket to another state: agents as they work, requesters as far as it is theirs.
    pub(crate) async fn move_ticket(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: MoveRequest,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(TICKETS_WRITE)?;
        let row = self.seen_ticket(caller, id).await?;
        let solution = body.solution.as_deref();
        let solution =
            solution.map(|said| text("solution", said, SOLUTION_CHARS_MAX)).transpose()?;
        let solution = solution.filter(|said| !said.is_empty());
        let to = State::from(body.to);
        if solution.is_some() && to != State::Resolved {
            let reason = "only a ticket that becomes resolved has a solution";
            return Err(CatalogError::invalid("solution", reason));
        }
        let is_agent = caller.may(ALL_TICKETS_WRITE);
        let is_own = caller.user().is_some_and(|user| user.0 == row.requester_id);
        if !is_agent && !is_own {
            return Err(Denied(ALL_TICKETS_WRITE).into());
        }
        let act = |work: &mut Work| {
            let standing = work.standing()?;
            let has_solution = solution.is_some();
            let by = mover((is_own, is_agent), standing, to, (has_solution, work.now_ms));
            work.move_to(to, by, solution)
        };
        let own = (caller.tenant(), id, Some(expected));
        let row = self.on_ticket(&Actor::from(caller), own, act).await?;
        self.ticket_detail(caller, row).await
    }

    /// Hands a ticket to another tier.
    pub(crate) async fn hand_over_ticket(
        &self,
        caller: &Caller,
        (id, expected): (Uuid, i64),
        body: HandOverRequest,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let tenant = caller.tenant();
        let to = crate::api::desk::tier("/tier", body.tier)?;
        let findings = text("findings", &body.findings, FINDINGS_CHARS_MAX)?;
        let (_, levels) = self.current_levels(self.database().read(), tenant).await?;
        let (groups, is_led) = (levels.groups_by_tier(), caller.may(DESK_LEAD));
        let act = |work: &mut Work| {
            let over = HandOver { to, group: body.group_id, findings: &findings, is_led };
            hand_over(work, over, &groups)
        };
        let own = (tenant, id, Some(expected));
        let row = self.on_ticket(&Actor::from(caller), own, act).await?;
        self.ticket_detail(caller, row).await
    }
}

/// As whom somebody moves a ticket who may be both: as its requester, where that is allowed.
fn mover(
    (is_own, is_agent): (bool, bool),
    standing: Standing,
    to: State,
    (has_solution, at_ms): (bool, i64),
) -> ticket::Actor {
    let as_requester = Move { to, by: ticket::Actor::Requester, has_solution, at_ms };
    if is_own && (!is_agent || standing.check(as_requester).is_ok()) {
        ticket::Actor::Requester
    } else {
        ticket::Actor::Agent
    }
}

fn require_tier(levels: &ServiceLevels, group: GroupId, tier: i32) -> Result<(), CatalogError> {
    let of_group = levels.groups.get(&group).map(|desk| i32::from(tier_number(desk.tier)));
    match of_group {
        Some(other) if other != tier => {
            let reason = format!(
                "this group is of tier {other}, and the ticket of tier {tier}: hand it over"
            );
            Err(Fault::new("/group_id", reason).into())
        }
        _ => Ok(()),
    }
}

fn describe(work: &mut Work, changes: &Changes) {
    let (mut before, mut after) = (Map::new(), Map::new());
    let mut note = |field: &str, old: Value, new: Value| {
        before.insert(field.to_owned(), old);
        after.insert(field.to_owned(), new);
    };
    let row = &mut work.row;
    if let Some(title) = changes.title.as_ref().filter(|title| **title != row.title) {
        note("title", json!(row.title), json!(title));
        row.title.clone_from(title);
    }
    if let Some(kind) = changes.kind.filter(|kind| kind.as_str() != row.kind) {
        note("kind", json!(row.kind), json!(kind));
        kind.as_str().clone_into(&mut row.kind);
    }
    if let Some(tags) = changes.tags.as_ref().filter(|tags| **tags != row.tags) {
        let read = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
        note("tags", read(&row.tags), read(tags));
        row.tags.clone_from(tags);
    }
    let description = changes.description.as_ref();
    let mut text = None;
    if let Some(description) = description.filter(|new| **new != row.description) {
        note("description", json!("as it was"), json!("as it is here"));
        text = Some(std::mem::replace(&mut row.description, description.clone()));
    }
    if !after.is_empty() {
        let detail = json!({ "before": before, "after": after });
        // What the description was before, so that nothing is lost.
        let event = NewEvent { text, ..NewEvent::new(Kind::Changed, work.now_ms, detail) };
        work.events.push(event.public());
    }
}

fn prioritise(work: &mut Work, changes: &Changes) {
    let row = &mut work.row;
    let told = |row: &Model| {
        json!({
            "impact": row.impact, "urgency": row.urgency, "priority": format!("P{}", row.priority),
        })
    };
    let before = told(row);
    let impact = changes.impact.or(ImpactBody::of(&row.impact)).unwrap_or(ImpactBody::Medium);
    let urgency = changes.urgency.or(UrgencyBody::of(&row.urgency)).unwrap_or(UrgencyBody::Medium);
    if (impact.as_str(), urgency.as_str()) == (row.impact.as_str(), row.urgency.as_str()) {
        return;
    }
    let priority: Priority = work.counting.levels.matrix.priority(impact.into(), urgency.into());
    let is_other = priority_number(priority) != row.priority;
    impact.as_str().clone_into(&mut row.impact);
    urgency.as_str().clone_into(&mut row.urgency);
    row.priority = priority_number(priority);
    let detail = json!({ "before": before, "after": told(row) });
    let mut event = NewEvent::new(Kind::Prioritised, work.now_ms, detail).public();
    if is_other {
        event = event.counting(Change::Priority(priority));
    }
    work.events.push(event);
}

fn assign(work: &mut Work, changes: &Changes) -> Result<(), CatalogError> {
    let old = (work.row.group_id, work.row.assignee_id);
    let group = changes.group.unwrap_or(old.0);
    let is_other_group = group != old.0;
    // Who worked on it for another group lets go of it.
    let kept = old.1.filter(|_| !is_other_group);
    let assignee = changes.assignee.unwrap_or(kept);
    if (group, assignee) == old {
        return Ok(());
    }
    (work.row.group_id, work.row.assignee_id) = (group, assignee);
    let told = |of: (Option<Uuid>, Option<Uuid>)| json!({ "group_id": of.0, "assignee_id": of.1 });
    let detail = json!({ "before": told(old), "after": told((group, assignee)) });
    let mut event = NewEvent::new(Kind::Assigned, work.now_ms, detail);
    if is_other_group {
        event = event.counting(Change::Group(group.map(GroupId)));
    }
    work.events.push(event);
    if assignee.is_some() && work.standing()?.state == State::New {
        work.move_to(State::Open, ticket::Actor::Agent, None)?;
    }
    Ok(())
}

fn hand_over(
    work: &mut Work,
    over: HandOver<'_>,
    groups: &[(Tier, GroupId)],
) -> Result<(), CatalogError> {
    let unknown = || CatalogError::Internal("a ticket's tier or priority is unknown".to_owned());
    let state = work.standing()?.state;
    let priority = crate::api::desk::priority_of(work.row.priority).ok_or_else(unknown)?;
    let tier = tier_of(work.row.tier).ok_or_else(unknown)?;
    let arrivals = work.history.arrivals();
    let standing = handover::Standing { state, priority, tier, arrivals: &arrivals, groups };
    let HandedOver { tier, group, .. } = handover::hand_over(standing, over).map_err(not_over)?;
    let row = &mut work.row;
    let before = json!({
        "tier": row.tier, "group_id": row.group_id, "assignee_id": row.assignee_id,
    });
    (row.tier, row.group_id) = (i32::from(tier_number(tier)), Some(group.0));
    row.assignee_id = None;
    let after = json!({ "tier": row.tier, "group_id": group, "assignee_id": null });
    let detail = json!({ "before": before, "after": after });
    let event = NewEvent::new(Kind::HandedOver, work.now_ms, detail).saying(over.findings);
    work.events.push(event.counting(Change::Tier(tier)).counting(Change::Group(Some(group))));
    Ok(())
}

fn not_over(refusal: handover::Refusal) -> CatalogError {
    use handover::Refusal::{BackAndForth, Done, Findings, OtherGroup, OverTier, SameTier};
    match refusal {
        OtherGroup => CatalogError::invalid("group_id", refusal),
        Findings => CatalogError::invalid("findings", refusal),
        SameTier | OverTier => CatalogError::invalid("tier", refusal),
        Done => CatalogError::conflict("ticket_done", refusal.to_string()),
        BackAndForth => {
            CatalogError::Forbidden { code: "back_and_forth", reason: refusal.to_string() }
        }
    }
}
