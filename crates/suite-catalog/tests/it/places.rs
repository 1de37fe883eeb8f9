//! Categories and cost centres.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, id_of};

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

async fn a_catalog_begins_with_eight_categories_and_six_items(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let member = app.member("Bob").await;
    // Two at once at the first use: it is made once.
    let (items_path, categories_path) = (format!("{BASE}/items"), format!("{BASE}/categories"));
    let (items, categories) =
        tokio::join!(app.get(&member, &items_path), app.get(&member, &categories_path));
    let (items, categories) = (items.expect(200).json(), categories.expect(200).json());
    assert_eq!(
        names(&categories),
        [
            "Access",
            "Data",
            "Hardware",
            "Infrastructure",
            "Onboarding",
            "Security",
            "Software",
            "Support"
        ]
    );
    assert_eq!(
        names(&items),
        [
            "Access to a system",
            "KALDRIX node",
            "Laptop",
            "Onboarding",
            "Software licence",
            "Virtual machine"
        ]
    );
    assert_eq!(app.recorded("catalog.created").await, 1);
    for item in items["items"].as_array().unwrap() {
        let shown = app.get(&member, &format!("{BASE}/items/{}", id_of(item))).await.expect(200);
        let shown = shown.json();
        assert_eq!(shown["published"]["number"], 1);
        assert!(!shown["published"]["form"]["fields"].as_array().unwrap().is_empty(), "{shown}");
        assert!(!shown["published"]["approval"]["stages"].as_array().unwrap().is_empty());
    }
}

async fn categories_are_made_changed_and_removed_while_empty(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let path = format!("{BASE}/categories");
    let made = app.post(&app.admin, &path, json!({ "name": " Print " })).await.expect(201);
    assert_eq!((made.json()["name"].as_str(), made.header("etag")), (Some("Print"), "\"1\""));
    let taken = app.post(&app.admin, &path, json!({ "name": "Print" })).await.expect(409);
    assert_eq!(taken.code(), "name_taken");
    for name in ["", "two\nlines", &"x".repeat(101)] {
        let refused = app.post(&app.admin, &path, json!({ "name": name })).await.expect(400);
        assert_eq!(refused.json()["errors"][0]["field"], "/name");
    }
    let made = made.json();
    let own = format!("{path}/{}", id_of(&made));
    let body = json!({ "name": "Printing", "description": "On paper" });
    let first = [("if-match", "\"1\"")];
    let put = (Method::PUT, own.as_str());
    let changed = app.send(&app.admin, put.clone(), Some(body.clone()), &first).await.expect(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    app.send(&app.admin, put, Some(body), &first).await.expect(412);
    let mut content = app.content("Poster", "1", json!([])).await;
    content["category_id"] = made["id"].clone();
    app.publish(content).await;
    let delete = (Method::DELETE, own.as_str());
    let second = [("if-match", "\"2\"")];
    let used = app.send(&app.admin, delete, None, &second).await.expect(409);
    assert_eq!(used.code(), "category_in_use");
    let empty = app.post(&app.admin, &path, json!({ "name": "Empty" })).await.expect(201).json();
    let delete = format!("{path}/{}", id_of(&empty));
    app.send(&app.admin, (Method::DELETE, &delete), None, &first).await.expect(204);
    assert_eq!(app.recorded("category.removed").await, 1);
    assert_eq!(app.recorded("category.changed").await, 1);
}

async fn categories_are_put_into_an_order(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (path, order) = (format!("{BASE}/categories"), format!("{BASE}/category-order"));
    let put = (Method::PUT, order.as_str());
    let made = app.post(&app.admin, &path, json!({ "name": "Archive" })).await.expect(201).json();
    let all = app.get(&app.admin, &path).await.expect(200).json();
    assert_eq!(names(&all).last(), Some(&"Archive"), "a new one comes last");
    let mut ids: Vec<&str> = all["items"].as_array().unwrap().iter().map(id_of).collect();
    ids.reverse();
    let body = json!({ "ids": ids });
    let ordered = app.send(&app.admin, put.clone(), Some(body), &[]).await.expect(200).json();
    assert_eq!(names(&ordered)[..2], ["Archive", "Support"]);
    assert_eq!(app.get(&app.admin, &path).await.expect(200).json(), ordered);
    let twice: Vec<&str> = ids.iter().copied().chain([id_of(&made)]).collect();
    for wrong in [&ids[1..], &twice, &[]] {
        let body = Some(json!({ "ids": wrong }));
        let refused = app.send(&app.admin, put.clone(), body, &[]).await.expect(409);
        assert_eq!(refused.code(), "other_categories");
    }
    assert_eq!(app.recorded("categories.ordered").await, 1);
}

async fn cost_centres_have_a_code_and_an_owner(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd) = (app.member("Bob").await, app.member("Cyd").await);
    let path = format!("{BASE}/cost-centres");
    for code in ["30", "10", "20"] {
        let body = json!({ "code": code, "name": "Lab", "owner_id": bob.id });
        app.post(&app.admin, &path, body).await.expect(201);
    }
    let body = json!({ "code": "10", "name": "Other", "owner_id": bob.id });
    assert_eq!(app.post(&app.admin, &path, body).await.expect(409).code(), "code_taken");
    let stranger = suite_contracts::UserId::new();
    let body = json!({ "code": "40", "name": "Nobody's", "owner_id": stranger });
    let refused = app.post(&app.admin, &path, body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/owner_id");
    let page = app.get(&app.admin, &format!("{path}?limit=2")).await.expect(200).json();
    let codes = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&page), ["10", "20"]);
    let next = format!("{path}?limit=2&cursor={}", page["next"].as_str().unwrap());
    let rest = app.get(&app.admin, &next).await.expect(200).json();
    assert_eq!((codes(&rest), rest["next"].as_str()), (vec!["30".to_owned()], None));
    assert_eq!(page["items"][0]["owner"], json!({ "id": bob.id, "name": "Bob" }));
    let own = format!("{path}/{}", id_of(&page["items"][0]));
    let body = json!({ "code": "11", "name": "Laboratory", "owner_id": cyd.id });
    let changed = app.change(&app.admin, Method::PUT, &own, Some(body)).await.expect(200).json();
    assert_eq!(
        (changed["code"].as_str(), changed["owner"]["name"].as_str()),
        (Some("11"), Some("Cyd"))
    );
    let shown = app.get(&app.admin, &own).await.expect(200);
    assert_eq!((shown.json(), shown.header("etag")), (changed, "\"2\""));
}

