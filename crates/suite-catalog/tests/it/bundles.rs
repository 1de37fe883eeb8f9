//! Bundles: several items that are asked for as one.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, ask_for, id_of, number_of, path_of, stage, user};

fn part(item: &str, is_required: bool) -> Value {
    json!({ "item_id": item, "is_required": is_required })
}

/// A part that is chosen, with an answer to the form that every item of these tests has.
fn chosen(place: usize) -> Value {
    json!({ "place": place, "item_version": 1, "answers": { "purpose": { "text": "to test" } } })
}

impl CatalogApp {
    async fn bundle_content(&self, name: &str, parts: Value) -> Value {
        let mut content = self.content(name, "0", json!([])).await;
        content["form"] = json!({ "fields": [] });
        content["parts"] = parts;
        content
    }

    async fn bundle(&self, name: &str, parts: Value) -> String {
        let content = self.bundle_content(name, parts).await;
        self.publish(content).await
    }

    async fn ask_bundle(&self, by: &Person, bundle: &str, parts: Value) -> Answer {
        self.ask_bundle_with(by, bundle, json!({ "bundle_version": 1, "parts": parts })).await
    }

    async fn ask_bundle_with(&self, by: &Person, bundle: &str, body: Value) -> Answer {
        self.post(by, &format!("{BASE}/items/{bundle}/requests"), body).await
    }

    async fn offer(&self, by: &Person, bundle: &str) -> Value {
        self.get(by, &format!("{BASE}/items/{bundle}/parts")).await.expect(200).json()
    }
}

fn names(list: &Value, name: &str) -> Vec<String> {
    let all = list.as_array().expect("a list").iter();
    all.map(|one| one[name].as_str().expect("a name").to_owned()).collect()
}

/// A laptop that Cyd approves, a licence that nobody has to, and a phone that may be left out.
struct Colleague {
    bob: Person,
    cyd: Person,
    items: [String; 3],
    bundle: String,
}

async fn new_colleague(app: &CatalogApp) -> Colleague {
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let laptop = app.item("Notebook", "900.5", json!([stage(json!("any"), &[user(&cyd)])])).await;
    let licence = app.item("Licence", "99.5", json!([])).await;
    let phone = app.item("Phone", "400", json!([])).await;
    let parts = json!([part(&laptop, true), part(&licence, true), part(&phone, false)]);
    let bundle = app.bundle("New colleague", parts).await;
    Colleague { bob, cyd, items: [laptop, licence, phone], bundle }
}

async fn a_bundle_is_asked_for_as_one(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let Colleague { bob, cyd, bundle, .. } = new_colleague(&app).await;
    let offer = app.offer(&bob, &bundle).await;
    assert_eq!(names(&offer["parts"], "name"), ["Notebook", "Licence", "Phone"]);
    assert_eq!(offer["parts"][0]["offered"]["price"], "900.5");
    assert_eq!(offer["people"], json!([{ "id": cyd.id, "name": "Cyd" }]));
    // For somebody else, in whatever order, and without the phone.
    let dan = app.member("Dan").await;
    let body = json!({
        "bundle_version": 1, "requested_for_id": dan.id, "parts": [chosen(1), chosen(0)],
    });
    let made = app.ask_bundle_with(&bob, &bundle, body).await.expect(201).json();
    let requests = made["requests"].as_array().unwrap();
    assert_eq!(names(&made["requests"], "item_name"), ["Notebook", "Licence"]);
    assert_eq!(names(&made["requests"], "state"), ["approving", "fulfilled"]);
    assert_eq!(names(&made["requests"], "bundle_name"), ["New colleague", "New colleague"]);
    assert_eq!(requests[0]["requested_for"]["name"], "Dan");
    // Each has its own price and approval, and knows the other.
    let first = app.show(&bob, &requests[0]).await;
    assert_eq!(
        (first["price"].as_str(), first["stages"].as_array().unwrap().len()),
        (Some("900.5"), 1)
    );
    assert_eq!(
        first["bundle"],
        json!({ "id": bundle, "version": 1, "name": "New colleague", "others": [{
            "id": requests[1]["id"], "number": requests[1]["number"], "item_name": "Licence",
            "state": "fulfilled", "may_see": true,
        }] })
    );
    assert_eq!(app.asked(&cyd).await, [number_of(&first)]);
    // Who is asked about one sees that there is another, and not the other itself.
    let decided = app.decide(&cyd, &first, 0, "approve").await.expect(200).json();
    assert_eq!(decided["bundle"]["others"][0]["may_see"], false);
    app.get(&cyd, &path_of(&requests[1])).await.expect(404);
    assert_eq!(app.recorded("request.submitted").await, 2);
    let told = format!(
        "audit_record WHERE action = 'service-catalog.request.submitted' AND detail LIKE '%{bundle}%'"
    );
    assert_eq!(app.count(&told).await, 2);
    let apart = app.ask_bundle(&bob, &bundle, json!([chosen(0), chosen(1)])).await.expect(201);
    let apart = app.show(&bob, &apart.json()["requests"][0]).await;
    assert_eq!(apart["bundle"]["others"].as_array().unwrap().len(), 1, "{apart}");
}

