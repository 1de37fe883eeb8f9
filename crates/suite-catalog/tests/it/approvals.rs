//! Who decides, in which order, and what happens at once.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, ask_for, id_of, path_of, stage, user};

async fn stages_are_asked_one_after_the_other(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    app.set_manager(&bob, &cyd).await;
    let group = app.group("Buyers", &[&dan, &bob]).await;
    let mut second = stage(json!("any"), &[json!({ "group": group })]);
    second["condition"] = json!({ "price_above": "1000" });
    let stages = json!([stage(json!("any"), &[json!("manager")]), second]);
    let (dear, cheap) =
        (app.item("Car", "9000", stages.clone()).await, app.item("Pen", "2", stages).await);
    let car = app.ask(&bob, &dear).await;
    assert_eq!((app.asked(&cyd).await, app.asked(&dan).await), (vec![1], vec![]));
    let passed = app.decide(&cyd, &car, 0, "approve").await.expect(200).json();
    assert_eq!((passed["state"].as_str(), passed["stage"].as_i64()), (Some("approving"), Some(1)));
    // Bob is one of the buyers, and asked for it: he is not asked.
    assert_eq!((app.asked(&cyd).await, app.asked(&dan).await), (vec![], vec![1]));
    assert!(app.asked(&bob).await.is_empty());
    let done = app.decide(&dan, &car, 1, "approve").await.expect(200).json();
    assert_eq!(done["state"], "fulfilled");
    assert_eq!(done["stages"][0]["seats"][0]["decision"]["by"]["name"], "Cyd");
    assert_eq!(done["stages"][0]["seats"][0]["decision"]["reason"], "because");
    let pen = app.ask(&bob, &cheap).await;
    let done = app.decide(&cyd, &pen, 0, "approve").await.expect(200).json();
    assert_eq!(
        (done["state"].as_str(), done["stages"][1]["state"].as_str()),
        (Some("fulfilled"), Some("skipped"))
    );
    for (action, count) in [
        ("request.submitted", 2),
        ("approval.requested", 3),
        ("approval.decided", 3),
        ("approval.stage-approved", 3),
        ("approval.stage-skipped", 1),
        ("request.approved", 2),
    ] {
        assert_eq!(app.recorded(action).await, count, "{action}");
    }
}

async fn an_event_says_what_a_consumer_needs(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let item = app.item("Desk", "250", json!([stage(json!("any"), &[user(&cyd)])])).await;
    let made = app.ask(&bob, &item).await;
    app.decide(&cyd, &made, 0, "approve").await.expect(200);
    let records = format!("{BASE}/audit/records?subject={}", id_of(&made));
    let records = app.get(&app.admin, &records).await.expect(200).json();
    let find = |action: &str| {
        let name = format!("service-catalog.{action}");
        let records = records["items"].as_array().unwrap();
        records.iter().find(|record| record["action"] == name.as_str()).unwrap().clone()
    };
    let (asked, decided) = (find("approval.requested"), find("approval.decided"));
    let expected = json!({
        "request_id": made["id"], "number": 1, "item_id": item, "item_name": "Desk",
        "item_version": 1, "requester_id": bob.id, "requested_for_id": bob.id, "price": "250",
        "cost_centre_id": null, "stage": 0, "stage_name": "Stage", "user_id": cyd.id,
        "on_behalf_of_id": null,
    });
    assert_eq!(asked["detail"], expected, "{asked}");
    assert_eq!(decided["detail"]["verdict"], "approve");
    assert_eq!(
        (decided["actor"]["id"].as_str(), asked["actor"]["kind"].as_str()),
        (Some(cyd.id.as_str()), Some("system"))
    );
}

