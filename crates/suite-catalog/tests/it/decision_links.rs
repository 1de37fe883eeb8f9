//! Deciding by a link out of a letter: once, for whom and what it was made for, and never by
//! looking.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of, number_of, path_of, stage, user};

const HOUR_MS: i64 = 3_600_000;
/// Of the job that writes it.
const WAIT_S_MAX: u64 = 30;

/// The tokens of a letter.
struct Letter {
    text: String,
    approve: String,
    reject: String,
}

/// The letter to somebody about a request: the latest one. Without mail it is kept readable here.
async fn letter(app: &CatalogApp, to: &Person, request: &Value) -> Letter {
    let about = format!("request {} ", number_of(request));
    let deadline = Instant::now() + Duration::from_secs(WAIT_S_MAX);
    let text = loop {
        let unsent = suite_kit::notify::unsent_texts(app.database(), 100).await.unwrap();
        let found = unsent.into_iter().filter(|one| one.recipient == to.email);
        let mut texts = found.filter_map(|one| one.text);
        if let Some(text) = texts.find(|text| text.contains(&about)) {
            break text;
        }
        assert!(Instant::now() < deadline, "there is no letter of {about}");
        app.app.clock.advance_ms(1_000);
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let mut tokens = text.lines().filter_map(|line| line.split_once("/decide#token="));
    let mut token = || tokens.next().expect("a link").1.to_owned();
    let (approve, reject) = (token(), token());
    Letter { text, approve, reject }
}

async fn look(app: &CatalogApp, token: &str) -> Answer {
    let path = format!("{BASE}/decision-links/look");
    app.app.post(&path, json!({ "token": token })).await
}

async fn decide(app: &CatalogApp, token: &str, reason: &str) -> Answer {
    let path = format!("{BASE}/decision-links/decide");
    app.app.post(&path, json!({ "token": token, "reason": reason })).await
}

async fn asked(app: &CatalogApp, by: &Person, approvers: &[&Person]) -> Value {
    let approvers: Vec<Value> = approvers.iter().map(|one| user(one)).collect();
    let stages = json!([stage(json!("any"), &approvers), stage(json!("any"), &[user(&app.admin)])]);
    let item = app.item("Desk", "250", stages).await;
    app.ask(by, &item).await
}

async fn people(app: &CatalogApp) -> [Person; 3] {
    [app.member("Ann").await, app.member("Bob").await, app.member("Cyd").await]
}

async fn a_link_shows_all_and_decides_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let [ann, bob, cyd] = people(&app).await;
    let currency = Some(json!({ "currency": "EUR" }));
    app.change(&app.admin, Method::PUT, &format!("{BASE}/settings"), currency).await.expect(200);
    let request = asked(&app, &ann, &[&bob]).await;
    let letter = letter(&app, &bob, &request).await;
    assert!(letter.text.contains("Price: 250 EUR"), "{}", letter.text);
    assert!(letter.text.starts_with("Hello Bob,"), "{}", letter.text);
    assert!(letter.text.contains("Ann asks for Desk"), "{}", letter.text);
    shows_all(&app, &letter).await;
    assert_eq!(app.show(&ann, &request).await["stage"], 0);
    // A rejection says why; without it nothing is decided, and nothing used up.
    let refused = decide(&app, &letter.reject, " ").await.expect(400);
    assert!(refused.text.contains("a rejection says why"), "{}", refused.text);
    let decided = decide(&app, &letter.approve, "fine").await.expect(200).json();
    let seat = &decided["request"]["stages"][0]["seats"][0];
    assert_eq!(
        (&seat["decision"]["by"]["name"], &seat["decision"]["reason"]),
        (&json!("Bob"), &json!("fine"))
    );
    assert_eq!(app.show(&ann, &request).await["stage"], 1);
    // Replayed, and forwarded, and the other one of the letter.
    for token in [&letter.approve, &letter.reject] {
        assert_eq!(decide(&app, token, "again").await.expect(409).code(), "link_used");
        assert_eq!(look(&app, token).await.expect(409).code(), "link_used");
    }
    let told = "audit_record WHERE action = 'service-catalog.approval.decided' AND \
                detail LIKE '%link_id%' AND actor_name = 'Bob'";
    assert_eq!(app.count(told).await, 1);
    assert_eq!(app.asked(&cyd).await, Vec::<i64>::new());
}