async fn taking_one_back_leaves_the_others(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let stages = json!([stage(json!("any"), &[user(&cyd)])]);
    let one = app.item("Notebook", "1", stages.clone()).await;
    let two = app.item("Licence", "1", stages).await;
    let bundle = app.bundle("New colleague", json!([part(&one, true), part(&two, true)])).await;
    let made = app.ask_bundle(&bob, &bundle, json!([chosen(0), chosen(1)])).await.expect(201);
    let made = made.json()["requests"].clone();
    let path = format!("{}/cancel", path_of(&made[0]));
    let first = [("if-match", "\"1\"")];
    let gone = app.send(&bob, (Method::POST, &path), None, &first).await.expect(200).json();
    assert_eq!(gone["bundle"]["others"][0]["state"], "approving");
    assert_eq!(app.asked(&cyd).await, [number_of(&made[1])]);
    let left = app.decide(&cyd, &made[1], 0, "approve").await.expect(200).json();
    assert_eq!(left["state"], "fulfilled");
    assert_eq!(left["bundle"]["others"][0]["state"], "cancelled");
}

async fn what_is_wrong_is_named_by_item_and_field(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let Colleague { bob, items, bundle, .. } = new_colleague(&app).await;
    let unanswered = |place: usize| json!({ "place": place, "item_version": 1 });
    let cases = [
        (json!([chosen(0), unanswered(1)]), "/parts/1/answers/purpose", "Licence: an answer"),
        (json!([unanswered(0), chosen(1)]), "/parts/0/answers/purpose", "Notebook: an answer"),
        (json!([chosen(0), chosen(2)]), "/parts", "Licence belongs to the bundle"),
        (json!([chosen(0), chosen(1), chosen(3)]), "/parts/2/place", "has no part 3"),
        (json!([chosen(0), chosen(1), chosen(1)]), "/parts/2/place", "chosen twice"),
        (json!([]), "/parts", "Notebook belongs to the bundle"),
    ];
    for (parts, field, why) in cases {
        let refused = app.ask_bundle(&bob, &bundle, parts).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(why), "{refused}");
    }
    // All faults of all parts at once.
    let parts = json!([unanswered(0), unanswered(1), unanswered(2)]);
    let refused = app.ask_bundle(&bob, &bundle, parts).await.expect(400).json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 3, "{refused}");
    let body = json!({
        "bundle_version": 1, "parts": [chosen(0), chosen(1)],
        "requested_for_id": suite_contracts::UserId::new(),
    });
    let refused = app.ask_bundle_with(&bob, &bundle, body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/requested_for_id");
    // A bundle is asked for as one, and an item is none.
    assert_eq!(app.try_ask(&bob, ask_for(&bundle)).await.expect(409).code(), "is_bundle");
    let no_bundle = app.ask_bundle(&bob, &items[0], json!([chosen(0)])).await.expect(409);
    assert_eq!(no_bundle.code(), "no_bundle");
    app.get(&bob, &format!("{BASE}/items/{}/parts", items[0])).await.expect(404);
    assert_eq!(app.count("request").await, 0, "all or nothing");
    assert_eq!(app.recorded("request.submitted").await, 0);
}