async fn prices_are_in_the_currency_of_the_tenant(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (member, path) = (app.member("Bob").await, format!("{BASE}/settings"));
    let none = app.get(&member, &path).await.expect(200);
    assert_eq!((none.json()["currency"].clone(), none.header("etag")), (json!(null), "\"0\""));
    let set = async |by, currency: &str, version| {
        let (body, seen) = (json!({ "currency": currency }), [("if-match", version)]);
        app.send(by, (Method::PUT, &path), Some(body), &seen).await
    };
    set(&member, "EUR", "\"0\"").await.expect(403);
    for wrong in ["", "EURO", "E1R", "€"] {
        let refused = set(&app.admin, wrong, "\"0\"").await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], "/currency", "{wrong}");
    }
    assert_eq!(set(&app.admin, " eur", "\"0\"").await.expect(200).json()["currency"], "EUR");
    assert_eq!(set(&app.admin, "USD", "\"0\"").await.expect(412).code(), "stale");
    assert_eq!(app.get(&member, &path).await.expect(200).json()["currency"], "EUR");
    let (_, other) = app.tenant("Other").await;
    assert_eq!(app.get(&other, &path).await.expect(200).json()["currency"], json!(null));
    assert_eq!(app.recorded("settings.changed").await, 1);
}

on_every_backend!(
    a_catalog_begins_with_eight_categories_and_six_items,
    categories_are_made_changed_and_removed_while_empty,
    categories_are_put_into_an_order,
    cost_centres_have_a_code_and_an_owner,
    prices_are_in_the_currency_of_the_tenant,
);
