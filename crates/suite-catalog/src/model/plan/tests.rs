use proptest::prelude::*;
use suite_contracts::UserId;
use uuid::Uuid;

use super::*;

const TEAM: GroupId = GroupId(Uuid::from_u128(9));
const MINUTE_MS: i64 = 60_000;

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

const fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn task(name: &str, after: &[&str]) -> Task {
    Task {
        key: key(name),
        name: name.to_owned(),
        after: after.iter().map(|name| key(name)).collect(),
        work: Work::People { group: TEAM, assignment: Assignment::RoundRobin },
    }
}

fn automation(name: &str, after: &[&str]) -> Task {
    let work = Work::Automation { hook: "make".to_owned(), within_ms: 10 * MINUTE_MS };
    Task { work, ..task(name, after) }
}

fn member(number: u128, open_tasks: u32, assigned_at_ms: Option<i64>) -> Member {
    Member { user: user(number), is_available: true, open_tasks, assigned_at_ms }
}

fn teams() -> Teams {
    let members = vec![member(1, 0, None), member(2, 0, None)];
    Teams::from([(TEAM, Team { members, last: None })])
}

fn ready(run: &PlanRun) -> Vec<usize> {
    run.ready().collect()
}

fn opened(task: usize, number: u128) -> Notice {
    Notice::Opened { task, group: TEAM, assignee: Some(user(number)) }
}

#[test]
fn tasks_open_once_all_before_them_are_behind() {
    let plan = TaskPlan::new(vec![
        task("order", &[]),
        task("account", &[]),
        task("install", &["order", "account"]),
        task("deliver", &["install"]),
    ])
    .unwrap();
    let mut teams = teams();
    let (mut run, notices) = PlanRun::start(&plan, &mut teams, 0);
    assert_eq!(notices, [opened(0, 1), opened(1, 2)]);
    assert_eq!(run.complete(2, 1), Err(Refusal::NotBegun));
    run.complete(1, 1).unwrap();
    assert_eq!(run.advance(&plan, &mut teams, 1), []);
    run.skip(0, "is there", 2).unwrap();
    assert_eq!(run.advance(&plan, &mut teams, 2), [opened(2, 1)]);
    assert_eq!(run.complete(1, 3), Err(Refusal::Ended));
    assert_eq!(run.complete(9, 3), Err(Refusal::UnknownTask));
    run.complete(2, 3).unwrap();
    run.advance(&plan, &mut teams, 3);
    run.complete(3, 4).unwrap();
    assert_eq!(run.advance(&plan, &mut teams, 4), [Notice::Done]);
    assert_eq!(run.advance(&plan, &mut teams, 5), [], "said once");
    assert_eq!((run.state(), run.cancel(6)), (PlanState::Done, Err(Refusal::Ended)));
}

#[test]
fn a_sequence_goes_one_by_one_and_a_plan_of_nothing_is_done() {
    let plan = TaskPlan::sequence(vec![task("a", &[]), task("b", &[]), task("c", &["a"])]).unwrap();
    let mut teams = teams();
    let (mut run, _) = PlanRun::start(&plan, &mut teams, 0);
    for place in 0..3 {
        assert_eq!(ready(&run), [place]);
        run.complete(place, 1).unwrap();
        run.advance(&plan, &mut teams, 1);
    }
    let nothing = TaskPlan::new(Vec::new()).unwrap();
    let (run, notices) = PlanRun::start(&nothing, &mut teams, 0);
    assert_eq!((run.state(), notices), (PlanState::Done, vec![Notice::Done]));
}

#[test]
fn a_failure_blocks_what_comes_after_it_until_somebody_sees_to_it() {
    let plan = TaskPlan::new(vec![task("a", &[]), task("b", &[]), task("c", &["a"])]).unwrap();
    let mut teams = teams();
    let (mut run, _) = PlanRun::start(&plan, &mut teams, 0);
    run.fail(0, " no stock ", 1).unwrap();
    assert_eq!(run.tasks[0].state, TaskState::Failed(Failure::Reported("no stock".to_owned())));
    run.advance(&plan, &mut teams, 1);
    assert_eq!((run.state(), ready(&run)), (PlanState::Running, vec![1]));
    run.complete(1, 2).unwrap();
    run.advance(&plan, &mut teams, 2);
    assert_eq!(run.state(), PlanState::Blocked);
    assert_eq!(run.retry(1, &plan, &mut teams, 3), Err(Refusal::NotFailed));
    run.retry(0, &plan, &mut teams, 3).unwrap();
    assert_eq!((run.state(), ready(&run)), (PlanState::Running, vec![0]));
    run.cancel(4).unwrap();
    assert_eq!(run.state(), PlanState::Cancelled);
    assert_eq!(run.tasks[1].state, TaskState::Done, "what was done stays done");
    assert_eq!(run.skip(2, "", 5), Err(Refusal::Ended));
    assert_eq!(run.complete(0, 5), Err(Refusal::Ended));
}

