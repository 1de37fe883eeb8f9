//! What becomes of tickets, requests and major incidents, step by step.

use axum::http::Method;
use serde_json::{Value, json};
use suite_contracts::UserId;

use super::company::Desk;
use super::topics::{SITES, TOPICS, Topic};
use super::year::{DAY_MS, Dice, HOUR_MS, when_working};
use super::{Api, status};
use crate::error::CatalogError;

/// Something that goes on from time to time.
pub struct Story {
    what: What,
    step: usize,
    /// Its ticket, request or incident, once there is one.
    id: String,
}

enum What {
    Ticket(Ticket),
    Request(Request),
    /// Somebody new comes, and somebody else asks for what they need.
    Colleague {
        by: UserId,
        colleague: UserId,
    },
    Incident {
        by: UserId,
        lead: UserId,
        is_over: bool,
        ticket: String,
    },
    Maintenance {
        is_over: bool,
    },
}

struct Ticket {
    topic: &'static Topic,
    site: &'static str,
    requester: UserId,
    agent: UserId,
    /// Of the second tier, if it goes there.
    expert: Option<UserId>,
    waits: bool,
    is_urgent: bool,
    stays_open: bool,
    reply_ms: i64,
    work_ms: i64,
    score: Option<i64>,
}

struct Request {
    item: usize,
    requester: UserId,
    is_rejected: bool,
    decide_ms: i64,
    work_ms: i64,
    score: Option<i64>,
}

const DONE: Option<i64> = None;

impl Story {
    fn new(what: What) -> Self {
        Self { what, step: 0, id: String::new() }
    }

    /// A late one may still be open when the demo ends.
    pub fn of_ticket(desk: &Desk, dice: &mut Dice, is_late: bool) -> Self {
        let agent = *dice.pick(&desk.first);
        let requester = other_than(agent, desk, dice);
        let expert = (dice.roll(8) == 0).then(|| *dice.pick(&desk.second));
        // Most are quick; some are forgotten over a weekend.
        let reply_ms = match dice.roll(10) {
            0..7 => dice.minutes_ms(3, 40),
            7..9 => dice.minutes_ms(40, 200),
            _ => dice.minutes_ms(300, 900),
        };
        let work_ms = match dice.roll(10) {
            0..6 => dice.minutes_ms(30, 300),
            6..9 => dice.minutes_ms(300, 1_800),
            _ => dice.minutes_ms(2_000, 6_000),
        };
        let score = match dice.roll(20) {
            0..7 => None,
            7..16 => Some(5),
            16..18 => Some(4),
            18 => Some(3),
            _ => Some(2),
        };
        let (topic, site) = (dice.pick(TOPICS), *dice.pick(&SITES));
        // What stops the warehouse somebody answers at any hour.
        let reply_ms = match (topic.impact, topic.urgency) {
            ("high", "high") => dice.minutes_ms(2, 16),
            ("high", _) | (_, "high") => reply_ms.min(dice.minutes_ms(5, 70)),
            _ => reply_ms,
        };
        let is_urgent = topic.impact == "high" && topic.urgency == "high";
        let work_ms = if is_urgent { work_ms.min(dice.minutes_ms(60, 300)) } else { work_ms };
        let stays_open = is_late && !is_urgent && dice.roll(5) < 2;
        let waits = dice.roll(5) == 0;
        let ticket = Ticket {
            topic,
            site,
            requester,
            agent,
            expert,
            waits,
            is_urgent,
            stays_open,
            reply_ms,
            work_ms,
            score,
        };
        Self::new(What::Ticket(ticket))
    }

    pub fn of_request(desk: &Desk, dice: &mut Dice) -> Self {
        let item = dice.roll(desk.items.len());
        let approver = desk.items.get(item).map_or(desk.administrator, |item| item.approver);
        let score = (dice.roll(3) == 0).then(|| 4 + i64::from(dice.roll(3) > 0));
        Self::new(What::Request(Request {
            item,
            requester: other_than(approver, desk, dice),
            is_rejected: dice.roll(9) == 0,
            decide_ms: dice.minutes_ms(20, 1_500),
            work_ms: dice.minutes_ms(60, 2_500),
            score,
        }))
    }

