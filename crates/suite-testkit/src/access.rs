//! The operations of an API document, and calls of each with the least that it takes: what the
//! access test of every service walks.

use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    /// What it cannot do without.
    pub query: String,
    /// None if it is public.
    pub permissions: Option<Vec<String>>,
    pub body: Option<Value>,
}

impl Operation {
    /// Those of a document of OpenAPI.
    ///
    /// # Panics
    /// When an operation has no id, or asks for anything but a bearer.
    pub fn all(document: &impl Serialize) -> Vec<Self> {
        let document = serde_json::to_value(document).expect("a document");
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().expect("an object") {
            for (method, operation) in item.as_object().expect("an object") {
                let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
                let security = operation["security"].as_array();
                let permissions = security.map(|all| {
                    let scopes = all[0]["bearer"].as_array().expect("bearer alone");
                    scopes.iter().map(|scope| scope.as_str().expect("a text").to_owned()).collect()
                });
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                let body = (!schema.is_null()).then(|| sample(&document, schema));
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                let asked = parameters.iter().filter(|one| one["in"] == "query");
                let asked = asked.filter(|one| one["required"] == true);
                let query: Vec<String> = asked
                    .map(|one| {
                        let value = sample(&document, &one["schema"]);
                        format!(
                            "{}={}",
                            one["name"].as_str().expect("a text"),
                            value.as_str().expect("a text")
                        )
                    })
                    .collect();
                let query = query.join("&");
                let id = operation["operationId"].as_str().expect("an id").to_owned();
                all.push(Self { id, method, path: path.clone(), query, permissions, body });
            }
        }
        all
    }

    /// The path with this in the place of its first parameter, and 1 in that of others.
    fn with(&self, id: &str) -> String {
        let mut path = self.path.clone();
        let mut value = id;
        while let Some((before, rest)) = path.split_once('{') {
            path = format!("{before}{value}{}", rest.split_once('}').expect("a closed brace").1);
            value = "1";
        }
        path
    }

    /// Calls it with a token, if there is one, and an id in the place of its parameter.
    pub async fn call(&self, app: &TestApp, token: Option<&str>, id: &str) -> Answer {
        let authorization = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("if-match", "\"1\""), ("x-requested-with", "itechsmart")];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        let path = format!("{}?{}", self.with(id), self.query);
        app.send_with(self.method.clone(), &path, self.body.clone(), &headers).await
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
