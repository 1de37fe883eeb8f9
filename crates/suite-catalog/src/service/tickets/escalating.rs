//! Escalation: a ticket on a ladder, where each level is called that those before left unanswered.
//!
//! Where it stands follows from what happened alone. The job that calls a level in its turn may be
//! late, or come twice: who is called, and as of when, is the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use suite_contracts::{GroupId, TenantId, UserId};
use suite_kit::audit::{Actor, Entry};
use suite_kit::auth::Caller;
use suite_kit::db::Transaction;
use uuid::Uuid;

use super::working::{Kind, NewEvent, Work};
use crate::api::desk::Word;
use crate::api::escalations::{
    ChangeText, EscalateRequest, EventText, LadderBody, LadderView, StepBody, TrackBody,
};
use crate::error::CatalogError;
use crate::model::escalation::{Climb, Event, Ladder, Responder, Status};
use crate::permissions::{
    ALL_TICKETS_READ, ALL_TICKETS_WRITE, LADDERS_READ, LADDERS_WRITE, TICKETS_READ, TICKETS_WRITE,
};
use crate::service::{Catalog, Named, changed, text};
use crate::store::entities::{escalation_ladder, ticket, ticket_climb::Model};
use crate::store::{document, escalations, tickets};

const REASON_CHARS_MAX: usize = 2_000;
/// What may happen to a climb at most.
const EVENTS_MAX: usize = 500;
/// Climbs that are looked at in one go.
const DUE_MAX: u64 = 500;
/// After so long one that could not be looked at is tried again.
const FAILED_LOOK_MS: i64 = 60_000;

/// A ticket on a ladder, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct ClimbDetail {
    pub track: TrackBody,
    pub ladder: LadderBody,
    pub climb: Climb,
}

/// Who is in the groups of a ladder, as Hub said before the ticket was locked.
pub(super) type Members = BTreeMap<GroupId, BTreeSet<UserId>>;

/// What somebody does, and why.
type Step = (ChangeText, Option<String>);

impl Catalog {
    /// The ladders, with the names of whom they name.
    pub(crate) async fn ladders(
        &self,
        caller: &Caller,
    ) -> Result<(Vec<LadderView>, Named), CatalogError> {
        caller.require(LADDERS_READ)?;
        let rows = escalations::ladders(self.database().read(), caller.tenant()).await?;
        let views = rows.into_iter().map(|row| {
            let (track, ladder) = (track_of(&row.track)?, document::read(&row.content)?);
            Ok(LadderView { track, version: row.version, ladder })
        });
        let views = views.collect::<Result<Vec<LadderView>, CatalogError>>()?;
        let ladders = views.iter().map(|view| (view.track, &view.ladder));
        let named = self.named_by(caller.tenant(), ladders, BTreeSet::new()).await?;
        Ok((views, named))
    }

    async fn named_by(
        &self,
        tenant: TenantId,
        ladders: impl Iterator<Item = (TrackBody, &LadderBody)>,
        mut users: BTreeSet<UserId>,
    ) -> Result<Named, CatalogError> {
        let mut groups = BTreeSet::new();
        for (track, body) in ladders {
            let ladder = body.ladder(track);
            let ladder = ladder.map_err(|fault| CatalogError::Internal(fault.reason))?;
            let (people, called) = responders(&ladder);
            users.extend(people);
            groups.extend(called);
        }
        self.called(tenant, &users, &groups).await
    }

    /// Sets a track's ladder. What climbs already goes on as it began.
    pub(crate) async fn set_ladder(
        &self,
        caller: &Caller,
        (track, expected): (&str, i64),
        body: LadderBody,
    ) -> Result<LadderView, CatalogError> {
        caller.require(LADDERS_WRITE)?;
        let track = TrackBody::of(track).ok_or(CatalogError::NotFound("track"))?;
        let (tenant, ladder) = (caller.tenant(), body.ladder(track)?);
        let (users, groups) = responders(&ladder);
        self.require_known(tenant, ("/levels", &users), &[("/levels", groups)]).await?;
        let transaction = self.database().begin().await?;
        let old = escalations::ladder(&*transaction, tenant, track.as_str()).await?;
        let before: Value = match &old {
            Some(row) => json!(document::read::<LadderBody>(&row.content)?),
            None => Value::Null,
        };
        let row = escalation_ladder::Model {
            tenant_id: tenant.0,
            track: track.as_str().to_owned(),
            content: document::write(&body)?,
            version: expected.saturating_add(1),
        };
        let is_same = old.map_or(0, |row| row.version) == expected;
        if !is_same || !escalations::set_ladder(&transaction, row.clone()).await? {
            return Err(CatalogError::Stale("ladder"));
        }
        let action = "service-catalog.escalation-ladder.changed";
        let entry = Entry::new(action, "escalation-ladder", track.as_str());
        let entry = entry.with(changed(&before, &json!(body)));
        self.finish(transaction, caller, entry).await?;
        Ok(LadderView { track, version: row.version, ladder: body })
    }

