//! What tests of the desk share: agents, and tickets.

use reqwest::Method;
use serde_json::{Value, json};
use suite_testkit::Answer;

use crate::fixture::{BASE, CatalogApp, Person, id_of};

/// What an agent may do.
pub const AGENT: [&str; 5] = [
    "catalog.tickets.read",
    "catalog.tickets.write",
    "catalog.all-tickets.read",
    "catalog.all-tickets.write",
    "hub.people.read",
];

pub fn ticket_path(ticket: &Value) -> String {
    format!("{BASE}/tickets/{}", id_of(ticket))
}

impl CatalogApp {
    pub async fn agent(&self, name: &str) -> Person {
        self.with_permissions(name, &AGENT).await
    }

    pub async fn lead(&self, name: &str) -> Person {
        let permissions = [&AGENT[..], &["catalog.desk.lead"]].concat();
        self.with_permissions(name, &permissions).await
    }

    /// A ticket of somebody's, of this impact and urgency.
    pub async fn open_ticket(&self, by: &Person, impact: &str, urgency: &str) -> Value {
        let body = json!({ "title": "Printer on fire", "impact": impact, "urgency": urgency });
        self.post(by, &format!("{BASE}/tickets"), body).await.expect(201).json()
    }

    pub async fn ticket(&self, by: &Person, ticket: &Value) -> Value {
        self.get(by, &ticket_path(ticket)).await.expect(200).json()
    }

    pub async fn change_ticket(&self, by: &Person, ticket: &Value, body: Value) -> Answer {
        self.change(by, Method::PATCH, &ticket_path(ticket), Some(body)).await
    }

    /// Does something to a ticket at the version that is read now.
    pub async fn on_ticket(&self, by: &Person, ticket: &Value, what: &str, body: Value) -> Answer {
        let path = ticket_path(ticket);
        let etag = self.get(by, &path).await.expect(200).header("etag").to_owned();
        let path = format!("{path}/{what}");
        self.send(by, (Method::POST, &path), Some(body), &[("if-match", &etag)]).await
    }

    pub async fn move_ticket(&self, by: &Person, ticket: &Value, to: &str) -> Answer {
        let mut body = json!({ "to": to });
        if to == "resolved" {
            body["solution"] = json!("Put it out");
        }
        self.on_ticket(by, ticket, "state", body).await
    }

    pub async fn reply(&self, by: &Person, ticket: &Value, text: &str) -> Answer {
        self.post(by, &format!("{}/notes", ticket_path(ticket)), json!({ "text": text })).await
    }

    pub async fn note(&self, by: &Person, ticket: &Value, text: &str) -> Answer {
        let body = json!({ "text": text, "is_internal": true });
        self.post(by, &format!("{}/notes", ticket_path(ticket)), body).await
    }

    /// The kinds of what happened, the latest first, as somebody sees them.
    pub async fn happened(&self, by: &Person, ticket: &Value) -> Vec<String> {
        let path = format!("{}/history", ticket_path(ticket));
        let history = self.get(by, &path).await.expect(200).json();
        let events = history["items"].as_array().unwrap().iter();
        events.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// A clock of a ticket, with its intervals.
    pub async fn clock(&self, by: &Person, ticket: &Value, measure: &Value) -> Value {
        let path = format!("{}/clocks", ticket_path(ticket));
        let clocks = self.get(by, &path).await.expect(200).json();
        let mut all = clocks["items"].as_array().unwrap().iter();
        let found = all.find(|one| one["clock"]["measure"] == *measure);
        found.unwrap_or_else(|| panic!("there is no {measure} in {clocks}")).clone()
    }

    /// Sets the desk's groups, each with its tier and the minutes that it has.
    pub async fn set_groups(&self, groups: &[(&str, u8, Option<i64>)]) {
        let path = format!("{BASE}/service-levels");
        let mut levels = self.get(&self.admin, &path).await.expect(200).json()["levels"].clone();
        let groups: Vec<Value> = groups
            .iter()
            .map(|(group, tier, minutes)| {
                let targets = minutes.map(|m| json!({ "p1": m, "p2": m, "p3": m, "p4": m }));
                json!({ "group_id": group, "tier": tier, "target_minutes": targets })
            })
            .collect();
        levels["groups"] = json!(groups);
        let set = self.change(&self.admin, Method::PUT, &path, Some(levels)).await.expect(200);
        // Each has its name, for who may not read the groups of the tenant.
        let named = set.json()["groups"].as_array().unwrap().clone();
        assert_eq!(named.len(), groups.len());
        assert!(named.iter().all(|group| group["name"].is_string()), "{named:?}");
    }
}
