use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use suite_contracts::{GroupId, UserId};
use uuid::Uuid;

use super::*;
use crate::model::calendar::{Calendar, OpenTimes, Span};
use crate::model::condition::Condition;
use crate::model::decimal::Decimal;
use crate::model::form::{Key, Value};
use crate::model::id::CostCentreId;

const HOUR_MS: i64 = 3_600_000;
const TEAM: GroupId = GroupId(Uuid::from_u128(100));
const CENTRE: CostCentreId = CostCentreId(Uuid::from_u128(200));

const fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

const ADA: UserId = user(1);
const BOB: UserId = user(2);
const CYD: UserId = user(3);
const DAN: UserId = user(4);
const EVE: UserId = user(5);
const BOSS: UserId = user(6);
const OWNER: UserId = user(7);

/// Ada asks; Bob, Cyd, Dan and she are a team.
struct World {
    plan: Plan,
    subject: Subject,
    directory: Directory,
    calendar: OpenTimes,
    now_ms: i64,
}

fn stage(rule: Rule, approvers: &[Approver]) -> Stage {
    Stage {
        name: "stage".to_owned(),
        rule,
        approvers: approvers.to_vec(),
        condition: None,
        deadline: None,
        escalate_to: Vec::new(),
    }
}

fn world(stages: Vec<Stage>) -> World {
    let person = |manager| Person { is_active: true, manager };
    let people = [ADA, BOB, CYD, DAN, EVE, BOSS, OWNER].map(|user| (user, person(Some(BOSS))));
    let directory = Directory {
        people: BTreeMap::from(people),
        groups: BTreeMap::from([(TEAM, BTreeSet::from([ADA, BOB, CYD, DAN]))]),
        cost_centre_owners: BTreeMap::from([(CENTRE, OWNER)]),
        delegations: Vec::new(),
    };
    let subject = Subject {
        requester: ADA,
        requested_for: ADA,
        price: Decimal::whole(900).unwrap(),
        cost_centre: Some(CENTRE),
        answers: BTreeMap::from([(Key::parse("site").unwrap(), Value::Choice("lab".to_owned()))]),
    };
    let calendar = Calendar::always().open_times(Span::new(0, 1_000 * HOUR_MS)).unwrap();
    World { plan: Plan::new(stages).unwrap(), subject, directory, calendar, now_ms: HOUR_MS }
}

impl World {
    fn context(&self) -> Context<'_> {
        let Self { plan, subject, directory, calendar, now_ms } = self;
        Context { plan, subject, directory, calendar, now_ms: *now_ms }
    }

    fn start(&self) -> Approval {
        Approval::start(&self.context()).0
    }

    fn leaves(&mut self, user: UserId) {
        self.directory.people.get_mut(&user).unwrap().is_active = false;
    }

    fn delegates(&mut self, from: UserId, to: UserId) {
        let period = Span::new(0, 10 * HOUR_MS);
        self.directory.delegations.push(Delegation { from, to, period });
    }

    fn vote(
        &self,
        approval: &mut Approval,
        stage: usize,
        by: UserId,
        verdict: Verdict,
    ) -> Result<Vec<Notice>, Refusal> {
        let vote = Vote { stage, by, verdict, reason: "because".to_owned() };
        approval.decide(vote, &self.context()).map_err(|(refusal, _)| refusal)
    }

    fn approves(&self, approval: &mut Approval, by: UserId) -> Result<Vec<Notice>, Refusal> {
        let stage = approval.open_stage().unwrap_or_default();
        self.vote(approval, stage, by, Verdict::Approve)
    }

    fn rejects(&self, approval: &mut Approval, by: UserId) -> Result<Vec<Notice>, Refusal> {
        let stage = approval.open_stage().unwrap_or_default();
        self.vote(approval, stage, by, Verdict::Reject)
    }
}

fn decided(stage: usize) -> Option<Outcome> {
    Some(Outcome::Rejected { stage, cause: Cause::Decided })
}

