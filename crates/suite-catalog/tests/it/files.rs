//! Files: brought, used, downloaded by who may, removed, and collected.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of, path_of, stage, user};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and a picture";

fn files_of(path: &str) -> String {
    format!("{path}/files")
}

fn ticket_path(ticket: &Value) -> String {
    format!("{BASE}/tickets/{}", id_of(ticket))
}

async fn download(app: &CatalogApp, by: &Person, file: &Value) -> Answer {
    app.get(by, &format!("{BASE}/files/{}/content", id_of(file))).await
}

async fn remove(app: &CatalogApp, by: &Person, file: &Value) -> Answer {
    app.send(by, (Method::DELETE, &format!("{BASE}/files/{}", id_of(file))), None, &[]).await
}

async fn open_ticket(app: &CatalogApp, by: &Person, files: &[&Value]) -> Value {
    let ids: Vec<&str> = files.iter().map(|file| id_of(file)).collect();
    let body = json!({ "title": "It is broken", "file_ids": ids });
    app.post(by, &format!("{BASE}/tickets"), body).await.expect(201).json()
}

async fn attach(
    app: &CatalogApp,
    by: &Person,
    path: &str,
    (file, internal): (&Value, bool),
) -> Answer {
    let body = json!({ "file_ids": [id_of(file)], "is_internal": internal });
    app.post(by, &files_of(path), body).await
}

async fn a_file_is_its_owners_until_it_is_used(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ada, bob) = (app.member("Ann").await, app.member("Bob").await);
    let file = app.upload(&ada, "../../a picture.png", PNG).await.expect(201).json();
    assert_eq!(file["name"], "a picture.png");
    assert_eq!(file["media_type"], "image/png");
    assert_eq!(file["bytes"], PNG.len());
    assert_eq!(file["sha256"].as_str().unwrap().len(), 64);
    assert!(file["expires_at"].is_string(), "{file}");
    is_served_safely(&download(&app, &ada, &file).await.expect(200));
    // Not even an administrator's.
    for other in [&bob, &app.admin] {
        download(&app, other, &file).await.expect(404);
        remove(&app, other, &file).await.expect(404);
        let body = json!({ "title": "Theirs", "file_ids": [id_of(&file)] });
        let refused = app.post(other, &format!("{BASE}/tickets"), body).await.expect(400);
        assert!(refused.text.contains("/file_ids/0"), "{}", refused.text);
    }
    let ticket = open_ticket(&app, &ada, &[&file]).await;
    // Once.
    let again = attach(&app, &ada, &ticket_path(&ticket), (&file, false)).await.expect(400);
    assert!(again.text.contains("not used yet"), "{}", again.text);
    let body = json!({ "title": "Twice", "file_ids": [id_of(&file)] });
    app.post(&ada, &format!("{BASE}/tickets"), body).await.expect(400);
    download(&app, &bob, &file).await.expect(404);
    download(&app, &app.admin, &file).await.expect(200);
    assert_eq!(app.recorded("file.uploaded").await, 1);
    let name = "service-catalog.ticket.created";
    let told = format!("audit_record WHERE action = '{name}' AND detail LIKE '%{}%'", "sha256");
    assert_eq!(app.count(&told).await, 1);
}

/// As a file that no browser opens.
fn is_served_safely(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "image/png");
    assert!(answer.header("content-disposition").starts_with("attachment; "));
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("content-length"), PNG.len().to_string());
}

