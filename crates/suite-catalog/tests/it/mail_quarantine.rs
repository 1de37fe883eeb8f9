//! E-mail that is held: read as text, accepted as somebody's, discarded, and given up with time.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of};
use crate::mail::{Mail, message};

async fn hold(mail: &Mail, from: &Person, id: &str, text: &str) -> Value {
    let headers = format!("Message-ID: <{id}>\r\nSubject: Held\r\n");
    let receipt = mail.post(message(from, &headers, text)).await.expect(200).json();
    assert_eq!(receipt["state"], "held", "{receipt}");
    receipt
}

fn path_of(held: &Value) -> String {
    format!("{BASE}/mail/messages/{}", id_of(held))
}

async fn accept(mail: &Mail, by: &Person, held: &Value, body: Value) -> Answer {
    mail.app.post(by, &format!("{}/accept", path_of(held)), body).await
}

async fn what_is_held_is_read_and_accepted_once(backend: Backend) {
    let mail = Mail::start(backend).await;
    let (ann, admin) = (mail.app.member("Ann").await, mail.app.admin.clone());
    let held = hold(&mail, &ann, "1@e", "Hello <script>alert(1)</script>").await;
    let shown = mail.app.get(&admin, &path_of(&held)).await.expect(200).json();
    assert_eq!(shown["text"], "Hello <script>alert(1)</script>");
    assert_eq!((&shown["sender"], &shown["subject"]), (&json!(ann.email), &json!("Held")));
    assert!(shown["note"].as_str().unwrap().contains("mail server"), "{shown}");
    // It is for agents.
    mail.app.get(&ann, &path_of(&held)).await.expect(403);
    accept(&mail, &ann, &held, json!({ "user_id": ann.id })).await.expect(403);
    let nobody = json!({ "user_id": suite_contracts::UserId::new() });
    accept(&mail, &admin, &held, nobody).await.expect(400);
    let body = json!({ "user_id": ann.id, "ticket_id": suite_contracts::UserId::new() });
    accept(&mail, &admin, &held, body).await.expect(400);
    let all = [(); 3].map(|()| accept(&mail, &admin, &held, json!({ "user_id": ann.id })));
    let all = futures_util::future::join_all(all).await;
    let taken: Vec<&Answer> = all.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(taken.len(), 1, "{all:?}");
    assert_eq!(all.iter().filter(|answer| answer.status == 409).count(), 2, "{all:?}");
    let taken = taken[0].json();
    assert_eq!((&taken["state"], &taken["user"]["id"]), (&json!("taken"), &json!(ann.id)));
    let ticket = mail.ticket(taken["ticket_id"].as_str().unwrap()).await;
    assert_eq!((&ticket["title"], &ticket["requester"]["id"]), (&json!("Held"), &json!(ann.id)));
    assert_eq!(mail.app.recorded("mail.accepted").await, 1);
    assert_eq!(mail.app.count("ticket").await, 1);
    // Nobody asked for a letter about it.
    assert_eq!(mail.app.count("job WHERE kind = 'ticket.letter'").await, 0);
    assert_eq!(mail.app.count("mail_message WHERE is_kept = TRUE").await, 0);
    assert!(mail.held().await.is_empty());
}

async fn what_cannot_be_read_is_accepted_with_all_that_came(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let held = mail.post(&b"Subject: lost\r\n\r\n\0words"[..]).await.expect(200).json();
    let shown = mail.app.get(&mail.app.admin, &path_of(&held)).await.expect(200).json();
    assert!(shown["text"].as_str().unwrap().contains("words"), "{shown}");
    let body = json!({ "user_id": ann.id });
    let taken = accept(&mail, &mail.app.admin, &held, body).await.expect(200).json();
    let ticket = mail.ticket(taken["ticket_id"].as_str().unwrap()).await;
    assert!(ticket["description"].as_str().unwrap().contains("words"), "{ticket}");
    let path = format!("{BASE}/tickets/{}/files", id_of(&ticket));
    let files = mail.app.get(&ann, &path).await.expect(200).json();
    assert_eq!(files["items"][0]["bytes"], 23);
}

async fn it_may_be_a_reply_to_a_ticket(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let body = json!({ "title": "Printer" });
    let ticket = mail.app.post(&ann, &format!("{BASE}/tickets"), body).await.expect(201).json();
    let held = hold(&mail, &ann, "1@e", "By the way").await;
    let body = json!({ "user_id": ann.id, "ticket_id": ticket["id"] });
    let taken = accept(&mail, &mail.app.admin, &held, body).await.expect(200).json();
    assert_eq!(taken["ticket_id"], ticket["id"]);
    assert_eq!(mail.history(&ticket).await[0]["text"], "By the way");
}