const ALL_THREE: [Approver; 3] = [Approver::User(BOB), Approver::User(CYD), Approver::User(DAN)];

#[test]
fn stages_are_asked_one_after_the_other() {
    let world = world(vec![
        stage(Rule::Any, &[Approver::Manager]),
        stage(Rule::All, &[Approver::CostCentreOwner, Approver::User(CYD)]),
    ]);
    let (mut approval, notices) = Approval::start(&world.context());
    assert_eq!(notices, [Notice::Asked { stage: 0, user: BOSS, on_behalf_of: None }]);
    assert_eq!(world.approves(&mut approval, OWNER), Err(Refusal::NotAsked));
    let notices = world.approves(&mut approval, BOSS).unwrap();
    let asked = |user| Notice::Asked { stage: 1, user, on_behalf_of: None };
    assert_eq!(notices, [Notice::StageApproved { stage: 0 }, asked(CYD), asked(OWNER)]);
    world.approves(&mut approval, OWNER).unwrap();
    assert_eq!(approval.outcome, None);
    let notices = world.approves(&mut approval, CYD).unwrap();
    assert_eq!(notices.last(), Some(&Notice::Finished(Outcome::Approved)));
    assert_eq!(approval.outcome, Some(Outcome::Approved));
}

#[test]
fn any_all_and_a_quorum_decide_as_soon_as_they_can() {
    let run = |rule, votes: &[(UserId, bool)]| {
        let world = world(vec![stage(rule, &ALL_THREE)]);
        let mut approval = world.start();
        for (by, approves) in votes {
            let verdict = if *approves { Verdict::Approve } else { Verdict::Reject };
            world.vote(&mut approval, 0, *by, verdict).unwrap();
        }
        approval.outcome
    };
    let approved = Some(Outcome::Approved);
    assert_eq!(run(Rule::Any, &[(BOB, false)]), None);
    assert_eq!(run(Rule::Any, &[(BOB, false), (CYD, true)]), approved);
    assert_eq!(run(Rule::Any, &[(BOB, false), (CYD, false), (DAN, false)]), decided(0));
    assert_eq!(run(Rule::All, &[(BOB, true), (CYD, true)]), None);
    assert_eq!(run(Rule::All, &[(BOB, true), (CYD, true), (DAN, true)]), approved);
    assert_eq!(run(Rule::All, &[(BOB, false)]), decided(0));
    assert_eq!(run(Rule::Quorum(2), &[(BOB, false), (CYD, true)]), None);
    assert_eq!(run(Rule::Quorum(2), &[(BOB, false), (CYD, false)]), decided(0));
    assert_eq!(run(Rule::Quorum(2), &[(BOB, true), (CYD, true)]), approved);
}

#[test]
fn of_two_who_decide_at_once_the_second_decides_nothing() {
    let world = world(vec![stage(Rule::Any, &ALL_THREE), stage(Rule::Any, &ALL_THREE)]);
    let mut approval = world.start();
    let notices = world.approves(&mut approval, BOB).unwrap();
    assert!(notices.contains(&Notice::Released { stage: 0, user: CYD }));
    // Cyd saw the first stage, and rejects it; the second is not meant.
    let late = world.vote(&mut approval, 0, CYD, Verdict::Reject);
    assert_eq!(late, Err(Refusal::OtherStage { open: 1 }));
    world.approves(&mut approval, BOB).unwrap();
    let over = world.vote(&mut approval, 1, CYD, Verdict::Reject);
    assert_eq!(over, Err(Refusal::Over(Outcome::Approved)));
    // The same person twice, by a doubled click.
    let quorum = self::world(vec![stage(Rule::Quorum(2), &ALL_THREE)]);
    let mut approval = quorum.start();
    quorum.approves(&mut approval, BOB).unwrap();
    assert_eq!(quorum.approves(&mut approval, BOB), Err(Refusal::AlreadyDecided { by: BOB }));
    assert_eq!(approval.outcome, None);
}