async fn a_rejection_ends_it_and_says_why(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let item = app.item("Desk", "1", json!([stage(json!("all"), &[user(&cyd), user(&dan)])])).await;
    let made = app.ask(&bob, &item).await;
    let path = format!("{}/decisions", path_of(&made));
    let silent = json!({ "stage": 0, "verdict": "reject", "reason": "  " });
    let refused = app.post(&cyd, &path, silent).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/reason");
    app.decide(&cyd, &made, 0, "reject").await.expect(200);
    let seen = app.show(&bob, &made).await;
    assert_eq!(
        (seen["state"].as_str(), seen["stages"][0]["state"].as_str()),
        (Some("rejected"), Some("rejected"))
    );
    assert_eq!(seen["stages"][0]["seats"].as_array().unwrap().len(), 2);
    let late = app.decide(&dan, &made, 0, "approve").await.expect(409);
    assert_eq!(late.code(), "approval_over");
    assert!(late.text.contains("Cyd rejected at"), "{}", late.text);
}

async fn who_has_decided_finds_it_again(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let both = [user(&cyd), user(&dan)];
    let stages = json!([stage(json!("all"), &both), stage(json!("any"), &[user(&cyd)])]);
    let item = app.item("Desk", "1", stages).await;
    let (first, second) = (app.ask(&bob, &item).await, app.ask(&bob, &item).await);
    let decided = async |by| {
        let list = app.get(by, &format!("{BASE}/my/decisions")).await.expect(200).json();
        let numbers = list["items"].as_array().unwrap().iter();
        numbers.map(|one| one["number"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    app.decide(&cyd, &first, 0, "approve").await.expect(200);
    assert_eq!((decided(&cyd).await, decided(&dan).await), (vec![1], vec![]));
    // In a second stage, too, and in one that nobody is asked any more.
    app.decide(&dan, &first, 0, "approve").await.expect(200);
    app.decide(&cyd, &first, 1, "approve").await.expect(200);
    app.decide(&cyd, &second, 0, "reject").await.expect(200);
    assert_eq!((decided(&cyd).await, decided(&dan).await), (vec![2, 1], vec![1]));
    assert!(decided(&bob).await.is_empty());
    let rejected = format!("{BASE}/my/decisions?state=rejected");
    let rejected = app.get(&cyd, &rejected).await.expect(200).json();
    assert_eq!(rejected["items"].as_array().unwrap().len(), 1);
}

async fn of_two_at_once_one_counts(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let both = [user(&cyd), user(&dan)];
    // Both are asked again in the second stage, where the late decision must not count.
    let stages = json!([stage(json!("any"), &both), stage(json!("all"), &both)]);
    let item = app.item("Desk", "1", stages).await;
    for number in 1..=3 {
        let made = app.ask(&bob, &item).await;
        let (one, other) = tokio::join!(
            app.decide(&cyd, &made, 0, "approve"),
            app.decide(&dan, &made, 0, "approve"),
        );
        let (won, lost, winner) = match one.status.as_u16() {
            200 => (one, other, "Cyd"),
            _ => (other, one, "Dan"),
        };
        won.expect(200);
        let lost = lost.expect(409);
        assert_eq!(lost.code(), "stage_passed");
        assert!(lost.text.contains(&format!("{winner} approved at")), "{}", lost.text);
        let seen = app.show(&bob, &made).await;
        assert_eq!(seen["stage"], 1);
        let decided = |stage: usize| {
            let seats = seen["stages"][stage]["seats"].as_array().unwrap().iter();
            seats.filter(|seat| seat["state"] == "decided").count()
        };
        assert_eq!((decided(0), decided(1)), (1, 0), "{number}: {seen}");
        assert_eq!(app.recorded("approval.decided").await, number);
    }
}

async fn nobody_approves_their_own_request(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let all = [user(&bob), user(&cyd), user(&dan)];
    let item = app.item("Desk", "1", json!([stage(json!("any"), &all)])).await;
    let mut body = ask_for(&item);
    body["requested_for_id"] = json!(cyd.id);
    let made = app.try_ask(&bob, body).await.expect(201).json();
    for own in [&bob, &cyd] {
        assert!(app.asked(own).await.is_empty(), "{}", own.name);
        let refused = app.decide(own, &made, 0, "approve").await.expect(403);
        assert_eq!(refused.code(), "own_request");
    }
    app.decide(&dan, &made, 0, "approve").await.expect(200);
    // An administrator sees it, and is not asked.
    let made = app.ask(&bob, &item).await;
    let refused = app.decide(&app.admin, &made, 0, "approve").await.expect(403);
    assert_eq!(refused.code(), "not_asked");
}

async fn a_quorum_needs_its_number(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan, eve) = (
        app.member("Bob").await,
        app.member("Cyd").await,
        app.member("Dan").await,
        app.member("Eve").await,
    );
    let all = [user(&cyd), user(&dan), user(&eve)];
    let item = app.item("Desk", "1", json!([stage(json!({ "quorum": 2 }), &all)])).await;
    let made = app.ask(&bob, &item).await;
    let state = |answer: Value| answer["state"].as_str().unwrap().to_owned();
    let one = app.decide(&cyd, &made, 0, "approve").await.expect(200).json();
    assert_eq!(state(one), "approving");
    let twice = app.decide(&cyd, &made, 0, "approve").await.expect(409);
    assert_eq!(twice.code(), "already_decided");
    assert!(app.asked(&cyd).await.is_empty());
    let two = app.decide(&dan, &made, 0, "reject").await.expect(200).json();
    assert_eq!(state(two), "approving");
    let three = app.decide(&eve, &made, 0, "approve").await.expect(200).json();
    assert_eq!(state(three), "fulfilled");
}

/// Without anybody touching the request: the job hears of it from Hub.
async fn an_approver_who_leaves_is_not_waited_for(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let group = app.group("Buyers", &[&cyd]).await;
    let one = app.item("Desk", "1", json!([stage(json!("all"), &[user(&cyd)])])).await;
    let many =
        app.item("Car", "1", json!([stage(json!("any"), &[json!({ "group": group })])])).await;
    let (desk, car) = (app.ask(&bob, &one).await, app.ask(&bob, &many).await);
    assert_eq!(app.asked(&cyd).await, [2, 1]);
    // Who joins a group is asked, who leaves it is not any more.
    app.set_members(&group, &[&dan]).await;
    app.wait_until_asked(&dan, &[2]).await;
    app.wait_until_asked(&cyd, &[1]).await;
    // Where nobody is left and nobody has decided, an administrator sees to it: it never approves.
    app.disable(&cyd).await;
    app.wait_for_state(&desk, "failed").await;
    assert_eq!(app.recorded("request.failed").await, 1);
    let done = app.decide(&dan, &car, 0, "approve").await.expect(200).json();
    assert_eq!(done["state"], "fulfilled");
    let seats = done["stages"][0]["seats"].as_array().unwrap();
    assert_eq!(
        (seats[0]["state"].as_str(), seats[1]["state"].as_str()),
        (Some("left"), Some("decided"))
    );
}

/// A request whose second stage asks a group that nobody is in, once Cyd has approved the first.
async fn failed_for_want_of_buyers(app: &CatalogApp) -> (Value, [Person; 2], String) {
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let group = app.group("Buyers", &[]).await;
    let stages = json!([
        stage(json!("any"), &[user(&cyd)]),
        stage(json!("any"), &[json!({ "group": group })]),
    ]);
    let item = app.item("Desk", "1", stages).await;
    let made = app.ask(&bob, &item).await;
    let early = app.restart(&app.admin, &made, 1, "too early").await.expect(409);
    assert_eq!(early.code(), "not_failed");
    let failed = app.decide(&cyd, &made, 0, "approve").await.expect(200).json();
    assert_eq!(
        (failed["state"].as_str(), failed["may_restart"].as_bool()),
        (Some("failed"), Some(false))
    );
    (failed, [bob, cyd], group)
}

impl CatalogApp {
    async fn restart(&self, by: &Person, request: &Value, version: u32, reason: &str) -> Answer {
        let (path, etag) = (format!("{}/restart", path_of(request)), format!("\"{version}\""));
        let body = json!({ "reason": reason });
        self.send(by, (Method::POST, &path), Some(body), &[("if-match", &etag)]).await
    }
}

async fn what_failed_is_started_anew_by_who_may(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (made, [bob, _], group) = failed_for_want_of_buyers(&app).await;
    app.restart(&bob, &made, 2, "please").await.expect(403);
    assert_eq!(app.show(&app.admin, &made).await["may_restart"], true);
    let still = app.restart(&app.admin, &made, 2, "try").await.expect(409);
    assert_eq!(still.code(), "still_too_few");
    assert!(
        still.text.contains("in stage Stage: see to it that there are, then start"),
        "{}",
        still.text
    );
    let dan = app.member("Dan").await;
    app.set_members(&group, &[&dan]).await;
    app.restart(&app.admin, &made, 1, "Dan buys now").await.expect(412);
    let empty = app.restart(&app.admin, &made, 2, "  ").await.expect(400).json();
    assert_eq!(empty["errors"][0]["field"], "/reason");
    assert_eq!(app.recorded("approval.restarted").await, 0);
}

async fn what_is_started_anew_goes_on_from_its_stage(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (made, _, group) = failed_for_want_of_buyers(&app).await;
    let dan = app.member("Dan").await;
    app.set_members(&group, &[&dan]).await;
    let again = app.restart(&app.admin, &made, 2, "Dan buys now").await.expect(200).json();
    assert_eq!((again["state"].as_str(), again["ended_at"].is_null()), (Some("approving"), true));
    assert_eq!(again["stages"][0]["state"], "approved", "what was approved stays");
    assert_eq!(again["may_restart"], false);
    assert_eq!(app.asked(&dan).await, [1]);
    let done = app.decide(&dan, &made, 1, "approve").await.expect(200).json();
    assert_eq!(done["state"], "fulfilled");
    assert_eq!(app.restart(&app.admin, &made, 4, "more").await.expect(409).code(), "not_failed");
    assert_eq!(app.recorded("approval.restarted").await, 1);
    let told = "audit_record WHERE action = 'service-catalog.approval.restarted' \
                AND detail LIKE '%Dan buys now%'";
    assert_eq!(app.count(told).await, 1);
}

/// What nobody has to decide any more begins with its work at once.
async fn what_is_started_anew_may_be_approved_at_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let (group, trainees) = (app.group("Buyers", &[]).await, app.group("Trainees", &[&bob]).await);
    let mut only = stage(json!("any"), &[json!({ "group": group })]);
    only["condition"] = json!({ "requester_in": trainees });
    let mut content = app.content("Desk", "1", json!([only])).await;
    content["tasks"] = json!({ "tasks": [{ "key": "bring", "name": "Bring it",
        "work": { "people": { "group_id": trainees, "assignment": "group" } } }] });
    let item = app.publish(content).await;
    let made = app.ask(&bob, &item).await;
    assert_eq!(made["state"], "failed");
    app.set_members(&trainees, &[]).await;
    let why = "Bob is no trainee any more";
    let again = app.restart(&app.admin, &made, 1, why).await.expect(200);
    let again = again.json();
    assert_eq!(
        (again["state"].as_str(), again["tasks"][0]["state"].as_str()),
        (Some("fulfilling"), Some("open"))
    );
}

on_every_backend!(
    stages_are_asked_one_after_the_other,
    an_event_says_what_a_consumer_needs,
    a_rejection_ends_it_and_says_why,
    who_has_decided_finds_it_again,
    of_two_at_once_one_counts,
    nobody_approves_their_own_request,
    a_quorum_needs_its_number,
    an_approver_who_leaves_is_not_waited_for,
    what_failed_is_started_anew_by_who_may,
    what_is_started_anew_goes_on_from_its_stage,
    what_is_started_anew_may_be_approved_at_once,
);