    /// Does what comes next; after how long the one after that does.
    pub async fn go_on(&mut self, api: &Api, desk: &Desk) -> Result<Option<i64>, CatalogError> {
        let step = self.step;
        self.step += 1;
        match &mut self.what {
            What::Ticket(ticket) => ticket.go_on(api, &mut self.id, step, desk).await,
            What::Request(request) => request.go_on(api, &mut self.id, step, desk).await,
            What::Colleague { by, colleague } => welcome(api, (*by, *colleague), desk).await,
            What::Incident { by, lead, is_over, ticket } => {
                let who = (*by, *lead, *is_over);
                incident(api, who, (&mut self.id, ticket), (step, desk)).await
            }
            What::Maintenance { is_over } => {
                status::maintain(api, desk, *is_over).await?;
                Ok(DONE)
            }
        }
    }
}

/// The incident of the spring, which is reviewed, and one of this morning; and maintenance.
pub fn disruptions(desk: &Desk) -> Vec<(i64, Story)> {
    let by = desk.administrator;
    let lead = desk.second.first().copied().unwrap_or(by);
    let incident =
        |is_over| Story::new(What::Incident { by, lead, is_over, ticket: String::new() });
    let maintenance = |is_over| Story::new(What::Maintenance { is_over });
    vec![
        (24 * DAY_MS, incident(true)),
        (2 * HOUR_MS, incident(false)),
        (9 * DAY_MS, maintenance(true)),
        (DAY_MS, maintenance(false)),
    ]
}

/// Who asks for all that somebody new needs, yesterday: neither of them decides on any of it.
pub fn colleague(desk: &Desk) -> Option<(i64, Story)> {
    let decides = |id: &UserId| desk.items.iter().any(|item| item.approver == *id);
    let mut people = desk.people.iter().filter(|id| **id != desk.administrator && !decides(id));
    let (by, colleague) = (*people.next()?, *people.next()?);
    Some((DAY_MS, Story::new(What::Colleague { by, colleague })))
}

async fn welcome(
    api: &Api,
    (by, colleague): (UserId, UserId),
    desk: &Desk,
) -> Result<Option<i64>, CatalogError> {
    let own = format!("/items/{}", desk.bundle);
    let (offer, _) = api.get(by, &format!("{own}/parts")).await?;
    let parts = offer["parts"].as_array().into_iter().flatten();
    let wanted =
        parts.filter(|part| part["is_required"] == true || part["name"] == "Standing desk");
    let chosen = wanted.map(|part| {
        let item = desk.items.iter().find(|item| part["item_id"] == item.id.as_str());
        // What is fixed is answered already.
        let is_fixed = part["fixed"].as_array().is_some_and(|fixed| !fixed.is_empty());
        let answers = item.filter(|_| !is_fixed).map(|item| item.answers.clone());
        json!({ "place": part["place"], "item_version": 1,
            "answers": answers.unwrap_or_else(|| json!({})) })
    });
    let body = json!({
        "bundle_version": 1, "requested_for_id": colleague, "parts": chosen.collect::<Vec<_>>(),
    });
    api.post(by, &format!("{own}/requests"), body).await?;
    Ok(DONE)
}

fn other_than(one: UserId, desk: &Desk, dice: &mut Dice) -> UserId {
    let others: Vec<UserId> = desk.people.iter().copied().filter(|id| *id != one).collect();
    if others.is_empty() { one } else { *dice.pick(&others) }
}

/// From now until so much work later, in hours in which somebody works.
fn later(api: &Api, after_ms: i64) -> Option<i64> {
    let now_ms = api.clock.now_ms();
    Some(when_working(now_ms + after_ms) - now_ms)
}

impl Ticket {
    fn later(&self, api: &Api, after_ms: i64) -> Option<i64> {
        if self.is_urgent { Some(after_ms) } else { later(api, after_ms) }
    }