/// What is asked, however often it is looked at.
async fn shows_all(app: &CatalogApp, letter: &Letter) {
    for _ in 0..3 {
        let seen = look(app, &letter.approve).await.expect(200).json();
        assert_eq!((&seen["name"], &seen["verdict"]), (&json!("Bob"), &json!("approve")));
        assert_eq!(seen["request"]["answers"]["purpose"], json!({ "text": "to test" }));
        assert_eq!((&seen["request"]["price"], &seen["currency"]), (&json!("250"), &json!("EUR")));
        assert_eq!(seen["request"]["requester"]["name"], "Ann");
    }
    assert_eq!(look(app, &letter.reject).await.expect(200).json()["verdict"], "reject");
}

async fn a_link_that_is_not_whole_or_of_another_is_refused(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let [ann, bob, _] = people(&app).await;
    let request = asked(&app, &ann, &[&bob]).await;
    let token = letter(&app, &bob, &request).await.approve;
    let changed = |place: usize| {
        let other = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &token[..place], &token[place + 1..])
    };
    let mut broken: Vec<String> = (0..token.len() - 1).step_by(7).map(changed).collect();
    broken.extend([String::new(), token[..token.len() - 4].to_owned(), "ä".repeat(9)]);
    // One of another installation, which has other keys.
    let elsewhere = CatalogApp::start(backend).await;
    let [other_ann, other_bob, _] = people(&elsewhere).await;
    let theirs = asked(&elsewhere, &other_ann, &[&other_bob]).await;
    broken.push(letter(&elsewhere, &other_bob, &theirs).await.approve);
    for token in broken {
        assert_eq!(look(&app, &token).await.expect(403).code(), "link_broken", "{token}");
        assert_eq!(decide(&app, &token, "").await.expect(403).code(), "link_broken", "{token}");
    }
    // A link is of its tenant: where its row is another's, it is none.
    app.execute(&format!(
        "UPDATE decision_link SET tenant_id = '{}'",
        suite_contracts::TenantId::new()
    ))
    .await;
    assert_eq!(decide(&app, &token, "").await.expect(403).code(), "link_broken");
    assert_eq!(app.recorded("approval.decided").await, 0);
}

async fn a_link_to_what_is_over_decides_nothing(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let [ann, bob, cyd] = people(&app).await;
    // Its stage is over.
    let request = asked(&app, &ann, &[&bob, &cyd]).await;
    let token = letter(&app, &bob, &request).await.approve;
    app.decide(&cyd, &request, 0, "approve").await.expect(200);
    let refused = decide(&app, &token, "").await.expect(409);
    assert_eq!(refused.code(), "stage_passed", "{}", refused.text);
    // All of it is.
    let request = asked(&app, &ann, &[&bob, &cyd]).await;
    let token = letter(&app, &bob, &request).await.approve;
    let etag = app.get(&ann, &path_of(&request)).await.expect(200).header("etag").to_owned();
    let cancel = format!("{}/cancel", path_of(&request));
    let if_match = [("if-match", etag.as_str())];
    app.send(&ann, (Method::POST, &cancel), None, &if_match).await.expect(200);
    let refused = decide(&app, &token, "").await.expect(409);
    assert_eq!(refused.code(), "approval_over");
    assert!(refused.text.contains("taken back"), "{}", refused.text);
    assert_eq!(app.count("decision_link WHERE used_at_ms IS NOT NULL").await, 0);
}

