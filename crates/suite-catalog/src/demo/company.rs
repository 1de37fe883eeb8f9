//! How the company has set up its desk: hours, levels, ladders, items, answers, articles.

use axum::http::Method;
use serde_json::{Value, json};
use suite_contracts::{GroupId, UserId};

use super::{Api, Company, status};
use crate::error::CatalogError;

/// The desk, once it is set up.
pub struct Desk {
    pub administrator: UserId,
    /// Everybody who may sign in.
    pub people: Vec<UserId>,
    pub first: Vec<UserId>,
    pub second: Vec<UserId>,
    pub second_group: GroupId,
    pub first_group: GroupId,
    /// With an answer for each, and who owns their cost centre.
    pub items: Vec<Item>,
    /// What somebody new needs.
    pub bundle: String,
    /// Of the status page: name and id.
    pub components: Vec<(&'static str, Value)>,
}

impl Desk {
    /// A component of the status page, as others name it.
    pub fn component(&self, name: &str) -> Value {
        let found = self.components.iter().find(|(one, _)| *one == name);
        found.map(|(_, id)| id.clone()).unwrap_or_default()
    }
}

pub struct Item {
    pub id: String,
    pub name: &'static str,
    pub answers: Value,
    pub approver: UserId,
}

const DAYS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];

pub async fn found(api: &Api, company: &Company) -> Result<Desk, CatalogError> {
    let missing = || CatalogError::Internal("the demo's company has too few groups".to_owned());
    let group = |name: &str| company.groups.iter().find(|group| group.name == name);
    let (first, second) = group("Service desk").zip(group("Operations")).ok_or_else(missing)?;
    let active = company.members.iter().filter(|member| member.is_active);
    let people: Vec<UserId> = active.map(|member| member.id).collect();
    let active = |ids: Vec<UserId>| ids.into_iter().filter(|id| people.contains(id)).collect();
    let mut desk = Desk {
        administrator: company.administrator,
        first: active(first.member_ids.iter().copied().collect()),
        second: active(second.member_ids.iter().copied().collect()),
        first_group: first.id,
        second_group: second.id,
        people: people.clone(),
        items: Vec::new(),
        bundle: String::new(),
        components: Vec::new(),
    };
    if desk.first.is_empty() || desk.second.is_empty() {
        return Err(missing());
    }
    promise(api, &desk).await?;
    desk.items = offer(api, &desk).await?;
    desk.bundle = bundle(api, &desk).await?;
    know(api, &desk).await?;
    desk.components = status::publish(api, &desk).await?;
    Ok(desk)
}

/// Hours, levels and ladders.
async fn promise(api: &Api, desk: &Desk) -> Result<(), CatalogError> {
    let by = desk.administrator;
    let hours: Vec<Value> =
        DAYS.iter().map(|day| json!({ "weekday": day, "from": "07:00", "to": "19:00" })).collect();
    let body = json!({
        "name": "Warehouses, early and late shift", "is_default": true,
        "content": { "zone": "Europe/Amsterdam", "hours": hours, "holidays": [] },
    });
    api.post(by, "/calendars", body).await?;
    let (levels, _) = api.get(by, "/service-levels").await?;
    let mut levels = levels.get("levels").cloned().unwrap_or_default();
    levels["groups"] = json!([
        { "group_id": desk.first_group, "tier": 1 },
        { "group_id": desk.second_group, "tier": 2, "target_minutes":
            { "p1": 120, "p2": 480, "p3": 1440, "p4": 2880 } },
    ]);
    api.change((by, Method::PUT, "/service-levels"), "", Some(levels)).await?;
    let levels = json!([
        { "answer_minutes": 15, "responders": [{ "group": desk.first_group }] },
        { "answer_minutes": 30, "responders": [{ "group": desk.second_group }] },
        { "answer_minutes": 60, "responders": [{ "user": by }] },
    ]);
    let ladder = json!({ "is_around_the_clock": true, "levels": levels });
    let (ladders, _) = api.get(by, "/escalation-ladders").await?;
    let version = ladders["items"].as_array().into_iter().flatten();
    let mut version = version.filter(|one| one["track"] == "technical");
    let version = version.next().and_then(|one| one["version"].as_i64()).unwrap_or(0);
    let path = "/escalation-ladders/technical";
    let etag = Some(format!("\"{version}\""));
    api.send((by, Method::PUT, path), Some(ladder), etag).await?;
    Ok(())
}

