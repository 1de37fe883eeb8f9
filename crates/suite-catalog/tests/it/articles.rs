//! The knowledge base: drafts, versions, questions, and what readers think.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::desk::ticket_path;
use crate::fixture::{BASE, CatalogApp, Person, id_of};

const LIST: &str = "/api/v1/service-catalog/articles";

async fn writer(app: &CatalogApp, name: &str) -> Person {
    let permissions = ["catalog.articles.read", "catalog.articles.write"];
    app.with_permissions(name, &permissions).await
}

fn path(article: &Value) -> String {
    format!("{LIST}/{}", id_of(article))
}

fn content(title: &str, body: &str) -> Value {
    json!({ "title": title, "body": body, "category": "Printing" })
}

/// Does something to an article, at the version that is read now.
async fn on(
    app: &CatalogApp,
    by: &Person,
    article: &Value,
    what: &str,
    body: Option<Value>,
) -> Answer {
    let etag = app.get(by, &path(article)).await.expect(200).header("etag").to_owned();
    let method = if what == "draft" { Method::PUT } else { Method::POST };
    let path = format!("{}/{what}", path(article));
    app.send(by, (method, &path), body, &[("if-match", &etag)]).await
}

async fn published(app: &CatalogApp, by: &Person, body: Value) -> Value {
    let made = app.post(by, LIST, body).await.expect(201).json();
    on(app, by, &made, "publish", None).await.expect(200).json()
}

/// The titles of a list.
async fn titles(app: &CatalogApp, by: &Person, path: &str) -> Vec<String> {
    let list = app.get(by, &format!("{BASE}/{path}")).await.expect(200).json();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|one| one["title"].as_str().unwrap_or("-").to_owned()).collect()
}

async fn a_published_version_never_changes(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, ida) = (app.member("Bob").await, writer(&app, "Ida").await);
    app.post(&bob, LIST, content("x", "x")).await.expect(403);
    let made = app.post(&ida, LIST, content("One", "<script>alert(1)</script>")).await;
    let made = made.expect(201).json();
    assert_eq!((&made["number"], &made["is_published"]), (&json!(1), &json!(false)));
    app.get(&bob, &path(&made)).await.expect(404);
    assert!(titles(&app, &bob, "articles").await.is_empty());
    on(&app, &ida, &made, "publish", None).await.expect(200);
    let seen = app.get(&bob, &path(&made)).await.expect(200).json();
    assert_eq!(seen["content"]["body"], "<script>alert(1)</script>");
    assert_eq!(on(&app, &ida, &made, "publish", None).await.expect(409).code(), "no_draft");
    on(&app, &ida, &made, "draft", Some(content("Two", "new"))).await.expect(200);
    let seen = app.get(&bob, &path(&made)).await.expect(200).json();
    assert_eq!((&seen["title"], seen["draft"].is_null()), (&json!("One"), true));
    assert_eq!(titles(&app, &bob, "articles?text=new").await, [""; 0]);
    on(&app, &ida, &made, "publish", None).await.expect(200);
    assert_eq!(titles(&app, &bob, "articles?text=new").await, ["Two"]);
    let version = |number: i32| format!("{}/versions/{number}", path(&made));
    let first = app.get(&ida, &version(1)).await.expect(200).json();
    assert_eq!(
        (&first["content"]["title"], &first["published_by"]["name"]),
        (&json!("One"), &json!("Ida"))
    );
    app.get(&ida, &version(3)).await.expect(404);
    app.get(&bob, &version(1)).await.expect(403);
    let stale = format!("{}/publish", path(&made));
    app.send(&ida, (Method::POST, &stale), None, &[("if-match", "\"1\"")]).await.expect(412);
}

