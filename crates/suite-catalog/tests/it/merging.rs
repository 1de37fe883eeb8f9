//! Tickets that are one, tickets that are two, and what they have to do with each other.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::desk::ticket_path;
use crate::fixture::{BASE, CatalogApp, Person, id_of, number_of};

async fn merge(app: &CatalogApp, by: &Person, from: &Value, into: &Value) -> Answer {
    app.on_ticket(by, from, "merge", json!({ "into_id": into["id"] })).await
}

async fn titled(app: &CatalogApp, by: &Person, title: &str, urgency: &str) -> Value {
    let body = json!({
        "title": title, "description": "<script>alert(1)</script>", "impact": urgency,
        "urgency": urgency,
    });
    app.post(by, &format!("{BASE}/tickets"), body).await.expect(201).json()
}

/// How often people were asked to be told of this.
async fn told(app: &CatalogApp, kind: &str, person: &Person) -> i64 {
    let request = format!(
        "event_outbox WHERE name = 'service-catalog.notification.requested' \
         AND data LIKE '%ticket.{kind}%' AND data LIKE '%{}%'",
        person.id
    );
    app.count(&request).await
}

async fn a_merged_ticket_leads_to_the_one_that_remains(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, cyd, dan, eve) = (
        app.member("Bob").await,
        app.member("Cyd").await,
        app.member("Dan").await,
        app.agent("Eve").await,
    );
    let from = titled(&app, &bob, "Smoke", "high").await;
    app.app.clock.advance_ms(60_000);
    let into = titled(&app, &cyd, "Fire", "low").await;
    app.change_ticket(&eve, &into, json!({ "assignee_id": eve.id })).await.expect(200);
    app.get(&bob, &ticket_path(&into)).await.expect(404);
    let merged = merge(&app, &eve, &from, &into).await.expect(200).json();
    assert_eq!((number_of(&merged), &merged["priority"]), (number_of(&into), &json!("P1")));
    assert_eq!(
        (&merged["impact"], &merged["followers"][0]["name"]),
        (&json!("high"), &json!("Bob"))
    );
    app.get(&dan, &ticket_path(&into)).await.expect(404);
    // Who else asked is for agents to know.
    assert_eq!(app.ticket(&cyd, &into).await["followers"], json!([]));
    let was = app.ticket(&bob, &from).await;
    assert_eq!((&was["state"], &was["merged_into"]["number"]), (&json!("closed"), &into["number"]));
}

async fn both_tell_that_they_were_merged(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let from = titled(&app, &bob, "Smoke", "high").await;
    let into = titled(&app, &cyd, "Fire", "low").await;
    merge(&app, &eve, &from, &into).await.expect(200);
    // What was in the other, agents read.
    assert_eq!(app.happened(&eve, &from).await, ["merged", "created"]);
    let happened = app.happened(&eve, &into).await;
    assert_eq!(happened[..2], ["prioritised", "took_in"]);
    let history =
        app.get(&eve, &format!("{}/history", ticket_path(&into))).await.expect(200).json();
    assert_eq!(history["items"][1]["text"], "Smoke\n\n<script>alert(1)</script>");
    for requester in [&cyd, &bob] {
        let seen = app.get(requester, &format!("{}/history", ticket_path(&into))).await;
        assert!(!seen.expect(200).text.contains("Smoke"));
    }
    assert_eq!((told(&app, "merged", &bob).await, told(&app, "merged", &cyd).await), (1, 0));
    assert_eq!((app.recorded("ticket.merged").await, app.recorded("ticket.took-in").await), (1, 1));
}

