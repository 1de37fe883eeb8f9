//! The status page: kept by those who may, and read by everybody, who see nothing else.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::desk::AGENT;
use crate::fixture::{BASE, CatalogApp, Person, id_of};
use crate::incidents::incident_path;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

pub fn page_path() -> String {
    format!("{BASE}/status-page")
}

pub fn component_path(component: &Value) -> String {
    format!("{}/components/{}", page_path(), id_of(component))
}

pub fn settings(slug: &str, is_published: bool) -> Value {
    json!({
        "slug": slug, "title": "Example Works", "introduction": "How our services stand",
        "is_published": is_published,
    })
}

impl CatalogApp {
    pub async fn publish_page(&self, by: &Person, slug: &str) {
        let body = Some(settings(slug, true));
        self.change(by, Method::PUT, &page_path(), body).await.expect(200);
    }

    pub async fn status_component(&self, by: &Person, name: &str) -> Value {
        let path = format!("{}/components", page_path());
        self.post(by, &path, json!({ "name": name })).await.expect(201).json()
    }

    pub async fn set_by_hand(&self, by: &Person, component: &Value, state: &str, note: &str) {
        let etag = self.get(by, &component_path(component)).await.expect(200);
        let if_match = [("if-match", etag.header("etag"))];
        let path = format!("{}/state", component_path(component));
        let body = Some(json!({ "state": state, "note": note }));
        self.send(by, (Method::PUT, &path), body, &if_match).await.expect(200);
    }

    /// From so many hours from now until so many.
    pub async fn plan_maintenance(
        &self,
        by: &Person,
        component: &Value,
        hours: (i64, i64),
    ) -> Value {
        let body = self.maintenance(component, hours);
        let path = format!("{}/maintenance", page_path());
        self.post(by, &path, body).await.expect(201).json()
    }

    pub fn maintenance(&self, component: &Value, (from, until): (i64, i64)) -> Value {
        let at = |hours: i64| {
            let now_ms = self.app.clock.now_ms();
            suite_kit::clock::rfc3339(now_ms + hours * HOUR_MS)
        };
        json!({
            "title": "New switches", "text": "We *replace* them", "begins_at": at(from),
            "ends_at": at(until), "component_ids": [component["id"]],
        })
    }

    /// Says what everybody reads of a major incident.
    pub async fn publish_incident(
        &self,
        by: &Person,
        incident: &Value,
        (title, components): (Value, &[(&Value, &str)]),
    ) -> Answer {
        let components = components.iter();
        let components = components.map(
            |(component, impact)| json!({ "component_id": component["id"], "impact": impact }),
        );
        let components: Vec<Value> = components.collect();
        let body = json!({ "public_title": title, "components": components });
        self.on_incident(by, incident, (Method::PUT, "public"), Some(body)).await
    }

    /// What everybody reads.
    pub async fn status(&self, slug: &str) -> Value {
        self.app.get(&status_path(slug)).await.expect(200).json()
    }

    pub async fn feed(&self, slug: &str) -> String {
        self.app.get(&format!("{}/feed.atom", status_path(slug))).await.expect(200).text
    }
}

pub fn status_path(slug: &str) -> String {
    format!("{BASE}/status/{slug}")
}

/// How each component stands, by name.
pub fn states(status: &Value) -> Vec<(&str, &str)> {
    let components = status["components"].as_array().expect("components").iter();
    components
        .map(|one| (one["name"].as_str().expect("a name"), one["state"].as_str().expect("a state")))
        .collect()
}