async fn what_is_withdrawn_is_read_by_nobody(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, ida) = (app.member("Bob").await, writer(&app, "Ida").await);
    let made = published(&app, &ida, content("One", "text")).await;
    on(&app, &ida, &made, "withdraw", None).await.expect(200);
    app.get(&bob, &path(&made)).await.expect(404);
    assert!(titles(&app, &bob, "articles?text=one").await.is_empty());
    assert!(titles(&app, &ida, "articles").await.is_empty());
    assert_eq!(titles(&app, &ida, "articles?with_drafts=true").await, ["One"]);
    app.get(&bob, &format!("{LIST}?with_drafts=true")).await.expect(403);
    let again = on(&app, &ida, &made, "withdraw", None).await.expect(409);
    assert_eq!(again.code(), "not_published");
    let back = on(&app, &ida, &made, "publish", None).await.expect(200).json();
    assert_eq!((&back["published_number"], &back["is_published"]), (&json!(1), &json!(true)));
    assert_eq!(app.recorded("article.published").await, 2);
    assert_eq!(app.recorded("article.withdrawn").await, 1);
    for (field, value, at) in [
        ("title", json!(""), "/title"),
        ("body", json!(" "), "/body"),
        ("body", json!("x".repeat(100_001)), "/body"),
        ("category", json!("a\nb"), "/category"),
        ("visibility", json!({ "groups": [] }), "/visibility/groups"),
        (
            "visibility",
            json!({ "groups": [suite_contracts::GroupId::new()] }),
            "/visibility/groups",
        ),
    ] {
        let mut body = content("x", "x");
        body[field] = value;
        let refused = app.post(&ida, LIST, body).await.expect(400).json();
        assert_eq!(refused["errors"][0]["field"], at, "{refused}");
    }
}

async fn an_article_is_for_whom_it_is_for(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, ida) =
        (app.member("Bob").await, app.member("Cyd").await, writer(&app, "Ida").await);
    let read = ["catalog.articles.read", "catalog.all-tickets.read"];
    let eve = app.with_permissions("Eve", &read).await;
    let group = app.group("Finance", &[&cyd]).await;
    let visible = |title: &str, visibility: Value| {
        let mut body = content(title, "printer");
        body["visibility"] = visibility;
        body
    };
    published(&app, &ida, visible("All", json!("everybody"))).await;
    let agents = published(&app, &ida, visible("Agents", json!("agents"))).await;
    let mut body = visible("Group", json!({ "groups": [group] }));
    body["category"] = json!("Secrets");
    let ours = published(&app, &ida, body).await;
    let (_, stranger) = app.tenant("Other").await;
    for (by, expected) in [
        (&bob, vec!["All"]),
        (&cyd, vec!["Group", "All"]),
        (&eve, vec!["Agents", "All"]),
        (&ida, vec!["Group", "Agents", "All"]),
        (&stranger, vec![]),
    ] {
        assert_eq!(titles(&app, by, "articles").await, expected, "{}", by.name);
        let mut found = titles(&app, by, "articles?text=print").await;
        found.sort_by_key(|title| expected.iter().position(|one| one == title));
        assert_eq!(found, expected, "{}", by.name);
        let suggested = titles(&app, by, "article-suggestions?text=printer").await;
        assert_eq!(suggested.len(), expected.len(), "{}", by.name);
    }
    app.get(&bob, &path(&agents)).await.expect(404);
    app.get(&bob, &path(&ours)).await.expect(404);
    app.get(&cyd, &path(&ours)).await.expect(200);
    assert_eq!(titles(&app, &cyd, "articles?category=Secrets&text=printer").await, ["Group"]);
    let categories = app.get(&bob, &format!("{BASE}/article-categories")).await.expect(200).json();
    assert_eq!(categories["items"], json!([{ "name": "Printing", "articles": 1 }]));
}

async fn what_says_more_is_found_first(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, ida) = (app.member("Bob").await, writer(&app, "Ida").await);
    for (title, body) in [
        ("Printer on fire", "Take water"),
        ("Water", "For a printer that is on fire, or a screen"),
        ("Screens", "Over there"),
        ("Überraschung", "Straße"),
    ] {
        published(&app, &ida, content(title, body)).await;
    }
    for (text, expected) in [
        ("printer%20fire", vec!["Printer on fire", "Water"]),
        ("screen", vec!["Screens", "Water"]),
        ("%C3%BCberr", vec!["Überraschung"]),
        ("zebra", vec![]),
    ] {
        let found = titles(&app, &bob, &format!("articles?text={text}")).await;
        assert_eq!(found, expected, "{text}");
    }
    app.get(&bob, &format!("{LIST}?text=%27%3B--")).await.expect(400);
    // While somebody types.
    let suggest = |text: &str| {
        let (app, bob, path) = (&app, &bob, format!("article-suggestions?text={text}"));
        async move { titles(app, bob, &path).await }
    };
    assert_eq!(suggest("my%20printer%20is%20on%20f").await[0], "Printer on fire");
    assert_eq!(suggest("Print").await, ["Printer on fire", "Water"]);
    assert!(suggest("%27").await.is_empty());
    assert!(suggest("zebra%20crossing").await.is_empty());
    // A list is paged, a question is not.
    let page = app.get(&bob, &format!("{LIST}?limit=3")).await.expect(200).json();
    let next = format!("articles?limit=3&cursor={}", page["next"].as_str().unwrap());
    assert_eq!(titles(&app, &bob, &next).await, ["Printer on fire"]);
    let page = app.get(&bob, &format!("{LIST}?limit=1&text=printer")).await.expect(200).json();
    assert!(page["next"].is_null(), "{page}");
}

