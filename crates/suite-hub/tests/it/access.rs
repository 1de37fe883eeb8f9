//! The access test: every operation of the API document, called by those who may not.
//!
//! It fails when an operation is added that is neither public, nor about the signed-in person, nor
//! declares the permission that it asks for, and when one with an id in its path is called with
//! another tenant's and answers.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use suite_hub::HubService;
use suite_kit::service::Service;
use suite_testkit::{Answer, Backend, on_every_backend};

use crate::fixture::{HubApp, Person};

/// Operations that ask for no credential.
const PUBLIC: &[&str] = &[
    "get_setup",
    "set_up",
    "log_in",
    "answer_second_factor",
    "refresh_session",
    "forgot_password",
    "reset_password",
    "look_at_invitation",
    "accept_invitation",
    "verify_email",
    "get_jwks",
];
/// Where a person manages what is their own: signing in is all that it asks.
const OWN: &[&str] = &["/api/v1/hub/me", "/api/v1/hub/session"];

/// An operation of the document.
#[derive(Debug, Clone)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    /// What it cannot do without.
    query: String,
    /// None if it is public.
    permissions: Option<Vec<String>>,
    body: Option<Value>,
}

impl Operation {
    fn all() -> Vec<Self> {
        let document = serde_json::to_value(HubService::default().openapi()).unwrap();
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
                let security = operation["security"].as_array();
                let permissions = security.map(|all| {
                    let scopes = all[0]["bearer"].as_array().expect("bearer alone");
                    scopes.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect()
                });
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                let body = (!schema.is_null()).then(|| sample(&document, schema));
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                let asked = parameters.iter().filter(|one| one["in"] == "query");
                let asked = asked.filter(|one| one["required"] == true);
                let query: Vec<String> = asked
                    .map(|one| {
                        let value = sample(&document, &one["schema"]);
                        format!("{}={}", one["name"].as_str().unwrap(), value.as_str().unwrap())
                    })
                    .collect();
                let query = query.join("&");
                let id = operation["operationId"].as_str().expect("an id").to_owned();
                all.push(Self { id, method, path: path.clone(), query, permissions, body });
            }
        }
        assert!(all.len() > 30, "the document has only {} operations", all.len());
        all
    }

    fn is_own(&self) -> bool {
        OWN.iter().any(|own| self.path == *own || self.path.starts_with(&format!("{own}/")))
    }

    /// The path with this in the place of its parameter.
    fn with(&self, id: &str) -> String {
        let Some((before, rest)) = self.path.split_once('{') else { return self.path.clone() };
        format!("{before}{id}{}", rest.split_once('}').expect("a closed brace").1)
    }

    async fn call(&self, hub: &HubApp, by: Option<&Person>, id: &str) -> Answer {
        let authorization = by.map(|by| format!("Bearer {}", by.token));
        let mut headers = vec![("if-match", "\"1\""), ("x-requested-with", "itechsmart")];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        let path = format!("{}?{}", self.with(id), self.query);
        hub.app.send_with(self.method.clone(), &path, self.body.clone(), &headers).await
    }
}

/// The least that fits a schema.
fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let found = document.pointer(&reference[1..]).expect("a schema of the document");
        return sample(document, found);
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[several].as_array().and_then(|all| all.last()) {
            return sample(document, first);
        }
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!(suite_contracts::UserId::new()),
            Some("date-time") => json!("2100-01-01T00:00:00Z"),
            Some("email") => json!("sample@example.com"),
            _ => json!("sample"),
        },
        "integer" | "number" => json!(schema["minimum"].as_i64().unwrap_or(0)),
        "boolean" => json!(false),
        "array" if schema["minItems"].as_u64().is_some_and(|least| least > 0) => json!(["*"]),
        "array" => json!([]),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let fields = required.iter().map(|name| {
                let name = name.as_str().expect("a name").to_owned();
                let value = sample(document, &schema["properties"][&name]);
                (name, value)
            });
            Value::Object(fields.collect())
        }
    }
}

async fn every_operation_is_public_own_or_asks_for_a_permission(_: Backend) {
    let known: Vec<&str> = suite_hub::permissions::ALL.iter().map(|one| one.name).collect();
    for operation in Operation::all() {
        let (id, path) = (&operation.id, &operation.path);
        match &operation.permissions {
            None => assert!(PUBLIC.contains(&id.as_str()), "{id} ({path}) declares nothing"),
            Some(none) if none.is_empty() => {
                assert!(operation.is_own(), "{id} ({path}) declares no permission");
            }
            Some(permissions) => {
                let unknown = permissions.iter().find(|name| !known.contains(&name.as_str()));
                assert!(unknown.is_none(), "{id} asks for {unknown:?}, which nothing gives");
                assert!(!PUBLIC.contains(&id.as_str()), "{id} is public and asks");
            }
        }
    }
}

async fn without_a_credential_nothing_answers(backend: Backend) {
    let hub = HubApp::fresh(backend).await;
    let nothing = suite_contracts::UserId::new().to_string();
    let forged = Person { token: "itk_abcdefgh_forged".into(), cookie: String::new() };
    for operation in Operation::all() {
        if operation.permissions.is_none() {
            continue;
        }
        for by in [None, Some(&forged)] {
            let answer = operation.call(&hub, by, &nothing).await;
            assert_eq!(answer.status, 401, "{}: {}", operation.id, answer.text);
        }
    }
}

