//! Items: drafts, versions, who sees them, and what is found.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, ask_for, stage, user};

async fn listed(app: &CatalogApp, by: &Person, query: &str) -> Vec<String> {
    let list = app.get(by, &format!("{BASE}/items?{query}")).await.expect(200).json();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

async fn a_draft_is_published(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let content = app.content("Desk", "250.5", json!([])).await;
    let path = format!("{BASE}/items");
    let made = app.post(&app.admin, &path, content.clone()).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    let own = format!("{path}/{id}");
    assert_eq!(
        (made["state"].as_str(), made["draft"]["number"].as_i64()),
        (Some("draft"), Some(1))
    );
    // A draft is for those who write items, and cannot be asked for.
    app.get(&bob, &own).await.expect(404);
    app.try_ask(&bob, ask_for(id)).await.expect(404);
    assert_eq!(app.try_ask(&app.admin, ask_for(id)).await.expect(409).code(), "item_changed");
    app.get(&bob, &format!("{path}?state=draft")).await.expect(403);
    assert_eq!(listed(&app, &app.admin, "state=draft").await, ["Desk"]);
    app.publish_draft(id).await;
    let seen = app.get(&bob, &own).await.expect(200).json();
    assert_eq!(
        (seen["published"]["price"].as_str(), seen["draft"].is_null()),
        (Some("250.5"), true)
    );
    let nothing = app.on_item(id, Method::POST, "publish", None).await.expect(409);
    assert_eq!(nothing.code(), "nothing_to_publish");
}

async fn the_next_version_takes_the_place_of_the_first(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let bob = app.member("Bob").await;
    let content = app.content("Desk", "250.5", json!([])).await;
    let id = &app.publish(content.clone()).await;
    let own = format!("{BASE}/items/{id}");
    // The next version is a draft until it is published, and the first one stays as it was.
    let mut next = content.clone();
    (next["name"], next["price"]) = (json!("Standing desk"), json!("400"));
    app.on_item(id, Method::PUT, "draft", Some(next)).await.expect(200);
    let seen = app.get(&bob, &own).await.expect(200).json();
    assert_eq!((seen["published"]["name"].as_str(), seen["draft"].is_null()), (Some("Desk"), true));
    app.get(&bob, &format!("{own}/versions/2")).await.expect(404);
    app.publish_draft(id).await;
    let first = app.get(&bob, &format!("{own}/versions/1")).await.expect(200).json();
    assert_eq!((first["name"].as_str(), first["price"].as_str()), (Some("Desk"), Some("250.5")));
    let second = app.get(&bob, &format!("{own}/versions/2")).await.expect(200).json();
    assert_eq!(second["name"], "Standing desk");
    app.on_item(id, Method::POST, "withdraw", None).await.expect(200);
    app.get(&bob, &own).await.expect(404);
    let again = app.on_item(id, Method::POST, "withdraw", None).await.expect(409);
    assert_eq!(again.code(), "not_published");
    // Offered again, as it was.
    app.publish_draft(id).await;
    assert_eq!(app.get(&bob, &own).await.expect(200).json()["published"]["number"], 2);
    assert_eq!(app.recorded("item.published").await, 3);
}

async fn a_change_of_what_was_changed_meanwhile_is_refused(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let id = app.item("Desk", "1", json!([])).await;
    let content = app.content("Table", "2", json!([])).await;
    let path = format!("{BASE}/items/{id}/draft");
    let (put, old) = ((Method::PUT, path.as_str()), [("if-match", "\"1\"")]);
    app.send(&app.admin, put.clone(), Some(content.clone()), &old).await.expect(412);
    app.send(&app.admin, put.clone(), Some(content.clone()), &[]).await.expect(428);
    // Of two at once, one is done.
    let now = [("if-match", "\"2\"")];
    let (one, other) = tokio::join!(
        app.send(&app.admin, put.clone(), Some(content.clone()), &now),
        app.send(&app.admin, put, Some(content), &now),
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "{} {}", one.text, other.text);
}

async fn what_is_wrong_is_named_by_its_place(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let good = app.content("Desk", "1", json!([stage(json!("any"), &[json!("manager")])])).await;
    let stranger = json!(suite_contracts::UserId::new());
    let field = |key: &str| {
        json!({
            "key": key, "label": "Field", "kind": { "type": "text", "chars_max": 10 },
            "show": { "answer": { "field": "b", "is": "answered" } },
        })
    };
    let cases: [(&str, Value, &str); 12] = [
        ("/price", json!("much"), "/price"),
        ("/price", json!("-1"), "/price"),
        ("/name", json!(""), "/name"),
        ("/category_id", stranger.clone(), "/category_id"),
        ("/cost_centre_id", stranger.clone(), "/cost_centre_id"),
        ("/group_ids", json!([stranger]), "/group_ids"),
        ("/form/fields/0/key", json!("Not A Key"), "/form/fields/0/key"),
        ("/form/fields/0/kind/chars_max", json!(0), "/form/fields/0"),
        (
            "/form/fields/0/kind/pattern",
            json!({ "source": "(", "hint": "" }),
            "/form/fields/0/kind/pattern/source",
        ),
        ("/form/fields", json!([field("a"), field("b")]), "/form/fields/0"),
        ("/approval/stages/0/approvers", json!([]), "/approval/stages/0"),
        ("/approval/stages/0/approvers", json!([{ "user": stranger }]), "/approval"),
    ];
    for (at, value, expected) in cases {
        let mut content = good.clone();
        match content.pointer_mut(at) {
            Some(place) => *place = value,
            None => {
                let (parent, name) = at.rsplit_once('/').unwrap();
                content.pointer_mut(parent).unwrap()[name] = value;
            }
        }
        let refused = app.post(&app.admin, &format!("{BASE}/items"), content).await.expect(400);
        let refused = refused.json();
        assert_eq!(refused["errors"][0]["field"], expected, "{refused}");
    }
    let mut looped = good;
    let task = |key: &str, after: &str| {
        json!({
            "key": key, "name": "Task", "after": [after],
            "work": { "automation": { "hook": "do", "within_minutes": 5 } },
        })
    };
    looped["tasks"] = json!({ "tasks": [task("a", "b"), task("b", "a")] });
    let refused = app.post(&app.admin, &format!("{BASE}/items"), looped).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/tasks/tasks", "{refused}");
    assert_eq!(app.recorded("item.created").await, 0);
}

async fn an_item_is_shown_to_its_groups(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let group = app.group("Lab", &[&bob]).await;
    let mut content = app.content("Microscope", "9000", json!([])).await;
    content["group_ids"] = json!([group]);
    let id = app.publish(content.clone()).await;
    let path = format!("{BASE}/items/{id}");
    app.get(&bob, &path).await.expect(200);
    app.get(&cyd, &path).await.expect(404);
    app.get(&cyd, &format!("{path}/versions/1")).await.expect(404);
    app.send(&cyd, (Method::PUT, &format!("{path}/favourite")), None, &[]).await.expect(404);
    assert_eq!(listed(&app, &bob, "search=micro").await, ["Microscope"]);
    assert!(listed(&app, &cyd, "search=micro").await.is_empty());
    app.try_ask(&bob, ask_for(&id)).await.expect(201);
    app.try_ask(&cyd, ask_for(&id)).await.expect(404);
    // Shown to everybody from the next version on.
    content["group_ids"] = json!([]);
    app.on_item(&id, Method::PUT, "draft", Some(content)).await.expect(200);
    app.get(&cyd, &path).await.expect(404);
    app.publish_draft(&id).await;
    app.get(&cyd, &path).await.expect(200);
    // Which says nothing of the version before.
    app.get(&cyd, &format!("{path}/versions/2")).await.expect(200);
    app.get(&cyd, &format!("{path}/versions/1")).await.expect(404);
    app.get(&bob, &format!("{path}/versions/1")).await.expect(200);
}

/// Whoever asks as if they had seen an item learns nothing of it, not even what its form lacks.
async fn who_is_not_shown_an_item_learns_nothing_by_asking(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let group = app.group("Lab", &[&bob]).await;
    let mut content = app.content("Microscope", "9000", json!([])).await;
    let id = app.publish(content.clone()).await;
    let asked = |version: i32, answers: Value| {
        let body = json!({ "item_id": id, "item_version": version, "answers": answers });
        async |by: &Person| app.try_ask(by, body).await
    };
    // Version 2 is a draft yet.
    content["group_ids"] = json!([group]);
    app.on_item(&id, Method::PUT, "draft", Some(content)).await.expect(200);
    assert_eq!(asked(2, json!({}))(&cyd).await.expect(409).code(), "item_changed");
    asked(1, json!({}))(&cyd).await.expect(400);
    app.publish_draft(&id).await;
    for version in [1, 2, 3] {
        asked(version, json!({}))(&cyd).await.expect(404);
        asked(version, ask_for(&id)["answers"].clone())(&cyd).await.expect(404);
    }
    // Who is shown it hears that it is another one now before what was wrong with their answers.
    for by in [&bob, &app.admin] {
        assert_eq!(asked(1, json!({}))(by).await.expect(409).code(), "item_changed");
        asked(2, json!({}))(by).await.expect(400);
    }
}

async fn an_item_says_whom_it_names(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let (lab, desk) = (app.group("Lab", &[&cyd]).await, app.group("Desk", &[]).await);
    let stages = json!([stage(json!("any"), &[user(&cyd), json!({ "group": lab })])]);
    let mut content = app.content("Chair", "1", stages).await;
    content["tasks"] = json!({ "tasks": [{
        "key": "bring", "name": "Bring it",
        "work": { "people": { "group_id": desk, "assignment": "group" } },
    }] });
    let id = app.publish(content).await;
    let seen = app.get(&bob, &format!("{BASE}/items/{id}")).await.expect(200).json();
    assert_eq!(seen["people"], json!([{ "id": cyd.id, "name": "Cyd" }]));
    let mut groups =
        vec![json!({ "id": lab, "name": "Lab" }), json!({ "id": desk, "name": "Desk" })];
    groups.sort_by_key(|one| one["id"].to_string());
    assert_eq!(seen["groups"], json!(groups));
}

async fn items_are_found_by_text_category_and_mark(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let mut content = app.content("100% cotton", "1", json!([])).await;
    content["summary"] = json!("A Towel");
    let id = app.publish(content.clone()).await;
    let category = content["category_id"].as_str().unwrap();
    for (query, found) in [
        ("search=COTTON", vec!["100% cotton"]),
        ("search=towel", vec!["100% cotton"]),
        ("search=towel%20cotton", vec!["100% cotton"]),
        ("search=towel%20silk", vec![]),
        ("search=100%25", vec!["100% cotton"]),
        ("search=1_0", vec![]),
        ("search=laptop", vec!["Laptop"]),
        (&format!("category_id={category}"), vec!["100% cotton", "Access to a system"]),
        (&format!("category_id={category}&search=access"), vec!["Access to a system"]),
    ] {
        assert_eq!(listed(&app, &bob, query).await, found, "{query}");
    }
    let path = format!("{BASE}/items/{id}/favourite");
    for _ in 0..2 {
        app.send(&bob, (Method::PUT, &path), None, &[]).await.expect(204);
    }
    assert_eq!(listed(&app, &bob, "favourites=true").await, ["100% cotton"]);
    assert!(listed(&app, &cyd, "favourites=true").await.is_empty());
    let seen = app.get(&bob, &format!("{BASE}/items/{id}")).await.expect(200).json();
    assert_eq!(seen["is_favourite"], true);
    app.send(&bob, (Method::DELETE, &path), None, &[]).await.expect(204);
    assert!(listed(&app, &bob, "favourites=true").await.is_empty());
    // In pages, each item once.
    let mut seen = Vec::new();
    let mut query = "limit=3".to_owned();
    loop {
        let page = app.get(&bob, &format!("{BASE}/items?{query}")).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("limit=3&cursor={next}");
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}

async fn a_running_request_keeps_its_version(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, dan) =
        (app.member("Bob").await, app.member("Cyd").await, app.member("Dan").await);
    let id = app.item("Desk", "250", json!([stage(json!("any"), &[user(&cyd)])])).await;
    let request = app.ask(&bob, &id).await;
    let mut next = app.content("Standing desk", "400", json!([])).await;
    next["approval"] = json!({ "stages": [stage(json!("any"), &[user(&dan)])] });
    next["form"] = json!({ "fields": [] });
    app.on_item(&id, Method::PUT, "draft", Some(next)).await.expect(200);
    app.publish_draft(&id).await;
    app.on_item(&id, Method::POST, "withdraw", None).await.expect(200);
    // Changed and withdrawn meanwhile: it is decided on as it was asked for.
    let seen = app.show(&cyd, &request).await;
    assert_eq!((seen["item_name"].as_str(), seen["price"].as_str()), (Some("Desk"), Some("250")));
    assert_eq!(seen["form"]["fields"][0]["key"], "purpose");
    assert_eq!(seen["answers"]["purpose"]["text"], "to test");
    app.decide(&dan, &request, 0, "approve").await.expect(404);
    let decided = app.decide(&cyd, &request, 0, "approve").await.expect(200).json();
    assert_eq!(decided["state"], "fulfilled");
    // Nobody asks for it any more, whichever version they saw.
    app.try_ask(&bob, ask_for(&id)).await.expect(404);
}

on_every_backend!(
    a_draft_is_published,
    the_next_version_takes_the_place_of_the_first,
    a_change_of_what_was_changed_meanwhile_is_refused,
    what_is_wrong_is_named_by_its_place,
    an_item_is_shown_to_its_groups,
    who_is_not_shown_an_item_learns_nothing_by_asking,
    an_item_says_whom_it_names,
    items_are_found_by_text_category_and_mark,
    a_running_request_keeps_its_version,
);
