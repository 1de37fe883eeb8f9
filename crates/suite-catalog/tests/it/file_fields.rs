//! Fields that take files: what they take, whose the files are, and who reads them.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{BASE, CatalogApp, Person, id_of, path_of, stage, user};

const PDF: &[u8] = b"%PDF-1.7\n and what follows";

async fn item(app: &CatalogApp, boss: &Person) -> String {
    let mut content = app.content("Thing", "0", json!([stage(json!("any"), &[user(boss)])])).await;
    content["form"]["fields"] = json!([
        {
            "key": "offer", "label": "Offer", "required": true,
            "kind": {
                "type": "files", "media_types": ["application/pdf", "image/*"], "bytes_max": 100,
                "files_max": 2,
            },
        },
        {
            "key": "parts", "label": "Parts",
            "kind": { "type": "table", "rows_max": 3, "columns": [
                { "key": "sheet", "label": "Sheet", "kind": { "type": "files" } },
            ] },
        },
    ]);
    app.publish(content).await
}

fn named(files: &[&Value]) -> Value {
    files.iter().map(|file| json!({ "id": id_of(file), "name": "as I like" })).collect()
}

async fn ask(app: &CatalogApp, by: &Person, item: &str, answers: Value) -> Answer {
    let body = json!({ "item_id": item, "item_version": 1, "answers": answers });
    app.try_ask(by, body).await
}

async fn upload(app: &CatalogApp, by: &Person, name: &str, content: &[u8]) -> Value {
    app.upload(by, name, content).await.expect(201).json()
}

async fn files_are_asked_for_and_go_with_the_request(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ann, boss, other) =
        (app.member("Ann").await, app.member("Boss").await, app.member("Other").await);
    let item = item(&app, &boss).await;
    let offer = upload(&app, &ann, "offer.pdf", PDF).await;
    let sheet = upload(&app, &ann, "sheet.csv", b"a,b\n").await;
    let answers = json!({
        "offer": { "files": named(&[&offer]) },
        "parts": { "table": [{ "sheet": { "files": named(&[&sheet]) } }] },
    });
    let request = ask(&app, &ann, &item, answers.clone()).await.expect(201).json();
    // Approvers see what it is, and not what was said of it; and read it.
    let seen = app.show(&boss, &request).await;
    let shown = &seen["answers"]["offer"]["files"][0];
    assert_eq!(shown["name"], "offer.pdf");
    assert_eq!(shown["media_type"], "application/pdf");
    assert_eq!(shown["bytes"], PDF.len());
    let cell = &seen["answers"]["parts"]["table"][0]["sheet"]["files"][0];
    assert_eq!(cell["media_type"], "text/csv");
    let content = |file: &Value| format!("{BASE}/files/{}/content", id_of(file));
    assert_eq!(app.get(&boss, &content(&offer)).await.expect(200).text.as_bytes(), PDF);
    app.get(&boss, &content(&sheet)).await.expect(200);
    app.get(&other, &content(&offer)).await.expect(404);
    // It is what was decided on: nobody takes it away.
    for by in [&ann, &app.admin] {
        let path = format!("{BASE}/files/{}", id_of(&offer));
        let refused = app.send(by, (Method::DELETE, &path), None, &[]).await.expect(409);
        assert_eq!(refused.code(), "file_in_answers");
    }
    let listed = app.get(&boss, &format!("{}/files", path_of(&request))).await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(listed["items"].as_array().unwrap().iter().all(|file| file["is_answer"] == true));
    let digest = offer["sha256"].as_str().unwrap();
    let told = format!(
        "audit_record WHERE action = 'service-catalog.request.submitted' AND detail LIKE '%{digest}%'"
    );
    assert_eq!(app.count(&told).await, 1);
    // Once used it is used.
    let refused = ask(&app, &ann, &item, answers).await.expect(400);
    assert!(refused.text.contains("/answers/offer/files/0"), "{}", refused.text);
}

async fn what_a_field_does_not_take_is_refused_at_its_place(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ann, boss) = (app.member("Ann").await, app.member("Boss").await);
    let item = item(&app, &boss).await;
    let offer = upload(&app, &ann, "offer.pdf", PDF).await;
    let text = upload(&app, &ann, "offer.txt", b"not a PDF").await;
    let large = upload(&app, &ann, "large.pdf", &[PDF, &[b' '; 100]].concat()).await;
    let theirs = upload(&app, &boss, "theirs.pdf", PDF).await;
    for (files, why) in [
        (named(&[]), "an answer is required"),
        (named(&[&text]), "of a type that is not taken: text/plain"),
        (named(&[&large]), "more than 100"),
        (named(&[&theirs]), "/answers/offer/files/0"),
        (named(&[&offer, &offer]), "/answers/offer/files/1"),
        (json!([{ "id": id_of(&item_id(&item)) }]), "/answers/offer/files/0"),
    ] {
        let refused = ask(&app, &ann, &item, json!({ "offer": { "files": files } })).await;
        let refused = refused.expect(400);
        assert!(refused.text.contains(why), "{why}: {}", refused.text);
    }
    // What is refused uses nothing up.
    let answers = json!({ "offer": { "files": named(&[&offer]) } });
    ask(&app, &ann, &item, answers).await.expect(201);
    let mut content = app.content("Default", "0", json!([])).await;
    content["form"]["fields"] = json!([{
        "key": "offer", "label": "Offer", "kind": { "type": "files" },
        "prefill": { "value": { "files": named(&[&text]) } },
    }]);
    let refused = app.post(&app.admin, &format!("{BASE}/items"), content).await.expect(400);
    assert!(refused.text.contains("/form/fields/0/prefill"), "{}", refused.text);
}

fn item_id(item: &str) -> Value {
    json!({ "id": item })
}

async fn a_file_goes_to_one_of_two_at_once(backend: Backend) {
    let app = CatalogApp::start(backend).await;
    let (ann, boss) = (app.member("Ann").await, app.member("Boss").await);
    let item = item(&app, &boss).await;
    let offer = upload(&app, &ann, "offer.pdf", PDF).await;
    let answers = json!({ "offer": { "files": named(&[&offer]) } });
    let (one, two) =
        tokio::join!(ask(&app, &ann, &item, answers.clone()), ask(&app, &ann, &item, answers));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201, "{} {}", one.text, two.text);
    assert!([400, 409].contains(&statuses[1]), "{} {}", one.text, two.text);
    assert_eq!(app.count("request").await, 1);
}

on_every_backend!(
    files_are_asked_for_and_go_with_the_request,
    what_a_field_does_not_take_is_refused_at_its_place,
    a_file_goes_to_one_of_two_at_once,
);
