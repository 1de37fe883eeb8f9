//! A backup is taken while the server runs, and what is restored from it serves the same people.

use std::path::Path;

use serde_json::{Value, json};
use suite_testkit::{Backend, on_every_backend};

use crate::process::{Process, itechsmart, output};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "walnut harbour pixel seven";

async fn post(url: String, body: Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.post(url).json(&body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn log_in(process: &Process) -> u16 {
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    post(format!("{}/api/v1/hub/session", process.api), body).await.0
}

async fn token(process: &Process) -> String {
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let (_, session) = post(format!("{}/api/v1/hub/session", process.api), body).await;
    session["access_token"].as_str().unwrap().to_owned()
}

/// Brings a file; its path, to read it by.
async fn upload(process: &Process, content: &'static [u8]) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let files = "/api/v1/service-catalog/files";
    let request = client.post(format!("{}{files}?name=plan.txt", process.console));
    let request = request.bearer_auth(token(process).await).body(content);
    let file: Value = request.send().await.unwrap().json().await.unwrap();
    format!("{files}/{}/content", file["id"].as_str().unwrap_or_else(|| panic!("{file}")))
}

async fn download(process: &Process, path: &str) -> (u16, Vec<u8>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}{path}", process.console));
    let response = request.bearer_auth(token(process).await).send().await.unwrap();
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
}

/// The database of a place, for the environment of a process.
fn database(place: &suite_testkit::Place) -> Option<String> {
    place.config.database_url.as_ref().map(|url| url.expose().to_owned())
}

fn run(arguments: &[&str], folder: &Path, database: Option<&str>) -> (bool, String) {
    let mut command = itechsmart(arguments);
    command.current_dir(folder);
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    let (success, said, complaint) = output(&mut command);
    (success, said + &complaint)
}

async fn what_is_restored_serves_the_same_people(backend: Backend) {
    let (one, other) = (backend.place().await, backend.place().await);
    let process = Process::start_on(tempfile::tempdir().unwrap(), database(&one));
    let link = process.line_with("/setup#token=");
    let body = json!({
        "token": link.split_once("#token=").unwrap().1, "email": EMAIL, "name": "Ada Example",
        "password": PASSWORD, "tenant_name": "Example Works",
    });
    assert_eq!(post(format!("{}/api/v1/hub/setup", process.api), body).await.0, 201);

    let file = upload(&process, b"the plan of what to do").await;

    let folder = process.folder.path().to_owned();
    let backup = ["backup", "--data-dir", "data", "--to", "backup"];
    let (success, said) = run(&backup, &folder, database(&one).as_deref());
    assert!(success && said.contains("backup is complete"), "{said}");
    let (success, said) = run(&backup, &folder, database(&one).as_deref());
    assert!(!success && said.contains("name a new folder"), "{said}");
    assert_eq!(log_in(&process).await, 200);

    // Not over what is there.
    let restore = |data: &'static str| ["restore", "--data-dir", data, "--from", "backup"];
    let (success, said) = run(&restore("data"), &folder, database(&one).as_deref());
    assert!(!success && said.contains("there is data already"), "{said}");
    // Into an empty place, all of it.
    let (success, said) = run(&restore("restored"), &folder, database(&other).as_deref());
    assert!(success, "{said}");
    let (success, original) = process.terminate();
    assert!(success);
    let restored = tempfile::tempdir().unwrap();
    std::fs::rename(original.path().join("restored"), restored.path().join("data")).unwrap();
    let again = Process::start_on(restored, database(&other));
    again.line_with("ready in");
    assert_eq!(log_in(&again).await, 200);
    let content = b"the plan of what to do".to_vec();
    assert_eq!(download(&again, &file).await, (200, content));

    // A damaged backup is named, and restored nowhere.
    let third = backend.place().await;
    let copies = original.path().join("backup");
    for damaged in [largest(&copies), largest(&copies.join("files"))] {
        let sound = std::fs::read(&damaged).unwrap();
        let mut bytes = sound.clone();
        bytes[sound.len() / 2] ^= 1;
        std::fs::write(&damaged, bytes).unwrap();
        let (success, said) = run(&restore("third"), original.path(), database(&third).as_deref());
        assert!(!success && said.contains("damaged"), "{said}");
        std::fs::write(&damaged, sound).unwrap();
    }
}

/// The largest file of a backup that is no manifest.
fn largest(folder: &Path) -> std::path::PathBuf {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "json") {
                files.push((entry.metadata().unwrap().len(), path));
            }
        }
    }
    files.sort();
    files.pop().unwrap().1
}

on_every_backend!(what_is_restored_serves_the_same_people);
