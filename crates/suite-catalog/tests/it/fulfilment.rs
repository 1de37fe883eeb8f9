//! What is done for a request once it is approved, and by whom.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of, path_of, stage, user};

fn by_people(key: &str, after: &[&str], group: &str, assignment: &str) -> Value {
    json!({
        "key": key, "name": format!("To {key}"), "after": after,
        "work": { "people": { "group_id": group, "assignment": assignment } },
    })
}

fn by_automation(key: &str, after: &[&str]) -> Value {
    json!({
        "key": key, "name": format!("To {key}"), "after": after,
        "work": { "automation": { "hook": "install", "within_minutes": 60 } },
    })
}

impl CatalogApp {
    /// An item that nobody has to approve, with these tasks.
    async fn item_of_tasks(&self, stages: Value, tasks: Value) -> String {
        let mut content = self.content("Laptop", "900", stages).await;
        content["tasks"] = json!({ "tasks": tasks });
        self.publish(content).await
    }

    async fn act(&self, by: &Person, request: &Value, key: &str, act: &str) -> Answer {
        let body = json!({ "reason": "because" });
        self.post(by, &format!("{}/tasks/{key}/{act}", path_of(request)), body).await
    }

    async fn assign(&self, by: &Person, request: &Value, key: &str, to: Value) -> Answer {
        let path = format!("{}/tasks/{key}/assignee", path_of(request));
        let body = json!({ "user_id": to });
        self.send(by, (Method::PUT, &path), Some(body), &[]).await
    }

    async fn answer(&self, by: &Person, request: &Value, call: u32, result: &str) -> Answer {
        let body = json!({ "call": call, "result": result, "reason": "no disk" });
        self.post(by, &format!("{}/tasks/install/answers", path_of(request)), body).await
    }

    /// The tasks that somebody is to see to.
    async fn to_do(&self, person: &Person) -> Vec<String> {
        let list = self.get(person, &format!("{BASE}/my/tasks")).await.expect(200).json();
        let tasks = list["items"].as_array().expect("a list").iter();
        tasks.map(|task| format!("{} {}", task["request_number"], word(&task["key"]))).collect()
    }