    async fn go_on(
        &self,
        api: &Api,
        id: &mut String,
        step: usize,
        desk: &Desk,
    ) -> Result<Option<i64>, CatalogError> {
        let path = format!("/tickets/{id}");
        let Self { topic, agent, requester, .. } = self;
        let fill = |text: &str| text.replace("{}", self.site);
        match step {
            0 => {
                let body = json!({
                    "title": fill(topic.title), "description": fill(topic.description),
                    "kind": topic.kind, "impact": topic.impact, "urgency": topic.urgency,
                });
                let made = api.post(*requester, "/tickets", body).await?;
                made["id"].as_str().unwrap_or_default().clone_into(id);
                Ok(self.later(api, self.reply_ms))
            }
            1 => {
                let body = json!({
                    "group_id": desk.first_group, "assignee_id": agent, "tags": [topic.tag],
                });
                api.change((*agent, Method::PATCH, &path), "", Some(body)).await?;
                reply(api, (*agent, &path), &fill(topic.reply), false).await?;
                Ok(self.later(api, self.work_ms / 3))
            }
            2 if self.waits => {
                let body = json!({ "to": "pending_customer" });
                api.change((*agent, Method::POST, &path), "/state", Some(body)).await?;
                Ok(later(api, self.work_ms / 2 + 2 * HOUR_MS))
            }
            3 if self.waits => {
                reply(api, (*requester, &path), "Here is what you asked for.", false).await?;
                Ok(later(api, self.work_ms / 3))
            }
            2..=4 if self.expert.is_some() && step == 4 => {
                let body = json!({
                    "tier": 2, "group_id": desk.second_group,
                    "findings": "Nothing is wrong with the device itself: please look at the network.",
                });
                api.change((*agent, Method::POST, &path), "/hand-over", Some(body)).await?;
                if let Some(expert) = self.expert {
                    let body = json!({ "assignee_id": expert });
                    api.change((expert, Method::PATCH, &path), "", Some(body)).await?;
                    reply(api, (expert, &path), "Seen; it is on our list for today.", true).await?;
                }
                Ok(later(api, self.work_ms))
            }
            2..=4 => Ok(Some(60_000)),
            5 if self.stays_open => Ok(DONE),
            5 => {
                let by = self.expert.unwrap_or(*agent);
                let body = json!({ "to": "resolved", "solution": fill(topic.solution) });
                api.change((by, Method::POST, &path), "/state", Some(body)).await?;
                Ok(later(api, DAY_MS / 2))
            }
            _ => {
                if let Some(score) = self.score {
                    let body = json!({ "score": score, "comment": "" });
                    api.post(*requester, &format!("{path}/rating"), body).await?;
                }
                Ok(DONE)
            }
        }
    }
}

async fn reply(
    api: &Api,
    (by, path): (UserId, &str),
    text: &str,
    is_internal: bool,
) -> Result<(), CatalogError> {
    let body = json!({ "text": text, "is_internal": is_internal });
    api.post(by, &format!("{path}/notes"), body).await?;
    Ok(())
}

impl Request {
    async fn go_on(
        &self,
        api: &Api,
        id: &mut String,
        step: usize,
        desk: &Desk,
    ) -> Result<Option<i64>, CatalogError> {
        let Some(item) = desk.items.get(self.item) else { return Ok(DONE) };
        let path = format!("/requests/{id}");
        match step {
            0 => {
                let body =
                    json!({ "item_id": item.id, "item_version": 1, "answers": item.answers });
                let made = api.post(self.requester, "/requests", body).await?;
                made["id"].as_str().unwrap_or_default().clone_into(id);
                Ok(later(api, self.decide_ms))
            }
            1 => {
                let (verdict, reason) = match self.is_rejected {
                    true => ("reject", "There are two in the cabinet that nobody uses."),
                    false => ("approve", ""),
                };
                let body = json!({ "stage": 0, "verdict": verdict, "reason": reason });
                api.post(item.approver, &format!("{path}/decisions"), body).await?;
                Ok(if self.is_rejected { DONE } else { later(api, self.work_ms) })
            }
            2 | 3 => {
                let key = if step == 2 { "prepare" } else { "hand_over" };
                let (seen, _) = api.get(desk.administrator, &path).await?;
                let tasks = seen["tasks"].as_array().into_iter().flatten();
                let task = tasks.into_iter().find(|task| task["key"] == key);
                let by = task.and_then(|task| task["assignee"]["id"].as_str()?.parse().ok());
                let by: UserId = by.unwrap_or(desk.administrator);
                api.post(by, &format!("{path}/tasks/{key}/complete"), Value::Null).await?;
                Ok(later(api, self.work_ms / 4))
            }
            _ => {
                if let Some(score) = self.score {
                    let body = json!({ "score": score, "comment": "" });
                    api.post(self.requester, &format!("{path}/rating"), body).await?;
                }
                Ok(DONE)
            }
        }
    }
}

const MINUTE_MS: i64 = 60_000;