async fn without_the_permission_everything_is_refused(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, nobody) = hub.user(&admin, "nobody@example.com", &[]).await;
    let member = json!([hub.builtin_role(&admin, "Member").await]);
    let body = json!({ "email": "member@example.com", "name": "Member", "role_ids": member });
    hub.post(&admin, "/api/v1/hub/users", body).await.expect(201);
    hub.accept("member@example.com").await;
    let member = hub.log_in("member@example.com", crate::fixture::PASSWORD).await;
    let member_may = ["hub.overview.read", "hub.tenant.read", "hub.people.read"];
    let nothing = suite_contracts::UserId::new().to_string();
    for operation in Operation::all() {
        let Some([permission]) = operation.permissions.as_deref() else { continue };
        let mut weak = vec![&nobody];
        weak.extend((!member_may.contains(&permission.as_str())).then_some(&member));
        for by in weak {
            let answer = operation.call(&hub, Some(by), &nothing).await;
            assert_eq!(answer.status, 403, "{}: {}", operation.id, answer.text);
            assert_eq!(answer.code(), "permission_missing", "{}", operation.id);
            let asked = format!("the permission {permission},");
            assert!(answer.text.contains(&asked), "{}: {}", operation.id, answer.text);
        }
    }
}

/// Ids of one thing of each kind in a tenant, by the part of the path before the id.
async fn things(hub: &HubApp, of: &Person) -> BTreeMap<&'static str, String> {
    let id = |answer: Answer| answer.expect(201).json()["id"].as_str().unwrap().to_owned();
    let base = "/api/v1/hub";
    let body = json!({ "email": "thing@example.com", "name": "Thing" });
    let user = id(hub.post(of, &format!("{base}/users"), body).await);
    let group = id(hub.post(of, &format!("{base}/groups"), json!({ "name": "Things" })).await);
    let body = json!({ "name": "Thing", "permissions": [] });
    let role = id(hub.post(of, &format!("{base}/roles"), body.clone()).await);
    let api_key = id(hub.post(of, &format!("{base}/api-keys"), body).await);
    let body = json!({ "url": "https://hooks.example.com/", "patterns": ["*"] });
    let webhook = id(hub.post(of, &format!("{base}/webhooks"), body).await);
    let nothing = suite_contracts::UserId::new().to_string();
    BTreeMap::from([
        ("/api/v1/hub/users/", user),
        ("/api/v1/hub/groups/", group),
        ("/api/v1/hub/roles/", role),
        ("/api/v1/hub/api-keys/", api_key),
        ("/api/v1/hub/webhooks/", webhook),
        // What belongs to no tenant, or to the person who asks: there is none of this id.
        ("/api/v1/hub/tenants/", nothing.clone()),
        ("/api/v1/hub/services/instances/", nothing.clone()),
        ("/api/v1/hub/flags/", nothing.clone()),
        ("/api/v1/hub/audit/records/", nothing.clone()),
        ("/api/v1/hub/me/sessions/", nothing.clone()),
        ("/api/v1/hub/me/notifications/", nothing),
    ])
}

async fn what_is_another_tenants_is_not_there(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (_, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let things = things(&hub, &other).await;
    let mut tried = 0;
    for operation in Operation::all() {
        let Some((kind, _)) = operation.path.split_once('{') else { continue };
        let thing = things.get(kind);
        let thing = thing.unwrap_or_else(|| panic!("no thing for {}: add one", operation.path));
        let answer = operation.call(&hub, Some(&admin), thing).await;
        assert_eq!(answer.status, 404, "{}: {}", operation.id, answer.text);
        tried += 1;
    }
    assert!(tried > 15, "{tried}");
    // They are all still there.
    for path in ["users", "groups", "roles", "api-keys", "webhooks"] {
        let kind = format!("/api/v1/hub/{path}/");
        let thing = format!("{kind}{}", things[kind.as_str()]);
        hub.get(&other, &thing).await.expect(200);
    }
}

async fn a_suspended_tenant_may_do_nothing(backend: Backend) {
    let (hub, admin) = HubApp::ready(backend).await;
    let (id, other) = hub.tenant(&admin, "Other", "eve@example.com").await;
    let suspend = format!("/api/v1/hub/tenants/{id}/suspend");
    hub.send(&admin, Method::POST, &suspend, None).await.expect(200);
    let nothing = suite_contracts::UserId::new().to_string();
    for operation in Operation::all() {
        if operation.permissions.is_none() {
            continue;
        }
        let answer = operation.call(&hub, Some(&other), &nothing).await;
        assert_eq!(answer.status, 403, "{}: {}", operation.id, answer.text);
        assert_eq!(answer.code(), "tenant_suspended", "{}", operation.id);
    }
}

on_every_backend!(
    every_operation_is_public_own_or_asks_for_a_permission,
    without_a_credential_nothing_answers,
    without_the_permission_everything_is_refused,
    what_is_another_tenants_is_not_there,
    a_suspended_tenant_may_do_nothing,
);
