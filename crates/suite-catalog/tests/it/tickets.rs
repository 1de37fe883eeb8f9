//! Tickets: opened, worked on, handed over, solved.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::desk::ticket_path;
use crate::fixture::{BASE, CatalogApp, Person, id_of, number_of};

async fn numbers(app: &CatalogApp, by: &Person, path: &str) -> Vec<i64> {
    let list = app.get(by, &format!("{BASE}/{path}")).await.expect(200).json();
    list["items"].as_array().unwrap().iter().map(number_of).collect()
}

async fn a_ticket_is_opened_and_seen_by_its_requester(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "high", "medium").await;
    assert_eq!((number_of(&made), made["version"].as_i64()), (1, Some(1)));
    assert_eq!(
        (made["state"].as_str(), made["priority"].as_str(), made["tier"].as_i64()),
        (Some("new"), Some("P2"), Some(1))
    );
    assert_eq!(made["requester"]["name"], "Bob");
    assert_eq!(app.ticket(&bob, &made).await["title"], "Printer on fire");
    app.get(&cyd, &ticket_path(&made)).await.expect(404);
    app.ticket(&eve, &made).await;
    assert_eq!(numbers(&app, &bob, "my/tickets").await, [1]);
    assert!(numbers(&app, &cyd, "my/tickets").await.is_empty());
    assert_eq!(numbers(&app, &eve, "tickets").await, [1]);
    for (field, value, at) in [
        ("title", json!(" "), "/title"),
        ("title", json!("x".repeat(201)), "/title"),
        ("description", json!("x".repeat(20_001)), "/description"),
        ("kind", json!("riddle"), "/kind"),
        ("impact", json!("none"), "/impact"),
    ] {
        let mut body = json!({ "title": "Help" });
        body[field] = value;
        let refused = app.post(&bob, &format!("{BASE}/tickets"), body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    assert_eq!(app.recorded("ticket.created").await, 1);
}

async fn an_agent_opens_tickets_on_behalf_of_others(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let path = format!("{BASE}/tickets");
    let body = json!({ "title": "By phone", "requester_id": cyd.id, "tags": ["phone", "phone"] });
    let refused = app.post(&bob, &path, body.clone()).await.expect(403);
    assert_eq!(refused.code(), "permission_missing");
    let made = app.post(&eve, &path, body.clone()).await.expect(201).json();
    assert_eq!(
        (made["requester"]["name"].as_str(), &made["tags"]),
        (Some("Cyd"), &json!(["phone"]))
    );
    assert_eq!(numbers(&app, &cyd, "my/tickets").await, [1]);
    let mut stranger = body;
    stranger["requester_id"] = json!(suite_contracts::UserId::new());
    let refused = app.post(&eve, &path, stranger).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/requester_id");
}

async fn the_requester_sees_what_is_public(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "low", "low").await;
    app.note(&eve, &made, "He smokes").await.expect(200);
    app.reply(&eve, &made, "On our way").await.expect(200);
    app.note(&bob, &made, "Secret").await.expect(403);
    app.reply(&bob, &made, "").await.expect(400);
    assert_eq!(app.happened(&bob, &made).await, ["state_changed", "replied", "created"]);
    assert_eq!(app.happened(&eve, &made).await, ["state_changed", "replied", "noted", "created"]);
    let path = format!("{}/history", ticket_path(&made));
    let seen = app.get(&bob, &path).await.expect(200);
    assert!(!seen.text.contains("He smokes") && seen.text.contains("On our way"), "{}", seen.text);
    // Page by page it is the same.
    let first = app.get(&eve, &format!("{path}?limit=3")).await.expect(200).json();
    let next = format!("{path}?limit=3&cursor={}", first["next"].as_str().unwrap());
    let rest = app.get(&eve, &next).await.expect(200).json();
    assert_eq!(rest["items"][0]["number"], 1);
    assert!(rest["next"].is_null());
    // And neither the trail nor the events say what was written.
    let leaked = "audit_record WHERE detail LIKE '%smokes%'";
    assert_eq!(app.count(leaked).await, 0);
}

