//! Finding tickets by their words, queues that people keep, and many tickets at once.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of, number_of};

async fn open(app: &CatalogApp, by: &Person, title: &str, description: &str) -> Value {
    let body = json!({ "title": title, "description": description });
    app.post(by, &format!("{BASE}/tickets"), body).await.expect(201).json()
}

async fn found(app: &CatalogApp, by: &Person, query: &str) -> Vec<i64> {
    let list = app.get(by, &format!("{BASE}/tickets?{query}")).await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(number_of).collect()
}

async fn a_queue_tells_kinds_apart(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let mut numbers = Vec::new();
    for kind in ["incident", "question", "service_request", "question"] {
        let body = json!({ "title": format!("A {kind}"), "kind": kind });
        let made = app.post(&bob, &format!("{BASE}/tickets"), body).await.expect(201).json();
        numbers.push(number_of(&made));
    }
    assert_eq!(found(&app, &eve, "kind=question").await, [numbers[3], numbers[1]]);
    assert_eq!(found(&app, &eve, "kind=question&is_open=true&sort=due").await.len(), 2);
    assert_eq!(found(&app, &eve, "kind=incident&text=incident").await, [numbers[0]]);
    assert_eq!(found(&app, &eve, "kind=problem").await, [0_i64; 0]);
    app.get(&eve, &format!("{BASE}/tickets?kind=other")).await.expect(400);
    // A view keeps it.
    let body = json!({ "name": "Questions", "filter": { "kind": "question" } });
    let kept = app.post(&eve, &format!("{BASE}/ticket-views"), body).await.expect(201).json();
    assert_eq!(kept["filter"]["kind"], "question");
}

async fn tickets_are_found_by_their_words(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let n1 = number_of(&open(&app, &bob, "Printer on fire", "Third floor, ORA-00060").await);
    let n2 = number_of(&open(&app, &cyd, "Smell", "From the printer: ist's möglich?").await);
    let second = open(&app, &bob, "Printers are slow", "").await;
    let n3 = number_of(&second);
    // Those that have it in their titles come first, and of them the newest.
    for (text, expected) in [
        ("printer", vec![n3, n1, n2]),
        ("PRINT", vec![n3, n1, n2]),
        ("printer floor", vec![n1]),
        ("pr", vec![]),
        ("00060", vec![n1]),
        ("MÖGLICH", vec![n2]),
        ("nothing", vec![]),
        ("printer's%20%22%20OR%201", vec![]),
    ] {
        assert_eq!(found(&app, &eve, &format!("text={text}")).await, expected, "{text}");
    }
    assert_eq!(found(&app, &eve, &format!("text={n1}")).await[0], n1);
    assert_eq!(found(&app, &eve, "text=printer&sort=created").await, [n3, n2, n1]);
    assert_eq!(found(&app, &eve, &format!("text=printer&requester_id={}", cyd.id)).await, [n2]);
    let none = app.get(&eve, &format!("{BASE}/tickets?text=%2A%27")).await.expect(400);
    assert_eq!(none.json()["errors"][0]["field"], "/text");
    app.get(&eve, &format!("{BASE}/tickets?sort=relevance")).await.expect(400);
    assert_eq!(page_by_page(&app, &eve).await, [n3, n1, n2]);
}

/// What is changed is found as it is now.
async fn tickets_are_found_by_what_they_became(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let second = open(&app, &bob, "Printers are slow", "").await;
    let number = number_of(&second);
    app.change_ticket(&eve, &second, json!({ "title": "Plotter" })).await.expect(200);
    assert_eq!(found(&app, &eve, "text=printers").await, [0_i64; 0]);
    assert_eq!(found(&app, &eve, "text=plotter").await, [number]);
    app.move_ticket(&eve, &second, "resolved").await.expect(200);
    assert_eq!(found(&app, &eve, "text=put%20out").await, [number]);
    // And by what it is tagged with.
    app.change_ticket(&eve, &second, json!({ "tags": ["vpn-lab", "übung"] })).await.expect(200);
    assert_eq!(found(&app, &eve, "text=vpn%20%C3%BCbung").await, [number]);
}

async fn page_by_page(app: &CatalogApp, eve: &Person) -> Vec<i64> {
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{BASE}/tickets?text=printer&limit=1{cursor}");
        let page = app.get(eve, &path).await.expect(200).json();
        paged.extend(page["items"].as_array().unwrap().iter().map(number_of));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    paged
}