async fn a_link_counts_no_longer_than_its_person_could_decide(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let [mut ann, mut bob, mut cyd] = people(&app).await;
    // They have delegated it meanwhile.
    let request = asked(&app, &ann, &[&bob]).await;
    let token = letter(&app, &bob, &request).await.approve;
    app.app.clock.advance_ms(1_000);
    let until = suite_kit::clock::rfc3339(app.app.clock.now_ms() + HOUR_MS);
    let from = suite_kit::clock::rfc3339(app.app.clock.now_ms());
    let body = json!({ "to_id": cyd.id, "from": from, "until": until });
    app.post(&bob, &format!("{BASE}/my/delegations"), body).await.expect(201);
    let refused = decide(&app, &token, "").await.expect(409);
    assert_eq!(refused.code(), "link_delegated");
    assert!(refused.text.contains("Cyd"), "{}", refused.text);
    // Its time is over.
    let request = asked(&app, &ann, &[&cyd]).await;
    let token = letter(&app, &cyd, &request).await.approve;
    app.later(7 * 24 + 1, &mut [&mut ann, &mut bob, &mut cyd]).await;
    assert_eq!(decide(&app, &token, "").await.expect(409).code(), "link_expired");
    // They have left.
    let request = asked(&app, &ann, &[&bob, &cyd]).await;
    let token = letter(&app, &cyd, &request).await.approve;
    app.disable(&cyd).await;
    assert_eq!(decide(&app, &token, "").await.expect(403).code(), "link_person_left");
    let path = path_of(&request);
    assert_eq!(app.get(&ann, &path).await.expect(200).json()["stage"], 0);
    assert_eq!(app.count("decision_link WHERE used_at_ms IS NOT NULL").await, 0);
}

/// What was asked for by them is known for thirty days after, to say so.
async fn links_that_are_over_are_forgotten_in_the_end(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let [mut ann, mut bob, _] = people(&app).await;
    let links = |request: &Value| format!("decision_link WHERE request_id = '{}'", id_of(request));
    let early = asked(&app, &ann, &[&bob]).await;
    let of_early = letter(&app, &bob, &early).await;
    app.later(7 * 24 + 1, &mut [&mut ann, &mut bob]).await;
    assert!(look(&app, &of_early.approve).await.text.contains("link_expired"));
    let late = asked(&app, &ann, &[&bob]).await;
    letter(&app, &bob, &late).await;
    app.later(30 * 24, &mut [&mut ann, &mut bob]).await;
    app.wait_for_none(&links(&early)).await;
    assert_eq!(app.count(&links(&late)).await, 1);
}

async fn of_two_decisions_by_one_letter_one_counts(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let [ann, bob, _] = people(&app).await;
    let request = asked(&app, &ann, &[&bob]).await;
    let letter = letter(&app, &bob, &request).await;
    let (one, two) =
        tokio::join!(decide(&app, &letter.approve, "yes"), decide(&app, &letter.reject, "no"));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.text, two.text);
    assert_eq!(app.recorded("approval.decided").await, 1);
}

async fn in_a_suspended_tenant_no_link_decides(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (id, other) = app.tenant("Other").await;
    let body = json!({ "name": "Things" });
    let category = app.post(&other, &format!("{BASE}/categories"), body).await.expect(201).json();
    let eve = app.member_of(&other, "Eve", "Member").await;
    let body = json!({
        "category_id": category["id"], "name": "Thing",
        "approval": { "stages": [stage(json!("any"), &[user(&other)])] },
    });
    let item = app.post(&other, &format!("{BASE}/items"), body).await.expect(201).json();
    let publish = format!("{BASE}/items/{}/publish", item["id"].as_str().unwrap());
    app.send(&other, (Method::POST, &publish), None, &[("if-match", "\"1\"")]).await.expect(200);
    let body = json!({ "item_id": item["id"], "item_version": 1, "answers": {} });
    let request = app.post(&eve, &format!("{BASE}/requests"), body).await.expect(201).json();
    let token = letter(&app, &other, &request).await.approve;
    let suspend = format!("/api/v1/hub/tenants/{id}/suspend");
    app.send(&app.admin, (Method::POST, &suspend), None, &[]).await.expect(200);
    for refused in [look(&app, &token).await, decide(&app, &token, "").await] {
        assert_eq!(refused.expect(403).code(), "tenant_suspended");
    }
}

on_every_backend!(
    a_link_shows_all_and_decides_once,
    a_link_that_is_not_whole_or_of_another_is_refused,
    a_link_to_what_is_over_decides_nothing,
    a_link_counts_no_longer_than_its_person_could_decide,
    links_that_are_over_are_forgotten_in_the_end,
    of_two_decisions_by_one_letter_one_counts,
    in_a_suspended_tenant_no_link_decides,
);
