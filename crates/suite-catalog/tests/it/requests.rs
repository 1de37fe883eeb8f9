//! Asking for things, and seeing where that stands.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, ask_for, id_of, number_of, path_of, stage, user};

async fn numbers(app: &CatalogApp, by: &Person, path: &str) -> Vec<i64> {
    let list = app.get(by, &format!("{BASE}/{path}")).await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(number_of).collect()
}

/// Two requests for an item that Cyd approves, and then Dan, who owns its cost centre: of Bob, and
/// of Cyd.
async fn asked_twice(app: &CatalogApp) -> ([Person; 3], [Value; 2]) {
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let body = json!({ "code": "4711", "name": "Lab", "owner_id": dan.id });
    let centre = app.post(&app.admin, &format!("{BASE}/cost-centres"), body).await.expect(201);
    let stages = json!([
        stage(json!("any"), &[user(&cyd)]),
        stage(json!("any"), &[json!("cost_centre_owner")])
    ]);
    let mut content = app.content("Desk", "250", stages).await;
    content["cost_centre_id"] = centre.json()["id"].clone();
    let item = app.publish(content).await;
    let first = app.ask(&bob, &item).await;
    let second = app.ask(&cyd, &item).await;
    ([bob, cyd, dan], [first, second])
}

async fn an_approver_sees_all_that_they_decide_on(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ([bob, cyd, _], [first, _]) = asked_twice(&app).await;
    let seen = app.show(&cyd, &first).await;
    assert_eq!(seen["requester"]["name"], "Bob");
    assert_eq!(seen["answers"]["purpose"], json!({ "text": "to test" }));
    assert_eq!(seen["form"]["fields"][0]["label"], "Purpose");
    assert_eq!(
        (seen["price"].as_str(), seen["cost_centre"]["code"].as_str()),
        (Some("250"), Some("4711"))
    );
    assert_eq!(seen["cost_centre"]["owner"]["name"], "Dan");
    assert_eq!(
        (seen["stages"][0]["state"].as_str(), seen["stages"][1]["state"].as_str()),
        (Some("open"), Some("waiting"))
    );
    assert_eq!(seen["stages"][0]["seats"][0]["person"]["name"], "Cyd");
    assert_eq!(
        (seen["may_decide_stage"].as_u64(), seen["may_cancel"].as_bool()),
        (Some(0), Some(false))
    );
    let own = app.show(&bob, &first).await;
    assert_eq!((own["may_decide_stage"].as_u64(), own["may_cancel"].as_bool()), (None, Some(true)));
}

async fn a_request_is_numbered_and_listed(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ([bob, _, dan], [first, second]) = asked_twice(&app).await;
    assert_eq!((number_of(&first), number_of(&second)), (1, 2));
    // Who has nothing to do with it does not see it; who sees everybody's does.
    app.get(&dan, &path_of(&first)).await.expect(404);
    let auditor = app.member_with("Eve", "Auditor").await;
    app.get(&auditor, &path_of(&first)).await.expect(200);
    assert_eq!(numbers(&app, &bob, "my/requests").await, [1]);
    assert_eq!(numbers(&app, &auditor, "requests").await, [2, 1]);
    assert_eq!(numbers(&app, &auditor, "requests?state=fulfilled").await, [0_i64; 0]);
    assert_eq!(numbers(&app, &auditor, "requests?limit=1").await, [2]);
    // By number, by words of the item's name in whatever order, and by person.
    for (query, found) in [
        ("text=%232", vec![2]),
        ("text=1", vec![1]),
        ("text=nothing", vec![]),
        ("text=desk", vec![2, 1]),
        (&format!("person_id={}", bob.id), vec![1]),
    ] {
        assert_eq!(numbers(&app, &auditor, &format!("requests?{query}")).await, found, "{query}");
    }
    let of_another = format!("my/requests?person_id={}", dan.id);
    assert_eq!(numbers(&app, &bob, &of_another).await, [1]);
    let page = app.get(&auditor, &format!("{BASE}/requests?limit=1")).await.expect(200).json();
    let next = format!("requests?limit=1&cursor={}", page["next"].as_str().unwrap());
    assert_eq!(numbers(&app, &auditor, &next).await, [1]);
    assert_eq!(app.recorded("request.submitted").await, 2);
    // Cyd asked for the second one, and there is nobody else to ask: it has failed, not passed.
    assert_eq!(second["state"], "failed");
}