async fn what_many_have_is_found_like_what_few_have(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let mut numbers = Vec::new();
    for _ in 0..24 {
        numbers.insert(0, number_of(&open(&app, &bob, "Printer burns", "").await));
    }
    let plotter = number_of(&open(&app, &bob, "Fire", "The plotter and the printer").await);
    let printers = number_of(&open(&app, &bob, "Plotters like printers", "").await);
    // By the beginning of a word that many have, in either order.
    let all = [&[printers], numbers.as_slice(), &[plotter]].concat();
    assert_eq!(found(&app, &eve, "text=print&limit=30").await, all);
    let by_number = [&[printers, plotter], numbers.as_slice()].concat();
    assert_eq!(found(&app, &eve, "text=print&sort=created&limit=30").await, by_number);
    // With one that few have.
    assert_eq!(found(&app, &eve, "text=plott%20print").await, [printers, plotter]);
    assert_eq!(found(&app, &eve, "text=fire%20printer").await, [plotter]);
    assert_eq!(found(&app, &eve, "text=printer%20nothing").await, [0_i64; 0]);
}

async fn a_word_that_very_many_have_is_found_as_it_is(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    // More than are put into an order of relevance.
    for _ in 0..64 {
        let eight = (0..8).map(|_| open(&app, &bob, "Modem", ""));
        futures_util::future::join_all(eight).await;
    }
    let hums = number_of(&open(&app, &bob, "Modem", "It hums").await);
    assert_eq!(found(&app, &eve, "text=modem%20hum").await, [hums]);
    assert_eq!(found(&app, &eve, "text=mode&limit=100").await.len(), 100);
    assert_eq!(found(&app, &eve, "text=modem&limit=100").await.len(), 100);
    assert_eq!(found(&app, &eve, "text=modem%20nothing").await, [0_i64; 0]);
}

async fn nobody_finds_what_is_not_theirs(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let (_, other) = app.tenant("Other").await;
    open(&app, &bob, "Printer", "").await;
    open(&app, &other, "Printer", "").await;
    let own = app.get(&bob, &format!("{BASE}/my/tickets?text=printer")).await.expect(200).json();
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    let none = app.get(&cyd, &format!("{BASE}/my/tickets?text=printer")).await.expect(200).json();
    assert_eq!(none["items"], json!([]));
    assert_eq!(found(&app, &other, "text=printer").await.len(), 1);
    assert_eq!(found(&app, &app.admin, "text=printer").await.len(), 1);
    // The word that stands for a tenant is none that could be asked for.
    let tenant = app.get(&app.admin, "/api/v1/hub/me").await.expect(200).json();
    let tenant = tenant["tenant"]["id"].as_str().or(tenant["tenant_id"].as_str());
    let word = format!("t{}", tenant.expect("a tenant").replace('-', ""));
    let leaked = found(&app, &other, &format!("text={word}")).await;
    assert!(leaked.is_empty(), "{leaked:?}");
}

async fn what_is_nobodys_or_mine_is_found(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let one = open(&app, &bob, "One", "").await;
    let two = open(&app, &bob, "Two", "").await;
    app.change_ticket(&eve, &one, json!({ "assignee_id": eve.id })).await.expect(200);
    assert_eq!(found(&app, &eve, "is_mine=true").await, [number_of(&one)]);
    assert_eq!(found(&app, &eve, "is_unassigned=true").await, [number_of(&two)]);
    assert_eq!(found(&app, &app.admin, "is_mine=true").await, [0_i64; 0]);
}