async fn what_is_discarded_is_gone(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let held = hold(&mail, &ann, "1@e", "Spam").await;
    let (_, other) = mail.app.tenant("Other").await;
    let discard = format!("{}/discard", path_of(&held));
    for (method, path) in [(Method::GET, path_of(&held)), (Method::POST, discard.clone())] {
        mail.app.send(&other, (method, &path), None, &[]).await.expect(404);
    }
    accept(&mail, &other, &held, json!({ "user_id": other.id })).await.expect(404);
    mail.app.send(&mail.app.admin, (Method::POST, &discard), None, &[]).await.expect(204);
    let again = mail.app.send(&mail.app.admin, (Method::POST, &discard), None, &[]).await;
    assert_eq!(again.expect(409).code(), "mail_decided");
    assert_eq!(mail.app.recorded("mail.discarded").await, 1);
    assert_eq!(mail.app.kept_files().len(), 0);
    assert_eq!(mail.app.count("file_usage WHERE bytes > 0").await, 0);
    let shown = mail.app.get(&mail.app.admin, &path_of(&held)).await.expect(200).json();
    assert_eq!((&shown["state"], &shown["text"]), (&json!("discarded"), &Value::Null));
    // It does not come in again.
    let headers = "Message-ID: <1@e>\r\nSubject: Held\r\n";
    let receipt = mail.post(message(&ann, headers, "Spam")).await.expect(200).json();
    assert_eq!(receipt["is_duplicate"], true);
}

/// Lets days pass, while it is not looked for old messages: else the next look would be minutes
/// after that day, and not at once.
async fn pass_days(mail: &Mail, days: i64) {
    mail.app.wait_for_none("job WHERE kind = 'mail.tidy' AND state = 'running'").await;
    mail.app.app.clock.advance_ms(days * 24 * 3_600_000);
}

async fn what_nobody_looks_at_is_given_up(backend: Backend) {
    let mail = Mail::of(CatalogApp::stopped(backend).await).await;
    let ann = mail.app.member("Ann").await;
    hold(&mail, &ann, "1@e", "Old").await;
    pass_days(&mail, 31).await;
    mail.app.wait_for_rows("mail_message WHERE state = 'discarded' AND is_kept = FALSE").await;
    assert_eq!(mail.app.recorded("mail.expired").await, 1);
    pass_days(&mail, 60).await;
    mail.app.wait_for_none("mail_message").await;
    assert_eq!(mail.app.kept_files().len(), 0);
}

async fn settings_are_checked_and_no_change_is_lost(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let path = format!("{BASE}/mail/settings");
    let none = app.get(&app.admin, &path).await.expect(200).json();
    assert_eq!(none, json!({ "version": 0, "settings": null }));
    let body = |address: &str, id: Value| {
        Some(json!({ "address": address, "authserv_id": id, "unknown_senders": "refuse" }))
    };
    let set = async |version: &str, body| {
        let headers = [("if-match", version)];
        app.send(&app.admin, (Method::PUT, &path), body, &headers).await
    };
    for (address, id) in [
        ("it", Value::Null),
        ("it@exa mple.com", Value::Null),
        ("a@b\r\nBcc: x@y.example", Value::Null),
        ("it@example.com", json!("")),
        ("it@example.com", json!("mx; dmarc=pass")),
    ] {
        set("\"0\"", body(address, id)).await.expect(400);
    }
    let made =
        set("\"0\"", body("IT@Example.com", json!("MX.example.com"))).await.expect(200).json();
    assert_eq!(made["settings"]["address"], "it@example.com");
    assert_eq!(made["settings"]["authserv_id"], "mx.example.com");
    set("\"0\"", body("other@example.com", Value::Null)).await.expect(412);
    let changed = set("\"1\"", body("desk@example.com", Value::Null)).await.expect(200).json();
    assert_eq!(changed["version"], 2);
    assert_eq!(app.recorded("mail-settings.changed").await, 2);
}

on_every_backend!(
    what_is_held_is_read_and_accepted_once,
    what_cannot_be_read_is_accepted_with_all_that_came,
    it_may_be_a_reply_to_a_ticket,
    what_is_discarded_is_gone,
    what_nobody_looks_at_is_given_up,
    settings_are_checked_and_no_change_is_lost,
);