#[test]
fn nobody_decides_on_their_own_request_in_any_way() {
    let mut world = world(vec![stage(Rule::Any, &[Approver::Group(TEAM), Approver::User(ADA)])]);
    world.delegates(BOB, ADA);
    let (mut approval, notices) = Approval::start(&world.context());
    let asked = |notice: &Notice| matches!(notice, Notice::Asked { user: ADA, .. });
    assert!(!notices.iter().any(asked));
    assert_eq!(world.approves(&mut approval, ADA), Err(Refusal::OwnRequest));
    // Nor the one whom it is for, nor as one's own manager or owner.
    world.subject.requested_for = CYD;
    let mut approval = world.start();
    assert_eq!(world.approves(&mut approval, CYD), Err(Refusal::OwnRequest));
    let alone = [stage(Rule::Any, &[Approver::Manager, Approver::CostCentreOwner])];
    let mut world = self::world(alone.to_vec());
    world.subject.requester = OWNER;
    world.subject.requested_for = BOSS;
    world.directory.people.get_mut(&BOSS).unwrap().manager = Some(BOSS);
    assert_eq!(world.start().outcome, Some(Outcome::Failed { stage: 0 }));
}

#[test]
fn a_stage_that_nobody_may_decide_escalates_or_fails_and_never_approves() {
    for rule in [Rule::Any, Rule::All, Rule::Quorum(1)] {
        let mut definition = stage(rule, &[Approver::User(ADA)]);
        assert_eq!(
            world(vec![definition.clone()]).start().outcome,
            Some(Outcome::Failed { stage: 0 })
        );
        definition.escalate_to = vec![Approver::User(EVE)];
        let world = world(vec![definition]);
        let (mut approval, notices) = Approval::start(&world.context());
        assert!(notices.contains(&Notice::Escalated { stage: 0, to: vec![EVE] }), "{rule:?}");
        world.approves(&mut approval, EVE).unwrap();
        assert_eq!(approval.outcome, Some(Outcome::Approved));
    }
    let quorum = world(vec![stage(Rule::Quorum(4), &ALL_THREE)]);
    assert_eq!(quorum.start().outcome, Some(Outcome::Failed { stage: 0 }));
    // Of all, one who stands for nobody is not passed over.
    let mut all = world(vec![stage(Rule::All, &[Approver::User(BOB), Approver::CostCentreOwner])]);
    all.subject.cost_centre = None;
    assert_eq!(all.start().outcome, Some(Outcome::Failed { stage: 0 }));
}

#[test]
fn what_failed_is_started_anew_once_there_is_somebody() {
    let mut world = world(vec![
        stage(Rule::Any, &[Approver::User(EVE)]),
        stage(Rule::Quorum(2), &[Approver::User(BOB), Approver::User(CYD)]),
        stage(Rule::Any, &[Approver::Manager]),
    ]);
    let mut approval = world.start();
    assert_eq!(approval.restart(&world.context()), Err(NoRestart::NotFailed));
    world.leaves(CYD);
    world.approves(&mut approval, EVE).unwrap();
    assert_eq!(approval.outcome, Some(Outcome::Failed { stage: 1 }));
    let failed = approval.clone();
    assert_eq!(approval.restart(&world.context()), Err(NoRestart::TooFew { stage: 1 }));
    assert_eq!(approval, failed, "nothing changes where there still are too few");
    world.directory.people.get_mut(&CYD).unwrap().is_active = true;
    world.now_ms += HOUR_MS;
    let notices = approval.restart(&world.context()).unwrap();
    let asked = |user| Notice::Asked { stage: 1, user, on_behalf_of: None };
    assert_eq!(notices, [asked(BOB), asked(CYD)]);
    assert_eq!(approval.stages[0], failed.stages[0], "what was approved stays");
    assert_eq!(approval.stages[1].asked_at_ms, Some(world.now_ms));
    assert_eq!(approval.restart(&world.context()), Err(NoRestart::NotFailed));
    for by in [BOB, CYD, BOSS] {
        world.approves(&mut approval, by).unwrap();
    }
    assert_eq!(approval.outcome, Some(Outcome::Approved));
    assert_eq!(approval.restart(&world.context()), Err(NoRestart::NotFailed));
}

