//! E-mail for the desk as it comes in: led to its ticket or a new one, and what speaks against it
//! held or refused.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of};

const DESK: &str = "it@example.com";
const PASS: &str = "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n";

/// A desk that takes e-mail, and a mail server's key.
pub(crate) struct Mail {
    pub app: CatalogApp,
    pub key: Person,
}

impl Mail {
    pub async fn start(backend: Backend) -> Self {
        Self::of(CatalogApp::start(backend).await).await
    }

    pub async fn of(app: CatalogApp) -> Self {
        let key = app.key(&["catalog.mail.write"]).await;
        let mail = Self { app, key };
        mail.set(json!({})).await;
        mail
    }

    /// Sets how the desk takes e-mail, but for this as usual.
    pub async fn set(&self, change: Value) {
        let mut body = json!({
            "address": DESK, "authserv_id": "mx.example.com", "unknown_senders": "hold",
        });
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let path = format!("{BASE}/mail/settings");
        self.app.change(&self.app.admin, Method::PUT, &path, Some(body)).await.expect(200);
    }

    pub async fn post(&self, raw: impl Into<reqwest::Body>) -> Answer {
        self.post_by(&self.key, raw).await
    }

    pub async fn post_by(&self, by: &Person, raw: impl Into<reqwest::Body>) -> Answer {
        let url = format!("{}{BASE}/mail/messages", self.app.app.url);
        let request = self.app.app.client.post(url).bearer_auth(&by.token);
        let request = request.header("content-type", "message/rfc822");
        let response = request.body(raw).send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a body of text") }
    }

    /// Brings in a message that its server vouches for.
    pub async fn bring(&self, from: &Person, headers: &str, text: &str) -> Value {
        self.post(message(from, &format!("{PASS}{headers}"), text)).await.expect(200).json()
    }

    /// The same, which is to be taken: its ticket.
    pub async fn take(&self, from: &Person, headers: &str, text: &str) -> Value {
        let receipt = self.bring(from, headers, text).await;
        assert_eq!(receipt["state"], "taken", "{receipt}");
        let id = receipt["ticket_id"].as_str().expect("a ticket");
        self.ticket(id).await
    }

    pub async fn ticket(&self, id: &str) -> Value {
        let path = format!("{BASE}/tickets/{id}");
        self.app.get(&self.app.admin, &path).await.expect(200).json()
    }

    pub async fn history(&self, ticket: &Value) -> Vec<Value> {
        let path = format!("{BASE}/tickets/{}/history", id_of(ticket));
        let answer = self.app.get(&self.app.admin, &path).await.expect(200).json();
        answer["items"].as_array().expect("a list").clone()
    }

    pub async fn held(&self) -> Vec<Value> {
        let path = format!("{BASE}/mail/messages");
        let answer = self.app.get(&self.app.admin, &path).await.expect(200).json();
        answer["items"].as_array().expect("a list").clone()
    }
}

pub(crate) fn message(from: &Person, headers: &str, text: &str) -> String {
    format!("From: {} <{}>\r\nTo: {DESK}\r\n{headers}\r\n{text}", from.name, from.email)
}

/// An app's public reply to a ticket.
async fn reply(mail: &Mail, ticket: &Value, text: &str) {
    let path = format!("{BASE}/tickets/{}/notes", id_of(ticket));
    mail.app.post(&mail.app.admin, &path, json!({ "text": text })).await.expect(200);
}