async fn a_ticket_goes_its_way(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let assigned = app.change_ticket(&eve, &made, json!({ "assignee_id": eve.id })).await;
    let assigned = assigned.expect(200).json();
    assert_eq!((assigned["state"].as_str(), assigned["version"].as_i64()), (Some("open"), Some(2)));
    assert_eq!(assigned["assignee"]["name"], "Eve");
    let path = format!("{}/history", ticket_path(&made));
    let history = app.get(&eve, &path).await.expect(200).json();
    assert_eq!(history["items"][1]["kind"], "assigned");
    assert_eq!(history["items"][1]["people"], json!([{ "id": eve.id, "name": "Eve" }]));
    assert_eq!(history["items"][0]["people"], json!([]));
    // What is the agents' to do, a requester does not do.
    let refused = app.move_ticket(&bob, &made, "pending_vendor").await.expect(403);
    assert_eq!(refused.code(), "agents_move");
    app.move_ticket(&eve, &made, "pending_customer").await.expect(200);
    let answered = app.reply(&bob, &made, "It still burns").await.expect(200).json();
    assert_eq!(answered["state"], "open");
    let bare = json!({ "to": "resolved" });
    let refused = app.on_ticket(&eve, &made, "state", bare).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/solution");
}

async fn a_solved_ticket_is_reopened_or_closed(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let solved = app.move_ticket(&eve, &made, "resolved").await.expect(200).json();
    assert_eq!(solved["solution"], "Put it out");
    assert!(solved["reopens_until"].is_string());
    // The requester says that it is not.
    let again = app.reply(&bob, &made, "Smoke again").await.expect(200).json();
    assert_eq!((again["state"].as_str(), again["solution"].as_str()), (Some("open"), None));
    app.move_ticket(&eve, &made, "resolved").await.expect(200);
    let closed = app.move_ticket(&bob, &made, "closed").await.expect(200).json();
    assert_eq!(closed["state"], "closed");
    let refused = app.move_ticket(&eve, &made, "open").await.expect(409);
    assert_eq!(refused.code(), "no_such_move");
    assert_eq!(app.reply(&bob, &made, "Hello?").await.expect(409).code(), "reopen_over");
    let late = app.change_ticket(&eve, &made, json!({ "title": "Late" })).await.expect(409);
    assert_eq!(late.code(), "ticket_closed");
    assert_eq!(app.recorded("ticket.state-changed").await, 4);
}

async fn what_is_changed_is_in_the_history(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let refused = app.change_ticket(&bob, &made, json!({ "title": "Mine" })).await.expect(403);
    assert_eq!(refused.code(), "permission_missing");
    let body = json!({
        "title": "Printer", "kind": "problem", "impact": "high", "urgency": "high",
        "tags": ["b", "a"], "description": "Third floor",
    });
    let changed = app.change_ticket(&eve, &made, body.clone()).await.expect(200).json();
    assert_eq!((changed["priority"].as_str(), changed["version"].as_i64()), (Some("P1"), Some(2)));
    assert_eq!(changed["tags"], json!(["a", "b"]));
    assert_eq!(app.happened(&eve, &made).await, ["prioritised", "changed", "created"]);
    let path = format!("{}/history", ticket_path(&made));
    let history = app.get(&eve, &path).await.expect(200).json();
    assert_eq!(history["items"][1]["detail"]["before"]["title"], "Printer on fire");
    assert_eq!(history["items"][0]["detail"]["after"]["priority"], "P1");
    // Said again it changes nothing.
    let same = app.change_ticket(&eve, &made, body).await.expect(200).json();
    assert_eq!(same["version"], 2);
    assert_eq!(app.happened(&eve, &made).await.len(), 3);
}

async fn of_two_agents_at_once_one_changes_and_both_write(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve, fay) = (app.member("Bob").await, app.agent("Eve").await, app.agent("Fay").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let path = ticket_path(&made);
    let take = |by: &Person| {
        let (by, body) = (by.clone(), Some(json!({ "assignee_id": by.id })));
        let (app, path) = (&app, &path);
        async move { app.send(&by, (Method::PATCH, path), body, &[("if-match", "\"1\"")]).await }
    };
    let (one, two) = tokio::join!(take(&eve), take(&fay));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let (one, two) = tokio::join!(app.reply(&eve, &made, "One"), app.note(&fay, &made, "Two"));
    one.expect(200);
    two.expect(200);
    let happened = app.happened(&eve, &made).await;
    assert_eq!(happened.len(), 5, "{happened:?}");
    let without = app.send(&eve, (Method::PATCH, &path), Some(json!({})), &[]).await;
    assert_eq!(without.status, 428);
}