#[test]
fn what_was_rejected_is_not_started_anew() {
    let world = world(vec![stage(Rule::All, &ALL_THREE)]);
    let mut approval = world.start();
    world.rejects(&mut approval, BOB).unwrap();
    assert_eq!(approval.restart(&world.context()), Err(NoRestart::NotFailed));
    assert_eq!(approval.outcome, decided(0));
}

#[test]
fn who_leaves_loses_their_seat_and_what_they_decided_stays() {
    let mut world = world(vec![stage(Rule::Quorum(2), &ALL_THREE)]);
    let mut approval = world.start();
    world.approves(&mut approval, BOB).unwrap();
    world.leaves(BOB);
    world.leaves(CYD);
    assert_eq!(approval.advance(&world.context()), []);
    assert_eq!(world.approves(&mut approval, CYD), Err(Refusal::NotAsked));
    world.approves(&mut approval, DAN).unwrap();
    assert_eq!(approval.outcome, Some(Outcome::Approved));
    // Too few are left for the quorum.
    let mut world = self::world(vec![stage(Rule::Quorum(2), &ALL_THREE)]);
    let mut approval = world.start();
    world.leaves(BOB);
    world.leaves(CYD);
    approval.advance(&world.context());
    let too_few = Outcome::Rejected { stage: 0, cause: Cause::TooFewLeft };
    assert_eq!(approval.outcome, Some(too_few));
    // All have left.
    let mut world = self::world(vec![stage(Rule::All, &ALL_THREE)]);
    let mut approval = world.start();
    for user in [BOB, CYD, DAN] {
        world.leaves(user);
    }
    approval.advance(&world.context());
    assert_eq!(approval.outcome, Some(Outcome::Failed { stage: 0 }));
}

#[test]
fn who_comes_is_asked() {
    let mut world = world(vec![stage(Rule::All, &[Approver::Manager, Approver::Group(TEAM)])]);
    let mut approval = world.start();
    world.directory.people.get_mut(&ADA).unwrap().manager = Some(EVE);
    world.directory.groups.get_mut(&TEAM).unwrap().remove(&DAN);
    let notices = approval.advance(&world.context());
    assert_eq!(notices, [Notice::Asked { stage: 0, user: EVE, on_behalf_of: None }]);
    for user in [BOB, CYD, EVE] {
        assert_eq!(approval.outcome, None);
        world.approves(&mut approval, user).unwrap();
    }
    assert_eq!(approval.outcome, Some(Outcome::Approved));
}

#[test]
fn a_delegate_fills_one_seat_of_another_within_the_period() {
    let mut world = world(vec![stage(Rule::Quorum(2), &ALL_THREE)]);
    world.delegates(BOB, EVE);
    world.delegates(CYD, EVE);
    world.delegates(BOB, DAN);
    world.delegates(EVE, OWNER);
    let (mut approval, notices) = Approval::start(&world.context());
    let on_behalf_of = |of| Notice::Asked { stage: 0, user: EVE, on_behalf_of: Some(of) };
    assert!(notices.contains(&on_behalf_of(BOB)) && notices.contains(&on_behalf_of(CYD)));
    assert_eq!(world.approves(&mut approval, OWNER), Err(Refusal::NotAsked), "one person far");
    world.approves(&mut approval, EVE).unwrap();
    let bobs = &approval.stages[0].seats[0];
    assert!(matches!(&bobs.state, SeatState::Decided(decision) if decision.by == EVE));
    assert_eq!(world.approves(&mut approval, EVE), Err(Refusal::AlreadyDecided { by: EVE }));
    assert_eq!(world.approves(&mut approval, BOB), Err(Refusal::AlreadyDecided { by: EVE }));
    // Dan decides for himself, and then not for anybody else.
    world.approves(&mut approval, DAN).unwrap();
    assert_eq!(approval.outcome, Some(Outcome::Approved));
    let mut approval = world.start();
    world.now_ms = 10 * HOUR_MS;
    assert_eq!(world.approves(&mut approval, EVE), Err(Refusal::NotAsked), "the period is over");
}