/// From what was spent to the requests that it was spent on.
async fn requests_are_found_by_period_and_cost_centre(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let body = json!({ "code": "4711", "name": "Lab", "owner_id": cyd.id });
    let centre = app.post(&app.admin, &format!("{BASE}/cost-centres"), body).await.expect(201);
    let centre = centre.json()["id"].as_str().unwrap().to_owned();
    let mut content = app.content("Desk", "250", json!([stage(json!("any"), &[user(&cyd)])])).await;
    content["cost_centre_id"] = json!(centre);
    let desk = app.publish(content).await;
    let badge = app.item("Badge", "0", json!([])).await;
    let first = app.ask(&bob, &desk).await;
    app.decide(&cyd, &first, 0, "approve").await.expect(200);
    let from = first["created_at"].as_str().unwrap().to_owned();
    app.later(48, &mut [&mut bob, &mut cyd]).await;
    let second = app.ask(&bob, &desk).await;
    app.ask(&bob, &badge).await;
    let then = second["created_at"].as_str().unwrap();
    for (query, expected) in [
        (format!("cost_centre_id={centre}"), vec![2, 1]),
        ("is_uncharged=true".to_owned(), vec![3]),
        (format!("cost_centre_id={centre}&is_approved=true"), vec![1]),
        ("is_approved=true".to_owned(), vec![3, 1]),
        (format!("created_from={from}&created_until={then}"), vec![1]),
        (format!("created_from={then}"), vec![3, 2]),
        (format!("created_until={from}"), vec![]),
        (format!("cost_centre_id={}", suite_contracts::UserId::new()), vec![]),
    ] {
        assert_eq!(
            numbers(&app, &app.admin, &format!("requests?{query}")).await,
            expected,
            "{query}"
        );
    }
    let refused = app.get(&app.admin, &format!("{BASE}/requests?created_from=today")).await;
    assert_eq!(refused.expect(400).json()["errors"][0]["field"], "created_from");
}

fn form(group: &str) -> Value {
    json!({ "fields": [
        { "key": "purpose", "label": "Purpose", "required": true,
          "kind": { "type": "text", "chars_max": 100 } },
        { "key": "count", "label": "Count",
          "kind": { "type": "number", "min": "1", "max": "5", "step": "1" } },
        { "key": "mentor", "label": "Mentor", "kind": { "type": "user", "group_id": group } },
        { "key": "keeper", "label": "Keeper", "kind": { "type": "user" }, "prefill": "requester" },
        { "key": "hosts", "label": "Hosts", "kind": { "type": "table", "rows_max": 3, "columns": [
            { "key": "name", "label": "Name", "required": true,
              "kind": { "type": "text", "chars_max": 9 } },
            { "key": "owner", "label": "Owner", "kind": { "type": "user" } },
        ] } },
        { "key": "why", "label": "Why so many", "kind": { "type": "text", "chars_max": 50 },
          "show": { "answer": { "field": "count", "is": { "above": "3" } } }, "required": true },
    ] })
}