async fn what_is_not_offered_any_more_is_said(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let Colleague { bob, items: [laptop, licence, phone], bundle, .. } = new_colleague(&app).await;
    let all = || json!([chosen(0), chosen(1), chosen(2)]);
    let changed = async |parts: Value, name: &str| {
        let refused = app.ask_bundle(&bob, &bundle, parts).await.expect(409);
        assert_eq!(refused.code(), "item_changed");
        assert!(refused.text.contains(name), "{}", refused.text);
    };
    // An item has another version.
    let content = app.content("Licence", "120", json!([])).await;
    app.on_item(&licence, Method::PUT, "draft", Some(content)).await.expect(200);
    app.publish_draft(&licence).await;
    changed(all(), "Licence is not offered any more as you saw it").await;
    // What may be left out is withdrawn: it is left out.
    app.on_item(&phone, Method::POST, "withdraw", None).await.expect(200);
    assert_eq!(names(&app.offer(&bob, &bundle).await["parts"], "name"), ["Notebook", "Licence"]);
    let fault = app.offer(&app.admin, &bundle).await["parts"][2]["fault"].clone();
    assert!(fault.as_str().unwrap().contains("Phone cannot be asked for: it is withdrawn"));
    let mut second = chosen(1);
    second["item_version"] = json!(2);
    app.ask_bundle(&bob, &bundle, json!([chosen(0), second.clone()])).await.expect(201);
    // The bundle cannot be published as it is.
    let content = app.get(&app.admin, &format!("{BASE}/items/{bundle}")).await.expect(200).json();
    let content = content["published"].clone();
    let refused = app.on_item(&bundle, Method::PUT, "draft", Some(content)).await.expect(400);
    assert_eq!(refused.json()["errors"][0]["field"], "/parts/2/item_id");
    app.on_item(&bundle, Method::POST, "withdraw", None).await.expect(200);
    let unsound = app.on_item(&bundle, Method::POST, "publish", None).await.expect(409);
    assert_eq!(unsound.code(), "bundle_unsound");
    app.publish_draft(&phone).await;
    app.publish_draft(&bundle).await;
    // What is required is withdrawn: so is, for members, the bundle.
    app.on_item(&laptop, Method::POST, "withdraw", None).await.expect(200);
    app.get(&bob, &format!("{BASE}/items/{bundle}")).await.expect(404);
    app.ask_bundle(&bob, &bundle, all()).await.expect(404);
    let refused = app.ask_bundle(&app.admin, &bundle, json!([chosen(0), second])).await;
    assert!(refused.expect(409).text.contains("Notebook cannot be asked for"));
}

async fn a_bundle_has_versions_and_never_changes(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let Colleague { bob, items: [laptop, licence, _], bundle, .. } = new_colleague(&app).await;
    let made = app.ask_bundle(&bob, &bundle, json!([chosen(0), chosen(1)])).await.expect(201);
    let content = app.bundle_content("Newcomer", json!([part(&laptop, true)])).await;
    app.on_item(&bundle, Method::PUT, "draft", Some(content)).await.expect(200);
    assert_eq!(app.offer(&bob, &bundle).await["version"], 1, "a draft is none yet");
    app.publish_draft(&bundle).await;
    let refused = app.ask_bundle(&bob, &bundle, json!([chosen(0), chosen(1)])).await.expect(409);
    assert_eq!(refused.code(), "item_changed");
    let seen = app.show(&bob, &made.json()["requests"][0]).await;
    let name = seen["bundle"]["name"].as_str();
    assert_eq!((name, seen["bundle"]["version"].as_i64()), (Some("New colleague"), Some(1)));
    let body = json!({ "bundle_version": 2, "parts": [chosen(0)] });
    app.ask_bundle_with(&bob, &bundle, body).await.expect(201);
    let path = format!("{BASE}/items/{bundle}/versions/1");
    let first = app.get(&app.admin, &path).await.expect(200).json();
    assert_eq!(first["parts"].as_array().unwrap().len(), 3);
    // Of which items it consists others learn from what they are offered.
    assert_eq!(app.get(&bob, &path).await.expect(200).json()["parts"], json!(null));
    // An item stays an item, and a bundle a bundle.
    let content = app.content("Licence", "1", json!([])).await;
    let refused = app.on_item(&bundle, Method::PUT, "draft", Some(content)).await.expect(400);
    assert_eq!(refused.json()["errors"][0]["field"], "/parts");
    let content = app.bundle_content("Licence", json!([part(&laptop, true)])).await;
    app.on_item(&licence, Method::PUT, "draft", Some(content)).await.expect(400);
}

