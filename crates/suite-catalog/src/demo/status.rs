//! What the company tells everybody: its status page, maintenance, and how incidents are called there.

use axum::http::Method;
use serde_json::{Value, json};
use suite_contracts::UserId;
use suite_kit::clock::rfc3339;

use super::Api;
use super::company::Desk;
use super::year::{DAY_MS, HOUR_MS};
use crate::error::CatalogError;

pub const WAREHOUSE: &str = "Warehouse system";
pub const GATES: &str = "Gate control";
const SCANNERS: &str = "Handheld scanners";
const MAIL: &str = "E-mail";

/// Name, description, and below which heading it stands.
const COMPONENTS: [(&str, &str, Option<&str>); 6] = [
    (WAREHOUSE, "Bookings, stock and labels at all sites", Some("Warehouses")),
    (SCANNERS, "And the network that they need", Some("Warehouses")),
    (GATES, "Registration and gates for lorries", Some("Warehouses")),
    ("Route planner", "Tours, and messages to drivers", Some("Transport")),
    (MAIL, "In and out, and calendars", Some("Offices")),
    ("Sign-in", "To all of these", None),
];

/// Sets the page up, with its components.
pub async fn publish(api: &Api, desk: &Desk) -> Result<Vec<(&'static str, Value)>, CatalogError> {
    let by = desk.administrator;
    let body = json!({
        "slug": "example-logistics", "title": "How our services stand", "is_published": true,
        "introduction": "For everybody at our sites, and for those who deliver to them. If \
            something does not work that is shown as working, call the service desk.",
    });
    api.change((by, Method::PUT, "/status-page"), "", Some(body)).await?;
    let mut components = Vec::new();
    for (name, description, group) in COMPONENTS {
        let body = json!({ "name": name, "description": description, "group": group });
        let made = api.post(by, "/status-page/components", body).await?;
        components.push((name, made["id"].clone()));
    }
    Ok(components)
}

/// Plans maintenance on another day: the one of last week, and the one of the next.
pub async fn maintain(api: &Api, desk: &Desk, is_over: bool) -> Result<(), CatalogError> {
    let tomorrow_ms = (api.clock.now_ms() / DAY_MS + 1) * DAY_MS;
    let (title, text, component, begins_ms, hours) = match is_over {
        true => (
            "New access points in Rotterdam",
            "Scanners in halls 1 to 3 lose their connection for some minutes each.",
            SCANNERS,
            tomorrow_ms + 4 * HOUR_MS,
            2,
        ),
        false => (
            "Mailboxes move to new servers",
            "Mail that comes in meanwhile is delivered afterwards. **Nothing is lost.**",
            MAIL,
            tomorrow_ms + 2 * DAY_MS + 19 * HOUR_MS,
            3,
        ),
    };
    let body = json!({
        "title": title, "text": text, "component_ids": [desk.component(component)],
        "begins_at": rfc3339(begins_ms), "ends_at": rfc3339(begins_ms + hours * HOUR_MS),
    });
    api.post(desk.administrator, "/status-page/maintenance", body).await?;
    Ok(())
}

/// Says what everybody reads of a major incident.
pub async fn tell(
    api: &Api,
    (by, path): (UserId, &str),
    (title, component, impact): (&str, Value, &str),
) -> Result<(), CatalogError> {
    let body = json!({
        "public_title": title,
        "components": [{ "component_id": component, "impact": impact }],
    });
    api.change((by, Method::PUT, path), "/public", Some(body)).await?;
    Ok(())
}