async fn a_page_is_published_at_an_address_of_its_own(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (admin, path) = (&app.admin, page_path());
    let (_, other) = app.tenant("Other").await;
    let unset = app.get(admin, &path).await.expect(200).json();
    assert_eq!((&unset["version"], &unset["settings"]), (&json!(0), &Value::Null));
    let set = |by: Person, slug: &str, is_published: bool| {
        let (app, path, body) = (&app, &path, Some(settings(slug, is_published)));
        async move { app.change(&by, Method::PUT, path, body).await }
    };
    for slug in ["", "ab", "-works", "works-", "w--s", "a/b", "a b", &"a".repeat(41)] {
        let refused = set(admin.clone(), slug, true).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/slug", "{slug}");
    }
    let made = set(admin.clone(), " Example-Works ", false).await.expect(200).json();
    assert_eq!((&made["version"], &made["settings"]["slug"]), (&json!(1), &json!("example-works")));
    let taken = set(other.clone(), "example-works", true).await.expect(409);
    assert_eq!(taken.code(), "address_taken");
    set(other.clone(), "other", true).await.expect(200);
    let moved = set(other.clone(), "example-works", true).await.expect(409);
    assert_eq!(moved.code(), "address_taken");
    let first = [("if-match", "\"0\"")];
    let late = Some(settings("late", true));
    app.send(admin, (Method::PUT, &path), late, &first).await.expect(412);
    // What is not published is not there, like what there never was.
    let hidden = app.app.get(&status_path("example-works")).await.expect(404);
    let nothing = app.app.get(&status_path("nothing")).await.expect(404);
    assert_eq!(hidden.json()["detail"], nothing.json()["detail"]);
    set(admin.clone(), "example-works", true).await.expect(200);
    assert_eq!(app.status("example-works").await["title"], "Example Works");
    set(admin.clone(), "example-works", false).await.expect(200);
    app.app.get(&status_path("example-works")).await.expect(404);
    app.app.get(&format!("{}/feed.atom", status_path("example-works"))).await.expect(404);
    assert_eq!(app.recorded("status-page.changed").await, 4);
}

async fn whoever_knows_a_page_gets_it_once(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    app.publish_page(&app.admin, "works").await;
    let feed = format!("{}/feed.atom", status_path("works"));
    for path in [status_path("works"), feed] {
        let first = app.app.get(&path).await.expect(200);
        let etag = first.header("etag").to_owned();
        assert_eq!(first.header("cache-control"), "public, max-age=30");
        let weak = format!("\"x\", W/{etag}");
        for known in [etag.as_str(), weak.as_str()] {
            let known = [("if-none-match", known)];
            let same = app.app.send_with(Method::GET, &path, None, &known).await.expect(304);
            assert_eq!((same.text.as_str(), same.header("etag")), ("", etag.as_str()));
        }
        app.status_component(&app.admin, &format!("Of {}", path.len())).await;
        let known = [("if-none-match", etag.as_str())];
        let after = app.app.send_with(Method::GET, &path, None, &known).await;
        // A component that is as it should be is no news for a feed.
        assert_eq!(after.status, if path.ends_with("atom") { 304 } else { 200 });
    }
}

async fn components_are_kept_in_an_order(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (admin, list) = (&app.admin, format!("{}/components", page_path()));
    let [mail, web] =
        [app.status_component(admin, "Mail").await, app.status_component(admin, "Web").await];
    let again = app.post(admin, &list, json!({ "name": "Mail" })).await.expect(409);
    assert_eq!(again.code(), "name_taken");
    for body in [json!({ "name": " " }), json!({ "name": "x", "description": "x".repeat(301) })] {
        app.post(admin, &list, body).await.expect(400);
    }
    let body = json!({ "name": "E-mail", "description": "In and out", "group": "Office" });
    let changed = app.change(admin, Method::PUT, &component_path(&mail), Some(body.clone())).await;
    let changed = changed.expect(200).json();
    assert_eq!((&changed["group"], &changed["version"]), (&json!("Office"), &json!(2)));
    let first = [("if-match", "\"1\"")];
    app.send(admin, (Method::PUT, &component_path(&mail)), Some(body), &first).await.expect(412);
    let order = format!("{}/component-order", page_path());
    let put = |ids: Value| {
        let (app, order, body) = (&app, &order, Some(json!({ "ids": ids })));
        async move { app.send(admin, (Method::PUT, order), body, &[]).await }
    };
    assert_eq!(put(json!([web["id"]])).await.expect(409).code(), "other_components");
    put(json!([web["id"], mail["id"]])).await.expect(200);
    app.publish_page(admin, "works").await;
    let status = app.status("works").await;
    assert_eq!(states(&status), [("Web", "operational"), ("E-mail", "operational")]);
    let (member, keeper) = (app.member("Bob").await, app.commander("Max").await);
    app.get(&member, &list).await.expect(403);
    app.get(&keeper, &list).await.expect(200);
    app.post(&keeper, &list, json!({ "name": "x" })).await.expect(403);
    app.change(admin, Method::DELETE, &component_path(&web), None).await.expect(204);
    assert_eq!(states(&app.status("works").await), [("E-mail", "operational")]);
    for (action, times) in [("created", 2), ("changed", 1), ("removed", 1)] {
        assert_eq!(app.recorded(&format!("status-component.{action}")).await, times, "{action}");
    }
    assert_eq!(app.recorded("status-components.ordered").await, 1);
}