struct Offered {
    category: &'static str,
    name: &'static str,
    summary: &'static str,
    price: &'static str,
    field: (&'static str, &'static str),
    answer: &'static str,
    /// The place of the cost centre in the list.
    centre: usize,
}

const CENTRES: [(&str, &str); 3] =
    [("1100", "Warehouse operations"), ("1200", "Transport"), ("2300", "Offices")];

const OFFERED: [Offered; 5] = [
    Offered {
        category: "hardware",
        name: "Handheld scanner",
        summary: "Rugged, with a holster and two batteries",
        price: "749.00",
        field: ("place", "Where it will be used"),
        answer: "Inbound dock",
        centre: 0,
    },
    Offered {
        category: "software",
        name: "Route planner licence",
        summary: "For dispatchers, a year at a time",
        price: "312.50",
        field: ("reason", "What you plan with it"),
        answer: "Weekend routes",
        centre: 1,
    },
    Offered {
        category: "hardware",
        name: "Standing desk",
        summary: "Electric, 160 by 80 centimetres",
        price: "489.00",
        field: ("room", "Room and place"),
        answer: "2.14, by the window",
        centre: 2,
    },
    Offered {
        category: "hardware",
        name: "Notebook",
        summary: "14 inches, with a docking station",
        price: "1190.00",
        field: ("work", "What it is used for"),
        answer: "Planning of tours",
        centre: 2,
    },
    Offered {
        category: "access",
        name: "Account in a system",
        summary: "With the rights of a colleague's",
        price: "0",
        field: ("system", "Which system"),
        answer: "Customs declarations",
        centre: 0,
    },
];

/// What somebody new needs: each with whether it is required, and an answer that is fixed.
const NEW_COLLEAGUE: [(&str, bool, Option<&str>); 4] = [
    ("Notebook", true, None),
    ("Account in a system", true, Some("Warehouse system")),
    ("Standing desk", false, None),
    ("Route planner licence", false, None),
];