    pub(crate) async fn escalations(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<(Vec<ClimbDetail>, Named), CatalogError> {
        caller.require(TICKETS_READ)?;
        let row = self.seen_ticket(caller, id).await?;
        if !caller.may(ALL_TICKETS_READ) && !self.is_called(caller, id).await? {
            caller.require(ALL_TICKETS_READ)?;
        }
        self.climb_details(&row).await
    }

    /// Whether the caller is on a ladder that a ticket climbs: they see it, and may answer.
    pub(super) async fn is_called(&self, caller: &Caller, id: Uuid) -> Result<bool, CatalogError> {
        let Some(user) = caller.user().filter(|_| caller.may(TICKETS_READ)) else {
            return Ok(false);
        };
        let tenant = caller.tenant();
        for climb in escalations::climbs(self.database().read(), (tenant, id)).await? {
            if climb.is_active && self.calls(tenant, &climb, user).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn calls(
        &self,
        tenant: TenantId,
        climb: &Model,
        user: UserId,
    ) -> Result<bool, CatalogError> {
        let body: LadderBody = document::read(&climb.ladder)?;
        let ladder = body.ladder(track_of(&climb.track)?)?;
        let members = self.members_of(tenant, &ladder).await?;
        let mut called = ladder.levels().iter().flat_map(|level| &level.responders);
        Ok(called.any(|one| match one {
            Responder::User(one) => *one == user,
            Responder::Group(group) => members.get(group).is_some_and(|all| all.contains(&user)),
        }))
    }

    async fn climb_details(
        &self,
        row: &ticket::Model,
    ) -> Result<(Vec<ClimbDetail>, Named), CatalogError> {
        let connection = self.database().read();
        let own = (TenantId(row.tenant_id), row.id);
        let mut details = Vec::new();
        for climb in escalations::climbs(connection, own).await? {
            let track = track_of(&climb.track)?;
            let ladder: LadderBody = document::read(&climb.ladder)?;
            let times = (TenantId(row.tenant_id), climb.calendar_id);
            let times = self.open_times(connection, times, row.created_at_ms).await?;
            let (steps, events) = standing(track, &ladder, &climb)?;
            let climb = steps.climb(&events, &times, self.now_ms());
            let climb = climb.map_err(|error| CatalogError::Internal(error.to_string()))?;
            details.push(ClimbDetail { track, ladder, climb });
        }
        let answered = details.iter().filter_map(|one| match one.climb.status {
            Status::Answered { by, .. } => Some(by),
            _ => None,
        });
        let ladders = details.iter().map(|one| (one.track, &one.ladder));
        let named = self.named_by(TenantId(row.tenant_id), ladders, answered.collect()).await?;
        Ok((details, named))
    }

    /// Puts a ticket on a track's ladder, or on it again.
    pub(crate) async fn escalate(
        &self,
        caller: &Caller,
        id: Uuid,
        body: EscalateRequest,
    ) -> Result<(Vec<ClimbDetail>, Named), CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let (tenant, track) = (caller.tenant(), body.track);
        let reason = text("reason", &body.reason, REASON_CHARS_MAX)?;
        if reason.is_empty() {
            return Err(CatalogError::invalid("reason", "say why it is escalated"));
        }
        self.seen_ticket(caller, id).await?;
        let Some((ladder, members)) = self.ladder_of(tenant, track).await? else {
            let reason = format!("there is no ladder for the {} track yet", track.as_str());
            return Err(CatalogError::conflict("no_ladder", reason));
        };
        let begin = |work: &Work, old: Option<Model>| begun(work, old, (track, &ladder));
        let what = (ChangeText::Began, Some(reason));
        let actor = Actor::from(caller);
        self.on_climb(&actor, (tenant, id, track), (&members, Some(what)), begin).await?;
        let row = self.seen_ticket(caller, id).await?;
        self.climb_details(&row).await
    }

    /// A track's ladder, if there is one, and who is in its groups.
    pub(super) async fn ladder_of(
        &self,
        tenant: TenantId,
        track: TrackBody,
    ) -> Result<Option<(LadderBody, Members)>, CatalogError> {
        let row = escalations::ladder(self.database().read(), tenant, track.as_str()).await?;
        let Some(row) = row else { return Ok(None) };
        let ladder: LadderBody = document::read(&row.content)?;
        let members = self.members_of(tenant, &ladder.ladder(track)?).await?;
        Ok(Some((ladder, members)))
    }

    /// Puts a ticket that is in one's hands on a ladder, unless it is on it already.
    pub(super) async fn call_ladder(
        &self,
        transaction: &Transaction,
        work: &mut Work,
        track: TrackBody,
        (ladder, members): &(LadderBody, Members),
    ) -> Result<(), CatalogError> {
        let own = (TenantId(work.row.tenant_id), work.row.id);
        let climbs = escalations::climbs(&**transaction, own).await?;
        if climbs.iter().any(|climb| climb.track == track.as_str() && climb.is_active) {
            return Ok(());
        }
        let begin = |work: &Work, old: Option<Model>| begun(work, old, (track, ladder));
        let what = (members, Some((ChangeText::Began, None)));
        self.climb_on(transaction, work, (track, what), begin).await
    }

    /// Answers, or says what becomes of an escalation. Whoever is called may answer.
    pub(crate) async fn step_escalation(
        &self,
        caller: &Caller,
        (id, track): (Uuid, &str),
        step: StepBody,
    ) -> Result<(Vec<ClimbDetail>, Named), CatalogError> {
        caller.require(TICKETS_WRITE)?;
        let (tenant, missing) = (caller.tenant(), || CatalogError::NotFound("escalation"));
        let connection = self.database().read();
        let row = tickets::by_id(connection, tenant, id).await?.ok_or_else(missing)?;
        let track = TrackBody::of(track).ok_or_else(missing)?;
        let climbs = escalations::climbs(connection, (tenant, id)).await?;
        let climb = climbs.into_iter().find(|one| one.track == track.as_str());
        let (climb, user) = (climb.ok_or_else(missing)?, Self::person(caller)?);
        if !caller.may(ALL_TICKETS_WRITE) && !self.calls(tenant, &climb, user).await? {
            return Err(missing());
        }
        let ladder: LadderBody = document::read(&climb.ladder)?;
        let members = self.members_of(tenant, &ladder.ladder(track)?).await?;
        let change = match step {
            StepBody::Answer => ChangeText::Answered(user),
            StepBody::TakeBack => ChangeText::TakenBack,
            StepBody::Pass => ChangeText::Passed,
            StepBody::End => ChangeText::Ended,
        };
        let go_on = |_: &Work, old: Option<Model>| old.ok_or_else(missing);
        let actor = Actor::from(caller);
        let what = (change, None);
        self.on_climb(&actor, (tenant, id, track), (&members, Some(what)), go_on).await?;
        self.climb_details(&row).await
    }

    /// Calls whose turn has come in all tenants. One that cannot be looked at keeps no other from
    /// it.
    pub(crate) async fn look_at_escalations(&self) -> Result<(), CatalogError> {
        let due = escalations::due(self.database().read(), self.now_ms(), DUE_MAX).await?;
        let mut failed = None;
        for climb in due {
            let (tenant, id) = (TenantId(climb.tenant_id), climb.ticket_id);
            if let Err(error) = self.call_next(&climb).await {
                tracing::warn!(%tenant, ticket = %id, %error, "an escalation was not looked at");
                failed = Some(error);
                let later = Some(self.now_ms() + FAILED_LOOK_MS);
                let transaction = self.database().begin().await?;
                escalations::look_at(&transaction, &climb, later).await?;
                transaction.commit_unaudited("only when to look again has changed").await?;
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn call_next(&self, climb: &Model) -> Result<(), CatalogError> {
        let (tenant, track) = (TenantId(climb.tenant_id), track_of(&climb.track)?);
        let ladder: LadderBody = document::read(&climb.ladder)?;
        let members = self.members_of(tenant, &ladder.ladder(track)?).await?;
        let missing = || CatalogError::NotFound("escalation");
        let go_on = |_: &Work, old: Option<Model>| old.ok_or_else(missing);
        let actor = Actor::system(tenant, "escalation");
        self.on_climb(&actor, (tenant, climb.ticket_id, track), (&members, None), go_on).await
    }

    async fn members_of(&self, tenant: TenantId, ladder: &Ladder) -> Result<Members, CatalogError> {
        let (_, groups) = responders(ladder);
        let groups = self.groups(tenant, &groups).await?;
        Ok(groups.into_iter().map(|group| (group.id, group.member_ids)).collect())
    }

    /// Moves a climb on under the ticket's lock: by what somebody does, and by the time that has
    /// passed. Each turn is told of once.
    async fn on_climb(
        &self,
        actor: &Actor,
        (tenant, id, track): (TenantId, Uuid, TrackBody),
        (members, what): (&Members, Option<Step>),
        climb: impl FnOnce(&Work, Option<Model>) -> Result<Model, CatalogError>,
    ) -> Result<(), CatalogError> {
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        self.climb_on(&transaction, &mut work, (track, (members, what)), climb).await?;
        if work.events.is_empty() {
            transaction.commit_unaudited("only when to look again has changed").await?;
            return Ok(());
        }
        self.save(transaction, actor, work, entries).await?;
        Ok(())
    }

    /// The same, of a ticket that is in one's hands.
    async fn climb_on(
        &self,
        transaction: &Transaction,
        work: &mut Work,
        (track, (members, what)): (TrackBody, (&Members, Option<Step>)),
        climb: impl FnOnce(&Work, Option<Model>) -> Result<Model, CatalogError>,
    ) -> Result<(), CatalogError> {
        let tenant = TenantId(work.row.tenant_id);
        let old = escalations::climbs(&**transaction, (tenant, work.row.id)).await?;
        let old = old.into_iter().find(|one| one.track == track.as_str());
        let mut row = climb(work, old)?;
        let body: LadderBody = document::read(&row.ladder)?;
        let (ladder, mut events) = standing(track, &body, &row)?;
        let own = (tenant, row.calendar_id);
        let times = self.open_times(&**transaction, own, work.row.created_at_ms).await?;
        let stands = |events: &[Event]| {
            let climb = ladder.climb(events, &times, work.now_ms);
            climb.map_err(|error| CatalogError::Internal(error.to_string()))
        };
        let before = stands(&events)?;
        let mut after = before.clone();
        let mut told = Vec::new();
        if let Some((change, reason)) = what {
            let mut texts: Vec<EventText> = document::read(&row.events)?;
            if texts.len() >= EVENTS_MAX {
                let reason = format!("an escalation has at most {EVENTS_MAX} steps");
                return Err(CatalogError::conflict("escalation_full", reason));
            }
            texts.push(EventText { at_ms: work.now_ms, change });
            events.push(texts[texts.len() - 1].into());
            after = stands(&events)?;
            if after == before {
                return Err(no_step(change));
            }
            row.events = document::write(&texts)?;
            let detail = json!({ "track": track, "step": change });
            let mut event = NewEvent::new(Kind::Escalated, work.now_ms, detail);
            event.text = reason;
            told.push(event);
            work.row.is_escalated |= matches!(change, ChangeText::Began);
        }
        told.extend(calls(&mut row, &ladder, &after, (track, members)));
        row.is_active = after.status != Status::Idle;
        row.look_at_ms = match after.status {
            Status::Active { due_at_ms, is_exhausted: false, .. } => due_at_ms,
            _ => None,
        };
        escalations::write(transaction, row).await?;
        work.events.extend(told);
        Ok(())
    }

    /// Nobody needs to be called for a ticket that is done.
    pub(super) async fn end_climbs(
        &self,
        transaction: &Transaction,
        row: &ticket::Model,
    ) -> Result<(), CatalogError> {
        let own = (TenantId(row.tenant_id), row.id);
        for mut climb in escalations::climbs(&**transaction, own).await? {
            if !climb.is_active {
                continue;
            }
            let mut texts: Vec<EventText> = document::read(&climb.events)?;
            texts.push(EventText { at_ms: self.now_ms(), change: ChangeText::Ended });
            climb.events = document::write(&texts)?;
            (climb.is_active, climb.look_at_ms) = (false, None);
            escalations::write(transaction, climb).await?;
        }
        Ok(())
    }
}

/// A ticket at the foot of a ladder, or there again.
fn begun(
    work: &Work,
    old: Option<Model>,
    (track, ladder): (TrackBody, &LadderBody),
) -> Result<Model, CatalogError> {
    if work.standing()?.state.is_done() {
        let reason = "the ticket is done, and needs nobody any more: reopen it first";
        return Err(CatalogError::conflict("ticket_done", reason));
    }
    if old.is_some_and(|climb| climb.is_active) {
        return Err(CatalogError::conflict("escalated_already", "it is on this ladder already"));
    }
    Ok(Model {
        ticket_id: work.row.id,
        track: track.as_str().to_owned(),
        tenant_id: work.row.tenant_id,
        ladder: document::write(ladder)?,
        calendar_id: work.row.calendar_id.filter(|_| !ladder.is_around_the_clock),
        events: document::write(&Vec::<EventText>::new())?,
        told: 0,
        exhausted_at: -1,
        is_active: true,
        look_at_ms: None,
    })
}

/// What is to be told of turns that have come, and of the end of all.
fn calls(
    row: &mut Model,
    ladder: &Ladder,
    climb: &Climb,
    (track, members): (TrackBody, &Members),
) -> Vec<NewEvent> {
    let told = usize::try_from(row.told).unwrap_or_default();
    let called = |level: usize| {
        let level = ladder.levels().get(level);
        let responders = level.into_iter().flat_map(|level| &level.responders);
        let users = responders.flat_map(|one| match one {
            Responder::User(user) => vec![*user],
            Responder::Group(group) => members.get(group).into_iter().flatten().copied().collect(),
        });
        users.collect::<BTreeSet<UserId>>()
    };
    let mut events = Vec::new();
    for turn in climb.turns.iter().skip(told) {
        let users = called(turn.level);
        let detail = json!({
            "track": track, "step": "called", "level": turn.level, "user_ids": users,
        });
        let event = NewEvent::new(Kind::Escalated, turn.since_ms, detail);
        events.push(event.telling(users));
    }
    let turns = i32::try_from(climb.turns.len()).unwrap_or(i32::MAX);
    row.told = turns.max(row.told);
    if let Status::Active { turn, due_at_ms: Some(due_ms), is_exhausted: true } = climb.status
        && row.exhausted_at != turns
    {
        row.exhausted_at = turns;
        let detail = json!({ "track": track, "step": "exhausted", "level": turn.level });
        let everybody = (0..ladder.levels().len()).flat_map(called).collect();
        events.push(NewEvent::new(Kind::Escalated, due_ms, detail).telling(everybody));
    }
    events
}

fn standing(
    track: TrackBody,
    body: &LadderBody,
    row: &Model,
) -> Result<(Ladder, Vec<Event>), CatalogError> {
    let ladder = body.ladder(track);
    let ladder = ladder.map_err(|fault| CatalogError::Internal(fault.reason))?;
    let texts: Vec<EventText> = document::read(&row.events)?;
    Ok((ladder, texts.into_iter().map(Event::from).collect()))
}

fn responders(ladder: &Ladder) -> (BTreeSet<UserId>, BTreeSet<GroupId>) {
    let (mut users, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for one in ladder.levels().iter().flat_map(|level| &level.responders) {
        match one {
            Responder::User(user) => users.insert(*user),
            Responder::Group(group) => groups.insert(*group),
        };
    }
    (users, groups)
}

fn track_of(text: &str) -> Result<TrackBody, CatalogError> {
    let unknown = || CatalogError::Internal(format!("a track is {text:?}"));
    TrackBody::of(text).ok_or_else(unknown)
}

fn no_step(change: ChangeText) -> CatalogError {
    let reason = match change {
        ChangeText::Began => "it is on this ladder already",
        ChangeText::Answered(_) => "nobody is being called: it was answered, or it has ended",
        ChangeText::TakenBack => "there is no answer to take back",
        ChangeText::Passed => "there is no further level, or nobody is being called",
        ChangeText::Ended => "it has ended already",
    };
    CatalogError::conflict("no_such_step", reason)
}