async fn clocks_of_a_merged_ticket_stop(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let from = titled(&app, &bob, "Smoke", "high").await;
    app.app.clock.advance_ms(60_000);
    let into = titled(&app, &bob, "Fire", "low").await;
    merge(&app, &eve, &from, &into).await.expect(200);
    // Its clocks have stopped; those of the other are its own.
    let stopped = app.clock(&eve, &from, &json!("resolution")).await;
    assert_eq!(stopped["clock"]["state"], "met");
    app.app.clock.advance_ms(60_000);
    let runs = app.clock(&eve, &into, &json!("resolution")).await;
    assert_eq!(
        (&runs["clock"]["state"], &runs["clock"]["elapsed_ms"]),
        (&json!("running"), &json!(60_000))
    );
    assert_eq!(runs["clock"]["target_ms"], 4 * 3_600_000);
    // What nobody answered or solved counts as neither.
    let now = suite_kit::clock::rfc3339(app.app.clock.now_ms());
    let path = format!("{BASE}/measures/tickets?from={0}&until={0}&by=priority", &now[..10]);
    let total = app.get(&app.admin, &path).await.expect(200).json()["total"].clone();
    assert_eq!((&total["created"], &total["resolved"]), (&json!(1), &json!(0)), "{total}");
    let path = format!("{BASE}/tickets?measured=created");
    let list = app.get(&eve, &path).await.expect(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let none = app.get(&eve, &format!("{BASE}/tickets?measured=response_kept")).await.expect(200);
    assert_eq!(none.json()["items"], json!([]));
}

async fn a_reply_to_a_merged_ticket_goes_where_it_went(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let one = titled(&app, &bob, "One", "low").await;
    let two = titled(&app, &cyd, "Two", "low").await;
    let three = titled(&app, &cyd, "Three", "low").await;
    merge(&app, &eve, &one, &two).await.expect(200);
    app.change_ticket(&eve, &three, json!({ "assignee_id": eve.id })).await.expect(200);
    merge(&app, &eve, &two, &three).await.expect(200);
    // From the first to the last, over the one between.
    let answered = app.reply(&bob, &one, "Still there").await.expect(200).json();
    assert_eq!(number_of(&answered), number_of(&three));
    assert_eq!(app.happened(&bob, &three).await[0], "replied");
    assert_eq!(app.happened(&eve, &one).await[0], "merged");
    app.reply(&bob, &three, "And here").await.expect(200);
    app.note(&eve, &one, "Seen").await.expect(200);
    assert_eq!(app.happened(&eve, &three).await[0], "noted");
    app.note(&bob, &one, "Secret").await.expect(403);
    assert_eq!(told(&app, "replied", &eve).await, 2);
}

async fn those_who_follow_a_ticket_hear_of_it(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, eve) =
        (app.member("Bob").await, app.member("Cyd").await, app.agent("Eve").await);
    let one = titled(&app, &bob, "One", "low").await;
    let three = titled(&app, &cyd, "Three", "low").await;
    merge(&app, &eve, &one, &three).await.expect(200);
    // What an agent says, all of them hear.
    app.reply(&eve, &three, "On our way").await.expect(200);
    app.move_ticket(&eve, &three, "resolved").await.expect(200);
    for requester in [&bob, &cyd] {
        assert_eq!(told(&app, "replied", requester).await, 1, "{}", requester.name);
        assert_eq!(told(&app, "resolved", requester).await, 1, "{}", requester.name);
    }
    let rate = |ticket: &Value| format!("{}/rating", ticket_path(ticket));
    let refused = app.post(&bob, &rate(&one), json!({ "score": 5 })).await.expect(409);
    assert_eq!(refused.code(), "ticket_merged");
    app.post(&cyd, &rate(&three), json!({ "score": 5 })).await.expect(200);
    // Nobody but the requester says that it is solved, or not.
    app.move_ticket(&bob, &three, "closed").await.expect(403);
}

async fn what_cannot_be_merged_stays_as_it_is(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let (_, other) = app.tenant("Other").await;
    let foreign = titled(&app, &other, "Theirs", "low").await;
    let one = titled(&app, &bob, "One", "low").await;
    let two = titled(&app, &bob, "Two", "low").await;
    merge(&app, &bob, &one, &two).await.expect(403);
    let path = format!("{}/merge", ticket_path(&one));
    let body = Some(json!({ "into_id": two["id"] }));
    app.send(&eve, (Method::POST, &path), body, &[("if-match", "\"9\"")]).await.expect(412);
    assert_eq!(merge(&app, &eve, &one, &one).await.expect(409).code(), "same_ticket");
    let refused = merge(&app, &eve, &one, &foreign).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/into_id");
    let path = format!("{}/merge", ticket_path(&foreign));
    let body = Some(json!({ "into_id": one["id"] }));
    app.send(&eve, (Method::POST, &path), body, &[("if-match", "\"1\"")]).await.expect(404);
    app.move_ticket(&eve, &two, "resolved").await.expect(200);
    assert_eq!(merge(&app, &eve, &one, &two).await.expect(409).code(), "ticket_done");
    assert_eq!(merge(&app, &eve, &two, &one).await.expect(409).code(), "ticket_done");
    // Where it was merged into what was merged into it, there is no circle.
    let three = titled(&app, &bob, "Three", "low").await;
    merge(&app, &eve, &three, &one).await.expect(200);
    assert_eq!(merge(&app, &eve, &one, &three).await.expect(409).code(), "same_ticket");
    assert_eq!(merge(&app, &eve, &three, &one).await.expect(409).code(), "ticket_done");
    assert_eq!(app.ticket(&eve, &one).await["state"], "new");
    assert_eq!(app.recorded("ticket.merged").await, 1);
}