/// The letters about tickets to somebody, the oldest first. Without mail they are readable here.
pub(crate) async fn letters(mail: &Mail, to: &Person, count: i64) -> Vec<String> {
    let from = format!("notification WHERE recipient = '{}' AND subject LIKE '[#%'", to.email);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while mail.app.count(&from).await < count {
        assert!(std::time::Instant::now() < deadline, "no {count} letters to {}", to.email);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let unsent = suite_kit::notify::unsent_texts(mail.app.database(), 100).await.unwrap();
    let theirs = unsent.into_iter().rev().filter(|one| one.recipient == to.email);
    theirs.filter(|one| one.subject.starts_with("[#")).filter_map(|one| one.text).collect()
}

async fn a_message_makes_a_ticket_and_a_reply_goes_to_it(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let headers = "Message-ID: <1@example.com>\r\nSubject: Re: The printer\r\n";
    let ticket = mail.take(&ann, headers, "It is on fire.\r\n").await;
    assert_eq!(
        (&ticket["title"], &ticket["description"]),
        (&json!("The printer"), &json!("It is on fire."))
    );
    assert_eq!(ticket["requester"]["id"], json!(ann.id));
    let number = ticket["number"].as_i64().unwrap();
    let marked = format!(
        "Put it out!\r\n\r\nOn Monday, IT wrote:\r\n> {}\r\n> Hello",
        suite_catalog::model::mail::MARKER
    );
    let headers =
        format!("Message-ID: <2@example.com>\r\nSubject: AW: [#{number}] The printer\r\n");
    let same = mail.take(&ann, &headers, &marked).await;
    assert_eq!(same["id"], ticket["id"]);
    let history = mail.history(&ticket).await;
    assert_eq!(
        (&history[0]["kind"], &history[0]["text"]),
        (&json!("replied"), &json!("Put it out!"))
    );
    // What was quoted is in the whole message.
    let files = mail.app.get(&ann, &format!("{BASE}/tickets/{}/files", id_of(&ticket))).await;
    assert!(files.expect(200).text.contains("message.eml"));
    assert_eq!(mail.app.recorded("mail.taken").await, 2);
    // Who has no part in it has a ticket of their own.
    let bob = mail.app.member("Bob").await;
    let headers = format!("Message-ID: <3@example.com>\r\nSubject: [#{number}] Me too\r\n");
    let other = mail.take(&bob, &headers, "Mine as well").await;
    assert_ne!(other["id"], ticket["id"]);
    assert_eq!(other["title"], "Me too");
    // An answer to somebody's message that was held before it is settled needs the permission.
    mail.post_by(&ann, message(&ann, "", "x")).await.expect(403);
}

async fn a_message_comes_in_once_also_of_many_at_once(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let raw =
        message(&ann, &format!("{PASS}Message-ID: <1@example.com>\r\nSubject: Once\r\n"), "x");
    let all = futures_util::future::join_all((0..6).map(|_| mail.post(raw.clone()))).await;
    let mut first = 0;
    for answer in all {
        match answer.status.as_u16() {
            200 => first += i32::from(answer.json()["is_duplicate"] == false),
            // The mail server tries it again.
            409 => assert_eq!(answer.code(), "mail_arriving"),
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert_eq!(first, 1);
    let again = mail.post(raw).await.expect(200).json();
    assert_eq!((&again["is_duplicate"], &again["state"]), (&json!(true), &json!("taken")));
    assert_eq!(mail.app.count("ticket").await, 1);
    // Without a Message-ID all of it counts.
    let raw = message(&ann, PASS, "without one");
    assert_eq!(mail.post(raw.clone()).await.expect(200).json()["is_duplicate"], false);
    assert_eq!(mail.post(raw).await.expect(200).json()["is_duplicate"], true);
    assert_eq!(mail.app.count("ticket").await, 2);
}

async fn what_is_too_large_is_refused_as_it_comes(backend: Backend) {
    let app = CatalogApp::start_with(backend, |config| config.file_bytes_max = 64 << 20).await;
    let mail = Mail::of(app).await;
    let ann = mail.app.member("Ann").await;
    let head = message(&ann, PASS, "");
    let large = |bytes: usize| {
        let mut raw = head.clone().into_bytes();
        raw.resize(bytes, b'a');
        raw
    };
    let refused = mail.post(large(40_000_000)).await.expect(413);
    assert_eq!(refused.code(), "file_too_large");
    assert_eq!(mail.app.count("mail_message").await, 0);
    assert_eq!(mail.app.kept_files().len(), 0);
    let taken = mail.post(large(5_000_000)).await.expect(200).json();
    assert_eq!(taken["state"], "taken");
    let ticket = mail.ticket(taken["ticket_id"].as_str().unwrap()).await;
    assert!(ticket["description"].as_str().unwrap().chars().count() <= 20_000);
}

async fn more_than_a_file_may_have_is_refused(backend: Backend) {
    let app = CatalogApp::start_with(backend, |config| config.file_bytes_max = 3_000_000).await;
    let mail = Mail::of(app).await;
    mail.post(vec![b'a'; 3_000_001]).await.expect(413);
    assert_eq!(mail.app.count("mail_message").await, 0);
}

async fn what_cannot_be_read_is_held(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let bomb = "Content-Type: message/rfc822\r\n\r\n".repeat(20_000);
    let many = "Content-Type: text/plain\r\n\r\n".repeat(600);
    let huge = format!("X-Huge: {}\r\n", "a".repeat(300_000));
    let cases: Vec<Vec<u8>> = vec![
        b"\0\0\0\0".to_vec(),
        b"no headers at all".to_vec(),
        b"Subject: nobody\r\n\r\nx".to_vec(),
        b"From: a@example.com, b@example.com\r\n\r\nx".to_vec(),
        message(&ann, &bomb, "").into_bytes(),
        message(&ann, PASS, &many).into_bytes(),
        message(&ann, &huge, "").into_bytes(),
        message(&ann, &format!("From: {}\r\n", mail.app.admin.email), "").into_bytes(),
    ];
    let count = cases.len();
    for raw in cases {
        let receipt = mail.post(raw).await.expect(200).json();
        assert_eq!((&receipt["state"], &receipt["reason"]), (&json!("held"), &json!("malformed")));
    }
    let held = mail.held().await;
    assert_eq!(held.len(), count);
    assert!(held.iter().all(|one| one["note"].is_string()), "{held:?}");
    // What can be read in part is a ticket, with all that came attached.
    let odd = "Message-ID: <odd@example.com>\r\nSubject: =?x?Q?\r\n\
               Content-Type: multipart/mixed; boundary=x\r\n";
    let text = "--x\r\nContent-Type: text/plain; charset=none\r\n\r\nodd\0 \r\n";
    let ticket = mail.take(&ann, odd, text).await;
    let path = format!("{BASE}/tickets/{}/files", id_of(&ticket));
    let files = mail.app.get(&ann, &path).await.expect(200).json();
    let whole = message(&ann, &format!("{PASS}{odd}"), text).len();
    let files = files["items"].as_array().unwrap();
    assert!(files.iter().any(|file| file["bytes"] == whole), "{files:?}");
    assert_eq!(mail.app.recorded("mail.held").await, count as i64);
}

async fn who_is_not_who_they_say_is_held(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    for (index, results) in [
        "",
        "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.com\r\n",
        "Authentication-Results: mx.example.com; dmarc=pass header.from=evil.example\r\n",
        "Authentication-Results: mx.example.com; dmarc=fail header.from=example.com;\r\n \
         dkim=pass header.d=example.com\r\n",
        "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=evil.example\r\n",
        "X-Note: a\r\n \
         Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n",
    ]
    .iter()
    .enumerate()
    {
        let headers = format!("{results}Message-ID: <{index}@example.com>\r\n");
        let receipt = mail.post(message(&ann, &headers, "Pay me")).await.expect(200).json();
        assert_eq!(receipt["reason"], "unauthenticated", "{results}: {receipt}");
    }
    assert_eq!(mail.app.count("ticket").await, 0);
    for (index, results) in [
        "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.com\r\n",
        "Authentication-Results: mx.example.com;\r\n dkim=pass header.d=example.com\r\n",
    ]
    .iter()
    .enumerate()
    {
        let headers = format!("{results}Message-ID: <good-{index}@example.com>\r\n");
        let receipt = mail.post(message(&ann, &headers, "x")).await.expect(200).json();
        assert_eq!(receipt["state"], "taken", "{results}: {receipt}");
    }
    // Where the server lets nothing else through nothing is looked for.
    mail.set(json!({ "server_checks": true, "authserv_id": null })).await;
    let headers = "Message-ID: <trusted@example.com>\r\n";
    let receipt = mail.post(message(&ann, headers, "x")).await.expect(200).json();
    assert_eq!(receipt["state"], "taken");
}

async fn strangers_are_held_or_refused_and_never_made_users(backend: Backend) {
    let mail = Mail::start(backend).await;
    let eve =
        Person { email: "eve@example.com".into(), name: "Eve".into(), ..mail.app.admin.clone() };
    let held = mail.bring(&eve, "Message-ID: <1@e>\r\n", "x").await;
    assert_eq!((&held["state"], &held["reason"]), (&json!("held"), &json!("unknown_sender")));
    mail.set(json!({ "unknown_senders": "refuse" })).await;
    let refused = mail.bring(&eve, "Message-ID: <2@e>\r\n", "x").await;
    assert_eq!(
        (&refused["state"], &refused["reason"]),
        (&json!("refused"), &json!("unknown_sender"))
    );
    assert_eq!(mail.app.recorded("mail.refused").await, 1);
    // Nothing is kept of it.
    assert_eq!(mail.app.kept_files().len(), 1);
    // Who may not work any more, and a member of another tenant, are strangers too.
    let ann = mail.app.member("Ann").await;
    mail.app.disable(&ann).await;
    assert_eq!(mail.bring(&ann, "Message-ID: <3@e>\r\n", "x").await["reason"], "unknown_sender");
    let (_, other) = mail.app.tenant("Other").await;
    assert_eq!(mail.bring(&other, "Message-ID: <4@e>\r\n", "x").await["reason"], "unknown_sender");
    assert_eq!(mail.app.count("ticket").await, 0);
}

async fn machines_are_not_answered(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let headers = [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "Precedence: list",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <>",
        "List-Id: <all.example.com>",
    ];
    for (index, header) in headers.iter().enumerate() {
        let headers = format!("Message-ID: <{index}@example.com>\r\n{header}\r\n");
        let receipt = mail.bring(&ann, &headers, "I am away").await;
        assert_eq!(
            (&receipt["state"], &receipt["reason"]),
            (&json!("held"), &json!("automatic")),
            "{header}"
        );
    }
    // The desk's own letters, come back.
    let desk = Person { email: DESK.into(), ..ann.clone() };
    assert_eq!(mail.bring(&desk, "Message-ID: <d@e>\r\n", "x").await["reason"], "loop");
    assert_eq!(mail.app.count("ticket").await, 0);
    assert_eq!(mail.app.count("job WHERE kind = 'ticket.letter'").await, 0);
    assert_eq!(mail.app.count("notification WHERE subject LIKE '[#%'").await, 0);
}

async fn a_flood_is_held(backend: Backend) {
    let mail = Mail::start(backend).await;
    let (ann, bob) = (mail.app.member("Ann").await, mail.app.member("Bob").await);
    let ticket = mail.take(&ann, "Message-ID: <0@e>\r\n", "x").await;
    mail.app
        .execute(&format!("UPDATE mail_message SET sender = '{}' WHERE state = 'taken'", ann.email))
        .await;
    for index in 1..60 {
        let headers = format!("Message-ID: <{index}@e>\r\n");
        assert_eq!(mail.bring(&ann, &headers, "x").await["state"], "taken", "{index}");
    }
    let receipt = mail.bring(&ann, "Message-ID: <60@e>\r\n", "x").await;
    assert_eq!((&receipt["state"], &receipt["reason"]), (&json!("held"), &json!("too_many")));
    // Nobody else is held for it.
    assert_eq!(mail.bring(&bob, "Message-ID: <61@e>\r\n", "x").await["state"], "taken");
    assert_eq!(ticket["state"], "new");
}

async fn numbers_and_ids_of_other_tenants_lead_nowhere(backend: Backend) {
    let mail = Mail::start(backend).await;
    let (_, other) = mail.app.tenant("Other").await;
    let body = json!({ "title": "Theirs" });
    let theirs = mail.app.post(&other, &format!("{BASE}/tickets"), body).await.expect(201).json();
    let ann = mail.app.member("Ann").await;
    let number = theirs["number"].as_i64().unwrap();
    let id = id_of(&theirs).replace('-', "");
    let tag = "0123456789abcdef0123456789abcdef";
    let headers = format!(
        "Message-ID: <1@e>\r\nSubject: [#{number}] Hello\r\n\
         In-Reply-To: <ticket.{id}.{id}.{tag}@example.com>\r\n"
    );
    let mine = mail.take(&ann, &headers, "Tell me").await;
    assert_eq!(mine["requester"]["id"], json!(ann.id));
    assert_ne!(mine["id"], theirs["id"]);
    // Nor does a forged id to one of the same tenant.
    let body = json!({ "title": "Secret" });
    let secret = mail.app.post(&mail.app.admin, &format!("{BASE}/tickets"), body).await;
    let secret = secret.expect(201).json();
    let id = id_of(&secret).replace('-', "");
    let headers =
        format!("Message-ID: <2@e>\r\nReferences: <ticket.{id}.{id}.{tag}@example.com>\r\n");
    let new = mail.take(&ann, &headers, "Tell me").await;
    assert_ne!(new["id"], secret["id"]);
}

async fn a_reply_to_what_is_over_goes_on_elsewhere(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let admin = &mail.app.admin;
    let first = mail.take(&ann, "Message-ID: <1@e>\r\nSubject: One\r\n", "x").await;
    let second = mail.take(&ann, "Message-ID: <2@e>\r\nSubject: Two\r\n", "x").await;
    let (one, two) = (id_of(&first).to_owned(), id_of(&second).to_owned());
    let path = format!("{BASE}/tickets/{one}");
    let etag = mail.app.get(admin, &path).await.expect(200).header("etag").to_owned();
    let body = Some(json!({ "into_id": two }));
    let merge = format!("{path}/merge");
    mail.app.send(admin, (Method::POST, &merge), body, &[("if-match", &etag)]).await.expect(200);
    // To the one that remained.
    let headers = format!("Message-ID: <3@e>\r\nSubject: [#{}] One\r\n", first["number"]);
    assert_eq!(mail.take(&ann, &headers, "More").await["id"], json!(two));
    // Closed, it is followed up.
    let path = format!("{BASE}/tickets/{two}");
    for (state, solution) in [("resolved", json!("Done")), ("closed", Value::Null)] {
        let etag = mail.app.get(admin, &path).await.expect(200).header("etag").to_owned();
        let body = Some(json!({ "to": state, "solution": solution }));
        let way = format!("{path}/state");
        mail.app.send(admin, (Method::POST, &way), body, &[("if-match", &etag)]).await.expect(200);
    }
    let headers = format!("Message-ID: <4@e>\r\nSubject: Re: [#{}] Two\r\n", second["number"]);
    let new = mail.take(&ann, &headers, "Not done").await;
    assert_ne!(new["id"], json!(two));
    assert_eq!((&new["title"], &new["state"]), (&json!("Two"), &json!("new")));
    let links = mail.app.get(admin, &format!("{BASE}/tickets/{}/links", id_of(&new))).await;
    assert!(links.expect(200).text.contains(&two));
}

async fn an_attachment_that_lies_is_called_so(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let headers = "Message-ID: <1@e>\r\nContent-Type: multipart/mixed; boundary=x\r\n";
    let body = "--x\r\n\r\nSee this\r\n\
                --x\r\nContent-Type: application/pdf; name=invoice.pdf\r\n\
                Content-Disposition: attachment; filename=\"../invoice.pdf\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA\r\n\
                --x\r\nContent-Type: text/html; name=page.html\r\n\
                Content-Disposition: attachment; filename=page.html\r\n\r\n\
                <html><script>alert(1)</script></html>\r\n--x--\r\n";
    let ticket = mail.take(&ann, headers, body).await;
    assert_eq!(ticket["description"], "See this");
    let path = format!("{BASE}/tickets/{}/files", id_of(&ticket));
    let files = mail.app.get(&ann, &path).await.expect(200).json();
    let names: Vec<&str> = files["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["invoice.pdf.misnamed", "page.html"]);
    for file in files["items"].as_array().unwrap() {
        let path = format!("{BASE}/files/{}/content", id_of(file));
        let answer = mail.app.get(&ann, &path).await.expect(200);
        assert!(answer.header("content-disposition").starts_with("attachment"));
        assert!(!answer.header("content-type").contains("html"));
    }
    let created = mail.history(&ticket).await.pop().unwrap();
    assert_eq!(created["detail"]["mail"]["misnamed"], json!(["invoice.pdf.misnamed"]));
}

async fn what_requesters_see_goes_to_them_by_letter(backend: Backend) {
    let mail = Mail::start(backend).await;
    let ann = mail.app.member("Ann").await;
    let ticket = mail.take(&ann, "Message-ID: <1@e>\r\nSubject: Printer\r\n", "On fire").await;
    let path = format!("{BASE}/tickets/{}", id_of(&ticket));
    let received = letters(&mail, &ann, 1).await.pop().unwrap();
    assert!(received.starts_with("##- "), "{received}");
    assert!(received.contains("We have received your message. It is ticket 1, Printer."));
    let note = json!({ "text": "A secret of the desk", "is_internal": true });
    mail.app.post(&mail.app.admin, &format!("{path}/notes"), note).await.expect(200);
    reply(&mail, &ticket, "Is it still burning?").await;
    let all = letters(&mail, &ann, 2).await;
    assert!(all[1].contains("Ada Admin writes:\n\nIs it still burning?"), "{}", all[1]);
    assert!(all[1].contains(&format!("/service-catalog/tickets/{}", id_of(&ticket))));
    let etag = mail.app.get(&mail.app.admin, &path).await.expect(200).header("etag").to_owned();
    let body = Some(json!({ "to": "resolved", "solution": "Water" }));
    let way = (Method::POST, &*format!("{path}/state"));
    mail.app.send(&mail.app.admin, way, body, &[("if-match", &etag)]).await.expect(200);
    let all = letters(&mail, &ann, 3).await;
    assert!(all[2].contains("We take this for solved") && all[2].contains("Water"), "{}", all[2]);
    assert!(all[2].contains("How was it? Say so, from 1 to 5"), "{}", all[2]);
    assert!(all.iter().all(|letter| !letter.contains("secret of the desk")), "{all:?}");
    // One's own reply is no news to oneself.
    let headers = "Message-ID: <2@e>\r\nSubject: [#1] Printer\r\n";
    mail.take(&ann, headers, "Burns again").await;
    mail.app.wait_for_none("job WHERE kind = 'ticket.letter' AND state <> 'done'").await;
    assert_eq!(letters(&mail, &ann, 3).await.len(), 3);
}

async fn a_desk_without_an_address_takes_and_sends_nothing(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (key, ann) = (app.key(&["catalog.mail.write"]).await, app.member("Ann").await);
    let mail = Mail { app, key };
    let refused = mail.post(message(&ann, PASS, "x")).await.expect(409);
    assert_eq!(refused.code(), "mail_not_set_up");
    let path = format!("{BASE}/tickets");
    let ticket = mail.app.post(&ann, &path, json!({ "title": "x" })).await.expect(201).json();
    reply(&mail, &ticket, "Hello").await;
    assert_eq!(mail.app.count("job WHERE kind = 'ticket.letter'").await, 0);
}

on_every_backend!(
    a_message_makes_a_ticket_and_a_reply_goes_to_it,
    a_message_comes_in_once_also_of_many_at_once,
    what_is_too_large_is_refused_as_it_comes,
    more_than_a_file_may_have_is_refused,
    what_cannot_be_read_is_held,
    who_is_not_who_they_say_is_held,
    strangers_are_held_or_refused_and_never_made_users,
    machines_are_not_answered,
    a_flood_is_held,
    numbers_and_ids_of_other_tenants_lead_nowhere,
    a_reply_to_what_is_over_goes_on_elsewhere,
    an_attachment_that_lies_is_called_so,
    what_requesters_see_goes_to_them_by_letter,
    a_desk_without_an_address_takes_and_sends_nothing,
);
