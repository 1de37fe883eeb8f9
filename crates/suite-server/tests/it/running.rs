//! Starting, serving, and ending.

use serde_json::Value;

use crate::process::{Process, itechsmart, output};

async fn get(url: String) -> (u16, reqwest::header::HeaderMap, String) {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let response = client.build().unwrap().get(url).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

#[tokio::test]
async fn it_serves_its_ports_until_it_is_told_to_end() {
    let process = Process::start();
    process.line_with("ready in");
    let link = process.line_with("/setup#token=");
    assert!(link.trim().starts_with("http://localhost:"), "{link}");

    let (status, _, health) = get(format!("{}/health", process.api)).await;
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!((status, health["status"].as_str()), (200, Some("ok")), "{health}");
    assert_eq!(health["checks"]["database"]["status"], "ok");
    for part in ["/health/ready", "/health/live", "/health/db", "/health/redis"] {
        assert_eq!(get(format!("{}{part}", process.api)).await.0, 200, "{part}");
    }
    let (_, headers, metrics) = get(format!("{}/metrics", process.api)).await;
    assert!(headers["content-type"].to_str().unwrap().contains("openmetrics"));
    let counted = r#"itechsmart_http_requests_total{service="hub",method="GET",route="/health",status="200"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    for what in [
        r#"itechsmart_outbox_events{service="hub"} "#,
        r#"itechsmart_outbox_lag_seconds{service="hub"} "#,
    ] {
        assert!(metrics.contains(what), "{what}: {metrics}");
    }

    // The console's port has the API on the same origin, and opens at its product.
    let (status, headers, setup) = get(format!("{}/api/v1/hub/setup", process.console)).await;
    assert_eq!((status, setup.as_str()), (200, r#"{"needed":true}"#));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let (status, headers, _) = get(format!("{}/", process.console)).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (307, "/hub"));
    // Metrics are for operators.
    assert_ne!(
        get(format!("{}/metrics", process.console)).await.1["content-type"],
        "application/openmetrics-text"
    );

    let (success, folder) = process.terminate();
    assert!(success);
    let again = Process::start_in(folder);
    again.line_with("ready in");
    assert!(again.terminate().0);
}

#[test]
fn production_says_what_keeps_it_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = itechsmart(&["run"]);
    command.current_dir(folder.path()).env("ENVIRONMENT", "production");
    let (success, _, error) = output(&mut command);
    assert!(!success);
    for what in [
        "SECRET_KEY is missing",
        "JWT_SECRET is missing",
        "ENCRYPTION_KEY is missing",
        "PUBLIC_URL",
    ] {
        assert!(error.contains(what), "{what}: {error}");
    }
}

#[test]
fn what_is_not_understood_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], variable: (&str, &str)| {
        let mut command = itechsmart(arguments);
        let (success, _, error) =
            output(command.current_dir(folder.path()).env(variable.0, variable.1));
        assert!(!success);
        error
    };
    assert!(run(&["run"], ("PORT_OFFSET", "many")).contains("PORT_OFFSET"));
    assert!(run(&["run"], ("BIND_ADDRESS", "here")).contains("BIND_ADDRESS"));
    assert!(run(&["run", "--services", "shop"], ("X", "")).contains("no service `shop`"));
    let unreachable = ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    assert!(run(&["migrate"], unreachable).contains("error"));
}

#[test]
fn a_port_in_use_is_named() {
    let first = Process::start();
    first.line_with("ready in");
    let port: u16 = first.api.rsplit(':').next().unwrap().parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = itechsmart(&["run"]);
    command.current_dir(folder.path()).env("PORT_OFFSET", (port - 8000).to_string());
    let (success, _, error) = output(&mut command);
    assert!(!success && error.contains(&port.to_string()), "{error}");
}

#[test]
fn the_api_is_described() {
    let (success, document, _) = output(&mut itechsmart(&["openapi", "hub"]));
    let document: Value = serde_json::from_str(&document).unwrap();
    assert!(success);
    assert_eq!(document["info"]["title"], "iTechSmart Hub");
    assert!(document["paths"]["/api/v1/hub/session"]["post"].is_object());
}