async fn answers_are_checked_by_the_form(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let group = app.group("Lab", &[&cyd]).await;
    let mut content = app.content("Desk", "0", json!([])).await;
    content["form"] = form(&group);
    let item = app.publish(content).await;
    let good = json!({
        "purpose": { "text": " to test " }, "count": { "number": "2.0" },
        "mentor": { "user": cyd.id },
        "hosts": { "table": [{}, { "name": { "text": "a" }, "owner": { "user": cyd.id } }] },
        "why": { "text": "not shown" },
    });
    let stranger = suite_contracts::UserId::new();
    let cases: [(&str, Value, &str); 9] = [
        ("purpose", json!({ "text": "  " }), "/answers/purpose"),
        ("purpose", json!({ "number": "1" }), "/answers/purpose"),
        ("count", json!({ "number": "1.5" }), "/answers/count"),
        ("count", json!({ "number": "4" }), "/answers/why"),
        ("mentor", json!({ "user": bob.id }), "/answers/mentor"),
        ("keeper", json!({ "user": stranger }), "/answers/keeper"),
        (
            "hosts",
            json!({ "table": [{ "owner": { "user": cyd.id } }] }),
            "/answers/hosts/table/0/name",
        ),
        (
            "hosts",
            json!({ "table": [{ "name": { "text": "a" }, "owner": { "user": stranger } }] }),
            "/answers/hosts/table/0/owner",
        ),
        ("unknown", json!({ "text": "x" }), "/answers/unknown"),
    ];
    for (field, answer, at) in cases {
        let mut answers = good.clone();
        answers[field] = answer;
        if field == "count" {
            answers.as_object_mut().unwrap().remove("why");
        }
        let body = json!({ "item_id": item, "item_version": 1, "answers": answers });
        let refused = app.try_ask(&bob, body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let body = json!({ "item_id": item, "item_version": 1, "answers": good });
    let made = app.try_ask(&bob, body).await.expect(201).json();
    // Normalised: trimmed, prefilled, without what was not asked and without empty rows.
    assert_eq!(
        made["answers"],
        json!({
            "purpose": { "text": "to test" }, "count": { "number": "2" },
            "mentor": { "user": cyd.id }, "keeper": { "user": bob.id },
            "hosts": { "table": [{ "name": { "text": "a" }, "owner": { "user": cyd.id } }] },
        })
    );
    let mut named = vec![json!({ "id": bob.id, "name": "Bob" })];
    named.push(json!({ "id": cyd.id, "name": "Cyd" }));
    named.sort_by_key(|one| one["id"].to_string());
    assert_eq!(made["people"], json!(named), "whoever reads the answers knows whom they name");
    // Without a stage it is approved at once.
    assert_eq!(made["state"], "fulfilled");
    // Somebody who is not active any more is nobody to name.
    app.disable(&cyd).await;
    let mut body = ask_for(&item);
    body["answers"]["mentor"] = json!({ "user": cyd.id });
    let refused = app.try_ask(&bob, body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/answers/mentor");
}

async fn a_request_may_be_for_somebody_else(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    app.set_manager(&cyd, &dan).await;
    let item = app.item("Desk", "1", json!([stage(json!("any"), &[json!("manager")])])).await;
    let mut body = ask_for(&item);
    body["requested_for_id"] = json!(suite_contracts::UserId::new());
    let refused = app.try_ask(&bob, body.clone()).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/requested_for_id");
    body["requested_for_id"] = json!(cyd.id);
    let made = app.try_ask(&bob, body).await.expect(201).json();
    assert_eq!(made["requested_for"]["name"], "Cyd");
    // Both have it in their lists, and the manager of whom it is for is asked.
    assert_eq!(numbers(&app, &bob, "my/requests").await, [1]);
    assert_eq!(numbers(&app, &cyd, "my/requests").await, [1]);
    assert_eq!(app.asked(&dan).await, [1]);
    let etag = format!("\"{}\"", made["version"]);
    let path = format!("{}/cancel", path_of(&made));
    let post = || (Method::POST, path.as_str());
    let refused = app.send(&dan, post(), None, &[("if-match", &etag)]).await.expect(403);
    assert_eq!(refused.code(), "not_own_request");
    app.send(&cyd, post(), None, &[("if-match", &etag)]).await.expect(200);
}

async fn a_request_is_taken_back_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let item = app.item("Desk", "1", json!([stage(json!("any"), &[user(&cyd)])])).await;
    let made = app.ask(&bob, &item).await;
    let path = format!("{}/cancel", path_of(&made));
    let post = || (Method::POST, path.as_str());
    app.send(&bob, post(), None, &[]).await.expect(428);
    app.send(&bob, post(), None, &[("if-match", "\"9\"")]).await.expect(412);
    assert_eq!(app.asked(&cyd).await, [1]);
    let gone = app.send(&bob, post(), None, &[("if-match", "\"1\"")]).await.expect(200);
    assert_eq!((gone.json()["state"].as_str(), gone.header("etag")), (Some("cancelled"), "\"2\""));
    assert!(app.asked(&cyd).await.is_empty());
    let again = app.send(&bob, post(), None, &[("if-match", "\"2\"")]).await.expect(409);
    assert_eq!(again.code(), "request_over");
    let late = app.decide(&cyd, &made, 0, "approve").await.expect(409);
    assert_eq!(late.code(), "approval_over");
    assert!(late.text.contains("taken back"), "{}", late.text);
    assert_eq!(app.recorded("request.cancelled").await, 1);
    assert_eq!(app.recorded("approval.decided").await, 0);
}

async fn a_repeated_request_is_made_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let item = app.item("Desk", "1", json!([])).await;
    let path = format!("{BASE}/requests");
    let post = |key| {
        let (path, body) = ((Method::POST, path.as_str()), Some(ask_for(&item)));
        let headers = [("idempotency-key", key)];
        let (app, bob) = (&app, &bob);
        async move { app.send(bob, path, body, &headers).await }
    };
    let first = post("k-1").await.expect(201).json();
    let again = post("k-1").await.expect(201).json();
    assert_eq!(id_of(&first), id_of(&again));
    post("k-2").await.expect(201);
    assert_eq!(numbers(&app, &bob, "my/requests").await, [2, 1]);
}

async fn requests_at_once_get_a_number_each(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let item = app.item("Desk", "1", json!([])).await;
    let (one, two, three, four) = tokio::join!(
        app.ask(&bob, &item),
        app.ask(&bob, &item),
        app.ask(&bob, &item),
        app.ask(&bob, &item),
    );
    let mut numbers = [one, two, three, four].map(|request| number_of(&request));
    numbers.sort_unstable();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    // PostgreSQL sets numbers aside for those that come at once, and leaves gaps.
    if backend == Backend::Embedded {
        assert_eq!(numbers, [1, 2, 3, 4]);
    }
}

async fn an_api_key_asks_for_nothing(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let item = app.item("Desk", "1", json!([])).await;
    let permissions = ["catalog.items.read", "catalog.requests.read", "catalog.requests.write"];
    let robot = app.key(&permissions).await;
    app.get(&robot, &format!("{BASE}/items/{item}")).await.expect(200);
    let refused = app.try_ask(&robot, ask_for(&item)).await.expect(403);
    assert_eq!(refused.code(), "person_needed");
}

on_every_backend!(
    an_approver_sees_all_that_they_decide_on,
    a_request_is_numbered_and_listed,
    requests_are_found_by_period_and_cost_centre,
    answers_are_checked_by_the_form,
    a_request_may_be_for_somebody_else,
    a_request_is_taken_back_once,
    a_repeated_request_is_made_once,
    requests_at_once_get_a_number_each,
    an_api_key_asks_for_nothing,
);