#[test]
fn automation_answers_once_and_in_time() {
    let plan = TaskPlan::sequence(vec![automation("a", &[]), task("b", &[])]).unwrap();
    let mut teams = teams();
    let answer = |call, result| Callback { task: 0, call, result };
    let (mut run, notices) = PlanRun::start(&plan, &mut teams, 0);
    let due_at_ms = 10 * MINUTE_MS;
    let call = Notice::Call { task: 0, call: 1, hook: "make".to_owned(), due_at_ms };
    assert_eq!(notices, [call]);
    assert_eq!(run.answer(answer(2, Ok(())), 1), Err(Refusal::NotCalled));
    assert_eq!(
        run.answer(Callback { task: 1, call: 1, result: Ok(()) }, 1),
        Err(Refusal::NotCalled)
    );
    run.answer(answer(1, Ok(())), due_at_ms - 1).unwrap();
    assert_eq!(run.answer(answer(1, Err("no".to_owned())), due_at_ms), Err(Refusal::Repeated));
    assert_eq!(run.tasks[0].state, TaskState::Done);
    // Too late, whether or not anybody looked before.
    for looks in [false, true] {
        let (mut run, _) = PlanRun::start(&plan, &mut teams, 0);
        if looks {
            let failed = Notice::Failed { task: 0, failure: Failure::TimedOut };
            assert_eq!(run.advance(&plan, &mut teams, 99 * MINUTE_MS), [failed]);
        }
        assert_eq!(run.answer(answer(1, Ok(())), due_at_ms), Err(Refusal::Late));
        run.advance(&plan, &mut teams, 99 * MINUTE_MS);
        assert_eq!(run.tasks[0].ended_at_ms, Some(due_at_ms));
        assert_eq!(run.state(), PlanState::Blocked);
        // Called again, the first call's answer is not the second's.
        let again = run.retry(0, &plan, &mut teams, 100 * MINUTE_MS).unwrap();
        assert!(matches!(again, Notice::Call { call: 2, .. }));
        assert_eq!(run.answer(answer(1, Ok(())), 101 * MINUTE_MS), Err(Refusal::Superseded));
        run.answer(answer(2, Err("full".to_owned())), 101 * MINUTE_MS).unwrap();
        // Somebody does it by hand.
        run.complete(0, 102 * MINUTE_MS).unwrap();
        run.advance(&plan, &mut teams, 102 * MINUTE_MS);
        assert_eq!(ready(&run), [1]);
    }
}

#[test]
fn automation_is_not_called_for_ever() {
    let plan = TaskPlan::new(vec![automation("a", &[])]).unwrap();
    let (mut run, _) = PlanRun::start(&plan, &mut teams(), 0);
    for _ in 1..run::CALLS_MAX {
        run.fail(0, "no", 1).unwrap();
        run.retry(0, &plan, &mut teams(), 1).unwrap();
    }
    run.fail(0, "no", 1).unwrap();
    assert_eq!(run.retry(0, &plan, &mut teams(), 1), Err(Refusal::TooOften));
}

#[test]
fn one_of_the_team_is_chosen_fairly() {
    let mut team = Team { members: [3, 1, 2].map(|id| member(id, 0, None)).to_vec(), last: None };
    let chosen: Vec<_> = (0..4).map(|_| team.assign(Assignment::RoundRobin, 0).unwrap()).collect();
    assert_eq!(chosen, [user(1), user(2), user(3), user(1)]);
    team.members.retain(|member| member.user != user(1));
    team.members[0].is_available = false;
    assert_eq!(team.choose(Assignment::RoundRobin), Some(user(2)), "who left and who is away");
    assert_eq!(team.choose(Assignment::Group), None);
    assert_eq!(Team::default().choose(Assignment::LeastLoaded), None);
    let members = vec![member(1, 2, None), member(2, 1, Some(50)), member(3, 1, Some(40))];
    let mut team = Team { members, last: None };
    let chosen: Vec<_> =
        (0..4).map(|now| team.assign(Assignment::LeastLoaded, 100 + now).unwrap()).collect();
    assert_eq!(chosen, [user(3), user(2), user(1), user(3)]);
}