async fn a_file_that_lies_is_refused_and_none_is_run(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let member = app.member("Ann").await;
    for (name, content) in [
        ("invoice.pdf", b"MZ\x90\x00\x03".as_slice()),
        ("photo.png", b"<html><script>alert(1)</script></html>"),
        ("notes.txt", b"\x1f\x8b\x08\x00"),
    ] {
        let refused = app.upload(&member, name, content).await.expect(400);
        assert!(refused.text.contains("what it holds is"), "{name}: {}", refused.text);
    }
    for (name, content, served) in [
        ("page.html", b"<html><script>alert(1)</script></html>".as_slice(), "text/plain"),
        ("drawing.svg", b"<svg xmlns='a' onload='alert(1)'/>", "application/octet-stream"),
        ("page", b"<!DOCTYPE html><script>alert(1)</script>", "text/plain"),
    ] {
        let file = app.upload(&member, name, content).await.expect(201).json();
        let answer = download(&app, &member, &file).await.expect(200);
        assert!(answer.header("content-type").starts_with(served), "{name}");
        assert!(answer.header("content-disposition").starts_with("attachment"), "{name}");
        assert_eq!(answer.text.as_bytes(), content, "{name}");
    }
    assert_eq!(app.count("file").await, 3);
    assert_eq!(app.count("file_usage WHERE bytes > 0").await, 1);
}

async fn what_is_too_large_or_too_much_is_refused(backend: Backend) {
    let app = CatalogApp::start_with(backend, |config| {
        config.file_bytes_max = 3_000_000;
        config.tenant_file_bytes_max = 4_000_000;
    })
    .await;
    let member = app.member("Ann").await;
    // More than the body of any other request, and streamed without a length.
    let large = vec![b'a'; 2_500_000];
    app.upload(&member, "large.txt", &large).await.expect(201);
    let beyond = vec![b'a'; 3_000_001];
    let refused = app.upload(&member, "beyond.txt", &beyond).await.expect(413);
    assert!(refused.text.contains("3000000"), "{}", refused.text);
    let refused = app.upload_streamed(&member, "beyond.txt", beyond).await.expect(413);
    assert_eq!(refused.code(), "file_too_large");
    let refused = app.upload(&member, "more.txt", &large).await.expect(409);
    assert_eq!(refused.code(), "files_full");
    app.upload(&member, "small.txt", b"small").await.expect(201);
    assert_eq!(app.count("file").await, 2);
    assert_eq!(app.kept_files().len(), 2);
}

async fn internal_files_are_for_those_who_work_on_it(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (member, other) = (app.member("Ann").await, app.member("Bob").await);
    let ticket = open_ticket(&app, &member, &[]).await;
    let path = ticket_path(&ticket);
    let secret = app.upload(&app.admin, "secret.txt", b"internal").await.expect(201).json();
    let open = app.upload(&app.admin, "open.txt", b"public").await.expect(201).json();
    attach(&app, &app.admin, &path, (&secret, true)).await.expect(201);
    let note = json!({ "text": "See this", "file_ids": [id_of(&open)] });
    app.post(&app.admin, &format!("{path}/notes"), note).await.expect(200);
    download(&app, &member, &secret).await.expect(404);
    download(&app, &member, &open).await.expect(200);
    let listed = app.get(&member, &files_of(&path)).await.expect(200);
    assert!(listed.text.contains("open.txt") && !listed.text.contains("secret.txt"));
    let history = app.get(&member, &format!("{path}/history")).await.expect(200);
    assert!(history.text.contains("open.txt") && !history.text.contains("secret.txt"));
    let listed = app.get(&app.admin, &files_of(&path)).await.expect(200);
    assert!(listed.text.contains("secret.txt"), "{}", listed.text);
    app.get(&other, &files_of(&path)).await.expect(404);
    let mine = app.upload(&member, "mine.txt", b"mine").await.expect(201).json();
    attach(&app, &member, &path, (&mine, true)).await.expect(403);
    attach(&app, &other, &path, (&mine, false)).await.expect(404);
    attach(&app, &member, &path, (&mine, false)).await.expect(201);
    assert_eq!(app.recorded("ticket.attached").await, 2);
}