async fn incident(
    api: &Api,
    (by, lead, is_over): (UserId, UserId, bool),
    (id, ticket): (&mut String, &mut String),
    (step, desk): (usize, &Desk),
) -> Result<Option<i64>, CatalogError> {
    let path = format!("/major-incidents/{id}");
    let update = async |audience: &str, text: &str| {
        let body = json!({ "audience": audience, "text": text });
        api.post(by, &format!("{path}/updates"), body).await
    };
    let to = async |body: Value| api.change((by, Method::POST, &path), "/state", Some(body)).await;
    let (title, component) = match is_over {
        true => ("Bookings are not possible at any site", status::WAREHOUSE),
        false => ("Gates in Rotterdam do not open by themselves", status::GATES),
    };
    let affects = async |impact: &str| {
        status::tell(api, (by, &path), (title, desk.component(component), impact)).await
    };
    match step {
        0 => {
            let (title, description) = match is_over {
                true => ("Warehouse system is down at all sites", "Nobody can book anything in."),
                false => ("Gate control does not open at Rotterdam", "Lorries queue on the road."),
            };
            let requester = desk.people.last().copied().unwrap_or(by);
            let body = json!({
                "title": title, "description": description, "impact": "high", "urgency": "high",
            });
            let made = api.post(requester, "/tickets", body).await?;
            made["id"].as_str().unwrap_or_default().clone_into(ticket);
            Ok(Some(4 * MINUTE_MS))
        }
        1 => {
            let body = json!({ "reason": "All sites stand still" });
            let declared = api.post(by, &format!("/tickets/{ticket}/major-incident"), body).await?;
            declared["id"].as_str().unwrap_or_default().clone_into(id);
            Ok(Some(3 * MINUTE_MS))
        }
        2 => {
            for role in ["technical", "communications"] {
                let user = if role == "technical" { lead } else { by };
                let body = json!({ "user_id": user });
                let role = format!("/roles/{role}");
                api.change((by, Method::PUT, &path), &role, Some(body)).await?;
            }
            to(json!({ "to": "investigating" })).await?;
            affects(if is_over { "major_outage" } else { "partial_outage" }).await?;
            update("public", "We know of it and are looking for the cause.").await?;
            Ok(if is_over { Some(25 * MINUTE_MS) } else { DONE })
        }
        3 => {
            let body = json!({ "text": "The database cluster has no primary since 09:12." });
            api.post(lead, &format!("{path}/timeline"), body).await?;
            to(json!({ "to": "identified" })).await?;
            update("requesters", "The database is being switched over; about 20 minutes.").await?;
            Ok(Some(22 * MINUTE_MS))
        }
        4 => {
            to(json!({ "to": "monitoring" })).await?;
            affects("degraded").await?;
            update("public", "Bookings work again. We keep watching.").await?;
            Ok(Some(HOUR_MS))
        }
        5 => {
            let solution = "The standby was promoted by hand, and the failed disk replaced.";
            to(json!({ "to": "resolved", "solution": solution })).await?;
            Ok(Some(2 * DAY_MS))
        }
        _ => {
            review(api, (by, lead), &path).await?;
            Ok(DONE)
        }
    }
}

async fn review(api: &Api, (by, lead): (UserId, UserId), path: &str) -> Result<(), CatalogError> {
    let own = format!("{path}/review");
    let begun = api.post(by, &own, Value::Null).await?;
    let sections = begun["sections"].as_array().cloned().unwrap_or_default();
    let sections: Vec<Value> = sections
        .iter()
        .map(|section| {
            let text = match section["key"].as_str().unwrap_or_default() {
                "timeline" => return json!({ "key": "timeline", "text": section["text"] }),
                "root_cause" => "A failed disk took the primary, and the watchdog had been off since the update.",
                "impact" => "No bookings at six sites for 50 minutes; 41 lorries waited.",
                "went_well" => "The first update was out after seven minutes.",
                _ => "The warehouse system was down for 50 minutes, since its database had no primary.",
            };
            json!({ "key": section["key"], "text": text })
        })
        .collect();
    let due = suite_kit::clock::rfc3339(api.clock.now_ms() + 30 * DAY_MS);
    let actions = json!([{
        "text": "Test the watchdog after every update", "owner_id": lead,
        "due_on": due.get(..10).unwrap_or_default(), "state": "open",
    }]);
    let body = json!({ "sections": sections, "actions": actions });
    api.change((by, Method::PUT, &own), "", Some(body)).await?;
    api.change((by, Method::POST, &own), "/publish", None).await?;
    let body = json!({ "to": "reviewed" });
    api.change((by, Method::POST, path), "/state", Some(body)).await?;
    Ok(())
}
