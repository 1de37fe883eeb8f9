//! A disk that fills up while the server runs: a real one, which the process alone sees.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response};
use rustix::process::{Pid, Signal, kill_process};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::process::{BINARY, Process, output, program};

/// Room for the tables, and for as much of a log as SQLite keeps.
const DISK: &str = "size=16m";
/// So many groups do not fit into what the log has kept.
const GROUPS_MAX: usize = 4_000;
/// Refused ones in a row: it is full, and not only short of what one of them needed.
const REFUSED: usize = 20;
const LEAKS: [&str; 7] = ["sqlite", "sqlx", "code:", "os error", "/tmp", "i/o", "disk"];

/// Arguments of `unshare` and `nsenter`: who is not root is it in a namespace of their own.
fn as_root(
    for_root: &'static [&'static str],
    else_too: &'static [&'static str],
) -> Vec<&'static str> {
    let is_root = rustix::process::geteuid().is_root();
    for_root.iter().chain(else_too.iter().filter(|_| !is_root)).copied().collect()
}

/// A server whose data folder is a small disk of its own.
fn on_a_small_disk() -> (Process, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let script =
        format!("mount -t tmpfs -o {DISK} tmpfs \"$1\" && exec {BINARY} run --data-dir \"$1\"");
    let mut command = program("unshare", &as_root(&["--mount"], &["--map-root-user"]));
    command.args(["sh", "-c", &script, "sh"]).arg(&data);
    let process = Process::start_as(folder, command);
    let seen = format!("/proc/{}/root{}", process.id(), data.display());
    (process, PathBuf::from(seen))
}

/// An operator's command where the server is.
fn beside(process: &Process, arguments: &[&str]) -> (bool, String) {
    let target = process.id().to_string();
    let enter = as_root(&["--mount"], &["--user", "--preserve-credentials"]);
    let mut command = program("nsenter", &["--target", &target]);
    command.args(enter).arg(BINARY).args(arguments).current_dir(process.folder.path());
    let (success, said, complaint) = output(&mut command);
    (success, said + &complaint)
}

/// Writes until nothing more fits.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = File::create(&path).unwrap();
    for bytes in [64 * 1024, 512, 1] {
        let error = loop {
            match file.write_all(&vec![0; bytes]) {
                Ok(()) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
    }
    path
}

struct Hub {
    client: Client,
    api: String,
    token: String,
}

impl Hub {
    async fn set_up(process: &Process) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        let link = process.line_with("/setup#token=");
        let (api, password) = (format!("{}/api/v1/hub", process.api), "walnut harbour pixel seven");
        let body = json!({
            "token": link.split_once("#token=").unwrap().1, "email": "ada@example.com",
            "name": "Ada Example", "password": password, "tenant_name": "Example Works",
        });
        let mut hub = Self { client, api, token: String::new() };
        assert_eq!(hub.post("/setup", body).await.status(), 201);
        let body = json!({ "email": "ada@example.com", "password": password });
        let session: Value = hub.post("/session", body).await.json().await.unwrap();
        hub.token = session["access_token"].as_str().unwrap().to_owned();
        hub
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        let request = self.client.post(format!("{}{path}", self.api)).bearer_auth(&self.token);
        request.json(&body).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.api)).bearer_auth(&self.token);
        request.send().await.unwrap()
    }

    async fn make_group(&self, number: usize) -> Response {
        let description = "x".repeat(400);
        let body = json!({ "name": format!("Group {number}"), "description": description });
        self.post("/groups", body).await
    }

    /// The names of all groups.
    async fn groups(&self) -> Vec<String> {
        let (mut names, mut path) = (Vec::new(), "/groups?limit=200".to_owned());
        loop {
            let answer = self.get(&path).await;
            assert_eq!(answer.status(), 200);
            let page: Value = answer.json().await.unwrap();
            let items = page["items"].as_array().unwrap().iter();
            names.extend(items.map(|group| group["name"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next"].as_str() else { return names };
            path = format!("/groups?limit=200&cursor={cursor}");
        }
    }
}

/// A refusal that says what to do, and nothing of what is behind it.
async fn is_refused_well(answer: Response) {
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    assert!(answer.headers().contains_key(RETRY_AFTER));
    let text = answer.text().await.unwrap();
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["code"], "storage_full", "{text}");
    let text = text.to_lowercase();
    assert_eq!(LEAKS.iter().find(|leak| text.contains(*leak)), None, "{text}");
}

#[tokio::test]
async fn a_full_disk_refuses_changes_and_harms_nothing() {
    let (process, disk) = on_a_small_disk();
    let hub = Hub::set_up(&process).await;
    let mut made = Vec::new();
    let filler = fill(&disk);
    let mut refused = 0;
    // What the log has kept of its space is used up first.
    for number in 0..GROUPS_MAX {
        let answer = hub.make_group(number).await;
        if answer.status() == 201 {
            (made, refused) = ([made, vec![format!("Group {number}")]].concat(), 0);
            continue;
        }
        is_refused_well(answer).await;
        refused += 1;
        if refused == REFUSED {
            break;
        }
    }
    assert_eq!(refused, REFUSED, "the disk is not full");
    // Reading goes on, and nothing is half done.
    made.sort();
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(hub.groups().await), made);
    assert_eq!(hub.get("/audit/records").await.status(), 200);
    let login = json!({ "email": "ada@example.com", "password": "walnut harbour pixel seven" });
    is_refused_well(hub.post("/session", login.clone()).await).await;

    std::fs::remove_file(filler).unwrap();
    for number in GROUPS_MAX..GROUPS_MAX + 5 {
        assert_eq!(hub.make_group(number).await.status(), 201);
        made.push(format!("Group {number}"));
    }
    assert_eq!(hub.post("/session", login).await.status(), 200);
    assert_eq!(sorted(hub.groups().await), sorted(made.clone()));
    whole(&process, &disk, made.len()).await;
}

/// What a machine that fails now would leave behind: a database that is sound, and has one record
/// for each group that was made.
async fn whole(process: &Process, disk: &Path, groups: usize) {
    let left = process.folder.path().join("left.sqlite");
    signal(process, Signal::STOP);
    for suffix in ["", "-wal"] {
        let copy = format!("{}{suffix}", left.display());
        std::fs::copy(disk.join(format!("hub.sqlite{suffix}")), copy).unwrap();
    }
    signal(process, Signal::CONT);
    let url = format!("sqlite://{}?mode=rw", left.display());
    let database = Database::connect(ConnectOptions::new(url)).await.unwrap();
    let backend = database.get_database_backend();
    let ask = async |query: &str| {
        let row = database.query_one_raw(sea_orm::Statement::from_string(backend, query)).await;
        row.unwrap().unwrap()
    };
    let found: String = ask("PRAGMA integrity_check").await.try_get_by_index(0).unwrap();
    assert_eq!(found, "ok");
    let records = "SELECT COUNT(*) FROM audit_record WHERE action = 'hub.group.created'";
    let found: i64 = ask(records).await.try_get_by_index(0).unwrap();
    assert_eq!(usize::try_from(found).unwrap(), groups);
    database.close().await.unwrap();
    let data = process.folder.path().join("data");
    let (success, said) =
        beside(process, &["admin", "audit", "--data-dir", data.to_str().unwrap()]);
    assert!(success && said.contains("intact"), "{said}");
}

fn signal(process: &Process, signal: Signal) {
    let id = Pid::from_raw(i32::try_from(process.id()).unwrap()).unwrap();
    kill_process(id, signal).unwrap();
}