async fn of_two_merges_at_once_one_counts(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    for _ in 0..3 {
        let one = titled(&app, &bob, "One", "low").await;
        let two = titled(&app, &bob, "Two", "low").await;
        let (there, back) =
            tokio::join!(merge(&app, &eve, &one, &two), merge(&app, &eve, &two, &one));
        let mut statuses = [there.status.as_u16(), back.status.as_u16()];
        statuses.sort_unstable();
        // The later one meets a ticket that has changed, or is done.
        assert!(statuses == [200, 409] || statuses == [200, 412], "{statuses:?}");
        let states = [app.ticket(&eve, &one).await, app.ticket(&eve, &two).await];
        let open = states.iter().filter(|ticket| ticket["state"] == "new").count();
        assert_eq!(open, 1, "{states:?}");
    }
}

/// A message of days ago begins a ticket of that day, which nobody has rated or escalated, with the
/// files that came with it.
async fn what_is_split_off_is_measured_by_itself(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let (mut bob, mut eve) = (app.member("Bob").await, app.agent("Eve").await);
    let ticket = titled(&app, &bob, "Printer", "low").await;
    app.later(24, &mut [&mut bob, &mut eve]).await;
    let file = app.upload(&bob, "screen.txt", b"It is dark").await.expect(201).json();
    let body = json!({ "text": "And the screen", "file_ids": [file["id"]] });
    app.post(&bob, &format!("{}/notes", ticket_path(&ticket)), body).await.expect(200);
    let history = |ticket: &Value| format!("{}/history", ticket_path(ticket));
    let said = app.get(&bob, &history(&ticket)).await.expect(200).json();
    let mut said = said["items"].as_array().unwrap().iter();
    let message = said.find(|event| event["kind"] == "replied").expect("a reply").clone();
    let message_day = suite_kit::clock::rfc3339(app.app.clock.now_ms())[..10].to_owned();
    app.move_ticket(&eve, &ticket, "resolved").await.expect(200);
    let rating = format!("{}/rating", ticket_path(&ticket));
    app.post(&bob, &rating, json!({ "score": 1 })).await.expect(200);
    app.later(72, &mut [&mut bob, &mut eve]).await;
    app.wait_for_rows("ticket_days").await;
    app.later(0, &mut [&mut bob, &mut eve]).await;
    app.move_ticket(&bob, &ticket, "open").await.expect(200);
    let body = json!({ "event": message["number"], "title": "Screen" });
    let made = app.on_ticket(&eve, &ticket, "split", body).await.expect(201).json();
    let of_its_day =
        format!("{BASE}/measures/tickets?from={message_day}&until={message_day}&by=priority");
    let total = app.get(&app.admin, &of_its_day).await.expect(200).json()["total"].clone();
    assert_eq!(
        (&total["created"], &total["rated"], &total["escalated"]),
        (&json!(1), &json!(0), &json!(0)),
        "{total}"
    );
    let said = app.get(&bob, &history(&made)).await.expect(200).json();
    let came = &said["items"][0]["detail"]["files"][0];
    assert_eq!(came["name"], "screen.txt", "{said}");
    let path = format!("{BASE}/files/{}/content", file["id"].as_str().unwrap());
    assert_eq!(app.get(&bob, &path).await.expect(200).text, "It is dark");
    let own = format!("file WHERE ticket_id = '{}'", id_of(&made));
    assert_eq!(app.count(&own).await, 1);
}

