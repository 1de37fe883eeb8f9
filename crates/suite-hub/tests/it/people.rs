//! Tenants and users for tests, and what they send.

use std::time::{Duration, Instant};

use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use suite_kit::auth::KNOWN_MS_MAX;
use suite_kit::db::Database;
use suite_testkit::Answer;

use crate::fixture::{ADMIN, HubApp, PASSWORD, Person};

/// How long a process may go by what it was told.
pub const REMEMBERED: Duration = Duration::from_millis(KNOWN_MS_MAX);

impl HubApp {
    pub fn running_database(&self) -> &Database {
        &self.app.running().services[0].database
    }

    pub async fn sql(&self, text: &str) {
        let transaction = self.running_database().begin().await.unwrap();
        transaction.execute_unprepared(text).await.unwrap();
        transaction.commit_unaudited("a test").await.unwrap();
    }

    /// Takes an invitation as if by its link, with the password of all test users.
    pub async fn accept(&self, email: &str) {
        let person = format!("email = '{email}'");
        self.sql(&format!(
            "UPDATE person SET password_hash = \
             (SELECT p.password_hash FROM person p WHERE p.email = '{ADMIN}') WHERE {person}"
        ))
        .await;
        self.sql(&format!(
            "UPDATE membership SET state = 'active' WHERE state = 'invited' AND person_id = \
             (SELECT p.id FROM person p WHERE {person})"
        ))
        .await;
    }

    /// A role with these permissions.
    pub async fn role(&self, by: &Person, name: &str, permissions: &[&str]) -> String {
        let body = json!({ "name": name, "permissions": permissions });
        let made = self.post(by, "/api/v1/hub/roles", body).await.expect(201);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// A user with a role of these permissions, who is signed in.
    pub async fn user(&self, by: &Person, email: &str, permissions: &[&str]) -> (String, Person) {
        let mut roles = Vec::new();
        if !permissions.is_empty() {
            roles.push(self.role(by, &format!("of {email}"), permissions).await);
        }
        let body = json!({ "email": email, "name": "Some One", "role_ids": roles });
        let invited = self.post(by, "/api/v1/hub/users", body).await.expect(201);
        self.accept(email).await;
        (invited.json()["id"].as_str().unwrap().to_owned(), self.log_in(email, PASSWORD).await)
    }

    /// A further tenant and its administrator, who is signed in.
    pub async fn tenant(&self, by: &Person, name: &str, email: &str) -> (String, Person) {
        let body = json!({
            "name": name, "administrator_email": email, "administrator_name": "Admin Istrator",
        });
        let made = self.post(by, "/api/v1/hub/tenants", body).await.expect(201);
        self.accept(email).await;
        (made.json()["id"].as_str().unwrap().to_owned(), self.log_in(email, PASSWORD).await)
    }

    pub async fn builtin_role(&self, by: &Person, name: &str) -> String {
        let roles = self.get(by, "/api/v1/hub/roles").await.expect(200).json();
        let roles = roles["items"].as_array().unwrap().clone();
        let role = roles.iter().find(|role| role["name"] == name).unwrap();
        role["id"].as_str().unwrap().to_owned()
    }

    /// Changes an object at the version that is read now, at the path or at the object's own.
    pub async fn change(
        &self,
        by: &Person,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let parts: Vec<&str> = path.split('/').collect();
        let read = match parts.last() {
            Some(&("roles" | "groups")) if parts.len() > 6 => parts[..6].join("/"),
            _ => path.to_owned(),
        };
        let etag = self.get(by, &read).await.expect(200).header("etag").to_owned();
        self.change_at(by, (method, path), &etag, body).await
    }

    pub async fn change_at(
        &self,
        by: &Person,
        (method, path): (Method, &str),
        etag: &str,
        body: Option<Value>,
    ) -> Answer {
        let authorization = format!("Bearer {}", by.token);
        let headers = [("authorization", authorization.as_str()), ("if-match", etag)];
        self.app.send_with(method, path, body, &headers).await
    }

    /// The answer as soon as it has this status: at the latest to what is asked once processes
    /// remember nothing of before, however long that answer takes.
    pub async fn soon(&self, by: &Person, path: &str, status: u16) -> Answer {
        let started = Instant::now();
        loop {
            let asked_after = started.elapsed();
            let answer = self.get(by, path).await;
            if answer.status.as_u16() == status {
                return answer;
            }
            assert!(asked_after <= REMEMBERED, "after {asked_after:?}: {}", answer.text);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The latest audit record of an action: its detail.
    pub async fn audited(&self, action: &str) -> Value {
        let backend = self.running_database().read().get_database_backend();
        let text = format!(
            "SELECT detail FROM audit_record WHERE action = '{action}' ORDER BY id DESC LIMIT 1"
        );
        let statement = sea_orm::Statement::from_string(backend, text);
        let row = self.running_database().read().query_one_raw(statement).await.unwrap();
        let detail: String = row.expect(action).try_get("", "detail").unwrap();
        serde_json::from_str(&detail).unwrap()
    }
}

/// A caller with an API key.
pub fn key(answer: &Answer) -> Person {
    let token = answer.json()["key"].as_str().expect("a key").to_owned();
    Person { token, cookie: String::new() }
}