/// A major incident, with what it affects and without a title for the public.
async fn affecting(app: &CatalogApp, by: &Person, impacts: &[(&Value, &str)]) -> Value {
    let ticket = app.open_ticket(by, "high", "high").await;
    let incident = app.declare(by, &ticket).await;
    app.publish_incident(by, &incident, (Value::Null, impacts)).await.expect(200);
    incident
}

async fn stand(app: &CatalogApp, expected: [(&str, &str); 2]) {
    assert_eq!(states(&app.status("works").await), expected);
}

async fn an_open_incident_says_how_components_stand(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (admin, max) = (&app.admin, app.commander("Max").await);
    app.publish_page(admin, "works").await;
    let [mail, web] =
        [app.status_component(admin, "Mail").await, app.status_component(admin, "Web").await];
    app.set_by_hand(admin, &mail, "degraded", "It is slow").await;
    let seen = app.status("works").await;
    assert_eq!(
        (&seen["state"], &seen["components"][0]["note"]),
        (&json!("degraded"), &json!("It is slow"))
    );
    let all: [&[(&Value, &str)]; 2] =
        [&[(&mail, "partial_outage"), (&web, "degraded")], &[(&mail, "major_outage")]];
    let incidents = [affecting(&app, &max, all[0]).await, affecting(&app, &max, all[1]).await];
    let seen = app.status("works").await;
    assert_eq!(states(&seen), [("Mail", "major_outage"), ("Web", "degraded")]);
    assert_eq!(seen["state"], "major_outage");
    // What was said by hand does not count meanwhile. None of it has a title for the public.
    assert!(seen["components"][0]["note"].is_null() && seen["incidents"] == json!([]), "{seen}");
    app.move_incident(&max, &incidents[1], "resolved").await.expect(200);
    app.set_by_hand(admin, &web, "maintenance", "").await;
    stand(&app, [("Mail", "partial_outage"), ("Web", "degraded")]).await;
    app.publish_incident(&max, &incidents[0], (Value::Null, &[(&web, "degraded")]))
        .await
        .expect(200);
    stand(&app, [("Mail", "degraded"), ("Web", "degraded")]).await;
    app.move_incident(&max, &incidents[0], "resolved").await.expect(200);
    let seen = app.status("works").await;
    assert_eq!(states(&seen), [("Mail", "degraded"), ("Web", "maintenance")]);
    assert_eq!(seen["components"][0]["note"], "It is slow");
    // One that comes back does what it did.
    app.move_incident(&max, &incidents[1], "investigating").await.expect(200);
    stand(&app, [("Mail", "major_outage"), ("Web", "maintenance")]).await;
    assert_eq!(app.recorded("status-component.state-set").await, 2);
    assert_eq!(app.recorded("major-incident.published").await, 3);
}

async fn two_incidents_at_once_leave_what_is_worst(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let max = app.commander("Max").await;
    app.publish_page(&app.admin, "works").await;
    let mail = app.status_component(&app.admin, "Mail").await;
    let mut incidents = Vec::new();
    for _ in 0..2 {
        let ticket = app.open_ticket(&max, "high", "high").await;
        incidents.push(app.declare(&max, &ticket).await);
    }
    let publish = |place: usize, impact: &'static str| {
        let (app, max, mail, incident) = (&app, &max, &mail, &incidents[place]);
        async move {
            let impacts = [(mail, impact)];
            app.publish_incident(max, incident, (Value::Null, &impacts)).await.expect(200);
        }
    };
    for _ in 0..5 {
        tokio::join!(publish(0, "degraded"), publish(1, "major_outage"));
        assert_eq!(states(&app.status("works").await), [("Mail", "major_outage")]);
        tokio::join!(publish(0, "partial_outage"), publish(1, "degraded"));
        assert_eq!(states(&app.status("works").await), [("Mail", "partial_outage")]);
    }
}