async fn readers_say_once_of_a_version_whether_it_helped(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, cyd, ida) =
        (app.member("Bob").await, app.member("Cyd").await, writer(&app, "Ida").await);
    let made = published(&app, &ida, content("One", "text")).await;
    let at = format!("{}/feedback", path(&made));
    let say = |by: &Person, number: i32, is_helpful: bool| {
        let (app, by, at) = (&app, by.clone(), &at);
        let body = json!({ "number": number, "is_helpful": is_helpful, "comment": "<b>" });
        async move { app.post(&by, at, body).await }
    };
    say(&bob, 1, true).await.expect(204);
    assert_eq!(say(&bob, 1, false).await.expect(409).code(), "feedback_given");
    let (one, two) = tokio::join!(say(&cyd, 1, false), say(&cyd, 1, false));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(say(&bob, 2, true).await.expect(409).code(), "article_changed");
    let seen = app.get(&bob, &path(&made)).await.expect(200).json();
    assert_eq!(
        (&seen["own_feedback"]["is_helpful"], seen["helpful"].is_null()),
        (&json!(true), true)
    );
    let seen = app.get(&ida, &path(&made)).await.expect(200).json();
    assert_eq!((&seen["helpful"], &seen["not_helpful"]), (&json!(1), &json!(1)));
    let all = app.get(&ida, &at).await.expect(200).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    app.get(&bob, &at).await.expect(403);
    on(&app, &ida, &made, "draft", Some(content("One", "more"))).await.expect(200);
    on(&app, &ida, &made, "publish", None).await.expect(200);
    assert_eq!(say(&bob, 1, true).await.expect(409).code(), "article_changed");
    say(&bob, 2, true).await.expect(204);
    assert_eq!(app.recorded("article.feedback-given").await, 3);
}

async fn a_ticket_was_answered_with_an_article(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (bob, ida) = (app.member("Bob").await, writer(&app, "Ida").await);
    let eve = app.agent("Eve").await;
    let ticket = app.open_ticket(&bob, "low", "low").await;
    let made = published(&app, &ida, content("One", "text")).await;
    let draft = app.post(&ida, LIST, content("Two", "text")).await.expect(201).json();
    let at = format!("{}/articles", ticket_path(&ticket));
    let answer = |article: &Value| {
        let (app, eve, at) = (&app, &eve, &at);
        let body = json!({ "article_id": article["id"] });
        async move { app.post(eve, at, body).await }
    };
    let answered = answer(&made).await.expect(201).json();
    assert_eq!(
        (&answered["items"][0]["title"], &answered["items"][0]["number"]),
        (&json!("One"), &json!(1))
    );
    assert_eq!(answer(&made).await.expect(409).code(), "linked_already");
    let refused = answer(&draft).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/article_id");
    app.get(&bob, &at).await.expect(403);
    // What it was answered with is still told, though it is withdrawn by now.
    on(&app, &ida, &made, "withdraw", None).await.expect(200);
    let kept = app.get(&eve, &at).await.expect(200).json();
    assert_eq!(kept["items"][0]["title"], "One");
    let one = format!("{at}/{}", id_of(&made));
    app.send(&eve, (Method::DELETE, &one), None, &[]).await.expect(204);
    app.send(&eve, (Method::DELETE, &one), None, &[]).await.expect(404);
    assert_eq!(app.happened(&eve, &ticket).await, ["unlinked", "linked", "created"]);
}

on_every_backend!(
    a_published_version_never_changes,
    what_is_withdrawn_is_read_by_nobody,
    an_article_is_for_whom_it_is_for,
    what_says_more_is_found_first,
    readers_say_once_of_a_version_whether_it_helped,
    a_ticket_was_answered_with_an_article,
);