async fn a_message_becomes_a_ticket_of_its_own(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let ticket = titled(&app, &bob, "Printer", "high").await;
    app.app.clock.advance_ms(60_000);
    app.reply(&bob, &ticket, "And the *screen* is dark").await.expect(200);
    app.note(&eve, &ticket, "Secret").await.expect(200);
    app.app.clock.advance_ms(120_000);
    let split = |by: &Person, event: i32, title: Value| {
        let (app, by, ticket) = (&app, by.clone(), &ticket);
        let body = json!({ "event": event, "title": title });
        async move { app.on_ticket(&by, ticket, "split", body).await }
    };
    split(&bob, 2, Value::Null).await.expect(403);
    for (event, title, at) in
        [(3, Value::Null, "/event"), (9, Value::Null, "/event"), (2, json!(" "), "/title")]
    {
        let refused = split(&eve, event, title).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
    let made = split(&eve, 2, json!("Screen")).await.expect(201).json();
    assert_eq!(
        (&made["title"], &made["description"], &made["priority"], &made["state"]),
        (&json!("Screen"), &json!("And the *screen* is dark"), &json!("P1"), &json!("new"))
    );
    assert_eq!((&made["requester"]["name"], &made["version"]), (&json!("Bob"), &json!(1)));
    // Nobody gains time by it.
    let clock = app.clock(&eve, &made, &json!("resolution")).await;
    assert_eq!(clock["clock"]["elapsed_ms"], 120_000);
    assert_eq!(app.happened(&bob, &ticket).await[0], "split_off");
    assert_eq!(app.happened(&bob, &made).await, ["created"]);
    assert_eq!(told(&app, "split-off", &bob).await, 1);
    let links = app.get(&eve, &format!("{}/links", ticket_path(&made))).await.expect(200).json();
    assert_eq!(links["items"][0]["ticket"]["number"], ticket["number"]);
    let path = format!("{}/split", ticket_path(&ticket));
    let body = Some(json!({ "event": 2 }));
    app.send(&eve, (Method::POST, &path), body, &[("if-match", "\"1\"")]).await.expect(412);
    app.move_ticket(&eve, &ticket, "resolved").await.expect(200);
    assert_eq!(split(&eve, 1, Value::Null).await.expect(409).code(), "ticket_done");
    assert_eq!(app.recorded("ticket.split-off").await, 1);
}

async fn links_are_told_from_both_sides(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let (_, other) = app.tenant("Other").await;
    let foreign = titled(&app, &other, "Theirs", "low").await;
    let one = titled(&app, &bob, "One", "low").await;
    let two = titled(&app, &bob, "Two", "low").await;
    let path = |ticket: &Value| format!("{}/links", ticket_path(ticket));
    let link = |from: &Value, kind: &str, to: &Value| {
        let (app, eve, path) = (&app, &eve, path(from));
        let body = json!({ "kind": kind, "ticket_id": to["id"] });
        async move { app.post(eve, &path, body).await }
    };
    for (kind, back) in
        [("related", "related"), ("duplicate_of", "duplicated_by"), ("caused_by", "causes")]
    {
        link(&one, kind, &two).await.expect(201);
        let seen = app.get(&eve, &path(&two)).await.expect(200).json();
        let last = seen["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["kind"], &last["ticket"]["title"]), (&json!(back), &json!("One")));
    }
    for (from, kind, to, code) in [
        (&two, "related", &one, "linked_already"),
        (&two, "causes", &one, "linked_already"),
        (&one, "causes", &two, "linked_reversely"),
        (&one, "related", &one, "same_ticket"),
    ] {
        assert_eq!(link(from, kind, to).await.expect(409).code(), code);
    }
    let refused = link(&one, "related", &foreign).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/ticket_id");
    app.get(&bob, &path(&one)).await.expect(403);
    // A link is nothing that somebody could have missed.
    assert_eq!(app.ticket(&eve, &one).await["version"], 1);
    assert_eq!(app.recorded("ticket.linked").await, 6);
}

async fn links_are_removed_from_either_side(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve) = (app.member("Bob").await, app.agent("Eve").await);
    let one = titled(&app, &bob, "One", "low").await;
    let two = titled(&app, &bob, "Two", "low").await;
    let path = |ticket: &Value| format!("{}/links", ticket_path(ticket));
    let body = json!({ "kind": "related", "ticket_id": two["id"] });
    app.post(&eve, &path(&one), body).await.expect(201);
    let links = app.get(&eve, &path(&one)).await.expect(200).json();
    let id = id_of(&links["items"][0]).to_owned();
    let at = format!("{}/{id}", path(&two));
    let stranger = titled(&app, &bob, "Three", "low").await;
    let from_other = format!("{}/{id}", path(&stranger));
    app.send(&eve, (Method::DELETE, &from_other), None, &[]).await.expect(404);
    app.send(&eve, (Method::DELETE, &at), None, &[]).await.expect(204);
    app.send(&eve, (Method::DELETE, &at), None, &[]).await.expect(404);
    let links = app.get(&eve, &path(&one)).await.expect(200).json();
    assert_eq!(links["items"], json!([]));
    assert_eq!(app.happened(&eve, &two).await[0], "unlinked");
    assert_eq!(app.happened(&bob, &two).await, ["created"]);
    assert_eq!(app.recorded("ticket.unlinked").await, 2);
}

on_every_backend!(
    a_merged_ticket_leads_to_the_one_that_remains,
    both_tell_that_they_were_merged,
    clocks_of_a_merged_ticket_stop,
    a_reply_to_a_merged_ticket_goes_where_it_went,
    those_who_follow_a_ticket_hear_of_it,
    what_cannot_be_merged_stays_as_it_is,
    of_two_merges_at_once_one_counts,
    a_message_becomes_a_ticket_of_its_own,
    what_is_split_off_is_measured_by_itself,
    links_are_told_from_both_sides,
    links_are_removed_from_either_side,
);