async fn a_public_update_says_what_it_is_called(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let max = app.commander("Max").await;
    app.publish_page(&app.admin, "works").await;
    let ticket = app.open_ticket(&max, "high", "high").await;
    let incident = app.declare(&max, &ticket).await;
    let updates = format!("{}/updates", incident_path(&incident));
    let update = |audience: &str, title: Value| {
        let body = json!({ "audience": audience, "text": "We look", "public_title": title });
        let (app, max, updates) = (&app, &max, &updates);
        async move { app.post(max, updates, body).await }
    };
    for (audience, title) in
        [("public", Value::Null), ("public", json!(" ")), ("requesters", json!("Printing"))]
    {
        let refused = update(audience, title).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/public_title", "{refused}");
    }
    update("public", json!("Printing")).await.expect(204);
    update("public", Value::Null).await.expect(204);
    let seen = app.status("works").await;
    assert_eq!(seen["incidents"][0]["title"], "Printing");
    assert_eq!(seen["incidents"][0]["updates"].as_array().unwrap().len(), 2);
    // Its version is another one: what everybody reads has changed.
    let shown = app.get(&max, &incident_path(&incident)).await.expect(200).json();
    assert_eq!((&shown["version"], &shown["public_title"]), (&json!(2), &json!("Printing")));
    // Taken off, it is on no page, and the next public update needs a title again.
    app.publish_incident(&max, &incident, (Value::Null, &[])).await.expect(200);
    assert_eq!(app.status("works").await["incidents"], json!([]));
    update("public", Value::Null).await.expect(400);
    // Who declares may say so at once.
    let other = app.open_ticket(&max, "high", "high").await;
    let body = json!({ "reason": "Smoke", "public_title": "Power" });
    let path = format!("{BASE}/tickets/{}/major-incident", id_of(&other));
    app.post(&max, &path, body).await.expect(201);
    assert_eq!(app.status("works").await["incidents"][0]["title"], "Power");
    assert_eq!(app.recorded("major-incident.published").await, 2);
}

/// What those know who work on it, and nobody else.
const SECRETS: [&str; 9] = [
    "Printer on fire",
    "All printers burn",
    "Eve",
    "Max",
    "Bob",
    "Room 101",
    "the keys of the server room",
    "Only for those affected",
    "Water",
];

async fn tells_nothing_internal(app: &CatalogApp, ids: &[&str]) {
    let (page, feed) = (app.status("works").await, app.feed("works").await);
    let text = page.to_string();
    for secret in SECRETS.iter().chain(ids) {
        assert!(!text.contains(secret), "{secret}: {text}");
        assert!(!feed.contains(secret), "{secret}: {feed}");
    }
    assert!(text.contains("We look & see <script>"), "{text}");
    for escaped in ["Printing &lt;b&gt;", "We look &amp; see &lt;script&gt;"] {
        assert!(feed.contains(escaped), "{escaped}: {feed}");
    }
}

async fn nothing_internal_is_read_by_everybody(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, eve, max) =
        (app.member("Bob").await, app.agent("Eve").await, app.commander("Max").await);
    app.publish_page(&app.admin, "works").await;
    let mail = app.status_component(&app.admin, "Mail").await;
    let ticket = app.open_ticket(&bob, "high", "high").await;
    let note = json!({ "text": "It is in Room 101", "is_internal": true });
    app.post(&eve, &format!("{BASE}/tickets/{}/notes", id_of(&ticket)), note).await.expect(200);
    let incident = app.declare(&max, &ticket).await;
    let path = |what: &str| format!("{}/{what}", incident_path(&incident));
    let role = Some(json!({ "user_id": eve.id }));
    app.on_incident(&max, &incident, (Method::PUT, "roles/technical"), role).await.expect(200);
    let noted = json!({ "text": "Eve has the keys of the server room" });
    app.post(&max, &path("timeline"), noted).await.expect(204);
    app.publish_incident(&max, &incident, (json!("Printing <b>"), &[(&mail, "major_outage")]))
        .await
        .expect(200);
    for (audience, text) in [
        ("internal", "the keys of the server room"),
        ("requesters", "Only for those affected"),
        ("public", "We look & see <script>"),
    ] {
        let body = json!({ "audience": audience, "text": text });
        app.post(&max, &path("updates"), body).await.expect(204);
    }
    // One that is on no page.
    let hidden = app.open_ticket(&bob, "high", "high").await;
    app.declare(&max, &hidden).await;
    let ids = [id_of(&ticket), &bob.id, &eve.id, &max.id];
    tells_nothing_internal(&app, &ids).await;
    app.move_incident(&max, &incident, "resolved").await.expect(200);
    tells_nothing_internal(&app, &ids).await;
    let seen = app.status("works").await;
    let past = &seen["past_incidents"][0];
    assert_eq!((&past["state"], &seen["incidents"]), (&json!("resolved"), &json!([])));
    assert_eq!(past["components"], json!([{ "name": "Mail", "impact": "major_outage" }]));
}