async fn what_is_no_bundle_is_refused_at_its_place(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let Colleague { items: [laptop, ..], bundle, .. } = new_colleague(&app).await;
    let draft = app.content("Draft", "1", json!([])).await;
    let draft = app.post(&app.admin, &format!("{BASE}/items"), draft).await.expect(201).json();
    let good = app.bundle_content("Bundle", json!([part(&laptop, true)])).await;
    let preset = |field: &str, answer: Value| json!([{ "item_id": laptop, "presets": { field: { "answer": answer } } }]);
    let stranger = json!(suite_contracts::UserId::new());
    let cases: [(&str, Value, &str); 9] = [
        ("price", json!("1"), "/price"),
        ("approval", json!({ "stages": [stage(json!("any"), &[json!("manager")])] }), "/approval"),
        ("parts", json!([part(id_of(&draft), true)]), "/parts/0/item_id"),
        ("parts", json!([part(&laptop, true), part(&bundle, true)]), "/parts/1/item_id"),
        ("parts", json!([{ "item_id": stranger }]), "/parts/0/item_id"),
        ("parts", preset("colour", json!({ "text": "red" })), "/parts/0/presets/colour"),
        ("parts", preset("purpose", json!({ "number": "1" })), "/parts/0/presets/purpose"),
        ("parts", preset("Not A Key", json!({ "text": "red" })), "/parts/0/presets/Not A Key"),
        ("parts", json!(vec![part(&laptop, true); 21]), "/parts"),
    ];
    for (name, value, expected) in cases {
        let mut content = good.clone();
        content[name] = value;
        let refused = app.post(&app.admin, &format!("{BASE}/items"), content).await.expect(400);
        let refused = refused.json();
        assert_eq!(refused["errors"][0]["field"], expected, "{refused}");
    }
    app.post(&app.admin, &format!("{BASE}/items"), good).await.expect(201);
}

/// A bundle of a microscope for the lab, and a chair for some of it; of Bob, Cyd, who has none, and Dan,
/// who is not of the lab.
async fn lab_place(app: &CatalogApp) -> ([Person; 3], String) {
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let lab = app.group("Lab", &[&bob, &cyd]).await;
    let desk = app.group("Desk", &[&bob]).await;
    let narrowed = async |name: &str, group: &str| {
        let mut content = app.content(name, "10", json!([])).await;
        content["group_ids"] = json!([group]);
        app.publish(content).await
    };
    let (scope, chair) = (narrowed("Microscope", &lab).await, narrowed("Chair", &desk).await);
    let parts = json!([part(&scope, true), part(&chair, false)]);
    let bundle = app.bundle("Lab place", parts).await;
    ([bob, cyd, dan], bundle)
}

async fn listed(app: &CatalogApp, by: &Person, query: &str) -> Vec<String> {
    let list = app.get(by, &format!("{BASE}/items?{query}")).await.expect(200).json();
    names(&list["items"], "name")
}

async fn a_bundle_is_shown_to_who_sees_what_it_requires(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ([bob, cyd, dan], bundle) = lab_place(&app).await;
    assert_eq!(listed(&app, &bob, "search=lab").await, ["Lab place"]);
    assert_eq!(listed(&app, &cyd, "search=lab").await, ["Lab place"]);
    assert!(listed(&app, &dan, "search=lab").await.is_empty());
    app.get(&dan, &format!("{BASE}/items/{bundle}")).await.expect(404);
    app.get(&dan, &format!("{BASE}/items/{bundle}/parts")).await.expect(404);
    app.ask_bundle(&dan, &bundle, json!([chosen(0)])).await.expect(404);
    // What may be left out, and is not shown, is.
    assert_eq!(names(&app.offer(&bob, &bundle).await["parts"], "name"), ["Microscope", "Chair"]);
    assert_eq!(names(&app.offer(&cyd, &bundle).await["parts"], "name"), ["Microscope"]);
    let refused = app.ask_bundle(&cyd, &bundle, json!([chosen(0), chosen(1)])).await.expect(400);
    assert_eq!(refused.json()["errors"][0]["field"], "/parts/1/place");
    app.ask_bundle(&cyd, &bundle, json!([chosen(0)])).await.expect(201);
}