/// Two tiers with a group each, of an agent and of somebody who leads.
async fn two_tiers(app: &CatalogApp) -> ([Person; 3], [String; 2]) {
    let (bob, eve, leo) = (app.member("Bob").await, app.agent("Eve").await, app.lead("Leo").await);
    let first = app.group("First", &[&eve]).await;
    let second = app.group("Second", &[&leo]).await;
    app.set_groups(&[(&first, 1, None), (&second, 2, None)]).await;
    ([bob, eve, leo], [first, second])
}

async fn a_ticket_is_of_a_group_of_its_tier(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ([bob, eve, leo], [first, second]) = two_tiers(&app).await;
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let body = json!({ "group_id": second });
    let refused = app.change_ticket(&eve, &made, body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/group_id");
    let refused =
        app.change_ticket(&eve, &made, json!({ "group_id": first, "assignee_id": leo.id }));
    assert_eq!(refused.await.expect(400).json()["errors"][0]["field"], "/assignee_id");
    let body = json!({ "group_id": first, "assignee_id": eve.id });
    app.change_ticket(&eve, &made, body).await.expect(200);
    // Another group has nobody who works on it yet.
    let taken = app.change_ticket(&eve, &made, json!({ "group_id": null })).await.expect(200);
    assert!(taken.json()["assignee"].is_null(), "{}", taken.text);
}

fn over(tier: u8, group: &str, findings: &str) -> Value {
    json!({ "tier": tier, "group_id": group, "findings": findings })
}

async fn a_ticket_is_handed_over_by_the_rules(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ([bob, eve, leo], [first, second]) = two_tiers(&app).await;
    let made = app.open_ticket(&bob, "medium", "medium").await;
    let found = "It is not the toner";
    for (body, at) in [
        (over(2, &second, "Hot"), "/findings"),
        (over(2, &first, found), "/group_id"),
        (over(1, &first, found), "/tier"),
        (over(3, &second, found), "/tier"),
        (over(4, &second, found), "/tier"),
    ] {
        let refused = app.on_ticket(&eve, &made, "hand-over", body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let up = || app.on_ticket(&eve, &made, "hand-over", over(2, &second, found));
    let down = || app.on_ticket(&eve, &made, "hand-over", over(1, &first, found));
    let handed = up().await.expect(200).json();
    assert_eq!(
        (handed["tier"].as_i64(), handed["group"]["name"].as_str()),
        (Some(2), Some("Second"))
    );
    assert!(handed["assignee"].is_null());
    down().await.expect(200);
    up().await.expect(200);
    down().await.expect(200);
    up().await.expect(200);
    // The first tier had it three times.
    assert_eq!(down().await.expect(403).code(), "back_and_forth");
    let body = over(1, &first, found);
    app.on_ticket(&leo, &made, "hand-over", body).await.expect(200);
    assert_eq!(app.recorded("ticket.handed-over").await, 6);
    // What was found is not for the requester.
    let path = format!("{}/history", ticket_path(&made));
    let seen = app.get(&bob, &path).await.expect(200);
    assert!(!seen.text.contains("toner"), "{}", seen.text);
}

async fn tickets_at_once_get_a_number_each(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let open = || app.open_ticket(&bob, "low", "low");
    let mut all: Vec<Value> = Vec::new();
    for _ in 0..5 {
        let (one, two, three, four) = tokio::join!(open(), open(), open(), open());
        all.extend([one, two, three, four]);
    }
    let mut numbers: Vec<i64> = all.iter().map(number_of).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 20);
    assert!(numbers[0] >= 1, "{numbers:?}");
}

async fn queues_are_filtered_sorted_and_paged(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let one = app.open_ticket(&bob, "low", "low").await;
    let two = app.open_ticket(&cyd, "high", "high").await;
    let three = app.open_ticket(&bob, "medium", "medium").await;
    app.change_ticket(&eve, &one, json!({ "assignee_id": eve.id })).await.expect(200);
    app.move_ticket(&bob, &three, "resolved").await.expect(200);
    let listed = |query: String| {
        let (app, eve) = (&app, &eve);
        async move { numbers(app, eve, &format!("tickets?{query}")).await }
    };
    let (n1, n2, n3) = (number_of(&one), number_of(&two), number_of(&three));
    for (query, expected) in [
        (String::new(), vec![n3, n2, n1]),
        ("sort=due".to_owned(), vec![n2, n1, n3]),
        ("sort=priority".to_owned(), vec![n2, n3, n1]),
        ("sort=updated".to_owned(), vec![n3, n1, n2]),
        ("is_open=true".to_owned(), vec![n2, n1]),
        ("state=resolved".to_owned(), vec![n3]),
        ("state=new&is_open=false".to_owned(), vec![]),
        ("priority=P1".to_owned(), vec![n2]),
        ("tier=2".to_owned(), vec![]),
        (format!("assignee_id={}", eve.id), vec![n1]),
        (format!("requester_id={}&sort=due", bob.id), vec![n1, n3]),
        ("promise=breached".to_owned(), vec![]),
        ("created_from=2100-01-01T00:00:00Z".to_owned(), vec![]),
        ("created_until=2100-01-01T00:00:00Z".to_owned(), vec![n3, n2, n1]),
    ] {
        assert_eq!(listed(query.clone()).await, expected, "{query}");
    }
    for sort in ["created", "due", "priority", "updated"] {
        let whole = listed(format!("sort={sort}")).await;
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{BASE}/tickets?sort={sort}&limit=1{cursor}");
            let page = app.get(&eve, &path).await.expect(200).json();
            paged.extend(page["items"].as_array().unwrap().iter().map(number_of));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, whole, "{sort}");
        let other = if sort == "due" { "updated" } else { "due" };
        if !cursor.is_empty() {
            let path = format!("{BASE}/tickets?sort={other}{cursor}");
            app.get(&eve, &path).await.expect(400);
        }
    }
    app.get(&eve, &format!("{BASE}/tickets?state=odd")).await.expect(400);
    app.get(&eve, &format!("{BASE}/tickets?tier=7")).await.expect(400);
    // A requester's list has their own alone, whatever they ask for.
    assert_eq!(numbers(&app, &bob, &format!("my/tickets?requester_id={}", cyd.id)).await, [n3, n1]);
}

async fn people_are_told_of_what_they_wait_for(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let made = app.open_ticket(&bob, "medium", "medium").await;
    app.change_ticket(&app.admin, &made, json!({ "assignee_id": eve.id })).await.expect(200);
    app.reply(&eve, &made, "On our way").await.expect(200);
    app.reply(&bob, &made, "Thanks").await.expect(200);
    app.move_ticket(&eve, &made, "resolved").await.expect(200);
    // Whoever asked is led to their page, and who works on it to the desk's.
    for (kind, page) in
        [("assigned", "desk"), ("replied", "tickets"), ("replied", "desk"), ("resolved", "tickets")]
    {
        let link = format!("/service-catalog/{page}/{}", id_of(&made));
        let requests = format!(
            "event_outbox WHERE name = 'service-catalog.notification.requested' AND data LIKE \
             '%ticket.{kind}%' AND data LIKE '%{link}%'"
        );
        assert_eq!(app.count(&requests).await, 1, "{kind}, {page}");
    }
}

on_every_backend!(
    a_ticket_is_opened_and_seen_by_its_requester,
    an_agent_opens_tickets_on_behalf_of_others,
    the_requester_sees_what_is_public,
    a_ticket_goes_its_way,
    a_solved_ticket_is_reopened_or_closed,
    what_is_changed_is_in_the_history,
    of_two_agents_at_once_one_changes_and_both_write,
    a_ticket_is_of_a_group_of_its_tier,
    a_ticket_is_handed_over_by_the_rules,
    tickets_at_once_get_a_number_each,
    queues_are_filtered_sorted_and_paged,
    people_are_told_of_what_they_wait_for,
);