fn with_deadline(rule: Rule, escalate_to: &[Approver]) -> Stage {
    let deadline =
        Deadline { within_ms: 8 * HOUR_MS, remind_after_ms: vec![6 * HOUR_MS, 4 * HOUR_MS] };
    Stage { deadline: Some(deadline), escalate_to: escalate_to.to_vec(), ..stage(rule, &ALL_THREE) }
}

#[test]
fn reminders_come_before_the_deadline_and_at_it_others_decide() {
    let mut world =
        world(vec![with_deadline(Rule::All, &[Approver::User(EVE), Approver::Manager])]);
    let mut approval = world.start();
    world.approves(&mut approval, BOB).unwrap();
    world.now_ms = 5 * HOUR_MS;
    let reminded = |user| Notice::Reminded { stage: 0, user };
    assert_eq!(approval.advance(&world.context()), [reminded(CYD), reminded(DAN)]);
    assert_eq!(approval.advance(&world.context()), []);
    // Two days later somebody looks: it escalated at its deadline.
    world.now_ms = 57 * HOUR_MS;
    let notices = approval.advance(&world.context());
    assert!(notices.contains(&Notice::Escalated { stage: 0, to: vec![EVE, BOSS] }));
    assert_eq!(approval.stages[0].escalated_at_ms, Some(9 * HOUR_MS));
    assert_eq!(world.approves(&mut approval, CYD), Err(Refusal::NotAsked));
    world.rejects(&mut approval, EVE).unwrap();
    assert_eq!(approval.outcome, None);
    world.approves(&mut approval, BOSS).unwrap();
    assert_eq!(approval.outcome, Some(Outcome::Approved));
}

#[test]
fn a_deadline_has_passed_whether_or_not_anybody_looked() {
    let mut world = world(vec![with_deadline(Rule::Any, &[Approver::User(EVE)])]);
    let mut approval = world.start();
    world.now_ms = 9 * HOUR_MS;
    assert_eq!(world.approves(&mut approval, BOB), Err(Refusal::NotAsked));
    assert_eq!(approval.stages[0].escalated_at_ms, Some(9 * HOUR_MS));
    // With nobody to escalate to it is overdue, said once, and stays open.
    let mut world = self::world(vec![with_deadline(Rule::Any, &[Approver::User(ADA)])]);
    let mut approval = world.start();
    world.now_ms = 90 * HOUR_MS;
    assert_eq!(approval.advance(&world.context()), [Notice::Overdue { stage: 0 }]);
    assert_eq!(approval.advance(&world.context()), []);
    world.approves(&mut approval, BOB).unwrap();
    assert_eq!(approval.outcome, Some(Outcome::Approved));
    // Beyond the calendar's window deadlines still come.
    let mut world = self::world(vec![with_deadline(Rule::Any, &[])]);
    world.now_ms = 998 * HOUR_MS;
    assert_eq!(world.start().stages[0].due_at_ms, Some(1_006 * HOUR_MS));
}

#[test]
fn conditions_skip_stages_and_say_so() {
    let is = |test| Some(Condition::Is(test));
    let site = |value: &str| Test::Answer {
        field: Key::parse("site").unwrap(),
        equals: Value::Choice(value.to_owned()),
    };
    let above = |price| Test::PriceAbove(Decimal::whole(price).unwrap());
    for (condition, is_asked) in [
        (is(above(899)), true),
        (is(above(900)), false),
        (is(site("lab")), true),
        (is(site("home")), false),
        (is(Test::RequesterIn(TEAM)), true),
        (is(Test::RequesterIn(GroupId(Uuid::nil()))), false),
    ] {
        let definition = Stage { condition: condition.clone(), ..stage(Rule::Any, &ALL_THREE) };
        let world = world(vec![definition]);
        let (approval, notices) = Approval::start(&world.context());
        assert_eq!(approval.outcome.is_none(), is_asked, "{condition:?}");
        assert_eq!(notices.contains(&Notice::Skipped { stage: 0 }), !is_asked);
    }
    assert_eq!(world(Vec::new()).start().outcome, Some(Outcome::Approved));
}