async fn who_sees_a_request_reads_its_files(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ann, boss, other) =
        (app.member("Ann").await, app.member("Boss").await, app.member("Other").await);
    let item = app.item("Thing", "0", json!([stage(json!("any"), &[user(&boss)])])).await;
    let request = app.ask(&ann, &item).await;
    let path = path_of(&request);
    let file = app.upload(&ann, "plan.txt", b"the plan").await.expect(201).json();
    let body = json!({ "text": "As promised", "file_ids": [id_of(&file)] });
    let note = app.post(&ann, &format!("{path}/notes"), body).await.expect(201).json();
    assert_eq!(note["files"][0]["name"], "plan.txt");
    let notes = app.get(&boss, &format!("{path}/notes")).await.expect(200).json();
    assert_eq!(notes["items"][0]["files"][0]["id"], file["id"]);
    download(&app, &boss, &file).await.expect(200);
    download(&app, &other, &file).await.expect(404);
    let secret = app.upload(&ann, "secret.txt", b"internal").await.expect(201).json();
    let refused = attach(&app, &ann, &path, (&secret, true)).await.expect(403);
    assert_eq!(refused.code(), "not_a_worker");
}

/// Or who does all tasks; and nobody else.
async fn who_brought_a_file_removes_it(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ann, boss) = (app.member("Ann").await, app.member("Boss").await);
    let item = app.item("Thing", "0", json!([stage(json!("any"), &[user(&boss)])])).await;
    let path = path_of(&app.ask(&ann, &item).await);
    let file = app.upload(&ann, "plan.txt", b"the plan").await.expect(201).json();
    attach(&app, &ann, &path, (&file, false)).await.expect(201);
    let more = app.upload(&boss, "quote.txt", b"a quote").await.expect(201).json();
    attach(&app, &boss, &path, (&more, false)).await.expect(201);
    let listed = app.get(&ann, &files_of(&path)).await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!(remove(&app, &ann, &more).await.expect(403).code(), "not_own_file");
    remove(&app, &boss, &more).await.expect(204);
    remove(&app, &boss, &more).await.expect(404);
    remove(&app, &app.admin, &file).await.expect(204);
    download(&app, &ann, &file).await.expect(404);
    assert_eq!(app.recorded("request.attached").await, 2);
    assert_eq!(app.recorded("file.removed").await, 2);
}

async fn what_belongs_to_nothing_is_collected(backend: Backend) {
    let mut app = CatalogApp::stopped(backend).await;
    let mut ann = app.member("Ann").await;
    let unused = app.upload(&ann, "unused.txt", b"nobody uses it").await.expect(201).json();
    let removed = app.upload(&ann, "removed.txt", b"removed").await.expect(201).json();
    let used = app.upload(&ann, "used.txt", b"used").await.expect(201).json();
    let ticket = open_ticket(&app, &ann, &[&used, &removed]).await;
    remove(&app, &ann, &removed).await.expect(204);
    // An upload whose end nobody saw: its row was there, and perhaps its content.
    let text = "UPDATE file SET state = 'arriving', due_at_ms = 0 WHERE name = 'unused.txt'";
    app.execute(text).await;
    let unseen = format!("file WHERE id = '{}'", id_of(&unused));
    app.wait_for_none(&unseen).await;
    // What is removed stays for a backup, and then goes.
    assert_eq!(app.kept_files().len(), 2);
    let late = app.upload(&ann, "late.txt", b"late").await.expect(201).json();
    app.later(25, &mut [&mut ann]).await;
    app.wait_for_none(&format!("file WHERE id = '{}'", id_of(&removed))).await;
    app.wait_for_none(&format!("file WHERE id = '{}'", id_of(&late))).await;
    assert_eq!(app.kept_files().len(), 1);
    assert_eq!(app.count("file_usage WHERE bytes = 4").await, 1);
    assert_eq!(app.recorded("file.expired").await, 1);
    download(&app, &ann, &used).await.expect(200);
    let listed = app.get(&ann, &files_of(&ticket_path(&ticket))).await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

on_every_backend!(
    a_file_is_its_owners_until_it_is_used,
    a_file_that_lies_is_refused_and_none_is_run,
    what_is_too_large_or_too_much_is_refused,
    internal_files_are_for_those_who_work_on_it,
    who_sees_a_request_reads_its_files,
    who_brought_a_file_removes_it,
    what_belongs_to_nothing_is_collected,
);