async fn bundles_stand_beside_items(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let ([bob, _, dan], bundle) = lab_place(&app).await;
    let list = app.get(&bob, &format!("{BASE}/items?is_bundle=true")).await.expect(200).json();
    assert_eq!(names(&list["items"], "name"), ["Lab place"]);
    let one = &list["items"][0];
    assert_eq!((one["price"].as_str(), one["is_bundle"].as_bool()), (Some("10"), Some(true)));
    let items = listed(&app, &bob, "is_bundle=false").await;
    assert!(items.contains(&"Chair".to_owned()) && !items.contains(&"Lab place".to_owned()));
    let path = format!("{BASE}/items/{bundle}/favourite");
    app.send(&bob, (Method::PUT, &path), None, &[]).await.expect(204);
    assert_eq!(listed(&app, &bob, "favourites=true").await, ["Lab place"]);
    app.send(&dan, (Method::PUT, &path), None, &[]).await.expect(404);
}

async fn presets_stand_and_fixed_ones_stay(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let mut content = app.content("Access", "0", json!([])).await;
    let field = |key: &str| {
        json!({ "key": key, "label": key, "required": true,
        "kind": { "type": "text", "chars_max": 20 } })
    };
    content["form"] = json!({ "fields": [field("system"), field("why")] });
    let access = app.publish(content).await;
    let preset = |system: &str| {
        json!({ "item_id": access, "presets": {
        "system": { "answer": { "text": system }, "is_fixed": true },
        "why": { "answer": { "text": "to work" } },
    } })
    };
    // The same item twice: each is a request of its own.
    let bundle = app.bundle("New colleague", json!([preset("Mail"), preset("Wiki")])).await;
    let offer = app.offer(&bob, &bundle).await;
    assert_eq!(offer["parts"][1]["fixed"], json!(["system"]));
    let begins = &offer["parts"][1]["offered"]["form"]["fields"][0]["prefill"];
    assert_eq!(begins, &json!({ "value": { "text": "Wiki" } }));
    let with = |place: usize, answers: Value| json!({ "place": place, "item_version": 1, "answers": answers });
    let own = json!({ "system": { "text": " Wiki " }, "why": { "text": "to read" } });
    let parts = json!([with(0, json!({})), with(1, own)]);
    let made = app.ask_bundle(&bob, &bundle, parts).await.expect(201).json();
    let made = made["requests"].as_array().unwrap();
    let first = app.show(&bob, &made[0]).await;
    assert_eq!(
        first["answers"],
        json!({ "system": { "text": "Mail" }, "why": { "text": "to work" } })
    );
    let second = app.show(&bob, &made[1]).await;
    assert_eq!(
        second["answers"],
        json!({ "system": { "text": "Wiki" }, "why": { "text": "to read" } })
    );
    let other = with(1, json!({ "system": { "text": "Payroll" } }));
    let refused = app.ask_bundle(&bob, &bundle, json!([with(0, json!({})), other])).await;
    let refused = refused.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/parts/1/answers/system");
    // The item is changed so that what is preset fits no more.
    let mut content = app.content("Access", "0", json!([])).await;
    content["form"] = json!({ "fields": [field("program")] });
    app.on_item(&access, Method::PUT, "draft", Some(content)).await.expect(200);
    app.publish_draft(&access).await;
    let offer = app.offer(&bob, &bundle).await;
    let fault = offer["parts"][0]["fault"].as_str().unwrap();
    assert_eq!(fault, "Access: the item's form has no field system");
    let refused = app.ask_bundle(&bob, &bundle, json!([with(0, json!({})), with(1, json!({}))]));
    assert!(refused.await.expect(409).text.contains("has no field system"));
}