    async fn robot(&self) -> Person {
        self.key(&["catalog.automation.write", "catalog.all-requests.read"]).await
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("nothing")
}

/// The states of a request's tasks.
fn states(request: &Value) -> Vec<&str> {
    request["tasks"].as_array().expect("tasks").iter().map(|task| word(&task["state"])).collect()
}

fn assignee(request: &Value, task: usize) -> &str {
    word(&request["tasks"][task]["assignee"]["name"])
}

async fn a_plan_is_done_in_its_order(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let (group, robot) = (app.group("Desk", &[&dan]).await, app.robot().await);
    let tasks = json!([
        by_people("prepare", &[], &group, "round_robin"),
        by_automation("install", &["prepare"]),
        by_people("label", &["prepare"], &group, "group"),
        by_people("hand_over", &["install", "label"], &group, "least_loaded"),
    ]);
    let stages = json!([stage(json!("any"), &[user(&cyd)])]);
    let item = app.item_of_tasks(stages, tasks).await;
    let made = app.ask(&bob, &item).await;
    assert_eq!(states(&made), Vec::<&str>::new(), "nothing is done before it is approved");
    let begun = app.decide(&cyd, &made, 0, "approve").await.expect(200).json();
    assert_eq!((word(&begun["state"]), assignee(&begun, 0)), ("fulfilling", "Dan"));
    assert_eq!(states(&begun), ["open", "waiting", "waiting", "waiting"]);
    assert_eq!(app.to_do(&dan).await, ["1 prepare"]);
    let next = app.act(&dan, &made, "prepare", "complete").await.expect(200).json();
    assert_eq!(states(&next), ["done", "called", "open", "waiting"]);
    assert_eq!(app.to_do(&dan).await, ["1 label"], "it is nobody's, and Dan is in its group");
    app.act(&dan, &made, "label", "complete").await.expect(200);
    app.answer(&robot, &made, 1, "done").await.expect(204);
    let shown = app.show(&bob, &made).await;
    assert_eq!(states(&shown), ["done", "done", "done", "open"]);
    assert_eq!(word(&shown["tasks"][0]["ended_by"]["name"]), "Dan");
    let done = app.act(&dan, &made, "hand_over", "complete").await.expect(200).json();
    assert_eq!((word(&done["state"]), done["ended_at"].is_string()), ("fulfilled", true));
    for (action, count) in [
        ("task.opened", 3),
        ("task.called", 1),
        ("task.completed", 4),
        ("request.approved", 1),
        ("request.fulfilled", 1),
    ] {
        assert_eq!(app.recorded(action).await, count, "{action}");
    }
}

async fn automation_answers_once_and_in_time(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut dan) = (app.member("Bob").await, app.member("Dan").await);
    let (group, robot) = (app.group("Desk", &[&dan]).await, app.robot().await);
    let tasks =
        json!([by_automation("install", &[]), by_people("check", &["install"], &group, "group"),]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let (one, two) = (app.ask(&bob, &item).await, app.ask(&bob, &item).await);
    assert_eq!(states(&one), ["called", "waiting"]);
    // Twice: the second changes nothing, and says so.
    app.answer(&robot, &one, 1, "done").await.expect(204);
    assert_eq!(app.answer(&robot, &one, 1, "failed").await.expect(409).code(), "call_answered");
    assert_eq!(app.answer(&robot, &one, 2, "done").await.expect(409).code(), "not_called");
    assert_eq!(states(&app.show(&bob, &one).await), ["done", "open"]);
    // Never, and then late.
    app.later(2, &mut [&mut bob, &mut dan]).await;
    let late = app.answer(&robot, &two, 1, "done").await.expect(409);
    assert_eq!(late.code(), "call_late");
    assert_eq!(states(&app.show(&bob, &two).await), ["timed_out", "waiting"]);
    assert_eq!(app.recorded("task.timed-out").await, 1);
}

async fn automation_is_called_again(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut dan) = (app.member("Bob").await, app.member("Dan").await);
    let (group, robot) = (app.group("Desk", &[&dan]).await, app.robot().await);
    let tasks =
        json!([by_automation("install", &[]), by_people("check", &["install"], &group, "group"),]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let two = app.ask(&bob, &item).await;
    app.later(2, &mut [&mut bob, &mut dan]).await;
    // An answer to the call that was given up counts as little as a late one.
    let refused = app.act(&dan, &two, "install", "retry").await.expect(403);
    assert_eq!(refused.code(), "not_own_task", "automation has no group");
    let again = app.act(&app.admin, &two, "install", "retry").await.expect(200).json();
    assert_eq!((states(&again)[0], again["tasks"][0]["calls"].as_i64()), ("called", Some(2)));
    assert_eq!(app.answer(&robot, &two, 1, "done").await.expect(409).code(), "call_superseded");
    app.answer(&robot, &two, 2, "failed").await.expect(204);
    let failed = app.show(&app.admin, &two).await;
    assert_eq!((states(&failed)[0], word(&failed["tasks"][0]["reason"])), ("failed", "no disk"));
    let asked = app.show(&bob, &two).await;
    assert!(asked["tasks"][0].get("reason").is_none(), "not for who asked");
    // What automation cannot do people say is done.
    let done = app.act(&app.admin, &two, "install", "complete").await.expect(200).json();
    assert_eq!(states(&done), ["done", "open"]);
}

/// Nothing depends on somebody looking: the deadline is noticed on its own.
async fn a_call_that_nobody_answers_fails_on_its_own(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let bob = app.member("Bob").await;
    let item = app.item_of_tasks(json!([]), json!([by_automation("install", &[])])).await;
    let made = app.ask(&bob, &item).await;
    app.app.clock.advance_ms(61 * 60_000);
    let from =
        format!("request_task WHERE request_id = '{}' AND state = 'timed_out'", id_of(&made));
    app.wait_for_rows(&from).await;
}

async fn of_two_who_finish_a_task_one_counts(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Desk", &[&cyd, &dan]).await;
    let tasks = json!([
        by_people("prepare", &[], &group, "group"),
        by_people("check", &["prepare"], &group, "group"),
    ]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    let (one, other) = tokio::join!(
        app.act(&cyd, &made, "prepare", "complete"),
        app.act(&dan, &made, "prepare", "skip"),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = if one.status == 409 { one } else { other };
    assert_eq!(refused.code(), "task_over");
    assert_eq!(states(&app.show(&bob, &made).await)[1], "open");
}

async fn tasks_go_round_a_group_and_to_the_least_loaded(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Desk", &[&cyd, &dan]).await;
    let turns = json!([by_people("prepare", &[], &group, "round_robin")]);
    let turns = app.item_of_tasks(json!([]), turns).await;
    let made = futures(&app, &bob, &turns).await;
    let of = |name: &str| made.iter().filter(|one| assignee(one, 0) == name).count();
    assert_eq!((of("Cyd"), of("Dan")), (2, 2), "also of requests at once");
    // Dan does his, so the next two are his.
    for one in made.iter().filter(|one| assignee(one, 0) == "Dan") {
        app.act(&dan, one, "prepare", "complete").await.expect(200);
    }
    let least = json!([by_people("prepare", &[], &group, "least_loaded")]);
    let mut content = app.content("Phone", "1", json!([])).await;
    content["tasks"] = json!({ "tasks": least });
    let least = app.publish(content).await;
    for _ in 0..2 {
        assert_eq!(assignee(&app.ask(&bob, &least).await, 0), "Dan");
    }
    // Who is away gets none.
    app.disable(&dan).await;
    assert_eq!(assignee(&app.ask(&bob, &least).await, 0), "Cyd");
}

/// Four requests at once.
async fn futures(app: &CatalogApp, by: &Person, item: &str) -> Vec<Value> {
    let (one, two, three, four) =
        tokio::join!(app.ask(by, item), app.ask(by, item), app.ask(by, item), app.ask(by, item));
    vec![one, two, three, four]
}

async fn a_task_is_taken_given_and_given_back(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Desk", &[&cyd, &dan]).await;
    let tasks = json!([by_people("prepare", &[], &group, "group")]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    assert_eq!((app.to_do(&cyd).await.len(), app.to_do(&bob).await.len()), (1, 0));
    let taken = app.assign(&cyd, &made, "prepare", json!(cyd.id)).await.expect(200).json();
    assert_eq!(assignee(&taken, 0), "Cyd");
    assert!(app.to_do(&dan).await.is_empty(), "it is Cyd's");
    let refused = app.assign(&cyd, &made, "prepare", json!(bob.id)).await.expect(400);
    assert_eq!(refused.code(), "invalid");
    app.assign(&cyd, &made, "prepare", json!(dan.id)).await.expect(200);
    assert_eq!(app.to_do(&dan).await, ["1 prepare"]);
    app.assign(&dan, &made, "prepare", Value::Null).await.expect(200);
    assert_eq!((app.to_do(&cyd).await.len(), app.to_do(&dan).await.len()), (1, 1));
}

async fn a_task_is_for_its_group_alone(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, dan) = (app.member("Bob").await, app.member("Dan").await);
    let group = app.group("Desk", &[&dan]).await;
    let tasks = json!([by_people("prepare", &[], &group, "group")]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    // Whoever asked does not do it, and who has nothing to do with it does not know of it.
    assert_eq!(
        app.act(&bob, &made, "prepare", "complete").await.expect(403).code(),
        "not_own_task"
    );
    let eve = app.member("Eve").await;
    app.act(&eve, &made, "prepare", "complete").await.expect(404);
    let (_, other) = app.tenant("Other").await;
    app.act(&other, &made, "prepare", "complete").await.expect(404);
    app.act(&dan, &made, "nothing", "complete").await.expect(404);
}

async fn a_task_that_failed_is_tried_again_or_passed_over(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Desk", &[&cyd, &dan]).await;
    let tasks = json!([by_people("prepare", &[], &group, "group")]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    let body = json!({ "reason": " " });
    let path = format!("{}/tasks/prepare/fail", path_of(&made));
    assert_eq!(app.post(&dan, &path, body).await.expect(400).code(), "invalid");
    let failed = app.act(&dan, &made, "prepare", "fail").await.expect(200).json();
    assert_eq!(states(&failed), ["failed"]);
    assert_eq!(app.to_do(&cyd).await, ["1 prepare"], "somebody has to see to it");
    let again = app.act(&cyd, &made, "prepare", "retry").await.expect(200).json();
    assert_eq!(states(&again), ["open"]);
    let skipped = app.act(&cyd, &made, "prepare", "skip").await.expect(200).json();
    assert_eq!(word(&skipped["state"]), "fulfilled");
}

async fn a_request_is_taken_back_while_it_is_done(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, dan) = (app.member("Bob").await, app.member("Dan").await);
    let group = app.group("Desk", &[&dan]).await;
    let tasks = json!([
        by_people("prepare", &[], &group, "group"),
        by_people("check", &["prepare"], &group, "group"),
    ]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    let early = app.act(&dan, &made, "check", "complete").await.expect(409);
    assert_eq!(early.code(), "task_not_begun");
    app.act(&dan, &made, "prepare", "complete").await.expect(200);
    let shown = app.show(&bob, &made).await;
    assert_eq!(shown["may_cancel"], true);
    let path = format!("{}/cancel", path_of(&made));
    let stale = [("if-match", "\"1\"")];
    app.send(&bob, (Method::POST, &path), None, &stale).await.expect(412);
    let etag = format!("\"{}\"", shown["version"]);
    let ended = app.send(&bob, (Method::POST, &path), None, &[("if-match", &etag)]).await;
    let ended = ended.expect(200).json();
    assert_eq!((word(&ended["state"]), states(&ended)), ("cancelled", vec!["done", "cancelled"]));
    assert!(app.to_do(&dan).await.is_empty());
    let late = app.act(&dan, &made, "check", "complete").await.expect(409);
    assert_eq!(late.code(), "not_in_fulfilment");
    assert_eq!(app.recorded("request.withdrawn").await, 1);
}

async fn notes_are_for_all_or_for_those_who_work_on_it(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, dan) = (app.member("Bob").await, app.member("Dan").await);
    let group = app.group("Desk", &[&dan]).await;
    let tasks = json!([by_people("prepare", &[], &group, "group")]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    let notes = format!("{}/notes", path_of(&made));
    let note = |text: &str, is_internal: bool| json!({ "text": text, "is_internal": is_internal });
    app.post(&bob, &notes, note("When <b>please</b>?", false)).await.expect(201);
    app.post(&dan, &notes, note("He asks every day", true)).await.expect(201);
    app.post(&dan, &notes, note("On Monday", false)).await.expect(201);
    let refused = app.post(&bob, &notes, note("Psst", true)).await.expect(403);
    assert_eq!(refused.code(), "not_a_worker");
    assert_eq!(app.post(&bob, &notes, note(" ", false)).await.expect(400).code(), "invalid");
    let texts = async |by: &Person| {
        let list = app.get(by, &notes).await.expect(200).json();
        let items = list["items"].as_array().unwrap().clone();
        items.iter().map(|one| word(&one["text"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&bob).await, ["When <b>please</b>?", "On Monday"]);
    assert_eq!(texts(&dan).await.len(), 3);
    let (_, other) = app.tenant("Other").await;
    app.get(&other, &notes).await.expect(404);
    assert_eq!(app.recorded("request.noted").await, 3);
}

async fn a_request_is_rated_once_by_who_asked(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, dan) = (app.member("Bob").await, app.member("Dan").await);
    let group = app.group("Desk", &[&dan]).await;
    let tasks = json!([by_people("prepare", &[], &group, "group")]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    let path = format!("{}/rating", path_of(&made));
    let rating = |score: i32| json!({ "score": score, "comment": "quick" });
    assert_eq!(app.post(&bob, &path, rating(5)).await.expect(409).code(), "not_fulfilled");
    app.act(&dan, &made, "prepare", "complete").await.expect(200);
    assert_eq!(app.show(&bob, &made).await["may_rate"], true);
    assert_eq!(app.post(&dan, &path, rating(5)).await.expect(403).code(), "not_own_request");
    assert_eq!(app.post(&bob, &path, rating(6)).await.expect(400).code(), "invalid");
    let (one, other) =
        tokio::join!(app.post(&bob, &path, rating(5)), app.post(&bob, &path, rating(1)));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let shown = app.show(&bob, &made).await;
    assert_eq!(
        (shown["may_rate"].as_bool(), word(&shown["rating"]["comment"])),
        (Some(false), "quick")
    );
    assert_eq!(app.recorded("request.rated").await, 1);
}

async fn people_are_told_what_waits_for_them(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Desk", &[&dan]).await;
    let mut task = by_people("prepare", &[], &group, "round_robin");
    task["name"] = json!("To\nprepare");
    let stages = json!([stage(json!("any"), &[user(&cyd)])]);
    let item = app.item_of_tasks(stages, json!([task])).await;
    let made = app.ask(&bob, &item).await;
    let link = format!("/service-catalog/requests/{}", id_of(&made));
    app.wait_until_told(&cyd, "Waits for your approval: Laptop", &link).await;
    app.decide(&cyd, &made, 0, "approve").await.expect(200);
    app.wait_until_told(&dan, "A task is yours: To prepare", &link).await;
    app.act(&dan, &made, "prepare", "complete").await.expect(200);
    app.wait_until_told(&bob, "Laptop is done", &link).await;
}

/// Who asked hears what became of it, and everybody who works on it of what is written about it.
async fn who_asked_is_told_what_became_of_it(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Desk", &[&dan]).await;
    let stages = json!([stage(json!("any"), &[user(&cyd)])]);
    let tasks = json!([by_people("prepare", &[], &group, "group")]);
    let item = app.item_of_tasks(stages, tasks).await;
    let link = |request: &Value| format!("/service-catalog/requests/{}", id_of(request));
    let note = async |by: &Person, request: &Value, is_internal: bool| {
        let body = json!({ "text": "Which one?", "is_internal": is_internal });
        app.post(by, &format!("{}/notes", path_of(request)), body).await.expect(201);
    };
    let refused = app.ask(&bob, &item).await;
    note(&cyd, &refused, false).await;
    app.wait_until_told(&bob, "Cyd wrote about Laptop", &link(&refused)).await;
    note(&bob, &refused, false).await;
    app.wait_until_told(&cyd, "Bob wrote about Laptop", &link(&refused)).await;
    app.decide(&cyd, &refused, 0, "reject").await.expect(200);
    app.wait_until_told(&bob, "Laptop is rejected", &link(&refused)).await;
    let made = app.ask(&bob, &item).await;
    app.decide(&cyd, &made, 0, "approve").await.expect(200);
    app.wait_until_told(&bob, "Laptop is approved", &link(&made)).await;
    // It is nobody's yet.
    app.wait_until_told(&dan, "A task waits for one of you: To prepare", &link(&made)).await;
    app.assign(&dan, &made, "prepare", json!(dan.id)).await.expect(200);
    note(&app.admin, &made, true).await;
    app.wait_until_told(&dan, "Ada Admin wrote about Laptop", &link(&made)).await;
    app.act(&dan, &made, "prepare", "fail").await.expect(200);
    app.wait_until_told(&app.admin, "A task has failed: To prepare", &link(&made)).await;
    let own = app.get(&bob, "/api/v1/hub/me/notifications").await.expect(200).text;
    assert!(!own.contains("Ada Admin wrote"), "{own}");
}

async fn a_task_of_somebody_who_leaves_is_its_groups_again(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, dan, eve) =
        (app.member("Bob").await, app.member("Dan").await, app.member("Eve").await);
    let group = app.group("Desk", &[&dan, &eve]).await;
    let tasks = json!([by_people("prepare", &[], &group, "group")]);
    let item = app.item_of_tasks(json!([]), tasks).await;
    let made = app.ask(&bob, &item).await;
    app.assign(&dan, &made, "prepare", json!(dan.id)).await.expect(200);
    assert!(app.to_do(&eve).await.is_empty());
    app.disable(&dan).await;
    app.wait_for_rows("request_task WHERE assignee_id IS NULL").await;
    assert_eq!(app.to_do(&eve).await, [format!("{} prepare", made["number"])]);
    let link = format!("/service-catalog/requests/{}", id_of(&made));
    app.wait_until_told(&eve, "A task waits for one of you: To prepare", &link).await;
    // Given, and given back.
    assert_eq!(app.recorded("task.assigned").await, 2);
}

on_every_backend!(
    a_plan_is_done_in_its_order,
    automation_answers_once_and_in_time,
    automation_is_called_again,
    a_call_that_nobody_answers_fails_on_its_own,
    of_two_who_finish_a_task_one_counts,
    tasks_go_round_a_group_and_to_the_least_loaded,
    a_task_is_taken_given_and_given_back,
    a_task_is_for_its_group_alone,
    a_task_that_failed_is_tried_again_or_passed_over,
    a_request_is_taken_back_while_it_is_done,
    notes_are_for_all_or_for_those_who_work_on_it,
    a_request_is_rated_once_by_who_asked,
    people_are_told_what_waits_for_them,
    who_asked_is_told_what_became_of_it,
    a_task_of_somebody_who_leaves_is_its_groups_again,
);