/// Cost centres, and items that are charged to them.
async fn offer(api: &Api, desk: &Desk) -> Result<Vec<Item>, CatalogError> {
    let by = desk.administrator;
    let currency = Some(json!({ "currency": "EUR" }));
    api.change((by, Method::PUT, "/settings"), "", currency).await?;
    let mut centres = Vec::new();
    for (place, (code, name)) in CENTRES.into_iter().enumerate() {
        let owner = desk.people.iter().rev().nth(place * 3).copied().unwrap_or(by);
        let body = json!({ "code": code, "name": name, "owner_id": owner });
        let made = api.post(by, "/cost-centres", body).await?;
        centres.push((made["id"].clone(), owner));
    }
    let (categories, _) = api.get(by, "/categories").await?;
    let categories = categories["items"].as_array().cloned().unwrap_or_default();
    let mut items = Vec::new();
    for offered in OFFERED {
        let named = |one: &&Value| {
            one["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(offered.category))
        };
        let category = categories.iter().find(named).or(categories.first());
        let centre = centres.get(offered.centre).cloned();
        let (centre, approver) = centre.unwrap_or((Value::Null, by));
        let (key, label) = offered.field;
        let body = json!({
            "category_id": category.map(|one| one["id"].clone()),
            "name": offered.name, "summary": offered.summary, "price": offered.price,
            "cost_centre_id": centre,
            "form": { "fields": [{
                "key": key, "label": label, "required": true,
                "kind": { "type": "text", "chars_max": 200 },
            }] },
            "approval": { "stages": [{
                "name": "Cost centre", "rule": "any", "approvers": ["cost_centre_owner"],
            }] },
            "tasks": { "tasks": [
                { "key": "prepare", "name": "Prepare it", "work": { "people": {
                    "group_id": desk.first_group, "assignment": "round_robin" } } },
                { "key": "hand_over", "name": "Hand it over", "after": ["prepare"],
                    "work": { "people": {
                        "group_id": desk.first_group, "assignment": "least_loaded" } } },
            ] },
        });
        let made = api.post(by, "/items", body).await?;
        let id = made["id"].as_str().unwrap_or_default().to_owned();
        let path = format!("/items/{id}");
        api.change((by, Method::POST, &path), "/publish", None).await?;
        let answers = json!({ key: { "text": offered.answer } });
        items.push(Item { id, name: offered.name, answers, approver });
    }
    Ok(items)
}

async fn bundle(api: &Api, desk: &Desk) -> Result<String, CatalogError> {
    let by = desk.administrator;
    let (categories, _) = api.get(by, "/categories").await?;
    let mut categories = categories["items"].as_array().into_iter().flatten();
    let category = categories.find(|one| one["name"] == "Onboarding");
    let part = |(name, is_required, fixed): (&str, bool, Option<&str>)| {
        let item = desk.items.iter().find(|item| item.name == name)?;
        let key = item.answers.as_object().and_then(|answers| answers.keys().next());
        let presets: serde_json::Map<String, Value> = key
            .zip(fixed)
            .map(|(key, text)| {
                (key.clone(), json!({ "answer": { "text": text }, "is_fixed": true }))
            })
            .into_iter()
            .collect();
        Some(json!({ "item_id": item.id, "is_required": is_required, "presets": presets }))
    };
    let body = json!({
        "category_id": category.map(|one| one["id"].clone()), "name": "New colleague",
        "summary": "What somebody new needs on the first day",
        "parts": NEW_COLLEAGUE.into_iter().filter_map(part).collect::<Vec<_>>(),
    });
    let made = api.post(by, "/items", body).await?;
    let id = made["id"].as_str().unwrap_or_default().to_owned();
    api.change((by, Method::POST, &format!("/items/{id}")), "/publish", None).await?;
    Ok(id)
}

const CANNED: [(&str, &str); 3] = [
    (
        "Asks for more",
        "Hello {{requester.name}},\n\nwhich device is it, and since when?\n\n{{agent.name}}",
    ),
    (
        "Will be there today",
        "Hello {{requester.name}},\n\nsomebody comes by today.\n\n{{agent.name}}",
    ),
    (
        "Please try a restart",
        "Hello {{requester.name}},\n\nplease switch it off for ten seconds, and tell us in ticket \
         {{ticket.number}} whether that helped.\n\n{{agent.name}}",
    ),
];

const ARTICLES: [(&str, &str, &str); 5] = [
    (
        "Scanners",
        "When a handheld scanner loses its connection",
        "1. Hold the trigger and the power key for **ten seconds**.\n2. Wait until the lamp is \
         green.\n3. If it is not, put it into its cradle and report a problem.\n\nThe number of the \
         scanner is on its back.",
    ),
    (
        "Mail and calendar",
        "Sharing a calendar with another team",
        "Right-click the calendar, choose *Share*, and enter the team's name. They see when you are \
         busy, and not why, unless you say so.",
    ),
    (
        "Accounts",
        "Locked out: what to do",
        "After five wrong tries an account is locked for a quarter of an hour. Wait, or call the \
         desk: we never ask for your password.",
    ),
    (
        "Printing",
        "Blank labels",
        "Clean the print head with the blue card, twice. Then print a test label from the menu.",
    ),
    (
        "Security",
        "How to tell a forged mail",
        "- It is in a hurry.\n- Its sender's address does not fit its name.\n- It asks for bank \
         details or passwords.\n\nDo not answer. Report it, with the mail attached.",
    ),
];

/// Canned answers and articles.
async fn know(api: &Api, desk: &Desk) -> Result<(), CatalogError> {
    let by = desk.administrator;
    for (name, text) in CANNED {
        api.post(by, "/canned-answers", json!({ "name": name, "text": text })).await?;
    }
    for (category, title, text) in ARTICLES {
        let body = json!({ "title": title, "body": text, "category": category });
        let made = api.post(by, "/articles", body).await?;
        let path = format!("/articles/{}", made["id"].as_str().unwrap_or_default());
        api.change((by, Method::POST, &path), "/publish", None).await?;
    }
    Ok(())
}