#[test]
fn a_request_can_be_withdrawn_once() {
    let world = world(vec![stage(Rule::Any, &ALL_THREE), stage(Rule::Any, &ALL_THREE)]);
    let mut approval = world.start();
    let notices = approval.withdraw(&world.context()).unwrap();
    assert!(notices.contains(&Notice::Released { stage: 0, user: BOB }));
    assert_eq!(approval.withdraw(&world.context()), Err(Refusal::Over(Outcome::Withdrawn)));
    assert_eq!(world.approves(&mut approval, BOB), Err(Refusal::Over(Outcome::Withdrawn)));
    assert!(approval.stages.iter().all(|stage| stage.state == StageState::Ended));
}

#[test]
fn a_rejection_says_why() {
    let world = world(vec![stage(Rule::Any, &ALL_THREE)]);
    let mut approval = world.start();
    let long = "x".repeat(4_001);
    for (verdict, reason) in
        [(Verdict::Reject, " "), (Verdict::Reject, long.as_str()), (Verdict::Approve, &long)]
    {
        let vote = Vote { stage: 0, by: BOB, verdict, reason: reason.to_owned() };
        let refused = approval.decide(vote, &world.context());
        assert_eq!(refused, Err((Refusal::Reason, Vec::new())));
    }
}

#[test]
fn what_is_no_plan_is_refused() {
    let plan = |stage: Stage| Plan::new(vec![stage]);
    let any = || stage(Rule::Any, &ALL_THREE);
    assert_eq!(plan(stage(Rule::Any, &[])), Err(PlanError::Approvers { stage: 0, count: 0 }));
    assert_eq!(plan(stage(Rule::Quorum(0), &ALL_THREE)), Err(PlanError::Quorum { stage: 0 }));
    for (within_ms, remind) in [(0, vec![]), (i64::MAX, vec![]), (5, vec![5]), (50, vec![1; 11])] {
        let deadline = Some(Deadline { within_ms, remind_after_ms: remind });
        let refused = plan(Stage { deadline, ..any() });
        assert_eq!(refused, Err(PlanError::Deadline { stage: 0 }));
    }
    assert_eq!(Plan::new(vec![any(); 21]), Err(PlanError::Stages(21)));
}

#[derive(Debug, Clone)]
enum Act {
    Vote(usize, bool),
    Leaves(usize),
    Comes(usize),
    Passes(i64),
    Looks,
    Restarts,
}

const EVERYBODY: [UserId; 7] = [ADA, BOB, CYD, DAN, EVE, BOSS, OWNER];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..7_usize, prop::bool::weighted(0.7)).prop_map(|(who, yes)| Act::Vote(who, yes)),
        1 => (0..7_usize).prop_map(Act::Leaves),
        1 => (0..7_usize).prop_map(Act::Comes),
        1 => Just(Act::Restarts),
        2 => (1..6_i64).prop_map(Act::Passes),
        2 => Just(Act::Looks),
    ]
}

fn any_stage() -> impl Strategy<Value = Stage> {
    let approver = prop_oneof![
        Just(Approver::Manager),
        Just(Approver::CostCentreOwner),
        Just(Approver::Group(TEAM)),
        (0..7_usize).prop_map(|who| Approver::User(EVERYBODY[who])),
    ];
    let rule = prop_oneof![Just(Rule::Any), Just(Rule::All), (1..4_u32).prop_map(Rule::Quorum)];
    let approvers = prop::collection::vec(approver.clone(), 1..4);
    let escalate_to = prop::collection::vec(approver, 0..3);
    (rule, approvers, escalate_to, any::<bool>()).prop_map(|(rule, approvers, to, is_timed)| {
        let timed = with_deadline(rule, &to);
        let deadline = timed.deadline.filter(|_| is_timed);
        Stage { deadline, escalate_to: to, ..stage(rule, &approvers) }
    })
}