#[test]
fn a_task_without_anybody_is_the_groups() {
    let plan = TaskPlan::new(vec![task("a", &[])]).unwrap();
    let (_, notices) = PlanRun::start(&plan, &mut Teams::new(), 0);
    assert_eq!(notices, [Notice::Opened { task: 0, group: TEAM, assignee: None }]);
}

#[test]
fn what_is_no_plan_is_refused() {
    let plan = |tasks| TaskPlan::new(tasks).unwrap_err();
    let cycle = vec![task("a", &["c"]), task("b", &["a"]), task("c", &["b"]), task("d", &[])];
    assert_eq!(plan(cycle), PlanError::Cycle(vec![key("a"), key("b"), key("c")]));
    assert_eq!(plan(vec![task("a", &["a"])]), PlanError::Cycle(vec![key("a")]));
    let unknown = PlanError::UnknownTask { task: key("a"), unknown: key("z") };
    assert_eq!(plan(vec![task("a", &["z"])]), unknown);
    assert_eq!(plan(vec![task("a", &[]); 2]), PlanError::DoubledKey(key("a")));
    assert_eq!(plan(vec![task("a", &[]); 201]), PlanError::TooManyTasks(201));
    let nameless = Task { name: " ".to_owned(), ..task("a", &[]) };
    assert_eq!(plan(vec![nameless]), PlanError::Name { task: key("a") });
    let work = Work::Automation { hook: "x".to_owned(), within_ms: 0 };
    assert_eq!(plan(vec![Task { work, ..task("a", &[]) }]), PlanError::Within { task: key("a") });
}

#[test]
fn only_an_open_task_is_given_to_somebody() {
    let automation = Work::Automation { hook: "install".to_owned(), within_ms: 10 };
    let called = Task { work: automation, ..task("b", &[]) };
    let plan = TaskPlan::new(vec![task("a", &[]), called, task("c", &["a"])]).unwrap();
    let (mut run, _) = PlanRun::start(&plan, &mut teams(), 0);
    run.assign(0, Some(user(9))).unwrap();
    assert_eq!(run.tasks[0].assignee, Some(user(9)));
    run.assign(0, None).unwrap();
    assert_eq!(run.tasks[0].assignee, None);
    assert_eq!(run.assign(1, Some(user(9))), Err(Refusal::AutomationAtIt));
    assert_eq!(run.assign(2, Some(user(9))), Err(Refusal::NotBegun));
    assert_eq!(run.assign(3, None), Err(Refusal::UnknownTask));
    run.complete(0, 1).unwrap();
    assert_eq!(run.assign(0, None), Err(Refusal::Ended));
}

proptest! {
    #[test]
    fn any_plan_without_a_cycle_is_carried_out_in_its_order(
        edges in prop::collection::vec((0..12_usize, 0..12_usize), 0..30),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8), 200),
    ) {
        let name = |place: usize| format!("t{place}");
        let tasks = (0..12).map(|place| {
            // An edge leads from the smaller place to the greater, so there is no cycle.
            let ends = edges.iter().map(|(a, b)| (*a.min(b), *a.max(b)));
            let before = ends.filter(|(from, to)| *to == place && from != to);
            let after = before.map(|(from, _)| key(&name(from))).collect();
            Task { after, ..task(&name(place), &[]) }
        });
        let plan = TaskPlan::new(tasks.collect()).unwrap();
        let mut teams = teams();
        let (mut run, _) = PlanRun::start(&plan, &mut teams, 0);
        let mut now_ms = 0;
        for (pick, deed) in picks {
            let ready = ready(&run);
            for (place, state) in run.tasks.iter().enumerate() {
                let is_free = plan.needs(place).all(|before| run.tasks[before].is_behind());
                prop_assert_eq!(state.state != TaskState::Waiting, is_free);
            }
            now_ms += 1;
            match (deed, ready.is_empty()) {
                (_, true) => {
                    for place in 0..12 {
                        let _ = run.retry(place, &plan, &mut teams, now_ms);
                    }
                }
                (0, false) => run.fail(ready[pick.index(ready.len())], "no", now_ms).unwrap(),
                (_, false) => run.complete(ready[pick.index(ready.len())], now_ms).unwrap(),
            }
            run.advance(&plan, &mut teams, now_ms);
        }
        prop_assert_eq!(run.state(), PlanState::Done);
    }
}