async fn a_page_is_of_one_tenant(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (id, other) = app.tenant("Other").await;
    app.publish_page(&app.admin, "works").await;
    app.publish_page(&other, "other").await;
    let foreign = app.status_component(&other, "Foreign").await;
    let mail = app.status_component(&app.admin, "Mail").await;
    app.plan_maintenance(&other, &foreign, (1, 2)).await;
    let ticket = app.open_ticket(&other, "high", "high").await;
    let incident = app.declare(&other, &ticket).await;
    let told = (json!("Theirs"), &[(&foreign, "major_outage")][..]);
    app.publish_incident(&other, &incident, told).await.expect(200);
    let seen = app.status("works").await;
    assert_eq!(states(&seen), [("Mail", "operational")]);
    for kind in ["incidents", "maintenance", "past_incidents", "past_maintenance"] {
        assert_eq!(seen[kind], json!([]), "{kind}");
    }
    assert!(!app.feed("works").await.contains("Theirs"));
    // What is another's is named by nobody.
    let own = app.open_ticket(&app.admin, "high", "high").await;
    let own = app.declare(&app.admin, &own).await;
    let told = (json!("Ours"), &[(&foreign, "degraded")][..]);
    let refused = app.publish_incident(&app.admin, &own, told).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/components");
    let path = format!("{}/maintenance", page_path());
    let body = app.maintenance(&foreign, (1, 2));
    let refused = app.post(&app.admin, &path, body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/component_ids");
    let body = app.maintenance(&mail, (1, 2));
    app.post(&app.admin, &path, body).await.expect(201);
    // The page of one that is suspended goes with it, once what was kept of it is old.
    let suspend = format!("/api/v1/hub/tenants/{id}/suspend");
    app.status("other").await;
    app.send(&app.admin, (Method::POST, &suspend), None, &[]).await.expect(200);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while app.app.get(&status_path("other")).await.status != 404 {
        assert!(std::time::Instant::now() < deadline, "it is still there");
        tokio::time::sleep(std::time::Duration::from_millis(1_000)).await;
    }
}

async fn who_asks_too_often_waits(backend: Backend) {
    let app = CatalogApp::stopped(backend).await;
    app.publish_page(&app.admin, "works").await;
    let feed = format!("{}/feed.atom", status_path("works"));
    for round in 0..20 {
        app.app.get(&status_path("works")).await.expect(200);
        app.app.get(&feed).await.expect(200);
        // Who looks for addresses is counted, too.
        app.app.get(&status_path(&format!("guess-{round}"))).await.expect(404);
    }
    let refused = app.app.get(&status_path("works")).await.expect(429);
    assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("rate_limited", "1"));
    app.app.get(&feed).await.expect(429);
    app.app.clock.advance_ms(MINUTE_MS);
    app.app.get(&status_path("works")).await.expect(200);
}

async fn who_keeps_the_page_leads_no_incidents(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let keeps = ["catalog.status-page.write", "catalog.major-incidents.read"];
    let kim = app.with_permissions("Kim", &[&AGENT[..], &keeps].concat()).await;
    let max = app.commander("Max").await;
    let mail = app.status_component(&kim, "Mail").await;
    let ticket = app.open_ticket(&max, "high", "high").await;
    let incident = app.declare(&max, &ticket).await;
    let told = || (json!("Mail"), [(&mail, "degraded")]);
    let (title, impacts) = told();
    app.publish_incident(&kim, &incident, (title, &impacts)).await.expect(403);
    let (title, impacts) = told();
    app.publish_incident(&max, &incident, (title.clone(), &impacts)).await.expect(200);
    // Said again it changes nothing; said of what was read before, it is refused.
    let same = app.publish_incident(&max, &incident, (title, &impacts)).await.expect(200);
    assert_eq!(same.json()["version"], 2);
    let path = format!("{}/public", incident_path(&incident));
    let body = Some(json!({ "public_title": "x", "components": [] }));
    app.send(&max, (Method::PUT, &path), body, &[("if-match", "\"1\"")]).await.expect(412);
    let twice = [(&mail, "degraded"), (&mail, "major_outage")];
    app.publish_incident(&max, &incident, (Value::Null, &twice)).await.expect(400);
    assert_eq!(app.recorded("major-incident.published").await, 1);
}

on_every_backend!(
    a_page_is_published_at_an_address_of_its_own,
    whoever_knows_a_page_gets_it_once,
    components_are_kept_in_an_order,
    an_open_incident_says_how_components_stand,
    two_incidents_at_once_leave_what_is_worst,
    a_public_update_says_what_it_is_called,
    nothing_internal_is_read_by_everybody,
    a_page_is_of_one_tenant,
    who_asks_too_often_waits,
    who_keeps_the_page_leads_no_incidents,
);