/// What must hold of an approval, however it came about.
fn check(world: &World, approval: &Approval) -> Result<(), TestCaseError> {
    for (run, definition) in approval.stages.iter().zip(world.plan.stages()) {
        let mut by: Vec<UserId> = Vec::new();
        let mut approvals = 0;
        for seat in &run.seats {
            prop_assert!(!world.subject.concerns(seat.user));
            if let SeatState::Decided(decision) = &seat.state {
                prop_assert!(!world.subject.concerns(decision.by));
                prop_assert!(!by.contains(&decision.by), "{} decided twice", decision.by);
                by.push(decision.by);
                let counts = seat.is_escalation == run.escalated_at_ms.is_some();
                approvals += u32::from(counts && decision.verdict == Verdict::Approve);
            }
        }
        if run.state == StageState::Approved {
            let needed = match definition.rule {
                Rule::Quorum(quorum) if run.escalated_at_ms.is_none() => quorum,
                _ => 1,
            };
            prop_assert!(approvals >= needed, "{approvals} of {needed}");
        }
        let open = run.seats.iter().any(|seat| seat.state == SeatState::Open);
        prop_assert_eq!(open, run.state == StageState::Open);
    }
    let all_passed = approval.stages.iter().all(|run| run.state == StageState::Approved);
    prop_assert_eq!(approval.outcome == Some(Outcome::Approved), all_passed);
    Ok(())
}

proptest! {
    #[test]
    fn no_course_of_events_approves_what_was_not_approved_and_timers_do_not_matter(
        stages in prop::collection::vec(any_stage(), 1..4),
        acts in prop::collection::vec(act(), 0..25),
        delegations in prop::collection::vec((0..7_usize, 0..7_usize), 0..3),
    ) {
        let mut world = world(stages);
        for (from, to) in delegations {
            world.delegates(EVERYBODY[from], EVERYBODY[to]);
        }
        // One is looked at by timers, the other only when somebody decides or leaves.
        let (mut watched, mut unwatched) = (world.start(), world.start());
        for act in acts {
            match act {
                Act::Passes(hours) => world.now_ms += hours * HOUR_MS,
                Act::Looks => {
                    watched.advance(&world.context());
                }
                Act::Restarts => {
                    watched.advance(&world.context());
                    unwatched.advance(&world.context());
                    let before = watched.clone();
                    let first = watched.restart(&world.context());
                    prop_assert_eq!(&first, &unwatched.restart(&world.context()));
                    prop_assert!(first.is_ok() || watched == before);
                }
                Act::Leaves(who) | Act::Comes(who) => {
                    // What was due before is settled with who was there.
                    watched.advance(&world.context());
                    unwatched.advance(&world.context());
                    let person = world.directory.people.get_mut(&EVERYBODY[who]).unwrap();
                    person.is_active = matches!(act, Act::Comes(_));
                    watched.advance(&world.context());
                    unwatched.advance(&world.context());
                }
                Act::Vote(who, yes) => {
                    let verdict = if yes { Verdict::Approve } else { Verdict::Reject };
                    let by = EVERYBODY[who];
                    let stage = watched.open_stage().unwrap_or(0);
                    let first = world.vote(&mut watched, stage, by, verdict).is_ok();
                    let second = world.vote(&mut unwatched, stage, by, verdict).is_ok();
                    prop_assert_eq!(first, second);
                }
            }
            check(&world, &watched)?;
            let mut looked = watched.clone();
            looked.advance(&world.context());
            prop_assert_eq!(looked.advance(&world.context()), Vec::new(), "once is enough");
        }
        watched.advance(&world.context());
        unwatched.advance(&world.context());
        prop_assert_eq!(watched, unwatched);
    }
}