async fn what_is_repeated_is_made_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let Colleague { bob, bundle, .. } = new_colleague(&app).await;
    let path = format!("{BASE}/items/{bundle}/requests");
    let body = json!({ "bundle_version": 1, "parts": [chosen(0), chosen(1)] });
    let post = async |key: &str| {
        let headers = [("idempotency-key", key)];
        let (path, body) = ((Method::POST, path.as_str()), Some(body.clone()));
        app.send(&bob, path, body, &headers).await.expect(201).json()
    };
    let first = post("k-1").await;
    assert_eq!(post("k-1").await, first);
    assert_eq!(app.count("request").await, 2);
    post("k-2").await;
    assert_eq!(app.count("request").await, 4);
}

/// Plans that begin in one transaction take turns as if they began one after the other; and of two
/// bundles at once neither waits for the other for ever.
async fn plans_that_begin_together_take_turns(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, dan, eve) =
        (app.member("Bob").await, app.member("Dan").await, app.member("Eve").await);
    let (one, two) = (app.group("One", &[&dan, &eve]).await, app.group("Two", &[&dan, &eve]).await);
    let item = async |name: &str, group: &str| {
        let mut content = app.content(name, "0", json!([])).await;
        content["tasks"] = json!({ "tasks": [{ "key": "bring", "name": "Bring it",
            "work": { "people": { "group_id": group, "assignment": "round_robin" } } }] });
        app.publish(content).await
    };
    let (first, second) = (item("First", &one).await, item("Second", &two).await);
    let parts = |ids: [&str; 4]| json!(ids.map(|id| part(id, true)));
    let forth = app.bundle("Forth", parts([&first, &first, &second, &second])).await;
    let back = app.bundle("Back", parts([&second, &second, &first, &first])).await;
    let all = || json!([chosen(0), chosen(1), chosen(2), chosen(3)]);
    let (here, there) =
        tokio::join!(app.ask_bundle(&bob, &forth, all()), app.ask_bundle(&bob, &back, all()),);
    for made in [here, there] {
        assert_eq!(names(&made.expect(201).json()["requests"], "state"), ["fulfilling"; 4]);
    }
    for person in [&dan, &eve] {
        let has = format!("request_task WHERE assignee_id = '{}'", person.id);
        assert_eq!(app.count(&has).await, 4, "{}", person.name);
    }
}

async fn a_file_goes_to_one_part(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let mut content = app.content("Offer", "0", json!([])).await;
    content["form"] = json!({ "fields": [{ "key": "offer", "label": "Offer",
        "kind": { "type": "files" } }] });
    let item = app.publish(content).await;
    let bundle = app.bundle("Offers", json!([part(&item, true), part(&item, true)])).await;
    let file = app.upload(&bob, "offer.txt", b"an offer").await.expect(201).json();
    let with = |place: usize, files: Value| json!({ "place": place, "item_version": 1, "answers": { "offer": { "files": files } } });
    let named = || json!([{ "id": file["id"] }]);
    let twice = json!([with(0, named()), with(1, named())]);
    let refused = app.ask_bundle(&bob, &bundle, twice).await.expect(400);
    assert!(refused.text.contains("/parts/1/answers"), "{}", refused.text);
    assert_eq!(app.count("request").await, 0);
    let once = json!([with(0, named()), with(1, json!([]))]);
    let made = app.ask_bundle(&bob, &bundle, once).await.expect(201).json();
    let path = format!("{}/files", path_of(&made["requests"][0]));
    let files = app.get(&bob, &path).await.expect(200).json();
    assert_eq!(files["items"].as_array().unwrap().len(), 1);
}

on_every_backend!(
    a_bundle_is_asked_for_as_one,
    taking_one_back_leaves_the_others,
    what_is_wrong_is_named_by_item_and_field,
    what_is_not_offered_any_more_is_said,
    a_bundle_has_versions_and_never_changes,
    what_is_no_bundle_is_refused_at_its_place,
    a_bundle_is_shown_to_who_sees_what_it_requires,
    bundles_stand_beside_items,
    presets_stand_and_fixed_ones_stay,
    what_is_repeated_is_made_once,
    plans_that_begin_together_take_turns,
    a_file_goes_to_one_part,
);