async fn people_keep_queues_and_leads_share_them(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (eve, leo) = (app.agent("Eve").await, app.lead("Leo").await);
    let path = format!("{BASE}/ticket-views");
    let body = |name: &str, is_shared: bool| {
        let filter = json!({ "is_open": true, "sort": "due", "is_mine": true });
        json!({ "name": name, "is_shared": is_shared, "filter": filter })
    };
    let own = app.post(&eve, &path, body("Mine", false)).await.expect(201).json();
    assert_eq!(own["filter"]["sort"], "due");
    assert_eq!(app.post(&eve, &path, body("Mine", false)).await.expect(409).code(), "name_taken");
    let refused = app.post(&eve, &path, body("Ours", true)).await.expect(403);
    assert_eq!(refused.code(), "permission_missing");
    let shared = app.post(&leo, &path, body("Ours", true)).await.expect(201).json();
    app.post(&leo, &path, body("Mine", false)).await.expect(201);
    let mut wrong = body("Wrong", false);
    wrong["filter"]["tier"] = json!(9);
    app.post(&eve, &path, wrong).await.expect(400);
    let list = app.get(&eve, &path).await.expect(200).json();
    let seen = list["items"].as_array().unwrap().iter();
    let seen: Vec<_> = seen.map(|one| (one["name"].clone(), one["is_own"].clone())).collect();
    assert_eq!(seen, [(json!("Mine"), json!(true)), (json!("Ours"), json!(false))]);
    let at = |view: &Value| format!("{path}/{}", id_of(view));
    let first = [("if-match", "\"1\"")];
    let put = |by: &Person, view: &Value, name: &str, is_shared: bool| {
        let (by, view, body) = (by.clone(), at(view), Some(body(name, is_shared)));
        let (app, first) = (&app, &first);
        async move { app.send(&by, (Method::PUT, &view), body, first).await }
    };
    put(&eve, &shared, "Hers", true).await.expect(403);
    put(&leo, &own, "His", false).await.expect(404);
    let changed = put(&eve, &own, "My own", false).await.expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    put(&eve, &own, "Late", false).await.expect(412);
    app.send(&eve, (Method::DELETE, &at(&own)), None, &first).await.expect(412);
    let second = [("if-match", "\"2\"")];
    app.send(&eve, (Method::DELETE, &at(&own)), None, &second).await.expect(204);
    assert_eq!(app.recorded("ticket-view.removed").await, 1);
}

async fn many_tickets_are_changed_each_by_itself(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let one = open(&app, &bob, "One", "").await;
    let two = open(&app, &bob, "Two", "").await;
    let three = open(&app, &bob, "Three", "").await;
    let path = format!("{BASE}/tickets/bulk");
    let stranger = suite_contracts::UserId::new();
    let seen = |ticket: &Value, version: i64| json!({ "id": ticket["id"], "version": version });
    let body = json!({
        "tickets": [
            seen(&one, 1), seen(&two, 7), seen(&three, 1), { "id": stranger, "version": 1 },
        ],
        "change": { "assignee_id": eve.id, "tags": ["fire"] },
        "move": { "to": "resolved", "solution": "Put out" },
    });
    app.post(&bob, &path, body.clone()).await.expect(403);
    let done = app.post(&eve, &path, body).await.expect(200).json();
    let results = done["items"].as_array().unwrap().iter();
    let results: Vec<_> = results
        .map(|one| (one["version"].as_i64(), one["refusal"]["code"].as_str().map(str::to_owned)))
        .collect();
    let refused = |code: &str| (None, Some(code.to_owned()));
    assert_eq!(
        results,
        [(Some(3), None), refused("stale"), (Some(3), None), refused("not_found")],
        "{done}"
    );
    assert_eq!(app.ticket(&eve, &two).await["state"], "new");
    assert_eq!(app.ticket(&eve, &three).await["state"], "resolved");
    // A change that was made stays, though the move is refused.
    let body = json!({
        "tickets": [seen(&two, 1)], "change": { "tags": ["x"] }, "move": { "to": "closed" },
    });
    let done = app.post(&eve, &path, body).await.expect(200).json();
    assert_eq!(done["items"][0]["version"], 2);
    assert_eq!(done["items"][0]["refusal"]["code"], "no_such_move");
    let twice = json!({ "tickets": [seen(&two, 2), seen(&two, 2)] });
    app.post(&eve, &path, twice).await.expect(400);
    let many: Vec<Value> =
        (0..101).map(|_| json!({ "id": suite_contracts::UserId::new(), "version": 1 })).collect();
    app.post(&eve, &path, json!({ "tickets": many })).await.expect(400);
}

on_every_backend!(
    a_queue_tells_kinds_apart,
    tickets_are_found_by_their_words,
    tickets_are_found_by_what_they_became,
    what_many_have_is_found_like_what_few_have,
    a_word_that_very_many_have_is_found_as_it_is,
    nobody_finds_what_is_not_theirs,
    what_is_nobodys_or_mine_is_found,
    people_keep_queues_and_leads_share_them,
    many_tickets_are_changed_each_by_itself,
);
